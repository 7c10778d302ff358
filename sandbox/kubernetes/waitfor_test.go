package kubernetes

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestWaitFor(t *testing.T) {
	t.Parallel()
	service := &unstructured.Unstructured{Object: object{
		"metadata": object{"annotations": object{"cloud.google.com/neg-status": `{"zones":[]}`}, "generation": int64(2)},
		"status": object{
			"phase":      "Ready",
			"replicas":   int64(3),
			"conditions": []any{object{"type": "Ready", "status": "True"}, object{"type": "Stalled", "status": "False"}},
		},
	}}
	stale := service.DeepCopy()
	_ = unstructured.SetNestedField(stale.Object, int64(1), "status", "observedGeneration")
	tests := map[string]struct {
		annotation string
		object     *unstructured.Unstructured
		want       bool
		state      string
	}{
		"an annotation":             {annotation: "jsonpath={.metadata.annotations['cloud.google.com/neg-status']}", want: true},
		"no such annotation":        {annotation: "jsonpath={.metadata.annotations['none']}", state: "it has no {.metadata.annotations['none']}"},
		"a value":                   {annotation: "jsonpath={.status.phase}=Ready", want: true, state: "{.status.phase} is Ready"},
		"a number":                  {annotation: "jsonpath={.status.replicas}=3", want: true, state: "{.status.replicas} is 3"},
		"another value":             {annotation: "jsonpath={.status.phase}=Gone", state: "{.status.phase} is Ready"},
		"a filter":                  {annotation: `jsonpath={.status.conditions[?(@.type=="Ready")].status}=True`, want: true, state: `{.status.conditions[?(@.type=="Ready")].status} is True`},
		"a condition":               {annotation: "condition=Ready", want: true, state: "Ready is True: : "},
		"a condition with a status": {annotation: "condition=Stalled=False", want: true, state: "Stalled is False: : "},
		"no such condition":         {annotation: "condition=None", state: "it has no condition None"},
		"all of two":                {annotation: `["condition=Ready", "jsonpath={.status.phase}=Ready"]`, want: true},
		"one of two":                {annotation: `["condition=Ready", "condition=None"]`, state: "it has no condition None"},
		"an old status":             {annotation: "condition=Ready", object: stale, state: "the cluster has not seen the change yet"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.object == nil {
				test.object = service
			}
			condition, err := parseWaitFor(test.annotation)
			if err != nil {
				t.Fatal(err)
			}
			got, err := condition.met(test.object)
			if err != nil || got.met != test.want || !got.met && got.state != test.state {
				t.Errorf("%s = %+v, %v; want met %v, state %q", test.annotation, got, err, test.want, test.state)
			}
		})
	}
}

func TestWaitForRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for annotation, want := range map[string]string{
		"ready":                  `annotation pulumi.com/waitFor: "ready" begins with neither jsonpath= nor condition=`,
		"[]":                     "annotation pulumi.com/waitFor: names no condition",
		"jsonpath=.status.phase": `annotation pulumi.com/waitFor: "jsonpath=.status.phase" is not jsonpath={PATH} or jsonpath={PATH}=VALUE`,
		"jsonpath={.status}=":    `annotation pulumi.com/waitFor: "jsonpath={.status}=" has no value after the path`,
		"condition=":             `annotation pulumi.com/waitFor: "condition=" is not condition=TYPE or condition=TYPE=STATUS`,
	} {
		if _, err := parseWaitFor(annotation); err == nil || err.Error() != "Invalid: "+want {
			t.Errorf("parseWaitFor(%q) = %v; want Invalid: %s", annotation, err, want)
		}
	}
}
