package edge

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// rewriteSet changes a request on its way to the backend.
type rewriteSet struct {
	Name         string        `json:"name"`
	RewriteRules []rewriteRule `json:"rewriteRules"`
}

func (s rewriteSet) name() string { return s.Name }

type rewriteRule struct {
	Name         string             `json:"name"`
	RuleSequence int                `json:"ruleSequence"`
	Conditions   []rewriteCondition `json:"conditions"`
	ActionSet    struct {
		RequestHeaderConfigurations  []headerAction `json:"requestHeaderConfigurations"`
		ResponseHeaderConfigurations ignored        `json:"responseHeaderConfigurations"`
		URLConfiguration             *urlAction     `json:"urlConfiguration"`
	} `json:"actionSet"`
}

type rewriteCondition struct {
	Variable   string `json:"variable"`
	Pattern    string `json:"pattern"`
	IgnoreCase bool   `json:"ignoreCase"`
	Negate     bool   `json:"negate"`
}

type headerAction struct {
	HeaderName  string `json:"headerName"`
	HeaderValue string `json:"headerValue"`
}

type urlAction struct {
	ModifiedPath        string `json:"modifiedPath"`
	ModifiedQueryString string `json:"modifiedQueryString"`
	Reroute             bool   `json:"reroute"`
}

// precedesFirewall says whether the firewall judges the rewritten request: it
// does where the URL or the Host header is rewritten.
// Source: learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url#using-url-rewrite-or-host-header-rewrite-with-web-application-firewall-waf_v2-sku.
func (s rewriteSet) precedesFirewall() bool {
	return slices.ContainsFunc(s.RewriteRules, func(rule rewriteRule) bool {
		return rule.ActionSet.URLConfiguration != nil ||
			slices.ContainsFunc(rule.ActionSet.RequestHeaderConfigurations, func(action headerAction) bool {
				return strings.EqualFold(action.HeaderName, "Host")
			})
	})
}

// apply runs the rules in order of their sequence. Whether a rule sees what an
// earlier one wrote is not documented: to read it is an error.
// Source: learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url.
func (s rewriteSet) apply(request Request) (Request, error) {
	inSequence := slices.SortedFunc(slices.Values(s.RewriteRules), func(a, b rewriteRule) int {
		return cmp.Compare(a.RuleSequence, b.RuleSequence)
	})
	result := request.clone()
	state := rewriting{request: request, written: map[string]bool{}}
	for i, rule := range inSequence {
		if i > 0 && inSequence[i-1].RuleSequence == rule.RuleSequence {
			return Request{}, fmt.Errorf("rules %q and %q have one place in the sequence", inSequence[i-1].Name, rule.Name)
		}
		if err := state.run(rule, &result); err != nil {
			return Request{}, fmt.Errorf("rule %q: %w", rule.Name, err)
		}
	}
	return result, nil
}

// rewriting is a request with what was written over it.
type rewriting struct {
	request Request
	// written are the variables that an earlier rule changed.
	written map[string]bool
	// captures are of the rule that runs, by variable.
	captures map[string][]string
}

func (w *rewriting) run(rule rewriteRule, result *Request) error {
	w.captures = map[string][]string{}
	for _, condition := range rule.Conditions {
		holds, err := w.holds(condition)
		if err != nil || !holds {
			return err
		}
	}
	for _, action := range rule.ActionSet.RequestHeaderConfigurations {
		if err := w.setHeader(action, result); err != nil {
			return fmt.Errorf("header %q: %w", action.HeaderName, err)
		}
	}
	if action := rule.ActionSet.URLConfiguration; action != nil {
		return w.setURL(*action, result)
	}
	return nil
}

// holds is whether the variable matches the pattern, or with the negation not.
// What the parentheses of the pattern match can be used in the actions.
func (w *rewriting) holds(condition rewriteCondition) (bool, error) {
	value, err := w.variable(condition.Variable)
	if err != nil {
		return false, err
	}
	pattern := condition.Pattern
	if condition.IgnoreCase {
		pattern = "(?i)" + pattern
	}
	expression, err := compile(pattern)
	if err != nil {
		return false, err
	}
	found := expression.FindStringSubmatch(value)
	w.captures[condition.Variable] = found
	return (found != nil) != condition.Negate, nil
}

// variable is a header of the request, "http_req_<name>", or a server variable,
// "var_<name>".
// Source: learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url#server-variables.
func (w *rewriting) variable(name string) (string, error) {
	if w.written[strings.ToLower(name)] {
		return "", fmt.Errorf("%q was written by an earlier rule", name)
	}
	if header, isHeader := strings.CutPrefix(name, "http_req_"); isHeader {
		value, _ := w.request.header(header)
		return value, nil // an absent header is empty
	}
	path, query := w.request.path()
	switch name {
	case "var_host":
		return w.request.hostname(), nil
	case "var_uri_path":
		return path, nil
	case "var_query_string":
		return query, nil
	case "var_request_uri":
		return w.request.Path, nil
	default:
		return "", fmt.Errorf("variable %q", name)
	}
}

// setHeader gives a header a value, or takes it away where the value is empty.
func (w *rewriting) setHeader(action headerAction, result *Request) error {
	if action.HeaderName == "" || strings.EqualFold(action.HeaderName, "Host") ||
		strings.EqualFold(action.HeaderName, "Connection") || strings.EqualFold(action.HeaderName, "Upgrade") {
		return errors.New("cannot be rewritten, or only with the host that the evaluation takes as given")
	}
	value, err := w.expand(action.HeaderValue)
	if err != nil {
		return err
	}
	w.written["http_req_"+strings.ToLower(action.HeaderName)] = true
	if action.HeaderValue == "" {
		result.Header.Del(action.HeaderName)
	} else {
		result.Header.Set(action.HeaderName, value)
	}
	return nil
}

func (w *rewriting) setURL(action urlAction, result *Request) error {
	if action.Reroute {
		return errors.New("the path map would be asked again")
	}
	path, query := result.path()
	if action.ModifiedPath != "" {
		value, err := w.expand(action.ModifiedPath)
		if err != nil {
			return err
		}
		path = value
	}
	if action.ModifiedQueryString != "" {
		value, err := w.expand(action.ModifiedQueryString)
		if err != nil {
			return err
		}
		query = value
	}
	for _, variable := range []string{"var_uri_path", "var_query_string", "var_request_uri"} {
		w.written[variable] = true
	}
	result.Path = path
	if query != "" {
		result.Path += "?" + query
	}
	return nil
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// expand puts variables, and what the conditions have captured of them, in the
// place of "{<variable>}" and "{<variable>_<group>}". The case of the name has to
// be that of the condition.
// Source: learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url#capturing.
func (w *rewriting) expand(template string) (string, error) {
	var failed error
	expanded := placeholder.ReplaceAllStringFunc(template, func(match string) string {
		value, err := w.value(strings.Trim(match, "{}"))
		failed = errors.Join(failed, err)
		return value
	})
	return expanded, failed
}

func (w *rewriting) value(name string) (string, error) {
	if i := strings.LastIndex(name, "_"); i > 0 {
		if group, err := strconv.Atoi(name[i+1:]); err == nil {
			captured, known := w.captures[name[:i]]
			if !known || group < 1 || group >= len(captured) {
				return "", fmt.Errorf("nothing is captured as %q", name)
			}
			return captured[group], nil
		}
	}
	return w.variable(name)
}
