package machinetype

import (
	"math"
	"slices"
)

// What GKE gives a node pool that says nothing else.
// Source: docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1/NodeConfig,
// and docs.cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr.
const (
	// DefaultDiskGiB is the size of the boot disk.
	DefaultDiskGiB = 100
	// DefaultMaxPods is how many pods a node runs at the most.
	DefaultMaxPods = 110
)

// Node is a machine of a node pool. Its ephemeral storage is on its boot disk, of
// whatever type. (Nodes that use local SSDs for it have more.)
type Node struct {
	Type
	// GPUs are its accelerators, its machine's own or attached ones.
	GPUs int
	// DiskGiB is the size of its boot disk.
	DiskGiB int
	// MaxPods is how many pods it runs at the most.
	MaxPods int
}

// NodeOf is a node with a disk and pods as GKE gives them by itself.
func NodeOf(t Type, gpus int) Node {
	return Node{Type: t, GPUs: gpus, DiskGiB: DefaultDiskGiB, MaxPods: DefaultMaxPods}
}

// Amounts are of what pods request.
type Amounts struct {
	MilliCPU int64
	// Memory and EphemeralStorage are in bytes.
	Memory, EphemeralStorage int64
	GPUs, Pods               int64
}

const (
	mib = 1 << 20
	gib = 1 << 30
)

// Capacity is what the node has, as its kubelet reports it: without what the kernel
// keeps of the memory, and the operating system of the disk.
func (n Node) Capacity() Amounts {
	memory, disk := int64(n.MemoryMiB)*mib, int64(n.DiskGiB)*gib
	return Amounts{
		MilliCPU:         int64(n.CPUs) * 1000,
		Memory:           memory - kernelMemory(memory),
		EphemeralStorage: max(0, disk-systemDisk(disk)),
		GPUs:             int64(n.GPUs),
		Pods:             int64(n.MaxPods),
	}
}

// Allocatable is what pods can request, GKE's own included: the capacity, less what
// GKE reserves for the kubelet and the container runtime, and less what has to stay
// free so that no pod is evicted.
//
// Source: docs.cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes, by
// the numbers of GKE's own autoscaler (pkg/cloudprovider/gke/reserved.go). From
// version 1.37 on, the autoscaler expects GKE to reserve less of large machines: what
// fits here fits there too. Nodes with image streaming
// reserve 4 % more memory than others; the program does not use it.
func (n Node) Allocatable() Amounts {
	left := n.Capacity()
	left.MilliCPU = max(0, left.MilliCPU-n.reservedCPU())
	left.Memory = max(0, left.Memory-reservedMemory(int64(n.MemoryMiB))*mib-evictionMemory)
	left.EphemeralStorage = max(0, left.EphemeralStorage-left.EphemeralStorage/evictionDisk-reservedDisk(int64(n.DiskGiB))*gib)
	return left
}

// Room is what is left for the pods of a cluster's users: what is allocatable, less
// what GKE's own pods request on every node. See [Agents].
func (n Node) Room() Amounts {
	room := n.Allocatable()
	for _, agent := range Agents(n.GPUs > 0) {
		room.MilliCPU -= agent.MilliCPU
		room.Memory -= agent.MemoryMiB * mib
		room.Pods--
	}
	room.MilliCPU, room.Memory, room.Pods = max(0, room.MilliCPU), max(0, room.Memory), max(0, room.Pods)
	return room
}

// Holds reports whether there is as much of everything.
func (a Amounts) Holds(b Amounts) bool {
	return a.MilliCPU >= b.MilliCPU && a.Memory >= b.Memory && a.EphemeralStorage >= b.EphemeralStorage && a.GPUs >= b.GPUs && a.Pods >= b.Pods
}

const (
	// evictionMemory stays free: the kubelet evicts pods when there is less.
	evictionMemory = 100 * mib
	// evictionDisk is the part of the disk that stays free, a tenth.
	evictionDisk = 10

	// manyPods is the number of pods from which on a node reserves more CPU.
	manyPods         = 110
	manyPodsMilliCPU = 400
	// sharedMilliCPU is reserved of types with shared cores: the second CPU, which
	// is for bursts, and 6 % of the first.
	sharedMilliCPU = 1060

	// smallMemoryMiB is how much memory has a fixed reservation.
	smallMemoryMiB, smallReservedMiB = 1000, 255
)

// bracket reserves a part of what is above a threshold and below the next one.
type bracket struct {
	above int64
	part  float64
}

var (
	// cpuBrackets are in thousandths of a CPU.
	cpuBrackets = []bracket{{0, 0.06}, {1000, 0.01}, {2000, 0.005}, {4000, 0.0025}}
	// memoryBrackets are in MiB. The documentation has them in GiB; what is reserved
	// on nodes is by brackets of 1,000 MiB.
	memoryBrackets = []bracket{{0, 0.25}, {4000, 0.20}, {8000, 0.10}, {16000, 0.06}, {128000, 0.02}}
)

func (n Node) reservedCPU() int64 {
	reserved := reserve(int64(n.CPUs)*1000, cpuBrackets)
	if slices.Contains(sharedCore, n.Name) {
		reserved = sharedMilliCPU
	}
	if n.MaxPods > manyPods {
		reserved += manyPodsMilliCPU
	}
	return reserved
}

// reservedMemory is in MiB, of all that the machine has.
func reservedMemory(machineMiB int64) int64 {
	if machineMiB <= smallMemoryMiB {
		return smallReservedMiB
	}
	return reserve(machineMiB, memoryBrackets)
}

// reservedDisk is in GiB, of the whole boot disk: half of it, or 6 GiB and 35 %, or
// 100 GiB, whichever is least.
func reservedDisk(diskGiB int64) int64 {
	return min(diskGiB/2, 6+int64(0.35*float64(diskGiB)), 100)
}

// reserve is a whole number: a part of one is dropped.
func reserve(amount int64, brackets []bracket) int64 {
	reserved := 0.0
	for i, b := range brackets {
		top := amount
		if i+1 < len(brackets) {
			top = min(amount, brackets[i+1].above)
		}
		reserved += max(0, float64(top-b.above)*b.part)
	}
	return int64(reserved)
}

// unexplainedMemory is by how much nodes were seen to have less than the estimate
// says: 24 MiB at the most (an n2-standard-4 of GKE 1.36.3 has 16380004Ki).
const unexplainedMemory = 32 * mib

// kernelMemory estimates, in bytes, how much of the machine's memory the kernel of
// Container-Optimized OS keeps from the kubelet.
//
// Source: github.com/kubernetes/autoscaler,
// cluster-autoscaler/cloudprovider/gce/gce_reserved.go, CalculateKernelReserved.
func kernelMemory(machine int64) int64 {
	kept := machine/64 + 16*mib + int64(min(0.00175*float64(machine), 248*mib))
	if machine > 3*gib { // buffers for devices that reach 32 bits
		kept += 64 * mib
	}
	if machine <= 8*gib {
		kept += 8 * mib
	}
	return kept + unexplainedMemory
}

// systemDisk estimates, in bytes, how much of the boot disk Container-Optimized OS
// takes.
//
// Source: as that of [kernelMemory], CalculateOSReservedEphemeralStorage.
func systemDisk(disk int64) int64 {
	taken := int64(math.Ceil(0.015635*float64(disk))) + int64(math.Ceil(4.148*gib))
	return taken + int64(min(100*mib, math.Ceil(0.001*float64(disk))))
}
