package edge_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"ai-serving/internal/testkit"
	"ai-serving/internal/testkit/edge"
)

// judged asks with the rules in force on the whole gateway.
func judged(t *testing.T, host string, rules ...any) (edge.Answer, error) {
	t.Helper()
	changed := document()
	changed["firewallPolicy"] = values{"id": "policy/judge"}
	evaluated, err := gateway(t, changed, policyOf("judge", rules...))
	if err != nil {
		return edge.Answer{}, err
	}
	return evaluated.Answer("public", edge.Request{Scheme: "http", Host: host, Path: "/v1/models"})
}

func TestCustomRules(t *testing.T) {
	t.Parallel()
	const acme = "acme.ai.example.com"
	only := hostCondition("Regex", true, `^(acme|globex)\.ai\.example\.com(:[0-9]+)?$`)
	cased := hostCondition("Equal", false, acme)
	cased["transforms"] = items{}
	disabled := customRule("off", 1, "Block", everything)
	disabled["state"] = "Disabled"
	for name, test := range map[string]struct {
		host    string
		rules   items
		blocked bool
	}{
		"no rules":                           {acme, nil, false},
		"all":                                {acme, items{customRule("all", 1, "Block", everything)}, true},
		"disabled":                           {acme, items{disabled}, false},
		"one of the values":                  {acme, items{customRule("some", 1, "Block", hostCondition("Equal", false, "x", acme))}, true},
		"none of the values":                 {acme, items{customRule("some", 1, "Block", hostCondition("Equal", false, "x", "y"))}, false},
		"lower case":                         {"ACME.ai.example.com", items{customRule("some", 1, "Block", hostCondition("Equal", false, acme))}, true},
		"case counts without a transform":    {"ACME.ai.example.com", items{customRule("some", 1, "Block", cased)}, false},
		"unless it is one of them":           {acme, items{customRule("others", 1, "Block", only)}, false},
		"unless it is one, with a port":      {acme + ":443", items{customRule("others", 1, "Block", only)}, false},
		"the negation":                       {"x" + acme, items{customRule("others", 1, "Block", only)}, true},
		"all conditions":                     {acme, items{customRule("both", 1, "Block", hostCondition("BeginsWith", false, "acme"), hostCondition("EndsWith", false, ".com"))}, true},
		"not all conditions":                 {acme, items{customRule("both", 1, "Block", hostCondition("BeginsWith", false, "acme"), hostCondition("EndsWith", false, ".net"))}, false},
		"an expression without anchors":      {"x" + acme, items{customRule("some", 1, "Block", hostCondition("Regex", false, `acme\.ai`))}, true},
		"allowed first":                      {acme, items{customRule("all", 2, "Block", everything), customRule("allow", 1, "Allow", everything)}, false},
		"blocked first":                      {acme, items{customRule("allow", 2, "Allow", everything), customRule("all", 1, "Block", everything)}, true},
		"logged":                             {acme, items{customRule("log", 1, "Log", everything), customRule("all", 2, "Block", everything)}, true},
		"two lists that are negated, in one": {acme, items{customRule("others", 1, "Block", only, hostCondition("Equal", true, "x"))}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := judged(t, test.host, test.rules...)
			if err != nil {
				t.Fatal(err)
			}
			if blocked := answer.Status == http.StatusForbidden; blocked != test.blocked {
				t.Errorf("status %d", answer.Status)
			}
		})
	}
}

// rateLimit is of all clients together.
func rateLimit(name string, priority, threshold int, host string) values {
	rule := customRule(name, priority, "Block", hostCondition("Equal", false, host))
	rule["ruleType"], rule["rateLimitDuration"], rule["rateLimitThreshold"] = "RateLimitRule", "OneMin", threshold
	rule["groupByUserSession"] = items{values{"groupByVariables": items{values{"variableName": "None"}}}}
	return rule
}

