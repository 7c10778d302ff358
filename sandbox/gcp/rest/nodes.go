package rest

import (
	"fmt"
	"net/http"
	"strings"

	container "google.golang.org/api/container/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"ai-serving/internal/machinetype"
	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/store"
)

const (
	// gpuResource is the name of NVIDIA's GPUs in Kubernetes, and of the taint
	// that GKE puts on nodes that have some.
	gpuResource = "nvidia.com/gpu"

	defaultMachineType = "e2-medium"

	// maxNodesPerZone is the greatest number of nodes of a pool in a zone.
	maxNodesPerZone = 1000
)

var poolNodes = Rules.Add(rules.Rule{
	Name: "gcp/node-pool/nodes", Asks: "A node pool is not resized, nor scaled by the limits of its total, beyond 1000 nodes in a zone.",
	Status: http.StatusBadRequest, Code: "badRequest", Source: "cloud.google.com/kubernetes-engine/quotas (nodes per node pool zone)",
})

// taintEffects are Kubernetes' names for GKE's.
var taintEffects = map[string]corev1.TaintEffect{
	"NO_SCHEDULE":        corev1.TaintEffectNoSchedule,
	"PREFER_NO_SCHEDULE": corev1.TaintEffectPreferNoSchedule,
	"NO_EXECUTE":         corev1.TaintEffectNoExecute,
}

// pool is a node pool as far as it decides its nodes.
type pool struct {
	key     string
	name    string
	zones   []string
	perZone int // nodes
	pods    int64
	config  container.NodeConfig
}

// poolOf reads a node pool. Its size is that of its instance groups, or, when it
// is new, the one that it starts with.
func poolOf(tx store.Tx, key string, o object) (pool, error) {
	from, err := into[container.NodePool](o)
	if err != nil {
		return pool{}, err
	}
	p := pool{key: key, name: lastSegment(key), zones: from.Locations, perZone: int(from.InitialNodeCount), pods: 110}
	if from.Config != nil {
		p.config = *from.Config
	}
	if from.MaxPodsConstraint != nil && from.MaxPodsConstraint.MaxPodsPerNode > 0 {
		p.pods = from.MaxPodsConstraint.MaxPodsPerNode
	}
	var manager struct{ TargetSize *int }
	if len(p.zones) > 0 {
		if _, err := tx.Get(p.manager(p.zones[0]), &manager); err != nil {
			return pool{}, err
		}
	}
	if manager.TargetSize != nil {
		p.perZone = *manager.TargetSize
	}
	if from.Autoscaling != nil && from.Autoscaling.Enabled {
		p.perZone = withinLimits(p.perZone, len(p.zones), *from.Autoscaling)
	}
	return p, nil
}

// withinLimits is the number of nodes in a zone when nothing asks for more: what
// there is, or the autoscaler's least.
func withinLimits(current, zones int, scaling container.NodePoolAutoscaling) int {
	least, most := int(scaling.MinNodeCount), int(scaling.MaxNodeCount)
	if total := int(scaling.TotalMinNodeCount); total > 0 && zones > 0 {
		least = (total + zones - 1) / zones
	}
	if total := int(scaling.TotalMaxNodeCount); total > 0 && zones > 0 {
		most = total / zones
	}
	if most > 0 {
		current = min(current, most)
	}
	return max(current, least)
}

// prefix begins the names of the pool's instance groups and nodes, in GKE's way.
func (p pool) prefix() string {
	short := func(name string, length int) string { return name[:min(len(name), length)] }
	cluster := clusterOf(p.key)
	return fmt.Sprintf("gke-%s-%s-%s", short(lastSegment(cluster), 20), short(p.name, 14), hash(cluster+"/"+p.name))
}

// manager is the key of what manages the pool's instances in a zone.
func (p pool) manager(zone string) string {
	return fmt.Sprintf("projects/%s/zones/%s/instanceGroupManagers/%s-grp", strings.Split(p.key, "/")[1], zone, p.prefix())
}

