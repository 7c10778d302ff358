package azure

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"ai-serving/sandbox/rules"
)

const (
	spotPage    = "learn.microsoft.com/azure/container-instances/container-instances-spot-containers-overview"
	networkPage = "learn.microsoft.com/azure/container-instances/container-instances-virtual-network-concepts"
)

var (
	groupName = require("containers/name",
		"The names of container groups and containers have up to 63 lower-case letters, digits and single hyphens, which do not begin or end them.", badRequest,
		"learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerinstance")
	groupPorts = require("containers/ports",
		"A group with an address has ports.", "MissingIpAddressPorts",
		"the answers of ARM that deployability rests on; learn.microsoft.com/azure/container-instances/container-instances-container-groups#networking")
	groupPortRange = require("containers/port-range",
		"Ports are from 1 to 65535.", badRequest,
		"learn.microsoft.com/rest/api/container-instances/container-groups/create-or-update#port")
	groupPortsDiffer = require("containers/ports-differ",
		"The containers of a group listen on ports that differ: they share an address, and no port is mapped.", badRequest,
		"github.com/docker-archive/cloud-integration-beta/issues/5")
	groupPrivateSubnet = require("containers/private-subnet",
		"A group with a private address is in a subnet.", "PrivateIpWithoutSubnetNotSupported",
		"github.com/aztfmod/terraform-azurerm-caf/issues/1145, of the time of network profiles; the code as deployability has it")
	groupSubnetPrivate = require("containers/subnet-private",
		"A group in a subnet has no public address.", badRequest,
		networkPage+"#unsupported-networking-scenarios")
	groupLabelPublic = require("containers/label-public",
		"A DNS name label is of a public address.", badRequest,
		"github.com/Azure/aci-deploy/issues/53")
	groupLabelFree = require("containers/label-free",
		"A DNS name label is of one container group of a region.", "DnsNameLabelNotAvailable",
		"github.com/shahiddev/docker-k8s-workshop/pull/2; the code is inferred")
	groupDelegation = require("containers/subnet-delegation",
		"A group's subnet is delegated to Microsoft.ContainerInstance/containerGroups.", "SubnetMissingRequiredDelegation",
		"github.com/Azure/dev-box-images/issues/8")
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
	groupOneZone = require("containers/one-zone",
		"A group is in one zone.", badRequest,
		"learn.microsoft.com/azure/reliability/reliability-containers: zonal, pinned to one zone")
	groupSpot = require("containers/spot",
		"A spot group has no subnet, no address and no zone.", badRequest,
		spotPage)
	groupRegistry = require("containers/registry",
		"A registry is signed in to by a user name and a password, or by a user-assigned identity that the group has.", badRequest,
		"learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi")
	groupVariable = require("containers/variable",
		"A variable of the environment has a value or a secure value.", badRequest,
		"learn.microsoft.com/azure/container-instances/container-instances-environment-variables#secure-values; that both are refused is inferred")
	groupKept = Rules.Add(rules.Rule{
		Name: "azure/containers/kept", Asks: "What a group is made of stays: containers' resources, ports, OS, restart policy, subnet, zone, priority.",
		Status: http.StatusBadRequest, Code: badRequest,
		Source: "github.com/pulumi/pulumi-azure-native/issues/918; learn.microsoft.com/azure/container-instances/container-instances-update#properties-that-require-container-delete",
	})
)

func containersHavePorts(r *request) error {
	if dig(r.body, nested, "ipAddress") != nil && len(objects(r.body, nested, "ipAddress", "ports")) == 0 {
		return refuse(groupPorts, "The ports in the 'ipAddress' of container group %q cannot be empty.", text(r.body, "name"))
	}
	return nil
}

var containerName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// containerNames checks the names of a group and its containers, of which no
// two are the same.
func containerNames(r *request) error {
	names := []string{text(r.body, "name")}
	for _, container := range objects(r.body, nested, "containers") {
		names = append(names, text(container, "name"))
	}
	for i, name := range names {
		if len(name) > 63 || !containerName.MatchString(name) || slices.Contains(names[1:max(i, 1)], name) {
			return refuse(groupName, "The name %q in container group %q is invalid.", name, names[0])
		}
	}
	return nil
}

