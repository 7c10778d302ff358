package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ai-serving/internal/config"
)

// values are an object of a stack file.
type values = map[string]any

// Where generated stacks may be. westus has no zones.
var (
	azureRegions  = []string{"eastus2", "westeurope", "westus"}
	googleRegions = []string{"asia-east1", "europe-west4", "us-central1"}
)

const (
	generatedDomain = "ai.example.com"
	certificates    = "projects/generated-stack/locations/%s/certificates/wildcard"
)

// stack is a stack file in the making. Every choice leaves it valid.
type stack struct {
	t      *rapid.T
	tls    config.TLS
	places []string
	models map[string]values
	// certified are the hosts that a certificate of their own is for.
	certified []string
	// residencies are places by name.
	residencies map[string][]string
	// placed are the places of each tenant that is served.
	placed [][]string
	// drained is the place that clients are kept away from; "" for none.
	drained string
}

// stackFile draws a stack file: the first tenant has the first model, which both
// clouds run everywhere, so that no region stands there for nobody.
func stackFile(t *rapid.T, tls config.TLS) config.File {
	s := &stack{t: t, tls: tls, residencies: map[string][]string{}}
	azure, google := s.some(azureRegions, 1, "azure"), s.some(googleRegions, 1, "gcp")
	for _, region := range azure {
		s.places = append(s.places, "azure/"+region)
	}
	for _, region := range google {
		s.places = append(s.places, "gcp/"+region)
	}
	s.drawModels()
	platform, tenants := s.platform(), s.tenants()
	s.drain()
	return fileOf(map[string]any{
		"platform": platform, "models": s.models, "tenants": tenants,
		"azure": s.azure(azure), "gcp": s.google(google),
	})
}

func fileOf(sections map[string]any) config.File {
	file := config.File{Project: "ai-serving", Stack: "generated", Values: map[string]string{"gcp:project": "generated-stack"}}
	for name, section := range sections {
		raw, err := json.Marshal(section)
		if err != nil {
			panic(err) // values always have a form in JSON
		}
		file.Values["ai-serving:"+name] = string(raw)
	}
	return file
}

// some are at least so many of what there is, in its order.
func (s *stack) some(all []string, least int, label string) []string {
	chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(all), least, len(all), rapid.ID).Draw(s.t, label)
	return slices.DeleteFunc(slices.Clone(all), func(one string) bool { return !slices.Contains(chosen, one) })
}

// one of so many times.
func (s *stack) one(of int, label string) bool {
	return rapid.IntRange(1, of).Draw(s.t, label) == of
}

func (s *stack) platform() values {
	for i := range rapid.IntRange(0, 2).Draw(s.t, "residencies") {
		s.residencies[fmt.Sprintf("residency%d", i)] = s.some(s.places, 1, "residency")
	}
	return values{
		"domain": generatedDomain, "dnsLabel": "generated", "tls": s.tls, "residencies": s.residencies,
		"traffic": values{
			"nested":       s.one(3, "nested"),
			"healthModels": s.some(slices.Sorted(maps.Keys(s.models)), 0, "health models"),
			"endpoints":    rapid.SampledFrom([]config.EndpointKind{config.AzureEndpoints, config.ExternalEndpoints}).Draw(s.t, "endpoints"),
		},
	}
}

// patterns overlap in every way that paths can, with case and without.
var patterns = []string{
	"/v1/*", "/v1/chat/*", "/v1/chat/completions", "/v1/chat/long/*", "/v1/embeddings", "/v1/embeddings/*",
	"/V1/chat/*", "/v1/Chat/long/*", "/rank", "/Rank/*", "/v1", "/*",
}

