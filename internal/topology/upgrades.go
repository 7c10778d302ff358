package topology

import "fmt"

// UpgradeGaps says which models on accelerators no replica serves while GKE replaces a
// node: those that have one replica in one region. GKE evicts it, because its disruption
// budget lets one go, and the next one needs its time to start.
func (t Topology) UpgradeGaps() []string {
	regions := map[string]int{} // by workload
	for _, region := range t.GCP.Regions {
		for _, d := range region.deployments() {
			if d.MinReplicas > 0 {
				regions[d.Workload.Key]++
			}
		}
	}
	var gaps []string
	for _, region := range t.GCP.Regions {
		for _, d := range region.deployments() {
			if d.GPU == nil || d.MinReplicas != 1 || regions[d.Workload.Key] > 1 {
				continue
			}
			window := "at any time: set maintenance"
			if region.Cluster.Maintenance != nil {
				window = "in the maintenance window"
			}
			gaps = append(gaps, fmt.Sprintf(
				"gcp/%s: workload %q has one replica on a GPU, which GKE evicts when it upgrades the node, %s: no replica serves until the next has started, for about %d s: set kubernetes.replicas.min to 2, or serve it in a second region",
				region.Name, d.Workload.Key, window, d.Workload.StartupSeconds))
		}
	}
	return gaps
}

// upgradeGrace is the longest, in seconds, that GKE lets a pod finish when it replaces its
// node.
// Source: docs.cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies.
const upgradeGrace = 3600

// UpgradeCuts says which workloads may need longer to finish than an upgrade of GKE's
// gives them.
func (t Topology) UpgradeCuts() []string {
	var cuts []string
	for _, region := range t.GCP.Regions {
		for _, d := range region.deployments() {
			if grace := d.Workload.Timeouts.Grace; grace > upgradeGrace {
				cuts = append(cuts, fmt.Sprintf(
					"gcp/%s: a replica of workload %q may take %d s to finish, and GKE gives %d s when it upgrades the node: a longer response is cut: set maxStreamSeconds to %d at most, or a maintenance window",
					region.Name, d.Workload.Key, grace, upgradeGrace, d.Workload.Timeouts.Stream-(grace-upgradeGrace)))
			}
		}
	}
	return cuts
}

func (g GCPRegion) deployments() []Deployment {
	if g.Cluster == nil {
		return nil
	}
	return g.Cluster.Deployments
}
