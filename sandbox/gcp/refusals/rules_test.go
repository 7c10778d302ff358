package refusals_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"ai-serving/sandbox/gcp/refusals"
	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/rules/rulestest"
)

// example is a mistake in a resource of the dev stack, or in one like it.
type example struct {
	link string
	// body is the resource; that of the stack if it is empty.
	body string
	// wrong and right are merge patches (RFC 7386) to the body. The mistake's
	// link is wrongLink, if it is given.
	wrong, right string
	wrongLink    string
	// before is a merge patch to the body that makes what is there before an
	// update.
	before string
	// more is what exists beside the stack, and moreWrong with the mistake only.
	more, moreWrong project
	// deletes says that the resource is to be deleted.
	deletes bool
}

func TestRules(t *testing.T) {
	t.Parallel()
	byName := map[string]*rules.Rule{}
	for _, rule := range refusals.Rules.All() {
		byName[rule.Name] = rule
	}
	all := map[*rules.Rule]rulestest.Example{}
	for _, area := range []map[string]example{mapExamples, serviceExamples, frontExamples, networkExamples, instanceExamples, clusterExamples, otherExamples} {
		for name, e := range area {
			rule := byName["gcp/"+name]
			if rule == nil {
				t.Errorf("there is no rule %s", name)
				continue
			}
			all[rule] = rulestest.Example{
				Wrong: func(t *testing.T) error { t.Helper(); return e.send(t, true) },
				Right: func(t *testing.T) error { t.Helper(); return e.send(t, false) },
			}
		}
	}
	rulestest.Run(t, &refusals.Rules, all)
}

func (e example) send(t *testing.T, mistaken bool) error {
	t.Helper()
	p, link, patch := stack.with(e.more), e.link, e.right
	if mistaken {
		p, patch = p.with(e.moreWrong), e.wrong
		if e.wrongLink != "" {
			link = e.wrongLink
		}
	}
	if e.deletes {
		return refusals.CheckDelete(p, link)
	}
	body := e.body
	if body == "" {
		body = stack[e.link]
	}
	var before json.RawMessage
	if e.before != "" {
		before = merge(t, body, e.before)
	}
	return refusals.Check(p, link, merge(t, body, patch), before)
}

