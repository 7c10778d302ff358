package refusals

import (
	"fmt"
	"slices"
	"strings"

	container "google.golang.org/api/container/v1beta1"
)

var (
	poolName = bad("node-pool/name",
		"The name of a node pool has 1 to 40 lower-case letters, digits and dashes, a letter first and no dash last.",
		inferred(containers("Cluster.name")))
	poolLimits = bad("node-pool/autoscaling",
		"A node pool is limited by zone or in total, the least not above the greatest.",
		containers("NodePoolAutoscaling.totalMaxNodeCount, minNodeCount"))
	poolCount = bad("node-pool/size",
		"A node pool has 0 to 1000 nodes in a zone.",
		inferred(documented("kubernetes-engine/quotas")))
	poolUpgrades = bad("node-pool/upgrade-settings",
		"An upgrade by surge adds or takes away one node at least and 20 at most.",
		documented("kubernetes-engine/docs/concepts/node-pool-upgrade-strategies"))
	poolManagement = bad("node-pool/auto-upgrade",
		"On a release channel nodes are upgraded and repaired automatically.",
		"https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/pull/682; https://github.com/rancher/rancher/issues/32282")
	poolSpot = bad("node-pool/spot",
		"Nodes are spot or preemptible instances, not both.",
		inferred(containers("NodeConfig.spot")))
	poolDisk  = bad("node-pool/disk-size", "The disk of a node has 10 GB at least, and 65,536 at most.", containers("NodeConfig.diskSizeGb"))
	poolImage = bad("node-pool/image-type",
		"The image of nodes is of a type that Kubernetes Engine has.",
		documented("kubernetes-engine/docs/concepts/node-images"))
	poolTaints = bad("node-pool/taints",
		"A taint stands once; that of GPU nodes is added by Google.",
		documented("kubernetes-engine/docs/how-to/gpus"))
	poolAccelerator = bad("node-pool/accelerator",
		"An accelerator goes with machines that can have it.",
		documented("compute/docs/gpus"))
	poolMetadata = bad("node-pool/workload-metadata",
		"Nodes give pods identities of their own only in a cluster with a workload pool.",
		documented("kubernetes-engine/docs/how-to/workload-identity"))
)

// clusterOf gives the cluster of a node pool.
func clusterOf(r *request) (*container.Cluster, bool) {
	l, err := parse("projects/" + r.link.project + "/" + r.link.scope)
	if err != nil {
		return nil, false
	}
	return get[container.Cluster](r.project, l)
}

const maxUpgradeNodes = 20

func poolSize(r *request, p *container.NodePool) error {
	if !containerName.MatchString(r.link.name) {
		return poolName.Refuse("Invalid value for field \"node_pool.name\": %q. Must be no longer than 40 characters, of lower-case alphanumerics and '-'.", r.link.name)
	}
	if err := checkNodeCount(p.InitialNodeCount); err != nil {
		return err
	}
	if a := p.Autoscaling; a != nil && a.Enabled {
		for _, count := range []int64{a.MinNodeCount, a.MaxNodeCount} {
			if err := checkNodeCount(count); err != nil {
				return err
			}
		}
		total := a.TotalMinNodeCount != 0 || a.TotalMaxNodeCount != 0
		byZone := a.MinNodeCount != 0 || a.MaxNodeCount != 0
		if total && byZone || a.MinNodeCount > a.MaxNodeCount || a.TotalMinNodeCount > a.TotalMaxNodeCount {
			return poolLimits.Refuse("Invalid autoscaling: only one of max_node_count and total_max_node_count may be given, and must not be less than the minimum.")
		}
	}
	if err := checkZones(r, p.Locations); err != nil {
		return err
	}
	u := p.UpgradeSettings
	if u == nil || u.Strategy != "" && u.Strategy != "SURGE" {
		return nil
	}
	if n := u.MaxSurge + u.MaxUnavailable; n < 1 || n > maxUpgradeNodes || u.MaxSurge < 0 || u.MaxUnavailable < 0 {
		return poolUpgrades.Refuse("max_surge (%d) and max_unavailable (%d) must add up to 1 to %d.", u.MaxSurge, u.MaxUnavailable, maxUpgradeNodes)
	}
	return nil
}

const maxNodesPerZone = 1000

