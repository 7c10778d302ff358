package config

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Limits of Azure Container Instances. Many regions have less room for a group, 4
// cores and 16 GiB: how much, only Azure knows.
// Sources: learn.microsoft.com/azure/container-instances/container-instances-resource-and-quota-limits;
// of the steps github.com/virtual-kubelet/azure-aci, pkg/provider/aci.go, and
// github.com/CompositionalIT/farmer/pull/1004.
const (
	maxGroupCPU       = 31  // cores of a container group
	maxGroupMemoryGiB = 240 // of a container group
	cpuStep           = 0.01
	memoryStep        = 0.1
	maxQuota          = 100_000
)

// uuid is the form of the ids of subscriptions and workspaces.
const uuid = `[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`

// ports are those from the first to the last.
type ports struct{ first, last int }

// containerPorts are those that Azure Container Instances keep for themselves. A
// group that listens on one does not start.
// Source: learn.microsoft.com/azure/container-instances/container-instances-faq,
// "Does the ACI service reserve ports for service functionality?".
var containerPorts = []ports{
	{22, 22},
	{443, 443},
	{1025, 1027},
	{3389, 3399},
	{9999, 9999},
	{19000, 19000},
	{19080, 19080},
	{19100, 19100},
	{19390, 19390},
	{20000, 30000},
	{49152, 65534},
}

var (
	// variableName matches the name of an environment variable in a container group. Microsoft's
	// page has no underscore first or last; Azure itself refuses a digit first.
	// Sources: learn.microsoft.com/azure/container-instances/container-instances-troubleshooting;
	// github.com/Azure/aci-deploy/issues/89.
	variableName = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_]{0,61}[A-Za-z0-9])?$`)
	// username has no colon, which ends it where clients sign in.
	username    = regexp.MustCompile(`^[^\s:]+$`)
	workspaceID = regexp.MustCompile(`^` + uuid + `$`)
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

// validateAccelerators refuses to serve from container groups what needs a GPU: an image
// of its own is taken for one that needs none.
func (m Model) validateAccelerators(path *field.Path) field.ErrorList {
	if m.GCP == nil || m.Azure == nil || m.Azure.Containers == nil || m.Azure.Containers.Image != "" {
		return nil
	}
	key := "gcp.kubernetes.gpu"
	switch {
	case m.GCP.Kubernetes != nil && m.GCP.Kubernetes.GPU != nil:
	case m.GCP.Instances != nil && m.GCP.Instances.onAccelerators():
		key = "gcp.instances"
	default:
		return nil
	}
	return field.ErrorList{field.Forbidden(path.Child("azure", "containers"),
		fmt.Sprintf("the model needs accelerators (%s), which Container Instances do not have: name an image here that needs none, leave containers out, or serve the model by networkInterfaces", key))}
}

func (c Containers) validate(path *field.Path) field.ErrorList {
	errs := validateSteps(path.Child("cpu"), c.CPU, cpuStep, rules["Containers.cpu"].Value.Says)
	errs = append(errs, validateSteps(path.Child("memoryGiB"), c.MemoryGiB, memoryStep, rules["Containers.memoryGiB"].Value.Says)...)
	return errs
}

// validateSteps refuses a number that is not a multiple of a step.
func validateSteps(path *field.Path, value, step float64, says string) field.ErrorList {
	if steps := value / step; math.Abs(steps-math.Round(steps)) > 1e-6 {
		return field.ErrorList{field.Invalid(path, value, says)}
	}
	return nil
}

// validateContainerPort refuses the ports that Container Instances keep.
func (m Model) validateContainerPort(path *field.Path) field.ErrorList {
	if m.Azure == nil || m.Azure.Containers == nil {
		return nil
	}
	if !slices.ContainsFunc(containerPorts, func(kept ports) bool { return kept.first <= m.Port && m.Port <= kept.last }) {
		return nil
	}
	all := make([]string, len(containerPorts))
	for i, kept := range containerPorts {
		all[i] = strconv.Itoa(kept.first)
		if kept.last > kept.first {
			all[i] += "-" + strconv.Itoa(kept.last)
		}
	}
	return field.ErrorList{field.Invalid(path, m.Port, "is one that Container Instances keep for themselves, as they do "+strings.Join(all, ", ")+": let the server listen on another")}
}
