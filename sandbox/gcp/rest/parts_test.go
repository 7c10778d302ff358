package rest

import (
	"slices"
	"testing"

	container "google.golang.org/api/container/v1beta1"
	corev1 "k8s.io/api/core/v1"

	"ai-serving/sandbox/gcp/nodepool"
	"ai-serving/sandbox/store"
)

func TestANodeHasWhatItsMachineLeavesForPods(t *testing.T) {
	t.Parallel()
	for _, machine := range []string{"e2-standard-4", bases["compute"] + "projects/p/zones/us-east1-b/machineTypes/e2-standard-4"} {
		node, err := nodepool.Pool{MaxPods: 110, Config: container.NodeConfig{MachineType: machine, DiskSizeGb: 100}}.Template()
		if err != nil {
			t.Fatal(err)
		}
		if node.MachineType != "e2-standard-4" || node.Capacity.Cpu().MilliValue() != 4000 || node.Allocatable.Cpu().MilliValue() != 3920 {
			t.Errorf("%s: a node of type %s has %s of CPU, and %s for pods", machine, node.MachineType, node.Capacity.Cpu(), node.Allocatable.Cpu())
		}
	}
}

func TestArmNodesKeepOtherPodsOff(t *testing.T) {
	t.Parallel()
	node, err := nodepool.Pool{Config: container.NodeConfig{MachineType: "t2a-standard-4"}}.Template()
	want := corev1.Taint{Key: "kubernetes.io/arch", Value: "arm64", Effect: corev1.TaintEffectNoSchedule}
	if err != nil || !node.Arm || !slices.Contains(node.Taints, want) {
		t.Errorf("an Arm node has the taints %v, want %v: %v", node.Taints, want, err)
	}
}

func TestParseLink(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]target{
		"https://www.googleapis.com/compute/v1/projects/p/global/networks/n":             {"projects/p/global/networks/n", "global/networks", false},
		"https://compute.googleapis.com/compute/beta/projects/p/regions/r/subnetworks/s": {"projects/p/regions/r/subnetworks/s", "regions/subnetworks", false},
		"projects/p/zones/z/networkEndpointGroups/g":                                     {"projects/p/zones/z/networkEndpointGroups/g", "zones/networkEndpointGroups", false},
		"projects/p/locations/l/clusters/c/nodePools/n":                                  {"projects/p/locations/l/clusters/c/nodePools/n", "locations/nodePools", true},
		"global/networks/n": {"projects/own/global/networks/n", "global/networks", false},
		"projects/p/global/instanceTemplates/t?uniqueId=12":                                   {"projects/p/global/instanceTemplates/t", "global/instanceTemplates", true},
		"//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/map": {"projects/p/locations/global/certificateMaps/map", "locations/certificateMaps", true},
	} {
		if got, found := parse("own", link); !found || got != want {
			t.Errorf("parse(%q) = %+v, %v; want %+v", link, got, found, want)
		}
	}
	for _, text := range []string{
		"", "n", "a description/with a slash", "projects/p/global/regions/europe-west4",
		"projects/cos-cloud/global/images/cos-121", "projects/cos-cloud/global/images/family/cos-stable",
	} {
		if got, found := parse("own", text); found {
			t.Errorf("parse(%q) = %+v", text, got)
		}
	}
}

// TestPoolSize is how many nodes a pool has in each of two zones.
func TestPoolSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		initial int
		scaling *container.NodePoolAutoscaling
		want    []int
	}{
		{2, nil, []int{2, 2}},
		{1, &container.NodePoolAutoscaling{Enabled: true, MaxNodeCount: 3}, []int{1, 1}},
		{1, &container.NodePoolAutoscaling{Enabled: true, MinNodeCount: 2, MaxNodeCount: 3}, []int{2, 2}},
		{1, &container.NodePoolAutoscaling{Enabled: true, TotalMinNodeCount: 5, TotalMaxNodeCount: 8}, []int{3, 2}},
		{9, &container.NodePoolAutoscaling{Enabled: true, TotalMinNodeCount: 1, TotalMaxNodeCount: 8}, []int{4, 4}},
	} {
		pool, err := poolOf(store.Tx{}, "projects/p/locations/l/clusters/c/nodePools/n", object{
			"initialNodeCount": c.initial, "autoscaling": c.scaling, "locations": []any{"europe-west4-a", "europe-west4-b"},
		})
		if err != nil || !slices.Equal(sizes(pool), c.want) {
			t.Errorf("a pool of %d with %+v has %d nodes in a zone, want %d: %v", c.initial, c.scaling, sizes(pool), c.want, err)
		}
	}
}

// sizes returns the number of nodes in each zone, in the order of the zones.
func sizes(pool nodepool.Pool) []int {
	var all []int
	for _, zone := range pool.Zones {
		all = append(all, pool.Sizes[zone])
	}
	return all
}

// TestNodesHaveNamesOfTheirOwn in the largest pool.
func TestNodesHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	p := nodepool.Pool{
		Key: "projects/p/locations/us-central1/clusters/c/nodePools/n", Name: "n", Sizes: map[string]int{},
		Zones: zonesOf("us-central1"), Config: container.NodeConfig{MachineType: "e2-medium"},
	}
	for _, zone := range p.Zones {
		p.Sizes[zone] = nodepool.MaxNodesPerZone
	}
	nodes, err := p.Nodes()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, node := range nodes {
		names[node.Name] = true
	}
	if want := nodepool.MaxNodesPerZone * len(p.Zones); len(names) != want {
		t.Errorf("%d nodes have %d names", want, len(names))
	}
}

// TestADiskOfAPoolIsChangedByANumberThatIsText: so the message that updates a pool has
// it, and the pool has a number.
func TestADiskOfAPoolIsChangedByANumberThatIsText(t *testing.T) {
	t.Parallel()
	c := newCloud(t, makeNetwork, makeSubnetwork, makeCluster("europe-west4", ""),
		`PUT container `+testCluster+`/nodePools/default-pool {"machineType": "e2-standard-8", "diskSizeGb": "120"}`)
	answer, err := c.do("GET container " + testCluster + "/nodePools/default-pool")
	if err != nil {
		t.Fatal(err)
	}
	pool, err := into[container.NodePool](answer.(object))
	if err != nil || pool.Config.DiskSizeGb != 120 || pool.Config.MachineType != "e2-standard-8" {
		t.Errorf("the pool has %+v, %v", pool.Config, err)
	}
}
