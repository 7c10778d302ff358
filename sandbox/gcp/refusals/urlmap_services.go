package refusals

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
)

var (
	mapServiceScope = invalid("url-map/service-scope",
		"A regional URL map routes to services and buckets of its region, a global one to global ones.",
		documented(urlMapDocs))
	mapOneScheme = invalid("url-map/one-scheme",
		"The services of a URL map have one load balancing scheme.",
		inferred(discovery("BackendService.loadBalancingScheme")))
	mapInUseScheme = invalid("url-map/scheme-of-rule",
		"The services of a URL map have the scheme of the forwarding rules that route to it.",
		inferred(discovery("BackendService.loadBalancingScheme")))
	classicActions = invalid("url-map/classic-actions",
		"On the classic load balancer, of scheme EXTERNAL, a URL map rewrites URLs and does nothing else on the way.",
		discovery("HttpRouteAction.urlRewrite, HttpHeaderAction"))
	regexScheme = invalid("url-map/regex-scheme",
		"Only regional and internal load balancers match by regular expressions.",
		"https://github.com/hashicorp/terraform-provider-google/issues/14093")
	templateScheme = invalid("url-map/template-scheme",
		"The classic load balancer does not match by path templates.",
		"https://github.com/GoogleCloudPlatform/magic-modules/pull/8033")
	mapBytes = invalid("url-map/size",
		"A URL map has at most 1 MB, and 64 KB on the classic load balancer.",
		"https://docs.cloud.google.com/load-balancing/docs/url-map-size-quota")
	mapTestCount = invalid("url-map/test-count",
		"A URL map has at most 100 tests.",
		discovery("UrlMap.tests"))
	mapTestForm = invalid("url-map/test-form",
		"A test expects a service or a redirect's status, and names the host that its headers name.",
		discovery("UrlMapTest.service, headers"))
	mapTestsPass = invalid("url-map/tests-pass",
		"The tests of a URL map pass.",
		discovery("UrlMap.tests"))
)

// The load balancing schemes.
const (
	schemeClassic = "EXTERNAL"
	schemeManaged = "EXTERNAL_MANAGED"
	schemePrivate = "INTERNAL_MANAGED"
	schemeMesh    = "INTERNAL_SELF_MANAGED"
)

// mapServices checks what the map routes to.
func mapServices(r *request, m *compute.UrlMap) error {
	scheme, err := mapScheme(r, m)
	if err != nil {
		return err
	}
	for _, p := range places(m) {
		if err := checkScheme(r, p, scheme); err != nil {
			return err
		}
	}
	return checkRulesOf(r, scheme)
}

// mapScheme gives the scheme of the services that the map routes to; "" if it
// routes to none that exists. It refuses services of other places and of
// different schemes.
func mapScheme(r *request, m *compute.UrlMap) (string, error) {
	scheme := ""
	for _, p := range places(m) {
		for _, text := range p.services() {
			at := p.name("service")
			l, ok := r.refer(text)
			if !ok {
				continue
			}
			if l.scope != r.link.scope || l.collection != "backendServices" && l.collection != "backendBuckets" {
				return "", wrong(mapServiceScope, at, text, "The URL map must refer to backend services and buckets of its own scope, %s.", r.link.scope)
			}
			service, found := get[compute.BackendService](r.project, l)
			if l.collection != "backendServices" || !found {
				continue
			}
			other := cmp.Or(service.LoadBalancingScheme, schemeClassic)
			if scheme != "" && other != scheme {
				return "", wrong(mapOneScheme, at, text, "The load balancing scheme %s of the backend service is not that of the other services of the URL map, %s.", other, scheme)
			}
			scheme = other
		}
	}
	return scheme, nil
}

// checkScheme refuses what the scheme's load balancers cannot do.
func checkScheme(r *request, p place, scheme string) error {
	at := p.name("routeAction")
	if scheme == schemeClassic {
		if p.headers != nil {
			return wrong(classicActions, p.at+"headerAction", "", "headerAction is not supported for load balancers of scheme EXTERNAL.")
		}
		if a := p.action; a != nil && (a.FaultInjectionPolicy != nil || a.RetryPolicy != nil || a.CorsPolicy != nil ||
			a.Timeout != nil || a.RequestMirrorPolicy != nil || len(a.WeightedBackendServices) > 0) {
			return wrong(classicActions, at, "", "urlRewrite is the only action supported for load balancers of scheme EXTERNAL.")
		}
	}
	global := r.link.global() && (scheme == schemeClassic || scheme == schemeManaged)
	for _, match := range p.matches {
		if global && matchesRegex(match) {
			return wrong(regexScheme, p.at+"matchRules", "", "Regex isn't allowed for a global load balancer of scheme %s.", scheme)
		}
		if scheme == schemeClassic && match.PathTemplateMatch != "" {
			return wrong(templateScheme, p.at+"matchRules", match.PathTemplateMatch, "Field matchRules.pathTemplateMatch is incompatible with load balancers of scheme EXTERNAL.")
		}
	}
	return nil
}

