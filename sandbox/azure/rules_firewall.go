package azure

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"ai-serving/sandbox/rules"
)

const customRules = "learn.microsoft.com/azure/web-application-firewall/ag/custom-waf-rules-overview"

var (
	firewallTier = require("firewall/tier",
		"A firewall policy is of a gateway of the tier WAF_v2.", "ApplicationGatewayFirewallCannotBeConfiguredForSelectedSku",
		"github.com/MicrosoftDocs/azure-docs/issues/61654; the code is inferred")
	firewallNeeded = require("firewall/needed",
		"A gateway of the tier WAF_v2 has a firewall policy, or a configuration.", "ApplicationGatewayFirewallNotConfiguredForSelectedSku",
		"github.com/hashicorp/terraform-provider-azurerm/pull/19304")
	firewallPolicyAlone = require("firewall/policy-alone",
		"A gateway with a firewall policy has no webApplicationFirewallConfiguration.", "ApplicationGatewayWafConfigurationCannotBeChangedWithWafPolicy",
		"github.com/Azure/application-gateway-kubernetes-ingress/issues/1417; github.com/Azure/azure-cli/issues/15520")
	firewallConfigurationRetired = require("firewall/configuration-retired",
		"A new gateway has a firewall policy, and no webApplicationFirewallConfiguration.", "ApplicationGatewayWafConfigurationDeprecated",
		"learn.microsoft.com/azure/web-application-firewall/ag/upgrade-ag-waf-policy#retirement-timelines; that a gateway that has one keeps it is inferred")
	firewallPolicyKept = require("firewall/policy-kept",
		"A gateway of the tier WAF_v2 that has a firewall policy keeps one, the same or another.", "ApplicationGatewayFirewallPolicyCannotBeRemoved",
		"github.com/pagopa-archive/io-infrastructure-live-new/pull/267")
	firewallRuleName = require("firewall/rule-name",
		"The name of a custom rule is of letters and digits, a letter first.", badRequest,
		customRules+"; that ARM refuses others is inferred from the portal, which does")
	firewallRulePriority = require("firewall/rule-priority",
		"The priority of a custom rule is from 1 to 100.", "ApplicationGatewayFirewallCustomRuleInvalidPriority",
		"github.com/Azure/azure-cli/issues/27718")
	firewallRulePriorityUnique = require("firewall/rule-priority-unique",
		"The priorities and the names of custom rules differ.", badRequest,
		customRules+"#priority")
	firewallRuleCondition = require("firewall/rule-condition",
		"A custom rule has a match condition.", "ApplicationGatewayFirewallCustomRuleNoMatchConditionNotSupported",
		"github.com/Azure/azure-cli/issues/30043")
	firewallConditionVariable = require("firewall/condition-variable",
		"A match condition names what it looks at.", badRequest,
		customRules+"#match-variable: it is required; the code is inferred")
	firewallConditionSelector = require("firewall/condition-selector",
		"A variable with a selector is a collection: not the URI, the method, the body or the address.", "ApplicationGatewayFirewallMatchValueNoCollection",
		"www.volcengine.com/article/1001110, of RequestUri; that the other three are none either is inferred")
	firewallConditionValue = require("firewall/condition-value",
		"A match condition has a value, and none if its operator is Any.", badRequest,
		"github.com/hashicorp/terraform-provider-azurerm/issues/19013; that ARM refuses others without a value is inferred from Azure PowerShell, which does (github.com/Azure/azure-cli/pull/23137)")
	firewallRuleAction = require("firewall/rule-action",
		"A rate limit does not allow.", "ApplicationGatewayFirewallCustomRuleInvalidAction",
		"github.com/hashicorp/terraform-provider-azurerm/pull/28987")
	firewallRateLimit = require("firewall/rate-limit",
		"A rate limit has a duration, a threshold of 1 or more, and one grouping by one variable.", badRequest,
		"learn.microsoft.com/azure/web-application-firewall/ag/rate-limiting-configure")
	firewallRateLimitRuleSet = require("firewall/rate-limit-rule-set",
		"A policy with a rate limit has a primary rule set of the newest engine: CRS 3.2 or DRS 2.1 and later.", badRequest,
		"learn.microsoft.com/azure/web-application-firewall/ag/rate-limiting-overview: version 3.2 or later of the rule set")
	firewallRuleSet = require("firewall/rule-set",
		"A managed rule set is DRS 2.1 or 2.2, CRS 3.2, or one of those beside them, and there is one of the former.", badRequest,
		"learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules")
	firewallPolicyFree = Rules.Add(rules.Rule{
		Name: "azure/firewall/policy-in-use", Asks: "A firewall policy that a gateway uses is not deleted.",
		Status: http.StatusBadRequest, Code: "ApplicationGatewayFirewallPolicyInUse",
		Source: "github.com/hashicorp/terraform-provider-azurerm/issues/14572; the code is inferred",
	})
)

