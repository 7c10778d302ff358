package refusals_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	compute "google.golang.org/api/compute/v0.beta"
	"pgregory.net/rapid"

	"ai-serving/sandbox/gcp/refusals"
)

// site has one of everything that a map can decide by.
const site = `{
	"defaultService": "other",
	"hostRules": [
		{"hosts": ["a.example.com", "a.example.com:8443"], "pathMatcher": "paths"},
		{"hosts": ["*.example.com"], "pathMatcher": "wild"},
		{"hosts": ["*-x.example.com"], "pathMatcher": "paths"},
		{"hosts": ["routes.example.com"], "pathMatcher": "routes"}],
	"pathMatchers": [
		{"name": "wild", "defaultUrlRedirect": {"httpsRedirect": true, "redirectResponseCode": "FOUND", "stripQuery": true}},
		{"name": "paths", "defaultService": "paths", "pathRules": [
			{"paths": ["/v1/*"], "service": "prefix", "routeAction": {"urlRewrite": {"pathPrefixRewrite": "/"}}},
			{"paths": ["/v1/chat/*"], "service": "longer"},
			{"paths": ["/v1/chat/now", "/v1/"], "service": "exact", "routeAction": {"urlRewrite": {"pathPrefixRewrite": "/ready"}}},
			{"paths": ["/off"], "service": "off", "routeAction": {"faultInjectionPolicy": {"abort": {"httpStatus": 404, "percentage": 100}}}},
			{"paths": ["/half"], "service": "half", "routeAction": {"faultInjectionPolicy": {"abort": {"httpStatus": 404, "percentage": 50}}}},
			{"paths": ["/old/*"], "urlRedirect": {"prefixRedirect": "/new/"}}]},
		{"name": "routes", "defaultService": "routes", "routeRules": [
			{"priority": 9, "service": "late", "matchRules": [{"prefixMatch": "/"}]},
			{"priority": 1, "service": "header", "matchRules": [{"prefixMatch": "/", "headerMatches": [{"headerName": "X-Tenant", "exactMatch": "acme"}]}]},
			{"priority": 2, "service": "range", "matchRules": [{"prefixMatch": "/", "headerMatches": [{"headerName": "x-size", "rangeMatch": {"rangeStart": "1", "rangeEnd": "5"}}]}]},
			{"priority": 3, "service": "query", "matchRules": [{"prefixMatch": "/q", "queryParameterMatches": [{"name": "v", "exactMatch": "2"}]}]},
			{"priority": 4, "service": "full", "matchRules": [{"fullPathMatch": "/Full", "ignoreCase": true}, {"fullPathMatch": "/whole"}]},
			{"priority": 5, "service": "template", "matchRules": [{"pathTemplateMatch": "/t/{lang}/{rest=**}"}],
				"routeAction": {"urlRewrite": {"pathTemplateRewrite": "/{rest}/{lang}", "hostRewrite": "inside"}}},
			{"priority": 6, "matchRules": [{"regexMatch": "/r[0-9]+"}],
				"routeAction": {"weightedBackendServices": [{"backendService": "blue", "weight": 3}, {"backendService": "green", "weight": 1}, {"backendService": "none", "weight": 0}]}},
			{"priority": 7, "service": "absent", "matchRules": [{"prefixMatch": "/n", "headerMatches": [{"headerName": "x-beta", "presentMatch": true, "invertMatch": true}]}]}]}]}`

func parseMap(t *testing.T, text string) *compute.UrlMap {
	t.Helper()
	m := &compute.UrlMap{}
	if err := json.Unmarshal([]byte(text), m); err != nil {
		t.Fatal(err)
	}
	return m
}

// outcome is a decision in words: the matcher, and the services with the URL
// they are asked for, or the redirect.
func outcome(d refusals.Decision) string {
	var parts []string
	for _, share := range d.Services {
		parts = append(parts, fmt.Sprintf("%s %v", share.Service, share.Part))
	}
	text := fmt.Sprintf("%s: %s %s", d.Matcher, strings.Join(parts, ", "), d.URL)
	if d.RedirectCode != 0 {
		text = fmt.Sprintf("%s: %d %s", d.Matcher, d.RedirectCode, d.URL)
	}
	if d.Abort != 0 {
		text += fmt.Sprintf(" aborted %d", d.Abort)
	}
	return text
}

