package config

import "strings"

// accelerator is what the program has to know of a GPU of Compute Engine.
type accelerator struct {
	// machines are the types of machines that it comes with, and how many of it a
	// machine has.
	machines map[string]int
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
	"nvidia-l4": {machines: map[string]int{
		"g2-standard-4": 1, "g2-standard-8": 1, "g2-standard-12": 1, "g2-standard-16": 1,
		"g2-standard-24": 2, "g2-standard-32": 1, "g2-standard-48": 4, "g2-standard-96": 8,
	}},
	"nvidia-tesla-a100": {machines: map[string]int{
		"a2-highgpu-1g": 1, "a2-highgpu-2g": 2, "a2-highgpu-4g": 4, "a2-highgpu-8g": 8, "a2-megagpu-16g": 16,
	}},
	"nvidia-a100-80gb": {machines: map[string]int{
		"a2-ultragpu-1g": 1, "a2-ultragpu-2g": 2, "a2-ultragpu-4g": 4, "a2-ultragpu-8g": 8,
	}},
	"nvidia-h100-80gb":      {machines: map[string]int{"a3-highgpu-8g": 8}},
	"nvidia-h100-mega-80gb": {machines: map[string]int{"a3-megagpu-8g": 8}},
	"nvidia-tesla-t4":       {attached: []int{1, 2, 4}},
	"nvidia-tesla-p4":       {attached: []int{1, 2, 4}},
	"nvidia-tesla-v100":     {attached: []int{1, 2, 4, 8}},
}

// perMachine are the numbers of the accelerator that a machine of the type may
// have; none if it can have none.
func (a accelerator) perMachine(machineType string) []int {
	if count, fixed := a.machines[machineType]; fixed {
		return []int{count}
	}
	if strings.HasPrefix(machineType, "n1-") {
		return a.attached
	}
	return nil
}
