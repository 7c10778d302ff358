package network

import (
	"fmt"
	"strings"

	aznetwork "github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// egressRules let container groups connect to HTTPS on the Internet, where registries and
// weights are, and to the networks in the models' egress lists. Everything else is denied.
// Azure's DNS servers
// and its metadata server are reachable whatever the rules say.
// Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview#azure-platform-considerations.
func egressRules(allowed []topology.Egress) aznetwork.SecurityRuleTypeArray {
	rules := aznetwork.SecurityRuleTypeArray{
		egressRule("allow-https", "Registries, and what servers load when they start.", firstPriority, aznetwork.SecurityRuleAccessAllow, "Internet", "443"),
	}
	for i, one := range allowed {
		rules = append(rules, egressRule(egressName(one), "What a model needs.", firstPriority+1+i, aznetwork.SecurityRuleAccessAllow, one.CIDR.String(), fmt.Sprint(one.Port)))
	}
	return append(rules, egressRule("deny-egress", "Everything else, the replicas of other tenants among it.", lastPriority, aznetwork.SecurityRuleAccessDeny, "*", "*"))
}

func egressRule(name, description string, priority int, access aznetwork.SecurityRuleAccess, destination, port string) *aznetwork.SecurityRuleTypeArgs {
	protocol := aznetwork.SecurityRuleProtocolTcp
	if access == aznetwork.SecurityRuleAccessDeny {
		protocol = aznetwork.SecurityRuleProtocolAsterisk
	}
	return &aznetwork.SecurityRuleTypeArgs{
		Name:                     pulumi.String(name),
		Description:              pulumi.String(description),
		Priority:                 pulumi.Int(priority),
		Direction:                aznetwork.SecurityRuleDirectionOutbound,
		Access:                   access,
		Protocol:                 protocol,
		SourceAddressPrefix:      anything,
		SourcePortRange:          anything,
		DestinationAddressPrefix: pulumi.String(destination),
		DestinationPortRange:     pulumi.String(port),
	}
}

// egressName is a rule's: "allow-10.9.0.0-24-5432".
func egressName(one topology.Egress) string {
	return fmt.Sprintf("allow-%s-%d", strings.ReplaceAll(one.CIDR.String(), "/", "-"), one.Port)
}
