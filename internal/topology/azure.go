package topology

import (
	"fmt"
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
	region := AzureRegion{
		Name:     name,
		Network:  azureNetwork(netip.MustParsePrefix(entry.CIDR)),
		Zones:    slices.Sorted(slices.Values(entry.Zones)),
		Identity: r.config.Azure.Identity,

		DDoSProtection: r.config.Azure.DDoSProtection,

		Certificates: r.certificates(),
		Firewall:     firewall(r.config.Azure.Firewall),
		Workloads:    r.workloadsOf(enabled(servedAt(t.Tenants, place))),
		LogAnalytics: (*LogAnalytics)(r.config.Azure.LogAnalytics),

		ContainerQuota: ContainerQuota(entry.ContainerQuota),
	}
	region.Gateways = r.gateways(region, t)
	region.ContainerSubnets = r.containerSubnets(region.Network.VirtualNetwork, statedSubnets(entry), r.workloadsOf(servedAt(t.Tenants, place)))
	zones := slices.Sorted(slices.Values(entry.ContainerZones))
	for _, workload := range region.Workloads {
		region.ContainerGroups = append(region.ContainerGroups, r.containerGroups(workload, zones)...)
	}
	region.NetworkInterfaces = r.networkInterfaces(servedAt(t.Tenants, place), region.Gateways)
	return region
}

// networkInterfaces lists the network interfaces of all tenants' workloads. A disabled tenant
// keeps its interfaces: other teams attach them to virtual machines, and Azure refuses to
// delete an interface that is attached (NicInUse).
// Sources: github.com/hashicorp/terraform-provider-azurerm/issues/8105;
// github.com/pulumi/pulumi-azure/issues/441.
func (r resolver) networkInterfaces(tenants []Tenant, gateways []Gateway) []NetworkInterface {
	var interfaces []NetworkInterface
	for _, workload := range r.onMachines(tenants) {
		for _, machine := range slices.Sorted(slices.Values(r.config.Models[workload.Model].Azure.NetworkInterfaces)) {
			interfaces = append(interfaces, NetworkInterface{workload.Key + "." + machine, workload, routingTo(workload, gateways)})
		}
	}
	return interfaces
}

// onMachines lists the workloads that serve the tenants on machines of other teams,
// sorted by key.
func (r resolver) onMachines(tenants []Tenant) []Workload {
	return slices.DeleteFunc(r.workloadsOf(tenants), func(w Workload) bool {
		runtime := r.config.Models[w.Model].Azure
		return runtime == nil || len(runtime.NetworkInterfaces) == 0
	})
}

// containerSubnets lists the subnets of all workloads that have container groups. A disabled
// tenant keeps its subnets: Azure may take long to delete one, and another workload could get
// its network before the tenant comes back.
func (r resolver) containerSubnets(space netip.Prefix, stated map[string]netip.Prefix, workloads []Workload) []ContainerSubnet {
	var subnets []ContainerSubnet
	var names []string
	for _, workload := range workloads {
		runtime := r.config.Models[workload.Model].Azure.Containers
		if runtime == nil {
			continue
		}
		for ordinal := 0; ordinal < r.containerReplicas(workload, *runtime); ordinal += replicasPerSubnet {
			name := containerSubnetName(workload.Key, ordinal)
			names = append(names, name)
			subnets = append(subnets, ContainerSubnet{Name: name, Workload: workload, Egress: egress(r.config.Models[workload.Model])})
		}
	}
	prefixes := containerPrefixes(space, names, stated)
	for i := range subnets {
		subnets[i].Prefix = prefixes[subnets[i].Name]
	}
	return subnets
}

// containerReplicas is how many container groups serve a workload in each region.
func (r resolver) containerReplicas(workload Workload, runtime config.Containers) int {
	return r.replicas(workload, config.Range{Min: runtime.Replicas}).Min
}

// routingTo names the gateways that have a pool of a workload.
func routingTo(workload Workload, gateways []Gateway) []string {
	var names []string
	for _, gateway := range gateways {
		if slices.ContainsFunc(gateway.Pools, func(w Workload) bool { return w.Key == workload.Key }) {
			names = append(names, gateway.Name)
		}
	}
	return names
}

func (r resolver) certificates() []Certificate {
	var all []Certificate
	for _, name := range sortedKeys(r.config.Azure.Certificates) {
		all = append(all, Certificate{name, r.config.Azure.Certificates[name].Secret})
	}
	return all
}

func firewall(entry config.Firewall) Firewall {
	result := Firewall{RuleSet: entry.RuleSet}
	for _, exclusion := range entry.Exclusions {
		result.Exclusions = append(result.Exclusions, Exclusion(exclusion))
	}
	return result
}

// azureNetwork cuts an address space into its subnets. Machines get a quarter, and the last
// quarter is for those of container groups; a gateway can use no more than a /24.
func azureNetwork(space netip.Prefix) AzureNetwork {
	return AzureNetwork{
		VirtualNetwork: space,
		Gateways:       subnet(space, 24, 0),
		Machines:       subnet(space, space.Bits()+2, 2),
	}
}

// containerGroups are the replicas of a workload in a region, spread over its
// zones.
func (r resolver) containerGroups(workload Workload, zones []string) []ContainerGroup {
	model := r.config.Models[workload.Model]
	runtime := model.Azure.Containers
	if runtime == nil {
		return nil
	}
	groups := r.replicasOf(workload, *runtime, workload.Key+"-", r.server(workload, runtime.Server, 0), zones)
	if runtime.Next != nil {
		next := r.server(workload, runtime.Server.On(*runtime.Next), 0)
		groups = append(groups, r.replicasOf(workload, *runtime, workload.Key+"-n", next, zones)...)
	}
	return groups
}

// replicasOf are container groups that run a server, with names that begin alike.
func (r resolver) replicasOf(workload Workload, runtime config.Containers, name string, server config.Server, zones []string) []ContainerGroup {
	groups := make([]ContainerGroup, r.containerReplicas(workload, runtime))
	for i := range groups {
		groups[i] = ContainerGroup{
			Name:      fmt.Sprint(name, i),
			Subnet:    containerSubnetName(workload.Key, i),
			Workload:  workload,
			CPU:       runtime.CPU,
			MemoryGiB: runtime.MemoryGiB,
			Server:    server,
			Registry:  r.registry(server.Image),
		}
		if len(zones) > 0 {
			groups[i].Zone = zones[i%len(zones)]
		}
	}
	return groups
}

// registry is that of an image, if somebody has to sign in to it.
func (r resolver) registry(image string) *Registry {
	server := config.RegistryOf(image)
	entry, known := r.config.Platform.Registries[server]
	if !known {
		return nil
	}
	if server == "docker.io" {
		server = "index.docker.io" // where Docker Hub signs in
	}
	return &Registry{server, entry.Identity, entry.Username, entry.Password}
}