// clash reports whether two patterns must not stand side by side, of two models of a
// tenant or, where they only differ in case, of one model: they are of one path, or
// one is below the other when case does not count, and is not when it does.
func clash(a, b string) (onePath, inCase bool) {
	below := func(narrow, wide string) bool {
		stem, isPrefix := strings.CutSuffix(wide, "/*")
		return strings.TrimSuffix(narrow, "/*") == stem || isPrefix && strings.HasPrefix(narrow, stem+"/")
	}
	related := func(a, b string) bool { return below(a, b) || below(b, a) }
	low, other := strings.ToLower(a), strings.ToLower(b)
	return strings.TrimSuffix(low, "/*") == strings.TrimSuffix(other, "/*"), related(low, other) && !related(a, b)
}

func (s *stack) drawModels() {
	s.models = map[string]values{}
	ids := []string{"base", "chat", "a", "embed", "chat-next", "vision", "zeta"}
	for i, id := range ids[:rapid.IntRange(1, len(ids)).Draw(s.t, "models")] {
		model := values{
			"image": "registry.example.com/model:1", "port": 8080 + i%2, "healthPath": "/health/" + id,
			"paths":            s.paths(),
			"maxStreamSeconds": rapid.SampledFrom([]int{1, 30, 600, 3600}).Draw(s.t, "stream"),
			"affinity":         s.one(3, "affinity"),
		}
		clouds := rapid.IntRange(1, 3).Draw(s.t, "clouds")
		if i == 0 || clouds != 2 {
			model["azure"] = s.azureRuntime()
		}
		if i == 0 || clouds != 1 {
			model["gcp"] = s.googleRuntime()
		}
		s.server(model)
		s.models[id] = model
	}
}

// paths of a model: one of another's, to be a canary's or a rival's, or new ones.
func (s *stack) paths() []string {
	if len(s.models) > 0 && s.one(3, "same paths") {
		id := rapid.SampledFrom(slices.Sorted(maps.Keys(s.models))).Draw(s.t, "paths of")
		return s.models[id]["paths"].([]string)
	}
	var paths []string
	for _, next := range rapid.SliceOfNDistinct(rapid.SampledFrom(patterns), 1, 3, rapid.ID).Draw(s.t, "paths") {
		if !slices.ContainsFunc(paths, func(path string) bool { _, inCase := clash(path, next); return inCase }) {
			paths = append(paths, next)
		}
	}
	return paths
}

func (s *stack) azureRuntime() values {
	runtime, kind := values{}, rapid.IntRange(1, 3).Draw(s.t, "on Azure")
	if kind != 2 {
		runtime["containers"] = values{"cpu": 0.5, "memoryGiB": 1, "replicas": rapid.IntRange(1, 3).Draw(s.t, "replicas")}
	}
	if kind != 1 {
		runtime["networkInterfaces"] = []string{"machine-a", "machine-b"}
	}
	return runtime
}

func (s *stack) googleRuntime() values {
	if s.one(2, "instances") {
		return values{"instances": values{"machineType": "e2-standard-2"}}
	}
	return values{"kubernetes": values{"cpu": "500m"}}
}

// tenants are named so that one's name, or a host of it, begins or ends another's.
func (s *stack) tenants() values {
	tenants := values{}
	for i := range rapid.IntRange(1, 40).Draw(s.t, "tenants") {
		id := fmt.Sprintf("%s%d", rapid.SampledFrom([]string{"acme", "acme-chat", "a", "chat", "x"}).Draw(s.t, "name"), i)
		tenant := values{"models": []string{"base"}}
		if i > 0 {
			tenant = s.tenant(i)
		} else {
			s.placed = append(s.placed, s.places)
		}
		if hosts := s.hosts(id); len(hosts) > 0 {
			tenant["hosts"] = hosts
		}
		tenants[id] = tenant
	}
	return tenants
}

