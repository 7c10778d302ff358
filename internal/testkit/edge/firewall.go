package edge

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"ai-serving/internal/testkit"
)

// Policy is a firewall policy of an Application Gateway. Its managed rules are
// taken to pass: what is asked here is whose request it is, not what is in it.
type Policy struct {
	// Name is the logical name of the resource.
	Name string

	document policyDocument
	rules    []customRule // by priority
}

type policyDocument struct {
	PolicySettings *struct {
		Mode                        string  `json:"mode"`
		State                       string  `json:"state"`
		RequestBodyCheck            ignored `json:"requestBodyCheck"`
		RequestBodyEnforcement      ignored `json:"requestBodyEnforcement"`
		RequestBodyInspectLimitInKB ignored `json:"requestBodyInspectLimitInKB"`
		MaxRequestBodySizeInKb      ignored `json:"maxRequestBodySizeInKb"`
		FileUploadEnforcement       ignored `json:"fileUploadEnforcement"`
		FileUploadLimitInMb         ignored `json:"fileUploadLimitInMb"`
		LogScrubbing                ignored `json:"logScrubbing"`
	} `json:"policySettings"`
	CustomRules       []customRule `json:"customRules"`
	ManagedRules      ignored      `json:"managedRules"`
	Location          ignored      `json:"location"`
	ResourceGroupName ignored      `json:"resourceGroupName"`
	PolicyName        ignored      `json:"policyName"`
	Tags              ignored      `json:"tags"`
}

type customRule struct {
	Name               string           `json:"name"`
	Priority           int              `json:"priority"`
	RuleType           string           `json:"ruleType"`
	Action             string           `json:"action"`
	State              string           `json:"state"`
	MatchConditions    []matchCondition `json:"matchConditions"`
	RateLimitDuration  string           `json:"rateLimitDuration"`
	RateLimitThreshold int              `json:"rateLimitThreshold"`
	GroupByUserSession []struct {
		GroupByVariables []struct {
			VariableName string `json:"variableName"`
		} `json:"groupByVariables"`
	} `json:"groupByUserSession"`
}

type matchCondition struct {
	MatchVariables []struct {
		VariableName string `json:"variableName"`
		Selector     string `json:"selector"`
	} `json:"matchVariables"`
	Operator         string   `json:"operator"`
	NegationConditon bool     `json:"negationConditon"` // Azure spells it so
	MatchValues      []string `json:"matchValues"`
	Transforms       []string `json:"transforms"`
}

func newPolicy(registered testkit.Resource) (*Policy, error) {
	policy := &Policy{Name: registered.Name}
	if err := decode(registered.Inputs, &policy.document); err != nil {
		return nil, err
	}
	settings := policy.document.PolicySettings
	if settings == nil || settings.Mode != "Prevention" || settings.State != "Enabled" {
		return nil, errors.New("does not say that it is enabled and prevents")
	}
	policy.rules = slices.SortedFunc(slices.Values(policy.document.CustomRules), func(a, b customRule) int {
		return cmp.Compare(a.Priority, b.Priority)
	})
	for i, rule := range policy.rules {
		if rule.Priority < 1 || rule.Priority > 100 || i > 0 && policy.rules[i-1].Priority == rule.Priority {
			return nil, fmt.Errorf("rule %q: priority %d is not of 1 to 100, or another rule's", rule.Name, rule.Priority)
		}
	}
	return policy, nil
}

// verdict is what a policy does with a request.
type verdict struct {
	blocked bool
	limits  []Limit
}

// judge runs the custom rules in order of their priority. The first that matches
// and allows or blocks ends it; a rate limit that is not exceeded lets the next
// rule run. No policy blocks nothing.
// Sources: learn.microsoft.com/azure/web-application-firewall/ag/custom-waf-rules-overview
// and .../rate-limiting-overview.
func (p *Policy) judge(request Request) (verdict, error) {
	result := verdict{}
	if p == nil {
		return result, nil
	}
	for _, rule := range p.rules {
		matches, err := rule.matches(request)
		if err != nil {
			return verdict{}, fmt.Errorf("firewall policy %q: rule %q: %w", p.Name, rule.Name, err)
		}
		if !matches {
			continue
		}
		switch {
		case rule.RuleType == "RateLimitRule" && rule.Action == "Block":
			limit, err := rule.limit(p.Name)
			if err != nil {
				return verdict{}, fmt.Errorf("firewall policy %q: rule %q: %w", p.Name, rule.Name, err)
			}
			result.limits = append(result.limits, limit)
		case rule.RuleType == "MatchRule" && rule.Action == "Block":
			return verdict{blocked: true}, nil
		case rule.RuleType == "MatchRule" && rule.Action == "Allow":
			return result, nil
		case rule.RuleType == "MatchRule" && rule.Action == "Log":
		default:
			return verdict{}, fmt.Errorf("firewall policy %q: rule %q: %s with %s", p.Name, rule.Name, rule.RuleType, rule.Action)
		}
	}
	return result, nil
}

