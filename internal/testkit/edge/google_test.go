package edge_test

import (
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ai-serving/internal/testkit"
	"ai-serving/internal/testkit/edge"
)

// google are the resources of a global load balancer with the URL map.
func google(urlMap values, more ...testkit.Resource) []testkit.Resource {
	service := func(name, policy string) testkit.Resource {
		inputs := values{
			"loadBalancingScheme": "EXTERNAL_MANAGED", "timeoutSec": 75, "connectionDrainingTimeoutSec": 60,
			"backends": items{
				values{"group": "groups/" + name, "capacityScaler": 1.0, "balancingMode": "UTILIZATION"},
				values{"group": "groups/drained", "capacityScaler": 0.0, "balancingMode": "UTILIZATION"},
			},
		}
		if policy != "" {
			inputs["securityPolicy"] = policy
		}
		return resourceOf("gcp:compute/backendService:BackendService", name, "services/"+name, inputs)
	}
	return append(more,
		resourceOf("gcp:compute/globalForwardingRule:GlobalForwardingRule", "rule", "rule", values{
			"ipAddress": "198.51.100.1", "portRange": "80", "target": "proxy", "loadBalancingScheme": "EXTERNAL_MANAGED",
		}),
		resourceOf("gcp:compute/targetHttpProxy:TargetHttpProxy", "proxy", "proxy", values{"urlMap": "map"}),
		resourceOf("gcp:compute/uRLMap:URLMap", "map", "map", urlMap),
		service("chat", "policy"), service("embed", ""), service("other", ""), service("canary", ""),
		resourceOf("gcp:compute/backendBucket:BackendBucket", "static", "buckets/static", values{}),
		resourceOf("gcp:compute/securityPolicy:SecurityPolicy", "policy", "policy", values{
			"type": "CLOUD_ARMOR",
			"rules": items{
				throttle(1000, 60, "request.headers['host'].lower().matches('^acme[.]ai[.]example[.]com$') || request.headers['host'] == 'chat.acme.com'"),
				throttle(2000, 30, "request.headers['host'].lower().matches('^globex[.]')"),
				values{"priority": math.MaxInt32, "action": "allow", "match": values{"versionedExpr": "SRC_IPS_V1", "config": values{"srcIpRanges": items{"*"}}}},
			},
		}),
	)
}

func throttle(priority, count int, expression string) values {
	return values{
		"priority": priority, "action": "throttle", "match": values{"expr": values{"expression": expression}},
		"rateLimitOptions": values{
			"conformAction": "allow", "exceedAction": "deny(429)", "enforceOnKey": "ALL",
			"rateLimitThreshold": values{"count": count, "intervalSec": 60},
		},
	}
}

var notFound = values{"faultInjectionPolicy": values{"abort": values{"httpStatus": 404, "percentage": 100}}}

// urlMap has a matcher of path rules for acme's hosts and one of route rules for
// globex's.
func urlMap() values {
	return values{
		"defaultService": "services/other", "defaultRouteAction": notFound,
		"hostRules": items{
			values{"hosts": items{"*.ai.example.com"}, "pathMatcher": "wide"},
			values{"hosts": items{"acme.ai.example.com", "chat.acme.com"}, "pathMatcher": "acme"},
			values{"hosts": items{"globex.ai.example.com"}, "pathMatcher": "globex"},
		},
		"pathMatchers": items{
			values{
				"name": "acme", "defaultService": "services/other",
				"headerAction": values{"requestHeadersToAdds": items{values{"headerName": "X-Tenant-Id", "headerValue": "acme", "replace": true}}},
				"pathRules": items{
					values{"paths": items{"/*"}, "service": "services/other", "routeAction": notFound},
					values{"paths": items{"/v1/*", "/v1/models"}, "service": "services/embed"},
					values{"paths": items{"/v1/chat/*", "/v1/chat"}, "service": "services/chat"},
					values{"paths": items{"/healthz/acme"}, "service": "services/embed", "routeAction": values{"urlRewrite": values{"pathPrefixRewrite": "/health"}}},
					values{"paths": items{"/static/*"}, "service": "buckets/static"},
				},
			},
			values{
				"name": "globex", "defaultService": "services/other",
				"routeRules": items{
					values{"priority": 9, "matchRules": items{values{"prefixMatch": "/"}}, "service": "services/other", "routeAction": notFound},
					values{"priority": 1, "matchRules": items{values{"fullPathMatch": "/v1/chat"}}, "service": "services/chat", "headerAction": values{"requestHeadersToRemoves": items{"X-Tenant-Id"}}},
					values{"priority": 2, "matchRules": items{values{"prefixMatch": "/v1/"}}, "routeAction": values{"weightedBackendServices": items{
						values{"backendService": "services/embed", "weight": 95}, values{"backendService": "services/canary", "weight": 5},
					}}},
				},
			},
			values{"name": "wide", "defaultService": "services/canary"},
		},
	}
}

