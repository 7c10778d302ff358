package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/testkit"
)

// templatesOf are what replicas are made of, by the names of what makes them: each
// change of one replaces its replicas.
func templatesOf(recording *testkit.Recording) map[string]any {
	templates := map[string]any{}
	for _, r := range recording.Resources {
		switch r.Type {
		case "kubernetes:apps/v1:Deployment":
			templates[r.Name] = r.Inputs.Mappable()["spec"].(map[string]any)["template"]
		case "gcp:compute/instanceTemplate:InstanceTemplate":
			templates[r.Name] = r.Inputs.Mappable()
		}
	}
	return templates
}

func TestALabelReplacesNoReplicaOnGooglesCloud(t *testing.T) {
	t.Parallel()
	text := read(t, "Pulumi.dev.yaml")
	before, err := run(t, "dev", text, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string][2]string{
		"of the platform": {"  ai-serving:platform:\n", "  ai-serving:platform:\n    labels: {team: ai-platform}\n"},
		"a cost centre":   {"CC-2077", "CC-3000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edited := strings.Replace(text, edit[0], edit[1], 1)
			if edited == text {
				t.Fatalf("the stack file has no %q", edit[0])
			}
			after, err := run(t, "dev", edited, false)
			if err != nil {
				t.Fatal(err)
			}
			if len(before.Resources) != len(after.Resources) {
				t.Errorf("%d resources, want %d", len(after.Resources), len(before.Resources))
			}
			if diff := cmp.Diff(templatesOf(before), templatesOf(after)); diff != "" {
				t.Errorf("what replicas are made of: -before +after\n%s", diff)
			}
		})
	}
}
