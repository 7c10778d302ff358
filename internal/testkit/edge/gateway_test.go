package edge_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/internal/testkit"
	"ai-serving/internal/testkit/edge"
)

type (
	values = map[string]any
	items  = []any
)

func resourceOf(token, name, id string, inputs values) testkit.Resource {
	return testkit.Resource{Type: token, Name: name, ID: id, Inputs: resource.NewPropertyMapFromMap(inputs)}
}

func self(segment, name string) values { return values{"id": "$self/" + segment + "/" + name} }

// listenerOf answers on the public address.
func listenerOf(name, port string, hosts ...any) values {
	listener := values{
		"name": name, "protocol": "Http",
		"frontendIPConfiguration": self("frontendIPConfigurations", "public"), "frontendPort": self("frontendPorts", port),
	}
	if port == "https" {
		listener["protocol"], listener["sslCertificate"] = "Https", self("sslCertificates", "wildcard")
	}
	if len(hosts) > 0 {
		listener["hostNames"] = items(hosts)
	}
	return listener
}

// ruleOf routes a listener to the pool of its own name.
func ruleOf(name string, priority int) values {
	return values{
		"name": name, "priority": priority, "ruleType": "Basic", "httpListener": self("httpListeners", name),
		"backendAddressPool": self("backendAddressPools", name), "backendHttpSettings": self("backendHttpSettingsCollection", "settings"),
	}
}

func poolOf(name, address string) values {
	return values{"name": name, "backendAddresses": items{values{"ipAddress": address}}}
}

// document is a gateway with an exact listener, a wildcard's and one for all hosts.
func document() values {
	return values{
		"location": "westeurope",
		"sku":      values{"name": "WAF_v2", "tier": "WAF_v2"},
		"frontendIPConfigurations": items{
			values{"name": "public", "publicIPAddress": values{"id": "address"}},
			values{"name": "private", "privateIPAddress": "10.0.0.4", "privateIPAllocationMethod": "Static"},
		},
		"frontendPorts":   items{values{"name": "http", "port": 80}, values{"name": "https", "port": 443}},
		"sslCertificates": items{values{"name": "wildcard", "keyVaultSecretId": "secret"}},
		"firewallPolicy":  values{"id": "policy/open"},
		"httpListeners": items{
			listenerOf("acme", "http", "acme.ai.example.com", "chat.acme.com"), listenerOf("pool", "http", "*.ai.example.com"),
			listenerOf("marks", "http", "w??.example.net"), listenerOf("rest", "http"),
		},
		"requestRoutingRules": items{ruleOf("rest", 20000), ruleOf("pool", 19000), ruleOf("acme", 1000), ruleOf("marks", 1001)},
		"backendAddressPools": items{
			poolOf("acme", "10.0.1.1"), poolOf("pool", "10.0.1.2"), poolOf("marks", "10.0.1.3"), poolOf("rest", "10.0.1.4"), values{"name": "empty"},
		},
		"backendHttpSettingsCollection": items{values{
			"name": "settings", "port": 8080, "protocol": "Http", "cookieBasedAffinity": "Disabled", "requestTimeout": 75,
			"connectionDraining": values{"enabled": true, "drainTimeoutInSec": 60},
		}},
	}
}

func policyOf(name string, rules ...any) testkit.Resource {
	return resourceOf("azure-native:network:WebApplicationFirewallPolicy", name, "policy/"+name, values{
		"policySettings": values{"mode": "Prevention", "state": "Enabled"}, "customRules": items(rules),
	})
}

// hostCondition compares the Host header, in lower case.
func hostCondition(operator string, negated bool, hosts ...any) values {
	return values{
		"matchVariables": items{values{"variableName": "RequestHeaders", "selector": "Host"}},
		"operator":       operator, "negationConditon": negated, "matchValues": items(hosts), "transforms": items{"Lowercase"},
	}
}

func customRule(name string, priority int, action string, conditions ...any) values {
	return values{"name": name, "priority": priority, "ruleType": "MatchRule", "action": action, "matchConditions": items(conditions)}
}