func containerPorts(r *request) error {
	ports := objects(r.body, nested, "ipAddress", "ports")
	for _, container := range objects(r.body, nested, "containers") {
		ports = append(ports, objects(container, nested, "ports")...)
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
			number, _ := number(port, "port")
			place := fmt.Sprint(number, strings.ToUpper(strings.Replace(text(port, "protocol"), "TCP", "", 1)))
			if other, ok := taken[place]; ok {
				return refuse(groupPortsDiffer, "The containers %q and %q of container group %q have the same port %v.", other, text(container, "name"), text(r.body, "name"), number)
			}
			taken[place] = text(container, "name")
		}
	}
	return nil
}

// containersPrivateAddress: a group in a subnet has a private address without a
// public name, and only such a group.
func containersPrivateAddress(r *request) error {
	address := text(r.body, nested, "ipAddress", "type")
	inSubnet := len(objects(r.body, nested, "subnetIds")) > 0
	switch private := strings.EqualFold(address, "Private"); {
	case private && !inSubnet:
		return refuse(groupPrivateSubnet, "Container group %q has a private IP address and no subnet.", text(r.body, "name"))
	case address != "" && !private && inSubnet:
		return refuse(groupSubnetPrivate, "Container group %q is in a subnet and has an IP address of type %q: only Private is possible there.", text(r.body, "name"), address)
	case private && text(r.body, nested, "ipAddress", "dnsNameLabel") != "":
		return refuse(groupLabelPublic, "DNS name label for container group %q is only supported when IP Address type is public.", text(r.body, "name"))
	default:
		return nil
	}
}

func containersSubnetIsDelegated(r *request) error {
	for _, reference := range objects(r.body, nested, "subnetIds") {
		subnet, err := r.lookUp(text(reference, "id"))
		if err != nil {
			return err
		}
		if !delegatedTo(subnet, containerService) {
			return refuse(groupDelegation, "Subnet %s is not delegated to %s, as container group %q requires.",
				text(reference, "id"), containerService, text(r.body, "name"))
		}
	}
	return nil
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

func containersInOneZone(r *request) error {
	if zones := texts(r.body, "zones"); len(zones) > 1 {
		return refuse(groupOneZone, "Container group %q is in the zones %v: it can be in one.", text(r.body, "name"), zones)
	}
	return nil
}

func containersSpot(r *request) error {
	placed := len(objects(r.body, nested, "subnetIds")) > 0 || dig(r.body, nested, "ipAddress") != nil || len(texts(r.body, "zones")) > 0
	if strings.EqualFold(text(r.body, nested, "priority"), "Spot") && placed {
		return refuse(groupSpot, "Container group %q has the priority Spot, and a subnet, an IP address or a zone.", text(r.body, "name"))
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

func containerVariables(r *request) error {
	for _, container := range objects(r.body, nested, "containers") {
		for _, variable := range objects(container, nested, "environmentVariables") {
			if _, secure := variable["secureValue"]; secure && variable["value"] != nil {
				return refuse(groupVariable, "The environment variable %q of the container %q has both a value and a secureValue.", text(variable, "name"), text(container, "name"))
			}
		}
	}
	return nil
}

// containersKeepShape: what a running group is made of does not change.
func containersKeepShape(r *request) error {
	if r.current == nil {
		return nil
	}
	before, now := groupShape(r.current), groupShape(r.body)
	for _, property := range slices.Sorted(maps.Keys(before)) {
		if !reflect.DeepEqual(before[property], now[property]) {
			return refuse(groupKept, "The updates on container group %q are invalid: %s cannot change in place. Delete the group and create it anew.",
				text(r.body, "name"), property)
		}
	}
	return nil
}

// groupShape is what of a container group is fixed when it is made.
func groupShape(body map[string]any) map[string]any {
	resources := map[string]any{}
	for _, container := range objects(body, nested, "containers") {
		resources[text(container, "name")] = dig(container, nested, "resources")
	}
	var subnets []string
	for _, reference := range objects(body, nested, "subnetIds") {
		subnets = append(subnets, strings.ToLower(text(reference, "id")))
	}
	return map[string]any{
		"osType":        dig(body, nested, "osType"),
		"restartPolicy": dig(body, nested, "restartPolicy"),
		"resources":     resources,
		"ports":         dig(body, nested, "ipAddress", "ports"),
		"subnetIds":     subnets,
		"zones":         dig(body, "zones"),
		"priority":      dig(body, nested, "priority"),
	}
}
