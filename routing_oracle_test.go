package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"ai-serving/internal/config"
)

// oracle says what a stack file asks for: it reads the file's values and nothing
// that the program makes of them.
type oracle struct{ config.Config }

// tenants are sorted.
func (o oracle) tenants() []string { return slices.Sorted(maps.Keys(o.Tenants)) }

// ordered reports whether a tenant names places, and not a cloud in place of them.
func (o oracle) ordered(id string) bool {
	named := o.Tenants[id].Regions
	return len(named) > 1 || len(named) == 1 && strings.Contains(named[0], "/")
}

// places are where a tenant is to be served, in its order: those that it names, or
// those of its residency, or all of both clouds, Google's through the global load
// balancer "gcp"; of the cloud alone that it names.
func (o oracle) places(id string) []string {
	tenant := o.Tenants[id]
	var places []string
	switch {
	case o.ordered(id):
		return tenant.Regions
	case tenant.Residency != "":
		places = slices.Sorted(slices.Values(o.Platform.Residencies[tenant.Residency]))
	default:
		for _, region := range slices.Sorted(maps.Keys(o.Azure.Regions)) {
			places = append(places, "azure/"+region)
		}
		places = append(places, "gcp")
	}
	return slices.DeleteFunc(places, func(place string) bool {
		cloud, _, _ := strings.Cut(place, "/")
		return len(tenant.Regions) > 0 && cloud != tenant.Regions[0]
	})
}

// drained says whether clients are kept away from a place: from the global load
// balancer when they are from all of Google's regions.
func (o oracle) drained(place string) bool {
	cloud, region, regional := strings.Cut(place, "/")
	switch {
	case cloud == "azure":
		return o.Azure.Regions[region].Drained
	case regional:
		return o.GCP.Regions[region].Drained
	default:
		return !slices.ContainsFunc(slices.Collect(maps.Values(o.GCP.Regions)), func(r config.GCPRegion) bool { return !r.Drained })
	}
}

// serves says whether a load balancer answers for a tenant: the gateways of its
// number at its places, the regional load balancers of its places, and for a tenant
// of the global one all regional ones too.
func (o oracle) serves(id string, at balancer) bool {
	tenant, places := o.Tenants[id], o.places(id)
	switch {
	case !tenant.Enabled:
		return false
	case at.cloud() == "azure":
		return slices.Contains(places, at.place) && tenant.Gateway == at.gateway
	default:
		return slices.Contains(places, at.place) || slices.Contains(places, "gcp")
	}
}

// owner is the tenant whose replicas serve a tenant: "" for the pool.
func (o oracle) owner(id string) string {
	if o.Tenants[id].Isolation == config.Pool {
		return ""
	}
	return id
}

// model is the one of a tenant's that a path is of, the one with the most specific
// pattern; "" if it is of none. Azure's gateways take no notice of case.
func (o oracle) model(id, path string, foldCase bool) string {
	path, _, _ = strings.Cut(path, "?")
	best, rank := "", 0
	for _, model := range o.Tenants[id].Models {
		for _, pattern := range o.patterns(model) {
			if length := specificity(pattern, path, foldCase); length > rank {
				best, rank = model, length
			}
		}
	}
	return best
}

// specificity is how closely a pattern matches a path; 0 if it does not.
func specificity(pattern, path string, foldCase bool) int {
	if foldCase {
		pattern, path = strings.ToLower(pattern), strings.ToLower(path)
	}
	prefix, isPrefix := strings.CutSuffix(pattern, "*")
	switch {
	case pattern == path:
		return 1 << 16 // no prefix is as long
	case isPrefix && strings.HasPrefix(path, prefix):
		return len(prefix)
	default:
		return 0
	}
}

// patterns are a model's, sorted.
func (o oracle) patterns(model string) []string {
	var all []string
	for _, pattern := range o.Models[model].Paths {
		all = append(all, string(pattern))
	}
	slices.Sort(all)
	return all
}

// share is a workload's part of a tenant's requests.
type share struct {
	workload
	part float64
}

// shares of the requests for a tenant's model. Only Google's load balancers divide
// requests.
func (o oracle) shares(id, model string, at balancer) []share {
	owner, canary := o.owner(id), o.Tenants[id].Canary
	own := workload{owner, model}
	if canary == nil || canary.Percent == 0 || at.cloud() == "azure" || !slices.Equal(o.patterns(model), o.patterns(canary.Model)) {
		return []share{{own, 1}}
	}
	tried := float64(canary.Percent) / 100
	return []share{{own, 1 - tried}, {workload{owner, canary.Model}, tried}}
}

// stream is the longest response of a workload, in seconds.
func (o oracle) stream(w workload) int {
	return cmp.Or(o.Tenants[w.tenant].MaxStreamSeconds, o.Models[w.model].MaxStreamSeconds)
}

// paths to ask for: every pattern of the catalogue exactly, below it, in capitals,
// with a query and as something that only begins like it; and some of nobody's.
func (o oracle) paths() []string {
	all := map[string]bool{"/": true, "/nothing": true, "/static": true, "/v1": true, "/healthz/default": true}
	for model := range o.Models {
		for _, pattern := range o.patterns(model) {
			stem, isPrefix := strings.CutSuffix(pattern, "/*")
			all[stem+"/"] = true
			if stem != "" {
				all[stem], all[stem+"x"], all[strings.ToUpper(stem)] = true, true, true
			}
			if isPrefix {
				all[stem+"/below/it?and=more"], all[strings.ToUpper(stem)+"/Below"] = true, true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}
