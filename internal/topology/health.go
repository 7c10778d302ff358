package topology

import (
	"cmp"
	"slices"

	"ai-serving/internal/config"
	"ai-serving/internal/naming"
)

// judges are the keys of the workloads by which a placement's places are found healthy or
// not, sorted: of the models in healthModels, those that enabled tenants of the placement
// share. A tenant's own replicas judge no place, which other tenants have too.
func (r resolver) judges(members []Tenant) []string {
	var judges []string
	for _, model := range slices.Sorted(slices.Values(r.config.Platform.Traffic.HealthModels)) {
		shared := func(t Tenant) bool { return t.owner == "" && slices.Contains(t.Models, model) }
		if slices.ContainsFunc(enabled(members), shared) {
			judges = append(judges, config.WorkloadKey("", model))
		}
	}
	return judges
}

// probed is the workload that a profile's own probe asks.
func (r resolver) probed(members []Tenant, judges []string) string {
	if len(judges) > 0 {
		return judges[0]
	}
	return r.representative(enabled(members))
}

// judged is an endpoint that is healthy only if all of the judges are. A profile asks all
// of its endpoints for one path. So there is a profile for each judge, with the endpoint
// alone in it, and one over these, which needs all of them. A single judge needs none: the
// profile that the endpoint is in asks it.
// Source: learn.microsoft.com/azure/traffic-manager/traffic-manager-nested-profiles.
func (r resolver) judged(endpoint Endpoint, judges []string) Endpoint {
	if len(judges) < 2 {
		return endpoint
	}
	location := cmp.Or(endpoint.Location, endpoint.Place.Region) // Azure knows no location of a profile
	alone := endpoint
	alone.Drained = false // the endpoint above says so
	every := r.healthProfile("every", endpoint, judges)
	for _, judge := range judges {
		one := r.healthProfile("health", endpoint, []string{judge})
		one.Probe = Probe{Name: "model-" + judge, Path: "/healthz/model-" + judge, Workload: judge}
		one.Endpoints = []Endpoint{alone}
		every.Probe = one.Probe // it has no endpoint to ask
		every.Endpoints = append(every.Endpoints, Endpoint{
			Place: endpoint.Place, Gateway: endpoint.Gateway, Kind: Nested, Location: location,
			Judge: judge, Child: &one, MinChildren: 1,
		})
	}
	return Endpoint{
		Place: endpoint.Place, Gateway: endpoint.Gateway, Kind: Nested, Location: location,
		Drained: endpoint.Drained, Child: &every, MinChildren: len(judges),
	}
}

// healthProfile is a profile of one place, without its endpoints. Its key depends on the
// place and the judges alone, so that placements share it.
func (r resolver) healthProfile(kind string, endpoint Endpoint, judges []string) Profile {
	place := cmp.Or(endpoint.Gateway, naming.Join(maxKey, slices.DeleteFunc([]string{string(endpoint.Place.Cloud), endpoint.Place.Region}, empty)...))
	// Two hyphens part the place from the judges: the names of both may have one.
	parts := []string{kind, place}
	for _, judge := range judges {
		parts = append(parts, "", judge)
	}
	key := naming.Join(maxKey, parts...)
	return Profile{Key: key, DNSName: r.config.Platform.DNSLabel + "-" + key, Routing: Priority}
}

func empty(s string) bool { return s == "" }
