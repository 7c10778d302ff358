package edge

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/internal/testkit"
)

// securityPolicy is one of Cloud Armor's.
type securityPolicy struct {
	name  string
	rules []armorRule // by priority
}

type securityPolicyDocument struct {
	Rules       []armorRule `json:"rules"`
	Type        string      `json:"type"`
	Name        ignored     `json:"name"`
	Description ignored     `json:"description"`
	Project     ignored     `json:"project"`
	Region      ignored     `json:"region"`
}

type armorRule struct {
	Priority         int               `json:"priority"`
	Action           string            `json:"action"`
	Preview          bool              `json:"preview"`
	Match            *armorMatch       `json:"match"`
	RateLimitOptions *rateLimitOptions `json:"rateLimitOptions"`
	Description      string            `json:"description"`
	// SecurityPolicy and the rest are of a rule that is a resource of its own.
	SecurityPolicy string  `json:"securityPolicy"`
	Region         string  `json:"region"`
	Project        ignored `json:"project"`
}

type armorMatch struct {
	VersionedExpr string `json:"versionedExpr"`
	Config        *struct {
		SrcIPRanges []string `json:"srcIpRanges"`
	} `json:"config"`
	Expr *struct {
		Expression string `json:"expression"`
	} `json:"expr"`
}

type rateLimitOptions struct {
	ConformAction      string `json:"conformAction"`
	ExceedAction       string `json:"exceedAction"`
	EnforceOnKey       string `json:"enforceOnKey"`
	RateLimitThreshold struct {
		Count       int `json:"count"`
		IntervalSec int `json:"intervalSec"`
	} `json:"rateLimitThreshold"`
}

const (
	globalPolicyToken       = "gcp:compute/securityPolicy:SecurityPolicy"
	regionalPolicyToken     = "gcp:compute/regionSecurityPolicy:RegionSecurityPolicy"
	regionalPolicyRuleToken = "gcp:compute/regionSecurityPolicyRule:RegionSecurityPolicyRule"
)

// securityPolicies are those of a recording, by link and by id. The rules of a
// regional one are resources of their own, which name it.
func securityPolicies(recording *testkit.Recording) (map[string]*securityPolicy, error) {
	policies := map[string]*securityPolicy{}
	byName := map[string]*securityPolicy{} // with the region before it
	for _, token := range []string{globalPolicyToken, regionalPolicyToken} {
		for _, registered := range recording.OfType(token) {
			var document securityPolicyDocument
			if err := decode(registered.Inputs, &document); err != nil {
				return nil, fmt.Errorf("security policy %q: %w", registered.Name, err)
			}
			if document.Type != "" && document.Type != "CLOUD_ARMOR" {
				return nil, fmt.Errorf("security policy %q: type %q", registered.Name, document.Type)
			}
			policy := &securityPolicy{registered.Name, document.Rules}
			policies[linkOf(registered)], policies[registered.ID] = policy, policy
			byName[text(registered, "region")+"/"+text(registered, "name")] = policy
		}
	}
	for _, registered := range recording.OfType(regionalPolicyRuleToken) {
		var rule armorRule
		if err := decode(registered.Inputs, &rule); err != nil {
			return nil, fmt.Errorf("security policy rule %q: %w", registered.Name, err)
		}
		policy, known := byName[rule.Region+"/"+rule.SecurityPolicy]
		if !known {
			return nil, fmt.Errorf("security policy rule %q: no policy %q in %s", registered.Name, rule.SecurityPolicy, rule.Region)
		}
		policy.rules = append(policy.rules, rule)
	}
	for _, policy := range byName {
		slices.SortFunc(policy.rules, func(a, b armorRule) int { return cmp.Compare(a.Priority, b.Priority) })
	}
	return policies, nil
}

// text is an output that is a string; "" if there is none.
func text(registered testkit.Resource, output string) string {
	if value := registered.Outputs[resource.PropertyKey(output)]; value.IsString() {
		return value.StringValue()
	}
	return ""
}

// armorVerdict is what a policy does with a request.
type armorVerdict struct {
	status int // of a refusal; 0 without
	limits []Limit
}

// judge finds the first rule, by priority, that matches: it alone decides. A
// policy whose rules all fail to match lets through, by the rule that Google adds
// to every policy and that no request gets past.
// Source: cloud.google.com/armor/docs/security-policy-overview#eval-order.
func (p *securityPolicy) judge(request Request) (armorVerdict, error) {
	if p == nil {
		return armorVerdict{}, nil
	}
	for i, rule := range p.rules {
		if i > 0 && p.rules[i-1].Priority == rule.Priority {
			return armorVerdict{}, fmt.Errorf("security policy %q: two rules of priority %d", p.name, rule.Priority)
		}
		matches, err := rule.matches(request)
		if err != nil {
			return armorVerdict{}, fmt.Errorf("security policy %q: rule %d: %w", p.name, rule.Priority, err)
		}
		if matches {
			verdict, err := rule.verdict(p.name)
			if err != nil {
				return armorVerdict{}, fmt.Errorf("security policy %q: rule %d: %w", p.name, rule.Priority, err)
			}
			return verdict, nil
		}
	}
	return armorVerdict{}, nil
}

