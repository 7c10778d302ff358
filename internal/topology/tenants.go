package topology

import (
	"slices"
	"strings"

	"ai-serving/internal/config"
	"ai-serving/internal/naming"
)

// DefaultProfile is the key of the profile of the tenants that may be served
// everywhere.
const DefaultProfile = "default"

// global is the place of Google's global load balancer.
var global = Place{Cloud: GCloud}

// resolveTenants lists the tenants, sorted by id.
func (r resolver) resolveTenants() []Tenant {
	tenants := make([]Tenant, 0, len(r.config.Tenants))
	for _, id := range sortedKeys(r.config.Tenants) {
		entry := r.config.Tenants[id]
		places := r.placesOf(entry)
		tenants = append(tenants, Tenant{
			ID:        id,
			Hosts:     slices.Sorted(slices.Values(entry.Hosts)),
			Models:    slices.Sorted(slices.Values(entry.Models)),
			Profile:   r.profileKey(places, entry.Regions == nil),
			Places:    places,
			Isolation: string(entry.Isolation),
			owner:     ownerOf(id, entry),
		})
	}
	return tenants
}

// placesOf lists where a tenant may be served. A tenant that names no regions
// gets all of Azure's, and all of Google's through the global load balancer, of
// the clouds that serve its models.
func (r resolver) placesOf(tenant config.Tenant) []Place {
	var places []Place
	if tenant.Regions != nil {
		for _, region := range tenant.Regions {
			cloud, name, _ := strings.Cut(region, "/")
			places = append(places, Place{Cloud(cloud), name})
		}
		return places
	}
	if r.config.Serves(string(Azure), tenant) {
		for _, name := range sortedKeys(r.config.Azure.Regions) {
			places = append(places, Place{Azure, name})
		}
	}
	if r.config.Serves(string(GCloud), tenant) {
		places = append(places, global)
	}
	return places
}

// profileKey names the placement of a tenant. The default one is every place
// that the stack has.
func (r resolver) profileKey(places []Place, byDefault bool) string {
	if byDefault && len(places) == len(r.config.Azure.Regions)+1 {
		return DefaultProfile
	}
	if byDefault { // on one cloud; its regions may become more
		return "nearest-" + string(places[0].Cloud)
	}
	var names []string
	for _, place := range places {
		names = append(names, string(place.Cloud)+"-"+place.Region)
	}
	// Leaves room for the platform's DNS label, at most 40 characters, in a
	// relative name of 63.
	return naming.Join(22, names...)
}

// workloads are the keys of what serves the tenant's models, in their order.
func (t Tenant) workloads() []string {
	keys := make([]string, len(t.Models))
	for i, model := range t.Models {
		keys[i] = config.WorkloadKey(t.owner, model)
	}
	return keys
}

// servedAt lists the tenants that one of the places may serve.
func servedAt(tenants []Tenant, places ...Place) []Tenant {
	var served []Tenant
	for _, tenant := range tenants {
		if slices.ContainsFunc(places, func(p Place) bool { return slices.Contains(tenant.Places, p) }) {
			served = append(served, tenant)
		}
	}
	return served
}
