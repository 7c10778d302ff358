package clouds

import (
	"maps"
	"slices"
	"strings"

	"ai-serving/internal/machinetype"
)

// Accelerator is what the program has to know of a GPU of Compute Engine.
type Accelerator struct {
	// Machines are the types of machines that it comes with, and how many of it each
	// has.
	Machines map[string]int
	// Attached are the numbers of it that an N1 machine may have, with the largest
	// machine for each; none where it comes with machines of its own.
	Attached map[int]Largest
}

// Largest is the largest machine that may have a number of an accelerator.
type Largest struct{ CPUs, MemoryGiB int }

// Accelerators are those that node pools of GKE may have, with the machines that
// are available on demand: a pool here has neither a reservation, nor Spot machines,
// nor a queue. The H200's a3-ultragpu-8g needs a reservation, and is left out; so are
// a3-highgpu-1g, -2g and -4g, which are available only as Spot or with flex-start.
// Source: cloud.google.com/compute/docs/gpus, with its #n1-gpus, and
// cloud.google.com/compute/docs/accelerator-optimized-machines#a3-vms, as of
// November 2026.
var Accelerators = map[string]Accelerator{
	"nvidia-l4": {Machines: counted(
		"g2-standard-4", "g2-standard-8", "g2-standard-12", "g2-standard-16",
		"g2-standard-24", "g2-standard-32", "g2-standard-48", "g2-standard-96",
	)},
	"nvidia-tesla-a100": {Machines: counted(
		"a2-highgpu-1g", "a2-highgpu-2g", "a2-highgpu-4g", "a2-highgpu-8g", "a2-megagpu-16g",
	)},
	"nvidia-a100-80gb": {Machines: counted(
		"a2-ultragpu-1g", "a2-ultragpu-2g", "a2-ultragpu-4g", "a2-ultragpu-8g",
	)},
	"nvidia-h100-80gb":      {Machines: counted("a3-highgpu-8g")},
	"nvidia-h100-mega-80gb": {Machines: counted("a3-megagpu-8g")},
	"nvidia-tesla-t4":       {Attached: map[int]Largest{1: {48, 312}, 2: {48, 312}, 4: {96, 624}}},
	"nvidia-tesla-p4":       {Attached: map[int]Largest{1: {24, 156}, 2: {48, 312}, 4: {96, 624}}},
	"nvidia-tesla-p100":     {Attached: map[int]Largest{1: {16, 104}, 2: {32, 208}, 4: {96, 624}}},
	"nvidia-tesla-v100":     {Attached: map[int]Largest{1: {12, 78}, 2: {24, 156}, 4: {48, 312}, 8: {96, 624}}},
}

// counted are machine types, with the number of accelerators that each comes with.
func counted(types ...string) map[string]int {
	counts := map[string]int{}
	for _, name := range types {
		machine, _ := machinetype.Of(name) // a test holds it to be there
		counts[name] = machine.GPUs
	}
	return counts
}

// PerMachine are the numbers of the accelerator that a machine of the type may
// have, sorted; none if it can have none.
func (a Accelerator) PerMachine(machineType string) []int {
	if count, fixed := a.Machines[machineType]; fixed {
		return []int{count}
	}
	machine, known := MachineType(machineType)
	if !known || machine.Series != "n1" {
		return nil
	}
	var counts []int
	for _, count := range slices.Sorted(maps.Keys(a.Attached)) {
		if most := a.Attached[count]; machine.CPUs <= most.CPUs && machine.MemoryMiB <= most.MemoryGiB*1024 {
			counts = append(counts, count)
		}
	}
	return counts
}

// With are the types of machines that come with so many of the accelerator, sorted;
// none where it is attached to machines.
func (a Accelerator) With(count int) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(a.Machines)), func(name string) bool { return a.Machines[name] != count })
}

// Alternatives say which machines can have the accelerator.
func (a Accelerator) Alternatives() string {
	if len(a.Machines) == 0 {
		return "an N1 machine, such as n1-standard-8"
	}
	return strings.Join(slices.Sorted(maps.Keys(a.Machines)), ", ")
}
