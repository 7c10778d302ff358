package gateway

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"ai-serving/internal/hostpattern"
	"ai-serving/internal/pathpattern"
	"ai-serving/internal/topology"
)

func TestPoliciesOfAGateway(t *testing.T) {
	t.Parallel()
	got := map[string][]string{}
	for _, policy := range policies(fixture()) {
		got[policy.key] = nil
		for _, each := range policy.rules {
			rule := each.(*network.WebApplicationFirewallCustomRuleArgs)
			got[policy.key] = append(got[policy.key], fmt.Sprint(rule.Priority, " ", rule.RuleType, " ", rule.Name))
		}
	}
	want := map[string][]string{
		"health":          {"1 RateLimitRule probes"},
		"managed":         nil,
		"refusal":         {"1 MatchRule everything"},
		"tenant-globex":   {"2 RateLimitRule limitglobex"},
		"workload-chat":   {"1 MatchRule otherHosts", "7 RateLimitRule limitacme"},
		"workload-vision": {"1 MatchRule otherHosts"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules by policy (-want +got):\n%s", diff)
	}
}

func TestTheGuardBlocksUnlessAValueMatches(t *testing.T) {
	t.Parallel()
	want := &network.WebApplicationFirewallCustomRuleArgs{
		Name: pulumi.String("otherHosts"), Priority: pulumi.Int(1),
		RuleType: network.WebApplicationFirewallRuleTypeMatchRule, Action: network.WebApplicationFirewallActionBlock,
		MatchConditions: network.MatchConditionArray{&network.MatchConditionArgs{
			MatchVariables: network.MatchVariableArray{&network.MatchVariableArgs{
				VariableName: network.WebApplicationFirewallMatchVariableRequestHeaders, Selector: pulumi.String("Host"),
			}},
			Operator: network.WebApplicationFirewallOperatorRegex, NegationConditon: pulumi.Bool(true),
			MatchValues: pulumi.StringArray{pulumi.String(`^(acme|globex)\.ai\.example\.com(:[0-9]+)?$`)},
			Transforms:  pulumi.StringArray{network.WebApplicationFirewallTransformLowercase},
		}},
	}
	if diff := cmp.Diff(want, guard("ai.example.com", []string{"acme.ai.example.com", "globex.ai.example.com"})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestManyHostsHaveSeveralConditions(t *testing.T) {
	t.Parallel()
	var hosts []string
	for i := range 500 {
		hosts = append(hosts, fmt.Sprintf("tenant-%03d.ai.example.com", i))
	}
	var values []string
	for i, each := range guard("ai.example.com", hosts).MatchConditions.(network.MatchConditionArray) {
		condition := each.(*network.MatchConditionArgs)
		of := condition.MatchValues.(pulumi.StringArray)
		if len(of) > hostpattern.PerCondition || condition.NegationConditon != pulumi.Bool(true) {
			t.Errorf("condition %d: %d values, negated: %v", i, len(of), condition.NegationConditon)
		}
		for _, value := range of {
			values = append(values, string(value.(pulumi.String)))
		}
	}
	if diff := cmp.Diff(hostpattern.Values("ai.example.com", hosts), values); diff != "" {
		t.Errorf("values of all conditions (-want +got):\n%s", diff)
	}
}

func TestALimitCountsATenantsRequestsTogether(t *testing.T) {
	t.Parallel()
	got := rateLimit("ai.example.com", topology.RateLimit{Tenant: "acme", Hosts: []string{"acme.ai.example.com"}, PerMinute: 60, Priority: 7})
	want := &network.WebApplicationFirewallCustomRuleArgs{
		Name: pulumi.String("limitacme"), Priority: pulumi.Int(7),
		RuleType: network.WebApplicationFirewallRuleTypeRateLimitRule, Action: network.WebApplicationFirewallActionBlock,
		RateLimitDuration: network.ApplicationGatewayFirewallRateLimitDurationOneMin, RateLimitThreshold: pulumi.Int(60),
		GroupByUserSession: network.GroupByUserSessionArray{&network.GroupByUserSessionArgs{
			GroupByVariables: network.GroupByVariableArray{&network.GroupByVariableArgs{
				VariableName: network.ApplicationGatewayFirewallUserSessionVariableNone,
			}},
		}},
		MatchConditions: network.MatchConditionArray{hostCondition([]string{`^(acme)\.ai\.example\.com(:[0-9]+)?$`})},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExclusions(t *testing.T) {
	t.Parallel()
	got := managedRules(topology.Firewall{RuleSet: "2.1", Exclusions: []topology.Exclusion{
		{Variable: "RequestArgNames", Operator: "StartsWith", Selector: "messages"},
		{Variable: "RequestCookieValues", Operator: "EqualsAny"},
	}}).Exclusions
	entry := func(variable, operator, selector string) *network.OwaspCrsExclusionEntryArgs {
		return &network.OwaspCrsExclusionEntryArgs{
			MatchVariable: pulumi.String(variable), SelectorMatchOperator: pulumi.String(operator), Selector: pulumi.String(selector),
		}
	}
	want := network.OwaspCrsExclusionEntryArray{
		entry("RequestArgNames", "StartsWith", "messages"), entry("RequestCookieValues", "EqualsAny", "*"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNamesOfLimitsAreAzuresAndDistinct(t *testing.T) {
	t.Parallel()
	azures := regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.StringMatching(`[aq][aq0-]{0,4}[aq0]`), 2, 20, rapid.ID).Draw(t, "tenants")
		var names []string
		for _, id := range ids {
			name := ruleName(id)
			if !azures.MatchString(name) {
				t.Fatalf("%q is called %q", id, name)
			}
			names = append(names, strings.ToLower(name))
		}
		if distinct := slices.Compact(slices.Sorted(slices.Values(names))); len(distinct) != len(names) {
			t.Fatalf("%q are called %q", ids, names)
		}
	})
}

func TestThePoliciesOfAGatewayAreWrittenOneAfterAnother(t *testing.T) {
	t.Parallel()
	policies := record(t, fixture()).OfType(policyToken)
	if len(policies) != 6 {
		t.Fatalf("%d policies, want 6", len(policies))
	}
	for i, later := range policies[1:] {
		if earlier := policies[i]; !slices.Contains(later.Dependencies, earlier.URN) {
			t.Errorf("%s does not wait for %s", later.Name, earlier.Name)
		}
	}
}

// An order between policies must not make one more tenant change another's.
func TestOneMorePolicyChangesNoOther(t *testing.T) {
	t.Parallel()
	before, more := record(t, fixture()), fixture()
	more.Gateway.Listeners = append([]topology.Listener{{
		Name: "fabrikam", Tenant: "fabrikam", Hosts: []string{"fabrikam.ai.example.com"}, Priority: 1200, Certificate: "platform", Own: true,
		Routes: []topology.Route{{Workload: "globex-chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}}},
	}}, more.Gateway.Listeners...)
	after := record(t, more)
	if got := len(after.OfType(policyToken)); got != 7 {
		t.Fatalf("%d policies, want 7", got)
	}
	for _, kept := range before.OfType(policyToken) {
		if diff := cmp.Diff(kept.Inputs.Mappable(), inputs(t, after, policyToken, kept.Name)); diff != "" {
			t.Errorf("%s (-before +after):\n%s", kept.Name, diff)
		}
	}
}

// Everybody reaches the probes' paths; Traffic Manager must never be refused.
func TestAClientOfTheProbesPathsIsBoundedFarAboveTrafficManager(t *testing.T) {
	t.Parallel()
	const profiles, perMinute = 200, 6 // of a subscription, and a probe's of each
	if least := 4 * profiles * perMinute; maxProbesPerMinute < least {
		t.Errorf("%d a minute, want %d at least", maxProbesPerMinute, least)
	}
	want := &network.WebApplicationFirewallCustomRuleArgs{
		Name: pulumi.String("probes"), Priority: pulumi.Int(1),
		RuleType: network.WebApplicationFirewallRuleTypeRateLimitRule, Action: network.WebApplicationFirewallActionBlock,
		RateLimitDuration:  network.ApplicationGatewayFirewallRateLimitDurationOneMin,
		RateLimitThreshold: pulumi.Int(6000),
		GroupByUserSession: network.GroupByUserSessionArray{&network.GroupByUserSessionArgs{
			GroupByVariables: network.GroupByVariableArray{&network.GroupByVariableArgs{VariableName: network.ApplicationGatewayFirewallUserSessionVariableClientAddr}},
		}},
		MatchConditions: network.MatchConditionArray{&network.MatchConditionArgs{
			MatchVariables: network.MatchVariableArray{&network.MatchVariableArgs{VariableName: network.WebApplicationFirewallMatchVariableRequestUri}},
			Operator:       network.WebApplicationFirewallOperatorRegex,
			MatchValues:    pulumi.StringArray{pulumi.String(".*")},
		}},
	}
	if diff := cmp.Diff(want, probeLimit()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEveryPolicyIsOfAPartOfTheGateway(t *testing.T) {
	t.Parallel()
	for name, args := range fixtures() {
		used := map[string]bool{refusalPolicy: true}
		for _, site := range sites(args) {
			used[site.policy] = true
			for _, path := range site.paths {
				used[path.policy] = true
			}
		}
		for _, policy := range policies(args) {
			if !used[policy.key] {
				t.Errorf("%s: policy %q is of nothing", name, policy.key)
			}
		}
	}
}
