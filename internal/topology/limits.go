package topology

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Limits of the clouds on what the program puts into shared documents.
// Sources: Microsoft's Application Gateway limits; Google's load-balancing
// quotas; Azure keeps five addresses of every subnet.
const (
	maxActiveListeners  = 100  // an Application Gateway
	maxBackendPools     = 100  // an Application Gateway, the empty default included
	maxHTTPSettings     = 100  // an Application Gateway, the empty default included
	maxPathRules        = 100  // a path map of an Application Gateway
	maxHostRules        = 1000 // a URL map, the probes' included
	maxBackendGroups    = 50   // a backend service
	azureReservedPerNet = 5
	gcpReservedPerNet   = 4
	podBits             = 8 // of addresses that GKE gives a node with the default of 110 pods
)

// usage is how much of a limit a stack uses.
type usage struct {
	path       *field.Path
	used, most int
	what, todo string
}

// checkLimits reports the limits that the topology exceeds, and the regions that
// would stand there for nobody.
func checkLimits(project string, t Topology) field.ErrorList {
	errs := append(checkUse(project, t), checkPlacements(project, t)...)
	for _, u := range usages(project, t) {
		if u.used > u.most {
			errs = append(errs, field.Forbidden(u.path, fmt.Sprintf("%d of %d %s: %s", u.used, u.most, u.what, u.todo)))
		}
	}
	return errs
}

func checkUse(project string, t Topology) field.ErrorList {
	const unused = `serves no tenant: add it to the "regions" of one, or take it out`
	var errs field.ErrorList
	for _, region := range t.Azure {
		if len(region.Gateway.Listeners) == 0 {
			errs = append(errs, field.Invalid(field.NewPath(project+":azure").Child("regions", region.Name), region.Name, unused))
		}
	}
	for _, region := range t.GCP.Regions {
		if len(region.LoadBalancer.VirtualHosts) == 0 {
			errs = append(errs, field.Invalid(field.NewPath(project+":gcp").Child("regions", region.Name), region.Name, unused))
		}
	}
	return errs
}

// checkPlacements reports tenants that would share a profile without having the
// same places: a profile must not answer with a place that a tenant excludes.
func checkPlacements(project string, t Topology) field.ErrorList {
	profiles := map[string]Profile{}
	for _, profile := range t.Profiles {
		profiles[profile.Key] = profile
	}
	var errs field.ErrorList
	for _, tenant := range t.Tenants {
		same := func(e Endpoint, p Place) bool { return e.Place == p }
		if !slices.EqualFunc(profiles[tenant.Profile].Endpoints, tenant.Places, same) {
			errs = append(errs, field.Invalid(field.NewPath(project+":tenants").Child(tenant.ID, "regions"), fmt.Sprint(tenant.Places),
				fmt.Sprintf("the places would share the name %q with others: list one region more or less", tenant.Profile)))
		}
	}
	return errs
}

func usages(project string, t Topology) []usage {
	var all []usage
	for _, region := range t.Azure {
		all = append(all, region.usages(field.NewPath(project+":azure").Child("regions", region.Name))...)
	}
	const fewerTenants = "spread the tenants over several stacks"
	gcp := field.NewPath(project + ":gcp").Child("regions")
	for _, region := range t.GCP.Regions {
		all = append(all, region.usages(gcp.Child(region.Name, "cidr"))...)
		all = append(all, usage{gcp.Child(region.Name), len(region.LoadBalancer.VirtualHosts) + 1, maxHostRules, "host rules of a URL map", fewerTenants})
	}
	for _, backend := range t.GCP.Global.Backends {
		all = append(all, usage{
			gcp, len(backend.Groups), maxBackendGroups,
			fmt.Sprintf("backend groups of workload %q (one per region, or per zone on Kubernetes)", backend.Workload.Key),
			"use fewer zones or regions",
		})
	}
	return append(all, usage{gcp, len(t.GCP.Global.VirtualHosts) + 1, maxHostRules, "host rules of the global URL map", fewerTenants})
}

func (a AzureRegion) usages(path *field.Path) []usage {
	const spread = `spread the tenants over more regions, with "regions"`
	all := []usage{
		{path, len(a.Gateway.Listeners) + 1, maxActiveListeners, "active listeners of the gateway (one per tenant, one for probes)", spread},
		{path, len(a.Gateway.Pools) + 1, maxBackendPools, "backend pools of the gateway", "share models among more tenants (isolation: pool)"},
		{path, len(a.Gateway.Pools) + 1, maxHTTPSettings, "backend settings of the gateway", "share models among more tenants (isolation: pool)"},
		{
			path.Child("cidr"), 2 * len(a.ContainerGroups), 1<<(32-a.Network.Containers.Bits()) - azureReservedPerNet,
			"addresses for container groups (twice their number, for a replacement comes before what it replaces goes)", "give the region a larger address space, or fewer replicas",
		},
		{
			path.Child("cidr"), len(a.NetworkInterfaces), 1<<(32-a.Network.Machines.Bits()) - azureReservedPerNet,
			"addresses for network interfaces", "give the region a larger address space, or fewer machines",
		},
	}
	for _, listener := range a.Gateway.Listeners {
		rules := 0
		for _, route := range listener.Routes {
			rules += len(route.Paths)
		}
		all = append(all, usage{
			path, rules, maxPathRules, fmt.Sprintf("path rules of tenant %q on the gateway", listener.Name), "give its models fewer paths",
		})
	}
	return all
}

// usages counts machines at the most that the autoscalers may make.
func (g GCPRegion) usages(cidr *field.Path) []usage {
	const larger = "give the region a larger address space, or lower the maxima"
	nodes, machines := 0, 0
	if g.Cluster != nil {
		nodes = g.Cluster.MaxNodes + 1 // one more while nodes are being upgraded
	}
	for _, group := range g.InstanceGroups {
		machines += group.MaxReplicas
	}
	return []usage{
		{cidr, nodes, 1 << (32 - podBits - g.Network.Pods.Bits()), "nodes that the range of the pods has room for", larger},
		{cidr, nodes + machines, 1<<(32-g.Network.Nodes.Bits()) - gcpReservedPerNet, "addresses for nodes and instances", larger},
	}
}
