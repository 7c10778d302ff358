// Package urlmap decides which request goes to which workload on Google's load
// balancers. It is pure: the global and the regional load balancer turn its
// [Map] into the resources of their kind.
package urlmap

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ai-serving/internal/pathpattern"
	"ai-serving/internal/topology"
)

const (
	// healthMatcher is the matcher of the host of health probes.
	healthMatcher = "health"
	// hashLength is the number of bytes that tell matchers apart.
	hashLength = 8
)

// Spec is what a load balancer has to route.
type Spec struct {
	VirtualHosts []topology.VirtualHost
	Backends     []topology.Backend
	// Probes are answered on HealthHost.
	Probes     []topology.Probe
	HealthHost string
	// StaticPath routes to static content on every virtual host; "" for a load
	// balancer that has none.
	StaticPath pathpattern.Pattern
}

// Map is a URL map. What no host rule names is refused.
type Map struct {
	// Hosts are sorted by matcher.
	Hosts []HostRule
	// Matchers are sorted by name.
	Matchers []Matcher
	Tests    []Test
}

// HostRule routes the requests for some hosts to a matcher. A host stands in one
// rule only.
type HostRule struct {
	Matcher string
	// Hosts are sorted.
	Hosts []string
}

// Matcher chooses by path: the longest path that matches wins, whatever the
// order of the rules. One rule at least is for every path.
type Matcher struct {
	Name string
	// Description lists the targets, for people who read the map.
	Description string
	Rules       []Rule
	// Tenant is the one that all the workloads of the rules belong to, and that the
	// header [TenantHeader] is to name; "" where tenants share them, and where the
	// header is to be taken away.
	Tenant string
}

// TenantHeader tells a workload which tenant a request is for. What a client sends
// under this name never reaches a workload.
//
// It is set, or taken away, by each matcher or its rules. The map could do it for
// all, but what it does comes after what they do, and would undo it: see
// "headerAction" of UrlMap, PathMatcher and HttpRouteRule in Compute Engine's API.
const TenantHeader = "X-Tenant-Id"

// Rule routes paths to a target.
type Rule struct {
	// Paths are sorted.
	Paths  []pathpattern.Pattern
	Target Target
	// Canary takes a part of the requests; nil without.
	Canary *Canary `json:",omitempty"`
	// Rewrite is the path that the target is asked for instead; "" for the
	// request's own.
	Rewrite string `json:",omitempty"`
}

// Step is a path of a rule, in an order where the first that matches wins.
type Step struct {
	Path pathpattern.Pattern
	Rule Rule
}

// Steps are the paths of the rules, those that match less before those that match
// more: exact ones before prefixes, and long before short.
func (m Matcher) Steps() []Step {
	var steps []Step
	for _, rule := range m.Rules {
		for _, path := range rule.Paths {
			steps = append(steps, Step{path, rule})
		}
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return pathpattern.BySpecificity(a.Path, b.Path) })
	return steps
}

// Canary takes so many percent of a rule's requests, 1 to 50, from its target.
type Canary struct {
	Target  Target
	Percent int
}

// Share is a target's part of the requests of a rule.
type Share struct {
	Target Target
	// Weight is in percent.
	Weight int
}

// Shares divide the requests of a rule with a canary.
func (r Rule) Shares() []Share {
	return []Share{{r.Target, 100 - r.Canary.Percent}, {r.Canary.Target, r.Canary.Percent}}
}

// Target is what answers a request: a workload, [Static] or [Refusal].
type Target string

const (
	// Static is the bucket of static content.
	Static Target = "static content"
	// Refusal answers 404 itself.
	Refusal Target = "refusal"
)

// Workload is the target of requests for the workload with the key.
func Workload(key string) Target { return Target("workload " + key) }

