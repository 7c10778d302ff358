// Package machines makes the network interfaces of virtual machines that other
// teams run in a region of Azure, as members of the gateways' pools.
package machines

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/azure/gateway"
	aznetwork "ai-serving/internal/azure/network"
	"ai-serving/internal/naming"
	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:azure:Machines"

// maxLogicalName leaves room for Pulumi's suffix in the 80 characters of the name
// of a network interface or a security group.
const maxLogicalName = 71

// Args say which interfaces there are, and who reaches them.
type Args struct {
	// Location is a region of Azure.
	Location          string
	ResourceGroupName pulumi.StringInput
	// SubnetID is of the subnet that the interfaces are in.
	SubnetID pulumi.StringInput
	// GatewaySubnet is where requests come from.
	GatewaySubnet netip.Prefix
	// Gateways are the ids of the region's gateways, by name.
	Gateways   map[string]pulumi.StringInput
	Interfaces []topology.NetworkInterface
}

// Machines are a region's network interfaces.
type Machines struct {
	pulumi.ResourceState

	// NetworkInterfaceIDs are by the name of the interface.
	NetworkInterfaceIDs map[string]pulumi.StringOutput
}

// New registers the interfaces, with a security group for each workload that they
// are for: what may come in is the same for all of its machines.
//
// Each interface waits for the one before it: to write one is to write to the
// gateways that it is in a pool of, and of two writes to a gateway at once Azure
// cancels the earlier one (CanceledAndSupersededDueToAnotherOperation,
// azure-cli#21156). For interfaces no such report is known: this is a precaution.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Machines, error) {
	machines := &Machines{NetworkInterfaceIDs: map[string]pulumi.StringOutput{}}
	if err := ctx.RegisterComponentResource(Type, name, machines, opts...); err != nil {
		return nil, fmt.Errorf("machines %q: %w", name, err)
	}
	groups := map[string]*network.NetworkSecurityGroup{}
	ids := pulumi.StringMap{}
	var previous []pulumi.Resource
	for _, wanted := range args.Interfaces {
		key := wanted.Workload.Key
		if groups[key] == nil {
			group, err := network.NewNetworkSecurityGroup(ctx, naming.Join(maxLogicalName, name, key), securityGroupArgs(args, wanted.Workload), pulumi.Parent(machines))
			if err != nil {
				return nil, fmt.Errorf("machines %q: network security group of %q: %w", name, key, err)
			}
			groups[key] = group
		}
		made, err := network.NewNetworkInterface(ctx, naming.Join(maxLogicalName, name, wanted.Name),
			interfaceArgs(args, wanted, groups[key].ID().ToStringOutput()), pulumi.Parent(machines), pulumi.DependsOn(previous))
		if err != nil {
			return nil, fmt.Errorf("machines %q: network interface %q: %w", name, wanted.Name, err)
		}
		previous = []pulumi.Resource{made}
		machines.NetworkInterfaceIDs[wanted.Name] = made.ID().ToStringOutput()
		ids[wanted.Name] = made.ID()
	}
	if err := ctx.RegisterResourceOutputs(machines, pulumi.Map{"networkInterfaceIds": ids}); err != nil {
		return nil, fmt.Errorf("machines %q: outputs: %w", name, err)
	}
	return machines, nil
}

// securityGroupArgs let the gateways in, to the workload's port. The subnet's own
// group, which Azure asks first, lets them in to the ports of all workloads.
func securityGroupArgs(args Args, workload topology.Workload) *network.NetworkSecurityGroupArgs {
	return &network.NetworkSecurityGroupArgs{
		ResourceGroupName: args.ResourceGroupName,
		Location:          pulumi.String(args.Location),
		SecurityRules:     aznetwork.WorkloadRules(args.GatewaySubnet, []int{workload.Port}),
		Tags:              pulumi.ToStringMap(workload.Labels),
	}
}

// interfaceArgs make an interface a member of the workload's pool on each gateway
// that routes to it. The interface holds the membership; a gateway's list of
// interfaces is read-only, and updates of the gateway leave it alone
// (azure-rest-api-specs#7475).
func interfaceArgs(args Args, wanted topology.NetworkInterface, securityGroupID pulumi.StringInput) *network.NetworkInterfaceArgs {
	pools := make(network.ApplicationGatewayBackendAddressPoolArray, len(wanted.Gateways))
	for i, name := range wanted.Gateways {
		pools[i] = &network.ApplicationGatewayBackendAddressPoolArgs{Id: gateway.PoolID(args.Gateways[name], wanted.Workload.Key)}
	}
	return &network.NetworkInterfaceArgs{
		ResourceGroupName:    args.ResourceGroupName,
		Location:             pulumi.String(args.Location),
		NetworkSecurityGroup: &network.NetworkSecurityGroupTypeArgs{Id: securityGroupID.ToStringOutput()},
		IpConfigurations: network.NetworkInterfaceIPConfigurationArray{&network.NetworkInterfaceIPConfigurationArgs{
			Name:                                  pulumi.String("primary"),
			Primary:                               pulumi.Bool(true),
			PrivateIPAllocationMethod:             network.IPAllocationMethodDynamic,
			Subnet:                                &network.SubnetTypeArgs{Id: args.SubnetID.ToStringOutput()},
			ApplicationGatewayBackendAddressPools: pools,
		}},
		Tags: pulumi.ToStringMap(wanted.Workload.Labels),
	}
}
