package gateway

import (
	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

func subnetConfigurations(subnetID pulumi.StringInput) network.ApplicationGatewayIPConfigurationArray {
	return network.ApplicationGatewayIPConfigurationArray{&network.ApplicationGatewayIPConfigurationArgs{
		Name:   pulumi.String(subnetName),
		Subnet: &network.SubResourceArgs{Id: subnetID.ToStringOutput()},
	}}
}

func frontends(publicIPID pulumi.StringInput) network.ApplicationGatewayFrontendIPConfigurationArray {
	return network.ApplicationGatewayFrontendIPConfigurationArray{&network.ApplicationGatewayFrontendIPConfigurationArgs{
		Name:            pulumi.String(frontendName),
		PublicIPAddress: &network.SubResourceArgs{Id: publicIPID.ToStringOutput()},
	}}
}

func ports() network.ApplicationGatewayFrontendPortArray {
	return network.ApplicationGatewayFrontendPortArray{
		&network.ApplicationGatewayFrontendPortArgs{Name: pulumi.String(portName), Port: pulumi.Int(80)},
	}
}

// listeners answer for the tenants' hosts, and for the host of the probes. None
// answers for all hosts, so that the gateway itself refuses an unknown one with
// 404.
func listeners(tenants []topology.Listener, healthHost string) network.ApplicationGatewayHttpListenerArray {
	result := network.ApplicationGatewayHttpListenerArray{listener(healthName, []string{healthHost})}
	for _, tenant := range tenants {
		result = append(result, listener(tenant.Name, tenant.Hosts))
	}
	return result
}

func listener(name string, hosts []string) *network.ApplicationGatewayHttpListenerArgs {
	return &network.ApplicationGatewayHttpListenerArgs{
		Name:                    pulumi.String(name),
		Protocol:                network.ApplicationGatewayProtocolHttp,
		FrontendIPConfiguration: self(frontendSegment, frontendName),
		FrontendPort:            self(portSegment, portName),
		HostNames:               pulumi.ToStringArray(hosts),
	}
}

// rules bind each listener to the path map of the same name.
func rules(gateway topology.Gateway) network.ApplicationGatewayRequestRoutingRuleArray {
	result := network.ApplicationGatewayRequestRoutingRuleArray{rule(healthName, healthPriority)}
	for _, tenant := range gateway.Listeners {
		result = append(result, rule(tenant.Name, tenant.Priority))
	}
	return result
}

func rule(name string, priority int) *network.ApplicationGatewayRequestRoutingRuleArgs {
	return &network.ApplicationGatewayRequestRoutingRuleArgs{
		Name:         pulumi.String(name),
		Priority:     pulumi.Int(priority),
		RuleType:     network.ApplicationGatewayRequestRoutingRuleTypePathBasedRouting,
		HttpListener: self(listenerSegment, name),
		UrlPathMap:   self(pathMapSegment, name),
	}
}
