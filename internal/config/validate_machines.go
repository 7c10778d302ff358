package config

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"ai-serving/internal/clouds"
)

// validateMachines holds the machines without accelerators to what runs on them:
// the shared nodes of clusters, and the instances of models.
func (c Config) validateMachines(path pathOf) field.ErrorList {
	var errs field.ErrorList
	for _, name := range slices.Sorted(maps.Keys(c.GCP.Regions)) {
		at := path("gcp").Child("regions", name, "nodes", "machineType")
		errs = append(errs, c.validateMachine(at, c.GCP.Regions[name].Nodes.MachineType,
			"which pods ask for in a pool of gpus only: choose another type here",
			"GKE taints such nodes with kubernetes.io/arch=arm64, which the replicas do not tolerate")...)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Models)) {
		if gcp := c.Models[id].GCP; gcp != nil && gcp.Instances != nil {
			errs = append(errs, c.validateInstanceMachine(path("models").Child(id, "gcp", "instances"), *gcp.Instances)...)
		}
	}
	return errs
}

// validateInstanceMachine holds the machines of a model to x86, and its GPUs to what the
// machine can have.
func (c Config) validateInstanceMachine(path *field.Path, i Instances) field.ErrorList {
	machine, known := c.MachineType(i.MachineType)
	switch {
	case !known: // refused already
		return nil
	case machine.Arm:
		return c.validateMachine(path.Child("machineType"), i.MachineType, "", "the instances boot an image for x86")
	case i.GPU == nil:
		return nil
	case machine.GPU != "":
		return field.ErrorList{field.Forbidden(path.Child("gpu"), fmt.Sprintf("a %s comes with %d of %s, which the server has all: leave it out", i.MachineType, machine.GPUs, machine.GPU))}
	}
	accelerator, listed := c.accelerator(i.GPU.Type)
	if !listed || i.GPU.Count < 1 {
		return nil // refused already
	}
	switch counts := accelerator.PerMachine(i.MachineType); {
	case len(counts) == 0:
		return field.ErrorList{field.Invalid(path.Child("machineType"), i.MachineType, "cannot have "+i.GPU.Type+" on demand: use "+accelerator.Alternatives())}
	case !slices.Contains(counts, i.GPU.Count):
		return field.ErrorList{field.Invalid(path.Child("gpu", "count"), i.GPU.Count, fmt.Sprintf("must be one of %v, as many as a %s may have", counts, i.MachineType))}
	}
	return nil
}

// onAccelerators reports whether instances have GPUs.
func (i Instances) onAccelerators() bool {
	machine, _ := clouds.MachineType(i.MachineType)
	return i.GPU != nil || machine.GPU != ""
}

// validateMachine refuses a type with accelerators, or with processors of another
// kind, and says why.
// Sources: cloud.google.com/kubernetes-engine/docs/how-to/gpus;
// docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1beta1/NodeConfig,
// ArchitectureTaintBehavior.
func (c Config) validateMachine(path *field.Path, machineType, accelerators, arm string) field.ErrorList {
	switch machine, known := c.MachineType(machineType); {
	case !known: // refused already
	case machine.GPU != "":
		return field.ErrorList{field.Invalid(path, machineType, fmt.Sprintf("comes with %s, %s", machine.GPU, accelerators))}
	case machine.Arm:
		return field.ErrorList{field.Invalid(path, machineType, "has Arm processors: "+arm+": choose an x86 type, such as "+DefaultMachineType)}
	}
	return nil
}
