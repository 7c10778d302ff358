package azure

import (
	"net/http"
	"slices"
	"strings"

	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/store"
)

// checkUnused refuses to delete what another resource refers to.
func checkUnused(tx store.Tx, id string) error {
	users, err := referrers(tx, id)
	if err != nil {
		return err
	}
	users = slices.DeleteFunc(users, func(user string) bool { return !holds(user, id) })
	if len(users) == 0 {
		return nil
	}
	if inUseRule(id) == interfaceFree {
		return refuse(interfaceFree, "Network Interface %s is used by existing resource %s. In order to delete the network interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic.", id, strings.Join(users, ", "))
	}
	return refuse(inUseRule(id), "%s is in use by %s and cannot be deleted.", id, strings.Join(users, ", "))
}

// holds says whether a reference from a user keeps a resource from being
// deleted. Traffic Manager only watches what its endpoints name, and an identity
// can be deleted while resources have it.
// Source: learn.microsoft.com/entra/identity/managed-identities-azure-resources/manage-user-assigned-managed-identities-azure-portal#delete-a-user-assigned-managed-identity.
func holds(user, id string) bool {
	return !strings.Contains(strings.ToLower(user), "/trafficmanagerprofiles/") &&
		!strings.Contains(strings.ToLower(id), "/providers/microsoft.managedidentity/")
}

var (
	subnetFree = require("in-use/subnet",
		"A subnet that resources are in is not deleted, nor its virtual network.", "InUseSubnetCannotBeDeleted",
		"github.com/Azure/bicep/issues/13267")
	addressFree = require("in-use/address",
		"A public IP address that is allocated to a resource is not deleted.", "PublicIPAddressCannotBeDeleted",
		"github.com/pulumi/pulumi-azure-native/issues/1288; github.com/ernestio/ernest/issues/514")
	securityGroupFree = require("in-use/security-group",
		"A network security group of a subnet or an interface is not deleted.", "InUseNetworkSecurityGroupCannotBeDeleted",
		"github.com/pulumi/pulumi-azure-native/issues/3051")
	natGatewayFree = require("in-use/nat-gateway",
		"A NAT gateway of a subnet is not deleted.", "CannotDeleteNatGatewayAssociatedToSubnet",
		"github.com/Azure-Samples/Copilot-Studio-with-Azure-AI-Search/issues/62")
	interfaceFree = require("in-use/interface",
		"A network interface that a virtual machine has is not deleted.", "NicInUse",
		"github.com/hashicorp/terraform-provider-azurerm/issues/8105")
	groupFree = Rules.Add(rules.Rule{
		Name: "azure/in-use/group", Asks: "A resource group is not deleted while resources of another use what is in it.",
		Status: http.StatusConflict, Code: "ResourceGroupDeletionBlocked",
		Source: "learn.microsoft.com/azure/azure-resource-manager/management/delete-resource-group",
	})
	resourceFree = require("in-use/resource",
		"A resource that others refer to is not deleted.", "InUseResourceCannotBeDeleted",
		"inferred from the codes of other types of the network")
)

// inUse are the rules of types whose own code is on record, by name in lower case.
var inUse = map[string]*rules.Rule{
	"microsoft.network/virtualnetworks":                                  subnetFree,
	"microsoft.network/virtualnetworks/subnets":                          subnetFree,
	"microsoft.network/publicipaddresses":                                addressFree,
	"microsoft.network/networksecuritygroups":                            securityGroupFree,
	"microsoft.network/networkinterfaces":                                interfaceFree,
	"microsoft.network/natgateways":                                      natGatewayFree,
	"microsoft.network/applicationgatewaywebapplicationfirewallpolicies": firewallPolicyFree,
	"microsoft.resources/resourcegroups":                                 groupFree,
}

// inUseRule is the rule that keeps a resource in use from being deleted.
func inUseRule(id string) *rules.Rule {
	parsed, err := parseID(id)
	if rule, ok := inUse[strings.ToLower(parsed.fullType())]; ok && err == nil {
		return rule
	}
	return resourceFree
}

// checkRemovedParts refuses a change that leaves out a subnet in use.
func checkRemovedParts(r *request) error {
	for _, before := range objects(r.current, nested, "subnets") {
		if element(r.body, part{"subnets", text(before, "name")}) == nil {
			if err := checkUnused(r.tx, text(before, "id")); err != nil {
				return err
			}
		}
	}
	return nil
}
