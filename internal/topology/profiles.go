package topology

import (
	"maps"
	"net/netip"
	"slices"

	"ai-serving/internal/config"
	"ai-serving/internal/naming"
)

// routings are the routing methods by the names that a stack file may use.
var routings = map[config.Routing]Routing{
	config.Performance: Performance,
	config.Priority:    Priority,
	config.Weighted:    Weighted,
	config.Geographic:  Geographic,
	config.Subnet:      Subnet,
	config.MultiValue:  MultiValue,
}

// endpointKinds are what places are to Traffic Manager, by the names that a stack
// file may use.
var endpointKinds = map[config.EndpointKind]EndpointKind{
	config.AzureEndpoints:    ByID,
	config.ExternalEndpoints: ByName,
	config.AddressEndpoints:  ByAddress,
}

// maxKey is the longest key of a profile: it leaves room for the platform's DNS
// label, at most 37 characters, in a relative name of 63.
const maxKey = 24

// resolveProfiles makes a profile for every distinct placement, sorted by key,
// the default one first.
func (r resolver) resolveProfiles(tenants []Tenant) []Profile {
	members := map[string][]Tenant{}
	for _, tenant := range tenants {
		members[tenant.Profile] = append(members[tenant.Profile], tenant)
	}
	var profiles []Profile
	if byDefault, used := members[DefaultProfile]; used {
		profiles = append(profiles, r.profile(DefaultProfile, byDefault))
	}
	for _, key := range sortedKeys(members) {
		if key != DefaultProfile {
			profiles = append(profiles, r.profile(key, members[key]))
		}
	}
	return profiles
}

// profile is that of a placement. It chooses among the places, or first among
// the clouds and then, by profiles of their own, among the places of one.
func (r resolver) profile(key string, members []Tenant) Profile {
	judges := r.judges(members)
	profile := Profile{
		Key:     key,
		DNSName: r.config.Platform.DNSLabel + "-" + key,
		Probe:   Probe{Name: key, Path: "/healthz/" + key, Workload: r.probed(members, judges)},
	}
	if key == DefaultProfile {
		profile.DNSName = r.config.Platform.DNSLabel
	}
	tenant, traffic := members[0], r.config.Platform.Traffic
	among, within := Priority, Priority // of a tenant that orders its places
	if !r.config.Tenants[tenant.ID].OrdersPlaces() {
		among, within = routings[traffic.Routing], Performance
	}
	clouds := byCloud(tenant.Places)
	switch {
	case !traffic.Nested:
		profile.Routing, profile.Endpoints = among, r.endpoints(tenant.Places, tenant.Gateway, judges)
	case len(clouds) == 2:
		profile.Routing, profile.Endpoints = among, r.nestedEndpoints(profile, clouds, within, tenant.Gateway, judges)
	default:
		// One cloud only, or an order of places that goes to and fro between the
		// clouds: no profile of a cloud would keep to it.
		profile.Routing, profile.Endpoints = within, r.endpoints(tenant.Places, tenant.Gateway, judges)
	}
	if len(profile.Endpoints) == 1 {
		profile.Routing = Priority // there is nothing to choose
	}
	for i, endpoint := range profile.Endpoints {
		profile.Endpoints[i] = endpoint.routed(profile.Routing, traffic.PlaceOf(endpoint.Place.String()))
	}
	if profile.Probe.Workload == "" {
		profile.close()
	}
	return profile
}

// close disables all endpoints, where no tenant of the placement is enabled. The
// profile stays: hosts still point to its name, which would be anybody's without.
// Source: learn.microsoft.com/azure/security/fundamentals/subdomain-takeover.
func (p *Profile) close() {
	for i := range p.Endpoints {
		p.Endpoints[i].Drained = true
		if child := p.Endpoints[i].Child; child != nil {
			child.close()
		}
	}
}

// byCloud divides places into runs of one cloud each: two, where the places of
// each of the clouds stand together.
func byCloud(places []Place) [][]Place {
	var runs [][]Place
	for i, place := range places {
		if i == 0 || place.Cloud != places[i-1].Cloud {
			runs = append(runs, nil)
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], place)
	}
	return runs
}

func (r resolver) endpoints(places []Place, gateway int, judges []string) []Endpoint {
	endpoints := make([]Endpoint, len(places))
	for i, place := range places {
		endpoints[i] = r.judged(r.endpoint(place, gateway), judges)
	}
	return endpoints
}

func (r resolver) endpoint(place Place, gateway int) Endpoint {
	endpoint := Endpoint{Place: place, Kind: endpointKinds[r.config.Platform.Traffic.Endpoints], Drained: !r.takesClients(place)}
	if place.Cloud == Azure {
		endpoint.Gateway = gatewayName(place.Region, gateway)
		if endpoint.Kind != ByID {
			endpoint.Location = place.Region
		}
		return endpoint
	}
	if endpoint.Kind == ByID {
		endpoint.Kind = ByName // Azure has no id for it
	}
	endpoint.Host = r.config.Platform.GCPHost(place.Region)
	endpoint.Location = r.location(place)
	return endpoint
}

