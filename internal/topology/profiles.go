package topology

import (
	"slices"

	"ai-serving/internal/config"
)

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

func (r resolver) profile(key string, members []Tenant) Profile {
	profile := Profile{
		Key:     key,
		DNSName: r.config.Platform.DNSLabel + "-" + key,
		Routing: Priority,
		Probe:   Probe{Name: key, Path: "/healthz/" + key, Workload: r.representative(members)},
	}
	if key == DefaultProfile {
		profile.DNSName = r.config.Platform.DNSLabel
	}
	if r.namesNoRegions(members[0]) {
		profile.Routing = Performance
	}
	for _, place := range members[0].Places {
		profile.Endpoints = append(profile.Endpoints, r.endpoint(place, members[0].Gateway))
	}
	return profile
}

// namesNoRegions says whether a tenant left its places to the program, and so
// has no preference among them.
func (r resolver) namesNoRegions(tenant Tenant) bool {
	return r.config.Tenants[tenant.ID].Regions == nil
}

func (r resolver) endpoint(place Place, gateway int) Endpoint {
	if place.Cloud == Azure {
		return Endpoint{Place: place, Gateway: gatewayName(place.Region, gateway)}
	}
	region := place.Region
	if place == global {
		region = sortedKeys(r.config.GCP.Regions)[0]
	}
	return Endpoint{
		Place:    place,
		Host:     r.config.Platform.GCPHost(place.Region),
		Location: config.NearestAzureRegion(region),
	}
}

// representative is the workload that stands for a placement: one that tenants
// share, if any does, so that no tenant's own replicas decide for others.
func (r resolver) representative(members []Tenant) string {
	workloads := r.workloadsOf(members)
	if i := slices.IndexFunc(workloads, func(w Workload) bool { return w.Tenant == "" }); i >= 0 {
		return workloads[i].Key
	}
	return workloads[0].Key
}

// probesAt lists the probes that a load balancer of Google's has to answer.
func probesAt(profiles []Profile, place Place) []Probe {
	return probesOf(profiles, func(e Endpoint) bool { return e.Place == place })
}

// probesThrough lists the probes that a gateway has to answer.
func probesThrough(profiles []Profile, gateway string) []Probe {
	return probesOf(profiles, func(e Endpoint) bool { return e.Gateway == gateway })
}

// probesOf lists the probes of the profiles that have such an endpoint, sorted by
// path.
func probesOf(profiles []Profile, such func(Endpoint) bool) []Probe {
	probes := map[string]Probe{}
	for _, profile := range profiles {
		if slices.ContainsFunc(profile.Endpoints, such) {
			probes[profile.Key] = profile.Probe
		}
	}
	return sortedValues(probes)
}
