// Package nodepool tells which machines the node pools of the sandbox's Google Cloud
// have: how many in which zone, and what each is as a node of its cluster.
package nodepool

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	container "google.golang.org/api/container/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"ai-serving/internal/machinetype"
	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/store"
)

const (
	// GPUResource is the name of NVIDIA's GPUs in Kubernetes, and of the taint
	// that GKE puts on nodes that have some.
	GPUResource = "nvidia.com/gpu"

	// MaxNodesPerZone is the greatest number of nodes of a pool in a zone
	// (cloud.google.com/kubernetes-engine/quotas).
	MaxNodesPerZone = 1000
)

// taintEffects are Kubernetes' names for GKE's.
var taintEffects = map[string]corev1.TaintEffect{
	"NO_SCHEDULE":        corev1.TaintEffectNoSchedule,
	"PREFER_NO_SCHEDULE": corev1.TaintEffectPreferNoSchedule,
	"NO_EXECUTE":         corev1.TaintEffectNoExecute,
}

// Pool is a node pool as far as it decides its nodes.
type Pool struct {
	Key     string // projects/P/locations/L/clusters/C/nodePools/NAME
	Name    string
	Zones   []string
	Sizes   map[string]int                 // nodes by zone
	Scaling *container.NodePoolAutoscaling // nil for a pool that is not scaled
	MaxPods int64                          // on a node
	Config  container.NodeConfig
}

// UnknownMachineError is of a machine type that there is not.
type UnknownMachineError string

func (e UnknownMachineError) Error() string { return "There is no machine type " + string(e) + "." }

// Of reads a node pool and the target sizes of its instance groups. A zone without an
// instance group gets the size of the first zone. The first zone gets the initial node
// count if it has no group either.
func Of(tx store.Tx, key string, from container.NodePool) (Pool, error) {
	p := Pool{Key: key, Name: lastSegment(key), Zones: from.Locations, Sizes: map[string]int{}, MaxPods: 110}
	if from.Config != nil {
		p.Config = *from.Config
	}
	if from.MaxPodsConstraint != nil && from.MaxPodsConstraint.MaxPodsPerNode > 0 {
		p.MaxPods = from.MaxPodsConstraint.MaxPodsPerNode
	}
	if from.Autoscaling != nil && from.Autoscaling.Enabled {
		p.Scaling = from.Autoscaling
	}
	usual := int(from.InitialNodeCount)
	for i, zone := range p.Zones {
		var manager struct{ TargetSize *int }
		if _, err := tx.Get(p.Manager(zone), &manager); err != nil {
			return Pool{}, err
		}
		p.Sizes[zone] = usual
		if manager.TargetSize != nil {
			p.Sizes[zone] = *manager.TargetSize
		}
		if i == 0 {
			usual = p.Sizes[zone]
		}
	}
	p.keepLimits()
	return p, nil
}

// InCluster reads the pools of a cluster that run, by name.
func InCluster(tx store.Tx, cluster string) ([]Pool, error) {
	var pools []Pool
	err := tx.Each(cluster+"/nodePools/", func(key string, raw json.RawMessage) error {
		var stored container.NodePool
		if err := json.Unmarshal(raw, &stored); err != nil {
			return fmt.Errorf("stored resource %s: %w", key, err)
		}
		if stored.Status != "RUNNING" {
			return nil
		}
		pool, err := Of(tx, key, stored)
		pools = append(pools, pool)
		return err
	})
	slices.SortFunc(pools, func(a, b Pool) int { return strings.Compare(a.Name, b.Name) })
	return pools, err
}

// keepLimits gives every zone a size that the autoscaler would keep when no pod asks
// for more: what there is, or its limits.
func (p Pool) keepLimits() {
	if p.Scaling == nil {
		return
	}
	for _, zone := range p.Zones {
		if most := int(p.Scaling.MaxNodeCount); most > 0 {
			p.Sizes[zone] = min(p.Sizes[zone], most)
		}
		p.Sizes[zone] = max(p.Sizes[zone], int(p.Scaling.MinNodeCount))
	}
	if len(p.Zones) == 0 {
		return
	}
	for most := int(p.Scaling.TotalMaxNodeCount); most > 0 && p.Total() > most; {
		p.Sizes[slices.MaxFunc(p.Zones, p.bySize)]--
	}
	for p.Total() < int(p.Scaling.TotalMinNodeCount) {
		p.Sizes[slices.MinFunc(p.Zones, p.bySize)]++
	}
}

func (p Pool) bySize(a, b string) int { return p.Sizes[a] - p.Sizes[b] }

// Total is the number of the pool's nodes.
func (p Pool) Total() int {
	total := 0
	for _, size := range p.Sizes {
		total += size
	}
	return total
}

// MayGrow reports whether the autoscaler may add a node in a zone.
func (p Pool) MayGrow(zone string) bool {
	if p.Scaling == nil || p.Sizes[zone] >= MaxNodesPerZone {
		return false
	}
	if total := int(p.Scaling.TotalMaxNodeCount); total > 0 {
		return p.Total() < total
	}
	return p.Sizes[zone] < int(p.Scaling.MaxNodeCount)
}

