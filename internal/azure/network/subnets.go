package network

import (
	"fmt"
	"net/netip"
	"slices"

	aznetwork "github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/naming"
	"ai-serving/internal/topology"
)

// The keys of the subnets. Azure keeps the name GatewaySubnet for VPNs.
const (
	gateways = "gateways"
	machines = "machines"
)

// subnet is a part of the virtual network.
type subnet struct {
	key    string
	prefix netip.Prefix
	// service is the only one that may put its resources here; "" for any.
	service string
	// rules say what may come in.
	rules aznetwork.SecurityRuleTypeArray
	// egress is through the NAT gateway. An Application Gateway goes out through
	// its own address.
	egress bool
}

// maxLogicalName leaves room for Pulumi's suffix in the 80 characters of a subnet's name.
const maxLogicalName = 71

// name is the subnet's logical name, and that of its security group.
func (s subnet) name(region string) string { return naming.Join(maxLogicalName, region, s.key) }

// plan lists the region's subnets. Application Gateway and Container Instances
// each ask for a subnet that is delegated to them alone
// (ApplicationGatewayNetworkIsolationRequiresSubnetDelegation,
// SubnetMissingRequiredDelegation).
func plan(args Args) []subnet {
	network := args.Region.Network
	all := []subnet{
		{key: gateways, prefix: network.Gateways, service: "Microsoft.Network/applicationGateways", rules: gatewayRules(args.TLS)},
		{key: machines, prefix: network.Machines, rules: WorkloadRules(network.Gateways, args.MachinePorts), egress: true},
	}
	for _, own := range args.Region.ContainerSubnets {
		all = append(all, containerSubnet(network.Gateways, own))
	}
	return all
}

// containerSubnet is where container groups of a workload are.
func containerSubnet(gateways netip.Prefix, own topology.ContainerSubnet) subnet {
	return subnet{
		key:     own.Name,
		prefix:  own.Prefix,
		service: "Microsoft.ContainerInstance/containerGroups",
		rules:   slices.Concat(WorkloadRules(gateways, []int{own.Workload.Port}), egressRules(own.Egress)),
		egress:  true,
	}
}

// subnets registers the virtual network with its subnets and gives the subnets'
// ids by key.
func (r region) subnets() (map[string]pulumi.StringOutput, error) {
	virtualNetwork, err := r.virtualNetwork()
	if err != nil {
		return nil, err
	}
	egress, err := r.natGateway()
	if err != nil {
		return nil, err
	}
	ids := map[string]pulumi.StringOutput{}
	var previous []pulumi.Resource
	for _, subnet := range plan(r.args) {
		args, err := r.subnetArgs(subnet, virtualNetwork, egress)
		if err != nil {
			return nil, err
		}
		registered, err := aznetwork.NewSubnet(r.ctx, subnet.name(r.name), args, pulumi.Parent(r.component),
			// Azure writes to a virtual network once at a time and refuses a second
			// writer (AnotherOperationInProgress; pulumi-azure-native#903). Each waits for all
			// before it, so that two that go, go one after the other as well.
			pulumi.DependsOn(previous),
			pulumi.IgnoreChanges([]string{
				// A refresh reads back the gateway in the subnet, which is not the
				// subnet's to say.
				"applicationGatewayIPConfigurations",
				// A subnet keeps the prefix that it was made with: Azure refuses another one
				// while something is in it (InUsePrefixCannotBeDeleted), and the place of a
				// workload changes when another goes whose hash is the same.
				"addressPrefix",
			}),
			// Seconds, unless Container Instances holds on to its subnet long after
			// the last group is gone (azure-cli#21637): rather an error than a wait.
			pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: "20m"}))
		if err != nil {
			return nil, fmt.Errorf("subnet of %s: %w", subnet.key, err)
		}
		ids[subnet.key] = registered.ID().ToStringOutput()
		previous = append(previous, registered)
	}
	return ids, nil
}

// subnetArgs registers the security group of the subnet and puts it, and the
// way out, into the subnet's own arguments: an association on the side would
// be undone by the subnet's next update.
func (r region) subnetArgs(
	subnet subnet, virtualNetwork *aznetwork.VirtualNetwork, egress *aznetwork.NatGateway,
) (*aznetwork.SubnetArgs, error) {
	group, err := aznetwork.NewNetworkSecurityGroup(r.ctx, subnet.name(r.name), &aznetwork.NetworkSecurityGroupArgs{
		ResourceGroupName: r.group,
		Location:          r.location(),
		SecurityRules:     subnet.rules,
		Tags:              r.tags(),
	}, pulumi.Parent(r.component))
	if err != nil {
		return nil, fmt.Errorf("network security group of %s: %w", subnet.key, err)
	}
	args := &aznetwork.SubnetArgs{
		ResourceGroupName:    r.group,
		VirtualNetworkName:   virtualNetwork.Name,
		AddressPrefix:        pulumi.String(subnet.prefix.String()),
		NetworkSecurityGroup: &aznetwork.NetworkSecurityGroupTypeArgs{Id: group.ID()},
	}
	if subnet.service != "" {
		args.Delegations = aznetwork.DelegationArray{&aznetwork.DelegationArgs{
			Name:        pulumi.String(subnet.key),
			ServiceName: pulumi.String(subnet.service),
		}}
	}
	if subnet.egress {
		args.NatGateway = &aznetwork.SubResourceArgs{Id: egress.ID()}
	}
	return args, nil
}