// checkNodeCount refuses a number of nodes in one zone.
func checkNodeCount(count int64) error {
	if count < 0 || count > maxNodesPerZone {
		return poolCount.Refuse("A node pool has 0 to %d nodes in each zone, not %d.", maxNodesPerZone, count)
	}
	return nil
}

func poolUpkeep(r *request, p *container.NodePool) error {
	c, found := clusterOf(r)
	if !found {
		return nil
	}
	return poolUpkeepOn(c, p)
}

func poolUpkeepOn(c *container.Cluster, p *container.NodePool) error {
	channel := c.ReleaseChannel
	if p.Management == nil || channel == nil || channel.Channel == "" || channel.Channel == "UNSPECIFIED" {
		return nil
	}
	if !p.Management.AutoUpgrade {
		return poolManagement.Refuse("Auto_upgrade cannot be false when release_channel %s is set.", channel.Channel)
	}
	if !p.Management.AutoRepair {
		return poolManagement.Refuse("Auto_repair cannot be false when release_channel %s is set.", channel.Channel)
	}
	return nil
}

func poolNodes(r *request, p *container.NodePool) error {
	c, found := clusterOf(r)
	if !found {
		c = nil
	}
	return poolNodesOn(c, p)
}

// imageTypes are those of nodes, in capitals, with those of the past.
var imageTypes = []string{
	"COS", "COS_CONTAINERD", "UBUNTU", "UBUNTU_CONTAINERD",
	"WINDOWS_LTSC", "WINDOWS_LTSC_CONTAINERD", "WINDOWS_SAC", "WINDOWS_SAC_CONTAINERD",
}

// families are the machines that can have an accelerator, by the beginning of
// its name.
var families = []struct{ accelerator, machines string }{
	{"nvidia-l4", "g2-"},
	{"nvidia-tesla-a100", "a2-"},
	{"nvidia-a100-80gb", "a2-ultragpu-"},
	{"nvidia-h100", "a3-"},
	{"nvidia-h200", "a3-"},
	{"nvidia-tesla-", "n1-"},
}

func poolNodesOn(c *container.Cluster, p *container.NodePool) error {
	n := p.Config
	if n == nil {
		return nil
	}
	if n.Spot && n.Preemptible {
		return poolSpot.Refuse("Only one of spot and preemptible may be set.")
	}
	if n.DiskSizeGb != 0 && (n.DiskSizeGb < minDiskGB || n.DiskSizeGb > maxDiskGB) {
		return poolDisk.Refuse("Disk size must be %d to %d GB, not %d.", minDiskGB, maxDiskGB, n.DiskSizeGb)
	}
	if n.ImageType != "" && !slices.Contains(imageTypes, strings.ToUpper(n.ImageType)) {
		return poolImage.Refuse("Invalid image type %q.", n.ImageType)
	}
	if m := n.WorkloadMetadataConfig; m != nil && m.Mode == "GKE_METADATA" && c != nil && (c.WorkloadIdentityConfig == nil || c.WorkloadIdentityConfig.WorkloadPool == "") {
		return poolMetadata.Refuse("Workload metadata mode GKE_METADATA requires Workload Identity to be enabled on the cluster.")
	}
	if err := checkTaints(n); err != nil {
		return err
	}
	if err := checkTags("config.tags", n.Tags); err != nil {
		return err
	}
	for _, a := range n.Accelerators {
		for _, family := range families {
			if !strings.HasPrefix(a.AcceleratorType, family.accelerator) {
				continue
			}
			if !strings.HasPrefix(n.MachineType, family.machines) {
				return poolAccelerator.Refuse("Accelerator type %q is not supported by machine type %q.", a.AcceleratorType, n.MachineType)
			}
			break
		}
	}
	return nil
}

// gpuTaint keeps other pods off nodes with GPUs.
const gpuTaint = "nvidia.com/gpu:NO_SCHEDULE"

func checkTaints(n *container.NodeConfig) error {
	seen := map[string]bool{}
	for _, taint := range n.Taints {
		key := fmt.Sprintf("%s:%s", taint.Key, taint.Effect)
		if seen[key] || key == gpuTaint && len(n.Accelerators) > 0 {
			return poolTaints.Refuse("Duplicate taint %s.", key)
		}
		seen[key] = true
	}
	return nil
}
