package azure

import (
	"cmp"
	"strings"
)

// errorArticles are Microsoft's articles on the answers of Application Gateway.
const errorArticles = "learn.microsoft.com/troubleshoot/azure/application-gateway/"

// generatedModule are notes of what Azure answered to a gateway that was made
// bit by bit, by the module that was generated for PowerShell.
const generatedModule = "github.com/Azure/azure-powershell, notes on its generated module Az.Network"

var (
	gatewayFrontend = require("gateway/frontend-address",
		"A frontend has a public IP address or a subnet.", "ApplicationGatewayFrontendIpBothPublicIpAddressAndSubnetCannotBeNull",
		generatedModule)
	gatewayFrontendOne = require("gateway/frontend-one-address",
		"A frontend does not have both a public IP address and a subnet.", "ApplicationGatewayFrontendIpCannotHavePublicIpAndSubnet",
		errorArticles+"error-codes/application-gateway-frontend-ip-cannot-have-public-ip-subnet-error")
	gatewayFrontendCount = require("gateway/frontends",
		"A gateway has up to 2 frontends.", "ApplicationGatewayFrontendIpConfigurationLimitReached",
		"github.com/hashicorp/terraform-provider-azurerm/pull/23805")
	gatewayFrontendPublic = require("gateway/frontends-public",
		"A gateway has one public IP address of each version at most.", "ApplicationGatewayCannotHaveMoreThanOneIpV4FrontendIPConfiguration",
		"github.com/hashicorp/terraform-provider-azurerm/pull/23805; of version 6 the code is inferred")
	gatewayFrontendSubnet = require("gateway/frontend-subnet",
		"The subnet of a frontend is the gateway's.", badRequest,
		"github.com/Azure/azure-cli/issues/4134")
	gatewayPrivateStatic = require("gateway/private-static",
		"The private address of a v2 gateway's frontend is static.", "ApplicationGatewayFrontendIpPrivateIpAddressInvalidAllocationType",
		"github.com/MicrosoftDocs/azure-docs/issues/64853")
	gatewayPorts = require("gateway/frontend-port",
		"The port of a frontend is 1 to 64999.", "ApplicationGatewayFrontendPortInvalidPortNumber",
		"learn.microsoft.com/azure/application-gateway/configuration-listeners#ports; the code: "+generatedModule)
	gatewayAddressStandard = require("gateway/address-standard",
		"The public IP address of a v2 gateway is of the Standard SKU.", "ApplicationGatewayInvalidPublicIpSku",
		"github.com/Azure/azure-cli/issues/12059")
)

// maxFrontends is how many frontends a gateway has at most.
const maxFrontends = 2

func gatewayFrontends(r *request) error {
	frontends := objects(r.body, nested, "frontendIPConfigurations")
	if len(frontends) > maxFrontends {
		return refuse(gatewayFrontendCount, "The number of FrontendIpConfigurations exceeds the maximum allowed value. The number of FrontendIpConfigurations is %d and the maximum allowed is %d.",
			len(frontends), maxFrontends)
	}
	for _, frontend := range frontends {
		private := text(frontend, nested, "subnet", "id") != ""
		switch public := text(frontend, nested, "publicIPAddress", "id") != ""; {
		case !public && !private:
			return refuse(gatewayFrontend, "FrontendIpConfiguration %s cannot have both subnet and publicIp as null. Either publicIp or subnet should be specified.", text(frontend, "id"))
		case public && private:
			return refuse(gatewayFrontendOne, "FrontendIpConfiguration %s cannot have both a publicIp and a subnet.", text(frontend, "id"))
		case private && !strings.EqualFold(text(frontend, nested, "privateIPAllocationMethod"), "Static"):
			return refuse(gatewayPrivateStatic, "FrontendIpConfiguration %s of Application Gateway with SKU tier %s can only use PrivateIPAddress with IpAllocationMethod as Static.",
				text(frontend, "id"), text(r.body, nested, "sku", "tier"))
		}
	}
	return nil
}

// gatewayFrontendsInSubnet: a frontend with a private address is where the
// gateway's instances are.
func gatewayFrontendsInSubnet(r *request) error {
	for _, configuration := range objects(r.body, nested, "gatewayIPConfigurations") {
		own := text(configuration, nested, "subnet", "id")
		for _, frontend := range objects(r.body, nested, "frontendIPConfigurations") {
			if subnet := text(frontend, nested, "subnet", "id"); subnet != "" && !strings.EqualFold(subnet, own) {
				return refuse(gatewayFrontendSubnet, "FrontendIpConfiguration %s subnet %s and gateway subnet %s can not be different.", text(frontend, "id"), subnet, own)
			}
		}
	}
	return nil
}

func gatewayFrontendPorts(r *request) error {
	for _, frontend := range objects(r.body, nested, "frontendPorts") {
		if port, _ := number(frontend, nested, "port"); port < 1 || port > 64999 {
			return refuse(gatewayPorts, "Port specified for FrontendPort %s is not valid. Supported range is [1, 64999].", text(frontend, "id"))
		}
	}
	return nil
}

// gatewayAddresses looks at the public addresses of the frontends.
func gatewayAddresses(r *request) error {
	taken := map[string]bool{}
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
		version := cmp.Or(text(address, nested, "publicIPAddressVersion"), "IPv4")
		if taken[strings.ToLower(version)] {
			return refuse(gatewayFrontendPublic, "Application Gateway %s cannot have more than one FrontendIPConfigurations using %s Public IP.", r.id, version)
		}
		taken[strings.ToLower(version)] = true
	}
	return nil
}
