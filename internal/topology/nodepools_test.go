package topology

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	// withL4s gives the region of the stack file accelerators.
	withL4s = "gpus: {nvidia-l4: {machineType: g2-standard-24, perNode: 2, count: {min: 0, max: 4}, quota: 16}}"
	// vision is a model that needs two of them.
	vision = `    vision:
      image: us-docker.pkg.dev/google-samples/containers/gke/hello-app:1.0
      port: 8080
      healthPath: /
      paths: [/v1/vision/*]
      metricsPath: /metrics
      gcp:
        kubernetes: {cpu: "4", memory: 16Gi, replicas: {min: 2, max: 3}, gpu: {type: nvidia-l4, count: 2}, scaling: {metric: requests_waiting, target: 4}}
`
)

// withVision adds the model and the accelerators to the stack file, and tenants,
// and edits what it adds, and what is there.
func withVision(tenants string, edits ...string) []string {
	added := strings.NewReplacer(edits...)
	return append([]string{
		"    embed:", added.Replace(vision) + "    embed:",
		"zones: [a, b]}", "zones: [a, b], " + added.Replace(withL4s) + "}",
		"    initech: {models: [embed]}", "    initech: {models: [embed]}\n" + tenants,
	}, edits...)
}

func TestNodePools(t *testing.T) {
	t.Parallel()
	zones := []string{"europe-west4-a", "europe-west4-b"}
	shared := NodePool{Name: SharedNodes, MachineType: "e2-standard-4", MinNodes: 2, MaxNodes: 6, Zones: zones, DiskGiB: 100}
	l4s := NodePool{Name: "nvidia-l4", MachineType: "g2-standard-24", MinNodes: 2, MaxNodes: 4, Zones: zones, GPU: &GPU{"nvidia-l4", 2}, DiskGiB: 200, Surge: true}
	for name, test := range map[string]struct {
		edits []string
		want  []NodePool
	}{
		"one for all":          {nil, []NodePool{shared}},
		"accelerators for all": {withVision("    hooli: {models: [vision], regions: [gcp]}"), []NodePool{shared, l4s}},
		"accelerators for bridges are those for all": {
			withVision("    hooli: {models: [vision], isolation: bridge, regions: [gcp]}"), []NodePool{shared, l4s},
		},
		"as many accelerators as the stack file wants to keep": {
			withVision("    hooli: {models: [vision], regions: [gcp]}", "{min: 0, max: 4}", "{min: 3, max: 4}"),
			[]NodePool{shared, {Name: "nvidia-l4", MachineType: "g2-standard-24", MinNodes: 3, MaxNodes: 4, Zones: zones, GPU: &GPU{"nvidia-l4", 2}, DiskGiB: 200, Surge: true}},
		},
		"accelerators where there are some": {
			withVision("    hooli: {models: [vision], regions: [gcp]}\n    umbrella: {models: [vision], isolation: silo, regions: [gcp]}", "count: {min: 0, max: 4}", "zones: [b], count: {min: 0, max: 4}"),
			[]NodePool{
				shared,
				{Name: "nvidia-l4", MachineType: "g2-standard-24", MinNodes: 2, MaxNodes: 4, Zones: zones[1:], GPU: &GPU{"nvidia-l4", 2}, DiskGiB: 200, Surge: true},
				{Name: "nvidia-l4-tenant-umbrella", MachineType: "g2-standard-24", MinNodes: 2, MaxNodes: 3, Zones: zones[1:], Tenant: "umbrella", GPU: &GPU{"nvidia-l4", 2}, DiskGiB: 200, Surge: true},
			},
		},
		"a silo's nodes, one in each zone at least": {
			[]string{"isolation: bridge", "isolation: silo"},
			[]NodePool{shared, {Name: "tenant-globex", MachineType: "e2-standard-4", MinNodes: 2, MaxNodes: 6, Zones: zones, Tenant: "globex", DiskGiB: 100}},
		},
		"a silo's accelerators, as many as its replicas need": {
			withVision("    hooli: {models: [vision, chat], isolation: silo, regions: [gcp/europe-west4]}", "cidr: 10.20.0.0/16,", "cidr: 10.20.0.0/16, nodes: {count: {min: 1, max: 9}},"),
			[]NodePool{
				{Name: SharedNodes, MachineType: "e2-standard-4", MinNodes: 1, MaxNodes: 9, Zones: zones, DiskGiB: 100},
				{Name: "nvidia-l4-tenant-hooli", MachineType: "g2-standard-24", MinNodes: 2, MaxNodes: 3, Zones: zones, Tenant: "hooli", GPU: &GPU{"nvidia-l4", 2}, DiskGiB: 200, Surge: true},
				{Name: "tenant-hooli", MachineType: "e2-standard-4", MinNodes: 1, MaxNodes: 9, Zones: zones, Tenant: "hooli", DiskGiB: 100},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, dev(t, test.edits...).GCP.Regions[0].Cluster.Pools); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEveryDeploymentRunsOnAPoolOfItsKind(t *testing.T) {
	t.Parallel()
	cluster := dev(t, withVision("    hooli: {models: [vision, chat], isolation: silo, regions: [gcp]}\n    acme-too: {models: [vision], regions: [gcp]}", "isolation: bridge\n", "isolation: silo\n")...).GCP.Regions[0].Cluster
	for _, deployment := range cluster.Deployments {
		i := slices.IndexFunc(cluster.Pools, func(p NodePool) bool { return p.Name == deployment.NodePool })
		if i < 0 {
			t.Fatalf("%s: there is no node pool %q", deployment.Workload.Key, deployment.NodePool)
		}
		pool := cluster.Pools[i]
		if pool.Tenant != deployment.Workload.Tenant || deployment.OwnNodes() != (pool.Tenant != "") {
			t.Errorf("%s of %q runs on nodes of %q", deployment.Workload.Key, deployment.Workload.Tenant, pool.Tenant)
		}
		if (pool.GPU == nil) != (deployment.GPU == nil) {
			t.Errorf("%s needs %v and its nodes have %v", deployment.Workload.Key, deployment.GPU, pool.GPU)
		}
	}
}

func TestARolloutSurgesWhereAnAcceleratorIsSpare(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edits []string
		want  bool
	}{
		"room for one more": {withVision("    hooli: {models: [vision], regions: [gcp]}"), true},
		"all in use":        {withVision("    hooli: {models: [vision], regions: [gcp]}", "{min: 2, max: 3}", "{min: 2, max: 4}"), false},
		"a silo's own":      {withVision("    hooli: {models: [vision], isolation: silo, regions: [gcp]}"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, deployment := range dev(t, test.edits...).GCP.Regions[0].Cluster.Deployments {
				want := test.want || deployment.GPU == nil
				if deployment.Surge != want {
					t.Errorf("%s surges: %t, want %t", deployment.Workload.Key, deployment.Surge, want)
				}
			}
		})
	}
}

func TestMoreAcceleratorsThanThereAreAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edits []string
		want  string
	}{
		"of the shared nodes": {
			withVision("    hooli: {models: [vision], regions: [gcp]}\n    umbrella: {models: [vision], isolation: bridge, regions: [gcp]}"),
			"ai-serving:gcp.regions.europe-west4.gpus.nvidia-l4.count.max: Forbidden: gcp/europe-west4: 12 of 8 nvidia-l4 of the shared nodes: raise the number of nodes, or lower the replicas at the most",
		},
		"of the quota": {
			withVision("    hooli: {models: [vision], regions: [gcp]}\n    umbrella: {models: [vision], isolation: silo, regions: [gcp]}", "quota: 16", "quota: 12"),
			"ai-serving:gcp.regions.europe-west4.gpus.nvidia-l4.quota: Forbidden: gcp/europe-west4: 14 of 12 nvidia-l4 of the quota: ask Google for more, or lower the number of nodes (those that tenants have to themselves count too)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := resolveDev(t, test.edits...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v\nwant %q", err, test.want)
			}
		})
	}
}

func TestNodesOfSilosNeedAddressesToo(t *testing.T) {
	t.Parallel()
	// 128 nodes have room in a /16: 60 and 1 for all, twice 60 and 1 for silos.
	_, err := resolveDev(t, "isolation: bridge", "isolation: silo", "    initech: {models: [embed]}", "    hooli: {models: [chat], isolation: silo}",
		"cidr: 10.20.0.0/16,", "cidr: 10.20.0.0/16, nodes: {count: {min: 2, max: 60}},")
	if want := "183 of 128 nodes that the range of the pods has room for"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want %q", err, want)
	}
}
