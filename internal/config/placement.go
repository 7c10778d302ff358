package config

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// cloudNames are the names of the clouds: in a stack file, in places, and of the
// runtimes of a model.
var cloudNames = []string{"azure", "gcp"}

// globalPlace is the name, among places, of Google's global load balancer, which
// stands for all of Google's regions.
const globalPlace = "gcp"

// cloudAlone is the cloud that a tenant names in place of regions; "" if it names
// none, or has an order of places.
func (t Tenant) cloudAlone() string {
	if len(t.Regions) == 1 && slices.Contains(cloudNames, t.Regions[0]) {
		return t.Regions[0]
	}
	return ""
}

// OrdersPlaces reports whether a tenant gives its places an order. The others are
// served by the routing of the platform.
func (t Tenant) OrdersPlaces() bool { return t.Regions != nil && t.cloudAlone() == "" }

// PlacesOf lists where a tenant is served, as <cloud>/<region>, or "gcp" for
// Google's global load balancer: where the tenant says, in its order; or else in
// all regions of its residency; or else in all of Azure's regions, and in all of
// Google's through the global load balancer. A tenant that names a cloud alone has
// the places of that cloud among these. Places that the tenant does not order are
// in the order of priority routing, or else sorted.
//
// Which models run where has no part in it: a place that cannot serve a tenant is
// an error.
func (c Config) PlacesOf(tenant Tenant) []string {
	if tenant.OrdersPlaces() {
		return tenant.Regions
	}
	places := slices.Clone(c.Platform.Residencies[tenant.Residency])
	if tenant.Residency == "" {
		for region := range maps.Keys(c.Azure.Regions) {
			places = append(places, "azure/"+region)
		}
		places = append(places, globalPlace)
	}
	if alone := tenant.cloudAlone(); alone != "" {
		places = slices.DeleteFunc(places, func(place string) bool { return cloudOf(place) != alone })
	}
	traffic := c.Platform.Traffic
	slices.SortFunc(places, func(a, b string) int {
		return cmp.Or(cmp.Compare(traffic.PlaceOf(a).Priority, traffic.PlaceOf(b).Priority), cmp.Compare(a, b))
	})
	return places
}

// regionsOf lists the regions that may serve a tenant, all of Google's in place of
// its global load balancer.
func (c Config) regionsOf(tenant Tenant) []string {
	var regions []string
	for _, place := range c.PlacesOf(tenant) {
		stands := []string{place}
		if place == globalPlace {
			stands = c.googlePlaces()
		}
		for _, region := range stands {
			if !slices.Contains(regions, region) { // an order may have both
				regions = append(regions, region)
			}
		}
	}
	return regions
}

// googlePlaces are Google's regions, sorted.
func (c Config) googlePlaces() []string {
	var places []string
	for _, region := range slices.Sorted(maps.Keys(c.GCP.Regions)) {
		places = append(places, "gcp/"+region)
	}
	return places
}

// ServedIn reports whether a cloud, "azure" or "gcp", serves a tenant.
func (c Config) ServedIn(cloud string, tenant Tenant) bool {
	return slices.ContainsFunc(c.PlacesOf(tenant), func(place string) bool { return cloudOf(place) == cloud })
}

// places are the regions of the stack, as <cloud>/<region>.
func (c Config) places() map[string]struct{} {
	places := map[string]struct{}{}
	for name := range c.Azure.Regions {
		places["azure/"+name] = struct{}{}
	}
	for name := range c.GCP.Regions {
		places["gcp/"+name] = struct{}{}
	}
	return places
}

// cloudOf is the cloud of a place.
func cloudOf(place string) string {
	cloud, _, _ := strings.Cut(place, "/")
	return cloud
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
