package gcp

import (
	"fmt"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"ai-serving/sandbox/controlplane"
)

const (
	// gpuResource is the name of NVIDIA's GPUs in Kubernetes, and of the taint
	// that GKE puts on nodes that have some.
	gpuResource = "nvidia.com/gpu"

	defaultMachineType = "e2-medium"
	defaultDiskGiB     = 100
)

// taintEffects are Kubernetes' names for GKE's.
var taintEffects = map[string]corev1.TaintEffect{
	"NO_SCHEDULE":        corev1.TaintEffectNoSchedule,
	"PREFER_NO_SCHEDULE": corev1.TaintEffectPreferNoSchedule,
	"NO_EXECUTE":         corev1.TaintEffectNoExecute,
}

// pool is a node pool as far as it decides its nodes.
type pool struct {
	name    string
	zones   []string
	perZone int // nodes
	pods    int // per node
	config  map[string]any
}

// poolOf reads the attributes that a node pool has as a resource of its own, as
// a block of its cluster, and, for the default pool, as the cluster itself.
func poolOf(attributes map[string]any, zones []string) pool {
	p := pool{zones: zones, pods: maxPodsPerNode, config: block(attributes, "node_config")}
	p.name, _ = attributes["name"].(string)
	if own := texts(attributes["node_locations"]); len(own) > 0 {
		p.zones = own
	}
	if pods, _ := attributes["max_pods_per_node"].(int); pods > 0 {
		p.pods = pods
	}
	p.perZone, _ = attributes["node_count"].(int)
	if p.perZone == 0 {
		p.perZone, _ = attributes["initial_node_count"].(int)
	}
	if scaling := block(attributes, "autoscaling"); scaling != nil {
		p.perZone = withinLimits(p.perZone, len(p.zones), scaling)
	} else if _, given := attributes["node_count"]; given && p.perZone == 0 {
		p.perZone = 1
	}
	return p
}

// withinLimits is the number of nodes in a zone when nothing asks for more: what
// there is, or the autoscaler's least.
func withinLimits(current, zones int, scaling map[string]any) int {
	least, _ := scaling["min_node_count"].(int)
	most, _ := scaling["max_node_count"].(int)
	if total, _ := scaling["total_min_node_count"].(int); total > 0 && zones > 0 {
		least = (total + zones - 1) / zones
	}
	if total, _ := scaling["total_max_node_count"].(int); total > 0 && zones > 0 {
		most = total / zones
	}
	if most > 0 {
		current = min(current, most)
	}
	return max(current, least)
}

// block is the one block of this name, nil if there is none.
func block(attributes map[string]any, name string) map[string]any {
	blocks, _ := attributes[name].([]any)
	if len(blocks) == 0 {
		return nil
	}
	only, _ := blocks[0].(map[string]any)
	return only
}

// prefix begins the names of the pool's instance groups and nodes, in GKE's way.
func (p pool) prefix(cluster string) string {
	short := func(name string, length int) string { return name[:min(len(name), length)] }
	return fmt.Sprintf("gke-%s-%s-%s", short(lastSegment(cluster), 20), short(p.name, 14), hash(cluster+"/"+p.name))
}

// nodes are the machines of the pool.
func (p pool) nodes(cluster string) ([]controlplane.Node, error) {
	template, err := p.node()
	if err != nil {
		return nil, err
	}
	var nodes []controlplane.Node
	for _, zone := range p.zones {
		for i := range p.perZone {
			node := template
			node.Zone = zone
			node.Name = p.prefix(cluster) + "-" + hash(fmt.Sprintf("%s/%d", zone, i))[:4]
			nodes = append(nodes, node)
		}
	}
	return nodes, nil
}

// node is what the nodes of the pool have in common.
func (p pool) node() (controlplane.Node, error) {
	name, _ := p.config["machine_type"].(string)
	if name == "" {
		name = defaultMachineType
	}
	machine, exists := machineType(name)
	if !exists {
		return controlplane.Node{}, invalidValue("NodeConfig.machineType", name, "There is no such machine type.")
	}
	for _, accelerator := range list(p.config, "guest_accelerator") {
		machine.gpu, _ = accelerator["type"].(string)
		machine.gpus, _ = accelerator["count"].(int)
	}
	taints, err := p.taints(machine)
	if err != nil {
		return controlplane.Node{}, err
	}
	return controlplane.Node{
		MachineType: lastSegment(name),
		Labels:      p.labels(machine),
		Taints:      taints,
		Capacity:    p.capacity(machine),
	}, nil
}

func (p pool) capacity(m machine) corev1.ResourceList {
	disk, _ := p.config["disk_size_gb"].(int)
	if disk == 0 {
		disk = defaultDiskGiB
	}
	capacity := corev1.ResourceList{
		corev1.ResourceCPU:              *resource.NewQuantity(int64(m.cpus), resource.DecimalSI),
		corev1.ResourceMemory:           *resource.NewQuantity(int64(m.memoryMiB)<<20, resource.BinarySI),
		corev1.ResourceEphemeralStorage: *resource.NewQuantity(int64(disk)<<30, resource.BinarySI),
		corev1.ResourcePods:             *resource.NewQuantity(int64(p.pods), resource.DecimalSI),
	}
	if m.gpus > 0 {
		capacity[gpuResource] = *resource.NewQuantity(int64(m.gpus), resource.DecimalSI)
	}
	return capacity
}

// labels are those of the pool and those that GKE adds.
func (p pool) labels(m machine) map[string]string {
	labels := map[string]string{
		"cloud.google.com/machine-family":        m.family,
		"cloud.google.com/gke-container-runtime": "containerd",
		"cloud.google.com/gke-os-distribution":   "cos",
	}
	if m.gpus > 0 {
		labels["cloud.google.com/gke-accelerator"] = m.gpu
	}
	if p.config["spot"] == true {
		labels["cloud.google.com/gke-spot"] = "true"
	}
	if block(p.config, "workload_metadata_config")["mode"] == "GKE_METADATA" {
		labels["iam.gke.io/gke-metadata-server-enabled"] = "true"
	}
	own, _ := p.config["labels"].(map[string]any)
	for label, value := range own {
		labels[label], _ = value.(string)
	}
	return labels
}

// taints are those of the pool, and the one that GKE puts on nodes with GPUs.
func (p pool) taints(m machine) ([]corev1.Taint, error) {
	var taints []corev1.Taint
	seen := map[corev1.Taint]bool{}
	if m.gpus > 0 {
		taints = append(taints, corev1.Taint{Key: gpuResource, Value: "present", Effect: corev1.TaintEffectNoSchedule})
	}
	for _, given := range list(p.config, "taint") {
		key, _ := given["key"].(string)
		value, _ := given["value"].(string)
		effect, _ := given["effect"].(string)
		taints = append(taints, corev1.Taint{Key: key, Value: value, Effect: taintEffects[effect]})
	}
	for _, taint := range taints {
		same := corev1.Taint{Key: taint.Key, Effect: taint.Effect}
		if seen[same] {
			return nil, refuse(http.StatusBadRequest, "badRequest", "Taint %s with effect %s is given twice; GKE itself adds the one of GPUs.", taint.Key, taint.Effect)
		}
		seen[same] = true
	}
	return taints, nil
}

// list are the blocks of this name.
func list(attributes map[string]any, name string) []map[string]any {
	elements, _ := attributes[name].([]any)
	var blocks []map[string]any
	for _, element := range elements {
		if block, ok := element.(map[string]any); ok {
			blocks = append(blocks, block)
		}
	}
	return blocks
}
