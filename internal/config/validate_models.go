package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"ai-serving/internal/pathpattern"
)

// What a replica on Kubernetes requests, in the forms of Kubernetes' quantities that
// people mean: 512m of memory is half a byte, 1024 is a KiB, and 500Mi of CPU are
// half a billion cores. A thousandth of a core is the least step.
// Source: kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-units-in-kubernetes.
var (
	cpuForm    = regexp.MustCompile(`^([1-9][0-9]{0,8}m?|[1-9][0-9]{0,8}\.[0-9]{1,3}|0\.([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9]))$`)
	memoryForm = regexp.MustCompile(`^([1-9][0-9]{0,8}(\.[0-9]{1,9})?|0\.[0-9]{0,8}[1-9])(Mi|Gi|Ti|M|G|T)$`)
)

func (c Config) validateModels(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, id := range slices.Sorted(maps.Keys(c.Models)) {
		errs = append(errs, c.Models[id].validate(path.Child(id))...)
	}
	return errs
}

func (m Model) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	errs = append(errs, m.validateServers(path)...)
	errs = append(errs, validatePaths(path.Child("paths"), m.Paths)...)
	if m.Azure == nil && m.GCP == nil {
		errs = append(errs, field.Required(path, "say what serves the model: azure, gcp or both"))
	}
	errs = append(errs, m.validateRuntimePort(path.Child("port"))...)
	errs = append(errs, m.validateContainerPort(path.Child("port"))...)
	errs = append(errs, m.validateAccelerators(path)...)
	errs = append(errs, m.validateScaling(path)...)
	errs = append(errs, m.validateMetrics(path)...)
	if m.Azure != nil {
		errs = append(errs, m.Azure.validate(path.Child("azure"))...)
	}
	if m.GCP != nil {
		errs = append(errs, m.GCP.validate(path.Child("gcp"))...)
	}
	return errs
}

// firstUnprivileged is the first port that a server may listen on that is not root.
const firstUnprivileged = 1024

// validateRuntimePort refuses ports that what serves the model has not got.
func (m Model) validateRuntimePort(path *field.Path) field.ErrorList {
	const ssh = 22
	switch {
	case m.Port == 0: // refused already
		return nil
	// Azure speaks HTTP to all models.
	// Source: azure.github.io/application-gateway-kubernetes-ingress/annotations/#backend-protocol.
	case m.Azure != nil && m.Port == httpsPort:
		return field.ErrorList{field.Invalid(path, m.Port, "is for HTTPS only on Application Gateway, which speaks HTTP to models: use another port, such as 8080")}
	case m.GCP == nil:
		return nil
	case m.GCP.Kubernetes != nil && m.Port < firstUnprivileged:
		return field.ErrorList{field.Invalid(path, m.Port, "must be 1024 or more on Kubernetes, where the server is not root")}
	case m.GCP.Instances != nil && m.Port == ssh:
		return field.ErrorList{field.Invalid(path, m.Port, "is the machine's own, for SSH")}
	}
	return nil
}

// StaticPath routes to the bucket of static content on every host of the global
// load balancer.
const StaticPath pathpattern.Pattern = "/static/*"

func validatePaths(path *field.Path, paths []pathpattern.Pattern) field.ErrorList {
	var errs field.ErrorList
	for i, p := range paths {
		if pathpattern.Gateway.Covers(StaticPath, p) || pathpattern.Gateway.Alike(StaticPath, p) {
			errs = append(errs, field.Forbidden(path.Index(i), string(StaticPath)+" is kept for static content"))
			continue
		}
		for _, other := range paths[:i] {
			if err := validateBeside(path.Index(i), p, other); err != nil {
				errs = append(errs, err)
				break
			}
		}
	}
	return errs
}

// validateBeside holds a path to what may stand beside another one of the same
// model. A path between the two, of another model, would make the clouds disagree
// on what differs in case.
func validateBeside(at *field.Path, p, other pathpattern.Pattern) *field.Error {
	switch {
	case strings.EqualFold(string(p), string(other)):
		return field.Duplicate(at, p)
	case pathpattern.DifferInCase(p, other):
		return field.Invalid(at, p, fmt.Sprintf("meets %s on Application Gateway, which ignores case, and not on Google's load balancers: spell them alike", other))
	}
	return nil
}

func (g ModelGCP) validate(path *field.Path) field.ErrorList {
	if (g.Kubernetes == nil) == (g.Instances == nil) {
		return field.ErrorList{field.Required(path, "give either kubernetes or instances: a backend service cannot mix the two")}
	}
	if g.Kubernetes != nil {
		return g.Kubernetes.validate(path.Child("kubernetes"))
	}
	return g.Instances.validate(path.Child("instances"))
}

func (k Kubernetes) validate(path *field.Path) field.ErrorList {
	errs := validateBytes(path.Child("memory"), k.Memory)
	return append(errs, validateOrder(path.Child("replicas"), k.Replicas)...)
}

func (i Instances) validate(path *field.Path) field.ErrorList {
	return validateOrder(path.Child("replicas"), i.Replicas)
}

// RunsOn reports whether the catalogue has a runtime of the model for a cloud,
// "azure" or "gcp".
func (m Model) RunsOn(cloud string) bool {
	if cloud == "azure" {
		return m.Azure != nil
	}
	return m.GCP != nil
}

// validateBytes holds an amount of memory to whole bytes: Kubernetes would round it.
func validateBytes(path *field.Path, memory string) field.ErrorList {
	quantity, err := resource.ParseQuantity(memory)
	if err != nil {
		return nil // refused already
	}
	if whole := resource.NewQuantity(quantity.Value(), quantity.Format); quantity.Cmp(*whole) != 0 {
		return field.ErrorList{field.Invalid(path, memory, "must be a whole number of bytes: write it in a smaller unit")}
	}
	return nil
}
