package refusals

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"

	compute "google.golang.org/api/compute/v0.beta"
)

var (
	policyTypeScope = invalid("security-policy/type-scope",
		"Edge policies are global, and policies of network load balancers regional.",
		documented("armor/docs/security-policy-overview"))
	policyPriorities = invalid("security-policy/priority",
		"The rules of a policy have different priorities of 0 to 2147483647.",
		discovery("SecurityPolicyRule.priority"))
	policyDefault = invalid("security-policy/default-rule",
		"A policy with rules has one of priority 2147483647 that matches everything.",
		discovery("SecurityPolicy.rules"))
	policyAction = invalid("security-policy/action",
		"A rule allows, denies with 403, 404 or 502, throttles, bans or redirects.",
		discovery("SecurityPolicyRule.action"))
	policyMatch = invalid("security-policy/match",
		"A rule matches by an expression or by a versioned one with its configuration, not both.",
		discovery("SecurityPolicyRuleMatcher.versionedExpr"))
	policySources = invalid("security-policy/source-ranges",
		"A rule matches 1 to 10 source ranges in CIDR notation, or *.",
		discovery("SecurityPolicyRuleMatcher.versionedExpr")+"; "+documented("armor/quotas"))
	rateNeeded = invalid("security-policy/rate-limit-needed",
		"Rate limit options are for the actions throttle, rate_based_ban and fairshare, which need them.",
		"https://github.com/pulumi/pulumi-gcp/issues/1432")
	rateActions = invalid("security-policy/rate-limit-actions",
		"Requests below the limit are allowed, and those above denied with 403, 404, 429 or 502, or redirected.",
		discovery("SecurityPolicyRuleRateLimitOptions.conformAction, exceedAction"))
	rateThreshold = invalid("security-policy/rate-limit-threshold",
		"A limit has a count of 1 to 1000000 requests, 10000 before a ban, and an interval that Google offers, 10 to 3600 seconds.",
		"https://github.com/GoogleCloudPlatform/terraform-google-cloud-armor/issues/147; "+documented("armor/docs/rate-limiting-overview"))
	rateBan = invalid("security-policy/ban",
		"A duration and a threshold of bans are for rate_based_ban only.",
		discovery("SecurityPolicyRuleRateLimitOptions.banDurationSec"))
	rateKey = invalid("security-policy/enforce-on-key",
		"A key is enforceOnKey or up to 3 of enforceOnKeyConfigs, and has a name for headers and cookies.",
		discovery("SecurityPolicyRuleRateLimitOptions.enforceOnKeyConfigs, enforceOnKeyName"))
)

const (
	maxSourceRanges  = 10
	maxRateKeys      = 3
	maxThrottleCount = 1_000_000
	maxBanCount      = 10_000
)

// rateIntervals are the seconds that a rate can be counted over.
var rateIntervals = []int64{10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700, 3600}

var (
	ruleAction   = regexp.MustCompile(`^(allow|deny(\((403|404|502)\))?|throttle|rate_based_ban|fairshare|redirect|goto_next)$`)
	exceedAction = regexp.MustCompile(`^(deny\((403|404|429|502)\)|redirect)$`)
	rateLimiting = []string{"throttle", "rate_based_ban", "fairshare"}
)

func policyKind(r *request, p *compute.SecurityPolicy) error {
	kind := cmp.Or(p.Type, "CLOUD_ARMOR")
	if !r.link.global() && kind == "CLOUD_ARMOR_EDGE" || r.link.global() && kind == "CLOUD_ARMOR_NETWORK" {
		return wrong(policyTypeScope, "type", kind, "The type is not one of security policies in the scope %s.", r.link.scope)
	}
	return nil
}

func policyRules(_ *request, p *compute.SecurityPolicy) error {
	if kind := cmp.Or(p.Type, "CLOUD_ARMOR"); kind != "CLOUD_ARMOR" && kind != "CLOUD_ARMOR_EDGE" {
		return nil // of another form
	}
	priorities := map[int64]bool{}
	for i, rule := range p.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		if rule.Priority < 0 || rule.Priority > maxPriority || priorities[rule.Priority] {
			return wrong(policyPriorities, at+".priority", rule.Priority, "Must be unique, and 0 to %d.", maxPriority)
		}
		priorities[rule.Priority] = true
		if !ruleAction.MatchString(rule.Action) {
			return wrong(policyAction, at+".action", rule.Action, "The action is not valid.")
		}
		if err := checkPolicyMatch(at+".match", rule.Match); err != nil {
			return err
		}
		if err := checkRate(at+".rateLimitOptions", rule); err != nil {
			return err
		}
	}
	if len(p.Rules) > 0 && !slices.ContainsFunc(p.Rules, isDefault) {
		return wrong(policyDefault, "rules", "", "There must be a default rule, with priority %d and match \"*\".", maxPriority)
	}
	return nil
}