func matchesRegex(m *compute.HttpRouteRuleMatch) bool {
	return m.RegexMatch != "" ||
		slices.ContainsFunc(m.HeaderMatches, func(h *compute.HttpHeaderMatch) bool { return h.RegexMatch != "" }) ||
		slices.ContainsFunc(m.QueryParameterMatches, func(q *compute.HttpQueryParameterMatch) bool { return q.RegexMatch != "" })
}

// checkRulesOf compares the scheme with that of the forwarding rules in front of
// the map.
func checkRulesOf(r *request, scheme string) error {
	if scheme == "" {
		return nil
	}
	return each(r, "forwardingRules", func(l link, rule *compute.ForwardingRule) error {
		proxy, ok := r.refer(rule.Target)
		if !ok {
			return nil
		}
		target, found := get[compute.TargetHttpProxy](r.project, proxy)
		if !found || !r.same(target.UrlMap, r.link.String()) {
			return nil
		}
		if other := cmp.Or(rule.LoadBalancingScheme, schemeClassic); other != scheme {
			return wrong(mapInUseScheme, "defaultService", "", "The backend services have load balancing scheme %s; the forwarding rule %s has %s.", scheme, l, other)
		}
		return nil
	})
}

func mapSize(r *request, m *compute.UrlMap) error {
	limit := maxMapBytes
	if scheme, err := mapScheme(r, m); err == nil && scheme == schemeClassic {
		limit = classicMapBytes
	}
	if len(r.body) > limit {
		return mapBytes.Refuse("The URL map %s has %d bytes; the limit is %d.", r.link, len(r.body), limit)
	}
	return nil
}

// mapTests routes the map's own tests.
func mapTests(r *request, m *compute.UrlMap) error {
	if len(m.Tests) > maxMapTests {
		return wrong(mapTestCount, "tests", len(m.Tests), "A URL map may have at most %d tests.", maxMapTests)
	}
	for i, test := range m.Tests {
		at := fmt.Sprintf("tests[%d]", i)
		headers := http.Header{}
		for _, header := range test.Headers {
			headers.Add(header.Name, header.Value)
		}
		if test.Service != "" && test.ExpectedRedirectResponseCode != 0 {
			return wrong(mapTestForm, at+".expectedRedirectResponseCode", test.ExpectedRedirectResponseCode, "expectedRedirectResponseCode cannot be set when service is set.")
		}
		if named := headers.Get("Host"); named != "" && named != test.Host {
			return wrong(mapTestForm, at+".host", test.Host, "The host does not match the header's, '%s'.", named)
		}
		d, err := Route(m, test.Host, test.Path, headers)
		if err != nil {
			return wrong(mapTestsPass, at, test.Host+test.Path, "Test failure: %v.", err)
		}
		if reason := testFailure(r, test, d); reason != "" {
			return wrong(mapTestsPass, at, test.Host+test.Path, "Test failure: Expect URL '%s%s' to %s.", test.Host, test.Path, reason)
		}
	}
	return nil
}

// testFailure compares what a test expects with what the map does; "" if they
// agree. Of weighted services, each that gets requests is as expected (this is
// inferred).
func testFailure(r *request, test *compute.UrlMapTest, d Decision) string {
	actual := fmt.Sprintf("redirected to '%s' with %d", d.URL, d.RedirectCode)
	if d.RedirectCode == 0 {
		actual = fmt.Sprintf("mapped to service '%s'", d.Services[0].Service)
	}
	routes := func(share Share) bool { return r.same(share.Service, test.Service) }
	switch {
	case test.Service != "" && !slices.ContainsFunc(d.Services, routes):
		return fmt.Sprintf("map to service '%s', but actually %s", test.Service, actual)
	case test.ExpectedRedirectResponseCode != 0 && test.ExpectedRedirectResponseCode != d.RedirectCode:
		return fmt.Sprintf("be redirected with %d, but actually %s", test.ExpectedRedirectResponseCode, actual)
	case test.ExpectedOutputUrl != "" && !sameOutput(test, d):
		return fmt.Sprintf("be '%s', but actually '%s'", test.ExpectedOutputUrl, d.URL)
	default:
		return ""
	}
}

// sameOutput compares the URL that a test expects. The scheme is of no matter
// where a service is expected.
func sameOutput(test *compute.UrlMapTest, d Decision) bool {
	expected := test.ExpectedOutputUrl
	if !strings.Contains(expected, "://") {
		expected = d.URL.Scheme + "://" + expected
	}
	u, err := url.Parse(expected)
	if err != nil {
		return false
	}
	if test.Service != "" {
		u.Scheme = d.URL.Scheme
	}
	return u.String() == d.URL.String()
}