// nodes are the machines of the pool.
func (p pool) nodes() ([]controlplane.Node, error) {
	if p.perZone < 0 || p.perZone > maxNodesPerZone {
		return nil, poolNodes.Refuse("Node pool size of %d per zone is not from 0 to %d.", p.perZone, maxNodesPerZone)
	}
	template, err := p.node()
	if err != nil {
		return nil, err
	}
	nodes := []controlplane.Node{}
	for _, zone := range p.zones {
		for i := range p.perZone {
			node := template
			node.Zone = zone
			node.Name = p.prefix() + "-" + nodeSuffix(zone, i)
			nodes = append(nodes, node)
		}
	}
	return nodes, nil
}

// nodeSuffix ends the name of the node of a zone with this index: four digits
// that look drawn, as GKE's are, and are no other node's of the pool. An odd
// factor maps the numbers of 16 bits one to one, and the letter of the zone keeps
// those of the zones of a region apart.
func nodeSuffix(zone string, index int) string {
	number := int(zone[len(zone)-1]-'a')*maxNodesPerZone + index
	return fmt.Sprintf("%04x", uint16(number*40503+0x5a17))
}

// node is what the nodes of the pool have in common.
func (p pool) node() (controlplane.Node, error) {
	machine, there := machinetype.Of(lastSegment(p.config.MachineType))
	if !there {
		return controlplane.Node{}, invalid(machineExists, "NodeConfig.machineType", p.config.MachineType, "There is no such machine type.")
	}
	for _, accelerator := range p.config.Accelerators {
		machine.GPU, machine.GPUs = accelerator.AcceleratorType, int(accelerator.AcceleratorCount)
	}
	has := machinetype.Node{Type: machine, GPUs: machine.GPUs, DiskGiB: int(p.config.DiskSizeGb), MaxPods: int(p.pods)}
	return controlplane.Node{
		MachineType: machine.Name,
		Arm:         machine.Arm,
		Labels:      p.labels(machine),
		Taints:      p.taints(machine),
		Capacity:    resources(has.Capacity()),
		Allocatable: resources(has.Allocatable()),
	}, nil
}

// resources are amounts as a node reports them.
func resources(amounts machinetype.Amounts) corev1.ResourceList {
	list := corev1.ResourceList{
		corev1.ResourceCPU:              *resource.NewMilliQuantity(amounts.MilliCPU, resource.DecimalSI),
		corev1.ResourceMemory:           *resource.NewQuantity(amounts.Memory, resource.BinarySI),
		corev1.ResourceEphemeralStorage: *resource.NewQuantity(amounts.EphemeralStorage, resource.BinarySI),
		corev1.ResourcePods:             *resource.NewQuantity(amounts.Pods, resource.DecimalSI),
	}
	if amounts.GPUs > 0 {
		list[gpuResource] = *resource.NewQuantity(amounts.GPUs, resource.DecimalSI)
	}
	return list
}

// labels are those of the pool and those that GKE adds.
func (p pool) labels(m machinetype.Type) map[string]string {
	labels := map[string]string{
		"cloud.google.com/machine-family":        m.Series,
		"cloud.google.com/gke-container-runtime": "containerd",
		"cloud.google.com/gke-os-distribution":   "cos",
	}
	if m.GPUs > 0 {
		labels["cloud.google.com/gke-accelerator"] = m.GPU
	}
	if p.config.Spot {
		labels["cloud.google.com/gke-spot"] = "true"
	}
	if metadata := p.config.WorkloadMetadataConfig; metadata != nil && metadata.Mode == "GKE_METADATA" {
		labels["iam.gke.io/gke-metadata-server-enabled"] = "true"
	}
	for label, value := range p.config.Labels {
		labels[label] = value
	}
	return labels
}

// taints lists the taints of the pool, and what GKE puts on nodes with GPUs, and on Arm
// nodes by default (docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1beta1/NodeConfig,
// ArchitectureTaintBehavior).
func (p pool) taints(m machinetype.Type) []corev1.Taint {
	var taints []corev1.Taint
	if m.GPUs > 0 {
		taints = append(taints, corev1.Taint{Key: gpuResource, Value: "present", Effect: corev1.TaintEffectNoSchedule})
	}
	if m.Arm {
		taints = append(taints, corev1.Taint{Key: corev1.LabelArchStable, Value: "arm64", Effect: corev1.TaintEffectNoSchedule})
	}
	for _, given := range p.config.Taints {
		taints = append(taints, corev1.Taint{Key: given.Key, Value: given.Value, Effect: taintEffects[given.Effect]})
	}
	return taints
}
