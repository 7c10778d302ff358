package refusals

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
)

// urlMapDocs are where Google describes hosts, paths and their wildcards.
const urlMapDocs = "load-balancing/docs/url-map-concepts"

var (
	oneDefault = invalid("url-map/one-default",
		"A URL map and each of its path matchers have one default: a service, a redirect or weighted services.",
		discovery("UrlMap.defaultService")+"; "+provider("compute_url_map, ExactlyOneOf; of the matchers of a regional map https://github.com/hashicorp/terraform-provider-google/issues/11964"))
	oneTarget = invalid("url-map/one-target",
		"A path or route rule routes to one of a service, a redirect or weighted services.",
		discovery("PathRule.service"))
	hostForm = invalid("url-map/host-form",
		"A host is a name that DNS can have, with or without a port.",
		discovery("HostRule.hosts"))
	hostNeeded = invalid("url-map/host-needed",
		"A host rule has hosts.",
		inferred(provider("compute_url_map, host_rule.hosts, which is required")))
	hostWildcard = invalid("url-map/host-wildcard",
		"The wildcard of a host comes first, and a dash or a dot follows it.",
		discovery("HostRule.hosts"))
	hostOnce = invalid("url-map/host-once",
		"A host stands in one host rule only.",
		"https://github.com/hashicorp/terraform-provider-google/issues/3537")
	matcherExists = invalid("url-map/matcher-exists",
		"A host rule names a path matcher of the map.",
		discovery("HostRule.pathMatcher"))
	matcherUsed = invalid("url-map/matcher-used",
		"Each path matcher is named by a host rule.",
		inferred(documented(urlMapDocs)))
	matcherOnce = invalid("url-map/matcher-once",
		"The names of path matchers differ.",
		inferred(discovery("PathMatcher.name")))
	pathsOrRoutes = invalid("url-map/paths-or-routes",
		"A path matcher has path rules or route rules, not both.",
		discovery("PathMatcher.pathRules"))
	pathForm = invalid("url-map/path-form",
		"A path starts with a slash, and has a wildcard only last after a slash, and neither ? nor #.",
		discovery("PathRule.paths"))
	pathOnce = invalid("url-map/path-once",
		"A path stands once in a path matcher.",
		inferred(documented(urlMapDocs)))
	prioritiesDiffer = invalid("url-map/priority-unique",
		"The route rules of a matcher have different priorities.",
		discovery("HttpRouteRule.priority"))
	priorityRange = invalid("url-map/priority-range",
		"The priority of a route rule is 0 to 2147483647.",
		discovery("HttpRouteRule.priority"))
	matchNeeded = invalid("url-map/match-needed",
		"A route rule has match rules.",
		inferred(discovery("HttpRouteRule.matchRules, of which one has to be satisfied")))
	criterionNeeded = invalid("url-map/criterion-needed",
		"A match rule has something to match: a path, a header, a query parameter or metadata.",
		inferred(discovery("HttpRouteRuleMatch, a set of criteria")))
	oneMatch = invalid("url-map/one-path-match",
		"A match rule matches paths in one way.",
		discovery("HttpRouteRuleMatch.prefixMatch"))
	matchForm = invalid("url-map/path-match-form",
		"What a match rule matches paths with starts with a slash and has at most 1024 characters.",
		discovery("HttpRouteRuleMatch.prefixMatch, pathTemplateMatch"))
	templateOperators = invalid("url-map/template-operators",
		"A path template has at most 5 variables and wildcards.",
		discovery("HttpRouteRuleMatch.pathTemplateMatch"))
	caseAndRegex = invalid("url-map/ignore-case",
		"A regular expression is not combined with ignoreCase.",
		discovery("HttpRouteRuleMatch.ignoreCase"))
	regexForm = invalid("url-map/regex-form",
		"A regular expression has the syntax of RE2.",
		discovery("HttpRouteRuleMatch.regexMatch"))
	oneHeaderMatch = invalid("url-map/one-header-match",
		"A header or query parameter is matched in one way.",
		discovery("HttpHeaderMatch.exactMatch, HttpQueryParameterMatch.exactMatch"))
)

const (
	maxPriority      = 1<<31 - 1
	maxPathMatch     = 1024
	maxHostName      = 253
	maxHostRewrite   = 255
	maxOperators     = 5
	maxWeight        = 1000
	maxNanoseconds   = 999_999_999
	maxSeconds       = 315_576_000_000
	classicMapBytes  = 64 << 10
	maxMapBytes      = 1 << 20
	maxMapTests      = 100
	minFaultStatus   = 200
	maxFaultStatus   = 599
	maxFaultFraction = 100
)

