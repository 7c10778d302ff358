package topology

import (
	"slices"
	"strconv"
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
		tenant := Tenant{
			ID:                 id,
			Hosts:              slices.Sorted(slices.Values(entry.Hosts)),
			Models:             slices.Sorted(slices.Values(entry.Models)),
			Places:             parsePlaces(r.config.PlacesOf(entry)),
			Isolation:          string(entry.Isolation),
			Residency:          entry.Residency,
			Gateway:            entry.Gateway,
			Enabled:            entry.Enabled,
			RateLimitPerMinute: entry.RateLimitPerMinute,
			Canary:             entry.Canary,
			owner:              ownerOf(id, entry),
		}
		tenant.Profile = profileKey(tenant.Places, entry)
		tenants = append(tenants, tenant)
	}
	return tenants
}

// enabled are the tenants that are served.
func enabled(tenants []Tenant) []Tenant {
	return slices.DeleteFunc(slices.Clone(tenants), func(t Tenant) bool { return !t.Enabled })
}

func parsePlaces(names []string) []Place {
	places := make([]Place, len(names))
	for i, name := range names {
		cloud, region, _ := strings.Cut(name, "/")
		places[i] = Place{Cloud(cloud), region}
	}
	return places
}

// profileKey names the placement of a tenant. It depends on what the tenant says
// and not on which regions there are, so that a new region changes a profile in
// place.
func profileKey(places []Place, tenant config.Tenant) string {
	var parts []string
	switch {
	case tenant.OrdersPlaces():
		for _, place := range places {
			parts = append(parts, strings.ReplaceAll(place.String(), "/", "-"))
		}
	case tenant.Residency != "":
		parts = append([]string{"residency", tenant.Residency}, onlyCloud(places)...)
	case len(onlyCloud(places)) > 0:
		parts = append([]string{"nearest"}, onlyCloud(places)...)
	default:
		parts = []string{DefaultProfile}
	}
	if tenant.Gateway > 1 {
		parts = append(parts, strconv.Itoa(tenant.Gateway))
	}
	return naming.Join(maxKey, parts...)
}

// onlyCloud is the cloud of all the places, if they are of one.
func onlyCloud(places []Place) []string {
	if slices.ContainsFunc(places, func(p Place) bool { return p.Cloud != places[0].Cloud }) {
		return nil
	}
	return []string{string(places[0].Cloud)}
}

// workloads are the keys of what serves the tenant's models, in their order.
func (t Tenant) workloads() []string {
	keys := make([]string, len(t.Models))
	for i, model := range t.Models {
		keys[i] = config.WorkloadKey(t.owner, model)
	}
	return keys
}

// reaches are the keys of what serves the tenant's models, and of what it tries.
func (t Tenant) reaches() []string {
	keys := t.workloads()
	if t.Canary != nil {
		keys = append(keys, config.WorkloadKey(t.owner, t.Canary.Model))
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