func (s *stack) tenant(i int) values {
	models := s.compatible(rapid.Permutation(slices.Sorted(maps.Keys(s.models))).Draw(s.t, "models of the tenant"))
	if len(s.running(models, s.places)) == 0 {
		models = models[:1]
	}
	tenant := values{"models": models, "enabled": !s.one(10, "disabled")}
	isolation := rapid.SampledFrom([]config.Isolation{config.Pool, config.Pool, config.Pool, config.Bridge, config.Silo}).Draw(s.t, "isolation")
	tenant["isolation"] = isolation
	if isolation != config.Pool && s.one(2, "own bounds") {
		tenant["maxStreamSeconds"] = rapid.IntRange(1, 3600).Draw(s.t, "own stream")
		tenant["replicas"] = values{"min": rapid.IntRange(1, 2).Draw(s.t, "own replicas"), "max": 3}
	}
	if s.one(3, "limited") {
		tenant["rateLimitPerMinute"] = 100 + i // each one's own
	}
	places := s.settle(tenant, models)
	s.adorn(tenant, models, places)
	if tenant["enabled"] == true {
		s.placed = append(s.placed, places)
	}
	return tenant
}

// drain keeps clients away from one place that leaves every tenant, and Google's
// global load balancer, another one.
func (s *stack) drain() {
	groups := append(s.placed, slices.DeleteFunc(slices.Clone(s.places), func(place string) bool { return strings.HasPrefix(place, "azure/") }))
	candidates := slices.DeleteFunc(slices.Clone(s.places), func(place string) bool {
		return slices.ContainsFunc(groups, func(group []string) bool { return slices.Equal(group, []string{place}) })
	})
	if len(candidates) > 0 && s.one(3, "drained") {
		s.drained = rapid.SampledFrom(candidates).Draw(s.t, "drained place")
	}
}

// settle chooses where a tenant is served, and returns the regions: in an order of
// its own, or in all of a residency, or everywhere; and in one cloud of these, which
// it has to say where the other one lacks a model.
func (s *stack) settle(tenant values, models []string) []string {
	if s.one(3, "regions") {
		return s.order(tenant, s.running(models, s.places))
	}
	within := s.places
	if len(s.residencies) > 0 && s.one(2, "resident") {
		residency := rapid.SampledFrom(slices.Sorted(maps.Keys(s.residencies))).Draw(s.t, "residency")
		if places := s.residencies[residency]; len(s.running(models, places)) > 0 {
			tenant["residency"], within = residency, places
		}
	}
	places := s.running(models, within)
	if len(places) < len(within) || s.one(5, "one cloud") {
		cloud, _, _ := strings.Cut(rapid.SampledFrom(places).Draw(s.t, "place in the cloud"), "/")
		tenant["regions"] = []string{cloud}
		places = ofCloud(cloud, places)
	}
	return places
}

// order names some places, and perhaps all of Google's cloud among them.
func (s *stack) order(tenant values, places []string) []string {
	google := ofCloud("gcp", places)
	if len(google) > 0 {
		places = append(places, "gcp")
	}
	regions := rapid.SliceOfNDistinct(rapid.SampledFrom(places), 1, len(places), rapid.ID).Draw(s.t, "regions")
	tenant["regions"] = regions
	if !slices.Contains(regions, "gcp") {
		return regions
	}
	return append(google, ofCloud("azure", regions)...)
}

func ofCloud(cloud string, places []string) []string {
	return slices.DeleteFunc(slices.Clone(places), func(place string) bool { return !strings.HasPrefix(place, cloud+"/") })
}

// adorn gives a tenant what depends on the clouds that serve it: the number of a
// gateway, and a canary.
func (s *stack) adorn(tenant values, models, places []string) {
	in := func(cloud string) bool {
		return slices.ContainsFunc(places, func(place string) bool { return strings.HasPrefix(place, cloud+"/") })
	}
	if in("azure") {
		tenant["gateway"] = rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(s.t, "gateway")
	}
	canaries := slices.DeleteFunc(slices.Sorted(maps.Keys(s.models)), func(id string) bool {
		same := func(model string) bool {
			return slices.Equal(sorted(s.models[model]["paths"]), sorted(s.models[id]["paths"])) && s.models[model]["affinity"] == false
		}
		return s.models[id]["gcp"] == nil || s.models[id]["affinity"] == true || slices.Contains(models, id) || !slices.ContainsFunc(models, same)
	})
	if in("gcp") && len(canaries) > 0 && s.one(2, "canary") {
		tenant["canary"] = values{
			"model":   rapid.SampledFrom(canaries).Draw(s.t, "canary's model"),
			"percent": rapid.IntRange(0, 50).Draw(s.t, "percent"),
		}
	}
}

