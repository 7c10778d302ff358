package kubernetes

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

const (
	deployment tokens.Type = "kubernetes:apps/v1:Deployment"
	configMap  tokens.Type = "kubernetes:core/v1:ConfigMap"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	unknown := resource.MakeComputed(resource.NewProperty(""))
	tests := map[string]struct {
		token           tokens.Type
		declared        object // old inputs
		filledIn        object // by the cluster, in the old outputs
		changed         object // new inputs; an unknown value may stand in them
		ignored         []string
		want            map[string]plugin.DiffKind
		wantDeleteFirst bool
	}{
		"nothing": {
			token:    deployment,
			declared: object{"spec": object{"replicas": 2}},
			changed:  object{"spec": object{"replicas": 2}},
		},
		"what the cluster filled in": {
			token:    deployment,
			declared: object{"spec": object{"replicas": 2}},
			filledIn: object{"spec": object{"replicas": 2, "paused": false}, "status": object{"replicas": 2}},
			changed:  object{"spec": object{"replicas": 2}},
		},
		"a change, an addition and a removal": {
			token:    deployment,
			declared: object{"spec": object{"replicas": 2, "paused": true}},
			changed:  object{"spec": object{"replicas": 3, "minReadySeconds": 5}},
			want: map[string]plugin.DiffKind{
				"spec.replicas": plugin.DiffUpdate, "spec.minReadySeconds": plugin.DiffAdd, "spec.paused": plugin.DiffDelete,
			},
		},
		"a drift that a refresh found": {
			token:    deployment,
			declared: object{"spec": object{"replicas": 2}},
			filledIn: object{"spec": object{"replicas": 7}},
			changed:  object{"spec": object{"replicas": 2}},
			want:     map[string]plugin.DiffKind{"spec.replicas": plugin.DiffUpdate},
		},
		"a drift under ignoreChanges": {
			token:    deployment,
			declared: object{"spec": object{"replicas": 2}},
			filledIn: object{"spec": object{"replicas": 7}},
			changed:  object{"spec": object{"replicas": 2}},
			ignored:  []string{"spec.replicas"},
		},
		"an unknown value": {
			token:    deployment,
			declared: object{"spec": object{"replicas": 2}},
			changed:  object{"spec": object{"replicas": unknown}},
			want:     map[string]plugin.DiffKind{"spec.replicas": plugin.DiffUpdate},
		},
		"an immutable field of a named object": {
			token:           deployment,
			declared:        object{"spec": object{"selector": object{"matchLabels": object{"app": "a"}}}},
			changed:         object{"spec": object{"selector": object{"matchLabels": object{"app": "b"}}}},
			want:            map[string]plugin.DiffKind{"spec.selector.matchLabels.app": plugin.DiffUpdateReplace},
			wantDeleteFirst: true,
		},
		"an immutable field of an autonamed object": {
			token:    deployment,
			declared: object{"metadata": autonamedMetadata, "spec": object{"selector": object{"matchLabels": object{"app": "a"}}}},
			changed:  object{"metadata": autonamedMetadata, "spec": object{"selector": object{"matchLabels": object{"app": "b"}}}},
			want:     map[string]plugin.DiffKind{"spec.selector.matchLabels.app": plugin.DiffUpdateReplace},
		},
		"another name": {
			token:    deployment,
			declared: object{"metadata": object{"name": "a"}},
			changed:  object{"metadata": object{"name": "b"}},
			want:     map[string]plugin.DiffKind{"metadata.name": plugin.DiffUpdateReplace},
		},
		"the content of a ConfigMap": {
			token:           configMap,
			declared:        object{"data": object{"a": "1"}},
			changed:         object{"data": object{"a": "2"}},
			want:            map[string]plugin.DiffKind{"data.a": plugin.DiffUpdateReplace},
			wantDeleteFirst: true,
		},
		"an annotation with dots": {
			token:    configMap,
			declared: object{"metadata": object{"annotations": object{"example.com/a": "1"}}},
			changed:  object{"metadata": object{"annotations": object{"example.com/a": "2"}}},
			want:     map[string]plugin.DiffKind{`metadata.annotations["example.com/a"]`: plugin.DiffUpdate},
		},
		"a container of a pod": {
			token:           "kubernetes:core/v1:Pod",
			declared:        object{"spec": object{"containers": []any{object{"name": "a", "image": "a:1"}}}},
			changed:         object{"spec": object{"containers": []any{object{"name": "a", "image": "a:2"}}}},
			want:            map[string]plugin.DiffKind{"spec.containers[0].image": plugin.DiffUpdateReplace},
			wantDeleteFirst: true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			declared := withName(test.declared)
			outputs := declared
			if test.filledIn != nil {
				outputs = withName(test.filledIn)
			}
			result, err := New(nil).Diff(t.Context(), plugin.DiffRequest{
				URN: urn(test.token), Type: test.token,
				OldInputs:     resource.NewPropertyMapFromMap(declared),
				OldOutputs:    resource.NewPropertyMapFromMap(outputs),
				NewInputs:     resource.NewPropertyMapFromMap(withName(test.changed)),
				IgnoreChanges: test.ignored,
			})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]plugin.DiffKind{}
			for path, difference := range result.DetailedDiff {
				got[path] = difference.Kind
			}
			want := test.want
			if want == nil {
				want = map[string]plugin.DiffKind{}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
			if changed := result.Changes == plugin.DiffSome; changed != (len(want) > 0) {
				t.Errorf("Changes = %v with differences %v", result.Changes, got)
			}
			if result.DeleteBeforeReplace != test.wantDeleteFirst {
				t.Errorf("DeleteBeforeReplace = %v; want %v", result.DeleteBeforeReplace, test.wantDeleteFirst)
			}
		})
	}
}

var autonamedMetadata = object{"name": "thing-1", "annotations": object{annotationAutonamed: "true"}}

func TestContentIsMutableWhenTheProviderSaysSo(t *testing.T) {
	t.Parallel()
	yes := true
	provider := New(nil)
	provider.settings = settings{EnableConfigMapMutable: &yes, EnableSecretMutable: &yes}
	for _, token := range []tokens.Type{configMap, "kubernetes:core/v1:Secret"} {
		for _, immutable := range []bool{false, true} {
			declared := object{"data": object{"a": "MQ=="}, "immutable": immutable}
			changed := object{"data": object{"a": "Mg=="}, "immutable": immutable}
			result, err := provider.Diff(t.Context(), plugin.DiffRequest{
				Type:       token,
				OldInputs:  resource.NewPropertyMapFromMap(declared),
				OldOutputs: resource.NewPropertyMapFromMap(declared),
				NewInputs:  resource.NewPropertyMapFromMap(changed),
			})
			if err != nil {
				t.Fatal(err)
			}
			if result.Replace() != immutable {
				t.Errorf("%s, immutable %v: replaced = %v", token, immutable, result.Replace())
			}
		}
	}
}
