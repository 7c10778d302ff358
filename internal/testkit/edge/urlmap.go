package edge

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
)

// urlMap is a URL map, global or regional.
type urlMap struct {
	HostRules          []hostRule       `json:"hostRules"`
	PathMatchers       []pathMatcher    `json:"pathMatchers"`
	DefaultService     string           `json:"defaultService"`
	DefaultRouteAction *routeAction     `json:"defaultRouteAction"`
	DefaultURLRedirect *urlRedirect     `json:"defaultUrlRedirect"`
	HeaderAction       *urlHeaderAction `json:"headerAction"`
	Tests              ignored          `json:"tests"`
	Name               ignored          `json:"name"`
	Description        ignored          `json:"description"`
	Project            ignored          `json:"project"`
	Region             ignored          `json:"region"`
}

type hostRule struct {
	Hosts       []string `json:"hosts"`
	PathMatcher string   `json:"pathMatcher"`
	Description ignored  `json:"description"`
}

type pathMatcher struct {
	Name               string           `json:"name"`
	PathRules          []mapPathRule    `json:"pathRules"`
	RouteRules         []routeRule      `json:"routeRules"`
	DefaultService     string           `json:"defaultService"`
	DefaultRouteAction *routeAction     `json:"defaultRouteAction"`
	DefaultURLRedirect *urlRedirect     `json:"defaultUrlRedirect"`
	HeaderAction       *urlHeaderAction `json:"headerAction"`
	Description        ignored          `json:"description"`
}

type mapPathRule struct {
	Paths       []string     `json:"paths"`
	Service     string       `json:"service"`
	RouteAction *routeAction `json:"routeAction"`
	URLRedirect *urlRedirect `json:"urlRedirect"`
}

type routeRule struct {
	Priority     int              `json:"priority"`
	MatchRules   []matchRule      `json:"matchRules"`
	Service      string           `json:"service"`
	RouteAction  *routeAction     `json:"routeAction"`
	URLRedirect  *urlRedirect     `json:"urlRedirect"`
	HeaderAction *urlHeaderAction `json:"headerAction"`
}

type matchRule struct {
	FullPathMatch string `json:"fullPathMatch"`
	PrefixMatch   string `json:"prefixMatch"`
	IgnoreCase    bool   `json:"ignoreCase"`
}

type routeAction struct {
	WeightedBackendServices []struct {
		BackendService string           `json:"backendService"`
		Weight         int              `json:"weight"`
		HeaderAction   *urlHeaderAction `json:"headerAction"`
	} `json:"weightedBackendServices"`
	URLRewrite *struct {
		PathPrefixRewrite string `json:"pathPrefixRewrite"`
		HostRewrite       string `json:"hostRewrite"`
	} `json:"urlRewrite"`
	FaultInjectionPolicy *struct {
		Abort struct {
			HTTPStatus int     `json:"httpStatus"`
			Percentage float64 `json:"percentage"`
		} `json:"abort"`
		Delay *forbidden `json:"delay"`
	} `json:"faultInjectionPolicy"`
}

type urlRedirect struct {
	HTTPSRedirect        bool   `json:"httpsRedirect"`
	HostRedirect         string `json:"hostRedirect"`
	PathRedirect         string `json:"pathRedirect"`
	PrefixRedirect       string `json:"prefixRedirect"`
	RedirectResponseCode string `json:"redirectResponseCode"`
	StripQuery           bool   `json:"stripQuery"`
}

type urlHeaderAction struct {
	RequestHeadersToRemoves []string `json:"requestHeadersToRemoves"`
	RequestHeadersToAdds    []struct {
		HeaderName  string `json:"headerName"`
		HeaderValue string `json:"headerValue"`
		Replace     bool   `json:"replace"`
	} `json:"requestHeadersToAdds"`
	ResponseHeadersToAdds    ignored `json:"responseHeadersToAdds"`
	ResponseHeadersToRemoves ignored `json:"responseHeadersToRemoves"`
}

// apply removes headers before it adds any.
// Source: "requestHeadersToRemove" and "requestHeadersToAdd" of HttpHeaderAction
// in cloud.google.com/compute/docs/reference/rest/v1/urlMaps: both are done before
// the request is forwarded, and Envoy, which the balancers are, removes first.
func (a *urlHeaderAction) apply(request *Request) {
	if a == nil {
		return
	}
	for _, name := range a.RequestHeadersToRemoves {
		request.Header.Del(name)
	}
	for _, header := range a.RequestHeadersToAdds {
		if header.Replace {
			request.Header.Set(header.HeaderName, header.HeaderValue)
		} else {
			request.Header.Add(header.HeaderName, header.HeaderValue)
		}
	}
}