var everything = values{
	"matchVariables": items{values{"variableName": "RequestUri"}}, "operator": "Any",
}

// gateway evaluates the document with some policies beside one that is open.
func gateway(t *testing.T, document values, policies ...testkit.Resource) (*edge.Gateway, error) {
	t.Helper()
	resources := append(policies, policyOf("open"), resourceOf("azure-native:network:ApplicationGateway", "westeurope", "gateway", document))
	gateways, err := edge.Gateways(&testkit.Recording{Resources: resources})
	if err != nil {
		return nil, err
	}
	return gateways[0], nil
}

func ask(t *testing.T, document values, request edge.Request, policies ...testkit.Resource) edge.Answer {
	t.Helper()
	evaluated, err := gateway(t, document, policies...)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := evaluated.Answer("public", request)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// pool is the name of the only pool of an answer; "" if there is none.
func pool(answer edge.Answer) string {
	if len(answer.Backends) != 1 {
		return ""
	}
	return strings.TrimPrefix(answer.Backends[0].ID, "gateway/backendAddressPools/")
}

func TestTheListenerWithTheFirstRuleAnswers(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"acme.ai.example.com":      "acme",
		"ACME.ai.example.com":      "acme",
		"acme.ai.example.com:8080": "acme",
		"chat.acme.com":            "acme",
		"globex.ai.example.com":    "pool",
		"a.globex.ai.example.com":  "pool", // a "*" is for dots too
		"ai.example.com":           "rest",
		".ai.example.com":          "rest",
		"xai.example.com":          "rest",
		"www.example.net":          "marks",
		"wwww.example.net":         "rest",
		"203.0.113.9":              "rest",
	} {
		if got := pool(ask(t, document(), edge.Request{Scheme: "http", Host: host, Path: "/"})); got != want {
			t.Errorf("%s is answered by %q, not by %q", host, got, want)
		}
	}
}

func TestAWildcardWhoseRuleComesFirstTakesAllItMatches(t *testing.T) {
	t.Parallel()
	changed := document()
	changed["requestRoutingRules"] = items{ruleOf("rest", 20000), ruleOf("pool", 999), ruleOf("acme", 1000), ruleOf("marks", 1001)}
	if got := pool(ask(t, changed, edge.Request{Scheme: "http", Host: "acme.ai.example.com", Path: "/"})); got != "pool" {
		t.Errorf("answered by %q", got)
	}
}

func TestWhereNothingListensTheAnswerIs404(t *testing.T) {
	t.Parallel()
	evaluated, err := gateway(t, document())
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]struct{ frontend, scheme string }{
		"another frontend": {"private", "http"},
		"another port":     {"public", "https"},
	} {
		answer, err := evaluated.Answer(at.frontend, edge.Request{Scheme: at.scheme, Host: "acme.ai.example.com", Path: "/"})
		if err != nil || answer.Status != http.StatusNotFound {
			t.Errorf("%s: status %d, %v", name, answer.Status, err)
		}
	}
}

// withPaths has path rules on the listener of acme: each routes to a pool.
func withPaths(rules ...any) values {
	changed := document()
	rule := ruleOf("acme", 1000)
	rule["ruleType"], rule["urlPathMap"] = "PathBasedRouting", self("urlPathMaps", "acme")
	delete(rule, "backendAddressPool")
	delete(rule, "backendHttpSettings")
	changed["requestRoutingRules"] = items{rule, ruleOf("pool", 19000), ruleOf("marks", 1001), ruleOf("rest", 20000)}
	changed["urlPathMaps"] = items{values{
		"name": "acme", "pathRules": items(rules),
		"defaultBackendAddressPool": self("backendAddressPools", "empty"), "defaultBackendHttpSettings": self("backendHttpSettingsCollection", "settings"),
	}}
	return changed
}

func pathRule(name, pool string, paths ...any) values {
	return values{
		"name": name, "paths": items(paths),
		"backendAddressPool": self("backendAddressPools", pool), "backendHttpSettings": self("backendHttpSettingsCollection", "settings"),
	}
}