// MayShrink reports whether the autoscaler may remove a node from a zone.
func (p Pool) MayShrink(zone string) bool {
	if p.Scaling == nil || p.Sizes[zone] == 0 {
		return false
	}
	return p.Total() > int(p.Scaling.TotalMinNodeCount) && p.Sizes[zone] > int(p.Scaling.MinNodeCount)
}

// Resize stores the size of a pool in a zone.
func (p Pool) Resize(tx store.Tx, zone string, size int) error {
	manager := map[string]any{}
	found, err := tx.Get(p.Manager(zone), &manager)
	if err != nil || !found {
		return err // a pool that is gone has no size
	}
	manager["targetSize"] = size
	return tx.Put(p.Manager(zone), manager)
}

// prefix begins the names of the pool's instance groups and nodes, in GKE's way.
func (p Pool) prefix() string {
	short := func(name string, length int) string { return name[:min(len(name), length)] }
	cluster := ClusterOf(p.Key)
	return fmt.Sprintf("gke-%s-%s-%s", short(lastSegment(cluster), 20), short(p.Name, 14), hash(cluster+"/"+p.Name))
}

// Manager is the key of what manages the pool's instances in a zone.
func (p Pool) Manager(zone string) string {
	return fmt.Sprintf("projects/%s/zones/%s/instanceGroupManagers/%s-grp", strings.Split(p.Key, "/")[1], zone, p.prefix())
}

// Nodes are the machines of the pool.
func (p Pool) Nodes() ([]controlplane.Node, error) {
	template, err := p.Template()
	if err != nil {
		return nil, err
	}
	nodes := []controlplane.Node{}
	for _, zone := range p.Zones {
		for i := range p.Sizes[zone] {
			node := template
			node.Zone, node.Name = zone, p.NodeName(zone, i)
			nodes = append(nodes, node)
		}
	}
	return nodes, nil
}

// NodeName is the name of the node of a zone with this index.
func (p Pool) NodeName(zone string, index int) string {
	return p.prefix() + "-" + nodeSuffix(zone, index)
}

// nodeSuffix ends the name of the node of a zone with this index: four digits
// that look drawn, as GKE's are, and are no other node's of the pool. An odd
// factor maps the numbers of 16 bits one to one, and the letter of the zone keeps
// those of the zones of a region apart.
func nodeSuffix(zone string, index int) string {
	number := int(zone[len(zone)-1]-'a')*MaxNodesPerZone + index
	return fmt.Sprintf("%04x", uint16(number*40503+0x5a17))
}

// Template is what the nodes of the pool have in common. The error may be an
// [UnknownMachineError].
func (p Pool) Template() (controlplane.Node, error) {
	machine, there := machinetype.Of(lastSegment(p.Config.MachineType))
	if !there {
		return controlplane.Node{}, UnknownMachineError(p.Config.MachineType)
	}
	for _, accelerator := range p.Config.Accelerators {
		machine.GPU, machine.GPUs = accelerator.AcceleratorType, int(accelerator.AcceleratorCount)
	}
	has := machinetype.Node{Type: machine, GPUs: machine.GPUs, DiskGiB: int(p.Config.DiskSizeGb), MaxPods: int(p.MaxPods)}
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
		list[GPUResource] = *resource.NewQuantity(amounts.GPUs, resource.DecimalSI)
	}
	return list
}

// labels returns the labels of the pool and the labels that GKE adds.
func (p Pool) labels(m machinetype.Type) map[string]string {
	labels := map[string]string{
		"cloud.google.com/machine-family":        m.Series,
		"cloud.google.com/gke-container-runtime": "containerd",
		"cloud.google.com/gke-os-distribution":   "cos",
	}
	if m.GPUs > 0 {
		labels["cloud.google.com/gke-accelerator"] = m.GPU
	}
	if p.Config.Spot {
		labels["cloud.google.com/gke-spot"] = "true"
	}
	if metadata := p.Config.WorkloadMetadataConfig; metadata != nil && metadata.Mode == "GKE_METADATA" {
		labels["iam.gke.io/gke-metadata-server-enabled"] = "true"
	}
	for label, value := range p.Config.Labels {
		labels[label] = value
	}
	return labels
}

// taints lists the taints of the pool, and what GKE puts on nodes with GPUs, and on Arm
// nodes by default (docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1beta1/NodeConfig,
// ArchitectureTaintBehavior).
func (p Pool) taints(m machinetype.Type) []corev1.Taint {
	var taints []corev1.Taint
	if m.GPUs > 0 {
		taints = append(taints, corev1.Taint{Key: GPUResource, Value: "present", Effect: corev1.TaintEffectNoSchedule})
	}
	if m.Arm {
		taints = append(taints, corev1.Taint{Key: corev1.LabelArchStable, Value: "arm64", Effect: corev1.TaintEffectNoSchedule})
	}
	for _, given := range p.Config.Taints {
		taints = append(taints, corev1.Taint{Key: given.Key, Value: given.Value, Effect: taintEffects[given.Effect]})
	}
	return taints
}

// ClusterOf is the key of the cluster of a node pool with this key.
func ClusterOf(pool string) string { return strings.SplitN(pool, "/nodePools/", 2)[0] }

func lastSegment(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// hash is a short mark of a text.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:8]
}
