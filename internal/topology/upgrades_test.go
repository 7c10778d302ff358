package topology

import (
	"strings"
	"testing"
)

func TestAModelThatAnUpgradeTakesAwayIsNamed(t *testing.T) {
	t.Parallel()
	gpu := &GPU{Type: "nvidia-l4", Count: 1}
	on := func(region, workload string, gpu *GPU, least int) GCPRegion {
		return GCPRegion{Name: region, Cluster: &Cluster{
			Deployments: []Deployment{{Workload: Workload{Key: workload, StartupSeconds: 900}, GPU: gpu, MinReplicas: least, MaxReplicas: 4}},
		}}
	}
	inWindow := on("us-central1", "vision", gpu, 1)
	inWindow.Cluster.Maintenance = &Maintenance{}
	for name, test := range map[string]struct {
		regions []GCPRegion
		want    []string
	}{
		"one replica in one region":  {[]GCPRegion{on("us-central1", "vision", gpu, 1)}, []string{`gcp/us-central1: workload "vision"`, "at any time"}},
		"with a window":              {[]GCPRegion{inWindow}, []string{`gcp/us-central1: workload "vision"`, "in the maintenance window"}},
		"two replicas":               {[]GCPRegion{on("us-central1", "vision", gpu, 2)}, nil},
		"a second region":            {[]GCPRegion{on("us-central1", "vision", gpu, 1), on("europe-west4", "vision", gpu, 1)}, nil},
		"no accelerator":             {[]GCPRegion{on("us-central1", "chat", nil, 1)}, nil},
		"another model elsewhere":    {[]GCPRegion{on("us-central1", "vision", gpu, 1), on("europe-west4", "chat", nil, 1)}, []string{`"vision"`}},
		"a region without a cluster": {[]GCPRegion{{Name: "us-central1"}}, nil},
	} {
		got := strings.Join(Topology{GCP: GCP{Regions: test.regions}}.UpgradeGaps(), "\n")
		if (got == "") != (test.want == nil) {
			t.Errorf("%s: %q", name, got)
		}
		for _, part := range test.want {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %q, want %q in it", name, got, part)
			}
		}
	}
}

func TestAnUpgradeMakesANewNodeFirstWhereTheQuotaHasRoom(t *testing.T) {
	t.Parallel()
	for quota, want := range map[int]bool{8: false, 9: false, 10: true} {
		cluster := &Cluster{Pools: []NodePool{{Name: "nvidia-l4", MaxNodes: 4, GPU: &GPU{Type: "nvidia-l4", Count: 2}}}}
		allowSurgeNodes(cluster, map[string]int{"nvidia-l4": quota})
		if got := cluster.Pools[0].Surge; got != want {
			t.Errorf("with a quota of %d: %t, want %t", quota, got, want)
		}
	}
}

func TestAResponseThatAnUpgradeWouldCutIsNamed(t *testing.T) {
	t.Parallel()
	for stream, want := range map[int]string{
		3600: `gcp/us-central1: a replica of workload "chat" may take 3635 s to finish, and GKE gives 3600 s when it upgrades the node: a longer response is cut: set maxStreamSeconds to 3565 at most, or a maintenance window`,
		3565: "",
	} {
		region := GCPRegion{Name: "us-central1", Cluster: &Cluster{
			Deployments: []Deployment{{Workload: Workload{Key: "chat", Timeouts: timeoutsOf(stream)}}},
		}}
		if got := strings.Join(Topology{GCP: GCP{Regions: []GCPRegion{region}}}.UpgradeCuts(), "\n"); got != want {
			t.Errorf("%d s: %q, want %q", stream, got, want)
		}
	}
}
