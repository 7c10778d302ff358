package gateway

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/hostpattern"
	"ai-serving/internal/topology"
)

// The keys of the firewall policies that are for no tenant or workload.
const (
	// refusalPolicy refuses everything. It is the gateway's own, and so in force
	// wherever no other is.
	refusalPolicy = "refusal"
	// managedPolicy has no rules but Microsoft's. It is for what redirects to TLS.
	managedPolicy = "managed"
	// healthPolicy bounds what one client may ask of the health probes' paths.
	healthPolicy = "health"
)

// maxProbesPerMinute is what one address may ask of a path of the health probes in a
// minute. The listener answers everybody: Traffic Manager's addresses are a service
// tag, which a firewall's rule cannot name. Traffic Manager asks from many addresses,
// each every ten seconds for each of the stack's profiles, of which there are 200 at
// most: 1,200 a minute. A refused probe would close a region, so the number is far
// above that; what is left is what one client can make a model answer.
//
// Sources: learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring;
// learn.microsoft.com/azure/virtual-network/service-tags-overview.
const maxProbesPerMinute = 6000

// workloadPolicy and tenantPolicy are the keys of the policies on who may use a
// workload that tenants share, and of a tenant with replicas of its own.
func workloadPolicy(workload string) string { return "workload-" + workload }
func tenantPolicy(tenant string) string     { return "tenant-" + tenant }

// policy is a firewall policy, beside Microsoft's rules.
type policy struct {
	key   string
	rules network.WebApplicationFirewallCustomRuleArray
}

// policies are those of the gateway, sorted by key. The one of a path goes before
// the listener's, and that before the gateway's: only one is ever in force.
// Source: learn.microsoft.com/azure/web-application-firewall/ag/policy-overview.
func policies(args Args) []policy {
	byKey := map[string]policy{
		refusalPolicy: {refusalPolicy, network.WebApplicationFirewallCustomRuleArray{refusal()}},
		healthPolicy:  {healthPolicy, network.WebApplicationFirewallCustomRuleArray{probeLimit()}},
	}
	if args.TLS {
		byKey[managedPolicy] = policy{managedPolicy, nil}
	}
	for _, access := range args.Gateway.Access {
		key := workloadPolicy(access.Workload)
		byKey[key] = policy{key, accessRules(args.Domain, access)}
	}
	for _, listener := range args.Gateway.Listeners {
		if listener.Own {
			key := tenantPolicy(listener.Tenant)
			byKey[key] = policy{key, ownRules(args.Domain, listener)}
		}
	}
	return slices.SortedFunc(maps.Values(byKey), func(a, b policy) int { return strings.Compare(a.key, b.key) })
}

// accessRules refuse everybody but the tenants that may use a workload, and those
// when they ask too much.
func accessRules(domain string, access topology.Access) network.WebApplicationFirewallCustomRuleArray {
	rules := network.WebApplicationFirewallCustomRuleArray{guard(domain, access.Hosts)}
	for _, limit := range access.Limits {
		rules = append(rules, rateLimit(domain, limit))
	}
	return rules
}

func ownRules(domain string, listener topology.Listener) network.WebApplicationFirewallCustomRuleArray {
	if listener.Limit == nil {
		return nil
	}
	return network.WebApplicationFirewallCustomRuleArray{rateLimit(domain, *listener.Limit)}
}

func refusal() *network.WebApplicationFirewallCustomRuleArgs {
	return blockFirst("everything", everything())
}

// everything holds for every request: it asks of its path to have any text.
func everything() network.MatchConditionArray {
	return network.MatchConditionArray{&network.MatchConditionArgs{
		MatchVariables: variables(network.WebApplicationFirewallMatchVariableRequestUri, ""),
		Operator:       network.WebApplicationFirewallOperatorRegex,
		MatchValues:    pulumi.StringArray{pulumi.String(".*")},
	}}
}

// guard refuses every host but some. The conditions of a rule must all hold, and
// each of them says that none of its values matches.
func guard(domain string, hosts []string) *network.WebApplicationFirewallCustomRuleArgs {
	var conditions network.MatchConditionArray
	for values := range slices.Chunk(hostpattern.Values(domain, hosts), hostpattern.PerCondition) {
		condition := hostCondition(values)
		condition.NegationConditon = pulumi.Bool(true)
		conditions = append(conditions, condition)
	}
	return blockFirst("otherHosts", conditions)
}

// blockFirst comes before all rate limits.
func blockFirst(name string, conditions network.MatchConditionArray) *network.WebApplicationFirewallCustomRuleArgs {
	return &network.WebApplicationFirewallCustomRuleArgs{
		Name:            pulumi.String(name),
		Priority:        pulumi.Int(1),
		RuleType:        network.WebApplicationFirewallRuleTypeMatchRule,
		Action:          network.WebApplicationFirewallActionBlock,
		MatchConditions: conditions,
	}
}

