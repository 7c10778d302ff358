package azure

import (
	"regexp"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

func TestNamesAreChosen(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.group()
	random := regexp.MustCompile(`^front[0-9a-f]{8}$`)

	chosen := s.check("network:PublicIPAddress", "front", nil, in("rg", nil))
	name := chosen["publicIpAddressName"].StringValue()
	if !random.MatchString(name) || !hasRandomName(chosen) {
		t.Errorf("chose %q, marked %v; want a random suffix and the mark of it", name, hasRandomName(chosen))
	}
	again := s.check("network:PublicIPAddress", "front", chosen, in("rg", nil))
	if again["publicIpAddressName"].StringValue() != name || !hasRandomName(again) {
		t.Errorf("the name %q became %q", name, again["publicIpAddressName"].StringValue())
	}
	subnet := s.check("network:Subnet", "front", nil, in("rg", object{"virtualNetworkName": "vnet"}))
	if name := subnet["subnetName"].StringValue(); name != "front" || hasRandomName(subnet) {
		t.Errorf("chose %q; a subnet has its Pulumi name", name)
	}
	endpoint := s.check("network:Endpoint", "front", nil, in("rg", object{"profileName": "p", "endpointType": "AzureEndpoints"}))
	if name := endpoint["endpointName"].StringValue(); !random.MatchString(name) {
		t.Errorf("chose %q; an endpoint has a random suffix", name)
	}
}

func TestAutonamingOfTheEngine(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options plugin.AutonamingOptions
		name    string
		failure string
	}{
		"proposes": {plugin.AutonamingOptions{ProposedName: "dev-vnet", Mode: plugin.AutonamingModePropose}, "dev-vnet", ""},
		"enforces": {plugin.AutonamingOptions{ProposedName: "dev-vnet", Mode: plugin.AutonamingModeEnforce}, "dev-vnet", ""},
		"disables": {plugin.AutonamingOptions{Mode: plugin.AutonamingModeDisabled}, "", `required property "virtualNetworkName" is missing`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newSandbox(t).Check(t.Context(), plugin.CheckRequest{
				URN: urn("network:VirtualNetwork", "vnet"), News: resource.NewPropertyMapFromMap(in("rg", nil)), Autonaming: &test.options,
			})
			if err != nil {
				t.Fatal(err)
			}
			failure := ""
			for _, f := range got.Failures {
				failure = f.Reason
			}
			chosen := got.Properties["virtualNetworkName"]
			if failure != test.failure || (test.name != "" && chosen.StringValue() != test.name) {
				t.Errorf("chose %v, failure %q; want %q, %q", chosen, failure, test.name, test.failure)
			}
		})
	}
}

func TestLocationsAreChosen(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.group()
	location := func(olds resource.PropertyMap, inputs object) resource.PropertyValue {
		return s.check("network:VirtualNetwork", "vnet", olds, inputs)["location"]
	}
	if got := location(nil, in("rg", nil)); got.StringValue() != "westeurope" {
		t.Errorf("location %v; want the resource group's", got)
	}
	if got := location(nil, object{"resourceGroupName": unknown}); !got.IsComputed() {
		t.Errorf("location %v; want it as unknown as the resource group", got)
	}
	olds := resource.PropertyMap{"location": resource.NewProperty("northeurope")}
	if got := location(olds, in("rg", nil)); got.StringValue() != "northeurope" {
		t.Errorf("location %v; want the one that the resource has", got)
	}
	s.config.location = "uksouth"
	if got := location(nil, in("rg", nil)); got.StringValue() != "uksouth" {
		t.Errorf("location %v; want the provider's", got)
	}
}