// verdict of a rule that matches. A throttle counts the requests of each key, or
// of all clients with the key "ALL".
// Source: cloud.google.com/armor/docs/rate-limiting-overview.
func (r armorRule) verdict(policy string) (armorVerdict, error) {
	switch r.Action {
	case "allow":
		return armorVerdict{}, nil
	case "deny(403)":
		return armorVerdict{status: http.StatusForbidden}, nil
	case "deny(404)":
		return armorVerdict{status: http.StatusNotFound}, nil
	case "throttle":
		options := r.RateLimitOptions
		if options == nil || options.ConformAction != "allow" || options.ExceedAction != "deny(429)" ||
			options.EnforceOnKey != "ALL" && options.EnforceOnKey != "" {
			return armorVerdict{}, fmt.Errorf("throttles by %+v", options)
		}
		threshold := options.RateLimitThreshold
		return armorVerdict{limits: []Limit{{fmt.Sprintf("%s/%d", policy, r.Priority), threshold.Count, threshold.IntervalSec, false}}}, nil
	default:
		return armorVerdict{}, fmt.Errorf("action %q", r.Action)
	}
}

func (r armorRule) matches(request Request) (bool, error) {
	switch {
	case r.Preview:
		return false, nil // only logged
	case r.Priority < 0 || r.Priority > math.MaxInt32:
		return false, errors.New("priority out of range")
	case r.Match == nil:
		return false, errors.New("matches nothing")
	case r.Match.Expr != nil:
		return evaluate(r.Match.Expr.Expression, request)
	case r.Match.VersionedExpr == "SRC_IPS_V1" && r.Match.Config != nil && slices.Equal(r.Match.Config.SrcIPRanges, []string{"*"}):
		return true, nil
	default:
		return false, fmt.Errorf("matches by %+v", r.Match)
	}
}

// The most that Google takes of an expression.
// Source: cloud.google.com/armor/quotas#limits.
const (
	maxExpression    = 2048 // characters
	maxSubexpression = 5    // of a rule
)

// evaluate understands the part of Cloud Armor's language that compares headers:
// comparisons with "==" and "matches", joined by "||" or by "&&".
// Source: cloud.google.com/armor/docs/rules-language-reference.
func evaluate(expression string, request Request) (bool, error) {
	if len(expression) > maxExpression {
		return false, fmt.Errorf("the expression has %d characters, of at most %d", len(expression), maxExpression)
	}
	joint, all := "||", false
	if strings.Contains(expression, "&&") {
		joint, all = "&&", true
		if strings.Contains(expression, "||") {
			return false, errors.New("an expression with both && and ||")
		}
	}
	comparisons := strings.Split(expression, joint)
	if len(comparisons) > maxSubexpression {
		return false, fmt.Errorf("the expression has %d parts, of at most %d", len(comparisons), maxSubexpression)
	}
	result := all
	for _, comparison := range comparisons {
		holds, err := compare(strings.TrimSpace(comparison), request)
		if err != nil {
			return false, err
		}
		if all {
			result = result && holds
		} else {
			result = result || holds
		}
	}
	return result, nil
}

// compare evaluates request.headers['<name>'], lowered or not, against a text.
func compare(comparison string, request Request) (bool, error) {
	rest, isHeader := strings.CutPrefix(comparison, "request.headers[")
	name, rest, closed := strings.Cut(rest, "]")
	if !isHeader || !closed {
		return false, fmt.Errorf("comparison %q", comparison)
	}
	name, err := unquote(name)
	if err != nil {
		return false, err
	}
	if name != strings.ToLower(name) {
		return false, fmt.Errorf("header %q: names are in lower case", name)
	}
	value, found := request.header(name)
	if !found {
		return false, fmt.Errorf("header %q is absent", name)
	}
	if lowered, ok := strings.CutPrefix(rest, ".lower()"); ok {
		rest, value = lowered, strings.ToLower(value)
	}
	if argument, ok := strings.CutPrefix(rest, ".matches("); ok {
		pattern, err := unquote(strings.TrimSuffix(argument, ")"))
		if err != nil {
			return false, err
		}
		expression, err := compile(pattern)
		return err == nil && expression.MatchString(value), err
	}
	if literal, ok := strings.CutPrefix(strings.TrimSpace(rest), "=="); ok {
		wanted, err := unquote(strings.TrimSpace(literal))
		return err == nil && value == wanted, err
	}
	return false, fmt.Errorf("comparison %q", comparison)
}

func unquote(quoted string) (string, error) {
	if len(quoted) < 2 || quoted[0] != quoted[len(quoted)-1] || !strings.ContainsAny(quoted[:1], `'"`) || strings.Contains(quoted, `\`) && quoted[0] == '"' {
		return "", fmt.Errorf("%s is no plain text", quoted)
	}
	return quoted[1 : len(quoted)-1], nil
}
