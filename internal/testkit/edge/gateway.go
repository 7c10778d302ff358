package edge

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"ai-serving/internal/testkit"
)

// Gateway is an Application Gateway with the firewall policies that it refers to.
type Gateway struct {
	// ID is the gateway's; Name is the logical name of the resource, and Location a
	// region of Azure.
	ID, Name, Location string

	document  gatewayDocument
	entrances []entrance         // by priority
	policies  map[string]*Policy // by id
}

const (
	gatewayToken = "azure-native:network:ApplicationGateway"
	policyToken  = "azure-native:network:WebApplicationFirewallPolicy"
)

// Gateways are the Application Gateways of a recording, in its order.
func Gateways(recording *testkit.Recording) ([]*Gateway, error) {
	policies := map[string]*Policy{}
	for _, registered := range recording.OfType(policyToken) {
		policy, err := newPolicy(registered)
		if err != nil {
			return nil, fmt.Errorf("firewall policy %q: %w", registered.Name, err)
		}
		policies[registered.ID] = policy
	}
	var gateways []*Gateway
	for _, registered := range recording.OfType(gatewayToken) {
		gateway := &Gateway{ID: registered.ID, Name: registered.Name, policies: policies}
		if err := decode(registered.Inputs, &gateway.document); err != nil {
			return nil, fmt.Errorf("gateway %q: %w", registered.Name, err)
		}
		gateway.Location = gateway.document.Location
		if err := gateway.check(); err != nil {
			return nil, fmt.Errorf("gateway %q: %w", registered.Name, err)
		}
		gateways = append(gateways, gateway)
	}
	return gateways, nil
}

// check holds the document to what the evaluation takes for granted, and puts its
// rules in order.
func (g *Gateway) check() error {
	listeners := map[string]string{}
	for _, rule := range g.document.RequestRoutingRules {
		if rule.Priority < 1 || rule.Priority > 20000 {
			return fmt.Errorf("rule %q: priority %d", rule.Name, rule.Priority)
		}
		entrance, err := g.entrance(rule)
		if err != nil {
			return fmt.Errorf("rule %q: %w", rule.Name, err)
		}
		if other, taken := listeners[entrance.listener.Name]; taken {
			return fmt.Errorf("rules %q and %q have listener %q", other, rule.Name, entrance.listener.Name)
		}
		listeners[entrance.listener.Name] = rule.Name
		g.entrances = append(g.entrances, entrance)
	}
	slices.SortFunc(g.entrances, func(a, b entrance) int { return cmp.Compare(a.rule.Priority, b.rule.Priority) })
	for i, entrance := range g.entrances[1:] {
		if before := g.entrances[i]; before.rule.Priority == entrance.rule.Priority {
			return fmt.Errorf("rules %q and %q have priority %d", before.rule.Name, entrance.rule.Name, entrance.rule.Priority)
		}
	}
	for _, listener := range g.document.HTTPListeners {
		if _, ruled := listeners[listener.Name]; !ruled {
			return fmt.Errorf("listener %q has no rule", listener.Name)
		}
		if err := g.checkListener(listener); err != nil {
			return fmt.Errorf("listener %q: %w", listener.Name, err)
		}
	}
	return nil
}

func (g *Gateway) checkListener(l listener) error {
	if l.HostName != "" && len(l.HostNames) > 0 {
		return errors.New("has both a host name and host names")
	}
	_, err := resolve(l.SSLCertificate, "sslCertificates", g.document.SSLCertificates)
	switch {
	case l.Protocol == "Https" && err != nil:
		return fmt.Errorf("certificate: %w", err)
	case l.Protocol == "Http" && l.SSLCertificate != nil:
		return errors.New("has a certificate without TLS")
	case l.Protocol != "Http" && l.Protocol != "Https":
		return fmt.Errorf("protocol %q", l.Protocol)
	}
	return nil
}

