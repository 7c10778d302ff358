package config

import (
	"ai-serving/internal/clouds"
	"ai-serving/internal/machinetype"
)

// What the program knows of the clouds, with what the stack file adds to it.

// azureRegion is what is known of a region of Azure; empty for an unknown one.
func (c Config) azureRegion(name string) clouds.AzureRegion {
	if region, known := clouds.AzureRegions[name]; known {
		return region
	}
	return clouds.AzureRegion(c.Platform.Allow.AzureRegions[name])
}

// gcpRegion is what is known of a region of Google Cloud.
func (c Config) gcpRegion(name string) clouds.GoogleRegion {
	if region, known := clouds.GoogleRegions[name]; known {
		return region
	}
	return clouds.GoogleRegion(c.Platform.Allow.GCPRegions[name])
}

// NearestAzureRegion is the region of Azure nearest to a region of Google Cloud.
func (c Config) NearestAzureRegion(gcp string) string { return c.gcpRegion(gcp).Nearest }

// accelerator is what is known of an accelerator, and whether anything is.
func (c Config) accelerator(kind string) (clouds.Accelerator, bool) {
	if known, there := clouds.Accelerators[kind]; there {
		return known, true
	}
	added, there := c.Platform.Allow.Accelerators[kind]
	return clouds.Accelerator{Machines: added.Machines}, there
}

// MachineType is what a machine type of Compute Engine has, and whether anything is
// known of it.
func (c Config) MachineType(name string) (machinetype.Type, bool) {
	if known, there := clouds.MachineType(name); there {
		return known, true
	}
	added, there := c.Platform.Allow.MachineTypes[name]
	machine := machinetype.Type{Name: name, CPUs: added.CPU, MemoryMiB: int(added.MemoryGiB * 1024)}
	for kind, accelerator := range c.Platform.Allow.Accelerators {
		if count := accelerator.Machines[name]; count > 0 {
			machine.GPU, machine.GPUs = kind, count
		}
	}
	return machine, there
}
