package urlmap

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ai-serving/internal/pathpattern"
	"ai-serving/internal/topology"
)

const (
	healthHost = "health.ai.example.com"
	staticPath = "/static/*"
)

// backend is one of the pool, or of a tenant of the test whose name it begins with.
func backend(key string) topology.Backend {
	workload := topology.Workload{Key: key, HealthPath: "/ready"}
	if tenant := owner.FindString(key); tenant != "" {
		workload.Tenant = tenant
	}
	return topology.Backend{Workload: workload}
}

// owner is the tenant in the key of a workload of its own.
var owner = regexp.MustCompile(`^(globex|aaa|tenant-[0-9])`)

func host(tenant string, routes ...topology.Route) topology.VirtualHost {
	return topology.VirtualHost{Name: tenant, Hosts: []string{tenant + ".ai.example.com"}, Routes: routes}
}

func route(workload string, paths ...pathpattern.Pattern) topology.Route {
	return topology.Route{Workload: workload, Paths: paths}
}

func TestNew(t *testing.T) {
	t.Parallel()
	got, err := New(Spec{
		VirtualHosts: []topology.VirtualHost{
			host("acme", route("chat", "/v1/chat/*")),
			host("globex", route("globex-chat", "/v1/models", "/v1/chat/*")),
		},
		Backends:   []topology.Backend{backend("chat"), backend("globex-chat")},
		Probes:     []topology.Probe{{Path: "/healthz/chat", Workload: "chat"}},
		HealthHost: healthHost,
		StaticPath: staticPath,
	})
	if err != nil {
		t.Fatal(err)
	}
	static := Rule{Paths: []pathpattern.Pattern{staticPath}, Target: Static}
	refusal := Rule{Paths: []pathpattern.Pattern{"/*"}, Target: Refusal}
	want := Map{
		Hosts: []HostRule{
			{"health", []string{healthHost}},
			{"routes-05bb735f605cb927", []string{"acme.ai.example.com"}},
			{"routes-9b41d7c53ecc48e3", []string{"globex.ai.example.com"}},
		},
		Matchers: []Matcher{
			{Name: "health", Description: "workload chat, refusal", Rules: []Rule{
				{Paths: []pathpattern.Pattern{"/healthz/chat"}, Target: Workload("chat"), Rewrite: "/ready"}, refusal,
			}},
			{Name: "routes-05bb735f605cb927", Description: "workload chat, static content, refusal", Rules: []Rule{
				{Paths: []pathpattern.Pattern{"/v1/chat/*"}, Target: Workload("chat")}, static, refusal,
			}},
			{Name: "routes-9b41d7c53ecc48e3", Description: "workload globex-chat, static content, refusal", Tenant: "globex", Rules: []Rule{
				{Paths: []pathpattern.Pattern{"/v1/chat/*", "/v1/models"}, Target: Workload("globex-chat")}, static, refusal,
			}},
		},
		Tests: []Test{
			{"acme.ai.example.com", "/v1/chat/url-map-test", Workload("chat")},
			{"globex.ai.example.com", "/v1/models", Workload("globex-chat")},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTenantsWithTheSameRoutesShareAHostRule(t *testing.T) {
	t.Parallel()
	got, err := New(Spec{
		VirtualHosts: []topology.VirtualHost{
			host("acme", route("chat", "/v1/chat/*"), route("vision", "/v1/images", "/v1/vision/*")),
			host("globex", route("vision", "/v1/vision/*", "/v1/images"), route("chat", "/v1/chat/*")),
		},
		Backends: []topology.Backend{backend("chat"), backend("vision")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Hosts) != 1 || len(got.Matchers) != 1 || len(got.Tests) != 1 {
		t.Fatalf("%d host rules, %d matchers, %d tests, want 1 of each:\n%+v", len(got.Hosts), len(got.Matchers), len(got.Tests), got)
	}
	want := HostRule{got.Matchers[0].Name, []string{"acme.ai.example.com", "globex.ai.example.com"}}
	if diff := cmp.Diff(want, got.Hosts[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A host rule takes 1,000 hosts. A tenant more changes one of the rules.
func TestManyTenantsWithTheSameRoutesHaveSeveralHostRules(t *testing.T) {
	t.Parallel()
	rulesOf := func(tenants int) []HostRule {
		var hosts []topology.VirtualHost
		for i := range tenants {
			hosts = append(hosts, host(fmt.Sprintf("tenant-%d", i), route("chat", "/v1/chat/*")))
		}
		got, err := New(Spec{VirtualHosts: hosts, Backends: []topology.Backend{backend("chat")}})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Matchers) != 1 || len(got.Tests) != 1 {
			t.Errorf("%d matchers and %d tests, want 1 of each", len(got.Matchers), len(got.Tests))
		}
		return got.Hosts
	}
	before, after := rulesOf(2500), rulesOf(2501)
	seen := 0
	for _, rule := range after {
		seen += len(rule.Hosts)
		if len(rule.Hosts) > 1000 || rule.Matcher != after[0].Matcher {
			t.Errorf("a host rule has %d hosts and the matcher %s", len(rule.Hosts), rule.Matcher)
		}
	}
	if seen != 2501 {
		t.Errorf("the host rules have %d hosts, want 2501", seen)
	}
	changed := slices.DeleteFunc(slices.Clone(after), func(rule HostRule) bool {
		return slices.ContainsFunc(before, func(other HostRule) bool { return slices.Equal(rule.Hosts, other.Hosts) })
	})
	if len(changed) != 1 {
		t.Errorf("%d host rules change with a tenant more, want 1", len(changed))
	}
}

func TestAWorkloadThatTakesEveryPathLeavesNothingToRefuse(t *testing.T) {
	t.Parallel()
	got, err := New(Spec{
		VirtualHosts: []topology.VirtualHost{host("acme", route("chat", "/*"))},
		Backends:     []topology.Backend{backend("chat")},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Rule{{Paths: []pathpattern.Pattern{"/*"}, Target: Workload("chat")}}
	if diff := cmp.Diff(want, got.Matchers[0].Rules); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNoMoreTestsThanAMapTakes(t *testing.T) {
	t.Parallel()
	spec := Spec{Backends: []topology.Backend{backend("chat")}}
	for i := range maxTests + 1 {
		spec.VirtualHosts = append(spec.VirtualHosts, host(fmt.Sprintf("tenant-%03d", i), route("chat", pathpattern.Pattern(fmt.Sprintf("/v%d/chat/*", i)))))
	}
	got, err := New(spec)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Tests) != 100 {
		t.Errorf("%d tests, want 100", len(got.Tests))
	}
}

func TestNewRefusesWhatHasNoBackend(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spec Spec
		want string
	}{
		"a route": {
			spec: Spec{VirtualHosts: []topology.VirtualHost{host("acme", route("chat", "/v1/chat/*"))}},
			want: `virtual host "acme": workload "chat" has no backend`,
		},
		"a probe": {
			spec: Spec{Probes: []topology.Probe{{Path: "/healthz/chat", Workload: "chat"}}},
			want: `probe "/healthz/chat": workload "chat" has no backend`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := New(test.spec); err == nil || err.Error() != test.want {
				t.Errorf("got error %v, want %q", err, test.want)
			}
		})
	}
}

// answer is what Google's load balancer would route a request to: the host rule
// of the host, then the longest path of its matcher that matches.
func (m Map) answer(host, path string) Target {
	for _, rule := range m.Hosts {
		if slices.Contains(rule.Hosts, host) {
			i := slices.IndexFunc(m.Matchers, func(matcher Matcher) bool { return matcher.Name == rule.Matcher })
			return m.Matchers[i].answer(path)
		}
	}
	return Refusal
}

func (m Matcher) answer(path string) Target {
	var longest pathpattern.Pattern
	target := Target("the matcher's default")
	for _, rule := range m.Rules {
		for _, pattern := range rule.Paths {
			if pathpattern.URLMap.Matches(pattern, path) && len(pattern) > len(longest) {
				longest, target = pattern, rule.Target
			}
		}
	}
	return target
}

// specs draws maps of a few tenants. A model has paths of its own, as in a stack
// file, and a tenant is routed to the pool's replicas or to its own.
func specs(t *rapid.T) Spec {
	spec := Spec{HealthHost: healthHost, StaticPath: rapid.SampledFrom([]pathpattern.Pattern{"", staticPath}).Draw(t, "static")}
	models := map[string][]pathpattern.Pattern{
		"chat":   {"/v1/chat/*", "/v1/models"},
		"deep":   {"/v1/chat/deep/*"},
		"vision": {"/v1/vision", "/v1/vision/*"},
		"rest":   {"/*"},
	}
	backends := map[string]bool{}
	for i := range rapid.IntRange(0, 6).Draw(t, "tenants") {
		tenant := topology.VirtualHost{Name: fmt.Sprintf("tenant-%d", i)}
		for j := range rapid.IntRange(1, 3).Draw(t, "hosts") {
			tenant.Hosts = append(tenant.Hosts, fmt.Sprintf("host-%d.%s.example.com", j, tenant.Name))
		}
		for _, model := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"chat", "deep", "vision", "rest"}), rapid.ID).Draw(t, "models") {
			workload := model
			if rapid.Bool().Draw(t, "own") {
				workload = tenant.Name + "-" + model
			}
			backends[workload] = true
			route := topology.Route{Workload: workload, Paths: models[model]}
			if rapid.Bool().Draw(t, "tried") {
				route.Canary = &topology.Canary{Workload: workload + "-next", Percent: rapid.IntRange(1, 50).Draw(t, "percent")}
				backends[route.Canary.Workload] = true
			}
			tenant.Routes = append(tenant.Routes, route)
		}
		spec.VirtualHosts = append(spec.VirtualHosts, tenant)
	}
	for key := range backends {
		spec.Backends = append(spec.Backends, backend(key))
		if rapid.Bool().Draw(t, "probed") {
			spec.Probes = append(spec.Probes, topology.Probe{Path: "/healthz/" + key, Workload: key})
		}
	}
	return spec
}

// expected is what a tenant's own routes say about a path.
func expected(spec Spec, tenant topology.VirtualHost, path string) Target {
	var longest pathpattern.Pattern
	target := Refusal
	consider := func(pattern pathpattern.Pattern, to Target) {
		if pathpattern.URLMap.Matches(pattern, path) && len(pattern) > len(longest) {
			longest, target = pattern, to
		}
	}
	for _, route := range tenant.Routes {
		for _, pattern := range route.Paths {
			consider(pattern, Workload(route.Workload))
		}
	}
	if spec.StaticPath != "" {
		consider(spec.StaticPath, Static)
	}
	return target
}

var requestPaths = []string{
	"/", "/v1/chat", "/v1/chat/", "/v1/chat/completions", "/v1/chat/deep/thought", "/v1/models", "/v1/models/a",
	"/v1/vision", "/v1/vision/x", "/static/logo.svg", "/static", "/healthz/chat",
}

func TestEveryHostGetsItsOwnTenantsWorkloads(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := specs(t)
		m, err := New(spec)
		if err != nil {
			t.Fatal(err)
		}
		path := rapid.SampledFrom(requestPaths).Draw(t, "path")
		for _, tenant := range spec.VirtualHosts {
			for _, host := range tenant.Hosts {
				if got, want := m.answer(host, path), expected(spec, tenant, path); got != want {
					t.Fatalf("%s%s routes to %q, want %q", host, path, got, want)
				}
			}
		}
		if got := m.answer("stranger.example.com", path); got != Refusal {
			t.Fatalf("an unknown host routes to %q", got)
		}
	})
}

func TestEveryProbeReachesItsWorkload(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := specs(t)
		m, err := New(spec)
		if err != nil {
			t.Fatal(err)
		}
		for _, probe := range spec.Probes {
			if got, want := m.answer(healthHost, probe.Path), Workload(probe.Workload); got != want {
				t.Fatalf("%s routes to %q, want %q", probe.Path, got, want)
			}
		}
		if got := m.answer(healthHost, "/v1/chat/completions"); got != Refusal {
			t.Fatalf("the host of probes routes a tenant's path to %q", got)
		}
	})
}