// local is the name in a reference to another part of the same gateway. The
// provider puts the gateway's id in the place of "$self".
// Source: the documentation of SubResourceArgs in pulumi-azure-native's SDK.
func local(to *reference, segment string) (string, error) {
	if to == nil {
		return "", fmt.Errorf("no reference to one of the %s", segment)
	}
	name, found := strings.CutPrefix(to.ID, "$self/"+segment+"/")
	if !found {
		return "", fmt.Errorf("%q is none of the gateway's %s", to.ID, segment)
	}
	return name, nil
}

func resolve[T interface{ name() string }](to *reference, segment string, parts []T) (T, error) {
	name, err := local(to, segment)
	if err != nil {
		var none T
		return none, err
	}
	return named(parts, name)
}

// Frontends are the names of the addresses that the gateway answers at.
func (g *Gateway) Frontends() []string {
	var names []string
	for _, frontend := range g.document.FrontendIPConfigurations {
		names = append(names, frontend.Name)
	}
	return names
}

// PublicIP is the id of the public address that the gateway answers at, and the
// name of the frontend that has it.
func (g *Gateway) PublicIP() (frontend, id string) {
	for _, frontend := range g.document.FrontendIPConfigurations {
		if frontend.PublicIPAddress != nil {
			return frontend.Name, frontend.PublicIPAddress.ID
		}
	}
	return "", ""
}

// Parts are the names of what the gateway decides by: listeners with their
// rules' priorities, and the path rules of maps.
func (g *Gateway) Parts() []string {
	var parts []string
	for _, rule := range g.document.RequestRoutingRules {
		parts = append(parts, rule.part())
	}
	for _, pathMap := range g.document.URLPathMaps {
		for _, rule := range pathMap.PathRules {
			parts = append(parts, pathMap.part(rule))
		}
	}
	return parts
}

func (r routingRule) part() string { return fmt.Sprintf("rule %s, priority %d", r.Name, r.Priority) }

func (m pathMap) part(rule pathRule) string {
	return fmt.Sprintf("path map %s, rule %s", m.Name, rule.Name)
}

// Answer decides on a request to one of the gateway's frontends.
func (g *Gateway) Answer(frontend string, request Request) (Answer, error) {
	answer := Answer{Forwarded: request.clone()}
	entrance, err := g.route(frontend, request)
	if err != nil {
		return answer, err
	}
	if entrance == nil {
		// A gateway answers 404 where no listener does.
		// Source: learn.microsoft.com/azure/application-gateway/http-response-codes.
		return answer.refuse(http.StatusNotFound), nil
	}
	rule := entrance.rule
	answer.use(rule.part())
	target, err := g.target(rule, request, &answer)
	if err != nil {
		return answer, fmt.Errorf("rule %q: %w", rule.Name, err)
	}
	policy, err := g.policy(target, entrance.listener)
	if err != nil {
		return answer, fmt.Errorf("rule %q: %w", rule.Name, err)
	}
	if target.redirect != nil {
		return g.redirected(target, policy, request, answer)
	}
	return g.forwarded(target, policy, request, answer)
}

// entrance is a listener with its rule, and with what the listener refers to.
type entrance struct {
	rule     routingRule
	listener listener
	frontend string
	port     int
	// hosts are none for a basic listener, which takes what comes to its port.
	hosts []*regexp.Regexp
}

func (g *Gateway) entrance(rule routingRule) (entrance, error) {
	own, err := resolve(rule.HTTPListener, "httpListeners", g.document.HTTPListeners)
	if err != nil {
		return entrance{}, err
	}
	at, err := resolve(own.FrontendIPConfiguration, "frontendIPConfigurations", g.document.FrontendIPConfigurations)
	if err != nil {
		return entrance{}, err
	}
	on, err := resolve(own.FrontendPort, "frontendPorts", g.document.FrontendPorts)
	if err != nil {
		return entrance{}, err
	}
	result := entrance{rule: rule, listener: own, frontend: at.Name, port: on.Port}
	for _, host := range own.hosts() {
		pattern, err := hostPattern(host)
		if err != nil {
			return entrance{}, err
		}
		result.hosts = append(result.hosts, pattern)
	}
	return result, nil
}

