package azure

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	groupLimits = require("containers/limits",
		"The limits of a container are not below its requests.", "ResourceLimitsLessThanRequests",
		"github.com/virtual-kubelet/virtual-kubelet/issues/143")
	groupLimitsTotal = require("containers/limits-total",
		"The limits of a container are not above the requests of its group.", "ContainerLimitGreaterThanContainerGroupTotalRequest",
		"github.com/virtual-kubelet/azure-aci/issues/149")
	groupSize = require("containers/size",
		"A group requests more than no CPU and memory, and at most 31 cores and 240 GB.", "ServiceUnavailable",
		"learn.microsoft.com/azure/container-instances/container-instances-resource-and-quota-limits; many regions have less; the code is inferred")
	groupGPU = require("containers/gpu",
		"A group has no GPU: their SKUs were retired in July 2025.", badRequest,
		"learn.microsoft.com/azure/container-instances/container-instances-gpu; the code is inferred")
	groupRegistry = require("containers/registry",
		"A registry is signed in to by a user name and a password, or by a user-assigned identity that the group has.", badRequest,
		"learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi")
	groupVariable = require("containers/variable",
		"A variable of the environment has a name of letters, digits and underscores, once whatever the case, and a value or a secure value.", badRequest,
		"learn.microsoft.com/azure/container-instances/container-instances-environment-variables#secure-values; github.com/virtual-kubelet/virtual-kubelet/issues/296 (InvalidEnvironmentVariable); that both are refused is inferred")
	groupImage = require("containers/image",
		"A container has an image, unless a profile gives it.", badRequest,
		"learn.microsoft.com/azure/container-instances/container-instances-reference-yaml: required; the code is inferred")
	groupProbe = require("containers/probe",
		"A probe asks by HTTP or runs a command; it has no number below 1, but for a delay at the start of 0.", badRequest,
		"learn.microsoft.com/azure/container-instances/container-instances-liveness-probe; the least numbers are inferred from those of Kubernetes")
	groupPortRange = require("containers/port-range",
		"Ports are from 1 to 65535.", badRequest,
		"learn.microsoft.com/rest/api/container-instances/container-groups/create-or-update#port")
	groupPortsUsed = require("containers/ports-used",
		"The ports of a group's address are ports of its containers.", "UnreferencedIpAddressPorts",
		"github.com/hashicorp/terraform-provider-azurerm/pull/5091")
	groupAddressPortsDiffer = require("containers/address-ports-differ",
		"The ports of a group's address differ.", badRequest,
		"github.com/virtual-kubelet/azure-aci/pull/353, which gives each once; that a port given twice is refused is inferred")
	groupPortsDiffer = require("containers/ports-differ",
		"The containers of a group listen on ports that differ: they share an address, and no port is mapped.", badRequest,
		"github.com/docker-archive/cloud-integration-beta/issues/5")
)

func containersHaveImages(r *request) error {
	for _, container := range objects(r.body, nested, "containers") {
		if text(container, nested, "image") == "" && dig(r.body, nested, "containerGroupProfile") == nil {
			return refuse(groupImage, "The container %q of container group %q has no image.", text(container, "name"), text(r.body, "name"))
		}
	}
	return nil
}

func containerProbes(r *request) error {
	for _, container := range objects(r.body, nested, "containers") {
		for _, kind := range []string{"livenessProbe", "readinessProbe"} {
			probe := dig(container, nested, kind)
			if probe == nil {
				continue
			}
			if dig(probe, "httpGet") == nil && dig(probe, "exec") == nil || !isProbe(probe) {
				return refuse(groupProbe, "The %s of the container %q of container group %q is invalid.", kind, text(container, "name"), text(r.body, "name"))
			}
		}
	}
	return nil
}

// isProbe says whether the numbers of a probe are possible.
func isProbe(probe any) bool {
	least := map[string]float64{"initialDelaySeconds": 0, "periodSeconds": 1, "timeoutSeconds": 1, "failureThreshold": 1, "successThreshold": 1}
	for name, least := range least {
		if n, given := number(probe, name); given && n < least {
			return false
		}
	}
	return true
}

// containerPorts checks the ports of the group, its containers and their probes.
func containerPorts(r *request) error {
	ports := objects(r.body, nested, "ipAddress", "ports")
	for _, container := range objects(r.body, nested, "containers") {
		ports = append(ports, objects(container, nested, "ports")...)
		for _, kind := range []string{"livenessProbe", "readinessProbe"} {
			if probe, ok := dig(container, nested, kind, "httpGet").(map[string]any); ok {
				ports = append(ports, probe)
			}
		}
	}
	for _, port := range ports {
		if n, _ := number(port, "port"); n < 1 || n > 65535 {
			return refuse(groupPortRange, "The port %v of container group %q is not between 1 and 65535.", n, text(r.body, "name"))
		}
	}
	return nil
}

