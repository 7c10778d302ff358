package refusals

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
)

// Decision is what a URL map does with a request: it redirects, or forwards to
// one of the services.
type Decision struct {
	// Matcher is the name of the path matcher that decided; "" for the map's own
	// default.
	Matcher string
	// Services are the links of the backends, as the map has them, with the
	// share of requests that each gets, 0 to 1. Empty for a redirect.
	Services []Share
	// URL is what the client is redirected to, or what the backend is asked for.
	URL *url.URL
	// RedirectCode is the HTTP status of the redirect; 0 if there is none.
	RedirectCode int64
	// Abort is the HTTP status that every request is answered with before it
	// gets to a backend; 0 if some do.
	Abort int64
}

// Share is a service's part of the requests.
type Share struct {
	Service string
	Part    float64
}

// Route decides on a request for http://HOST PATH as Google's load balancers do.
// The host may have a port, the path a query. Names of headers have no case.
//
//   - An exact host goes before a pattern, and the longest pattern before others.
//   - Of path rules, the exact path goes before prefixes, and the longest prefix
//     before others. Of route rules, the lowest priority that matches wins.
//   - What no rule matches goes to the matcher's default, and a host that no
//     host rule has to the map's.
//
// It is an error if the map routes nowhere, or has a regular expression that is
// none.
func Route(m *compute.UrlMap, host, path string, headers http.Header) (Decision, error) {
	u, err := url.Parse("http://" + host + path)
	if err != nil {
		return Decision{}, fmt.Errorf("request: %w", err)
	}
	q := query{url: u, headers: headers}
	matcher := matcherOf(m, host)
	if matcher == nil {
		return q.decide("", target{
			service: m.DefaultService, redirect: m.DefaultUrlRedirect, action: m.DefaultRouteAction, prefix: "/",
		})
	}
	found, err := q.choose(matcher)
	if err != nil {
		return Decision{}, err
	}
	return q.decide(matcher.Name, found)
}

// matcherOf gives the path matcher for a host; nil if no host rule has it.
func matcherOf(m *compute.UrlMap, host string) *compute.PathMatcher {
	best, name := -1, ""
	for _, rule := range m.HostRules {
		for _, pattern := range rule.Hosts {
			if rank := hostRank(pattern, host); rank > best {
				best, name = rank, rule.PathMatcher
			}
		}
	}
	for _, matcher := range m.PathMatchers {
		if best >= 0 && matcher.Name == name {
			return matcher
		}
	}
	return nil
}

// exactHost is the rank of a host without a wildcard; no pattern is as long.
const exactHost = 1 << 16

// hostRank says how well a pattern matches a host: -1 for not at all. A pattern
// without a port takes every port, and one with the port goes before it (this
// order is inferred).
func hostRank(pattern, host string) int {
	pattern, host = strings.ToLower(pattern), strings.ToLower(host)
	if name, _, err := net.SplitHostPort(host); err == nil && !strings.Contains(pattern, ":") {
		host = name
	}
	suffix, wildcard := strings.CutPrefix(pattern, "*")
	switch {
	case !wildcard && pattern == host:
		return exactHost + len(pattern)
	case wildcard && strings.HasSuffix(host, suffix):
		return len(pattern)
	default:
		return -1
	}
}

// query is the request.
type query struct {
	url     *url.URL
	headers http.Header
}

// target is what a rule or a default routes to.
type target struct {
	service  string
	redirect *compute.HttpRedirectAction
	action   *compute.HttpRouteAction
	// prefix is the part of the path that matched, which a rewrite replaces.
	prefix string
	// variables are what a path template matched.
	variables map[string]string
}

// choose finds the rule of the matcher that the request matches, or its
// default.
func (q query) choose(m *compute.PathMatcher) (target, error) {
	if found, ok := q.longestPath(m.PathRules); ok {
		return found, nil
	}
	byPriority := slices.SortedStableFunc(slices.Values(m.RouteRules), func(a, b *compute.HttpRouteRule) int {
		return cmp.Compare(a.Priority, b.Priority)
	})
	for _, rule := range byPriority {
		for _, match := range rule.MatchRules {
			found, err := q.matches(match)
			if err != nil {
				return target{}, err
			}
			if found != nil {
				found.service, found.redirect, found.action = rule.Service, rule.UrlRedirect, rule.RouteAction
				return *found, nil
			}
		}
	}
	return target{service: m.DefaultService, redirect: m.DefaultUrlRedirect, action: m.DefaultRouteAction, prefix: "/"}, nil
}