func TestARateLimitByAddressIsToldApart(t *testing.T) {
	t.Parallel()
	const acme = "acme.ai.example.com"
	rule := rateLimit("acme", 1, 20, acme)
	rule["groupByUserSession"] = items{values{"groupByVariables": items{values{"variableName": "ClientAddr"}}}}
	answer, err := judged(t, acme, rule)
	if want := []edge.Limit{{Name: "judge/acme", Requests: 20, Seconds: 60, Each: true}}; err != nil || !slices.Equal(answer.Limits, want) {
		t.Errorf("%+v, %v", answer.Limits, err)
	}
}

func TestRateLimitsOfTheHostCount(t *testing.T) {
	t.Parallel()
	const acme = "acme.ai.example.com"
	answer, err := judged(t, acme, rateLimit("globex", 1, 10, "globex.ai.example.com"), rateLimit("acme", 2, 20, acme), rateLimit("again", 3, 30, acme))
	if err != nil {
		t.Fatal(err)
	}
	want := []edge.Limit{{Name: "judge/acme", Requests: 20, Seconds: 60}, {Name: "judge/again", Requests: 30, Seconds: 60}}
	if !slices.Equal(answer.Limits, want) {
		t.Errorf("%+v", answer.Limits)
	}
	blocked, err := judged(t, acme, rateLimit("acme", 2, 20, acme), customRule("all", 1, "Block", everything))
	if err != nil || blocked.Status != http.StatusForbidden || len(blocked.Limits) > 0 {
		t.Errorf("behind a block: %+v, %v", blocked, err)
	}
}

func TestAPolicyThatIsNotUnderstoodIsAnError(t *testing.T) {
	t.Parallel()
	const acme = "acme.ai.example.com"
	edited := func(rule values, key string, value any) values {
		rule[key] = value
		return rule
	}
	many := make([]any, 11)
	for i := range many {
		many[i] = acme
	}
	for name, test := range map[string]struct {
		rule any
		want string
	}{
		"an operator":              {customRule("rule", 1, "Block", hostCondition("IPMatch", false, acme)), "operator"},
		"a transform":              {customRule("rule", 1, "Block", edited(hostCondition("Equal", false, acme), "transforms", items{"UrlDecode"})), "transform"},
		"a variable":               {customRule("rule", 1, "Block", edited(hostCondition("Equal", false, acme), "matchVariables", items{values{"variableName": "RemoteAddr"}})), "variable"},
		"an absent header":         {customRule("rule", 1, "Block", edited(hostCondition("Equal", false, acme), "matchVariables", items{values{"variableName": "RequestHeaders", "selector": "X-Key"}})), "absent"},
		"what RE2 has not":         {customRule("rule", 1, "Block", hostCondition("Regex", false, `^(?!acme)`)), "invalid"},
		"too many values":          {customRule("rule", 1, "Block", hostCondition("Equal", false, many...)), "11 values"},
		"no conditions":            {customRule("rule", 1, "Block"), "0 conditions"},
		"an action":                {customRule("rule", 1, "JSChallenge", everything), "JSChallenge"},
		"a limit that allows":      {edited(rateLimit("rule", 1, 5, acme), "action", "Allow"), "RateLimitRule with Allow"},
		"a limit by country":       {edited(rateLimit("rule", 1, 5, acme), "groupByUserSession", items{values{"groupByVariables": items{values{"variableName": "GeoLocation"}}}}), "groups by"},
		"a limit without a window": {edited(rateLimit("rule", 1, 5, acme), "rateLimitDuration", nil), "5 requests in"},
		"a priority out of range":  {customRule("rule", 101, "Block", everything), "priority 101"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := judged(t, acme, test.rule); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestAPolicyThatDoesNotPreventIsAnError(t *testing.T) {
	t.Parallel()
	detecting := resourceOf("azure-native:network:WebApplicationFirewallPolicy", "detecting", "policy/detecting", values{
		"policySettings": values{"mode": "Detection", "state": "Enabled"},
	})
	if _, err := edge.Gateways(&testkit.Recording{Resources: []testkit.Resource{detecting}}); err == nil {
		t.Error("accepted")
	}
}