func TestRoute(t *testing.T) {
	t.Parallel()
	m := parseMap(t, site)
	for _, test := range []struct{ host, path, header, want string }{
		{"elsewhere.org", "/v1/chat", "", ": other 1 http://elsewhere.org/v1/chat"},
		{"a.example.com", "/", "", "paths: paths 1 http://a.example.com/"},
		{"A.Example.com", "/v1/x", "", "paths: prefix 1 http://A.Example.com/x"},
		{"a.example.com:80", "/v1/x?q=1", "", "paths: prefix 1 http://a.example.com:80/x?q=1"},
		{"a.example.com:8443", "/v1", "", "paths: paths 1 http://a.example.com:8443/v1"},
		{"a.example.com", "/v1/chat/", "", "paths: longer 1 http://a.example.com/v1/chat/"},
		{"a.example.com", "/v1/chat/now", "", "paths: exact 1 http://a.example.com/ready"},
		{"a.example.com", "/v1/", "", "paths: exact 1 http://a.example.com/ready"},
		{"a.example.com", "/off", "", "paths: off 1 http://a.example.com/off aborted 404"},
		{"a.example.com", "/half", "", "paths: half 1 http://a.example.com/half"},
		{"a.example.com", "/old/b?c", "", "paths: 301 http://a.example.com/new/b?c"},
		{"b.c.example.com", "/p?q=1", "", "wild: 302 https://b.c.example.com/p"},
		{"b-x.example.com", "/", "", "paths: paths 1 http://b-x.example.com/"},
		{"example.com", "/", "", ": other 1 http://example.com/"},
		{"routes.example.com", "/any", "", "routes: late 1 http://routes.example.com/any"},
		{"routes.example.com", "/Full", "x-tenant=acme", "routes: header 1 http://routes.example.com/Full"},
		{"routes.example.com", "/", "X-Size=4", "routes: range 1 http://routes.example.com/"},
		{"routes.example.com", "/", "X-Size=5", "routes: late 1 http://routes.example.com/"},
		{"routes.example.com", "/", "X-Size=4.5", "routes: late 1 http://routes.example.com/"},
		{"routes.example.com", "/q?v=2", "", "routes: query 1 http://routes.example.com/q?v=2"},
		{"routes.example.com", "/q?v=3", "", "routes: late 1 http://routes.example.com/q?v=3"},
		{"routes.example.com", "/fULL", "", "routes: full 1 http://routes.example.com/fULL"},
		{"routes.example.com", "/whole", "", "routes: full 1 http://routes.example.com/whole"},
		{"routes.example.com", "/Whole", "", "routes: late 1 http://routes.example.com/Whole"},
		{"routes.example.com", "/t/de/a/b", "", "routes: template 1 http://inside/a/b/de"},
		{"routes.example.com", "/r12", "", "routes: blue 0.75, green 0.25 http://routes.example.com/r12"},
		{"routes.example.com", "/r12x", "", "routes: late 1 http://routes.example.com/r12x"},
		{"routes.example.com", "/new", "", "routes: absent 1 http://routes.example.com/new"},
		{"routes.example.com", "/new", "x-beta=", "routes: late 1 http://routes.example.com/new"},
	} {
		headers := http.Header{}
		if name, value, given := strings.Cut(test.header, "="); given {
			headers[name] = []string{value}
		}
		d, err := refusals.Route(m, test.host, test.path, headers)
		if err != nil {
			t.Errorf("%s%s: %v", test.host, test.path, err)
			continue
		}
		if got := outcome(d); got != test.want {
			t.Errorf("%s%s with %q: got %s, want %s", test.host, test.path, test.header, got, test.want)
		}
	}
}

func TestRouteOfAMapThatLeadsNowhere(t *testing.T) {
	t.Parallel()
	if d, err := refusals.Route(&compute.UrlMap{}, "a", "/", nil); err == nil {
		t.Errorf("got %+v, want an error", d)
	}
}