func TestEveryTestOfTheMapPasses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, err := New(specs(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range m.Tests {
			if got := m.answer(test.Host, test.Path); got != test.Target {
				t.Fatalf("%s%s routes to %q, and the test expects %q", test.Host, test.Path, got, test.Target)
			}
		}
	})
}

// Google refuses a map that breaks one of these.
func TestEveryMapIsWellFormed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, err := New(specs(t))
		if err != nil {
			t.Fatal(err)
		}
		hosts, used := map[string]bool{}, map[string]bool{}
		for _, rule := range m.Hosts {
			used[rule.Matcher] = true
			for _, host := range rule.Hosts {
				if hosts[host] {
					t.Fatalf("the host %q stands in two rules", host)
				}
				hosts[host] = true
			}
		}
		for _, matcher := range m.Matchers {
			if !used[matcher.Name] {
				t.Fatalf("no host rule uses the matcher %q", matcher.Name)
			}
			delete(used, matcher.Name)
			paths := map[pathpattern.Pattern]bool{}
			for _, rule := range matcher.Rules {
				for _, path := range rule.Paths {
					if paths[path] {
						t.Fatalf("the matcher %q has the path %q twice", matcher.Name, path)
					}
					paths[path] = true
				}
			}
		}
		if len(used) > 0 {
			t.Fatalf("no matchers for %v", used)
		}
	})
}

