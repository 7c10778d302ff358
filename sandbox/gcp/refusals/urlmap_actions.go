package refusals

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
)

var (
	redirectForm = invalid("url-map/redirect",
		"A redirect replaces the path or its prefix, not both, with at most 1024 characters, and the host with at most 255.",
		discovery("HttpRedirectAction.pathRedirect, prefixRedirect"))
	rewriteForm = invalid("url-map/rewrite",
		"A rewrite replaces the path in one way, with at most 1024 characters, and the host with at most 255.",
		discovery("UrlRewrite.pathPrefixRewrite, regexRewrite"))
	templateRewrite = invalid("url-map/template-rewrite",
		"A path template is rewritten only where a rule matches by a template that has its variables.",
		discovery("UrlRewrite.pathTemplateRewrite"))
	headerForm = invalid("url-map/header-name",
		"A header that is added or removed has a name as HTTP has them.",
		inferred(documented("load-balancing/docs/https/custom-headers-regional")))
	headerOnce = invalid("url-map/header-once",
		"A header is added once, and removed once.",
		inferred(documented("load-balancing/docs/https/custom-headers-global")))
	headerReserved = invalid("url-map/header-reserved",
		"A header that is added is neither Host nor authority, X-User-IP, or one that begins with X-Google, X-Goog-, X-GFE or X-Amz-.",
		inferred(documented("load-balancing/docs/https/custom-headers-regional")))
	weightRange = invalid("url-map/weight",
		"The weight of a service is 0 to 1000.",
		discovery("WeightedBackendService.weight"))
	faultRange = invalid("url-map/fault",
		"A fault has a status of 200 to 599, and hits 0 to 100 per cent of requests.",
		discovery("HttpFaultAbort.httpStatus, percentage"))
	durationRange = invalid("url-map/duration",
		"A duration has up to 999999999 nanoseconds and 315576000000 seconds.",
		discovery("Duration.seconds, nanos"))
	retries = invalid("url-map/retries",
		"A request is retried once at least.",
		discovery("HttpRetryPolicy.numRetries"))
)

// place is where a map routes a request, with what it does on the way.
type place struct {
	// at is the path of what has it in the body: pathMatchers[0].pathRules[1].
	at string
	// byDefault says that it is a default, and its properties are named so.
	byDefault bool
	service   string
	redirect  *compute.HttpRedirectAction
	action    *compute.HttpRouteAction
	headers   *compute.HttpHeaderAction
	matches   []*compute.HttpRouteRuleMatch
}

// places are all of a map.
func places(m *compute.UrlMap) []place {
	all := []place{{"", true, m.DefaultService, m.DefaultUrlRedirect, m.DefaultRouteAction, m.HeaderAction, nil}}
	for i, matcher := range m.PathMatchers {
		at := fmt.Sprintf("pathMatchers[%d].", i)
		all = append(all, place{at, true, matcher.DefaultService, matcher.DefaultUrlRedirect, matcher.DefaultRouteAction, matcher.HeaderAction, nil})
		for j, rule := range matcher.PathRules {
			all = append(all, place{fmt.Sprintf("%spathRules[%d].", at, j), false, rule.Service, rule.UrlRedirect, rule.RouteAction, nil, nil})
		}
		for j, rule := range matcher.RouteRules {
			all = append(all, place{fmt.Sprintf("%srouteRules[%d].", at, j), false, rule.Service, rule.UrlRedirect, rule.RouteAction, rule.HeaderAction, rule.MatchRules})
		}
	}
	return all
}

// name is that of a property of the place: defaultRouteAction of a default.
func (p place) name(property string) string {
	if p.byDefault {
		return p.at + "default" + strings.ToUpper(property[:1]) + property[1:]
	}
	return p.at + property
}

// services are the links of the services that a place routes to.
func (p place) services() []string {
	var all []string
	if p.service != "" {
		all = append(all, p.service)
	}
	if p.action == nil {
		return all
	}
	for _, service := range p.action.WeightedBackendServices {
		all = append(all, service.BackendService)
	}
	if p.action.RequestMirrorPolicy != nil && p.action.RequestMirrorPolicy.BackendService != "" {
		all = append(all, p.action.RequestMirrorPolicy.BackendService)
	}
	return all
}

func mapActions(_ *request, m *compute.UrlMap) error {
	for _, p := range places(m) {
		if err := checkRedirect(p); err != nil {
			return err
		}
		if err := checkHeaders(p.headers, p.at+"headerAction"); err != nil {
			return err
		}
		if p.action == nil {
			continue
		}
		at := p.name("routeAction")
		if err := checkRewrite(p, at+".urlRewrite"); err != nil {
			return err
		}
		if err := checkAction(p.action, at); err != nil {
			return err
		}
	}
	return nil
}

var (
	// token is the name of a header, by RFC 7230.
	token = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
	// reservedHeader is one that Google's load balancers keep to themselves.
	reservedHeader = regexp.MustCompile(`(?i)^(host|authority|x-user-ip|(x-google|x-goog-|x-gfe|x-amz-).*)$`)
)

func checkHeaders(action *compute.HttpHeaderAction, at string) error {
	if action == nil {
		return nil
	}
	added := headerNames(slices.Concat(action.RequestHeadersToAdd, action.ResponseHeadersToAdd))
	for _, name := range slices.Concat(added, action.RequestHeadersToRemove, action.ResponseHeadersToRemove) {
		if !token.MatchString(name) {
			return wrong(headerForm, at, name, "The header name is not valid.")
		}
	}
	for _, name := range added {
		if reservedHeader.MatchString(name) {
			return wrong(headerReserved, at, name, "The header must not be set.")
		}
	}
	return checkHeadersOnce(action, at)
}

