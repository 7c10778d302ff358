package topology

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"ai-serving/internal/hostpattern"
	"ai-serving/internal/partition"
)

// Limits of the clouds on what the program puts into shared documents.
// Sources: Microsoft's limits of Application Gateway and Traffic Manager; Google's
// load-balancing quotas, and docs.cloud.google.com/load-balancing/docs/url-map-size-quota;
// Azure keeps five addresses of every subnet.
const (
	maxActiveListeners  = 100     // an Application Gateway
	maxBackendPools     = 100     // an Application Gateway, the empty default included
	maxCertificates     = 100     // an Application Gateway
	maxPathRules        = 100     // a path map of an Application Gateway
	maxLimits           = limits  // a firewall policy, beside the rule that is the first
	maxProfiles         = 200     // Traffic Manager profiles of a subscription
	maxEndpoints        = 200     // a Traffic Manager profile
	maxHostRules        = 1000    // a URL map, the probes' included
	maxHosts            = 1000    // a host rule of a URL map
	maxURLMap           = 1 << 20 // bytes of a URL map
	maxBackendGroups    = 50      // a backend service
	azureReservedPerNet = 5
	gcpReservedPerNet   = 4
	podBits             = 8 // of addresses that GKE gives a node with the default of 110 pods
)

// usage is how much of a limit a stack uses.
type usage struct {
	path       *field.Path
	used, most int
	what, todo string
	// where is what has the limit, if the path does not say it.
	where string
}

// String says what is used of what: "gateway westeurope: 47 of 100 listeners".
func (u usage) String() string {
	text := fmt.Sprintf("%d of %d %s", u.used, u.most, u.what)
	if u.where != "" {
		return u.where + ": " + text
	}
	return text
}

// checkLimits reports the limits that the topology exceeds, and the regions that
// would stand there for nobody.
func checkLimits(project string, t Topology) field.ErrorList {
	errs := append(checkUse(project, t), checkPlacements(project, t)...)
	errs = append(errs, checkHosts(project, t)...)
	errs = append(errs, checkFit(project, t)...)
	for _, u := range usages(project, t) {
		if u.used > u.most {
			errs = append(errs, field.Forbidden(u.path, fmt.Sprintf("%s: %s", u, u.todo)))
		}
	}
	return errs
}

