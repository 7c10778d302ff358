package config

import (
	"maps"
	"slices"
	"strings"

	"ai-serving/internal/machinetype"
)

// accelerator is what the program has to know of a GPU of Compute Engine.
type accelerator struct {
	// machines are the types of machines that it comes with. How many of it a
	// machine has is known by the package machinetype.
	machines []string
	// attached are the numbers that a general-purpose N1 machine may have of it;
	// none where it comes with machines of its own.
	attached []int
}

// accelerators are those that node pools of GKE may have, with the machines that
// are to be had on demand: a pool here has neither a reservation, nor Spot machines,
// nor a queue. The H200's a3-ultragpu-8g needs a reservation, and is left out; so are
// a3-highgpu-1g, -2g and -4g, which there are only as Spot or with flex-start.
// Source: cloud.google.com/compute/docs/gpus, and
// cloud.google.com/compute/docs/accelerator-optimized-machines#a3-vms.
var accelerators = map[string]accelerator{
	"nvidia-l4": {machines: []string{
		"g2-standard-4", "g2-standard-8", "g2-standard-12", "g2-standard-16",
		"g2-standard-24", "g2-standard-32", "g2-standard-48", "g2-standard-96",
	}},
	"nvidia-tesla-a100": {machines: []string{
		"a2-highgpu-1g", "a2-highgpu-2g", "a2-highgpu-4g", "a2-highgpu-8g", "a2-megagpu-16g",
	}},
	"nvidia-a100-80gb": {machines: []string{
		"a2-ultragpu-1g", "a2-ultragpu-2g", "a2-ultragpu-4g", "a2-ultragpu-8g",
	}},
	"nvidia-h100-80gb":      {machines: []string{"a3-highgpu-8g"}},
	"nvidia-h100-mega-80gb": {machines: []string{"a3-megagpu-8g"}},
	"nvidia-tesla-t4":       {attached: []int{1, 2, 4}},
	"nvidia-tesla-p4":       {attached: []int{1, 2, 4}},
	"nvidia-tesla-v100":     {attached: []int{1, 2, 4, 8}},
}

// perMachine are the numbers of the accelerator that a machine of the type may
// have; none if it can have none.
func (a accelerator) perMachine(machineType string) []int {
	if slices.Contains(a.machines, machineType) {
		known, _ := machinetype.Of(machineType) // a test holds it to be there
		return []int{known.GPUs}
	}
	if strings.HasPrefix(machineType, "n1-") {
		return a.attached
	}
	return nil
}

// MachinesWith are the types of machines that come with so many accelerators of a
// type and are available on demand, by name; none where accelerators are attached to
// machines.
func MachinesWith(kind string, count int) []string {
	return slices.DeleteFunc(slices.Sorted(slices.Values(accelerators[kind].machines)), func(machine string) bool {
		return !slices.Contains(accelerators[kind].perMachine(machine), count)
	})
}

// acceleratorTypes are the names of all accelerators.
func acceleratorTypes() []string { return slices.Sorted(maps.Keys(accelerators)) }
