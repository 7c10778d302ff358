// Package network is the VPC network of a stack in Google Cloud: a subnetwork
// for machines and one for load-balancer proxies in every region, a way out to
// the Internet, and what may come in.
package network

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/naming"
	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:gcp:Network"

// The names of the secondary ranges of a subnetwork of machines.
const (
	PodsRange     = "pods"
	ServicesRange = "services"
)

// Args describe the network.
type Args struct {
	Project pulumi.StringInput
	Regions []topology.GCPRegion
	// Protect guards the network against deletion.
	Protect bool
}

// Network is a VPC network with its subnetworks.
type Network struct {
	pulumi.ResourceState

	NetworkID pulumi.StringOutput
	// Subnets are by region.
	Subnets map[string]Subnet
}

// Subnet is a region's part of the network.
type Subnet struct {
	// ID is that of the subnetwork of machines.
	ID pulumi.StringOutput
	// PodsRange and ServicesRange name its secondary ranges.
	PodsRange, ServicesRange string
	// ProxyOnly has to exist before a regional load balancer's forwarding rule,
	// to which no property of the rule leads.
	ProxyOnly pulumi.Resource
}

// New registers the network.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Network, error) {
	n := &Network{Subnets: map[string]Subnet{}}
	if err := ctx.RegisterComponentResource(Type, name, n, opts...); err != nil {
		return nil, fmt.Errorf("network %q: %w", name, err)
	}
	child := pulumi.Parent(n)
	vpc, err := compute.NewNetwork(ctx, name, &compute.NetworkArgs{
		Project:               args.Project,
		AutoCreateSubnetworks: pulumi.Bool(false),
		RoutingMode:           pulumi.String("REGIONAL"),
	}, child, pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("network %q: %w", name, err)
	}
	n.NetworkID = vpc.ID().ToStringOutput()
	for _, region := range args.Regions {
		place := place{name: name + "-" + region.Name, project: args.Project, network: n.NetworkID, region: region}
		subnet, err := place.register(ctx, child)
		if err != nil {
			return nil, fmt.Errorf("network %q: region %q: %w", name, region.Name, err)
		}
		n.Subnets[region.Name] = subnet
	}
	var proxies []pulumi.Resource
	for _, region := range args.Regions {
		proxies = append(proxies, n.Subnets[region.Name].ProxyOnly)
	}
	// What an address space that Google refuses would change comes after the refusal.
	after := pulumi.DependsOn(proxies)
	for _, rule := range firewallRules(args.Regions) {
		if _, err := compute.NewFirewall(ctx, name+"-"+rule.name, rule.args(args.Project, n.NetworkID), child, otherPorts, after); err != nil {
			return nil, fmt.Errorf("network %q: firewall rule %q: %w", name, rule.name, err)
		}
	}
	for _, rule := range egressRules(args.Regions) {
		logical := naming.Join(naming.MaxComputeEngine, name, "egress", rule.name)
		if _, err := compute.NewFirewall(ctx, logical, rule.args(args.Project, n.NetworkID), child, after); err != nil {
			return nil, fmt.Errorf("network %q: egress rule %q: %w", name, rule.name, err)
		}
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{"networkId": n.NetworkID})
}