func balancer(t *testing.T, urlMap values, more ...testkit.Resource) (*edge.LoadBalancer, error) {
	t.Helper()
	balancers, err := edge.LoadBalancers(&testkit.Recording{Resources: google(urlMap, more...)})
	if err != nil {
		return nil, err
	}
	return balancers[0], nil
}

func askGoogle(t *testing.T, urlMap values, host, path string) edge.Answer {
	t.Helper()
	evaluated, err := balancer(t, urlMap)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := evaluated.Answer(edge.Request{Scheme: "http", Host: host, Path: path, Header: http.Header{"X-Tenant-Id": {"liar"}}})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// services are the names of those that share a request.
func services(answer edge.Answer) string {
	var names []string
	for _, backend := range answer.Backends {
		names = append(names, strings.TrimPrefix(backend.ID, "services/"))
	}
	return strings.Join(names, " ")
}

func TestTheLongestPathOfTheHostsMatcherDecides(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		host, path, want string
		status           int
	}{
		{"acme.ai.example.com", "/v1/chat/x", "chat", 0},
		{"ACME.ai.example.com", "/v1/chat/x", "chat", 0},
		{"chat.acme.com", "/v1/chat", "chat", 0},
		{"acme.ai.example.com", "/v1/chats", "embed", 0},
		{"acme.ai.example.com", "/v1/models?a=/v1/chat/", "embed", 0},
		{"acme.ai.example.com", "/V1/chat/x", "", 404}, // paths have case
		{"acme.ai.example.com", "/v1", "", 404},
		{"acme.ai.example.com", "/static/logo.svg", "buckets/static", 0},
		{"globex.ai.example.com", "/v1/chat", "chat", 0},
		{"globex.ai.example.com", "/v1/chat/x", "embed canary", 0},
		{"globex.ai.example.com", "/", "", 404},
		{"hooli.ai.example.com", "/", "canary", 0},
		{"ai.example.com", "/v1/chat/x", "", 404},
		{"203.0.113.9", "/v1/chat/x", "", 404},
	} {
		answer := askGoogle(t, urlMap(), test.host, test.path)
		if got := services(answer); got != test.want || answer.Status != test.status {
			t.Errorf("%s%s goes to %q with status %d, not to %q with %d", test.host, test.path, got, answer.Status, test.want, test.status)
		}
	}
}

func TestAGroupWithoutCapacityGetsNoRequests(t *testing.T) {
	t.Parallel()
	backend := askGoogle(t, urlMap(), "acme.ai.example.com", "/v1/chat").Backends[0]
	if !slices.Equal(backend.Members, []string{"groups/chat"}) || backend.TimeoutSeconds != 75 || backend.DrainSeconds != 60 {
		t.Errorf("%+v", backend)
	}
}

func TestRequestsAreDividedByWeight(t *testing.T) {
	t.Parallel()
	backends := askGoogle(t, urlMap(), "globex.ai.example.com", "/v1/models").Backends
	if backends[0].Part != 0.95 || backends[1].Part != 0.05 {
		t.Errorf("%+v", backends)
	}
}

func TestARewriteReplacesWhatMatched(t *testing.T) {
	t.Parallel()
	if got := askGoogle(t, urlMap(), "acme.ai.example.com", "/healthz/acme").Forwarded.Path; got != "/health" {
		t.Errorf("asks for %q", got)
	}
}

func TestHeadersOfTheMapComeAfterThoseOfAMatcher(t *testing.T) {
	t.Parallel()
	const host = "acme.ai.example.com"
	if got := askGoogle(t, urlMap(), host, "/v1/models").Forwarded.Header.Get("X-Tenant-Id"); got != "acme" {
		t.Errorf("arrives as %q", got)
	}
	if got := askGoogle(t, urlMap(), "globex.ai.example.com", "/v1/chat").Forwarded.Header.Get("X-Tenant-Id"); got != "" {
		t.Errorf("a rule that takes the header away: arrives as %q", got)
	}
	if got := askGoogle(t, urlMap(), "globex.ai.example.com", "/v1/models").Forwarded.Header.Get("X-Tenant-Id"); got != "liar" {
		t.Errorf("a rule without headers: arrives as %q", got)
	}
	undone := urlMap()
	undone["headerAction"] = values{"requestHeadersToRemoves": items{"X-Tenant-Id"}}
	if got := askGoogle(t, undone, host, "/v1/models").Forwarded.Header.Get("X-Tenant-Id"); got != "" {
		t.Errorf("the map takes the header away last: arrives as %q", got)
	}
	added := urlMap()
	added["pathMatchers"].(items)[0].(values)["headerAction"] = values{"requestHeadersToAdds": items{values{"headerName": "X-Tenant-Id", "headerValue": "acme", "replace": false}}}
	if got := askGoogle(t, added, host, "/v1/models").Forwarded.Header.Values("X-Tenant-Id"); !slices.Equal(got, []string{"liar", "acme"}) {
		t.Errorf("a header that is not replaced: arrives as %q", got)
	}
}

