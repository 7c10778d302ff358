// Package gateway is the Application Gateway of one region of Azure: it answers
// for the hosts of the tenants that the region may serve, and leads their paths
// to the workloads.
package gateway

import (
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:azure:Gateway"

// Args say what the gateway answers for.
type Args struct {
	// Location is a region of Azure.
	Location          string
	ResourceGroupName pulumi.StringInput
	// SubnetID is of the gateway's own subnet.
	SubnetID pulumi.StringInput
	// PublicIPID is of the only address that the gateway answers at.
	PublicIPID pulumi.StringInput
	// Zones are the availability zones to spread over; none in a region without.
	Zones  []string
	Labels map[string]string
	// HealthHost is the host that the probes of Traffic Manager ask for.
	HealthHost string
	Gateway    topology.Gateway
	// Addresses are those of the container groups, by the key of the workload
	// that they run, in an order that does not change.
	Addresses map[string][]pulumi.StringInput
}

// Gateway is a region's Application Gateway.
type Gateway struct {
	pulumi.ResourceState

	ID pulumi.StringOutput
}

// New registers the gateway.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Gateway, error) {
	gateway := &Gateway{}
	if err := ctx.RegisterComponentResource(Type, name, gateway, opts...); err != nil {
		return nil, fmt.Errorf("gateway %q: %w", name, err)
	}
	registered, err := network.NewApplicationGateway(ctx, name, gatewayArgs(args), pulumi.Parent(gateway),
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

func gatewayArgs(args Args) *network.ApplicationGatewayArgs {
	result := &network.ApplicationGatewayArgs{
		ResourceGroupName: args.ResourceGroupName,
		Location:          pulumi.String(args.Location),
		Sku: &network.ApplicationGatewaySkuArgs{
			Name: network.ApplicationGatewaySkuName_Standard_v2,
			Tier: network.ApplicationGatewayTier_Standard_v2,
		},
		AutoscaleConfiguration: &network.ApplicationGatewayAutoscaleConfigurationArgs{
			MinCapacity: pulumi.Int(args.Gateway.MinCapacity),
			MaxCapacity: pulumi.Int(args.Gateway.MaxCapacity),
		},
		EnableHttp2:                   pulumi.Bool(true),
		GatewayIPConfigurations:       subnetConfigurations(args.SubnetID),
		FrontendIPConfigurations:      frontends(args.PublicIPID),
		FrontendPorts:                 ports(),
		HttpListeners:                 listeners(args.Gateway.Listeners, args.HealthHost),
		RequestRoutingRules:           rules(args.Gateway),
		UrlPathMaps:                   pathMaps(args.Gateway),
		RewriteRuleSets:               rewrites(args.Gateway),
		BackendAddressPools:           pools(args.Gateway.Pools, args.Addresses),
		BackendHttpSettingsCollection: settings(args.Gateway.Pools),
		Probes:                        probes(args.Gateway.Pools, args.HealthHost),
		Tags:                          pulumi.ToStringMap(args.Labels),
	}
	if len(args.Zones) > 0 {
		result.Zones = pulumi.ToStringArray(args.Zones)
	}
	return result
}
