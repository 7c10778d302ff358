package config

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
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
			at := path("models").Child(id, "gcp", "instances", "machineType")
			errs = append(errs, c.validateMachine(at, gcp.Instances.MachineType,
				"which instances are not given: serve the model on gcp.kubernetes with gpu",
				"the instances boot an image for x86")...)
		}
	}
	return errs
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
