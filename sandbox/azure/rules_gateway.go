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
		"learn.microsoft.com/azure/application-gateway/application-gateway-autoscaling-zone-redundant; the code is inferred")
	gatewayCapacityRange = require("gateway/capacity-range",
		"A gateway has 1 to 125 instances, at the least no more than at the most.", badRequest,
		"learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-application-gateway-limits")
	gatewayFrontend = require("gateway/frontend-address",
		"A frontend has a public IP address or a subnet.", badRequest,
		"learn.microsoft.com/azure/application-gateway/configuration-frontend-ip")
	gatewayPrivateStatic = require("gateway/private-static",
		"The private address of a v2 gateway's frontend is static.", "ApplicationGatewayFrontendIpPrivateIpAddressInvalidAllocationType",
		"github.com/MicrosoftDocs/azure-docs/issues/64853")
	gatewayPorts = require("gateway/frontend-port",
		"The port of a frontend is 1 to 64999.", badRequest,
		"learn.microsoft.com/azure/application-gateway/configuration-listeners#ports")
	gatewaySubnetName = require("gateway/subnet-name",
		"A gateway's subnet is not called GatewaySubnet, which is for VPNs.", badRequest,
		"github.com/kizotheitguy/Azure-AKS-ApplicationGateway-WAF/issues/2")
	gatewayDelegation = require("gateway/subnet-delegation",
		"A gateway's subnet is delegated to Microsoft.Network/applicationGateways.", "ApplicationGatewayNetworkIsolationRequiresSubnetDelegation",
		"github.com/ansible-collections/azure/pull/2217: of every v2 gateway since May 2025")
	gatewayAddressStandard = require("gateway/address-standard",
		"The public IP address of a v2 gateway is of the Standard SKU.", "ApplicationGatewayInvalidPublicIpSku",
		"github.com/Azure/azure-cli/issues/12059")
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

// maxInstances is the most instances of a v2 gateway.
const maxInstances = 125

func gatewayCapacityInRange(r *request) error {
	capacity, fixed := number(r.body, nested, "sku", "capacity")
	least, _ := number(r.body, nested, "autoscaleConfiguration", "minCapacity")
	most, bounded := number(r.body, nested, "autoscaleConfiguration", "maxCapacity")
	switch {
	case fixed && (capacity < 1 || capacity > maxInstances):
		return refuse(gatewayCapacityRange, "The capacity %v of %s is not between 1 and %d.", capacity, r.id, maxInstances)
	case least > maxInstances || most > maxInstances || bounded && least > most:
		return refuse(gatewayCapacityRange, "The capacities %v to %v of %s are not in order between 0 and %d.", least, most, r.id, maxInstances)
	default:
		return nil
	}
}

func gatewayFrontends(r *request) error {
	for _, frontend := range objects(r.body, nested, "frontendIPConfigurations") {
		private := text(frontend, nested, "subnet", "id") != ""
		if (text(frontend, nested, "publicIPAddress", "id") != "") == private {
			return refuse(gatewayFrontend, "The frontend IP configuration %q of %s needs a publicIPAddress or a subnet.", text(frontend, "name"), r.id)
		}
		if private && !strings.EqualFold(text(frontend, nested, "privateIPAllocationMethod"), "Static") {
			return refuse(gatewayPrivateStatic, "FrontendIpConfiguration %s of Application Gateway with SKU tier %s can only use PrivateIPAddress with IpAllocationMethod as Static.",
				text(frontend, "id"), text(r.body, nested, "sku", "tier"))
		}
	}
	return nil
}

func gatewayFrontendPorts(r *request) error {
	for _, frontend := range objects(r.body, nested, "frontendPorts") {
		if port, _ := number(frontend, nested, "port"); port < 1 || port > 64999 {
			return refuse(gatewayPorts, "The port %v of %q of %s is not between 1 and 64999.", port, text(frontend, "name"), r.id)
		}
	}
	return nil
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

func gatewayAddress(r *request) error {
	for _, frontend := range objects(r.body, nested, "frontendIPConfigurations") {
		id := text(frontend, nested, "publicIPAddress", "id")
		if id == "" {
			continue
		}
		address, err := r.lookUp(id)
		if err != nil {
			return err
		}
		if !isStandard(address) {
			return refuse(gatewayAddressStandard, "Application gateway %s with SKU %s can only reference public ip with Standard SKU.", r.id, text(r.body, nested, "sku", "name"))
		}
	}
	return nil
}
