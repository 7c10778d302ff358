package config

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateDrained refuses to drain the last place of a tenant: Traffic Manager
// answers nothing when all endpoints of a profile are disabled.
func (c Config) validateDrained(path *field.Path) field.ErrorList {
	if !c.anyDrained() {
		return nil
	}
	var errs field.ErrorList
	for _, id := range slices.Sorted(maps.Keys(c.Tenants)) {
		tenant := c.Tenants[id]
		if places := c.regionsOf(tenant); tenant.Enabled && len(places) > 0 && !slices.ContainsFunc(places, c.TakesClients) {
			errs = append(errs, field.Forbidden(path.Child(id), "all of its places are drained: "+strings.Join(places, ", ")))
		}
	}
	return errs
}

func (c Config) anyDrained() bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(c.places())), func(place string) bool { return !c.TakesClients(place) })
}

// TakesClients says whether a place, as <cloud>/<region>, is not drained. Google's
// global load balancer, "gcp", takes clients while any of its regions does.
func (c Config) TakesClients(place string) bool {
	cloud, region, _ := strings.Cut(place, "/")
	switch {
	case cloud == "azure":
		return !c.Azure.Regions[region].Drained
	case place != globalPlace:
		return !c.GCP.Regions[region].Drained
	}
	return slices.ContainsFunc(slices.Collect(maps.Values(c.GCP.Regions)), func(region GCPRegion) bool { return !region.Drained })
}