// gatewayFirewall checks how a gateway and its firewall policy fit. A policy of
// a listener or of a path asks for the same tier.
func gatewayFirewall(r *request) error {
	waf := strings.EqualFold(text(r.body, nested, "sku", "tier"), "WAF_v2")
	policy := text(r.body, nested, "firewallPolicy", "id")
	configured := dig(r.body, nested, "webApplicationFirewallConfiguration") != nil
	switch {
	case !waf && (policy != "" || r.hasInnerPolicy() || configured):
		return refuse(firewallTier, "Application Gateway %s of tier %s cannot have a web application firewall.", r.id, text(r.body, nested, "sku", "tier"))
	case policy != "" && configured:
		return refuse(firewallPolicyAlone, "WebApplicationFirewallConfiguration of %s cannot be changed when there is a WAF Policy %s associated with it.", r.id, policy)
	case configured && r.current == nil:
		return refuse(firewallConfigurationRetired, "WebApplicationFirewallConfiguration of %s is deprecated: use a WAF Policy.", r.id)
	case waf && policy == "" && text(r.current, nested, "firewallPolicy", "id") != "":
		return refuse(firewallPolicyKept, "Firewall policy %s cannot be removed from Application Gateway %s, changing from one firewall policy to another is permitted.",
			text(r.current, nested, "firewallPolicy", "id"), r.id)
	case waf && policy == "" && !configured:
		return refuse(firewallNeeded, "Application Gateway %s with the selected SKU tier WAF_v2 must have a valid WAF policy or configuration.", r.id)
	default:
		return nil
	}
}

// hasInnerPolicy says whether a listener or a path has a firewall policy.
func (r *request) hasInnerPolicy() bool {
	parts := objects(r.body, nested, "httpListeners")
	for _, paths := range objects(r.body, nested, "urlPathMaps") {
		parts = append(parts, objects(paths, nested, "pathRules")...)
	}
	return slices.ContainsFunc(parts, func(part map[string]any) bool { return text(part, nested, "firewallPolicy", "id") != "" })
}

var firewallName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)

func firewallRules(r *request) error {
	taken := map[string]bool{}
	for i, rule := range objects(r.body, nested, "customRules") {
		name := text(rule, "name")
		priority, _ := number(rule, "priority")
		switch key := fmt.Sprint(priority); {
		case !firewallName.MatchString(name):
			return refuse(firewallRuleName, "Custom Rule '%s' does not have a valid name in context 'properties.customRules[%d]'.", name, i)
		case priority < 1 || priority > 100:
			return refuse(firewallRulePriority, "Custom Rule '%s' does not have valid priority in context 'properties.customRules[%d]'.", name, i)
		case taken[key] || taken[strings.ToLower(name)]:
			return refuse(firewallRulePriorityUnique, "Custom Rule '%s' has the name or the priority %v of another in context 'properties.customRules[%d]'.", name, priority, i)
		default:
			taken[key], taken[strings.ToLower(name)] = true, true
		}
		if err := matchConditions(rule, i); err != nil {
			return err
		}
		if err := rateLimit(rule, i); err != nil {
			return err
		}
	}
	return nil
}