func TestACanaryTakesItsPartOfTheRequests(t *testing.T) {
	t.Parallel()
	tried := route("chat", "/v1/chat/*")
	tried.Canary = &topology.Canary{Workload: "chat-next", Percent: 5}
	got, err := New(Spec{
		VirtualHosts: []topology.VirtualHost{host("acme", tried, route("embed", "/v1/embeddings")), host("initech", route("chat", "/v1/chat/*"))},
		Backends:     []topology.Backend{backend("chat"), backend("chat-next"), backend("embed")},
	})
	if err != nil {
		t.Fatal(err)
	}
	var shares [][]Share
	for _, matcher := range got.Matchers {
		for _, rule := range matcher.Rules {
			if rule.Canary != nil {
				shares = append(shares, rule.Shares())
			}
		}
	}
	if diff := cmp.Diff([][]Share{{{Workload("chat"), 95}, {Workload("chat-next"), 5}}}, shares); diff != "" {
		t.Errorf("shares (-want +got):\n%s", diff)
	}
	// A test names one service.
	want := []Test{
		{"acme.ai.example.com", "/v1/embeddings", Workload("embed")},
		{"initech.ai.example.com", "/v1/chat/url-map-test", Workload("chat")},
	}
	if diff := cmp.Diff(want, got.Tests); diff != "" {
		t.Errorf("tests (-want +got):\n%s", diff)
	}
}