// mapTargets checks that each place in the map routes somewhere, and to one
// thing only.
func mapTargets(_ *request, m *compute.UrlMap) error {
	if targets(m.DefaultService, m.DefaultUrlRedirect, m.DefaultRouteAction) != 1 {
		return wrong(oneDefault, "defaultService", m.DefaultService, "Exactly one of defaultService, defaultUrlRedirect and defaultRouteAction.weightedBackendServices must be set.")
	}
	for i, matcher := range m.PathMatchers {
		at := fmt.Sprintf("pathMatchers[%d]", i)
		if targets(matcher.DefaultService, matcher.DefaultUrlRedirect, matcher.DefaultRouteAction) != 1 {
			return wrong(oneDefault, at+".defaultService", matcher.DefaultService, "Exactly one of defaultService, defaultUrlRedirect and defaultRouteAction.weightedBackendServices must be set.")
		}
		for j, rule := range matcher.PathRules {
			if targets(rule.Service, rule.UrlRedirect, rule.RouteAction) != 1 {
				return wrong(oneTarget, fmt.Sprintf("%s.pathRules[%d].service", at, j), rule.Service, "Exactly one of service, urlRedirect and routeAction.weightedBackendServices must be set.")
			}
		}
		for j, rule := range matcher.RouteRules {
			if targets(rule.Service, rule.UrlRedirect, rule.RouteAction) != 1 {
				return wrong(oneTarget, fmt.Sprintf("%s.routeRules[%d].service", at, j), rule.Service, "Exactly one of service, urlRedirect and routeAction.weightedBackendServices must be set.")
			}
		}
	}
	return nil
}

// targets counts what a rule or a default routes to.
func targets(service string, redirect *compute.HttpRedirectAction, action *compute.HttpRouteAction) int {
	n := 0
	if service != "" {
		n++
	}
	if redirect != nil {
		n++
	}
	if action != nil && len(action.WeightedBackendServices) > 0 {
		n++
	}
	return n
}

// host is a name or an address in IPv4, and may have a port.
var host = regexp.MustCompile(`^([A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*)\.?(?::[0-9]{1,5})?$`)

func mapHosts(_ *request, m *compute.UrlMap) error {
	seen := map[string]bool{}
	for i, rule := range m.HostRules {
		if len(rule.Hosts) == 0 {
			return wrong(hostNeeded, fmt.Sprintf("hostRules[%d].hosts", i), "", "At least one host must be specified.")
		}
		for j, pattern := range rule.Hosts {
			at := fmt.Sprintf("hostRules[%d].hosts[%d]", i, j)
			if err := checkHost(at, pattern); err != nil {
				return err
			}
			if seen[strings.ToLower(pattern)] {
				return wrong(hostOnce, at, pattern, "The host is already in another host rule.")
			}
			seen[strings.ToLower(pattern)] = true
		}
	}
	return nil
}

func checkHost(at, pattern string) error {
	rest, wildcard := strings.CutPrefix(pattern, "*")
	if strings.Contains(rest, "*") || wildcard && rest != "" && rest[0] != '-' && rest[0] != '.' {
		return wrong(hostWildcard, at, pattern, "The wildcard must be the first character, and must be followed by '-' or '.'.")
	}
	if wildcard {
		rest = "x" + rest
	}
	if name := host.FindStringSubmatch(rest); name == nil || len(name[1]) > maxHostName {
		return wrong(hostForm, at, pattern, "The host is not a valid host name.")
	}
	return nil
}

func mapMatchers(_ *request, m *compute.UrlMap) error {
	named := map[string]bool{}
	for i, matcher := range m.PathMatchers {
		if named[matcher.Name] {
			return wrong(matcherOnce, fmt.Sprintf("pathMatchers[%d].name", i), matcher.Name, "The name is already that of another path matcher.")
		}
		named[matcher.Name] = true
	}
	used := map[string]bool{}
	for i, rule := range m.HostRules {
		if !named[rule.PathMatcher] {
			return wrong(matcherExists, fmt.Sprintf("hostRules[%d].pathMatcher", i), rule.PathMatcher, "There is no path matcher with that name.")
		}
		used[rule.PathMatcher] = true
	}
	for i, matcher := range m.PathMatchers {
		if !used[matcher.Name] {
			return wrong(matcherUsed, fmt.Sprintf("pathMatchers[%d].name", i), matcher.Name, "The path matcher is not used by any host rule.")
		}
		if len(matcher.PathRules) > 0 && len(matcher.RouteRules) > 0 {
			return wrong(pathsOrRoutes, fmt.Sprintf("pathMatchers[%d]", i), matcher.Name, "Only one of pathRules and routeRules may be set.")
		}
	}
	return nil
}