func matchConditions(rule map[string]any, i int) error {
	name, conditions := text(rule, "name"), objects(rule, "matchConditions")
	if len(conditions) == 0 {
		return refuse(firewallRuleCondition, "Custom Rule '%s' does not have a match condition defined in context 'properties.customRules[%d]'.", name, i)
	}
	for _, condition := range conditions {
		if err := matchVariables(name, condition, i); err != nil {
			return err
		}
		matchesAny := strings.EqualFold(text(condition, "operator"), "Any")
		values, _ := dig(condition, "matchValues").([]any)
		switch {
		case matchesAny && len(values) > 0:
			return refuse(firewallConditionValue, "Custom Rule '%s' must not have any match value(s) in its condition in context 'properties.customRules[%d]'.", name, i)
		case !matchesAny && len(values) == 0:
			return refuse(firewallConditionValue, "Custom Rule '%s' does not have match value(s) in its condition in context 'properties.customRules[%d]'.", name, i)
		}
	}
	return nil
}

// singleVariables are what of a request a condition looks at as a whole.
var singleVariables = []string{"remoteaddr", "requestbody", "requestmethod", "requesturi"}

func matchVariables(name string, condition map[string]any, i int) error {
	variables := objects(condition, "matchVariables")
	if len(variables) == 0 {
		return refuse(firewallConditionVariable, "Custom Rule '%s' does not have a match variable in its condition in context 'properties.customRules[%d]'.", name, i)
	}
	for j, variable := range variables {
		single := text(variable, "variableName")
		if text(variable, "selector") != "" && slices.Contains(singleVariables, strings.ToLower(single)) {
			return refuse(firewallConditionSelector, "Custom Rule '%s' does not have a valid collection match variable '%s' which supports a selector in its condition in context 'properties.customRules[%d]', matchVariables[%d].", name, single, i, j)
		}
	}
	return nil
}

// isRateLimit says whether a custom rule is one.
func isRateLimit(rule map[string]any) bool {
	return strings.EqualFold(text(rule, "ruleType"), "RateLimitRule")
}

func rateLimit(rule map[string]any, i int) error {
	if !isRateLimit(rule) {
		return nil
	}
	if strings.EqualFold(text(rule, "action"), "Allow") {
		return refuse(firewallRuleAction, "Custom Rule '%s' action 'Allow' is not valid for rule type 'RateLimitRule' in context 'properties.customRules[%d]'.", text(rule, "name"), i)
	}
	threshold, _ := number(rule, "rateLimitThreshold")
	groups := objects(rule, "groupByUserSession")
	if text(rule, "rateLimitDuration") == "" || threshold < 1 || len(groups) != 1 || len(objects(groups[0], "groupByVariables")) != 1 {
		return refuse(firewallRateLimit, "Custom Rule '%s' lacks a duration, a threshold or one grouping of a rate limit in context 'properties.customRules[%d]'.", text(rule, "name"), i)
	}
	return nil
}

// The managed rule sets that policies take today: one primary one, and others
// beside it.
var (
	primaryRuleSets = []string{"Microsoft_DefaultRuleSet 2.1", "Microsoft_DefaultRuleSet 2.2", "OWASP 3.2"}
	otherRuleSets   = []string{
		"Microsoft_BotManagerRuleSet 0.1", "Microsoft_BotManagerRuleSet 1.0", "Microsoft_BotManagerRuleSet 1.1", "Microsoft_HTTPDDoSRuleSet 1.0",
	}
)

func firewallManagedRules(r *request) error {
	primary := 0
	for _, set := range objects(r.body, nested, "managedRules", "managedRuleSets") {
		name := text(set, "ruleSetType") + " " + text(set, "ruleSetVersion")
		switch {
		case slices.Contains(primaryRuleSets, name):
			primary++
		case !slices.Contains(otherRuleSets, name):
			return refuse(firewallRuleSet, "The managed rule set %q of %s is not one of %q.", name, r.id, append(slices.Clone(primaryRuleSets), otherRuleSets...))
		}
	}
	if primary == 0 && slices.ContainsFunc(objects(r.body, nested, "customRules"), isRateLimit) {
		return refuse(firewallRateLimitRuleSet, "The policy %s has a rate limit, and none of the rule sets %q.", r.id, primaryRuleSets)
	}
	if primary != 1 {
		return refuse(firewallRuleSet, "The policy %s has %d of the rule sets %q: it needs one.", r.id, primary, primaryRuleSets)
	}
	return nil
}