// limit counts all matching requests together, or those of each address.
func (r customRule) limit(policy string) (Limit, error) {
	seconds, known := map[string]int{"OneMin": 60, "FiveMins": 300}[r.RateLimitDuration]
	if !known || r.RateLimitThreshold < 1 {
		return Limit{}, fmt.Errorf("%d requests in %q", r.RateLimitThreshold, r.RateLimitDuration)
	}
	if len(r.GroupByUserSession) != 1 || len(r.GroupByUserSession[0].GroupByVariables) != 1 {
		return Limit{}, fmt.Errorf("groups by %v", r.GroupByUserSession)
	}
	each, known := map[string]bool{"None": false, "ClientAddr": true}[r.GroupByUserSession[0].GroupByVariables[0].VariableName]
	if !known {
		return Limit{}, fmt.Errorf("groups by %v", r.GroupByUserSession)
	}
	return Limit{policy + "/" + r.Name, r.RateLimitThreshold, seconds, each}, nil
}

// The most that a rule takes.
// Source: learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-application-gateway-limits.
const (
	maxConditions = 10
	maxValues     = 10 // of a condition
)

// matches is whether all conditions hold.
func (r customRule) matches(request Request) (bool, error) {
	switch {
	case r.State == "Disabled":
		return false, nil
	case r.State != "" && r.State != "Enabled":
		return false, fmt.Errorf("state %q", r.State)
	case len(r.MatchConditions) == 0 || len(r.MatchConditions) > maxConditions:
		return false, fmt.Errorf("has %d conditions", len(r.MatchConditions))
	}
	all := true
	for i, condition := range r.MatchConditions {
		holds, err := condition.holds(request)
		if err != nil {
			return false, fmt.Errorf("condition %d: %w", i, err)
		}
		all = all && holds
	}
	return all, nil
}

// holds is whether one of the values matches the variable, or with the negation
// none of them. What happens with a header that is absent is not documented.
func (c matchCondition) holds(request Request) (bool, error) {
	if len(c.MatchVariables) != 1 || len(c.MatchValues) > maxValues {
		return false, fmt.Errorf("%d variables, %d values", len(c.MatchVariables), len(c.MatchValues))
	}
	variable, err := c.variable(request)
	if err != nil {
		return false, err
	}
	variable, err = transformed(variable, c.Transforms)
	if err != nil {
		return false, err
	}
	any := c.Operator == "Any"
	for _, value := range c.MatchValues {
		matches, err := operate(c.Operator, variable, value)
		if err != nil {
			return false, err
		}
		any = any || matches
	}
	return any != c.NegationConditon, nil
}

func (c matchCondition) variable(request Request) (string, error) {
	variable := c.MatchVariables[0]
	switch variable.VariableName {
	case "RequestUri":
		return request.Path, nil
	case "RequestHeaders":
		if value, found := request.header(variable.Selector); found && variable.Selector != "" {
			return value, nil
		}
		return "", fmt.Errorf("asks for header %q, which is absent", variable.Selector)
	default:
		return "", fmt.Errorf("variable %q", variable.VariableName)
	}
}

// transformed applies the transforms in the order of the list.
func transformed(text string, transforms []string) (string, error) {
	for _, transform := range transforms {
		switch transform {
		case "Lowercase":
			text = strings.ToLower(text)
		case "Uppercase":
			text = strings.ToUpper(text)
		case "Trim":
			text = strings.TrimSpace(text)
		default:
			return "", fmt.Errorf("transform %q", transform)
		}
	}
	return text, nil
}

// operate compares with case, which is what the transforms are there for. A
// regular expression matches anywhere unless it is anchored.
// Source: learn.microsoft.com/azure/web-application-firewall/ag/custom-waf-rules-overview#operator-required.
func operate(operator, text, value string) (bool, error) {
	switch operator {
	case "Any":
		return true, nil
	case "Equal":
		return text == value, nil
	case "Contains":
		return strings.Contains(text, value), nil
	case "BeginsWith":
		return strings.HasPrefix(text, value), nil
	case "EndsWith":
		return strings.HasSuffix(text, value), nil
	case "Regex":
		pattern, err := compile(value)
		if err != nil {
			return false, err
		}
		return pattern.MatchString(text), nil
	default:
		return false, fmt.Errorf("operator %q", operator)
	}
}

// compiled are the expressions that were compiled already.
var compiled sync.Map

// compile takes what RE2 does: what Perl has beyond it is refused.
func compile(expression string) (*regexp.Regexp, error) {
	if known, ok := compiled.Load(expression); ok {
		return known.(*regexp.Regexp), nil
	}
	pattern, err := regexp.Compile(expression)
	if err != nil {
		return nil, err
	}
	compiled.Store(expression, pattern)
	return pattern, nil
}
