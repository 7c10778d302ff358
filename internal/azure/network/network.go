// Package network is the network of one region of Azure: a virtual network with
// a subnet each for the gateways, the machines of other teams and the container groups of
// each workload, what may pass between them, how they reach the Internet, and the
// address that the Internet reaches the gateway at.
package network

import (
	"fmt"

	aznetwork "github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi-azure-native-sdk/resources/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:azure:Network"

// Args say what the network is for.
type Args struct {
	Region topology.AzureRegion
	Labels map[string]string
	// Protect guards the resource group, the virtual network and the addresses
	// against deletion.
	Protect bool
	// TLS says whether clients speak TLS to the gateways.
	TLS bool
	// MachinePorts are the ports that machines of other teams listen on, sorted; none
	// without such machines.
	MachinePorts []int
}

// Network is a region's network.
type Network struct {
	pulumi.ResourceState

	// ResourceGroupName names the group that everything in the region is in.
	ResourceGroupName pulumi.StringOutput
	// The subnets' ids are known when nothing is left to be written to the
	// virtual network.
	GatewaySubnetID, MachineSubnetID pulumi.StringOutput
	// ContainerSubnetIDs are by the name of the subnet.
	ContainerSubnetIDs map[string]pulumi.StringOutput
	// PublicIPIDs, PublicIPFQDNs and PublicIPAddresses are of the gateways'
	// addresses, by the name of the gateway.
	PublicIPIDs, PublicIPFQDNs, PublicIPAddresses map[string]pulumi.StringOutput
}

// New registers the network of args.Region.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Network, error) {
	network := &Network{
		PublicIPIDs:       map[string]pulumi.StringOutput{},
		PublicIPFQDNs:     map[string]pulumi.StringOutput{},
		PublicIPAddresses: map[string]pulumi.StringOutput{},

		ContainerSubnetIDs: map[string]pulumi.StringOutput{},
	}
	if err := ctx.RegisterComponentResource(Type, name, network, opts...); err != nil {
		return nil, fmt.Errorf("network %q: %w", name, err)
	}
	if err := network.register(ctx, name, args); err != nil {
		return nil, fmt.Errorf("network %q: %w", name, err)
	}
	err := ctx.RegisterResourceOutputs(network, pulumi.Map{
		"resourceGroupName":  network.ResourceGroupName,
		"gatewaySubnetId":    network.GatewaySubnetID,
		"containerSubnetIds": stringMap(network.ContainerSubnetIDs),
		"machineSubnetId":    network.MachineSubnetID,
		"publicIpIds":        stringMap(network.PublicIPIDs),
		"publicIpFqdns":      stringMap(network.PublicIPFQDNs),
		"publicIpAddresses":  stringMap(network.PublicIPAddresses),
	})
	if err != nil {
		return nil, fmt.Errorf("network %q: outputs: %w", name, err)
	}
	return network, nil
}

func (n *Network) register(ctx *pulumi.Context, name string, args Args) error {
	group, err := resources.NewResourceGroup(ctx, name, &resources.ResourceGroupArgs{
		Location: pulumi.String(args.Region.Name),
		Tags:     pulumi.ToStringMap(args.Labels),
	}, pulumi.Parent(n), pulumi.Protect(args.Protect))
	if err != nil {
		return fmt.Errorf("resource group: %w", err)
	}
	n.ResourceGroupName = group.Name

	region := region{ctx: ctx, component: n, name: name, args: args, group: group.Name}
	for _, gateway := range args.Region.Gateways {
		address, err := region.gatewayAddress(gateway)
		if err != nil {
			return err
		}
		n.PublicIPIDs[gateway.Name] = address.ID().ToStringOutput()
		n.PublicIPFQDNs[gateway.Name] = address.DnsSettings.Fqdn().Elem()
		n.PublicIPAddresses[gateway.Name] = address.IpAddress.Elem()
	}

	ids, err := region.subnets()
	if err != nil {
		return err
	}
	n.GatewaySubnetID, n.MachineSubnetID = ids[gateways], ids[machines]
	for _, own := range args.Region.ContainerSubnets {
		n.ContainerSubnetIDs[own.Name] = ids[own.Name]
	}
	return nil
}

func stringMap(outputs map[string]pulumi.StringOutput) pulumi.StringMap {
	result := pulumi.StringMap{}
	for key, output := range outputs {
		result[key] = output
	}
	return result
}

// region is what registering each part of the network needs.
type region struct {
	ctx       *pulumi.Context
	component *Network
	name      string
	args      Args
	group     pulumi.StringOutput
}

// protected are the options of what is slow or impossible to get back.
func (r region) protected(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(r.component), pulumi.Protect(r.args.Protect)}, more...)
}

func (r region) location() pulumi.String { return pulumi.String(r.args.Region.Name) }

func (r region) tags() pulumi.StringMap { return pulumi.ToStringMap(r.args.Labels) }

// virtualNetwork holds no subnets of its own: they are resources beside it, so
// that each has an id and changes alone. The provider then leaves the subnets
// that it finds as they are, in updates and in refreshes; given any inline, it
// would delete all others.
//
// Source: pulumi-azure-native#611 and #3049.
func (r region) virtualNetwork() (*aznetwork.VirtualNetwork, error) {
	virtualNetwork, err := aznetwork.NewVirtualNetwork(r.ctx, r.name, &aznetwork.VirtualNetworkArgs{
		ResourceGroupName: r.group,
		Location:          r.location(),
		AddressSpace: &aznetwork.AddressSpaceArgs{
			AddressPrefixes: pulumi.StringArray{pulumi.String(r.args.Region.Network.VirtualNetwork.String())},
		},
		Tags: r.tags(),
	}, r.protected()...)
	if err != nil {
		return nil, fmt.Errorf("virtual network: %w", err)
	}
	return virtualNetwork, nil
}
