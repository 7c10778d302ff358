package config

import (
	"cmp"
	"maps"
	"slices"
)

// globalPlace is the name, among places, of Google's global load balancer, which
// stands for all of Google's regions.
const globalPlace = "gcp"

// PlacesOf lists where a tenant may be served, as <cloud>/<region>, or "gcp" for
// Google's global load balancer: where the tenant says, in its order; or else in
// all regions of its residency; or else in all of Azure's regions, and in all of
// Google's through the global load balancer. A cloud counts that serves its
// models. Places that the tenant does not order are in the order of priority
// routing, or else sorted.
func (c Config) PlacesOf(tenant Tenant) []string {
	if tenant.Regions != nil {
		return tenant.Regions
	}
	places := slices.Clone(c.Platform.Residencies[tenant.Residency])
	if tenant.Residency == "" {
		for region := range maps.Keys(c.Azure.Regions) {
			places = append(places, "azure/"+region)
		}
		places = append(places, globalPlace)
	}
	places = slices.DeleteFunc(places, func(place string) bool { return !c.Serves(cloudOf(place), tenant) })
	traffic := c.Platform.Traffic
	slices.SortFunc(places, func(a, b string) int {
		return cmp.Or(cmp.Compare(traffic.PlaceOf(a).Priority, traffic.PlaceOf(b).Priority), cmp.Compare(a, b))
	})
	return places
}

// PlaceOf is what routing has to know of a place: where profiles are nested,
// what it has to know of the place's cloud.
func (t Traffic) PlaceOf(place string) TrafficPlace { return t.Places[t.keyOf(place)] }

// keyOf is the key of what routing has to know of a place.
func (t Traffic) keyOf(place string) string {
	if t.Nested {
		return cloudOf(place)
	}
	return place
}
