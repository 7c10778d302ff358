package gateway

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ai-serving/internal/pathpattern"
	"ai-serving/internal/topology"
)

func TestPathsGoFromTheSpecificToTheGeneral(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		routes []topology.Route
		want   []string
	}{
		"a workload's paths in one rule": {
			[]topology.Route{{Workload: "chat", Paths: []pathpattern.Pattern{"/v1/chat", "/v1/chat/*", "/v1/models"}}, {Workload: "embed", Paths: []pathpattern.Pattern{"/v1/embeddings"}}},
			[]string{"embed [/v1/embeddings]", "chat [/v1/models /v1/chat /v1/chat/*]"},
		},
		"a general path after another workload's specific ones": {
			[]topology.Route{{Workload: "all", Paths: []pathpattern.Pattern{"/*", "/v1/*", "/v1/models"}}, {Workload: "chat", Paths: []pathpattern.Pattern{"/v1/chat", "/v1/chat/*"}}},
			[]string{"chat [/v1/chat /v1/chat/*]", "all [/v1/models /v1/* /*]"},
		},
		"a workload's paths on both sides of another's": {
			[]topology.Route{{Workload: "all", Paths: []pathpattern.Pattern{"/v1/*", "/v1/chat/models"}}, {Workload: "chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}}},
			[]string{"all [/v1/chat/models]", "chat [/v1/chat/*]", "all [/v1/*]"},
		},
		"a workload's paths on both sides of another's in another case": {
			[]topology.Route{{Workload: "all", Paths: []pathpattern.Pattern{"/v1/*", "/v1/chat/long/*"}}, {Workload: "chat", Paths: []pathpattern.Pattern{"/V1/chat/*"}}},
			[]string{"all [/v1/chat/long/*]", "chat [/V1/chat/*]", "all [/v1/*]"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, path := range ordered(test.routes) {
				got = append(got, fmt.Sprint(path.workload, " ", path.patterns))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// somePatterns are close to each other, in two cases.
func somePatterns(t *rapid.T) []pathpattern.Pattern {
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) pathpattern.Pattern {
		root := rapid.StringMatching(`(/[aA]){1,3}|/b`).Draw(t, "root")
		return pathpattern.Pattern(root + rapid.SampledFrom([]string{"", "/*"}).Draw(t, "wildcard"))
	}), 1, 6, func(p pathpattern.Pattern) string { return strings.ToLower(string(p)) }).Draw(t, "patterns")
}

// A gateway takes the first rule that matches, and takes no notice of case.
func TestTheFirstMatchIsTheMostSpecific(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		patterns := somePatterns(t)
		var routes []topology.Route
		served := map[pathpattern.Pattern]string{"": ""}
		for _, pattern := range patterns {
			served[pattern] = rapid.SampledFrom([]string{"one", "two"}).Draw(t, "workload")
			routes = append(routes, topology.Route{Workload: served[pattern], Paths: []pathpattern.Pattern{pattern}})
		}
		request := rapid.StringMatching(`(/[aA]){1,4}|/b`).Draw(t, "request")
		if got, want := firstMatch(ordered(routes), request), served[mostSpecific(pathpattern.Gateway, patterns, request)]; got != want {
			t.Fatalf("%s: the first match routes to %q, the most specific to %q", request, got, want)
		}
	})
}

// Google's load balancers take the most specific path that matches, with case. Where
// the paths of a tenant do not differ in case, as a stack file has to have them, both
// clouds route every request that is made from one of them to the same workload.
func TestBothCloudsRouteRequestsToOneWorkload(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var patterns []pathpattern.Pattern
		for _, next := range somePatterns(t) {
			if !slices.ContainsFunc(patterns, func(p pathpattern.Pattern) bool { return pathpattern.DifferInCase(p, next) }) {
				patterns = append(patterns, next)
			}
		}
		var routes []topology.Route
		served := map[pathpattern.Pattern]string{"": ""}
		for _, pattern := range patterns {
			served[pattern] = rapid.SampledFrom([]string{"one", "two"}).Draw(t, "workload")
			routes = append(routes, topology.Route{Workload: served[pattern], Paths: []pathpattern.Pattern{pattern}})
		}
		for _, made := range patterns {
			for _, request := range []string{made.Root(), made.Root() + "/", made.Root() + "/zzz"} {
				if got, want := firstMatch(ordered(routes), request), served[mostSpecific(pathpattern.URLMap, patterns, request)]; got != want {
					t.Fatalf("%s goes to %q on Azure, and to %q on Google's cloud", request, got, want)
				}
			}
		}
	})
}

