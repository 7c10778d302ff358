package azure

import (
	"net/netip"
	"strings"
)

var (
	gatewayTiers = require("gateway/tier",
		"The tier of a gateway is Standard_v2 or WAF_v2, and its SKU the same.", "AppGatewayV1SkuDeprecated",
		"github.com/Azure/azure-quickstart-templates/issues/14031")
	gatewayParts = require("gateway/parts",
		"A gateway has at least one part of each kind that it cannot do without.", "ApplicationGatewayMustHaveAtleastOneResourceOfType",
		"github.com/pulumi/pulumi-azure-native/issues/2139; of the other parts: github.com/hashicorp/terraform-provider-azurerm/issues/6703")
	gatewayCapacity = require("gateway/capacity",
		"A v2 gateway has a capacity or scales by itself.", "ApplicationGatewayV2SkuMustSpecifyEitherCapacityOrAutoscaleConfiguration",
		"learn.microsoft.com/azure/application-gateway/application-gateway-autoscaling-zone-redundant; github.com/Azure/azure-cli/issues/28160")
	gatewayCapacityRange = require("gateway/capacity-range",
		"A gateway has 1 to 125 instances; one that scales 0 to 100 at the least, and more than that, 2 to 125, at the most.", badRequest,
		"github.com/hashicorp/terraform-provider-azurerm/pull/4958, where it was tried")
	gatewaySubnetName = require("gateway/subnet-name",
		"A gateway's subnet is not called GatewaySubnet, which is for VPNs.", badRequest,
		"github.com/kizotheitguy/Azure-AKS-ApplicationGateway-WAF/issues/2")
	gatewayDelegation = require("gateway/subnet-delegation",
		"A gateway's subnet is delegated to Microsoft.Network/applicationGateways.", "ApplicationGatewayNetworkIsolationRequiresSubnetDelegation",
		"github.com/ansible-collections/azure/pull/2217: of every v2 gateway since May 2025")
)

func gatewayTier(r *request) error {
	name, tier := text(r.body, nested, "sku", "name"), text(r.body, nested, "sku", "tier")
	v2 := strings.EqualFold(tier, "Standard_v2") || strings.EqualFold(tier, "WAF_v2")
	if !v2 || !strings.EqualFold(name, tier) {
		return refuse(gatewayTiers, "Application Gateway SKU %q of tier %q has been deprecated. Supported SKU tiers are Standard_v2,WAF_v2.", name, tier)
	}
	return nil
}

// neededParts are the lists of which a gateway needs at least one element.
var neededParts = []string{
	"gatewayIPConfigurations", "frontendIPConfigurations", "frontendPorts", "backendAddressPools",
	"backendHttpSettingsCollection", "httpListeners", "requestRoutingRules",
}

func gatewayHasParts(r *request) error {
	for _, list := range neededParts {
		if len(objects(r.body, nested, list)) == 0 {
			return refuse(gatewayParts, "Application Gateway %s must have at least one element in %s.", r.id, list)
		}
	}
	return nil
}

func gatewayHasOneCapacity(r *request) error {
	fixed := dig(r.body, nested, "sku", "capacity") != nil
	scales := dig(r.body, nested, "autoscaleConfiguration") != nil
	if fixed == scales {
		return refuse(gatewayCapacity, "Application Gateway %s must specify either capacity or autoscaleConfiguration for the tier %s.", r.id, text(r.body, nested, "sku", "tier"))
	}
	return nil
}

// The most instances of a v2 gateway, the most that one that scales can have at
// the least, and the fewest that it can have at the most.
const (
	maxInstances   = 125
	mostAtTheLeast = 100
	leastAtTheMost = 2
)

func gatewayCapacityInRange(r *request) error {
	capacity, fixed := number(r.body, nested, "sku", "capacity")
	least, _ := number(r.body, nested, "autoscaleConfiguration", "minCapacity")
	most, bounded := number(r.body, nested, "autoscaleConfiguration", "maxCapacity")
	switch {
	case fixed && (capacity < 1 || capacity > maxInstances):
		return refuse(gatewayCapacityRange, "The capacity %v of %s is not between 1 and %d.", capacity, r.id, maxInstances)
	case least < 0 || least > mostAtTheLeast:
		return refuse(gatewayCapacityRange, "The minCapacity %v of %s is not between 0 and %d.", least, r.id, mostAtTheLeast)
	case bounded && (most < leastAtTheMost || most > maxInstances || most <= least):
		return refuse(gatewayCapacityRange, "The maxCapacity %v of %s is not between %d and %d, and more than its minCapacity, %v.", most, r.id, leastAtTheMost, maxInstances, least)
	default:
		return nil
	}
}

func gatewaySubnet(r *request) error {
	for _, configuration := range objects(r.body, nested, "gatewayIPConfigurations") {
		subnet, err := r.subnetOf(configuration)
		if err != nil {
			return err
		}
		id := text(subnet, "id")
		if strings.EqualFold(text(subnet, "name"), "GatewaySubnet") {
			return refuse(gatewaySubnetName, "The subnet %s of %s is for VPNs.", id, r.id)
		}
		if !delegatedTo(subnet, gatewayService) {
			return refuse(gatewayDelegation, "The subnet %s of %s is not delegated to %s.", id, r.id, gatewayService)
		}
		if err := r.hasRoom(subnet); err != nil {
			return err
		}
	}
	return nil
}

// hasRoom refuses a gateway whose instances at the start do not fit into its
// subnet, of which Azure keeps five addresses.
func (r *request) hasRoom(subnet map[string]any) error {
	instances, fixed := number(r.body, nested, "sku", "capacity")
	if !fixed {
		instances, _ = number(r.body, nested, "autoscaleConfiguration", "minCapacity")
	}
	prefix, err := netip.ParsePrefix(statedPrefixes(subnet)[0])
	if err != nil || prefix.Addr().Is6() {
		return nil
	}
	if room := 1<<(32-prefix.Bits()) - reservedAddresses - 1; int(instances) > room {
		return refuse(subnetFull, "Subnet %s with address prefix %s does not have enough capacity for %v IP addresses.", text(subnet, "id"), prefix, instances)
	}
	return nil
}