// hosts of a listener, which stand in one property or the other.
func (l listener) hosts() []string {
	if l.HostName != "" {
		return []string{l.HostName}
	}
	return l.HostNames
}

// hostPattern matches the hosts that one of a listener's does, in lower case, as
// hosts have none: a "*" is for several characters, dots included, a "?" for one.
// Source: learn.microsoft.com/azure/application-gateway/multiple-site-overview#wildcard-host-names-in-listener,
// which also limits a host to four wildcards, two of them "*".
func hostPattern(host string) (*regexp.Regexp, error) {
	stars, marks := strings.Count(host, "*"), strings.Count(host, "?")
	if stars > 2 || stars+marks > 4 {
		return nil, fmt.Errorf("host %q has more wildcards than Azure takes", host)
	}
	expression := regexp.QuoteMeta(strings.ToLower(host))
	expression = strings.ReplaceAll(expression, `\*`, `[a-z0-9.-]+`)
	expression = strings.ReplaceAll(expression, `\?`, `[a-z0-9.-]`)
	return regexp.Compile("^" + expression + "$")
}

// route finds the rule whose listener answers: of those that match, the one with
// the highest priority, which is the lowest number; nil if none matches.
// Source: learn.microsoft.com/azure/application-gateway/multiple-site-overview#request-routing-rules-evaluation-order.
func (g *Gateway) route(frontend string, request Request) (*entrance, error) {
	port, err := request.port()
	if err != nil {
		return nil, err
	}
	host := strings.ToLower(request.hostname())
	for i, candidate := range g.entrances {
		matches := func(pattern *regexp.Regexp) bool { return pattern.MatchString(host) }
		if candidate.frontend != frontend || candidate.port != port ||
			len(candidate.hosts) > 0 && !slices.ContainsFunc(candidate.hosts, matches) {
			continue
		}
		if !strings.EqualFold(candidate.listener.Protocol, request.Scheme) {
			return nil, fmt.Errorf("listener %q speaks %s on port %d", candidate.listener.Name, candidate.listener.Protocol, port)
		}
		return &g.entrances[i], nil
	}
	return nil, nil
}

// target is what a rule, or the part of its path map that matches, routes to.
type target struct {
	pool, settings, redirect, rewrites, policy *reference
}

func (g *Gateway) target(rule routingRule, request Request, answer *Answer) (target, error) {
	switch rule.RuleType {
	case "Basic":
		if rule.URLPathMap != nil {
			return target{}, errors.New("a basic rule with a path map")
		}
		return target{
			pool: rule.BackendAddressPool, settings: rule.BackendHTTPSettings,
			redirect: rule.RedirectConfiguration, rewrites: rule.RewriteRuleSet,
		}, nil
	case "PathBasedRouting":
		if rule.BackendAddressPool != nil || rule.BackendHTTPSettings != nil || rule.RedirectConfiguration != nil || rule.RewriteRuleSet != nil {
			return target{}, errors.New("a rule by path routes somewhere itself")
		}
		paths, err := resolve(rule.URLPathMap, "urlPathMaps", g.document.URLPathMaps)
		if err != nil {
			return target{}, err
		}
		return paths.target(request, answer)
	default:
		return target{}, fmt.Errorf("type %q", rule.RuleType)
	}
}