// merge applies a merge patch.
func merge(t *testing.T, body, patch string) json.RawMessage {
	t.Helper()
	if patch == "" {
		patch = "{}"
	}
	var target, change any
	for text, v := range map[string]*any{body: &target, patch: &change} {
		if err := json.Unmarshal([]byte(text), v); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
	merged, err := json.Marshal(mergeValue(target, change))
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

func mergeValue(target, patch any) any {
	change, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	object, ok := target.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	merged := maps.Clone(object)
	for name, value := range change {
		if value == nil {
			delete(merged, name)
		} else {
			merged[name] = mergeValue(merged[name], value)
		}
	}
	return merged
}

const (
	serviceURL = computeURL + global + "backendServices/"
	// plain is a map without rules.
	plain = `{"name": "m", "defaultService": "` + serviceURL + `chat"}`
)

// routed is a map with one matcher for a host.
func routed(matcher string) string {
	return `{"name": "m", "defaultService": "` + serviceURL + `none", "hostRules": [{"hosts": ["a.example.com"], "pathMatcher": "m"}],
		"pathMatchers": [{"name": "m", "defaultService": "` + serviceURL + `none", ` + matcher + `}]}`
}

func pathRule(path, rest string) string {
	return fmt.Sprintf(`{"paths": [%q], %s}`, path, rest)
}

func routeRule(priority int, match, rest string) string {
	return fmt.Sprintf(`{"priority": %d, "matchRules": [%s], %s}`, priority, match, rest)
}

func pathRules(rules ...string) string  { return `"pathRules": [` + strings.Join(rules, ",") + `]` }
func routeRules(rules ...string) string { return `"routeRules": [` + strings.Join(rules, ",") + `]` }

const toChat = `"service": "` + serviceURL + `chat"`

// on is an example of maps with one matcher each.
func on(wrong, right string) example {
	return example{link: global + "urlMaps/m", body: `{}`, wrong: routed(wrong), right: routed(right)}
}

// matching is an example of match rules.
func matching(wrong, right string) example {
	return on(routeRules(routeRule(1, wrong, toChat)), routeRules(routeRule(1, right, toChat)))
}

// acting is an example of a route action.
func acting(wrong, right string) example {
	return on(pathRules(pathRule("/a/*", toChat+`, "routeAction": `+wrong)), pathRules(pathRule("/a/*", toChat+`, "routeAction": `+right)))
}

// heading is an example of the headers that a matcher adds and removes.
func heading(wrong, right string) example {
	return on(`"headerAction": `+wrong, `"headerAction": `+right)
}

func hosts(names string) string {
	return `{"hostRules": [{"hosts": [` + names + `], "pathMatcher": "m"}]}`
}

// hosting is an example of hosts.
func hosting(wrong, right string) example {
	return example{link: global + "urlMaps/m", body: routed(pathRules(pathRule("/a", toChat))), wrong: hosts(wrong), right: hosts(right)}
}

// tested is an example of tests of a map that routes /a to chat and redirects /r.
func tested(wrong, right string) example {
	body := routed(pathRules(pathRule("/a", toChat), pathRule("/r", `"urlRedirect": {"pathRedirect": "/a"}`)))
	return example{link: global + "urlMaps/m", body: body, wrong: `{"tests": [` + wrong + `]}`, right: `{"tests": [` + right + `]}`}
}

// classic is a service of the classic load balancer.
var classic = project{global + "backendServices/classic": `{"name": "classic", "loadBalancingScheme": "EXTERNAL"}`}

// classicMap routes to it.
func classicMap(more string) string {
	return `{"name": "m", "defaultService": "` + serviceURL + `classic"` + more + `}`
}

func classicRoute(match string) string {
	return classicMap(`, "hostRules": [{"hosts": ["a"], "pathMatcher": "m"}], "pathMatchers": [{"name": "m", "defaultService": "` + serviceURL + `classic",
		"routeRules": [{"priority": 1, "service": "` + serviceURL + `classic", "matchRules": [` + match + `]}]}]`)
}

var mapExamples = map[string]example{
	"url-map/one-default":        {link: global + "urlMaps/m", body: plain, wrong: `{"defaultUrlRedirect": {"hostRedirect": "b"}}`},
	"url-map/one-target":         on(pathRules(pathRule("/a", toChat+`, "urlRedirect": {"hostRedirect": "b"}`)), pathRules(pathRule("/a", toChat))),
	"url-map/host-form":          hosting(`"http://a"`, `"a.example.com:8080", "*", "*.b.com", "*-c.b.com"`),
	"url-map/host-needed":        hosting("", `"a.com"`),
	"url-map/host-wildcard":      hosting(`"*a.example.com"`, `"*.a.example.com"`),
	"url-map/host-once":          hosting(`"a.com", "A.com"`, `"a.com", "b.com"`),
	"url-map/matcher-exists":     {link: global + "urlMaps/m", body: routed(pathRules()), wrong: `{"hostRules": [{"hosts": ["a"], "pathMatcher": "n"}]}`},
	"url-map/matcher-used":       {link: global + "urlMaps/m", body: routed(pathRules()), wrong: `{"hostRules": []}`},
	"url-map/matcher-once":       on(`"pathRules": []}, {"name": "m", "defaultService": "`+serviceURL+`none"`, `"pathRules": []`),
	"url-map/paths-or-routes":    on(pathRules(pathRule("/a", toChat))+","+routeRules(routeRule(1, `{"prefixMatch": "/"}`, toChat)), pathRules(pathRule("/a", toChat))),
	"url-map/path-form":          on(pathRules(pathRule("/a*", toChat)), pathRules(pathRule("/a/*", toChat))),
	"url-map/path-once":          on(pathRules(pathRule("/a", toChat), pathRule("/a", toChat)), pathRules(pathRule("/a", toChat), pathRule("/a/*", toChat))),
	"url-map/priority-unique":    on(routeRules(routeRule(1, `{"prefixMatch": "/a"}`, toChat), routeRule(1, `{"prefixMatch": "/b"}`, toChat)), routeRules(routeRule(1, `{"prefixMatch": "/a"}`, toChat), routeRule(0, `{"prefixMatch": "/b"}`, toChat))),
	"url-map/priority-range":     on(routeRules(routeRule(-1, `{"prefixMatch": "/a"}`, toChat)), routeRules(routeRule(2147483647, `{"prefixMatch": "/a"}`, toChat))),
	"url-map/match-needed":       on(routeRules(`{"priority": 1, "matchRules": [], `+toChat+`}`), routeRules(routeRule(1, `{"prefixMatch": "/"}`, toChat))),
	"url-map/criterion-needed":   matching(`{"ignoreCase": true}`, `{"headerMatches": [{"headerName": "x", "presentMatch": true}]}`),
	"url-map/one-path-match":     matching(`{"prefixMatch": "/a", "fullPathMatch": "/a"}`, `{"fullPathMatch": "/a"}`),
	"url-map/path-match-form":    matching(`{"prefixMatch": "a"}`, `{"prefixMatch": "/a"}`),
	"url-map/template-operators": matching(`{"pathTemplateMatch": "/*/*/*/*/*/{a}"}`, `{"pathTemplateMatch": "/*/*/*/*/{a=**}"}`),
	"url-map/ignore-case":        regionally(`{"regexMatch": "/a.*", "ignoreCase": true}`, `{"regexMatch": "/a.*"}`),
	"url-map/regex-form":         regionally(`{"regexMatch": "/a("}`, `{"regexMatch": "/a(b)?"}`),
	"url-map/one-header-match":   matching(`{"prefixMatch": "/", "headerMatches": [{"headerName": "x", "exactMatch": "a", "presentMatch": true}]}`, `{"prefixMatch": "/", "headerMatches": [{"headerName": "x", "rangeMatch": {"rangeStart": 1, "rangeEnd": 3}}]}`),
	"url-map/redirect":           on(pathRules(pathRule("/a/*", `"urlRedirect": {"pathRedirect": "/b", "prefixRedirect": "/c"}`)), pathRules(pathRule("/a/*", `"urlRedirect": {"prefixRedirect": "/c"}`))),
	"url-map/rewrite":            acting(`{"urlRewrite": {"pathPrefixRewrite": "/b", "pathTemplateRewrite": "/{c}"}}`, `{"urlRewrite": {"pathPrefixRewrite": "/b", "hostRewrite": "b"}}`),
	"url-map/template-rewrite":   on(routeRules(routeRule(1, `{"pathTemplateMatch": "/{a}"}`, toChat+`, "routeAction": {"urlRewrite": {"pathTemplateRewrite": "/{b}"}}`)), routeRules(routeRule(1, `{"pathTemplateMatch": "/{a}"}`, toChat+`, "routeAction": {"urlRewrite": {"pathTemplateRewrite": "/x/{a}"}}`))),
	"url-map/header-name":        heading(`{"requestHeadersToRemove": ["X Tenant"]}`, `{"requestHeadersToRemove": ["X-Tenant", "X-Google-Header"]}`),
	"url-map/header-once": heading(
		`{"requestHeadersToAdd": [{"headerName": "X-Tenant", "headerValue": "a"}, {"headerName": "x-tenant", "headerValue": "b"}]}`,
		`{"requestHeadersToRemove": ["X-Tenant"], "requestHeadersToAdd": [{"headerName": "X-Tenant", "headerValue": "a"}]}`),
	"url-map/header-reserved":      heading(`{"requestHeadersToAdd": [{"headerName": "X-Goog-Tenant", "headerValue": "acme"}]}`, `{"requestHeadersToAdd": [{"headerName": "X-Tenant"}]}`),
	"url-map/weight":               weighing(1001, 1000),
	"url-map/fault":                acting(`{"faultInjectionPolicy": {"abort": {"httpStatus": 100, "percentage": 5}}}`, `{"faultInjectionPolicy": {"abort": {"httpStatus": 503, "percentage": 5}}}`),
	"url-map/duration":             acting(`{"timeout": {"nanos": 1000000000}}`, `{"timeout": {"seconds": 600, "nanos": 5}}`),
	"url-map/retries":              acting(`{"retryPolicy": {"numRetries": -1}}`, `{"retryPolicy": {"numRetries": 3}}`),
	"url-map/service-scope":        {link: region + "urlMaps/m", body: `{"name": "m"}`, wrong: plain, right: `{"defaultService": "` + region + `backendServices/chat"}`},
	"url-map/one-scheme":           {link: global + "urlMaps/m", more: classic, body: routed(pathRules(pathRule("/a", toChat))), wrong: `{"defaultService": "` + serviceURL + `classic"}`},
	"url-map/scheme-of-rule":       {link: global + "urlMaps/global", more: classic, body: `{}`, wrong: classicMap(""), right: plain},
	"url-map/classic-actions":      {link: global + "urlMaps/m", more: classic, body: `{}`, wrong: classicMap(`, "defaultRouteAction": {"timeout": {"seconds": "5"}}`), right: classicMap(`, "defaultRouteAction": {"urlRewrite": {"hostRewrite": "b"}}`)},
	"url-map/regex-scheme":         matching(`{"regexMatch": "/a.*"}`, `{"prefixMatch": "/a"}`),
	"url-map/template-scheme":      {link: global + "urlMaps/m", more: classic, body: `{}`, wrong: classicRoute(`{"pathTemplateMatch": "/{a}"}`), right: classicRoute(`{"prefixMatch": "/a"}`)},
	"url-map/size":                 {link: global + "urlMaps/m", body: plain, wrong: `{"description": "` + strings.Repeat("x", 1<<20) + `"}`, right: `{"description": "` + strings.Repeat("x", 1<<19) + `"}`},
	"url-map/test-count":           tested(strings.TrimSuffix(strings.Repeat(passing+",", 101), ","), strings.TrimSuffix(strings.Repeat(passing+",", 100), ",")),
	"url-map/test-form":            tested(`{"host": "a.example.com", "path": "/a", `+toChat+`, "expectedRedirectResponseCode": 301}`, `{"host": "a.example.com", "path": "/r", "expectedRedirectResponseCode": 301, "expectedOutputUrl": "http://a.example.com/a"}`),
	"url-map/tests-pass":           tested(`{"host": "a.example.com", "path": "/b", `+toChat+`}`, passing),
	"target-proxy/url-map-scope":   {link: region + "targetHttpProxies/regional", wrong: `{"urlMap": "` + global + `urlMaps/global"}`},
	"target-proxy/url-map-needed":  {link: global + "targetHttpProxies/global", wrong: `{"urlMap": ""}`},
	"target-proxy/keep-alive":      {link: global + "targetHttpProxies/global", wrong: `{"httpKeepAliveTimeoutSec": 4}`, right: `{"httpKeepAliveTimeoutSec": 5}`},
	"target-proxy/scheme-of-rule":  {link: global + "targetHttpProxies/global", more: classic.with(project{global + "urlMaps/classic": classicMap("")}), wrong: `{"urlMap": "` + global + `urlMaps/classic"}`},
	"backend-service/scheme-scope": {link: global + "backendServices/none", wrong: `{"loadBalancingScheme": "INTERNAL"}`, right: `{"loadBalancingScheme": "INTERNAL_MANAGED"}`},
}

const passing = `{"host": "a.example.com", "path": "/a", ` + toChat + `}`

// regionally is an example of match rules of a regional load balancer.
func regionally(wrong, right string) example {
	e := matching(wrong, right)
	e.link = region + "urlMaps/m"
	e.wrong = strings.ReplaceAll(e.wrong, computeURL+global, computeURL+region)
	e.right = strings.ReplaceAll(e.right, computeURL+global, computeURL+region)
	return e
}

func weighing(wrong, right int) example {
	weighted := func(weight int) string {
		return pathRules(pathRule("/a", fmt.Sprintf(`"routeAction": {"weightedBackendServices": [{"backendService": "%schat", "weight": %d}]}`, serviceURL, weight)))
	}
	return on(weighted(wrong), weighted(right))
}

// backends are of a global service.
func backends(list ...string) string { return `{"backends": [` + strings.Join(list, ",") + `]}` }

func backend(group, rest string) string {
	return fmt.Sprintf(`{"group": %q, %s}`, computeURL+group, rest)
}

const (
	rate    = `"balancingMode": "RATE", "maxRatePerEndpoint": 100`
	use     = `"balancingMode": "UTILIZATION"`
	chatNEG = zoneA + "networkEndpointGroups/chat"
	embedIG = region + "instanceGroups/embed"
	runNEG  = region + "networkEndpointGroups/run"
)

var run = project{runNEG: `{"name": "run", "networkEndpointType": "SERVERLESS"}`}

var policies = project{
	global + "securityPolicies/armor": `{"name": "armor", "type": "CLOUD_ARMOR"}`,
	global + "securityPolicies/edge":  `{"name": "edge", "type": "CLOUD_ARMOR_EDGE"}`,
	region + "securityPolicies/armor": `{"name": "armor", "type": "CLOUD_ARMOR"}`,
}

func onChat(wrong, right string) example {
	return example{link: global + "backendServices/chat", wrong: wrong, right: right}
}

func onCheck(wrong, right string) example {
	return example{link: global + "healthChecks/chat", wrong: wrong, right: right}
}

var serviceExamples = map[string]example{
	"backend-service/scheme-kept":                {link: global + "backendServices/chat", before: `{}`, wrong: `{"loadBalancingScheme": "INTERNAL_MANAGED"}`},
	"backend-service/protocol":                   onChat(`{"protocol": "UDP"}`, `{"protocol": "HTTP2"}`),
	"backend-service/group-collection":           onChat(backends(backend(region+"instanceGroupManagers/embed", use)), backends(backend(embedIG, use))),
	"backend-service/group-once":                 onChat(backends(backend(chatNEG, rate), backend(chatNEG, rate)), backends(backend(chatNEG, rate))),
	"backend-service/group-region":               {link: region + "backendServices/chat", wrong: backends(backend("projects/ai-serving-dev/zones/us-east1-b/networkEndpointGroups/chat", rate)), right: backends(backend(chatNEG, rate))},
	"backend-service/group-kinds":                onChat(backends(backend(chatNEG, rate), backend(embedIG, use)), backends(backend(chatNEG, rate), backend(zoneB+"networkEndpointGroups/chat", rate))),
	"backend-service/mode-of-endpoints":          onChat(backends(backend(chatNEG, use)), backends(backend(chatNEG, rate))),
	"backend-service/mode-of-protocol":           onChat(backends(backend(chatNEG, `"balancingMode": "CONNECTION", "maxConnectionsPerEndpoint": 10`)), backends(backend(chatNEG, rate))),
	"backend-service/modes-agree":                onChat(backends(backend(embedIG, `"balancingMode": "RATE", "maxRatePerInstance": 10`)), backends(backend(embedIG, use))),
	"backend-service/rate-given":                 onChat(backends(backend(chatNEG, `"balancingMode": "RATE"`)), backends(backend(chatNEG, rate))),
	"backend-service/rate-of-group":              onChat(backends(backend(chatNEG, `"balancingMode": "RATE", "maxRatePerInstance": 10`)), backends(backend(chatNEG, rate))),
	"backend-service/capacity-scaler":            onChat(backends(backend(chatNEG, rate+`, "capacityScaler": 0`)), backends(backend(chatNEG, rate+`, "capacityScaler": 0.1`))),
	"backend-service/max-utilization":            onChat(backends(backend(embedIG, use+`, "maxUtilization": 1.1`)), backends(backend(embedIG, use+`, "maxUtilization": 1`))),
	"backend-service/named-port":                 {link: global + "backendServices/embed", wrong: `{"portName": "https"}`, right: `{"portName": "http"}`},
	"backend-service/port-of-serverless":         {link: global + "backendServices/run", more: run, body: backends(backend(runNEG, use)), wrong: `{"portName": "http"}`},
	"backend-service/health-check-needed":        onChat(`{"healthChecks": []}`, `{}`),
	"backend-service/health-check-of-serverless": {link: global + "backendServices/run", more: run, body: backends(backend(runNEG, use)), wrong: `{"healthChecks": ["` + global + `healthChecks/chat"]}`},
	"backend-service/one-health-check":           onChat(`{"healthChecks": ["`+global+`healthChecks/chat", "`+global+`healthChecks/b"]}`, `{}`),
	"backend-service/health-check-scope":         {link: region + "backendServices/chat", wrong: `{"healthChecks": ["` + global + `healthChecks/chat"]}`},
	"backend-service/draining":                   onChat(`{"connectionDraining": {"drainingTimeoutSec": 3601}}`, `{"connectionDraining": {"drainingTimeoutSec": 3600}}`),
	"backend-service/timeout":                    onChat(`{"timeoutSec": 2147483648}`, `{"timeoutSec": 2147483647}`),
	"backend-service/sample-rate":                onChat(`{"logConfig": {"sampleRate": 1.5}}`, `{"logConfig": {"sampleRate": 1}}`),
	"backend-service/affinity-cookie":            onChat(`{"affinityCookieTtlSec": 1209601}`, `{"affinityCookieTtlSec": 1209600}`),
	"backend-service/cdn-scheme":                 {link: region + "backendServices/chat", wrong: `{"enableCDN": true}`},
	"backend-service/cdn-or-iap":                 onChat(`{"enableCDN": true, "iap": {"enabled": true}}`, `{"enableCDN": true, "iap": {"enabled": false}}`),
	"backend-service/max-stream-duration":        onChat(`{"maxStreamDuration": {"seconds": "5"}}`, `{}`),
	"backend-service/consistent-hash":            onChat(`{"consistentHash": {"minimumRingSize": "5"}}`, `{"consistentHash": {"minimumRingSize": "5"}, "localityLbPolicy": "RING_HASH"}`),
	"backend-service/security-policy-type":       {link: global + "backendServices/chat", more: policies, wrong: `{"securityPolicy": "` + global + `securityPolicies/edge"}`, right: `{"securityPolicy": "` + global + `securityPolicies/armor", "edgeSecurityPolicy": "` + global + `securityPolicies/edge"}`},
	"backend-service/security-policy-scope":      {link: region + "backendServices/chat", more: policies, wrong: `{"securityPolicy": "` + global + `securityPolicies/armor"}`, right: `{"securityPolicy": "` + region + `securityPolicies/armor"}`},
	"cdn/ttl":                                    {link: global + "backendBuckets/static", wrong: `{"cdnPolicy": {"defaultTtl": 31622401}}`, right: `{"cdnPolicy": {"defaultTtl": 31622400, "maxTtl": 31622400, "serveWhileStale": 604800}}`},
	"health-check/timeout":                       onCheck(`{"timeoutSec": 6}`, `{"timeoutSec": 5}`),
	"health-check/interval":                      onCheck(`{"checkIntervalSec": 301}`, `{"checkIntervalSec": 300}`),
	"health-check/thresholds":                    onCheck(`{"healthyThreshold": 11}`, `{"healthyThreshold": 10}`),
	"health-check/protocol":                      onCheck(`{"tcpHealthCheck": {"port": 80}}`, `{}`),
	"health-check/port":                          onCheck(`{"httpHealthCheck": {"port": 8080}}`, `{"httpHealthCheck": {"port": 8080, "portSpecification": "USE_FIXED_PORT"}}`),
	"health-check/path":                          onCheck(`{"httpHealthCheck": {"requestPath": "ready"}}`, `{"httpHealthCheck": {"requestPath": "/ready"}}`),
}