func to(path string) edge.Request {
	return edge.Request{Scheme: "http", Host: "acme.ai.example.com", Path: path, Header: http.Header{"X-Tenant-Id": {"liar"}}}
}

func TestTheFirstPathRuleThatMatchesDecides(t *testing.T) {
	t.Parallel()
	rules := items{
		pathRule("exact", "acme", "/v1/models", "/v1/files"), pathRule("long", "pool", "/v1/chat/*"), pathRule("short", "marks", "/v1/*"),
	}
	for path, want := range map[string]string{
		"/v1/models":       "acme",
		"/v1/files":        "acme",
		"/V1/Models":       "acme",
		"/v1/models?a=b":   "acme",
		"/v1/models/x":     "marks",
		"/v1/chat/x":       "pool",
		"/v1/CHAT/":        "pool",
		"/v1/chat":         "marks",
		"/v1":              "empty",
		"/v2/chat/x?/v1/x": "empty",
	} {
		if got := pool(ask(t, withPaths(rules...), to(path))); got != want {
			t.Errorf("%s goes to %q, not to %q", path, got, want)
		}
	}
	general := withPaths(pathRule("short", "marks", "/v1/*"), pathRule("long", "pool", "/v1/chat/*"))
	if got := pool(ask(t, general, to("/v1/chat/x"))); got != "marks" {
		t.Errorf("the general rule stands first, and %q answers", got)
	}
}

func TestTheMostSpecificPolicyIsInForce(t *testing.T) {
	t.Parallel()
	closed := policyOf("closed", customRule("all", 1, "Block", everything))
	for name, test := range map[string]struct {
		gateway, listener, path string
		blocked                 bool
	}{
		"the gateway's":   {"closed", "", "", true},
		"the listener's":  {"closed", "open", "", false},
		"the path rule's": {"closed", "closed", "open", false},
		"a path's block":  {"open", "open", "closed", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule := pathRule("all", "acme", "/*")
			changed := withPaths(rule)
			changed["firewallPolicy"] = values{"id": "policy/" + test.gateway}
			if test.listener != "" {
				changed["httpListeners"].(items)[0].(values)["firewallPolicy"] = values{"id": "policy/" + test.listener}
			}
			if test.path != "" {
				rule["firewallPolicy"] = values{"id": "policy/" + test.path}
			}
			answer := ask(t, changed, to("/v1/models"), closed)
			if blocked := answer.Status == http.StatusForbidden; blocked != test.blocked {
				t.Errorf("status %d", answer.Status)
			}
		})
	}
}

// redirecting routes plain HTTP of all hosts to a listener of TLS.
func redirecting(target values) values {
	changed := document()
	changed["httpListeners"] = items{listenerOf("plain", "http"), target}
	changed["redirectConfigurations"] = items{values{
		"name": "tls", "redirectType": "Permanent", "targetListener": self("httpListeners", "secure"), "includePath": true, "includeQueryString": true,
	}}
	plain, secure := ruleOf("plain", 1), ruleOf("secure", 2)
	plain["redirectConfiguration"] = self("redirectConfigurations", "tls")
	delete(plain, "backendAddressPool")
	delete(plain, "backendHttpSettings")
	secure["backendAddressPool"] = self("backendAddressPools", "acme")
	changed["requestRoutingRules"] = items{plain, secure}
	return changed
}

func TestARedirectKeepsHostPathAndQuery(t *testing.T) {
	t.Parallel()
	answer := ask(t, redirecting(listenerOf("secure", "https")), to("/v1/models?a=b"))
	if answer.Status != http.StatusMovedPermanently || answer.Location != "https://acme.ai.example.com/v1/models?a=b" || len(answer.Backends) > 0 {
		t.Errorf("%+v", answer)
	}
}

