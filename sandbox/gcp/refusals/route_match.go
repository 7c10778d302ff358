package refusals

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
)

// matches gives what of the path the match rule matched; nil if the request
// does not match.
func (q query) matches(m *compute.HttpRouteRuleMatch) (*target, error) {
	found, err := q.matchPath(m)
	if found == nil || err != nil {
		return nil, err
	}
	for _, header := range m.HeaderMatches {
		if ok, err := q.matchHeader(header); !ok || err != nil {
			return nil, err
		}
	}
	for _, parameter := range m.QueryParameterMatches {
		if ok, err := q.matchParameter(parameter); !ok || err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (q query) matchPath(m *compute.HttpRouteRuleMatch) (*target, error) {
	path, full, prefix := q.url.Path, m.FullPathMatch, m.PrefixMatch
	if m.IgnoreCase {
		path, full, prefix = strings.ToLower(path), strings.ToLower(full), strings.ToLower(prefix)
	}
	var matched bool
	var variables map[string]string
	switch {
	case m.FullPathMatch != "":
		matched, prefix = path == full, q.url.Path
	case m.RegexMatch != "":
		var err error
		if matched, err = matchAll(m.RegexMatch, q.url.Path); err != nil {
			return nil, err
		}
		prefix = q.url.Path
	case m.PathTemplateMatch != "":
		variables, matched = matchTemplate(m.PathTemplateMatch, q.url.Path)
		prefix = q.url.Path
	default:
		matched = strings.HasPrefix(path, prefix)
	}
	if !matched {
		return nil, nil
	}
	return &target{prefix: prefix, variables: variables}, nil
}

// matchAll says whether the expression matches all of the text.
func matchAll(expression, text string) (bool, error) {
	compiled, err := regexp.Compile(`^(?:` + expression + `)$`)
	if err != nil {
		return false, fmt.Errorf("regular expression: %w", err)
	}
	return compiled.MatchString(text), nil
}

func (q query) matchHeader(m *compute.HttpHeaderMatch) (bool, error) {
	value, present := q.header(m.HeaderName)
	var matched bool
	var err error
	switch {
	case !present:
	case m.ExactMatch != "":
		matched = value == m.ExactMatch
	case m.PrefixMatch != "":
		matched = strings.HasPrefix(value, m.PrefixMatch)
	case m.SuffixMatch != "":
		matched = strings.HasSuffix(value, m.SuffixMatch)
	case m.RegexMatch != "":
		matched, err = matchAll(m.RegexMatch, value)
	case m.RangeMatch != nil:
		number, notNumber := strconv.ParseInt(value, 10, 64)
		matched = notNumber == nil && m.RangeMatch.RangeStart <= number && number < m.RangeMatch.RangeEnd
	default:
		matched = m.PresentMatch
	}
	return matched != m.InvertMatch, err
}

// header gives the value of a header, or of what HTTP/2 has as one.
func (q query) header(name string) (string, bool) {
	switch strings.ToLower(name) {
	case ":authority", "host":
		return q.url.Host, true
	case ":path":
		return q.url.RequestURI(), true
	case ":scheme":
		return q.url.Scheme, true
	}
	for key, values := range q.headers {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0], true
		}
	}
	if strings.EqualFold(name, ":method") {
		return http.MethodGet, true
	}
	return "", false
}

func (q query) matchParameter(m *compute.HttpQueryParameterMatch) (bool, error) {
	values, present := q.url.Query()[m.Name]
	switch {
	case !present:
		return false, nil
	case m.ExactMatch != "":
		return values[0] == m.ExactMatch, nil
	case m.RegexMatch != "":
		return matchAll(m.RegexMatch, values[0])
	default:
		return m.PresentMatch, nil
	}
}

// operator is a variable or a wildcard of a path template.
var operator = regexp.MustCompile(`\{([A-Za-z][A-Za-z0-9_]*)(?:=([^}]*))?\}|\*\*|\*`)

// matchTemplate gives the variables of a template that matches all of the path.
func matchTemplate(template, path string) (map[string]string, bool) {
	compiled, err := regexp.Compile(templateExpression(template))
	if err != nil {
		return nil, false
	}
	found := compiled.FindStringSubmatch(path)
	if found == nil {
		return nil, false
	}
	variables := map[string]string{}
	for i, name := range compiled.SubexpNames() {
		if name != "" {
			variables[name] = found[i]
		}
	}
	return variables, true
}

func templateExpression(template string) string {
	var expression strings.Builder
	rest := 0
	for _, at := range operator.FindAllStringSubmatchIndex(template, -1) {
		expression.WriteString(regexp.QuoteMeta(template[rest:at[0]]))
		rest = at[1]
		pattern := template[at[0]:at[1]]
		if at[2] < 0 {
			expression.WriteString(wildcards(pattern))
			continue
		}
		inner := "*"
		if at[4] >= 0 {
			inner = template[at[4]:at[5]]
		}
		fmt.Fprintf(&expression, "(?P<%s>%s)", template[at[2]:at[3]], wildcards(inner))
	}
	return "^" + expression.String() + regexp.QuoteMeta(template[rest:]) + "$"
}

// wildcards turns * into a segment of a path, and ** into any number of them.
func wildcards(pattern string) string {
	quoted := regexp.QuoteMeta(pattern)
	return strings.ReplaceAll(strings.ReplaceAll(quoted, `\*\*`, `.*`), `\*`, `[^/]+`)
}