func containerPortsDiffer(r *request) error {
	taken := map[string]string{}
	for _, container := range objects(r.body, nested, "containers") {
		for _, port := range objects(container, nested, "ports") {
			place := portPlace(port)
			if other, ok := taken[place]; ok {
				return refuse(groupPortsDiffer, "The containers %q and %q of container group %q have the same port, %s.", other, text(container, "name"), text(r.body, "name"), place)
			}
			taken[place] = text(container, "name")
		}
	}
	return nil
}

// containerPortsUsed looks at numbers alone: it is not on record what a port of
// another protocol is answered with.
func containerPortsUsed(r *request) error {
	used := map[float64]bool{}
	for _, container := range objects(r.body, nested, "containers") {
		for _, port := range objects(container, nested, "ports") {
			n, _ := number(port, "port")
			used[n] = true
		}
	}
	taken := map[string]bool{}
	for _, port := range objects(r.body, nested, "ipAddress", "ports") {
		if place := portPlace(port); taken[place] {
			return refuse(groupAddressPortsDiffer, "The address of container group %q has the port %s twice.", text(r.body, "name"), place)
		}
		taken[portPlace(port)] = true
		if n, _ := number(port, "port"); !used[n] {
			return refuse(groupPortsUsed, "Following ports '%v' in the 'ipAddress' are not used by any container in container group %q.", n, text(r.body, "name"))
		}
	}
	return nil
}

// portPlace is a port with its protocol, which is TCP if none is stated.
func portPlace(port map[string]any) string {
	n, _ := number(port, "port")
	return fmt.Sprintf("%v/%s", n, strings.ToUpper(cmp.Or(text(port, "protocol"), "TCP")))
}

// The most that a group can request anywhere.
const (
	maxCores    = 31
	maxMemoryGB = 240
)

func containerResources(r *request) error {
	total := map[string]float64{}
	for _, container := range objects(r.body, nested, "containers") {
		for _, kind := range []string{"cpu", "memoryInGB"} {
			requested, _ := number(container, nested, "resources", "requests", kind)
			if requested <= 0 {
				return refuse(groupSize, "The container %q of container group %q requests %s of %v.", text(container, "name"), text(r.body, "name"), kind, requested)
			}
			total[kind] += requested
		}
		if dig(container, nested, "resources", "requests", "gpu") != nil || dig(container, nested, "resources", "limits", "gpu") != nil {
			return refuse(groupGPU, "The container %q of container group %q requests a GPU.", text(container, "name"), text(r.body, "name"))
		}
	}
	if total["cpu"] > maxCores || total["memoryInGB"] > maxMemoryGB {
		return refuse(groupSize, "The requested resource is not available in the location %q: '%v' CPU '%v' GB memory.", r.location(), total["cpu"], total["memoryInGB"])
	}
	return r.containerLimits(total)
}

func (r *request) containerLimits(total map[string]float64) error {
	for _, container := range objects(r.body, nested, "containers") {
		for kind, most := range total {
			requested, _ := number(container, nested, "resources", "requests", kind)
			limit, given := number(container, nested, "resources", "limits", kind)
			switch name := text(container, "name"); {
			case given && limit < requested:
				return refuse(groupLimits, "The resource requirement in container %q of container group %q is invalid. The %q limit value must be greater than or equal to the request value.", name, text(r.body, "name"), kind)
			case given && limit > most:
				return refuse(groupLimitsTotal, "The %q limit '%v' in container %q is greater than the total request '%v' of container group %q.", kind, limit, name, most, text(r.body, "name"))
			}
		}
	}
	return nil
}

func containerRegistries(r *request) error {
	identities, _ := dig(r.body, "identity", "userAssignedIdentities").(map[string]any)
	for _, registry := range objects(r.body, nested, "imageRegistryCredentials") {
		identity, user, password := text(registry, "identity"), text(registry, "username"), text(registry, "password")
		own := slices.ContainsFunc(slices.Collect(maps.Keys(identities)), func(id string) bool { return strings.EqualFold(id, identity) })
		if identity != "" && (!own || user != "") || identity == "" && (user == "" || password == "") {
			return refuse(groupRegistry, "The credential of the registry %q of container group %q is neither a user's nor that of an identity of the group.", text(registry, "server"), text(r.body, "name"))
		}
	}
	return nil
}

// variableName is what Container Instances take for the name of a variable.
var variableName = regexp.MustCompile(`^[A-Za-z_]([A-Za-z0-9_]{0,61}[A-Za-z0-9])?$`)

func containerVariables(r *request) error {
	for _, container := range objects(r.body, nested, "containers") {
		taken := map[string]bool{}
		for _, variable := range objects(container, nested, "environmentVariables") {
			name := text(variable, "name")
			if !variableName.MatchString(name) || taken[strings.ToLower(name)] || text(variable, "value")+text(variable, "secureValue") == "" {
				return refuse(groupVariable, "The environment variable %q of the container %q is invalid (InvalidEnvironmentVariable).", name, text(container, "name"))
			}
			taken[strings.ToLower(name)] = true
			if _, secure := variable["secureValue"]; secure && variable["value"] != nil {
				return refuse(groupVariable, "The environment variable %q of the container %q has both a value and a secureValue.", text(variable, "name"), text(container, "name"))
			}
		}
	}
	return nil
}