// rewriting puts rewrite rules on all paths of acme.
func rewriting(rules ...any) values {
	rule := pathRule("all", "acme", "/*")
	rule["rewriteRuleSet"] = self("rewriteRuleSets", "tenant")
	changed := withPaths(rule)
	changed["rewriteRuleSets"] = items{values{"name": "tenant", "rewriteRules": items(rules)}}
	return changed
}

func rewrite(sequence int, actions values, conditions ...any) values {
	return values{"name": "rule", "ruleSequence": sequence, "conditions": items(conditions), "actionSet": actions}
}

func setsTenant(value string) values {
	return values{"requestHeaderConfigurations": items{values{"headerName": "X-Tenant-Id", "headerValue": value}}}
}

func TestRewritesRunInSequence(t *testing.T) {
	t.Parallel()
	host := values{"variable": "http_req_Host", "pattern": `^([a-z]+)\.ai\.example\.com`, "ignoreCase": true}
	other := values{"variable": "var_host", "pattern": `globex`}
	for name, test := range map[string]struct {
		rules items
		want  string
	}{
		"taken away":                    {items{rewrite(1, setsTenant(""))}, ""},
		"set by a capture":              {items{rewrite(1, setsTenant("{http_req_Host_1}"), host)}, "acme"},
		"set after it was taken away":   {items{rewrite(2, setsTenant("{http_req_Host_1}"), host), rewrite(1, setsTenant(""))}, "acme"},
		"taken away after it was set":   {items{rewrite(1, setsTenant("{http_req_Host_1}"), host), rewrite(2, setsTenant(""))}, ""},
		"not set where nothing matches": {items{rewrite(1, setsTenant("globex"), other)}, "liar"},
		"set where all matches":         {items{rewrite(1, setsTenant("globex"), host, other)}, "liar"},
		"a whole variable":              {items{rewrite(1, setsTenant("<{var_host}>"))}, "<acme.ai.example.com>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := ask(t, rewriting(test.rules...), to("/v1/models"))
			if got := answer.Forwarded.Header.Get("X-Tenant-Id"); got != test.want {
				t.Errorf("arrives as %q, not as %q", got, test.want)
			}
		})
	}
}

func TestTheFirewallJudgesARewrittenURL(t *testing.T) {
	t.Parallel()
	path := values{
		"matchVariables": items{values{"variableName": "RequestUri"}}, "operator": "BeginsWith", "matchValues": items{"/health"},
	}
	policy := policyOf("health", customRule("others", 1, "Block", values{
		"matchVariables": path["matchVariables"], "operator": "BeginsWith", "matchValues": path["matchValues"], "negationConditon": true,
	}))
	changed := rewriting(rewrite(1, values{"urlConfiguration": values{"modifiedPath": "/health", "reroute": false}}))
	changed["firewallPolicy"] = values{"id": "policy/health"}
	answer := ask(t, changed, to("/probe"), policy)
	if answer.Status != 0 || answer.Forwarded.Path != "/health" {
		t.Errorf("status %d, path %q", answer.Status, answer.Forwarded.Path)
	}
	headers := rewriting(rewrite(1, setsTenant("")))
	headers["firewallPolicy"] = values{"id": "policy/health"}
	if answer := ask(t, headers, to("/probe"), policy); answer.Status != http.StatusForbidden {
		t.Errorf("with headers rewritten alone: status %d", answer.Status)
	}
}

func TestAnAnswerSaysHowTheBackendIsSpokenTo(t *testing.T) {
	t.Parallel()
	backend := ask(t, document(), to("/")).Backends[0]
	if backend.Members[0] != "10.0.1.1" || backend.Port != 8080 || backend.TimeoutSeconds != 75 || backend.DrainSeconds != 60 || backend.Part != 1 {
		t.Errorf("%+v", backend)
	}
	changed := document()
	changed["backendHttpSettingsCollection"] = items{values{"name": "settings", "port": 8080, "protocol": "Http"}}
	if backend := ask(t, changed, to("/")).Backends[0]; backend.TimeoutSeconds != 20 || backend.DrainSeconds != 0 {
		t.Errorf("by default: %+v", backend)
	}
}