// rateLimit counts all requests of a tenant together. Application Gateway could
// group them by the client's address or country only: the tenant is in the
// condition.
// Source: learn.microsoft.com/azure/web-application-firewall/ag/rate-limiting-overview.
func rateLimit(domain string, limit topology.RateLimit) *network.WebApplicationFirewallCustomRuleArgs {
	return blockAbove(limit.PerMinute, &network.WebApplicationFirewallCustomRuleArgs{
		Name:               pulumi.String(ruleName(limit.Tenant)),
		Priority:           pulumi.Int(limit.Priority),
		GroupByUserSession: groupedBy(network.ApplicationGatewayFirewallUserSessionVariableNone),
		MatchConditions:    network.MatchConditionArray{hostCondition(hostpattern.Values(domain, limit.Hosts))},
	})
}

// probeLimit counts the requests of each address for itself.
func probeLimit() *network.WebApplicationFirewallCustomRuleArgs {
	return blockAbove(maxProbesPerMinute, &network.WebApplicationFirewallCustomRuleArgs{
		Name:               pulumi.String("probes"),
		Priority:           pulumi.Int(1),
		GroupByUserSession: groupedBy(network.ApplicationGatewayFirewallUserSessionVariableClientAddr),
		MatchConditions:    everything(),
	})
}

// blockAbove makes a rule block what is above so many requests a minute.
func blockAbove(perMinute int, rule *network.WebApplicationFirewallCustomRuleArgs) *network.WebApplicationFirewallCustomRuleArgs {
	rule.RuleType = network.WebApplicationFirewallRuleTypeRateLimitRule
	rule.Action = network.WebApplicationFirewallActionBlock
	rule.RateLimitDuration = network.ApplicationGatewayFirewallRateLimitDurationOneMin
	rule.RateLimitThreshold = pulumi.Int(perMinute)
	return rule
}

func groupedBy(variable network.ApplicationGatewayFirewallUserSessionVariable) network.GroupByUserSessionArray {
	return network.GroupByUserSessionArray{&network.GroupByUserSessionArgs{
		GroupByVariables: network.GroupByVariableArray{&network.GroupByVariableArgs{VariableName: variable}},
	}}
}

// hostCondition holds for the hosts that one of the values matches.
func hostCondition(values []string) *network.MatchConditionArgs {
	return &network.MatchConditionArgs{
		MatchVariables: variables(network.WebApplicationFirewallMatchVariableRequestHeaders, "Host"),
		Operator:       network.WebApplicationFirewallOperatorRegex,
		MatchValues:    pulumi.ToStringArray(values),
		Transforms:     pulumi.StringArray{network.WebApplicationFirewallTransformLowercase},
	}
}

func variables(name network.WebApplicationFirewallMatchVariable, selector string) network.MatchVariableArray {
	variable := &network.MatchVariableArgs{VariableName: name}
	if selector != "" {
		variable.Selector = pulumi.String(selector)
	}
	return network.MatchVariableArray{variable}
}

// ruleName is of a tenant's limit: letters and digits, a letter first, as Azure
// takes them, and no other tenant's in any case. A hyphen is written q0, and a q
// twice so that nobody else's name reads the same.
// Source: learn.microsoft.com/azure/web-application-firewall/ag/custom-waf-rules-overview.
func ruleName(tenant string) string {
	return "limit" + strings.NewReplacer("q", "qq", "-", "q0").Replace(tenant)
}

// managedRules are Microsoft's, those against bots included.
func managedRules(firewall topology.Firewall) *network.ManagedRulesDefinitionArgs {
	result := &network.ManagedRulesDefinitionArgs{
		ManagedRuleSets: network.ManagedRuleSetArray{
			&network.ManagedRuleSetArgs{RuleSetType: pulumi.String("Microsoft_DefaultRuleSet"), RuleSetVersion: pulumi.String(firewall.RuleSet)},
			&network.ManagedRuleSetArgs{RuleSetType: pulumi.String("Microsoft_BotManagerRuleSet"), RuleSetVersion: pulumi.String("1.1")},
		},
	}
	var exclusions network.OwaspCrsExclusionEntryArray
	for _, excluded := range firewall.Exclusions {
		exclusions = append(exclusions, exclusion(excluded))
	}
	if exclusions != nil {
		result.Exclusions = exclusions
	}
	return result
}

// exclusion writes "*" for the selector of EqualsAny, which has none, as Azure
// itself does.
// Source: learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-waf-configuration.
func exclusion(excluded topology.Exclusion) *network.OwaspCrsExclusionEntryArgs {
	selector := excluded.Selector
	if selector == "" {
		selector = "*"
	}
	return &network.OwaspCrsExclusionEntryArgs{
		MatchVariable:         pulumi.String(excluded.Variable),
		SelectorMatchOperator: pulumi.String(excluded.Operator),
		Selector:              pulumi.String(selector),
	}
}

// policySettings block what the rules find, and no request for its size alone:
// the most that a policy could be given is 2 MB, and prompts with documents or
// pictures are longer. Of each body the first 128 KB, Azure's own default, are
// looked at.
// Sources: learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-waf-request-size-limits
// and Microsoft's Application Gateway limits.
func policySettings() *network.PolicySettingsArgs {
	return &network.PolicySettingsArgs{
		State:                       network.WebApplicationFirewallEnabledStateEnabled,
		Mode:                        network.WebApplicationFirewallModePrevention,
		RequestBodyCheck:            pulumi.Bool(true),
		RequestBodyInspectLimitInKB: pulumi.Int(128),
		RequestBodyEnforcement:      pulumi.Bool(false),
		FileUploadEnforcement:       pulumi.Bool(false),
	}
}
