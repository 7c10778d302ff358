package network

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// place is where a region's part of the network goes.
type place struct {
	// name begins the logical names.
	name    string
	project pulumi.StringInput
	network pulumi.StringInput
	region  topology.GCPRegion
}

// register makes the subnetwork of proxies first. Google refuses another one beside it,
// and so another address space of the region: had the machines been given another
// subnetwork before, the first one's range would stay taken, and even the old address
// space be refused.
func (p place) register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) (Subnet, error) {
	proxies, err := compute.NewSubnetwork(ctx, p.name+"-proxies", p.proxies(), opts...)
	if err != nil {
		return Subnet{}, fmt.Errorf("subnetwork of proxies: %w", err)
	}
	after := append([]pulumi.ResourceOption{pulumi.DependsOn([]pulumi.Resource{proxies})}, opts...)
	machines, err := compute.NewSubnetwork(ctx, p.name, p.machines(), after...)
	if err != nil {
		return Subnet{}, fmt.Errorf("subnetwork of machines: %w", err)
	}
	router, err := compute.NewRouter(ctx, p.name, p.router(), opts...)
	if err != nil {
		return Subnet{}, fmt.Errorf("router: %w", err)
	}
	if _, err := compute.NewRouterNat(ctx, p.name, p.nat(router.Name), opts...); err != nil {
		return Subnet{}, fmt.Errorf("NAT: %w", err)
	}
	return Subnet{
		ID:            machines.ID().ToStringOutput(),
		PodsRange:     PodsRange,
		ServicesRange: ServicesRange,
		ProxyOnly:     proxies,
	}, nil
}

// machines is the subnetwork of virtual machines and cluster nodes.
func (p place) machines() *compute.SubnetworkArgs {
	return &compute.SubnetworkArgs{
		Project:     p.project,
		Region:      pulumi.String(p.region.Name),
		Network:     p.network,
		IpCidrRange: pulumi.String(p.region.Network.Nodes.String()),
		SecondaryIpRanges: compute.SubnetworkSecondaryIpRangeArray{
			compute.SubnetworkSecondaryIpRangeArgs{
				RangeName:   pulumi.String(PodsRange),
				IpCidrRange: pulumi.String(p.region.Network.Pods.String()),
			},
			compute.SubnetworkSecondaryIpRangeArgs{
				RangeName:   pulumi.String(ServicesRange),
				IpCidrRange: pulumi.String(p.region.Network.Services.String()),
			},
		},
		// Machines have no address of their own on the Internet, and pull their
		// images from Artifact Registry all the same.
		PrivateIpGoogleAccess: pulumi.Bool(true),
		// A tenth of the flows, a minute at a time, shows who talks to whom at
		// a fraction of what the default, half of them every 5 s, costs.
		LogConfig: &compute.SubnetworkLogConfigArgs{
			AggregationInterval: pulumi.String("INTERVAL_1_MIN"),
			FlowSampling:        pulumi.Float64(0.1),
			Metadata:            pulumi.String("INCLUDE_ALL_METADATA"),
		},
	}
}

// proxies is where the region's load balancer connects to its backends from. A
// network has one such subnetwork a region that is active, and flow logs are
// refused on it.
func (p place) proxies() *compute.SubnetworkArgs {
	return &compute.SubnetworkArgs{
		Project:     p.project,
		Region:      pulumi.String(p.region.Name),
		Network:     p.network,
		IpCidrRange: pulumi.String(p.region.Network.ProxyOnly.String()),
		Purpose:     pulumi.String("REGIONAL_MANAGED_PROXY"),
		Role:        pulumi.String("ACTIVE"),
	}
}

func (p place) router() *compute.RouterArgs {
	return &compute.RouterArgs{
		Project: p.project,
		Region:  pulumi.String(p.region.Name),
		Network: p.network,
	}
}

// nat is the way out to what is not Google's: weights, packages, registries.
func (p place) nat(router pulumi.StringInput) *compute.RouterNatArgs {
	return &compute.RouterNatArgs{
		Project:                       p.project,
		Region:                        pulumi.String(p.region.Name),
		Router:                        router,
		NatIpAllocateOption:           pulumi.String("AUTO_ONLY"),
		SourceSubnetworkIpRangesToNat: pulumi.String("ALL_SUBNETWORKS_ALL_IP_RANGES"),
		// A node has 64 ports by default, for all of its pods.
		EnableDynamicPortAllocation: pulumi.Bool(true),
		// Google refuses the two together.
		EnableEndpointIndependentMapping: pulumi.Bool(false),
		LogConfig: &compute.RouterNatLogConfigArgs{
			Enable: pulumi.Bool(true),
			Filter: pulumi.String("ERRORS_ONLY"),
		},
	}
}
