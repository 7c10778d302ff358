package azure

import (
	"cmp"
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
		"github.com/Azure/ResourceModules/issues/2205; of private addresses: github.com/hashicorp/terraform-provider-azurerm/issues/28759")
	groupContainers = require("containers/containers",
		"A group has a container.", badRequest,
		"learn.microsoft.com/azure/container-instances/container-instances-container-groups")
	groupPrivateSubnet = require("containers/private-subnet",
		"A group with a private address is in a subnet.", "PrivateIpWithoutSubnetNotSupported",
		"github.com/aztfmod/terraform-azurerm-caf/issues/1145, of the time of network profiles; the code since then is inferred")
	groupSubnetPrivate = require("containers/subnet-private",
		"A group in a subnet has no public address.", badRequest,
		networkPage+"#unsupported-networking-scenarios")
	groupOneSubnet = require("containers/one-subnet",
		"A group is in one subnet.", badRequest,
		"github.com/hashicorp/terraform-provider-azurerm/pull/17785: as the service's team says")
	groupLabelPublic = require("containers/label-public",
		"A DNS name label is of a public address.", badRequest,
		"github.com/Azure/aci-deploy/issues/53")
	groupLabelFree = require("containers/label-free",
		"A DNS name label is of one container group of a region.", "DnsNameLabelNotAvailable",
		"github.com/shahiddev/docker-k8s-workshop/pull/2; the code is inferred")
	groupDelegation = require("containers/subnet-delegation",
		"A group's subnet is delegated to Microsoft.ContainerInstance/containerGroups.", "SubnetMissingRequiredDelegation",
		"github.com/Azure/dev-box-images/issues/8")
	groupOneZone = require("containers/one-zone",
		"A group is in one zone.", badRequest,
		"learn.microsoft.com/azure/reliability/reliability-containers: zonal, pinned to one zone")
	groupSpot = require("containers/spot",
		"A spot group has no subnet, no address and no zone.", badRequest,
		spotPage)
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

func groupHasContainers(r *request) error {
	if len(objects(r.body, nested, "containers")) == 0 {
		return refuse(groupContainers, "The container group %q has no containers.", text(r.body, "name"))
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

func containersInOneSubnet(r *request) error {
	if subnets := objects(r.body, nested, "subnetIds"); len(subnets) > 1 {
		return refuse(groupOneSubnet, "Container group %q has %d subnets: it can be in one.", text(r.body, "name"), len(subnets))
	}
	return nil
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

// groupShape is what of a container group is fixed when it is made. What is not
// stated is what Azure takes it for.
func groupShape(body map[string]any) map[string]any {
	resources := map[string]any{}
	for _, container := range objects(body, nested, "containers") {
		resources[text(container, "name")] = dig(container, nested, "resources")
	}
	var subnets []string
	for _, reference := range objects(body, nested, "subnetIds") {
		subnets = append(subnets, strings.ToLower(text(reference, "id")))
	}
	var ports []string
	for _, port := range objects(body, nested, "ipAddress", "ports") {
		ports = append(ports, portPlace(port))
	}
	return map[string]any{
		"osType":        strings.ToLower(text(body, nested, "osType")),
		"restartPolicy": strings.ToLower(cmp.Or(text(body, nested, "restartPolicy"), "Always")),
		"resources":     resources,
		"ports":         slices.Sorted(slices.Values(ports)),
		"subnetIds":     subnets,
		"zones":         texts(body, "zones"),
		"priority":      strings.ToLower(cmp.Or(text(body, nested, "priority"), "Regular")),
	}
}
