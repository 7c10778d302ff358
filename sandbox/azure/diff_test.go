package azure

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	address := func(more object) object {
		inputs := in("rg", object{
			"publicIpAddressName": "pip", "location": "westeurope", createBeforeDelete: true,
			"sku": object{"name": "Standard"}, "zones": list{"1", "2"}, "tags": object{"a": "1"},
		})
		for key, value := range more {
			inputs[key] = value
		}
		return inputs
	}
	change := func(path string, kind plugin.DiffKind) map[string]plugin.PropertyDiff {
		return map[string]plugin.PropertyDiff{path: {Kind: kind, InputDiff: true}}
	}
	tests := map[string]struct {
		news object
		want plugin.DiffResult
	}{
		"nothing": {address(nil), plugin.DiffResult{Changes: plugin.DiffNone}},
		"the spelling of the location": {
			address(object{"location": "West Europe"}), plugin.DiffResult{Changes: plugin.DiffNone},
		},
		"in place": {
			address(object{"zones": list{"1", "3"}}),
			plugin.DiffResult{
				Changes: plugin.DiffSome, ChangedKeys: []resource.PropertyKey{"zones"},
				DetailedDiff: change("zones[1]", plugin.DiffUpdate),
			},
		},
		"what the provider replaces": {
			address(object{"sku": object{"name": "Basic"}}),
			plugin.DiffResult{
				Changes: plugin.DiffSome, ChangedKeys: []resource.PropertyKey{"sku"}, ReplaceKeys: []resource.PropertyKey{"sku"},
				DetailedDiff: change("sku.name", plugin.DiffUpdateReplace),
			},
		},
		"the resource group": {
			address(object{"resourceGroupName": "other"}),
			plugin.DiffResult{
				Changes: plugin.DiffSome, ChangedKeys: []resource.PropertyKey{"resourceGroupName"}, ReplaceKeys: []resource.PropertyKey{"resourceGroupName"},
				DetailedDiff: change("resourceGroupName", plugin.DiffUpdateReplace),
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newSandbox(t).Diff(t.Context(), plugin.DiffRequest{
				URN:       urn("network:PublicIPAddress", "pip"),
				OldInputs: resource.NewPropertyMapFromMap(address(nil)), NewInputs: resource.NewPropertyMapFromMap(test.news),
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAReplacementOfAFixedNameDeletesFirst(t *testing.T) {
	t.Parallel()
	old := resource.NewPropertyMapFromMap(in("rg", object{"virtualNetworkName": "vnet", "location": "westeurope"}))
	new := resource.NewPropertyMapFromMap(in("rg", object{"virtualNetworkName": "vnet", "location": "northeurope"}))
	got, err := newSandbox(t).Diff(t.Context(), plugin.DiffRequest{URN: urn("network:VirtualNetwork", "vnet"), OldInputs: old, NewInputs: new})
	if err != nil {
		t.Fatal(err)
	}
	if !got.Replace() || !got.DeleteBeforeReplace {
		t.Errorf("Diff = %+v; want a replacement that deletes first", got)
	}
}