// paths are those of a small tree, with and without a wildcard.
func paths(t *rapid.T, label string) string {
	segments := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab"}), 0, 3).Draw(t, label)
	return "/" + strings.Join(segments, "/")
}

// The order of path rules is of no matter, and the pattern that wins is the
// longest of those that match, the exact path before all.
func TestLongestPathWins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		patterns := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string {
			path := paths(t, "pattern")
			if rapid.Bool().Draw(t, "wildcard") {
				return strings.TrimSuffix(path, "/") + "/*"
			}
			return path
		}), 1, 8, rapid.ID).Draw(t, "patterns")
		path := paths(t, "path")
		want, best := "default", -1
		for _, pattern := range patterns {
			length := len(pattern) // the wildcard counts, so that it loses to nothing of its length
			if pattern == path {
				length = 1000
			} else if prefix, wildcard := strings.CutSuffix(pattern, "*"); !wildcard || !strings.HasPrefix(path, prefix) {
				continue
			}
			if length > best {
				want, best = pattern, length
			}
		}
		for range 2 {
			m := &compute.UrlMap{
				HostRules:    []*compute.HostRule{{Hosts: []string{"*"}, PathMatcher: "m"}},
				PathMatchers: []*compute.PathMatcher{{Name: "m", DefaultService: "default"}},
			}
			for _, pattern := range patterns {
				m.PathMatchers[0].PathRules = append(m.PathMatchers[0].PathRules, &compute.PathRule{Paths: []string{pattern}, Service: pattern})
			}
			d, err := refusals.Route(m, "any.example.com", path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := d.Services[0].Service; got != want {
				t.Fatalf("%s of %q routes to %s, want %s", path, patterns, got, want)
			}
			slices.Reverse(patterns)
		}
	})
}

// A host routes to the exact rule if there is one, or else to the longest
// pattern that it ends with.
func TestMostSpecificHostWins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		labels := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 1, 4)
		hosts := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string {
			name := strings.Join(labels.Draw(t, "labels"), ".")
			if rapid.Bool().Draw(t, "wildcard") {
				return "*." + name
			}
			return name
		}), 1, 8, rapid.ID).Draw(t, "hosts")
		host := strings.Join(labels.Draw(t, "host"), ".")
		m := &compute.UrlMap{DefaultService: "default"}
		for _, pattern := range hosts {
			m.HostRules = append(m.HostRules, &compute.HostRule{Hosts: []string{pattern}, PathMatcher: pattern})
			m.PathMatchers = append(m.PathMatchers, &compute.PathMatcher{Name: pattern, DefaultService: pattern})
		}
		d, err := refusals.Route(m, host, "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		for _, pattern := range hosts {
			suffix, wildcard := strings.CutPrefix(pattern, "*")
			if pattern == host {
				want = pattern
				break
			}
			if wildcard && strings.HasSuffix(host, suffix) && len(pattern) > len(want) {
				want = pattern
			}
		}
		if d.Matcher != want {
			t.Fatalf("%s routes to %q, want %q of %q", host, d.Matcher, want, hosts)
		}
	})
}

// The shares of weighted services add up to one.
func TestSharesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1000), 1, 10).Draw(t, "weights")
		action := &compute.HttpRouteAction{}
		var sum int64
		for i, weight := range weights {
			sum += weight
			action.WeightedBackendServices = append(action.WeightedBackendServices, &compute.WeightedBackendService{BackendService: fmt.Sprint(i), Weight: weight})
		}
		d, err := refusals.Route(&compute.UrlMap{DefaultRouteAction: action}, "a", "/", nil)
		if sum == 0 {
			if err == nil {
				t.Fatalf("weights of 0 route to %+v", d)
			}
			return
		}
		total := 0.0
		for _, share := range d.Services {
			total += share.Part
		}
		if err != nil || total < 1-1e-9 || total > 1+1e-9 {
			t.Fatalf("the shares add up to %v: %v", total, err)
		}
	})
}
