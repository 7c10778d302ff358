package gateway

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ai-serving/internal/topology"
)

func TestPathsGoFromTheSpecificToTheGeneral(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		routes []topology.Route
		want   []string
	}{
		"a workload's paths in one rule": {
			[]topology.Route{{Workload: "chat", Paths: []string{"/v1/chat", "/v1/chat/*", "/v1/models"}}, {Workload: "embed", Paths: []string{"/v1/embeddings"}}},
			[]string{"embed [/v1/embeddings]", "chat [/v1/models /v1/chat /v1/chat/*]"},
		},
		"a general path after another workload's specific ones": {
			[]topology.Route{{Workload: "all", Paths: []string{"/*", "/v1/*", "/v1/models"}}, {Workload: "chat", Paths: []string{"/v1/chat", "/v1/chat/*"}}},
			[]string{"chat [/v1/chat /v1/chat/*]", "all [/v1/models /v1/* /*]"},
		},
		"a workload's paths on both sides of another's": {
			[]topology.Route{{Workload: "all", Paths: []string{"/v1/*", "/v1/chat/models"}}, {Workload: "chat", Paths: []string{"/v1/chat/*"}}},
			[]string{"all [/v1/chat/models]", "chat [/v1/chat/*]", "all [/v1/*]"},
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

// A gateway takes the first rule that matches. Google's load balancers take the
// most specific one, and both clouds have to serve a tenant alike.
func TestTheFirstMatchIsTheMostSpecific(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		segments := rapid.StringMatching(`(/[ab]){1,3}`)
		paths := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string {
			return segments.Draw(t, "path") + rapid.SampledFrom([]string{"", "/*"}).Draw(t, "wildcard")
		}), 1, 8, rapid.ID).Draw(t, "paths")
		var routes []topology.Route
		served := map[string]string{"": ""}
		for _, path := range paths {
			served[path] = rapid.SampledFrom([]string{"one", "two", "three"}).Draw(t, "workload")
			routes = append(routes, topology.Route{Workload: served[path], Paths: []string{path}})
		}
		request := segments.Draw(t, "request")
		if got, want := firstMatch(ordered(routes), request), served[mostSpecific(paths, request)]; got != want {
			t.Fatalf("%s: the first match leads to %q, the most specific to %q", request, got, want)
		}
	})
}

func TestPathRuleNamesAreDistinctAndFit(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	long := strings.Repeat("workload-", 10)
	for _, path := range []path{
		{workload: "chat", patterns: []string{"/v1/chat"}},
		{workload: "chat", patterns: []string{"/v1/chat/*"}},
		{workload: "chat", patterns: []string{"/v1/chat", "/v1/chat/*"}},
		{workload: "vision", patterns: []string{"/v1/chat"}},
		{workload: long, patterns: []string{"/v1"}},
		{workload: long, patterns: []string{"/v2"}},
		{workload: nothingName, patterns: []string{anyPath}},
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
	chat := path{workload: "chat", patterns: []string{"/v1/chat/*"}}
	refused := path{workload: "no_backend", patterns: []string{"/*"}, policy: "refusal"}
	all := path{workload: "chat", patterns: []string{"/v1/chat", "/*"}}
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
	listener := topology.Listener{Name: "acme", Tenant: "acme", Routes: []topology.Route{{Workload: "chat", Paths: []string{"/v1/chat/*"}}}}
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
		if slices.ContainsFunc(path.patterns, func(pattern string) bool { return matches(pattern, request) }) {
			return path.workload
		}
	}
	return ""
}

// mostSpecific is the pattern that Google's URL maps would choose: an exact one,
// or else the longest.
func mostSpecific(paths []string, request string) string {
	best := ""
	for _, path := range paths {
		if path == request {
			return path
		}
		if matches(path, request) && len(path) > len(best) {
			best = path
		}
	}
	return best
}
