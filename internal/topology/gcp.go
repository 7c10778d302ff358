package topology

import (
	"net/netip"
	"slices"

	"ai-serving/internal/config"
	"ai-serving/internal/machinetype"
)

func (r resolver) resolveGCP(t Topology) GCP {
	gcp := GCP{
		Project:        r.config.GCP.Project,
		StaticLocation: r.config.GCP.StaticLocation,
	}
	for _, name := range sortedKeys(r.config.GCP.AuthorizedNetworks) {
		gcp.AuthorizedNetworks = append(gcp.AuthorizedNetworks,
			AuthorizedNetwork{name, netip.MustParsePrefix(r.config.GCP.AuthorizedNetworks[name])})
	}
	for _, name := range sortedKeys(r.config.GCP.Regions) {
		gcp.Regions = append(gcp.Regions, r.gcpRegion(name, t))
	}
	gcp.MachineTypes = r.machineTypes(gcp.Regions)
	served := enabled(servedAt(t.Tenants, global))
	gcp.Global = GlobalLoadBalancer{
		Backends:       r.backends(served, gcp.Regions),
		VirtualHosts:   r.virtualHosts(served),
		Probes:         probesAt(t.Profiles, global),
		Host:           r.config.Platform.GCPHost(""),
		CertificateMap: r.config.GCP.CertificateMap,
	}
	return gcp
}

func (r resolver) gcpRegion(name string, t Topology) GCPRegion {
	entry := r.config.GCP.Regions[name]
	place := Place{GCloud, name}
	region := GCPRegion{
		Name:    name,
		Zones:   zoneNames(name, entry.Zones),
		Network: gcpNetwork(netip.MustParsePrefix(entry.CIDR)),
		Drained: entry.Drained,
	}
	for _, kind := range sortedKeys(entry.GPUs) {
		if region.GPUQuotas == nil {
			region.GPUQuotas = map[string]int{}
		}
		region.GPUQuotas[kind] = entry.GPUs[kind].Quota
	}
	// Tenants that the global load balancer serves may be served here too.
	members := servedAt(t.Tenants, place, global)
	served := enabled(members)
	if r.onKubernetes(members) {
		region.Cluster = &Cluster{Maintenance: maintenance(entry.Maintenance)}
	}
	for _, workload := range r.workloadsAndCanaries(served) {
		r.place(workload, &region)
	}
	if region.Cluster != nil {
		region.Cluster.Pools = nodePools(name, region.Cluster.Deployments, entry)
		allowSurges(region.Cluster)
		allowSurgeNodes(region.Cluster, region.GPUQuotas)
	}
	region.LoadBalancer = RegionalLoadBalancer{
		Backends:     r.backends(served, []GCPRegion{region}),
		VirtualHosts: r.virtualHosts(served),
		Probes:       probesAt(t.Profiles, place),
		Host:         r.config.Platform.GCPHost(name),
		Certificates: slices.Sorted(slices.Values(entry.Certificates)),
	}
	return region
}

// workloadsAndCanaries lists the workloads that serve the tenants, sorted by key,
// those that they try included.
func (r resolver) workloadsAndCanaries(tenants []Tenant) []Workload {
	all := map[string]Workload{}
	for _, workload := range append(r.workloadsOf(tenants), r.canariesOf(tenants)...) {
		all[workload.Key] = workload
	}
	return sortedValues(all)
}

// onKubernetes says whether a tenant's workload runs on Kubernetes, which takes a
// cluster. It is to be asked of tenants that are disabled too: a cluster is slow to
// get back, and a protected one is not let go.
func (r resolver) onKubernetes(tenants []Tenant) bool {
	return slices.ContainsFunc(r.workloadsAndCanaries(tenants), func(w Workload) bool {
		return r.config.Models[w.Model].GCP.Kubernetes != nil
	})
}

// place adds a workload to what runs in a region, whose cluster there is where it
// needs one.
func (r resolver) place(workload Workload, region *GCPRegion) {
	model := r.config.Models[workload.Model]
	runtime := model.GCP
	if runtime.Instances != nil {
		region.InstanceGroups = append(region.InstanceGroups, r.instanceGroup(workload, *runtime.Instances))
		return
	}
	region.Cluster.Deployments = append(region.Cluster.Deployments, r.deployment(workload, *runtime.Kubernetes))
}