func TestNewRefusesACanaryWithoutABackend(t *testing.T) {
	t.Parallel()
	tried := route("chat", "/v1/chat/*")
	tried.Canary = &topology.Canary{Workload: "chat-next", Percent: 5}
	_, err := New(Spec{VirtualHosts: []topology.VirtualHost{host("acme", tried)}, Backends: []topology.Backend{backend("chat")}})
	if want := `virtual host "acme": workload "chat-next" has no backend`; err == nil || err.Error() != want {
		t.Errorf("got error %v, want %q", err, want)
	}
}

// The header says the name of a tenant to workloads of that tenant only, and on
// every way to them.
func TestTheTenantHeaderIsOfWhoOwnsTheWorkloads(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, err := New(specs(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, matcher := range m.Matchers {
			for _, rule := range matcher.Rules {
				key, workload := strings.CutPrefix(string(rule.Target), "workload ")
				if owner := owner.FindString(key); workload && matcher.Tenant != "" && owner != matcher.Tenant {
					t.Fatalf("requests for %q of %q are said to be of %q", key, owner, matcher.Tenant)
				}
			}
		}
	})
}

// Trying the steps in order leads where the longest path that matches does.
func TestTheFirstStepThatMatchesIsTheLongest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, err := New(specs(t))
		if err != nil {
			t.Fatal(err)
		}
		path := rapid.SampledFrom(requestPaths).Draw(t, "path")
		for _, matcher := range m.Matchers {
			steps := matcher.Steps()
			first := slices.IndexFunc(steps, func(s Step) bool { return pathpattern.URLMap.Matches(s.Path, path) })
			if got, want := steps[first].Rule.Target, matcher.answer(path); got != want {
				t.Fatalf("%s: %s routes to %q by steps, and to %q by paths", matcher.Name, path, got, want)
			}
		}
	})
}

func TestATenantMoreChangesNoOthers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := specs(t)
		before, err := New(spec)
		if err != nil {
			t.Fatal(err)
		}
		spec.Backends = append(spec.Backends, backend("aaa-chat"))
		spec.VirtualHosts = append([]topology.VirtualHost{host("aaa", route("aaa-chat", "/v1/chat/*"))}, spec.VirtualHosts...)
		after, err := New(spec)
		if err != nil {
			t.Fatal(err)
		}
		without := slices.DeleteFunc(after.Hosts, func(rule HostRule) bool { return slices.Contains(rule.Hosts, "aaa.ai.example.com") })
		if diff := cmp.Diff(before.Hosts, without, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("other tenants' host rules changed: -before +after:\n%s", diff)
		}
		for _, matcher := range before.Matchers {
			if !slices.ContainsFunc(after.Matchers, func(m Matcher) bool { return cmp.Equal(m, matcher) }) {
				t.Fatalf("the matcher %q changed", matcher.Name)
			}
		}
	})
}