// New is the map of what is to be routed. It is an error to route to a workload
// that has no backend.
func New(spec Spec) (Map, error) {
	workloads := map[string]topology.Workload{}
	for _, backend := range spec.Backends {
		workloads[backend.Workload.Key] = backend.Workload
	}
	matchers, hosts := map[string]Matcher{}, map[string][]string{}
	var tested []topology.VirtualHost // the first of each matcher
	for _, host := range spec.VirtualHosts {
		matcher, err := matcherOf(host, spec.StaticPath, workloads)
		if err != nil {
			return Map{}, err
		}
		if _, shared := matchers[matcher.Name]; !shared {
			tested = append(tested, host)
		}
		matchers[matcher.Name] = matcher
		hosts[matcher.Name] = append(hosts[matcher.Name], host.Hosts...)
	}
	if len(spec.Probes) > 0 {
		matcher, err := probeMatcher(spec.Probes, workloads)
		if err != nil {
			return Map{}, err
		}
		matchers[matcher.Name] = matcher
		hosts[matcher.Name] = []string{spec.HealthHost}
	}
	var m Map
	for _, name := range slices.Sorted(maps.Keys(matchers)) {
		m.Matchers = append(m.Matchers, matchers[name])
		for _, part := range topology.HostRules(slices.Sorted(slices.Values(hosts[name]))) {
			m.Hosts = append(m.Hosts, HostRule{name, part})
		}
	}
	m.Tests = tests(tested)
	return m, nil
}

// matcherOf is the matcher of a virtual host. Virtual hosts with the same routes
// share it, and its host rules: a URL map may have 1,000 of both, and Google's
// provider takes long to compare many host rules.
func matcherOf(host topology.VirtualHost, staticPath pathpattern.Pattern, workloads map[string]topology.Workload) (Matcher, error) {
	var rules []Rule
	owners := map[string]bool{}
	for _, route := range host.Routes {
		for _, key := range keysOf(route) {
			workload, ok := workloads[key]
			if !ok {
				return Matcher{}, fmt.Errorf("virtual host %q: workload %q has no backend", host.Name, key)
			}
			owners[workload.Tenant] = true
		}
		rules = append(rules, ruleOf(route))
	}
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(string(a.Target), string(b.Target)) })
	if staticPath != "" {
		rules = append(rules, Rule{Paths: []pathpattern.Pattern{staticPath}, Target: Static})
	}
	rules = closed(rules)
	matcher := Matcher{Name: "routes-" + hash(rules), Description: describe(rules), Rules: rules}
	if len(owners) == 1 {
		matcher.Tenant = slices.Collect(maps.Keys(owners))[0]
	}
	return matcher, nil
}

// keysOf are the workloads that a route routes to.
func keysOf(route topology.Route) []string {
	if route.Canary == nil {
		return []string{route.Workload}
	}
	return []string{route.Workload, route.Canary.Workload}
}

func ruleOf(route topology.Route) Rule {
	rule := Rule{Paths: slices.Sorted(slices.Values(route.Paths)), Target: Workload(route.Workload)}
	if route.Canary != nil {
		rule.Canary = &Canary{Workload(route.Canary.Workload), route.Canary.Percent}
	}
	return rule
}

// probeMatcher answers each probe by the health path of its workload.
func probeMatcher(probes []topology.Probe, workloads map[string]topology.Workload) (Matcher, error) {
	var rules []Rule
	for _, probe := range probes {
		workload, ok := workloads[probe.Workload]
		if !ok {
			return Matcher{}, fmt.Errorf("probe %q: workload %q has no backend", probe.Path, probe.Workload)
		}
		rules = append(rules, Rule{Paths: []pathpattern.Pattern{pathpattern.Pattern(probe.Path)}, Target: Workload(probe.Workload), Rewrite: workload.HealthPath})
	}
	rules = closed(rules)
	return Matcher{Name: healthMatcher, Description: describe(rules), Rules: rules}, nil
}

// closed refuses the paths that the rules leave. The default of a matcher could
// do it on a global load balancer, but on a regional one it can only name a
// service.
func closed(rules []Rule) []Rule {
	if slices.ContainsFunc(rules, func(r Rule) bool { return slices.Contains(r.Paths, pathpattern.Every) }) {
		return rules
	}
	return append(rules, Rule{Paths: []pathpattern.Pattern{pathpattern.Every}, Target: Refusal})
}

func describe(rules []Rule) string {
	targets := make([]string, len(rules))
	for i, rule := range rules {
		targets[i] = string(rule.Target)
		if rule.Canary != nil {
			targets[i] += fmt.Sprintf(" (%d%% %s)", rule.Canary.Percent, rule.Canary.Target)
		}
	}
	return strings.Join(targets, ", ")
}

// hash tells the rules of one matcher from those of another.
func hash(rules []Rule) string {
	text, err := json.Marshal(rules)
	if err != nil {
		panic(err) // strings always have a form in JSON
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:hashLength])
}
