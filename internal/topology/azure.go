package topology

import (
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"

	"ai-serving/internal/config"
)

func (r resolver) resolveAzure(t Topology) []AzureRegion {
	regions := make([]AzureRegion, 0, len(r.config.Azure.Regions))
	for _, name := range sortedKeys(r.config.Azure.Regions) {
		regions = append(regions, r.azureRegion(name, t))
	}
	return regions
}

func (r resolver) azureRegion(name string, t Topology) AzureRegion {
	entry := r.config.Azure.Regions[name]
	place := Place{Azure, name}
	tenants := servedAt(t.Tenants, place)
	region := AzureRegion{
		Name:     name,
		Network:  azureNetwork(netip.MustParsePrefix(entry.CIDR)),
		DNSLabel: r.config.Platform.DNSLabel + "-" + name,
		Zones:    slices.Sorted(slices.Values(entry.Zones)),
		Gateway: Gateway{
			MinCapacity: entry.Gateway.Capacity.Min,
			MaxCapacity: entry.Gateway.Capacity.Max,
			Pools:       r.workloadsOf(tenants),
			Probes:      probesAt(t.Profiles, place),
		},
	}
	region.Gateway.Listeners, region.Gateway.HealthPriority = listeners(r.virtualHosts(tenants))
	for _, workload := range region.Gateway.Pools {
		runtime := r.config.Models[workload.Model].Azure
		region.ContainerGroups = append(region.ContainerGroups, containerGroups(workload, runtime.Containers, region.Zones)...)
		for _, machine := range slices.Sorted(slices.Values(runtime.NetworkInterfaces)) {
			region.NetworkInterfaces = append(region.NetworkInterfaces, NetworkInterface{workload.Key + "." + machine, workload})
		}
	}
	return region
}

// azureNetwork cuts an address space into its subnets. Container groups and
// machines get a quarter each; a gateway can use no more than a /24.
func azureNetwork(space netip.Prefix) AzureNetwork {
	return AzureNetwork{
		VirtualNetwork: space,
		Gateways:       subnet(space, 24, 0),
		Containers:     subnet(space, space.Bits()+2, 1),
		Machines:       subnet(space, space.Bits()+2, 2),
	}
}

// containerGroups are the replicas of a workload in a region, spread over its
// zones.
func containerGroups(workload Workload, runtime *config.Containers, zones []string) []ContainerGroup {
	if runtime == nil {
		return nil
	}
	groups := make([]ContainerGroup, runtime.Replicas)
	for i := range groups {
		groups[i] = ContainerGroup{
			Name:      fmt.Sprintf("%s-%d", workload.Key, i),
			Workload:  workload,
			CPU:       runtime.CPU,
			MemoryGiB: runtime.MemoryGiB,
		}
		if len(zones) > 0 {
			groups[i].Zone = zones[i%len(zones)]
		}
	}
	return groups
}

const (
	// healthListener is the name that the priority of the probes' rule hangs on.
	healthListener = "health"
	// firstPriority and priorities bound what listeners get. The room on both
	// sides, in Azure's 1 to 20000, is for rules that are to go before or after
	// every tenant's.
	firstPriority = 1000
	priorities    = 18000
)

// listeners gives each virtual host a priority that hangs on its name, and the
// probes' rule one too. All hosts are exact, so their order does not matter;
// that each keeps its own when others come and go does.
func listeners(hosts []VirtualHost) (result []Listener, health int) {
	taken := map[int]bool{}
	health = claimPriority(healthListener, taken)
	for _, host := range hosts {
		result = append(result, Listener{host, claimPriority(host.Name, taken)})
	}
	return result, health
}

// claimPriority takes the first free priority from where the name's hash
// points.
func claimPriority(name string, taken map[int]bool) int {
	hash := fnv.New32a()
	hash.Write([]byte(name)) // never fails
	slot := int(hash.Sum32() % priorities)
	for taken[slot] {
		slot = (slot + 1) % priorities
	}
	taken[slot] = true
	return firstPriority + slot
}