func checkUse(project string, t Topology) field.ErrorList {
	const unused = `serves no tenant: add it to the "regions" of one, or take it out`
	var errs field.ErrorList
	for _, region := range t.Azure {
		if len(servedAt(t.Tenants, Place{Azure, region.Name})) == 0 {
			errs = append(errs, field.Invalid(field.NewPath(project+":azure").Child("regions", region.Name), region.Name, unused))
		}
	}
	for _, region := range t.GCP.Regions {
		if len(servedAt(t.Tenants, Place{GCloud, region.Name}, global)) == 0 {
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
		if !leadsTo(profiles[tenant.Profile], tenant) {
			errs = append(errs, field.Invalid(field.NewPath(project+":tenants").Child(tenant.ID), fmt.Sprint(tenant.Places),
				fmt.Sprintf("the places would share the name %q with others: list one region more or less, or rename the residency", tenant.Profile)))
		}
	}
	return errs
}

// leadsTo says whether a profile has the places of a tenant, and its gateways.
func leadsTo(profile Profile, tenant Tenant) bool {
	own := func(e Endpoint) bool {
		return e.Gateway == "" || e.Gateway == gatewayName(e.Place.Region, tenant.Gateway)
	}
	return slices.Equal(profile.places(), tenant.Places) && !slices.ContainsFunc(profile.leaves(), func(e Endpoint) bool { return !own(e) })
}

// checkHosts reports hosts that are too long for a value of a firewall's rule.
func checkHosts(project string, t Topology) field.ErrorList {
	var errs field.ErrorList
	for _, tenant := range t.Tenants {
		for _, host := range tenant.Hosts {
			if value := hostpattern.Values(t.Domain, []string{host})[0]; len(value) > hostpattern.MaxLength {
				errs = append(errs, field.Invalid(field.NewPath(project+":tenants").Child(tenant.ID, "hosts"), host,
					fmt.Sprintf("a rule of the gateways' firewall would write it in %d characters, of at most %d: choose a shorter one", len(value), hostpattern.MaxLength)))
			}
		}
	}
	return errs
}

func usages(project string, t Topology) []usage {
	all := profileUsages(field.NewPath(project+":tenants"), t.Profiles)
	for _, region := range t.Azure {
		all = append(all, region.usages(field.NewPath(project+":azure").Child("regions", region.Name), t.Domain)...)
	}
	gcp := field.NewPath(project + ":gcp").Child("regions")
	for _, region := range t.GCP.Regions {
		all = append(all, region.usages(gcp.Child(region.Name, "cidr"))...)
		all = append(all, region.gpuUsages(gcp.Child(region.Name, "gpus"))...)
		all = append(all, hostUsages(gcp.Child(region.Name), "the URL map", "gcp/"+region.Name, region.LoadBalancer.VirtualHosts)...)
	}
	for _, backend := range t.GCP.Global.Backends {
		all = append(all, usage{
			gcp, len(backend.Groups), maxBackendGroups,
			fmt.Sprintf("backend groups of workload %q (one per region, or per zone on Kubernetes)", backend.Workload.Key),
			"use fewer zones or regions", string(GCloud),
		})
	}
	return append(all, hostUsages(gcp, "the global URL map", string(GCloud), t.GCP.Global.VirtualHosts)...)
}

// HostRules divides the hosts of one matcher of a URL map into as many host rules as
// they need. A host that comes or goes changes one of them.
func HostRules(hosts []string) [][]string {
	return partition.ByHash(hosts, func(part []string) bool { return len(part) <= maxHosts })
}

// hostUsages count what the hosts of a URL map use of it. Those with the same routes
// share a matcher and its host rules.
func hostUsages(path *field.Path, urlMap, where string, hosts []VirtualHost) []usage {
	const cells = "divide the tenants among several stacks, as docs/operations.md describes"
	byRoutes := map[string][]string{}
	for _, host := range hosts {
		routes, err := json.Marshal(host.Routes)
		if err != nil {
			panic(err) // plain values always have a form in JSON
		}
		byRoutes[string(routes)] = append(byRoutes[string(routes)], host.Hosts...)
	}
	rules, size := 1, 0
	for routes, hosts := range byRoutes {
		rules += len(HostRules(hosts))
		size += matcherBytes + strings.Count(routes, `"Workload"`)*serviceBytes + len(routes) + len(strings.Join(hosts, `","`))
	}
	return []usage{
		{path, rules, maxHostRules, "host rules of " + urlMap, cells, where},
		{path, len(byRoutes) + 1, maxHostRules, "path matchers of " + urlMap + " (one for each set of models)", cells, where},
		{path, size, maxURLMap, "bytes of " + urlMap + ", estimated", cells, where},
	}
}

// What a URL map has of a path matcher beside its routes, and of a route beside its
// paths: ids of backend services, actions on headers, refusals.
const (
	matcherBytes = 800
	serviceBytes = 200
)

// profileUsages count what of Traffic Manager the tenants' placements use. Its
// limit of ten on how deep profiles nest is out of reach: they nest three times at most.
func profileUsages(path *field.Path, profiles []Profile) []usage {
	const where = "Traffic Manager"
	parts, widest := map[string]Profile{}, 0
	for _, profile := range profiles {
		maps.Copy(parts, profile.parts())
	}
	for _, part := range parts {
		widest = max(widest, len(part.Endpoints))
	}
	return []usage{
		{
			path, len(parts), maxProfiles,
			"profiles of the subscription (one for each distinct order of places, where they nest one for each cloud with several, and those of healthModels)",
			"give tenants the same regions in the same order, or a residency, or name fewer healthModels", where,
		},
		{path, widest, maxEndpoints, "endpoints of a profile", "give the tenants that have most regions fewer", where},
	}
}

func (a AzureRegion) usages(path *field.Path, domain string) []usage {
	where := Place{Azure, a.Name}.String()
	all := append(a.containerUsages(path, where), []usage{
		{
			path.Child("cidr"), len(a.NetworkInterfaces), 1<<(32-a.Network.Machines.Bits()) - azureReservedPerNet,
			"addresses for network interfaces", "give the region a larger address space, or fewer machines", where,
		},
		{
			path.Child("gateway", "capacity", "max"), a.gatewayAddresses(), 1<<(32-a.Network.Gateways.Bits()) - azureReservedPerNet,
			"addresses for gateways (their instances at the most, and private frontends)", "lower the maximum", where,
		},
	}...)
	for _, gateway := range a.Gateways {
		all = append(all, gateway.usages(path, domain)...)
	}
	return all
}

// containerUsages count the container groups twice: a change of what runs makes
// all that it concerns anew before the first of the old ones goes.
func (a AzureRegion) containerUsages(path *field.Path, where string) []usage {
	const (
		twice = "(twice what runs, for a replacement comes before what it replaces goes)"
		raise = "have Azure raise the subscription's quota and say so here, or give the models fewer replicas"
	)
	groups, cores := 2*len(a.ContainerGroups), 0.0
	for _, group := range a.ContainerGroups {
		cores += 2 * group.CPU
	}
	quota := path.Child("containerQuota")
	return []usage{
		{
			path.Child("cidr"), len(a.ContainerSubnets), maxContainerSubnets(a.Network.VirtualNetwork),
			fmt.Sprintf("subnets for container groups (one for every %d replicas of a workload)", replicasPerSubnet),
			"give the region a larger address space, or fewer replicas", where,
		},
		{quota.Child("groups"), groups, a.ContainerQuota.Groups, "container groups " + twice, raise, where},
		{quota.Child("cores"), int(math.Ceil(cores)), a.ContainerQuota.Cores, "cores of container groups " + twice, raise, where},
	}
}

func (a AzureRegion) gatewayAddresses() int {
	count := 0
	for _, gateway := range a.Gateways {
		count += gateway.MaxCapacity
		if gateway.PrivateAddress.IsValid() {
			count++
		}
	}
	return count
}

// ownListeners are those of a gateway for no tenant that route somewhere: one for
// the probes, and one that refuses what no other answers. One that redirects is
// not active.
// Source: learn.microsoft.com/azure/application-gateway/application-gateway-faq.
const ownListeners = 2

func (g Gateway) usages(path *field.Path, domain string) []usage {
	const full = `give the tenants that are new another number of "gateway"`
	where := "gateway " + g.Name
	all := []usage{
		{path, g.activeListeners(), maxActiveListeners, "active listeners (one for each tenant with hosts or replicas of its own, and again for a private frontend)", full, where},
		{path, len(g.Pools) + 1, maxBackendPools, "backend pools and settings (one for each workload)", full, where},
		{path, len(g.certificates()), maxCertificates, "certificates", full, where},
		{path, len(g.Probes) + 1, maxPathRules, "path rules for health probes (one for each placement)", "use fewer sets of regions, or name fewer healthModels", where},
	}
	for _, listener := range g.Listeners {
		rules := 1 // what refuses every other path
		for _, route := range listener.Routes {
			rules += len(route.Paths)
		}
		all = append(all, usage{path, rules, maxPathRules, fmt.Sprintf("path rules of listener %q", listener.Name), "give the models fewer paths", where})
	}
	for _, access := range g.Access {
		hosts := hostpattern.Values(domain, access.Hosts)
		all = append(all,
			usage{path, len(access.Limits), maxLimits, fmt.Sprintf("tenants of the pool with a rate limit on %q", access.Workload), full, where},
			usage{path, len(hosts), hostpattern.MaxValues, fmt.Sprintf("values of the firewall's rule on who may use %q (each for several hosts)", access.Workload), full, where})
	}
	return all
}

// activeListeners are those that route somewhere, on both frontends.
func (g Gateway) activeListeners() int {
	listeners := len(g.Listeners) + ownListeners
	if g.PrivateAddress.IsValid() {
		return 2 * listeners
	}
	return listeners
}

// certificates are the names of those that the gateway uses.
func (g Gateway) certificates() []string {
	used := map[string]bool{}
	for _, listener := range g.Listeners {
		used[listener.Certificate] = true
	}
	used[g.HealthCertificate] = true
	delete(used, "")
	return sortedKeys(used)
}

// usages counts machines at the most that the autoscalers may make.
func (g GCPRegion) usages(cidr *field.Path) []usage {
	const larger = "give the region a larger address space, or lower the maxima"
	where := Place{GCloud, g.Name}.String()
	nodes, machines := 0, 0
	if g.Cluster != nil {
		for _, pool := range g.Cluster.Pools {
			nodes += pool.MaxNodes + 1 // one more while nodes are being upgraded
		}
	}
	for _, group := range g.InstanceGroups {
		machines += group.MaxReplicas
	}
	return []usage{
		{cidr, nodes, 1 << (32 - podBits - g.Network.Pods.Bits()), "nodes that the range of the pods has room for", larger, where},
		{cidr, nodes + machines, 1<<(32-g.Network.Nodes.Bits()) - gcpReservedPerNet, "addresses for nodes and instances", larger, where},
	}
}

// gpuUsages count accelerators: those that replicas need of those that the shared
// nodes have, and those of all nodes of what the project may have. Each at the
// most.
func (g GCPRegion) gpuUsages(gpus *field.Path) []usage {
	if g.Cluster == nil {
		return nil
	}
	where := Place{GCloud, g.Name}.String()
	var all []usage
	for _, kind := range sortedKeys(g.GPUQuotas) {
		if nodes := g.Cluster.gpus(kind); nodes > 0 {
			all = append(all, usage{
				gpus.Child(kind, "count", "max"), g.Cluster.gpusUsed(kind), nodes,
				kind + " of the shared nodes", "raise the number of nodes, or lower the replicas at the most", where,
			})
		}
		all = append(all, usage{
			gpus.Child(kind, "quota"), g.Cluster.gpusOf(kind), g.GPUQuotas[kind],
			kind + " of the quota", "ask Google for more, or lower the number of nodes (those that tenants have to themselves count too)", where,
		})
	}
	return all
}
