package azure

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// ResourceType says what in Azure a Pulumi type token stands for.
type ResourceType struct {
	// Token is the Pulumi type.
	Token tokens.Type
	// Definition is the name that Microsoft's definitions give the type.
	Definition string
	// APIVersion is the one that the azure-native SDK 2.88.0 states for Token.
	APIVersion string
	// Path is the template of the resource's id. Its parameters are inputs of
	// the resource, the last one being its own name.
	Path string
	// ForcesNew are the properties, besides the path's parameters, whose change
	// the azure-native provider answers with a replacement.
	ForcesNew []string
	// Standalone are the lists of the body whose elements the SDK also has as
	// resources of their own. The provider leaves a list alone that the program
	// does not give.
	Standalone []string
}

const (
	resourceGroupPath = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
	networkPath       = resourceGroupPath + "/providers/Microsoft.Network"

	networkVersion = "2023-02-01"
)

// served are the types of the sandbox. A type that is not here is refused.
var served = index(
	ResourceType{
		Token:      "azure-native:resources:ResourceGroup",
		Definition: "Microsoft.Resources/resourceGroups",
		APIVersion: "2022-09-01",
		Path:       resourceGroupPath,
		ForcesNew:  []string{"location"},
	},
	ResourceType{
		Token:      "azure-native:network:VirtualNetwork",
		Definition: "Microsoft.Network/virtualNetworks",
		APIVersion: networkVersion,
		Path:       networkPath + "/virtualNetworks/{virtualNetworkName}",
		ForcesNew:  []string{"location"},
		Standalone: []string{"subnets", "virtualNetworkPeerings"},
	},
	ResourceType{
		Token:      "azure-native:network:Subnet",
		Definition: "Microsoft.Network/virtualNetworks/subnets",
		APIVersion: networkVersion,
		Path:       networkPath + "/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
	},
	ResourceType{
		Token:      "azure-native:network:NetworkSecurityGroup",
		Definition: "Microsoft.Network/networkSecurityGroups",
		APIVersion: networkVersion,
		Path:       networkPath + "/networkSecurityGroups/{networkSecurityGroupName}",
		Standalone: []string{"securityRules"},
	},
	ResourceType{
		Token:      "azure-native:network:NatGateway",
		Definition: "Microsoft.Network/natGateways",
		APIVersion: networkVersion,
		Path:       networkPath + "/natGateways/{natGatewayName}",
	},
	ResourceType{
		Token:      "azure-native:network:PublicIPAddress",
		Definition: "Microsoft.Network/publicIPAddresses",
		APIVersion: networkVersion,
		Path:       networkPath + "/publicIPAddresses/{publicIpAddressName}",
		ForcesNew:  []string{"location", "publicIPAddressVersion", "publicIPPrefix", "sku"},
	},
	ResourceType{
		Token:      "azure-native:network:ApplicationGateway",
		Definition: "Microsoft.Network/applicationGateways",
		APIVersion: networkVersion,
		Path:       networkPath + "/applicationGateways/{applicationGatewayName}",
	},
	ResourceType{
		Token:      "azure-native:network:NetworkInterface",
		Definition: "Microsoft.Network/networkInterfaces",
		APIVersion: networkVersion,
		Path:       networkPath + "/networkInterfaces/{networkInterfaceName}",
	},
	ResourceType{
		Token:      "azure-native:network:WebApplicationFirewallPolicy",
		Definition: "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies",
		APIVersion: networkVersion,
		Path:       networkPath + "/ApplicationGatewayWebApplicationFirewallPolicies/{policyName}",
	},
	ResourceType{
		Token:      "azure-native:network:Profile",
		Definition: "Microsoft.Network/trafficManagerProfiles",
		APIVersion: "2022-04-01",
		Path:       networkPath + "/trafficManagerProfiles/{profileName}",
		Standalone: []string{"endpoints"},
	},
	ResourceType{
		// The three types of endpoint have one definition.
		Token:      "azure-native:network:Endpoint",
		Definition: "Microsoft.Network/trafficManagerProfiles/azureEndpoints",
		APIVersion: "2022-04-01",
		Path:       networkPath + "/trafficManagerProfiles/{profileName}/{endpointType}/{endpointName}",
	},
	ResourceType{
		Token:      "azure-native:containerinstance:ContainerGroup",
		Definition: "Microsoft.ContainerInstance/containerGroups",
		APIVersion: "2023-05-01",
		Path:       resourceGroupPath + "/providers/Microsoft.ContainerInstance/containerGroups/{containerGroupName}",
	},
	ResourceType{
		Token:      "azure-native:managedidentity:UserAssignedIdentity",
		Definition: "Microsoft.ManagedIdentity/userAssignedIdentities",
		APIVersion: "2023-01-31",
		Path:       resourceGroupPath + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
	},
)

func index(types ...ResourceType) map[tokens.Type]ResourceType {
	byToken := make(map[tokens.Type]ResourceType, len(types))
	for _, t := range types {
		byToken[t.Token] = t
	}
	return byToken
}

// Served lists the types of the sandbox, by token.
func Served() []ResourceType {
	return slices.SortedFunc(maps.Values(served), func(a, b ResourceType) int {
		return strings.Compare(string(a.Token), string(b.Token))
	})
}

// typeOf gives the type that a token stands for.
func typeOf(token tokens.Type) (ResourceType, error) {
	t, ok := served[token]
	if !ok {
		return ResourceType{}, fmt.Errorf("the sandbox does not serve %s; it serves %s", token, servedTokens())
	}
	return t, nil
}

func servedTokens() string {
	var names []string
	for _, t := range Served() {
		names = append(names, strings.TrimPrefix(string(t.Token), "azure-native:"))
	}
	return strings.Join(names, ", ")
}
