package config

import (
	"testing"

	"ai-serving/internal/machinetype"
)

func TestMachinesHaveTheAcceleratorsThatTheyAreListedWith(t *testing.T) {
	t.Parallel()
	for kind, known := range accelerators {
		for _, name := range known.machines {
			if machine, there := machinetype.Of(name); !there || machine.GPU != kind || machine.GPUs < 1 {
				t.Errorf("%s is listed with %s, and has %d of %q", name, kind, machine.GPUs, machine.GPU)
			}
		}
	}
}