func TestAGatewayThatIsNotUnderstoodIsAnError(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edit func(values)
		want string
	}{
		"an unknown property": {func(d values) { d["loadDistributionPolicies"] = items{} }, "unknown field"},
		"two rules of one priority": {
			func(d values) { d["requestRoutingRules"].(items)[1].(values)["priority"] = 20000 }, "have priority 20000",
		},
		"a rule without a priority": {func(d values) { delete(d["requestRoutingRules"].(items)[0].(values), "priority") }, "priority 0"},
		"two rules of one listener": {
			func(d values) {
				d["requestRoutingRules"].(items)[1].(values)["httpListener"] = self("httpListeners", "rest")
			}, "have listener",
		},
		"a listener without a rule": {func(d values) { d["requestRoutingRules"] = items{ruleOf("rest", 1)} }, "has no rule"},
		"TLS without a certificate": {
			func(d values) { d["httpListeners"].(items)[0].(values)["protocol"] = "Https" }, "certificate",
		},
		"too many wildcards": {
			func(d values) { d["httpListeners"].(items)[1].(values)["hostNames"] = items{"*.*.*.example.com"} }, "more wildcards",
		},
		"a dangling reference": {
			func(d values) {
				d["requestRoutingRules"].(items)[0].(values)["httpListener"] = self("httpListeners", "gone")
			}, `"gone"`,
		},
		"a reference to another kind": {
			func(d values) {
				d["requestRoutingRules"].(items)[0].(values)["httpListener"] = self("backendAddressPools", "rest")
			}, "none of the gateway's httpListeners",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := document()
			test.edit(changed)
			if _, err := gateway(t, changed); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestARequestWhoseAnswerIsNotDocumentedIsAnError(t *testing.T) {
	t.Parallel()
	blocked := redirecting(listenerOf("secure", "https"))
	blocked["firewallPolicy"] = values{"id": "policy/closed"}
	silent := redirecting(listenerOf("secure", "https"))
	delete(silent["redirectConfigurations"].(items)[0].(values), "includePath")
	unguarded := document()
	delete(unguarded, "firewallPolicy")
	standard := document()
	standard["sku"] = values{"name": "Standard_v2", "tier": "Standard_v2"}
	named := document()
	named["backendAddressPools"].(items)[0] = values{"name": "acme", "backendAddresses": items{values{"fqdn": "backend.example.com"}}}
	for name, test := range map[string]struct {
		document values
		want     string
	}{
		"a redirect that a firewall blocks":   {blocked, "is not documented"},
		"a redirect to a wildcard":            {redirecting(listenerOf("secure", "https", "*.ai.example.com")), "answers for"},
		"a redirect to another's host":        {redirecting(listenerOf("secure", "https", "globex.ai.example.com")), "answers for"},
		"a redirect that hides the path":      {silent, "does not say"},
		"a policy of a gateway without one":   {unguarded, "no firewall policy"},
		"a policy of a gateway without a WAF": {standard, "in tier"},
		"a member without an address":         {named, "without an address"},
		"a wildcard in the middle of a path":  {withPaths(pathRule("all", "acme", "/v1/*/x")), "pattern"},
		"a path map that is asked again":      {rewriting(rewrite(1, values{"urlConfiguration": values{"modifiedPath": "/x", "reroute": true}})), "asked again"},
		"a header that was written":           {rewriting(rewrite(1, setsTenant("x")), rewrite(2, setsTenant("{http_req_X-Tenant-Id}"))), "written by an earlier rule"},
		"a capture of nothing":                {rewriting(rewrite(1, setsTenant("{http_req_Host_1}"))), "nothing is captured"},
		"the Host header":                     {rewriting(rewrite(1, values{"requestHeaderConfigurations": items{values{"headerName": "Host", "headerValue": "x"}}})), "cannot be rewritten"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			evaluated, err := gateway(t, test.document, policyOf("closed", customRule("all", 1, "Block", everything)))
			if err == nil {
				_, err = evaluated.Answer("public", to("/v1/a/x"))
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}
