// Package gateway is an Application Gateway of a region of Azure: it answers for
// the hosts of the tenants that the region may serve, and routes their paths to
// the workloads. Its firewall refuses everything else.
package gateway

import (
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:azure:Gateway"

// maxLogicalName leaves room for Pulumi's suffix in the 80 characters of a firewall
// policy's name.
const maxLogicalName = 71

// Args say what the gateway answers for.
type Args struct {
	// Region is where the gateway stands, one of whose gateways is Gateway.
	Region            topology.AzureRegion
	Gateway           topology.Gateway
	ResourceGroupName pulumi.StringInput
	// SubnetID is of the gateways' own subnet.
	SubnetID pulumi.StringInput
	// PublicIPID is of the address that the Internet reaches the gateway at.
	PublicIPID pulumi.StringInput
	Labels     map[string]string
	// TLS says whether the gateway ends TLS on port 443, and redirects port 80 to
	// it. Without, it speaks plain HTTP on port 80.
	TLS bool
	// Domain is the DNS zone of the platform.
	Domain string
	// HealthHost is the host that the probes of Traffic Manager ask for.
	HealthHost string
	// Addresses are those of the container groups, by the key of the workload
	// that they run, in an order that does not change.
	Addresses map[string][]pulumi.StringInput
}

// Gateway is one of a region's Application Gateways.
type Gateway struct {
	pulumi.ResourceState

	ID pulumi.StringOutput
}

// New registers the gateway and its firewall policies.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Gateway, error) {
	gateway := &Gateway{}
	if err := ctx.RegisterComponentResource(Type, name, gateway, opts...); err != nil {
		return nil, fmt.Errorf("gateway %q: %w", name, err)
	}
	policies, err := registerPolicies(ctx, name, args, pulumi.Parent(gateway))
	if err != nil {
		return nil, fmt.Errorf("gateway %q: %w", name, err)
	}
	registered, err := network.NewApplicationGateway(ctx, name, gatewayArgs(args, policies), pulumi.Parent(gateway),
		pulumi.ReplaceOnChanges([]string{"zones"}),
		// Azure takes 6 to 9 minutes when all goes well.
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "60m", Update: "60m"}))
	if err != nil {
		return nil, fmt.Errorf("gateway %q: application gateway: %w", name, err)
	}
	gateway.ID = registered.ID().ToStringOutput()
	if err := ctx.RegisterResourceOutputs(gateway, pulumi.Map{"id": gateway.ID}); err != nil {
		return nil, fmt.Errorf("gateway %q: outputs: %w", name, err)
	}
	return gateway, nil
}

func gatewayArgs(args Args, policies policyIDs) *network.ApplicationGatewayArgs {
	result := &network.ApplicationGatewayArgs{
		ResourceGroupName: args.ResourceGroupName,
		Location:          pulumi.String(args.Region.Name),
		Sku: &network.ApplicationGatewaySkuArgs{
			Name: network.ApplicationGatewaySkuName_WAF_v2,
			Tier: network.ApplicationGatewayTier_WAF_v2,
		},
		AutoscaleConfiguration: &network.ApplicationGatewayAutoscaleConfigurationArgs{
			MinCapacity: pulumi.Int(args.Gateway.MinCapacity),
			MaxCapacity: pulumi.Int(args.Gateway.MaxCapacity),
		},
		EnableHttp2:                   pulumi.Bool(args.Gateway.HTTP2),
		FirewallPolicy:                policies.reference(refusalPolicy),
		GlobalConfiguration:           buffering(),
		GatewayIPConfigurations:       subnetConfigurations(args.SubnetID),
		FrontendIPConfigurations:      frontendConfigurations(args),
		FrontendPorts:                 ports(args.TLS),
		HttpListeners:                 listeners(args, policies),
		RequestRoutingRules:           rules(args),
		UrlPathMaps:                   pathMaps(args, policies),
		RewriteRuleSets:               rewrites(args),
		BackendAddressPools:           pools(args.Gateway.Pools, args.Addresses),
		BackendHttpSettingsCollection: settings(args.Gateway.Pools),
		Probes:                        probes(args.Gateway.Pools, args.HealthHost),
		Tags:                          pulumi.ToStringMap(args.Labels),
	}
	if len(args.Region.Zones) > 0 {
		result.Zones = pulumi.ToStringArray(args.Region.Zones)
	}
	if args.TLS {
		endTLS(result, args)
		result.RedirectConfigurations = redirects(args)
	}
	return result
}

// buffering holds no response back, so that a client sees a streamed one as it
// comes. Requests are always held until the firewall has seen them.
// Source: learn.microsoft.com/azure/application-gateway/proxy-buffers#limitations.
func buffering() *network.ApplicationGatewayGlobalConfigurationArgs {
	return &network.ApplicationGatewayGlobalConfigurationArgs{
		EnableRequestBuffering:  pulumi.Bool(true),
		EnableResponseBuffering: pulumi.Bool(false),
	}
}
