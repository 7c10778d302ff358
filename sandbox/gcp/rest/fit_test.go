package rest

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	container "google.golang.org/api/container/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	"ai-serving/internal/config"
	"ai-serving/internal/machinetype"
	"ai-serving/internal/topology"
	"ai-serving/sandbox/gcp/nodepool"
)

// TestTheProgramAcceptsWhatFitsOnANodeAndNothingElse compares what the program says of
// a stack file with the nodes that the sandbox would give it.
func TestTheProgramAcceptsWhatFitsOnANodeAndNothingElse(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../../../Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		drawn := drawReplica(t)
		plan, err := topology.Resolve("ai-serving", "dev", load(t, drawn.in(string(file))))
		fits := true
		for _, region := range plan.GCP.Regions {
			for _, deployment := range region.Cluster.Deployments {
				fits = fits && fitsIn(t, deployment, region.Cluster.Pools)
			}
		}
		if refused := err != nil; refused == fits {
			t.Fatalf("%+v: fits %t, and the program says %v", drawn, fits, err)
		}
		if err != nil && !strings.Contains(err.Error(), "for GKE's own") {
			t.Fatalf("%+v is refused for something else: %v", drawn, err)
		}
	})
}

// replica is what the model "chat" of the dev stack requests, and where it runs.
type replica struct {
	machine     string
	cpu, memory int // thousandths, MiB
	gpus        int // of nvidia-l4, of which a node has perNode; 0 for none
	perNode     int
	isolation   string
}

func drawReplica(t *rapid.T) replica {
	drawn := replica{isolation: rapid.SampledFrom([]string{"bridge", "silo"}).Draw(t, "isolation")}
	accelerated := rapid.Bool().Draw(t, "accelerated")
	types := slices.DeleteFunc(machinetype.All(), func(of machinetype.Type) bool {
		return of.Arm || (of.GPU == "nvidia-l4") != accelerated || !accelerated && of.GPU != ""
	})
	machine := rapid.SampledFrom(types).Draw(t, "machine")
	drawn.machine = machine.Name
	if accelerated {
		drawn.perNode = machine.GPUs
		drawn.gpus = rapid.SampledFrom([]int{1, machine.GPUs}).Draw(t, "gpus")
	}
	// About as much as the machine has: what is near the bound tells most.
	drawn.cpu = rapid.IntRange(1, machine.CPUs*1200).Draw(t, "cpu")
	drawn.memory = rapid.IntRange(1, machine.MemoryMiB*6/5).Draw(t, "memory")
	return drawn
}

// in is the dev stack with that replica.
func (r replica) in(file string) string {
	gpu, nodes := "", fmt.Sprintf("nodes: {machineType: %s, count: {min: 2, max: 6}}", r.machine)
	if r.gpus > 0 {
		gpu = fmt.Sprintf("gpu: {type: nvidia-l4, count: %d}, ", r.gpus)
		nodes = fmt.Sprintf("gpus: {nvidia-l4: {machineType: %s, perNode: %d, count: {min: 0, max: 60}, quota: 1000}}", r.machine, r.perNode)
	}
	return strings.NewReplacer(
		"kubernetes: {cpu: 500m, memory: 1Gi, ", fmt.Sprintf("kubernetes: {cpu: %dm, memory: %dMi, scaling: {metric: queue, target: 5}, %s", r.cpu, r.memory, gpu),
		"maxStreamSeconds: 300\n", "maxStreamSeconds: 300\n      metricsPath: /metrics\n", // what it scales by
		"cidr: 10.20.0.0/16, ", "cidr: 10.20.0.0/16, "+nodes+", ",
		"isolation: bridge", "isolation: "+r.isolation,
		"containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}", "networkInterfaces: [gpu-b]", // which a model with accelerators may have
	).Replace(file)
}

// load reads a stack file as the engine hands it over.
func load(t *rapid.T, text string) config.Config {
	var document struct{ Config map[string]any }
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	file := config.File{Project: "ai-serving", Stack: "dev", Values: map[string]string{}}
	for key, value := range document.Config {
		if scalar, ok := value.(string); ok {
			file.Values[key] = scalar
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		file.Values[key] = string(raw)
	}
	loaded, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// fitsIn reports whether a node of the deployment's pool has room for a replica, beside
// what runs on every node.
func fitsIn(t *rapid.T, deployment topology.Deployment, pools []topology.NodePool) bool {
	i := slices.IndexFunc(pools, func(p topology.NodePool) bool { return p.Name == deployment.NodePool })
	made := nodepool.Pool{MaxPods: machinetype.DefaultMaxPods, Config: container.NodeConfig{MachineType: pools[i].MachineType, DiskSizeGb: machinetype.DefaultDiskGiB}}
	if gpu := pools[i].GPU; gpu != nil {
		made.Config.Accelerators = []*container.AcceleratorConfig{{AcceleratorType: gpu.Type, AcceleratorCount: int64(gpu.Count)}}
	}
	node, err := made.Template()
	if err != nil {
		t.Fatal(err)
	}
	free := node.Allocatable
	for _, agent := range machinetype.Agents(deployment.GPU != nil) {
		free = less(free, corev1.ResourceCPU, *resource.NewMilliQuantity(agent.MilliCPU, resource.DecimalSI))
		free = less(free, corev1.ResourceMemory, *resource.NewQuantity(agent.MemoryMiB<<20, resource.BinarySI))
	}
	left := less(free, corev1.ResourceCPU, resource.MustParse(deployment.CPU))
	left = less(left, corev1.ResourceMemory, resource.MustParse(deployment.Memory))
	if deployment.GPU != nil {
		left = less(left, nodepool.GPUResource, *resource.NewQuantity(int64(deployment.GPU.Count), resource.DecimalSI))
	}
	for _, quantity := range left {
		if quantity.Sign() < 0 {
			return false
		}
	}
	return true
}

// less is a list from which an amount is taken.
func less(from corev1.ResourceList, name corev1.ResourceName, amount resource.Quantity) corev1.ResourceList {
	list := from.DeepCopy()
	quantity := list[name]
	quantity.Sub(amount)
	list[name] = quantity
	return list
}