// target is that of the first path rule that matches, in the order of the list,
// or else the map's default.
// Source: learn.microsoft.com/azure/application-gateway/configuration-request-routing-rules#order-of-processing-rules.
func (m pathMap) target(request Request, answer *Answer) (target, error) {
	path, _ := request.path()
	for _, rule := range m.PathRules {
		for _, pattern := range rule.Paths {
			matches, err := matchesPath(pattern, path)
			if err != nil {
				return target{}, fmt.Errorf("path rule %q: %w", rule.Name, err)
			}
			if matches {
				answer.use(m.part(rule))
				return target{
					rule.BackendAddressPool, rule.BackendHTTPSettings,
					rule.RedirectConfiguration, rule.RewriteRuleSet, rule.FirewallPolicy,
				}, nil
			}
		}
	}
	return target{
		pool: m.DefaultBackendAddressPool, settings: m.DefaultBackendHTTPSettings,
		redirect: m.DefaultRedirectConfiguration, rewrites: m.DefaultRewriteRuleSet,
	}, nil
}

// matchesPath compares a path with a pattern, which may end with a "*". Neither
// has case.
// Source: learn.microsoft.com/azure/application-gateway/url-route-overview#pathpattern.
func matchesPath(pattern, path string) (bool, error) {
	prefix, isPrefix := strings.CutSuffix(strings.ToLower(pattern), "*")
	if !strings.HasPrefix(pattern, "/") || strings.ContainsAny(prefix, "*?#") {
		return false, fmt.Errorf("pattern %q", pattern)
	}
	path = strings.ToLower(path)
	if isPrefix {
		return strings.HasPrefix(path, prefix), nil
	}
	return path == prefix, nil
}

// policy is the firewall policy in force: a path's goes before its listener's,
// and that before the gateway's.
// Source: learn.microsoft.com/azure/web-application-firewall/ag/policy-overview#per-uri-policy.
func (g *Gateway) policy(t target, l listener) (*Policy, error) {
	if g.document.Sku.Tier != "WAF_v2" {
		if t.policy != nil || l.FirewallPolicy != nil || g.document.FirewallPolicy != nil {
			return nil, fmt.Errorf("a firewall policy in tier %q", g.document.Sku.Tier)
		}
		return nil, nil
	}
	if g.document.FirewallPolicy == nil {
		return nil, errors.New("the gateway has no firewall policy, and no policy of a listener is in force without one")
	}
	inForce := cmp.Or(t.policy, l.FirewallPolicy, g.document.FirewallPolicy)
	policy, known := g.policies[inForce.ID]
	if !known {
		return nil, fmt.Errorf("no firewall policy %q", inForce.ID)
	}
	return policy, nil
}

// redirected is where the client is sent. Rewrites do not run on redirects.
// Nobody says whether a firewall's block goes before a redirect: a policy that
// would block is an error.
// Sources: learn.microsoft.com/azure/application-gateway/redirect-overview and
// .../rewrite-http-headers-url#limitations.
func (g *Gateway) redirected(t target, policy *Policy, request Request, answer Answer) (Answer, error) {
	if t.pool != nil || t.settings != nil || t.rewrites != nil {
		return answer, errors.New("a redirect with a backend or a rewrite")
	}
	found, err := resolve(t.redirect, "redirectConfigurations", g.document.RedirectConfigurations)
	if err != nil {
		return answer, err
	}
	verdict, err := policy.judge(request)
	if err != nil {
		return answer, err
	}
	if verdict.blocked {
		return answer, fmt.Errorf("firewall policy %q blocks what redirect %q answers, and which goes first is not documented", policy.Name, found.Name)
	}
	answer.Location, err = g.location(found, request)
	if err != nil {
		return answer, fmt.Errorf("redirect %q: %w", found.Name, err)
	}
	status, known := redirectStatus[found.RedirectType]
	if !known {
		return answer, fmt.Errorf("redirect %q: type %q", found.Name, found.RedirectType)
	}
	return answer.refuse(status), nil
}

// redirectStatus are by Azure's names.
// Source: learn.microsoft.com/azure/application-gateway/redirect-overview.
var redirectStatus = map[string]int{
	"Permanent": http.StatusMovedPermanently, "Found": http.StatusFound,
	"SeeOther": http.StatusSeeOther, "Temporary": http.StatusTemporaryRedirect,
}

