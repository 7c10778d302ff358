package topology

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"

	"ai-serving/internal/config"
	"ai-serving/internal/pathpattern"
)

const (
	// firstPriority and priorities bound what the rules of exact hosts get: every
	// second one, for those between them are of a private frontend. The room on
	// both sides, in Azure's 1 to 20000, is for the rules that go before or after
	// every tenant's.
	firstPriority = 1000
	priorities    = 8500
	// poolPriority comes after all exact hosts.
	poolPriority = firstPriority + 2*priorities + 1000
	// firstLimit and limits bound what rate limits get in a firewall policy, whose
	// priorities are 1 to 100. The first is of the rule that comes before all
	// limits.
	firstLimit = 2
	limits     = 99
)

// gateways are those of a region: one for each number that a tenant names which
// the region may serve, enabled or not, for a gateway is slow to get back.
func (r resolver) gateways(region AzureRegion, t Topology) []Gateway {
	members := map[int][]Tenant{}
	for _, tenant := range servedAt(t.Tenants, Place{Azure, region.Name}) {
		members[tenant.Gateway] = append(members[tenant.Gateway], tenant)
	}
	var gateways []Gateway
	for _, number := range sortedKeys(members) {
		gateways = append(gateways, r.gateway(number, region, members[number], t.Profiles))
	}
	return gateways
}

// gateway serves the members that are enabled.
func (r resolver) gateway(number int, region AzureRegion, members []Tenant, profiles []Profile) Gateway {
	tenants := enabled(members)
	entry := r.config.Azure.Regions[region.Name].Gateway
	name := gatewayName(region.Name, number)
	gateway := Gateway{
		Name:        name,
		DNSLabel:    r.config.Platform.DNSLabel + "-" + name,
		MinCapacity: entry.Capacity.Min,
		MaxCapacity: entry.Capacity.Max,
		HTTP2:       r.config.Azure.HTTP2,
		Listeners:   r.listeners(tenants),
		Pools:       r.pools(members),
		Access:      r.access(tenants),
		Probes:      probesThrough(profiles, name),
	}
	gateway.IdleMinutes = idleMinutes(gateway.Pools)
	if entry.Private {
		gateway.PrivateAddress = fromEnd(region.Network.Gateways, number)
	}
	if r.config.Platform.TLS == config.TLSCertificates {
		gateway.HealthCertificate = r.certificateOf(r.config.Platform.HealthHost())
	}
	return gateway
}

// pools are of the workloads that a gateway routes to, and of those of disabled tenants
// that network interfaces are members of: these stay, and no route has the pool.
func (r resolver) pools(members []Tenant) []Workload {
	byKey := map[string]Workload{}
	for _, workload := range append(r.workloadsOf(enabled(members)), r.onMachines(members)...) {
		byKey[workload.Key] = workload
	}
	return sortedValues(byKey)
}

// gatewayName is the region's, with the number from the second on.
func gatewayName(region string, number int) string {
	if number == 1 {
		return region
	}
	return fmt.Sprintf("%s-%d", region, number)
}

// fromEnd is the address so many before the last of a network, which is its
// broadcast address. Azure gives out addresses from the other end.
func fromEnd(network netip.Prefix, back int) netip.Addr {
	base := network.Addr().As4()
	last := binary.BigEndian.Uint32(base[:]) | (1<<(32-network.Bits()) - 1)
	var address [4]byte
	binary.BigEndian.PutUint32(address[:], last-uint32(back))
	return netip.AddrFrom4(address)
}

// listeners are one for each set of exact hosts, and the one of the pool.
func (r resolver) listeners(tenants []Tenant) []Listener {
	all := map[string]Listener{}
	pooled := map[string][]pathpattern.Pattern{} // paths by workload
	for _, tenant := range tenants {
		routes := r.routes(tenant)
		exact := tenant.Hosts
		// The wildcard tells the tenant by the first label of the host.
		if own := tenant.ID + "." + r.config.Platform.Domain; slices.Contains(exact, own) && r.sharesListener(tenant) {
			exact = slices.DeleteFunc(slices.Clone(exact), func(host string) bool { return host == own })
			for _, route := range routes {
				pooled[route.Workload] = route.Paths
			}
		}
		for _, listener := range r.exactListeners(tenant, exact, routes) {
			all[listener.Name] = listener
		}
	}
	if len(all) <= priorities { // what there is no room for is refused by the check of limits
		given := slots(sortedKeys(all), 0, priorities)
		for name, listener := range all {
			listener.Priority = firstPriority + 2*given[name]
			all[name] = listener
		}
	}
	if len(pooled) > 0 {
		all[PoolListener] = r.poolListener(pooled)
	}
	return sortedValues(all)
}

