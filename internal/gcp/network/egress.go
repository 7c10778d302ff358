package network

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/naming"
	"ai-serving/internal/topology"
)

// instancesTag is the network tag of the machines of instance groups. The nodes of
// clusters, whose pods have network policies, do not have it.
const instancesTag = "model-instances"

// maxTag is the longest network tag.
// See docs.cloud.google.com/vpc/docs/add-remove-network-tags#restrictions.
const maxTag = 63

// egressTag is the network tag of the machines of one workload.
func egressTag(workload string) string { return naming.Join(maxTag, "model", workload) }

// The priorities of the rules of what instances may connect to: the lowest number
// decides. What comes in is decided apart from it.
const (
	workloadPriority = 1000 + iota*1000
	privatePriority
	internetPriority
	closedPriority
)

// httpsPort is that of the Internet, and of Google's APIs.
const httpsPort = 443

// egressRule says what machines with a tag may connect to.
type egressRule struct {
	name         string
	tag          string
	priority     int
	destinations []string
	// port is one of TCP, or 0 for a rule that lets nothing through.
	port int
}

// egressRules let instances connect to what pods may: HTTPS on the Internet, and what
// their model lists. There are none without instances.
//
// No rule keeps a machine from its metadata server, which answers for names too: that is
// not traffic of the network. Those of containers are kept from it by the machine.
// See docs.cloud.google.com/firewall/docs/firewalls#alwaysallowed.
func egressRules(regions []topology.GCPRegion) []egressRule {
	groups := map[string]topology.InstanceGroup{}
	for _, region := range regions {
		for _, group := range region.InstanceGroups {
			groups[group.Workload.Key] = group // its egress is the same everywhere
		}
	}
	if len(groups) == 0 {
		return nil
	}
	everywhere := []string{"0.0.0.0/0"}
	rules := []egressRule{
		{"private", instancesTag, privatePriority, topology.NotInternet, 0},
		{"internet", instancesTag, internetPriority, everywhere, httpsPort},
		{"closed", instancesTag, closedPriority, everywhere, 0},
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		rules = append(rules, workloadRules(key, groups[key].Egress)...)
	}
	return rules
}

// workloadRules are one for each port, which is part of the name: to another port there
// is another rule, before the one of the old port goes.
func workloadRules(key string, egress []topology.Egress) []egressRule {
	networks := map[int][]string{}
	for _, one := range egress {
		networks[one.Port] = append(networks[one.Port], one.CIDR.String())
	}
	var rules []egressRule
	for port, destinations := range networks {
		rules = append(rules, egressRule{key + "-" + strconv.Itoa(port), egressTag(key), workloadPriority, destinations, port})
	}
	slices.SortFunc(rules, func(a, b egressRule) int { return cmp.Compare(a.port, b.port) })
	return rules
}

func (r egressRule) args(project, network pulumi.StringInput) *compute.FirewallArgs {
	args := &compute.FirewallArgs{
		Project:           project,
		Network:           network,
		Direction:         pulumi.String("EGRESS"),
		Priority:          pulumi.Int(r.priority),
		DestinationRanges: pulumi.ToStringArray(r.destinations),
		TargetTags:        pulumi.StringArray{pulumi.String(r.tag)},
	}
	if r.port == 0 {
		args.Denies = compute.FirewallDenyArray{compute.FirewallDenyArgs{Protocol: pulumi.String("all")}}
		return args
	}
	args.Allows = compute.FirewallAllowArray{compute.FirewallAllowArgs{
		Protocol: pulumi.String("tcp"), Ports: pulumi.ToStringArray([]string{strconv.Itoa(r.port)}),
	}}
	return args
}