func mapPathRules(_ *request, m *compute.UrlMap) error {
	for i, matcher := range m.PathMatchers {
		seen := map[string]bool{}
		for j, rule := range matcher.PathRules {
			for k, path := range rule.Paths {
				at := fmt.Sprintf("pathMatchers[%d].pathRules[%d].paths[%d]", i, j, k)
				star := strings.IndexByte(path, '*')
				if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#") || star >= 0 && (star < len(path)-1 || path[star-1] != '/') {
					return wrong(pathForm, at, path, "Paths must start with '/', and may have '*' only at the end after a '/'.")
				}
				if seen[path] {
					return wrong(pathOnce, at, path, "The path is already in another rule of the path matcher.")
				}
				seen[path] = true
			}
		}
	}
	return nil
}

func mapRouteRules(_ *request, m *compute.UrlMap) error {
	for i, matcher := range m.PathMatchers {
		var priorities []int64
		for j, rule := range matcher.RouteRules {
			at := fmt.Sprintf("pathMatchers[%d].routeRules[%d]", i, j)
			if rule.Priority < 0 || rule.Priority > maxPriority {
				return wrong(priorityRange, at+".priority", rule.Priority, "Must be 0 to %d.", maxPriority)
			}
			if slices.Contains(priorities, rule.Priority) {
				return wrong(prioritiesDiffer, at+".priority", rule.Priority, "Another route rule has the same priority.")
			}
			priorities = append(priorities, rule.Priority)
			if len(rule.MatchRules) == 0 {
				return wrong(matchNeeded, at+".matchRules", "", "At least one match rule must be specified.")
			}
			for k, match := range rule.MatchRules {
				if err := checkMatch(fmt.Sprintf("%s.matchRules[%d]", at, k), match); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func checkMatch(at string, m *compute.HttpRouteRuleMatch) error {
	paths := given(m.PrefixMatch, m.FullPathMatch, m.RegexMatch, m.PathTemplateMatch)
	if paths+len(m.HeaderMatches)+len(m.QueryParameterMatches)+len(m.MetadataFilters) == 0 {
		return wrong(criterionNeeded, at, "", "At least one criterion must be specified.")
	}
	if paths > 1 {
		return wrong(oneMatch, at, "", "Only one of prefixMatch, fullPathMatch, regexMatch and pathTemplateMatch may be set.")
	}
	for _, text := range []string{m.PrefixMatch, m.FullPathMatch, m.PathTemplateMatch} {
		if text != "" && (text[0] != '/' || len(text) > maxPathMatch) {
			return wrong(matchForm, at, text, "Must start with '/' and have at most %d characters.", maxPathMatch)
		}
	}
	if n := len(operator.FindAllString(m.PathTemplateMatch, -1)); n > maxOperators {
		return wrong(templateOperators, at+".pathTemplateMatch", m.PathTemplateMatch, "At most %d operators may be used.", maxOperators)
	}
	if m.IgnoreCase && m.RegexMatch != "" {
		return wrong(caseAndRegex, at+".ignoreCase", m.IgnoreCase, "ignoreCase must not be used with regexMatch.")
	}
	expressions := []string{m.RegexMatch}
	for i, header := range m.HeaderMatches {
		if given(header.ExactMatch, header.PrefixMatch, header.SuffixMatch, header.RegexMatch)+flag(header.PresentMatch)+flag(header.RangeMatch != nil) > 1 {
			return wrong(oneHeaderMatch, fmt.Sprintf("%s.headerMatches[%d]", at, i), header.HeaderName, "Only one way to match may be set.")
		}
		expressions = append(expressions, header.RegexMatch)
	}
	for i, parameter := range m.QueryParameterMatches {
		if given(parameter.ExactMatch, parameter.RegexMatch)+flag(parameter.PresentMatch) > 1 {
			return wrong(oneHeaderMatch, fmt.Sprintf("%s.queryParameterMatches[%d]", at, i), parameter.Name, "Only one way to match may be set.")
		}
		expressions = append(expressions, parameter.RegexMatch)
	}
	for _, expression := range expressions {
		if _, err := regexp.Compile(expression); err != nil {
			return wrong(regexForm, at, expression, "The regular expression is not valid: %v.", err)
		}
	}
	return nil
}

// given counts the texts that are set.
func given(texts ...string) int {
	n := 0
	for _, text := range texts {
		n += flag(text != "")
	}
	return n
}

func flag(set bool) int {
	if set {
		return 1
	}
	return 0
}