// checkHeadersOnce looks at each list of a header action by itself: what is removed may
// be added again. Names of headers have no case.
func checkHeadersOnce(action *compute.HttpHeaderAction, at string) error {
	lists := map[string][]string{
		"requestHeadersToAdd":     headerNames(action.RequestHeadersToAdd),
		"responseHeadersToAdd":    headerNames(action.ResponseHeadersToAdd),
		"requestHeadersToRemove":  action.RequestHeadersToRemove,
		"responseHeadersToRemove": action.ResponseHeadersToRemove,
	}
	for _, list := range slices.Sorted(maps.Keys(lists)) {
		seen := map[string]bool{}
		for _, name := range lists[list] {
			if name = strings.ToLower(name); seen[name] {
				return wrong(headerOnce, at+"."+list, name, "The header must not appear more than once.")
			}
			seen[name] = true
		}
	}
	return nil
}

func headerNames(headers []*compute.HttpHeaderOption) []string {
	var names []string
	for _, header := range headers {
		names = append(names, header.HeaderName)
	}
	return names
}

func checkRedirect(p place) error {
	redirect := p.redirect
	if redirect == nil {
		return nil
	}
	at := p.name("urlRedirect")
	if given(redirect.PathRedirect, redirect.PrefixRedirect) > 1 {
		return wrong(redirectForm, at+".prefixRedirect", redirect.PrefixRedirect, "prefixRedirect cannot be supplied together with pathRedirect.")
	}
	if len(redirect.PathRedirect+redirect.PrefixRedirect) > maxPathMatch || len(redirect.HostRedirect) > maxHostRewrite {
		return wrong(redirectForm, at, "", "Paths have at most %d characters and hosts %d.", maxPathMatch, maxHostRewrite)
	}
	return nil
}

func checkRewrite(p place, at string) error {
	rewrite := p.action.UrlRewrite
	if rewrite == nil {
		return nil
	}
	if given(rewrite.PathPrefixRewrite, rewrite.PathTemplateRewrite)+flag(rewrite.RegexRewrite != nil) > 1 {
		return wrong(rewriteForm, at, "", "Only one of pathPrefixRewrite, pathTemplateRewrite and regexRewrite may be specified.")
	}
	if len(rewrite.PathPrefixRewrite) > maxPathMatch || len(rewrite.HostRewrite) > maxHostRewrite {
		return wrong(rewriteForm, at, "", "Paths have at most %d characters and hosts %d.", maxPathMatch, maxHostRewrite)
	}
	if rewrite.PathTemplateRewrite == "" {
		return nil
	}
	known := map[string]bool{}
	for _, match := range p.matches {
		for _, variable := range operator.FindAllStringSubmatch(match.PathTemplateMatch, -1) {
			known[variable[1]] = true
		}
	}
	for _, variable := range operator.FindAllStringSubmatch(rewrite.PathTemplateRewrite, -1) {
		if variable[1] == "" || !known[variable[1]] {
			return wrong(templateRewrite, at+".pathTemplateRewrite", rewrite.PathTemplateRewrite, "%s is no variable of a pathTemplateMatch of the rule.", variable[0])
		}
	}
	if len(known) == 0 {
		return wrong(templateRewrite, at+".pathTemplateRewrite", rewrite.PathTemplateRewrite, "The rule has no pathTemplateMatch with a variable.")
	}
	return nil
}

func checkAction(action *compute.HttpRouteAction, at string) error {
	for i, service := range action.WeightedBackendServices {
		if service.Weight < 0 || service.Weight > maxWeight {
			return wrong(weightRange, fmt.Sprintf("%s.weightedBackendServices[%d].weight", at, i), service.Weight, "Must be 0 to %d.", maxWeight)
		}
	}
	if err := checkFault(action.FaultInjectionPolicy, at+".faultInjectionPolicy"); err != nil {
		return err
	}
	durations := map[string]*compute.Duration{"timeout": action.Timeout}
	if retry := action.RetryPolicy; retry != nil {
		if retry.NumRetries < 0 {
			return wrong(retries, at+".retryPolicy.numRetries", retry.NumRetries, "Must be greater than 0.")
		}
		durations["retryPolicy.perTryTimeout"] = retry.PerTryTimeout
	}
	for name, duration := range durations {
		if err := checkDuration(duration, at+"."+name); err != nil {
			return err
		}
	}
	return nil
}

func checkFault(fault *compute.HttpFaultInjection, at string) error {
	if fault == nil {
		return nil
	}
	if abort := fault.Abort; abort != nil {
		if abort.HttpStatus < minFaultStatus || abort.HttpStatus > maxFaultStatus {
			return wrong(faultRange, at+".abort.httpStatus", abort.HttpStatus, "Must be %d to %d.", minFaultStatus, maxFaultStatus)
		}
		if abort.Percentage < 0 || abort.Percentage > maxFaultFraction {
			return wrong(faultRange, at+".abort.percentage", abort.Percentage, "Must be 0 to %d.", maxFaultFraction)
		}
	}
	if delay := fault.Delay; delay != nil {
		if delay.Percentage < 0 || delay.Percentage > maxFaultFraction {
			return wrong(faultRange, at+".delay.percentage", delay.Percentage, "Must be 0 to %d.", maxFaultFraction)
		}
		return checkDuration(delay.FixedDelay, at+".delay.fixedDelay")
	}
	return nil
}

func checkDuration(d *compute.Duration, at string) error {
	if d != nil && (d.Nanos < 0 || d.Nanos > maxNanoseconds || d.Seconds < 0 || d.Seconds > maxSeconds) {
		return wrong(durationRange, at, fmt.Sprintf("%d.%09ds", d.Seconds, d.Nanos), "Seconds must be 0 to %d and nanos 0 to %d.", maxSeconds, maxNanoseconds)
	}
	return nil
}
