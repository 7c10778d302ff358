package main

import (
	"strings"
	"testing"

	"ai-serving/sandbox/controlplane"
)

func TestAClusterIsFoundByItsRegionNameOrID(t *testing.T) {
	t.Parallel()
	const (
		europe  = "projects/ai/locations/europe-west4/clusters/europe-west4-0a1b2c3"
		america = "projects/ai/locations/us-central1/clusters/us-central1-4d5e6f7"
		other   = "projects/other/locations/us-central1/clusters/serving"
	)
	all := []controlplane.Cluster{{ID: europe}, {ID: america}, {ID: other}}
	for name, want := range map[string]string{
		"europe-west4": europe, "europe-west4-0a1b2c3": europe, europe: europe,
		"us-central1-4d5e6f7": america, "serving": other, other: other,
	} {
		if got, err := named(all, name); err != nil || got.ID != want {
			t.Errorf("%q is %q, %v; want %s", name, got.ID, err, want)
		}
	}
	for name, test := range map[string]struct {
		among []controlplane.Cluster
		want  []string
	}{
		"us-central1":  {all, []string{`2 clusters have the name or the region "us-central1": give the id of one:`, america, other}},
		"europe-west1": {all, []string{`there is no cluster with the name, the region or the id "europe-west1", but:`, "\n  europe-west4  europe-west4-0a1b2c3  " + europe, america, other}},
		"":             {all, []string{"there is no cluster", europe}},
		"europe-west4": {nil, []string{`there is no cluster "europe-west4", and no other: make up makes those of a stack`}},
	} {
		got, err := named(test.among, name)
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q is %q, %v; want an error with %q", name, got.ID, err, want)
			}
		}
	}
}

func TestEveryCommandOnAClusterTakesItsRegion(t *testing.T) {
	t.Parallel()
	home := oneResource(t) // and no cluster
	for _, c := range append(clusterCommands, outageCommands...) {
		if !strings.Contains(c.use, "CLUSTER") {
			continue
		}
		err := c.run(t.Context(), home, []string{"europe-west4", "shared", "-", "-"}[:c.arguments])
		if err == nil || !strings.Contains(err.Error(), `there is no cluster "europe-west4", and no other`) {
			t.Errorf("sandbox %s: %v, want that there is no such cluster", c.use, err)
		}
	}
}