func (r resolver) instanceGroup(workload Workload, runtime config.Instances) InstanceGroup {
	replicas := r.replicas(workload, runtime.Replicas)
	group := InstanceGroup{
		Workload:    workload,
		MachineType: runtime.MachineType,
		MinReplicas: replicas.Min, MaxReplicas: replicas.Max,
		DiskGiB: runtime.DiskGiB,
		Scaling: *runtime.Scaling,
		Egress:  egress(r.config.Models[workload.Model]),
	}
	machine, _ := r.config.MachineType(runtime.MachineType) // validated
	switch {
	case runtime.GPU != nil:
		group.GPU, group.Attached = &GPU{runtime.GPU.Type, runtime.GPU.Count}, true
	case machine.GPU != "":
		group.GPU = &GPU{machine.GPU, machine.GPUs}
	}
	group.Server = r.server(workload, runtime.Server, group.GPU.count())
	return group
}

func namespace(tenant string) string {
	if tenant == "" {
		return "pool"
	}
	return "tenant-" + tenant
}

// gcpNetwork cuts an address space up: the upper half is for pods, of which a
// node takes 256 addresses; the first sixteenths of the lower half are for
// nodes, services, proxies and the control plane, in that order.
func gcpNetwork(space netip.Prefix) GCPNetwork {
	sixteenth := space.Bits() + 4
	return GCPNetwork{
		Nodes:        subnet(space, sixteenth, 0),
		Services:     subnet(space, sixteenth, 1),
		ProxyOnly:    first(subnet(space, sixteenth, 2), 23),
		ControlPlane: first(subnet(space, sixteenth, 3), 28),
		Pods:         subnet(space, space.Bits()+1, 1),
	}
}

// first is the first part of a network, of the given prefix length.
func first(space netip.Prefix, bits int) netip.Prefix { return netip.PrefixFrom(space.Addr(), bits) }

func zoneNames(region string, letters []string) []string {
	names := make([]string, 0, len(letters))
	for _, letter := range slices.Sorted(slices.Values(letters)) {
		names = append(names, region+"-"+letter)
	}
	return names
}

// backends lists what reaches each workload of the tenants in the regions given.
func (r resolver) backends(tenants []Tenant, regions []GCPRegion) []Backend {
	var result []Backend
	limits := throttles(tenants)
	for _, workload := range r.workloadsAndCanaries(tenants) {
		backend := Backend{Workload: workload}
		for _, tenant := range tenants {
			if limit, limited := limits[tenant.ID]; limited && slices.Contains(tenant.reaches(), workload.Key) {
				backend.Limits = append(backend.Limits, limit)
			}
		}
		for _, region := range regions {
			backend.Groups = append(backend.Groups, region.groups(workload.Key)...)
		}
		result = append(result, backend)
	}
	return result
}

// groups are a workload's in the region: one instance group, or an endpoint
// group for each zone.
func (g GCPRegion) groups(workload string) []BackendGroup {
	for _, group := range g.InstanceGroups {
		if group.Workload.Key == workload {
			return []BackendGroup{{g.Name + "/" + workload, Instances, g.Drained}}
		}
	}
	groups := make([]BackendGroup, 0, len(g.Zones))
	for _, zone := range g.Zones {
		groups = append(groups, BackendGroup{zone + "/" + workload, Endpoints, g.Drained})
	}
	return groups
}

const (
	// firstThrottle and throttlePriorities bound what rate limits get in a security
	// policy of Google's, whose priorities are 0 to 2147483647.
	firstThrottle      = 1000
	throttlePriorities = 1 << 30
)

// throttles are the limits of those of a load balancer's tenants that have one,
// by tenant. A policy of the balancer's has them all: a priority is of one tenant
// there, whatever workloads it is served by.
func throttles(tenants []Tenant) map[string]RateLimit {
	limits := map[string]RateLimit{}
	for _, tenant := range tenants {
		if tenant.RateLimitPerMinute > 0 {
			limits[tenant.ID] = RateLimit{Tenant: tenant.ID, Hosts: tenant.Hosts, PerMinute: tenant.RateLimitPerMinute}
		}
	}
	given := slots(sortedKeys(limits), firstThrottle, throttlePriorities)
	for id, limit := range limits {
		limit.Priority = given[id]
		limits[id] = limit
	}
	return limits
}

// machineTypes lists the machine types of the nodes of the regions' clusters.
func (r resolver) machineTypes(regions []GCPRegion) map[string]machinetype.Type {
	types := map[string]machinetype.Type{}
	for _, region := range regions {
		if region.Cluster == nil {
			continue
		}
		for _, pool := range region.Cluster.Pools {
			types[pool.MachineType], _ = r.config.MachineType(pool.MachineType) // validated
		}
	}
	return types
}
