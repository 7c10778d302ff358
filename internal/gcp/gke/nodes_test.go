package gke

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

func poolOf(t *testing.T, recording *testkit.Recording, name string) testkit.Resource {
	t.Helper()
	pool, ok := recording.Find("gcp:container/nodePool:NodePool", name)
	if !ok {
		t.Fatalf("no node pool %q was registered", name)
	}
	return pool
}

func TestOtherPoolsWaitForTheOneThatAllShare(t *testing.T) {
	t.Parallel()
	recording := record(t, false, false)
	shared := poolOf(t, recording, "europe-west4")
	for _, pool := range recording.OfType("gcp:container/nodePool:NodePool") {
		if pool.Name != shared.Name && !slices.Contains(pool.Dependencies, shared.URN) {
			t.Errorf("%s does not wait for the shared pool", pool.Name)
		}
	}
}

func TestNodesOfAPool(t *testing.T) {
	t.Parallel()
	recording := record(t, false, false)
	taint := []any{map[string]any{"key": "tenant", "value": "hooli", "effect": "NO_EXECUTE"}}
	gpus := []any{map[string]any{"type": "nvidia-l4", "count": 4.0, "gpuDriverInstallationConfig": map[string]any{"gpuDriverVersion": "LATEST"}}}
	for name, want := range map[string]map[string]any{
		"europe-west4":                    {},
		"europe-west4-nvidia-l4":          {"labels": map[string]any{"pool": "nvidia-l4"}, "guestAccelerators": gpus},
		"europe-west4-tenant-hooli":       {"labels": map[string]any{"pool": "tenant-hooli"}, "taints": taint},
		"europe-west4-nvidia-l4-t-3abb64": {"labels": map[string]any{"pool": "nvidia-l4-tenant-hooli"}, "taints": taint, "guestAccelerators": gpus},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := poolOf(t, recording, name).Inputs.Mappable()["nodeConfig"].(map[string]any)
			got := map[string]any{}
			for _, key := range []string{"labels", "taints", "guestAccelerators"} {
				if value, set := config[key]; set {
					got[key] = value
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// GKE's names have 40 characters, of which Pulumi makes up nine.
func TestNamesOfPoolsFit(t *testing.T) {
	t.Parallel()
	pool := topology.NodePool{Name: "nvidia-h100-mega-80gb-tenant-globex-corporation-springfield"}
	if got := logicalName("northamerica-northeast1", pool); len(got) > 31 {
		t.Errorf("%q has %d characters", got, len(got))
	}
}

func TestInitialNodes(t *testing.T) {
	t.Parallel()
	zones := []string{"europe-west4-a", "europe-west4-b", "europe-west4-c"}
	for name, test := range map[string]struct {
		pool topology.NodePool
		want int
	}{
		"one in each zone of those for all":      {topology.NodePool{Name: topology.SharedNodes, MinNodes: 6, MaxNodes: 9, Zones: zones}, 1},
		"none with accelerators":                 {topology.NodePool{Name: "nvidia-l4", MinNodes: 4, MaxNodes: 9, Zones: zones, GPU: &topology.GPU{}}, 0},
		"as many as are always needed":           {topology.NodePool{Name: "tenant-hooli", MinNodes: 4, MaxNodes: 9, Zones: zones}, 2},
		"more in each of the fewer zones":        {topology.NodePool{Name: "tenant-hooli", MinNodes: 4, MaxNodes: 9, Zones: zones[:1]}, 4},
		"none that is not needed":                {topology.NodePool{Name: "tenant-hooli", MaxNodes: 9, Zones: zones}, 0},
		"no more than there may be":              {topology.NodePool{Name: "tenant-hooli", MinNodes: 2, MaxNodes: 2, Zones: zones}, 0},
		"no more than there may be in each zone": {topology.NodePool{Name: "tenant-hooli", MinNodes: 5, MaxNodes: 5, Zones: zones}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := initialNodes(test.pool); got != test.want {
				t.Errorf("%d nodes in each zone, want %d", got, test.want)
			}
		})
	}
}

func TestEveryPoolSaysItsZones(t *testing.T) {
	t.Parallel()
	recording := record(t, false, false)
	for name, want := range map[string]any{
		"europe-west4":                    []any{"europe-west4-a", "europe-west4-b"},
		"europe-west4-tenant-hooli":       []any{"europe-west4-a", "europe-west4-b"},
		"europe-west4-nvidia-l4":          []any{"europe-west4-b"},
		"europe-west4-nvidia-l4-t-3abb64": []any{"europe-west4-a", "europe-west4-b"},
	} {
		if diff := cmp.Diff(want, poolOf(t, recording, name).Inputs.Mappable()["nodeLocations"]); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// The nodes that all share are in every zone, whatever the bounds of the whole region.
func TestTheSharedNodesAreNeverGoneFromAZone(t *testing.T) {
	t.Parallel()
	zones := []string{"europe-west4-a", "europe-west4-b", "europe-west4-c"}
	for _, test := range []struct{ least, most, wantLeast, wantMost int }{
		{1, 3, 1, 1}, {2, 6, 1, 2}, {4, 20, 2, 6}, {5, 5, 1, 1},
	} {
		args := autoscaling(topology.NodePool{Name: topology.SharedNodes, Zones: zones, MinNodes: test.least, MaxNodes: test.most})
		if args.MinNodeCount != pulumi.Int(test.wantLeast) || args.MaxNodeCount != pulumi.Int(test.wantMost) || args.TotalMinNodeCount != nil || args.TotalMaxNodeCount != nil {
			t.Errorf("%d to %d nodes: in each zone %v to %v, want %d to %d", test.least, test.most, args.MinNodeCount, args.MaxNodeCount, test.wantLeast, test.wantMost)
		}
	}
}