func (q query) longestPath(rules []*compute.PathRule) (target, bool) {
	found, best := target{}, -1
	for _, rule := range rules {
		for _, pattern := range rule.Paths {
			prefix, wildcard := strings.CutSuffix(pattern, "*")
			rank := len(prefix)
			switch {
			case !wildcard && pattern == q.url.Path:
				rank = len(pattern) + 1 // before the prefix that is as long
			case !wildcard || !strings.HasPrefix(q.url.Path, prefix):
				continue
			}
			if rank > best {
				best = rank
				found = target{service: rule.Service, redirect: rule.UrlRedirect, action: rule.RouteAction, prefix: prefix}
			}
		}
	}
	return found, best >= 0
}

// decide says what the target does with the request.
func (q query) decide(matcher string, t target) (Decision, error) {
	d := Decision{Matcher: matcher}
	if t.redirect != nil {
		d.URL, d.RedirectCode = q.redirected(t), redirectCode(t.redirect)
		return d, nil
	}
	d.Services = shares(t)
	if len(d.Services) == 0 {
		return Decision{}, errors.New("the URL map routes the request nowhere")
	}
	d.URL, d.Abort = q.rewritten(t), abortStatus(t.action)
	return d, nil
}

// shares are the services that the target forwards to, without those that get
// no requests.
func shares(t target) []Share {
	if t.service != "" {
		return []Share{{t.service, 1}}
	}
	if t.action == nil {
		return nil
	}
	var sum int64
	for _, service := range t.action.WeightedBackendServices {
		sum += service.Weight
	}
	var all []Share
	for _, service := range t.action.WeightedBackendServices {
		if service.Weight > 0 {
			all = append(all, Share{service.BackendService, float64(service.Weight) / float64(sum)})
		}
	}
	return all
}

// everyRequest is the percentage of a fault that no request escapes.
const everyRequest = 100

func abortStatus(action *compute.HttpRouteAction) int64 {
	if action == nil || action.FaultInjectionPolicy == nil || action.FaultInjectionPolicy.Abort == nil {
		return 0
	}
	if abort := action.FaultInjectionPolicy.Abort; abort.Percentage >= everyRequest {
		return abort.HttpStatus
	}
	return 0
}

// redirectCode is the HTTP status by Google's name for it.
func redirectCode(redirect *compute.HttpRedirectAction) int64 {
	switch redirect.RedirectResponseCode {
	case "FOUND":
		return http.StatusFound
	case "SEE_OTHER":
		return http.StatusSeeOther
	case "TEMPORARY_REDIRECT":
		return http.StatusTemporaryRedirect
	case "PERMANENT_REDIRECT":
		return http.StatusPermanentRedirect
	default:
		return http.StatusMovedPermanently
	}
}

func (q query) redirected(t target) *url.URL {
	u := *q.url
	if t.redirect.HttpsRedirect {
		u.Scheme = "https"
	}
	if t.redirect.HostRedirect != "" {
		u.Host = t.redirect.HostRedirect
	}
	switch {
	case t.redirect.PathRedirect != "":
		u.Path, u.RawPath = t.redirect.PathRedirect, ""
	case t.redirect.PrefixRedirect != "":
		u.Path, u.RawPath = q.replaced(t, t.redirect.PrefixRedirect), ""
	}
	if t.redirect.StripQuery {
		u.RawQuery = ""
	}
	return &u
}

func (q query) rewritten(t target) *url.URL {
	u := *q.url
	if t.action == nil || t.action.UrlRewrite == nil {
		return &u
	}
	rewrite := t.action.UrlRewrite
	if rewrite.HostRewrite != "" {
		u.Host = rewrite.HostRewrite
	}
	switch {
	case rewrite.PathPrefixRewrite != "":
		u.Path, u.RawPath = q.replaced(t, rewrite.PathPrefixRewrite), ""
	case rewrite.PathTemplateRewrite != "":
		u.Path, u.RawPath = operator.ReplaceAllStringFunc(rewrite.PathTemplateRewrite, func(variable string) string {
			return t.variables[operator.FindStringSubmatch(variable)[1]]
		}), ""
	case rewrite.RegexRewrite != nil:
		if compiled, err := regexp.Compile(rewrite.RegexRewrite.PathPattern); err == nil {
			substitution := backReference.ReplaceAllString(rewrite.RegexRewrite.PathSubstitution, "$${$1}")
			u.Path, u.RawPath = compiled.ReplaceAllString(u.Path, substitution), ""
		}
	}
	return &u
}

// backReference is RE2's name for a group, which is ${1} in Go.
var backReference = regexp.MustCompile(`\\([0-9])`)

// replaced is the path with another beginning in place of what matched.
func (q query) replaced(t target, beginning string) string {
	return beginning + q.url.Path[min(len(t.prefix), len(q.url.Path)):]
}
