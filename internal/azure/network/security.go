package network

import (
	"net/netip"
	"strconv"

	aznetwork "github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Rules are tried in the order of their priorities, 100 to 4096, before Azure's
// own: let in what comes from the virtual network (65000) and from Azure's load
// balancers (65001), refuse everything else (65500).
// Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview.
const (
	firstPriority = 100
	lastPriority  = 4096
)

// anything stands for every address, port or protocol.
const anything = pulumi.String("*")

// The ports that clients of a gateway speak to: with TLS, 80 redirects to 443.
var (
	plainPorts = []int{80}
	tlsPorts   = []int{80, 443}
)

// gatewayRules let in clients and what Application Gateway needs to be managed;
// without the latter it is refused
// (ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup). Clients
// in the virtual network, and in those that are peered with it, come to a private
// frontend by Azure's own rule. What goes out is left open, which Application
// Gateway needs as well.
// Source: learn.microsoft.com/azure/application-gateway/configuration-infrastructure#network-security-groups.
func gatewayRules(tls bool) aznetwork.SecurityRuleTypeArray {
	ports := plainPorts
	if tls {
		ports = tlsPorts
	}
	return aznetwork.SecurityRuleTypeArray{
		&aznetwork.SecurityRuleTypeArgs{
			Name:                pulumi.String("allow-clients"),
			Description:         pulumi.String("Clients, and the probes of Traffic Manager."),
			Priority:            pulumi.Int(firstPriority),
			Direction:           aznetwork.SecurityRuleDirectionInbound,
			Access:              aznetwork.SecurityRuleAccessAllow,
			Protocol:            aznetwork.SecurityRuleProtocolTcp,
			SourceAddressPrefix: pulumi.String("Internet"),
			SourcePortRange:     anything,
			// A gateway that listens on a port at both of its frontends is sent to by
			// its public address, and not by one of the subnet.
			// Source: learn.microsoft.com/azure/application-gateway/configuration-frontend-ip.
			DestinationAddressPrefix: anything,
			DestinationPortRanges:    portRanges(ports),
		},
		&aznetwork.SecurityRuleTypeArgs{
			Name:                     pulumi.String("allow-gateway-manager"),
			Description:              pulumi.String("Azure's management of the gateway."),
			Priority:                 pulumi.Int(firstPriority + 10),
			Direction:                aznetwork.SecurityRuleDirectionInbound,
			Access:                   aznetwork.SecurityRuleAccessAllow,
			Protocol:                 aznetwork.SecurityRuleProtocolTcp,
			SourceAddressPrefix:      pulumi.String("GatewayManager"),
			SourcePortRange:          anything,
			DestinationAddressPrefix: anything,
			DestinationPortRange:     pulumi.String("65200-65535"),
		},
		&aznetwork.SecurityRuleTypeArgs{
			Name:                     pulumi.String("allow-load-balancer"),
			Description:              pulumi.String("Azure's probes of the gateway's instances."),
			Priority:                 pulumi.Int(firstPriority + 20),
			Direction:                aznetwork.SecurityRuleDirectionInbound,
			Access:                   aznetwork.SecurityRuleAccessAllow,
			Protocol:                 aznetwork.SecurityRuleProtocolAsterisk,
			SourceAddressPrefix:      pulumi.String("AzureLoadBalancer"),
			SourcePortRange:          anything,
			DestinationAddressPrefix: anything,
			DestinationPortRange:     anything,
		},
	}
}

// WorkloadRules let the gateways in to the ports that the workloads listen on, and nothing
// else of the virtual network. Azure's own rules refuse the Internet.
func WorkloadRules(gateways netip.Prefix, ports []int) aznetwork.SecurityRuleTypeArray {
	denyAll := &aznetwork.SecurityRuleTypeArgs{
		Name:                     pulumi.String("deny-virtual-network"),
		Description:              pulumi.String("Everything else inside of the virtual network."),
		Priority:                 pulumi.Int(lastPriority),
		Direction:                aznetwork.SecurityRuleDirectionInbound,
		Access:                   aznetwork.SecurityRuleAccessDeny,
		Protocol:                 aznetwork.SecurityRuleProtocolAsterisk,
		SourceAddressPrefix:      pulumi.String("VirtualNetwork"),
		SourcePortRange:          anything,
		DestinationAddressPrefix: anything,
		DestinationPortRange:     anything,
	}
	if len(ports) == 0 {
		// While all tenants are disabled nothing listens. Azure refuses a rule
		// without ports.
		return aznetwork.SecurityRuleTypeArray{denyAll}
	}
	return aznetwork.SecurityRuleTypeArray{
		&aznetwork.SecurityRuleTypeArgs{
			Name:                     pulumi.String("allow-gateways"),
			Description:              pulumi.String("Requests and health probes from the gateway."),
			Priority:                 pulumi.Int(firstPriority),
			Direction:                aznetwork.SecurityRuleDirectionInbound,
			Access:                   aznetwork.SecurityRuleAccessAllow,
			Protocol:                 aznetwork.SecurityRuleProtocolTcp,
			SourceAddressPrefix:      pulumi.String(gateways.String()),
			SourcePortRange:          anything,
			DestinationAddressPrefix: anything,
			DestinationPortRanges:    portRanges(ports),
		},
		denyAll,
	}
}

func portRanges(ports []int) pulumi.StringArray {
	ranges := make(pulumi.StringArray, len(ports))
	for i, port := range ports {
		ranges[i] = pulumi.String(strconv.Itoa(port))
	}
	return ranges
}