// check holds the map to what Google takes.
// Source: cloud.google.com/load-balancing/docs/url-map-concepts#constraints.
func (m urlMap) check() error {
	hosts, used := map[string]bool{}, map[string]bool{}
	for _, rule := range m.HostRules {
		used[rule.PathMatcher] = true
		for _, host := range rule.Hosts {
			if hosts[host] {
				return fmt.Errorf("host %q stands in two rules", host)
			}
			hosts[host] = true
		}
	}
	for _, matcher := range m.PathMatchers {
		if !used[matcher.Name] {
			return fmt.Errorf("no host rule uses path matcher %q", matcher.Name)
		}
		delete(used, matcher.Name)
		if err := matcher.check(); err != nil {
			return fmt.Errorf("path matcher %q: %w", matcher.Name, err)
		}
	}
	for name := range used {
		return fmt.Errorf("no path matcher %q", name)
	}
	return nil
}

func (m pathMatcher) check() error {
	if len(m.PathRules) > 0 && len(m.RouteRules) > 0 {
		return errors.New("has path rules and route rules")
	}
	paths := map[string]bool{}
	for _, rule := range m.PathRules {
		for _, path := range rule.Paths {
			prefix, isPrefix := strings.CutSuffix(path, "*")
			switch {
			case !strings.HasPrefix(path, "/"), strings.Contains(prefix, "*"), isPrefix && !strings.HasSuffix(prefix, "/"):
				return fmt.Errorf("path %q", path)
			case paths[path]:
				return fmt.Errorf("path %q stands in two rules", path)
			}
			paths[path] = true
		}
	}
	priorities := map[int]bool{}
	for _, rule := range m.RouteRules {
		if priorities[rule.Priority] {
			return fmt.Errorf("two route rules of priority %d", rule.Priority)
		}
		priorities[rule.Priority] = true
	}
	return nil
}

func (r hostRule) part(scheme string) string {
	return fmt.Sprintf("%s host rule of %s", scheme, strings.Join(r.Hosts, ", "))
}

func (m pathMatcher) part(scheme string, rule int) string {
	return fmt.Sprintf("%s path matcher %s, rule %d", scheme, m.Name, rule)
}

// destination is what a rule or a default routes to.
type destination struct {
	Service     string
	RouteAction *routeAction
	URLRedirect *urlRedirect
	// matched is the part of the path that matched: what a rewrite replaces.
	matched string
	// headers are of the rule, its matcher and the map: in that order they are
	// done, and after those of a share.
	// Source: "headerAction" of PathMatcher and UrlMap in
	// cloud.google.com/compute/docs/reference/rest/v1/urlMaps.
	headers []*urlHeaderAction
}

// route finds where a request goes. An exact host goes before a pattern, and the
// longest pattern before others. How a port in the Host header is compared is not
// asked here.
// Source: cloud.google.com/load-balancing/docs/url-map-concepts.
func (m urlMap) route(request Request, answer *Answer) (destination, error) {
	if _, _, err := net.SplitHostPort(request.Host); err == nil {
		return destination{}, fmt.Errorf("host %q with a port", request.Host)
	}
	host, found := m.hostRule(request.Host)
	if !found {
		return destination{m.DefaultService, m.DefaultRouteAction, m.DefaultURLRedirect, "/", []*urlHeaderAction{m.HeaderAction}}, nil
	}
	answer.use(host.part(request.Scheme))
	i := slices.IndexFunc(m.PathMatchers, func(matcher pathMatcher) bool { return matcher.Name == host.PathMatcher })
	chosen, err := m.PathMatchers[i].route(request, answer)
	chosen.headers = append(chosen.headers, m.HeaderAction)
	return chosen, err
}

func (m urlMap) hostRule(host string) (hostRule, bool) {
	host = strings.ToLower(host)
	var best hostRule
	rank := -1
	for _, rule := range m.HostRules {
		for _, pattern := range rule.Hosts {
			pattern = strings.ToLower(pattern)
			suffix, wildcard := strings.CutPrefix(pattern, "*")
			switch {
			case !wildcard && pattern == host:
				return rule, true
			case wildcard && len(pattern) > rank && len(host) > len(suffix) && strings.HasSuffix(host, suffix):
				best, rank = rule, len(pattern)
			}
		}
	}
	return best, rank >= 0
}

func (m pathMatcher) route(request Request, answer *Answer) (destination, error) {
	path, _ := request.path()
	if i, matched := longest(m.PathRules, path); i >= 0 {
		answer.use(m.part(request.Scheme, i))
		rule := m.PathRules[i]
		return destination{rule.Service, rule.RouteAction, rule.URLRedirect, matched, []*urlHeaderAction{m.HeaderAction}}, nil
	}
	byPriority := slices.SortedFunc(slices.Values(m.RouteRules), func(a, b routeRule) int { return cmp.Compare(a.Priority, b.Priority) })
	for _, rule := range byPriority {
		for _, match := range rule.MatchRules {
			matched, err := match.matches(path)
			if err != nil {
				return destination{}, fmt.Errorf("path matcher %q: route rule %d: %w", m.Name, rule.Priority, err)
			}
			if matched != "" {
				answer.use(m.part(request.Scheme, rule.Priority))
				return destination{rule.Service, rule.RouteAction, rule.URLRedirect, matched, []*urlHeaderAction{rule.HeaderAction, m.HeaderAction}}, nil
			}
		}
	}
	return destination{m.DefaultService, m.DefaultRouteAction, m.DefaultURLRedirect, "/", []*urlHeaderAction{m.HeaderAction}}, nil
}