func TestPathRuleNamesAreDistinctAndFit(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	long := strings.Repeat("workload-", 10)
	for _, path := range []path{
		{workload: "chat", patterns: []pathpattern.Pattern{"/v1/chat"}},
		{workload: "chat", patterns: []pathpattern.Pattern{"/v1/chat/*"}},
		{workload: "chat", patterns: []pathpattern.Pattern{"/v1/chat", "/v1/chat/*"}},
		{workload: "vision", patterns: []pathpattern.Pattern{"/v1/chat"}},
		{workload: long, patterns: []pathpattern.Pattern{"/v1"}},
		{workload: long, patterns: []pathpattern.Pattern{"/v2"}},
		{workload: nothingName, patterns: []pathpattern.Pattern{pathpattern.Every}},
	} {
		if name := path.name(); names[name] || len(name) > maxNameLength {
			t.Errorf("%q is taken already, or has more than %d characters", name, maxNameLength)
		} else {
			names[name] = true
		}
	}
}

func TestEveryPathThatNoWorkloadHasIsRefused(t *testing.T) {
	t.Parallel()
	chat := path{workload: "chat", patterns: []pathpattern.Pattern{"/v1/chat/*"}}
	refused := path{workload: "no_backend", patterns: []pathpattern.Pattern{"/*"}, policy: "refusal"}
	all := path{workload: "chat", patterns: []pathpattern.Pattern{"/v1/chat", "/*"}}
	for name, test := range map[string]struct{ paths, want []path }{
		"after the workloads'":               {[]path{chat}, []path{chat, refused}},
		"where there are none":               {nil, []path{refused}},
		"but not where a workload takes all": {[]path{all}, []path{all}},
	} {
		if diff := cmp.Diff(test.want, closed(test.paths), cmp.AllowUnexported(path{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestPoliciesAreOfSharedWorkloadsPathsOrOfOwnListeners(t *testing.T) {
	t.Parallel()
	listener := topology.Listener{Name: "acme", Tenant: "acme", Routes: []topology.Route{{Workload: "chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}}}}
	if got := tenantPaths(listener)[0].policy; got != "workload-chat" {
		t.Errorf("a path of the pool's workload has policy %q", got)
	}
	if got := tenantSite(listener).policy; got != "" {
		t.Errorf("the listener of a tenant of the pool has policy %q", got)
	}
	listener.Own = true
	if got := tenantPaths(listener)[0].policy; got != "tenant-acme" {
		t.Errorf("a path of the tenant's own workload has policy %q", got)
	}
	if got := tenantSite(listener).policy; got != "tenant-acme" {
		t.Errorf("the tenant's own listener has policy %q", got)
	}
}

func firstMatch(paths []path, request string) string {
	for _, path := range paths {
		if slices.ContainsFunc(path.patterns, func(p pathpattern.Pattern) bool { return pathpattern.Gateway.Matches(p, request) }) {
			return path.workload
		}
	}
	return ""
}

// mostSpecific is the pattern that matches most closely: an exact one, or else the
// longest.
func mostSpecific(c pathpattern.Comparison, patterns []pathpattern.Pattern, request string) pathpattern.Pattern {
	var best pathpattern.Pattern
	for _, pattern := range patterns {
		if _, isPrefix := pattern.Prefix(); c.Matches(pattern, request) && !isPrefix {
			return pattern
		}
		if c.Matches(pattern, request) && len(pattern) > len(best) {
			best = pattern
		}
	}
	return best
}

// Which policy is in force once a path is rewritten is not documented.
func TestEveryPathOfTheProbesStatesItsFirewallPolicy(t *testing.T) {
	t.Parallel()
	probes := []topology.Probe{
		{Name: "default", Path: "/healthz/default", Workload: "chat"},
		{Name: "residency-eu", Path: "/healthz/residency-eu", Workload: "embed"},
	}
	got := map[string]string{}
	for _, path := range healthPaths(probes) {
		got[fmt.Sprint(path.patterns)] = path.policy
	}
	want := map[string]string{"[/healthz/default]": healthPolicy, "[/healthz/residency-eu]": healthPolicy, "[/*]": refusalPolicy}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
