package topology

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"ai-serving/internal/clouds"
	"ai-serving/internal/machinetype"
)

// checkFit reports replicas that fit on no node of their pool, beside what GKE itself
// runs on each node. They would stay pending, however many nodes there are.
func checkFit(project string, t Topology) field.ErrorList {
	var errs field.ErrorList
	for _, region := range t.GCP.Regions {
		if region.Cluster == nil {
			continue
		}
		for _, deployment := range region.Cluster.Deployments {
			machine := t.GCP.MachineTypes[region.Cluster.pool(deployment.NodePool).MachineType]
			errs = append(errs, region.checkFit(project, deployment, machine)...)
		}
	}
	return errs
}

func (g GCPRegion) checkFit(project string, d Deployment, machine machinetype.Type) field.ErrorList {
	pool := g.Cluster.pool(d.NodePool)
	node, wanted := pool.node(machine), d.requests()
	room, has := node.Room(), node.Allocatable()
	where, larger := fmt.Sprintf("a node of %s (%s)", Place{GCloud, g.Name}, machine.Name), pool.larger(g.Name, wanted)
	at := field.NewPath(project+":models").Child(d.Workload.Model, "gcp", "kubernetes")
	var errs field.ErrorList
	if wanted.MilliCPU > room.MilliCPU {
		errs = append(errs, field.Invalid(at.Child("cpu"), d.CPU, fmt.Sprintf("%s has %s CPU of %d for pods, less %s for GKE's own: %s%s",
			where, cpus(has.MilliCPU), machine.CPUs, cpus(has.MilliCPU-room.MilliCPU),
			fits(room.MilliCPU, resource.NewMilliQuantity(room.MilliCPU, resource.DecimalSI)), larger)))
	}
	if wanted.Memory > room.Memory {
		errs = append(errs, field.Invalid(at.Child("memory"), d.Memory, fmt.Sprintf("%s has %.2f GiB of %s for pods, less %.2f for GKE's own: %s%s",
			where, gibs(has.Memory), strconv.FormatFloat(gibs(int64(machine.MemoryMiB)*mib), 'f', -1, 64), gibs(has.Memory-room.Memory),
			fits(room.Memory, resource.NewQuantity(room.Memory/mib*mib, resource.BinarySI)), larger)))
	}
	return errs
}

const (
	mib = 1 << 20
	gib = 1 << 30
)

func cpus(milli int64) string { return strconv.FormatFloat(float64(milli)/1000, 'f', -1, 64) }

func gibs(bytes int64) float64 { return float64(bytes) / gib }

// fits says how much of a resource a replica may have.
func fits(room int64, most *resource.Quantity) string {
	if room == 0 {
		return "nothing fits"
	}
	return fmt.Sprintf("at most %q fits", most.String())
}

// requests are what a replica needs of a node.
func (d Deployment) requests() machinetype.Amounts {
	wanted := machinetype.Amounts{MilliCPU: amount(d.CPU, resource.Milli), Memory: amount(d.Memory, 0), Pods: 1}
	if d.GPU != nil {
		wanted.GPUs = int64(d.GPU.Count)
	}
	if d.Server.Weights != "" {
		wanted.MilliCPU += mountMilliCPU
		wanted.Memory += mountMemory
	}
	return wanted
}

// What the container requests that GKE adds to a pod to mount a bucket.
// Source: docs.cloud.google.com/kubernetes-engine/docs/how-to/cloud-storage-fuse-csi-driver-sidecar.
const (
	mountMilliCPU = 250
	mountMemory   = 256 * mib
)

// amount is a quantity in units of 10 to the power of the scale, rounded up. More than any
// machine has, which may be more than an integer holds, is the largest one.
func amount(validated string, scale resource.Scale) int64 {
	quantity := resource.MustParse(validated)
	if quantity.CmpInt64(1<<50) > 0 {
		return math.MaxInt64
	}
	return quantity.ScaledValue(scale)
}

// pool is the one with this name.
func (c Cluster) pool(name string) NodePool {
	return c.Pools[slices.IndexFunc(c.Pools, func(p NodePool) bool { return p.Name == name })]
}

// node is one of the pool, if its machines are of this type.
func (p NodePool) node(machine machinetype.Type) machinetype.Node {
	if p.GPU == nil {
		return machinetype.NodeOf(machine, 0)
	}
	return machinetype.NodeOf(machine, p.GPU.Count)
}

// machineAt is where the entry of a region says the machine type of the pool.
func (p NodePool) machineAt(region *field.Path) *field.Path {
	if p.GPU == nil {
		return region.Child("nodes", "machineType")
	}
	return region.Child("gpus", p.GPU.Type, "machineType")
}

// larger names the smallest type, of those that could take the place of the pool's,
// whose nodes have room for a replica; "" where none has.
func (p NodePool) larger(region string, wanted machinetype.Amounts) string {
	candidates := p.alternatives()
	slices.SortStableFunc(candidates, func(a, b machinetype.Type) int {
		return cmp.Or(a.CPUs-b.CPUs, a.MemoryMiB-b.MemoryMiB)
	})
	for _, machine := range candidates {
		if p.node(machine).Room().Holds(wanted) {
			key := p.machineAt(field.NewPath("gcp").Child("regions", region))
			return fmt.Sprintf(", or choose %s %s or larger", key, machine.Name)
		}
	}
	return ""
}

// alternatives are the types with as many accelerators of the same kind, or, where
// machines have none of their own, those of the same series and class.
func (p NodePool) alternatives() []machinetype.Type {
	var types []machinetype.Type
	if p.GPU != nil {
		for _, name := range clouds.Accelerators[p.GPU.Type].With(p.GPU.Count) {
			machine, _ := machinetype.Of(name) // known with its accelerators
			types = append(types, machine)
		}
	}
	if types == nil {
		machine, _ := machinetype.Of(p.MachineType) // one that a stack file allows has none
		types = machine.Siblings()
	}
	return types
}
