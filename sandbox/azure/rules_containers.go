package azure

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

func containersHavePorts(r *request) error {
	if dig(r.body, nested, "ipAddress") != nil && len(objects(r.body, nested, "ipAddress", "ports")) == 0 {
		return refuse("MissingIpAddressPorts", "The ports in the 'ipAddress' of container group %q cannot be empty.", text(r.body, "name"))
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
		return refuse("PrivateIpWithoutSubnetNotSupported", "Container group %q has a private IP address and no subnet.", text(r.body, "name"))
	case address != "" && !private && inSubnet:
		return refuse(badRequest, "Container group %q is in a subnet and has an IP address of type %q: only Private is possible there.", text(r.body, "name"), address)
	case private && text(r.body, nested, "ipAddress", "dnsNameLabel") != "":
		return refuse(badRequest, "Container group %q has a DNS name label, which only a public IP address can have.", text(r.body, "name"))
	default:
		return nil
	}
}

func containersSubnetIsDelegated(r *request) error {
	for _, reference := range objects(r.body, nested, "subnetIds") {
		subnet, err := r.subnetOf(text(reference, "id"))
		if err != nil {
			return err
		}
		if !delegatedTo(subnet, "Microsoft.ContainerInstance/containerGroups") {
			return refuse("SubnetMissingRequiredDelegation", "Subnet %s is not delegated to Microsoft.ContainerInstance/containerGroups, as container group %q requires.",
				text(reference, "id"), text(r.body, "name"))
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
			return refuse(badRequest, "The updates on container group %q are invalid: %s cannot change in place. Delete the group and create it anew.",
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