// takesClients says whether a place is not drained.
func (r resolver) takesClients(place Place) bool { return r.config.TakesClients(place.String()) }

// location is the region of Azure that performance routing takes a place to be
// in. Google's global load balancer is taken to be where the first of Google's
// regions is, by name.
func (r resolver) location(place Place) string {
	switch {
	case place.Cloud == Azure:
		return place.Region
	case place == global:
		return r.config.NearestAzureRegion(sortedKeys(r.config.GCP.Regions)[0])
	default:
		return r.config.NearestAzureRegion(place.Region)
	}
}

// nestedEndpoints are one for each cloud: its place, or a profile over its
// places, which performance routing takes to be where the first of them is.
func (r resolver) nestedEndpoints(parent Profile, clouds [][]Place, within Routing, gateway int, judges []string) []Endpoint {
	endpoints := make([]Endpoint, len(clouds))
	for i, places := range clouds {
		if len(places) == 1 {
			endpoints[i] = r.judged(r.endpoint(places[0], gateway), judges)
			continue
		}
		cloud := places[0].Cloud
		key := naming.Join(maxKey, "nested", string(cloud), parent.Key)
		endpoints[i] = Endpoint{
			Place:       Place{Cloud: cloud},
			Kind:        Nested,
			Location:    r.location(places[0]),
			Drained:     !slices.ContainsFunc(places, r.takesClients),
			MinChildren: r.config.Platform.Traffic.MinChildEndpoints,
			Child: &Profile{
				Key:       key,
				DNSName:   r.config.Platform.DNSLabel + "-" + key,
				Routing:   within,
				Probe:     parent.Probe,
				Endpoints: r.endpoints(places, gateway, judges),
			},
		}
		if within == Priority {
			// The tenant's order goes through the cloud to its last place.
			endpoints[i].MinChildren = 1
		}
	}
	return endpoints
}

// routed is the endpoint with what a routing method has to know of it.
func (e Endpoint) routed(routing Routing, place config.TrafficPlace) Endpoint {
	switch routing {
	case Weighted:
		e.Weight = place.Weight
	case Geographic:
		e.Geography = slices.Sorted(slices.Values(place.Geography))
	case Subnet:
		for _, subnet := range slices.Sorted(slices.Values(place.Subnets)) {
			e.Subnets = append(e.Subnets, netip.MustParsePrefix(subnet))
		}
	}
	return e
}

// representative is the workload that stands for a placement: one that tenants
// share, if any does, so that no tenant's own replicas decide for others. The
// first by name stays the same while tenants come and go. It is "" where there is
// no tenant.
func (r resolver) representative(members []Tenant) string {
	workloads := r.workloadsOf(members)
	if i := slices.IndexFunc(workloads, func(w Workload) bool { return w.Tenant == "" }); i >= 0 {
		return workloads[i].Key
	}
	if len(workloads) == 0 {
		return ""
	}
	return workloads[0].Key
}

// parts are the profile itself and those that it chooses among, theirs included, by key.
func (p Profile) parts() map[string]Profile {
	parts := map[string]Profile{p.Key: p}
	for _, endpoint := range p.Endpoints {
		if endpoint.Child != nil {
			maps.Copy(parts, endpoint.Child.parts())
		}
	}
	return parts
}

// leaves are the endpoints that a profile may answer with, its children's in the place of
// them. A place that several profiles ask is there once.
func (p Profile) leaves() []Endpoint {
	var leaves []Endpoint
	for _, endpoint := range p.Endpoints {
		if endpoint.Child != nil {
			leaves = append(leaves, endpoint.Child.leaves()...)
			continue
		}
		leaves = append(leaves, endpoint)
	}
	return slices.CompactFunc(leaves, func(a, b Endpoint) bool { return a.Place == b.Place && a.Gateway == b.Gateway })
}

// places are those that a profile may answer with, in order of preference.
func (p Profile) places() []Place {
	leaves := p.leaves()
	places := make([]Place, len(leaves))
	for i, leaf := range leaves {
		places[i] = leaf.Place
	}
	return places
}

// probesAt lists the probes that a load balancer of Google's has to answer.
func probesAt(profiles []Profile, place Place) []Probe {
	return probesOf(profiles, func(e Endpoint) bool { return e.Place == place })
}

// probesThrough lists the probes that a gateway has to answer.
func probesThrough(profiles []Profile, gateway string) []Probe {
	return probesOf(profiles, func(e Endpoint) bool { return e.Gateway == gateway })
}

// probesOf lists the probes of the profiles that may answer with such an endpoint, and of
// the profiles that they choose among, sorted by path.
func probesOf(profiles []Profile, such func(Endpoint) bool) []Probe {
	probes := map[string]Probe{}
	for _, profile := range profiles {
		for _, part := range profile.parts() {
			if part.Probe.Workload != "" && slices.ContainsFunc(part.leaves(), such) {
				probes[part.Probe.Name] = part.Probe
			}
		}
	}
	return sortedValues(probes)
}