func sorted(paths any) []string { return slices.Sorted(slices.Values(paths.([]string))) }

// compatible are the first models that have no paths that clash, of which there is
// one at least.
func (s *stack) compatible(models []string) []string {
	var taken, chosen []string
	for _, id := range models[:rapid.IntRange(1, len(models)).Draw(s.t, "number of models")] {
		paths := s.models[id]["paths"].([]string)
		clashes := slices.ContainsFunc(paths, func(path string) bool {
			return slices.ContainsFunc(taken, func(other string) bool { onePath, inCase := clash(path, other); return onePath || inCase })
		})
		if !clashes {
			taken, chosen = append(taken, paths...), append(chosen, id)
		}
	}
	return chosen
}

// running are the places whose cloud runs all of the models.
func (s *stack) running(models, places []string) []string {
	return slices.DeleteFunc(slices.Clone(places), func(place string) bool {
		cloud, _, _ := strings.Cut(place, "/")
		return slices.ContainsFunc(models, func(id string) bool { return s.models[id][cloud] == nil })
	})
}

// hosts of a tenant: none for the one that it gets by default, or some under the
// platform's domain, under one of its own, or under one that customers share.
func (s *stack) hosts(id string) []string {
	kinds := []string{id + "." + generatedDomain, "chat-" + id + "." + generatedDomain, id + ".customers.example", "chat." + id + ".example", "deep." + id + "." + generatedDomain}
	if s.one(2, "default host") {
		return nil
	}
	hosts := rapid.SliceOfNDistinct(rapid.SampledFrom(kinds), 1, 3, rapid.ID).Draw(s.t, "hosts")
	for _, host := range hosts {
		if strings.HasPrefix(host, "chat."+id) || strings.HasPrefix(host, "deep.") {
			s.certified = append(s.certified, host)
		}
	}
	return hosts
}

func (s *stack) azure(regions []string) values {
	all := values{}
	for i, region := range regions {
		all[region] = values{
			"cidr":           fmt.Sprintf("10.%d.0.0/16", 10+i),
			"gateway":        values{"private": s.one(3, "private")},
			"containerQuota": values{"groups": 1000, "cores": 1000},
			"drained":        s.drained == "azure/"+region,
		}
	}
	section := values{"regions": all}
	if s.tls == config.TLSCertificates {
		section["identity"] = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/security/providers/Microsoft.ManagedIdentity/userAssignedIdentities/gateways"
		section["certificates"] = s.certificates()
	}
	return section
}

// certificates are two of wildcards, and one for each two of the other hosts.
func (s *stack) certificates() values {
	const secret = "https://generated.vault.azure.net/secrets/"
	all := values{
		"platform":  values{"hosts": []string{"*." + generatedDomain}, "secret": secret + "platform"},
		"customers": values{"hosts": []string{"*.customers.example"}, "secret": secret + "customers"},
	}
	for i, hosts := range slices.Collect(slices.Chunk(s.certified, 2)) {
		name := fmt.Sprintf("own-%d", i)
		all[name] = values{"hosts": hosts, "secret": secret + name}
	}
	return all
}

func (s *stack) google(regions []string) values {
	all := values{}
	for i, region := range regions {
		entry := values{"cidr": fmt.Sprintf("10.%d.0.0/16", 30+i), "nodes": values{"count": values{"min": 3, "max": 6}}, "drained": s.drained == "gcp/"+region}
		if s.tls == config.TLSCertificates {
			entry["certificates"] = []string{fmt.Sprintf(certificates, region)}
		}
		all[region] = entry
	}
	section := values{"regions": all, "authorizedNetworks": values{"office": "203.0.113.0/24"}}
	if s.tls == config.TLSCertificates {
		section["certificateMap"] = "projects/generated-stack/locations/global/certificateMaps/wildcard"
	}
	return section
}