// longest is the index of the path rule with the longest path that matches,
// whatever the order, and the part of the path that it matched; -1 if there is
// none. Paths have case.
// Source: "pathRules" of PathMatcher in cloud.google.com/compute/docs/reference/rest/v1/urlMaps.
func longest(rules []mapPathRule, path string) (int, string) {
	best, rank, matched := -1, 0, ""
	for i, rule := range rules {
		for _, pattern := range rule.Paths {
			prefix, isPrefix := strings.CutSuffix(pattern, "*")
			matches := pattern == path || isPrefix && strings.HasPrefix(path, prefix)
			// An exact path is longer than the prefix that it begins with.
			length := 2 * len(prefix)
			if !isPrefix {
				length++
			}
			if matches && length > rank {
				best, rank, matched = i, length, prefix
			}
		}
	}
	return best, matched
}

// matches gives the part of the path that a match rule matches, "" if it does not.
// Source: "matchRules" of HttpRouteRule in cloud.google.com/compute/docs/reference/rest/v1/urlMaps.
func (m matchRule) matches(path string) (string, error) {
	if (m.FullPathMatch == "") == (m.PrefixMatch == "") || m.IgnoreCase {
		return "", fmt.Errorf("match rule %+v", m)
	}
	switch {
	case m.FullPathMatch == path:
		return path, nil
	case m.PrefixMatch != "" && strings.HasPrefix(path, m.PrefixMatch):
		return m.PrefixMatch, nil
	default:
		return "", nil
	}
}

// abort is the status that every request is answered with; 0 if none is. One that
// some requests escape is not understood.
func (a *routeAction) abort() (int, error) {
	if a == nil || a.FaultInjectionPolicy == nil {
		return 0, nil
	}
	abort := a.FaultInjectionPolicy.Abort
	if abort.Percentage != 100 {
		return 0, fmt.Errorf("a fault of %v%%", abort.Percentage)
	}
	return abort.HTTPStatus, nil
}

// share is a service's part of the requests.
type share struct {
	service string
	part    float64
	headers *urlHeaderAction
}

func (d destination) shares() ([]share, error) {
	weighted := d.RouteAction != nil && len(d.RouteAction.WeightedBackendServices) > 0
	switch {
	case weighted && d.Service != "":
		return nil, errors.New("a service beside weighted ones")
	case !weighted && d.Service == "":
		return nil, errors.New("routes nowhere")
	case !weighted:
		return []share{{service: d.Service, part: 1}}, nil
	}
	sum := 0
	for _, service := range d.RouteAction.WeightedBackendServices {
		sum += service.Weight
	}
	var all []share
	for _, service := range d.RouteAction.WeightedBackendServices {
		if service.Weight > 0 {
			all = append(all, share{service.BackendService, float64(service.Weight) / float64(sum), service.HeaderAction})
		}
	}
	return all, nil
}

// rewritten replaces the part of the path that matched.
// Source: "urlRewrite" of HttpRouteAction in cloud.google.com/compute/docs/reference/rest/v1/urlMaps.
func (d destination) rewritten(request Request) (Request, error) {
	result := request.clone()
	if d.RouteAction == nil || d.RouteAction.URLRewrite == nil {
		return result, nil
	}
	rewrite := d.RouteAction.URLRewrite
	if rewrite.HostRewrite != "" {
		return Request{}, fmt.Errorf("rewrites the host to %q", rewrite.HostRewrite)
	}
	if rewrite.PathPrefixRewrite != "" {
		result.Path = rewrite.PathPrefixRewrite + strings.TrimPrefix(request.Path, d.matched)
	}
	return result, nil
}

// redirected is where the client is sent.
// Source: "HttpRedirectAction" in cloud.google.com/compute/docs/reference/rest/v1/urlMaps.
func (d destination) redirected(request Request, answer Answer) (Answer, error) {
	to := d.URLRedirect
	if d.Service != "" || d.RouteAction != nil {
		return answer, errors.New("a redirect with a service")
	}
	if to.PathRedirect != "" || to.PrefixRedirect != "" {
		return answer, errors.New("a redirect to another path")
	}
	code := cmp.Or(to.RedirectResponseCode, "MOVED_PERMANENTLY_DEFAULT")
	status, known := map[string]int{
		"MOVED_PERMANENTLY_DEFAULT": http.StatusMovedPermanently, "FOUND": http.StatusFound, "SEE_OTHER": http.StatusSeeOther,
		"TEMPORARY_REDIRECT": http.StatusTemporaryRedirect, "PERMANENT_REDIRECT": http.StatusPermanentRedirect,
	}[code]
	if !known {
		return answer, fmt.Errorf("response code %q", code)
	}
	scheme := request.Scheme
	if to.HTTPSRedirect {
		scheme = "https"
	}
	path, query := request.path()
	answer.Location = scheme + "://" + cmp.Or(to.HostRedirect, request.Host) + path
	if query != "" && !to.StripQuery {
		answer.Location += "?" + query
	}
	return answer.refuse(status), nil
}
