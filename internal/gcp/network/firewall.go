package network

import (
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/balancing"
	"ai-serving/internal/topology"
)

// ServingTag is the network tag of the machines that serve workloads, cluster
// nodes among them. Without it a load balancer does not reach a machine.
const ServingTag = "serving"

// InstanceTags are the network tags of the instances of a workload. They say nothing of
// the workload that may change: other tags would replace the instances.
func InstanceTags(workload topology.Workload) []string {
	return []string{ServingTag, instancesTag, egressTag(workload.Key)}
}

// firewallRule lets sources reach ports of the machines that serve workloads.
// What no rule lets in stays out: that is a network's implied rule.
type firewallRule struct {
	name    string
	sources []string
	ports   []string
}

// firewallRules let in Google's front ends everywhere, and each region's
// proxies on the ports that are served in the region.
func firewallRules(regions []topology.GCPRegion) []firewallRule {
	var rules []firewallRule
	if ports := servingPorts(regions...); len(ports) > 0 {
		rules = append(rules, firewallRule{"front-ends", balancing.FrontEnds, ports})
	}
	for _, region := range regions {
		if ports := servingPorts(region); len(ports) > 0 {
			rules = append(rules, firewallRule{region.Name + "-proxies", []string{region.Network.ProxyOnly.String()}, ports})
		}
	}
	return rules
}

// servingPorts are the ports of the workloads that run in the regions, each
// once, in their order.
func servingPorts(regions ...topology.GCPRegion) []string {
	var numbers []int
	for _, region := range regions {
		for _, group := range region.InstanceGroups {
			numbers = append(numbers, group.Workload.Port)
		}
		if region.Cluster == nil {
			continue
		}
		for _, deployment := range region.Cluster.Deployments {
			numbers = append(numbers, deployment.Workload.Port)
		}
	}
	slices.Sort(numbers)
	var ports []string
	for _, number := range slices.Compact(numbers) {
		ports = append(ports, strconv.Itoa(number))
	}
	return ports
}

// otherPorts are let in by a rule of their own before the one of the ports of before
// goes: replicas that listen on these serve until others do.
var otherPorts = pulumi.ReplaceOnChanges([]string{"allows"})

func (r firewallRule) args(project, network pulumi.StringInput) *compute.FirewallArgs {
	return &compute.FirewallArgs{
		Project:      project,
		Network:      network,
		Direction:    pulumi.String("INGRESS"),
		SourceRanges: pulumi.ToStringArray(r.sources),
		TargetTags:   pulumi.StringArray{pulumi.String(ServingTag)},
		Allows: compute.FirewallAllowArray{compute.FirewallAllowArgs{
			Protocol: pulumi.String("tcp"),
			Ports:    pulumi.ToStringArray(r.ports),
		}},
	}
}