func isDefault(rule *compute.SecurityPolicyRule) bool {
	return rule.Priority == maxPriority && rule.Match != nil && rule.Match.Config != nil && slices.Contains(rule.Match.Config.SrcIpRanges, "*")
}

func checkPolicyMatch(at string, m *compute.SecurityPolicyRuleMatcher) error {
	if m == nil {
		return wrong(policyMatch, at, "", "A match condition must be specified.")
	}
	versioned := m.VersionedExpr != ""
	if versioned != (m.Config != nil) || versioned == (m.Expr != nil) {
		return wrong(policyMatch, at, m.VersionedExpr, "config must be specified if versionedExpr is, and expr if it is not.")
	}
	if m.Expr != nil {
		return checkExpression(at+".expr.expression", m.Expr.Expression)
	}
	if m.VersionedExpr != "SRC_IPS_V1" {
		return nil
	}
	if n := len(m.Config.SrcIpRanges); n == 0 || n > maxSourceRanges {
		return wrong(policySources, at+".config.srcIpRanges", n, "Must have 1 to %d ranges.", maxSourceRanges)
	}
	for _, text := range m.Config.SrcIpRanges {
		_, addrErr := netip.ParseAddr(text)
		if _, err := netip.ParsePrefix(text); err != nil && addrErr != nil && text != "*" {
			return wrong(policySources, at+".config.srcIpRanges", text, "Must be in CIDR format.")
		}
	}
	return nil
}

func checkRate(at string, rule *compute.SecurityPolicyRule) error {
	rate := rule.RateLimitOptions
	if slices.Contains(rateLimiting, rule.Action) != (rate != nil) {
		return wrong(rateNeeded, at, "", "Rate limit options must be specified if the action is 'fairshare', 'rate_based_ban' or 'throttle'. It cannot be specified for any other actions")
	}
	if rate == nil || rule.Action == "fairshare" {
		return nil
	}
	if rate.ConformAction != "" && rate.ConformAction != "allow" || !exceedAction.MatchString(rate.ExceedAction) {
		return wrong(rateActions, at+".exceedAction", rate.ExceedAction, "conformAction must be 'allow', and exceedAction 'deny(STATUS)' or 'redirect'.")
	}
	if rule.Action != "rate_based_ban" && (rate.BanDurationSec != 0 || rate.BanThreshold != nil) {
		return wrong(rateBan, at+".banDurationSec", rate.BanDurationSec, "Can only be specified if the action is rate_based_ban.")
	}
	if rate.RateLimitThreshold == nil {
		return wrong(rateThreshold, at+".rateLimitThreshold", "", "Must be specified.")
	}
	most := int64(maxThrottleCount)
	if rule.Action == "rate_based_ban" {
		most = maxBanCount
	}
	for _, threshold := range []*compute.SecurityPolicyRuleRateLimitOptionsThreshold{rate.RateLimitThreshold, rate.BanThreshold} {
		if threshold != nil && (threshold.Count < 1 || threshold.Count > most || !slices.Contains(rateIntervals, threshold.IntervalSec)) {
			return wrong(rateThreshold, at+".rateLimitThreshold.intervalSec", threshold.IntervalSec, "The count must be 1 to %d, and the interval one of %v.", most, rateIntervals)
		}
	}
	return checkRateKey(at, rate)
}

func checkRateKey(at string, rate *compute.SecurityPolicyRuleRateLimitOptions) error {
	named := func(kind, name string) bool {
		return (kind == "HTTP_HEADER" || kind == "HTTP_COOKIE") == (name != "")
	}
	if !named(rate.EnforceOnKey, rate.EnforceOnKeyName) {
		return wrong(rateKey, at+".enforceOnKeyName", rate.EnforceOnKeyName, "Must be specified for HTTP_HEADER and HTTP_COOKIE, and only for them.")
	}
	if n := len(rate.EnforceOnKeyConfigs); n > maxRateKeys || n > 0 && rate.EnforceOnKey != "" {
		return wrong(rateKey, at+".enforceOnKeyConfigs", n, "Up to %d may be specified, and enforceOnKey must not be beside them.", maxRateKeys)
	}
	for _, key := range rate.EnforceOnKeyConfigs {
		if !named(key.EnforceOnKeyType, key.EnforceOnKeyName) {
			return wrong(rateKey, at+".enforceOnKeyConfigs", key.EnforceOnKeyName, "A name must be specified for HTTP_HEADER and HTTP_COOKIE, and only for them.")
		}
	}
	return nil
}
