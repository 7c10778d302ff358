package config

import (
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Limits of Azure Container Instances.
// Source: learn.microsoft.com/azure/container-instances/container-instances-resource-and-quota-limits.
const (
	maxGroupCPU       = 31  // cores of a container group
	maxGroupMemoryGiB = 240 // of a container group
	maxQuota          = 100_000
)

var (
	// variableName is that of an environment variable in a container group.
	// Source: learn.microsoft.com/azure/container-instances/container-instances-troubleshooting.
	variableName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_]{0,61}[A-Za-z0-9])?$`)
	workspaceID  = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
)

// declined are keys that Azure Container Instances has and the program does not,
// each with the reason. That of ngroups is inferred: a gateway's pools are part of
// the gateway's own document, which every update replaces, and a container group
// has no network interface that could hold the membership in its stead.
//
// Sources: learn.microsoft.com/azure/container-instances, the pages
// container-instances-spot-containers-overview, container-instances-gpu,
// container-instances-confidential-overview, container-instances-restart-policy
// and container-instance-ngroups/container-instances-about-ngroups.
var declined = map[reflect.Type]map[string]string{
	reflect.TypeFor[Azure](): {"ngroups": ngroupsReason},
	reflect.TypeFor[Containers](): {
		"gpu":           "container groups have no GPU: their GPU SKUs were retired in July 2025; serve the model on gcp.kubernetes with gpu, or by machines behind azure.networkInterfaces",
		"ngroups":       ngroupsReason,
		"priority":      spotReason,
		"restartPolicy": "a server is always started again: with OnFailure or Never, one that ends would leave its address in the gateway's pool",
		"sku":           "container groups are of the SKU Standard: Confidential measures an image before it runs, and would be refused with any other",
		"spot":          spotReason,
	},
}

const (
	ngroupsReason = "NGroups, a preview, put the addresses of their container groups into the gateway's pools themselves, and every update of the gateway would take them out again: leave the key out"
	spotReason    = "spot container groups cannot be in a virtual network, where the gateway reaches its replicas: leave the key out"
)

func (a ModelAzure) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if a.Containers == nil && len(a.NetworkInterfaces) == 0 {
		errs = append(errs, field.Required(path, "give containers, networkInterfaces or both"))
	}
	if a.Containers != nil {
		errs = append(errs, a.Containers.validate(path.Child("containers"))...)
	}
	interfaces := path.Child("networkInterfaces")
	for i, name := range a.NetworkInterfaces {
		if slices.Contains(a.NetworkInterfaces[:i], name) {
			errs = append(errs, field.Duplicate(interfaces.Index(i), name))
		}
	}
	return errs
}

// validateAccelerators refuses to serve from container groups what needs a GPU.
func (m Model) validateAccelerators(path *field.Path) field.ErrorList {
	if m.GCP == nil || m.GCP.Kubernetes == nil || m.GCP.Kubernetes.GPU == nil || m.Azure == nil || m.Azure.Containers == nil {
		return nil
	}
	return field.ErrorList{field.Forbidden(path.Child("azure", "containers"),
		"the model needs accelerators (gcp.kubernetes.gpu), which are not to be had on Container Instances: leave containers out, or serve the model by networkInterfaces")}
}

func (c Containers) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	// Azure Container Instances counts memory in tenths of a GiB.
	tenths := c.MemoryGiB * 10
	if math.Abs(tenths-math.Round(tenths)) > 1e-9 {
		errs = append(errs, field.Invalid(path.Child("memoryGiB"), c.MemoryGiB, rules["Containers.memoryGiB"].Value.Says))
	}
	return append(errs, c.validateEnvironment(path)...)
}

// validateEnvironment holds variables to being there once: Azure compares their
// names without regard to case.
func (c Containers) validateEnvironment(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	taken := map[string]bool{}
	for _, environment := range []struct {
		key       string
		variables map[string]string
	}{{"environment", c.Environment}, {"secureEnvironment", c.SecureEnvironment}} {
		for _, name := range slices.Sorted(maps.Keys(environment.variables)) {
			at := path.Child(environment.key, name)
			if taken[strings.ToLower(name)] {
				errs = append(errs, field.Duplicate(at, name))
			}
			taken[strings.ToLower(name)] = true
		}
	}
	return errs
}

// validateContainers checks what the container groups of all models share.
func (c Config) validateContainers(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	used := c.registriesInUse()
	for _, server := range slices.Sorted(maps.Keys(c.Azure.Registries)) {
		at := path.Child("registries").Key(server)
		errs = append(errs, c.Azure.Registries[server].validate(at)...)
		if !used[server] {
			errs = append(errs, notIn(at, server, "the images that container groups run: their registries are", used))
		}
	}
	return errs
}

func (r Registry) validate(path *field.Path) field.ErrorList {
	const either = "give either identity, or username and password"
	switch {
	case r.Identity != "" && (r.Username != "" || r.Password != ""):
		return field.ErrorList{field.Forbidden(path, either)}
	case r.Identity == "" && (r.Username == "" || r.Password == ""):
		return field.ErrorList{field.Required(path, either)}
	}
	return nil
}

// RegistryOf is the server of the registry that an image is pulled from:
// "docker.io" where the image names none, "" where it is no image.
func RegistryOf(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ""
	}
	return reference.Domain(named)
}

// registriesInUse are the servers that container groups pull from.
func (c Config) registriesInUse() map[string]bool {
	used := map[string]bool{}
	for _, model := range c.Models {
		if model.Azure != nil && model.Azure.Containers != nil {
			used[RegistryOf(model.Image)] = true
		}
	}
	delete(used, "")
	return used
}