func TestTheThrottleOfTheHostCounts(t *testing.T) {
	t.Parallel()
	for host, want := range map[string][]edge.Limit{
		"acme.ai.example.com":   {{Name: "policy/1000", Requests: 60, Seconds: 60}},
		"chat.acme.com":         {{Name: "policy/1000", Requests: 60, Seconds: 60}},
		"globex.ai.example.com": {{Name: "policy/2000", Requests: 30, Seconds: 60}},
	} {
		if got := askGoogle(t, urlMap(), host, "/v1/chat").Limits; !slices.Equal(got, want) {
			t.Errorf("%s: %+v", host, got)
		}
	}
	if got := askGoogle(t, urlMap(), "acme.ai.example.com", "/v1/models").Limits; len(got) > 0 {
		t.Errorf("a service without a policy: %+v", got)
	}
}

func TestGooglesRedirectKeepsHostPathAndQuery(t *testing.T) {
	t.Parallel()
	answer := askGoogle(t, values{"defaultUrlRedirect": values{"httpsRedirect": true, "stripQuery": false}}, "acme.ai.example.com", "/v1/models?a=b")
	if answer.Status != http.StatusMovedPermanently || answer.Location != "https://acme.ai.example.com/v1/models?a=b" {
		t.Errorf("%+v", answer)
	}
}

func TestALoadBalancerThatIsNotUnderstoodIsAnError(t *testing.T) {
	t.Parallel()
	matcher := func(m values, i int) values { return m["pathMatchers"].(items)[i].(values) }
	for name, test := range map[string]struct {
		edit func(values)
		want string
	}{
		"an unknown property":         {func(m values) { m["defaultCustomErrorResponsePolicy"] = values{} }, "unknown field"},
		"a host in two rules":         {func(m values) { m["hostRules"].(items)[0].(values)["hosts"] = items{"chat.acme.com"} }, "stands in two rules"},
		"a matcher that nobody uses":  {func(m values) { m["hostRules"] = m["hostRules"].(items)[:2] }, "no host rule uses"},
		"a matcher that is not there": {func(m values) { m["pathMatchers"] = m["pathMatchers"].(items)[:2] }, "no path matcher"},
		"a path in two rules":         {func(m values) { matcher(m, 0)["pathRules"].(items)[1].(values)["paths"] = items{"/*"} }, "stands in two rules"},
		"a wildcard inside of a path": {func(m values) { matcher(m, 0)["pathRules"].(items)[1].(values)["paths"] = items{"/v*/x"} }, "path \"/v*/x\""},
		"two rules of one priority":   {func(m values) { matcher(m, 1)["routeRules"].(items)[0].(values)["priority"] = 1 }, "two route rules"},
		"path rules and route rules":  {func(m values) { matcher(m, 0)["routeRules"] = matcher(m, 1)["routeRules"] }, "path rules and route rules"},
		"a fault that some escape": {func(m values) {
			matcher(m, 0)["pathRules"].(items)[2].(values)["routeAction"] = values{"faultInjectionPolicy": values{"abort": values{"httpStatus": 404, "percentage": 99}}}
		}, "99%"},
		"a service that is not there": {func(m values) { matcher(m, 0)["pathRules"].(items)[2].(values)["service"] = "services/gone" }, "no backend service"},
		"a service beside weights": {func(m values) {
			matcher(m, 0)["pathRules"].(items)[2].(values)["routeAction"] = matcher(m, 1)["routeRules"].(items)[2].(values)["routeAction"]
		}, "beside weighted"},
		"a rule that routes nowhere": {func(m values) { delete(matcher(m, 0)["pathRules"].(items)[2].(values), "service") }, "routes nowhere"},
		"another host for the backend": {func(m values) {
			matcher(m, 0)["pathRules"].(items)[2].(values)["routeAction"] = values{"urlRewrite": values{"hostRewrite": "x"}}
		}, "rewrites the host"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := urlMap()
			test.edit(changed)
			evaluated, err := balancer(t, changed)
			if err == nil {
				_, err = evaluated.Answer(edge.Request{Scheme: "http", Host: "acme.ai.example.com", Path: "/v1/chat/x"})
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestAnExpressionThatIsNotUnderstoodIsAnError(t *testing.T) {
	t.Parallel()
	const host = "request.headers['host'] == 'x'"
	for name, expression := range map[string]string{
		"another attribute": "origin.region_code == 'US'",
		"an absent header":  "request.headers['x-key'] == 'x'",
		"an upper-case key": "request.headers['Host'] == 'x'",
		"both joints":       host + " && " + host + " || " + host,
		"too many parts":    strings.Repeat(host+" || ", 5) + host,
		"too many letters":  "request.headers['host'] == '" + strings.Repeat("x", 2048) + "'",
		"no text":           "request.headers['host'] == 1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resources := google(urlMap())
			resources[len(resources)-1] = resourceOf("gcp:compute/securityPolicy:SecurityPolicy", "policy", "policy", values{"rules": items{throttle(1, 1, expression)}})
			balancers, err := edge.LoadBalancers(&testkit.Recording{Resources: resources})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := balancers[0].Answer(edge.Request{Scheme: "http", Host: "acme.ai.example.com", Path: "/v1/chat"}); err == nil {
				t.Error("understood")
			}
		})
	}
}