func (r resolver) poolListener(paths map[string][]pathpattern.Pattern) Listener {
	listener := Listener{
		Name:        PoolListener,
		Hosts:       []string{r.wildcard()},
		Priority:    poolPriority,
		Certificate: r.certificateOf(r.wildcard()),
	}
	for _, workload := range sortedKeys(paths) {
		listener.Routes = append(listener.Routes, Route{Workload: workload, Paths: paths[workload]})
	}
	return listener
}

// exactListeners are a tenant's: one for each certificate that its hosts need.
func (r resolver) exactListeners(tenant Tenant, hosts []string, routes []Route) []Listener {
	byCertificate := map[string][]string{}
	for _, host := range hosts {
		certificate := r.certificateOf(host)
		byCertificate[certificate] = append(byCertificate[certificate], host)
	}
	var listeners []Listener
	for _, certificate := range sortedKeys(byCertificate) {
		listener := Listener{
			Name:        tenant.ID,
			Tenant:      tenant.ID,
			Hosts:       byCertificate[certificate],
			Routes:      routes,
			Certificate: certificate,
			Own:         tenant.owner != "",
		}
		if len(byCertificate) > 1 {
			listener.Name += "." + certificate
		}
		if listener.Own && tenant.RateLimitPerMinute > 0 {
			listener.Limit = &RateLimit{tenant.ID, tenant.Hosts, tenant.RateLimitPerMinute, firstLimit}
		}
		listeners = append(listeners, listener)
	}
	return listeners
}

// sharesListener says whether the host <tenant>.<domain> is carried by the
// listener of the pool. That routes a path to one model; a tenant that has the
// path from another model needs a listener with exact hosts. Which model it routes
// to depends on the catalogue and not on the tenants: it must not change with them.
func (r resolver) sharesListener(tenant Tenant) bool {
	if tenant.owner != "" || r.config.Platform.TLS == config.TLSCertificates && r.certificateOf(r.wildcard()) == "" {
		return false
	}
	return !slices.ContainsFunc(tenant.Models, r.yieldsPaths)
}

// yieldsPaths reports whether an earlier model of the catalogue, by name, has a path
// in common with a model, as a gateway compares them.
func (r resolver) yieldsPaths(model string) bool {
	for _, other := range sortedKeys(r.config.Models) {
		if other >= model {
			return false
		}
		if r.config.Models[other].Azure != nil && pathpattern.Gateway.AnyMeet(r.config.Models[other].Paths, r.config.Models[model].Paths) {
			return true
		}
	}
	return false
}

// wildcard stands for all hosts of one label under the platform's domain.
func (r resolver) wildcard() string { return "*." + r.config.Platform.Domain }

// certificateOf names the certificate for a host, or for a wildcard; "" without
// TLS.
func (r resolver) certificateOf(host string) string {
	return config.CertificateFor(r.config.Azure.Certificates, host)
}

// access says, of each workload that tenants share, who may use it: see [Access].
func (r resolver) access(tenants []Tenant) []Access {
	byWorkload := map[string]Access{}
	for _, tenant := range tenants {
		if tenant.owner != "" {
			continue
		}
		for _, key := range tenant.workloads() {
			access := byWorkload[key]
			access.Workload = key
			access.Hosts = append(access.Hosts, tenant.Hosts...)
			if tenant.RateLimitPerMinute > 0 {
				access.Limits = append(access.Limits, RateLimit{Tenant: tenant.ID, Hosts: tenant.Hosts, PerMinute: tenant.RateLimitPerMinute})
			}
			byWorkload[key] = access
		}
	}
	for _, tenant := range tenants {
		if tenant.owner == "" {
			continue
		}
		for _, model := range tenant.Models {
			key := config.WorkloadKey("", model)
			if access, shared := byWorkload[key]; shared {
				access.Hosts = append(access.Hosts, tenant.Hosts...)
				byWorkload[key] = access
			}
		}
	}
	for key, access := range byWorkload {
		slices.Sort(access.Hosts)
		access.Limits = prioritised(access.Limits)
		byWorkload[key] = access
	}
	return sortedValues(byWorkload)
}

// prioritised gives limits the priorities that depend on their tenants. What there
// is no room for is refused by the check of limits.
func prioritised(all []RateLimit) []RateLimit {
	if len(all) > limits {
		return all
	}
	names := make([]string, len(all))
	for i, limit := range all {
		names[i] = limit.Tenant
	}
	given := slots(names, firstLimit, limits)
	for i := range all {
		all[i].Priority = given[all[i].Tenant]
	}
	return all
}