// location is the address of a target listener, for the host of the request. A
// listener with several hosts or a wildcard cannot be a target.
// Source: learn.microsoft.com/azure/application-gateway/multiple-site-overview#considerations-and-limitations-of-using-wildcard-or-multiple-host-names-in-a-listener.
func (g *Gateway) location(r redirect, request Request) (string, error) {
	if r.TargetURL != "" || r.IncludePath == nil || r.IncludeQueryString == nil {
		return "", errors.New("has a URL for target, or does not say whether it keeps path and query")
	}
	to, err := resolve(r.TargetListener, "httpListeners", g.document.HTTPListeners)
	if err != nil {
		return "", err
	}
	on, err := resolve(to.FrontendPort, "frontendPorts", g.document.FrontendPorts)
	if err != nil {
		return "", err
	}
	scheme := strings.ToLower(to.Protocol)
	if port, err := (Request{Scheme: scheme}).port(); err != nil || port != on.Port {
		return "", fmt.Errorf("listener %q speaks %s on port %d", to.Name, to.Protocol, on.Port)
	}
	hosts := to.hosts()
	if len(hosts) > 1 || len(hosts) == 1 && !strings.EqualFold(hosts[0], request.hostname()) {
		return "", fmt.Errorf("listener %q answers for %q", to.Name, hosts)
	}
	path, query := request.path()
	location := scheme + "://" + request.hostname()
	if *r.IncludePath {
		location += path
	}
	if *r.IncludeQueryString && query != "" {
		location += "?" + query
	}
	return location, nil
}

// forwarded is what goes to the pool, if the firewall lets it through.
func (g *Gateway) forwarded(t target, policy *Policy, request Request, answer Answer) (Answer, error) {
	rewrites := rewriteSet{}
	var err error
	if t.rewrites != nil {
		rewrites, err = resolve(t.rewrites, "rewriteRuleSets", g.document.RewriteRuleSets)
		if err != nil {
			return answer, err
		}
	}
	answer.Forwarded, err = rewrites.apply(request)
	if err != nil {
		return answer, fmt.Errorf("rewrites %q: %w", rewrites.Name, err)
	}
	judged := request
	if rewrites.precedesFirewall() {
		judged = answer.Forwarded
	}
	verdict, err := policy.judge(judged)
	if err != nil {
		return answer, err
	}
	if verdict.blocked {
		return answer.refuse(http.StatusForbidden), nil
	}
	answer.Limits = verdict.limits
	backend, err := g.backend(t)
	if err != nil {
		return answer, err
	}
	answer.Backends = []Backend{backend}
	return answer, nil
}

// defaultTimeout is what settings have that name none, in seconds.
// Source: learn.microsoft.com/azure/application-gateway/configuration-http-settings#request-time-out.
const defaultTimeout = 20

func (g *Gateway) backend(t target) (Backend, error) {
	pool, err := resolve(t.pool, "backendAddressPools", g.document.BackendAddressPools)
	if err != nil {
		return Backend{}, err
	}
	settings, err := resolve(t.settings, "backendHttpSettingsCollection", g.document.BackendHTTPSettingsCollection)
	if err != nil {
		return Backend{}, err
	}
	backend := Backend{
		ID:             g.ID + "/backendAddressPools/" + pool.Name,
		Part:           1,
		Port:           settings.Port,
		TimeoutSeconds: cmp.Or(settings.RequestTimeout, defaultTimeout),
	}
	if settings.ConnectionDraining.Enabled {
		backend.DrainSeconds = settings.ConnectionDraining.DrainTimeoutInSec
	}
	for _, member := range pool.BackendAddresses {
		if member.FQDN != "" || member.IPAddress == "" {
			return Backend{}, fmt.Errorf("pool %q has a member without an address", pool.Name)
		}
		backend.Members = append(backend.Members, member.IPAddress)
	}
	slices.Sort(backend.Members)
	return backend, nil
}
