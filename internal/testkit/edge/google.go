package edge

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"ai-serving/internal/testkit"
)

// LoadBalancer is one of Google's external Application Load Balancers: an address
// with what answers on its ports.
type LoadBalancer struct {
	// Region is "" for a global one.
	Region string
	// Address is what its forwarding rules answer on.
	Address string

	// maps are the URL maps behind the ports, by scheme.
	maps     map[string]*urlMap
	services map[string]service // by link
	buckets  map[string]bool    // by link
	policies map[string]*securityPolicy
}

type forwardingRule struct {
	IPAddress           string  `json:"ipAddress"`
	PortRange           string  `json:"portRange"`
	Target              string  `json:"target"`
	Region              string  `json:"region"`
	LoadBalancingScheme string  `json:"loadBalancingScheme"`
	IPProtocol          ignored `json:"ipProtocol"`
	IPVersion           ignored `json:"ipVersion"`
	Name                ignored `json:"name"`
	Network             ignored `json:"network"`
	NetworkTier         ignored `json:"networkTier"`
	Project             ignored `json:"project"`
	Labels              ignored `json:"labels"`
	Description         ignored `json:"description"`
}

type targetProxy struct {
	URLMap                         string   `json:"urlMap"`
	CertificateMap                 string   `json:"certificateMap"`
	CertificateManagerCertificates []string `json:"certificateManagerCertificates"`
	SSLPolicy                      ignored  `json:"sslPolicy"`
	Project                        ignored  `json:"project"`
	Region                         ignored  `json:"region"`
	Name                           ignored  `json:"name"`
	Description                    ignored  `json:"description"`
	HTTPKeepAliveTimeoutSec        ignored  `json:"httpKeepAliveTimeoutSec"`
	QUICOverride                   ignored  `json:"quicOverride"`
}

// service is a backend service. One with headers of its own, or with anything
// else that changes a request, is not understood.
type service struct {
	Backends                     []serviceBackend `json:"backends"`
	TimeoutSec                   int              `json:"timeoutSec"`
	ConnectionDrainingTimeoutSec int              `json:"connectionDrainingTimeoutSec"`
	SecurityPolicy               string           `json:"securityPolicy"`
	LoadBalancingScheme          string           `json:"loadBalancingScheme"`
	HealthChecks                 ignored          `json:"healthChecks"`
	Protocol                     ignored          `json:"protocol"`
	PortName                     ignored          `json:"portName"`
	LogConfig                    ignored          `json:"logConfig"`
	Description                  ignored          `json:"description"`
	Project                      ignored          `json:"project"`
	Region                       ignored          `json:"region"`
	SessionAffinity              ignored          `json:"sessionAffinity"`
	AffinityCookieTTLSec         ignored          `json:"affinityCookieTtlSec"`
	LocalityLbPolicy             ignored          `json:"localityLbPolicy"`
	ConsistentHash               ignored          `json:"consistentHash"`
}

type serviceBackend struct {
	Group string `json:"group"`
	// CapacityScaler is 1 where it is left out.
	CapacityScaler     *float64 `json:"capacityScaler"`
	BalancingMode      ignored  `json:"balancingMode"`
	MaxUtilization     ignored  `json:"maxUtilization"`
	MaxRatePerEndpoint ignored  `json:"maxRatePerEndpoint"`
	MaxRatePerInstance ignored  `json:"maxRatePerInstance"`
}

// The types of what a load balancer is made of, regional or global.
var (
	forwardingRuleTokens = []string{"gcp:compute/forwardingRule:ForwardingRule", "gcp:compute/globalForwardingRule:GlobalForwardingRule"}
	plainProxyTokens     = []string{"gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy", "gcp:compute/targetHttpProxy:TargetHttpProxy"}
	secureProxyTokens    = []string{"gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy", "gcp:compute/targetHttpsProxy:TargetHttpsProxy"}
	urlMapTokens         = []string{"gcp:compute/regionUrlMap:RegionUrlMap", "gcp:compute/uRLMap:URLMap"}
	serviceTokens        = []string{"gcp:compute/regionBackendService:RegionBackendService", "gcp:compute/backendService:BackendService"}
	bucketToken          = "gcp:compute/backendBucket:BackendBucket"
)

// LoadBalancers are Google's of a recording, sorted by region.
func LoadBalancers(recording *testkit.Recording) ([]*LoadBalancer, error) {
	rules, err := decodeAll[forwardingRule](recording, forwardingRuleTokens...)
	if err != nil {
		return nil, err
	}
	parts, err := newParts(recording)
	if err != nil {
		return nil, err
	}
	balancers := map[string]*LoadBalancer{}
	for link, rule := range rules {
		balancer, known := balancers[rule.IPAddress]
		if !known {
			balancer = &LoadBalancer{Region: rule.Region, Address: rule.IPAddress, maps: map[string]*urlMap{}, services: parts.services, buckets: parts.buckets, policies: parts.policies}
			balancers[rule.IPAddress] = balancer
		}
		if err := balancer.serve(rule, parts); err != nil {
			return nil, fmt.Errorf("forwarding rule %s: %w", link, err)
		}
	}
	sorted := make([]*LoadBalancer, 0, len(balancers))
	for _, balancer := range balancers {
		sorted = append(sorted, balancer)
	}
	slices.SortFunc(sorted, func(a, b *LoadBalancer) int { return cmp.Compare(a.Region, b.Region) })
	return sorted, nil
}

// parts are what load balancers are made of, by link.
type parts struct {
	plain, secure map[string]targetProxy
	maps          map[string]urlMap
	services      map[string]service
	buckets       map[string]bool
	policies      map[string]*securityPolicy
}

func newParts(recording *testkit.Recording) (parts, error) {
	var p parts
	var errs [5]error
	p.plain, errs[0] = decodeAll[targetProxy](recording, plainProxyTokens...)
	p.secure, errs[1] = decodeAll[targetProxy](recording, secureProxyTokens...)
	p.maps, errs[2] = decodeAll[urlMap](recording, urlMapTokens...)
	p.services, errs[3] = decodeAll[service](recording, serviceTokens...)
	p.policies, errs[4] = securityPolicies(recording)
	p.buckets = map[string]bool{}
	for _, bucket := range recording.OfType(bucketToken) {
		p.buckets[linkOf(bucket)] = true
	}
	return p, errors.Join(errs[:]...)
}

// decodeAll reads the resources of some types, by link.
func decodeAll[T any](recording *testkit.Recording, tokens ...string) (map[string]T, error) {
	all := map[string]T{}
	for _, token := range tokens {
		for _, registered := range recording.OfType(token) {
			var document T
			if err := decode(registered.Inputs, &document); err != nil {
				return nil, fmt.Errorf("%s %q: %w", token, registered.Name, err)
			}
			all[linkOf(registered)] = document
		}
	}
	return all, nil
}

func linkOf(registered testkit.Resource) string {
	if link := registered.Outputs["selfLink"]; link.IsString() {
		return link.StringValue()
	}
	return registered.ID
}

// serve puts the URL map behind a rule's port: plain HTTP on 80, TLS on 443.
func (l *LoadBalancer) serve(rule forwardingRule, p parts) error {
	if rule.LoadBalancingScheme != "EXTERNAL_MANAGED" {
		return fmt.Errorf("scheme %q", rule.LoadBalancingScheme)
	}
	if rule.Region != l.Region {
		return fmt.Errorf("its address is also of region %q", l.Region)
	}
	scheme, port := "http", "80"
	proxy, known := p.plain[rule.Target]
	if !known {
		scheme, port = "https", "443"
		proxy, known = p.secure[rule.Target]
		if known && proxy.CertificateMap == "" && len(proxy.CertificateManagerCertificates) == 0 {
			return errors.New("its proxy has no certificate")
		}
	}
	if !known {
		return fmt.Errorf("no proxy %q", rule.Target)
	}
	if rule.PortRange != port && rule.PortRange != port+"-"+port {
		return fmt.Errorf("%s on %q", scheme, rule.PortRange)
	}
	if _, taken := l.maps[scheme]; taken {
		return fmt.Errorf("a second rule for %s", scheme)
	}
	routes, known := p.maps[proxy.URLMap]
	if !known {
		return fmt.Errorf("no URL map %q", proxy.URLMap)
	}
	if err := routes.check(); err != nil {
		return fmt.Errorf("URL map: %w", err)
	}
	l.maps[scheme] = &routes
	return nil
}

// Parts are the names of what the load balancer decides by: the rules of the path
// matchers, and the host rules.
func (l *LoadBalancer) Parts() []string {
	var all []string
	for scheme, routes := range l.maps {
		for _, host := range routes.HostRules {
			all = append(all, host.part(scheme))
		}
		for _, matcher := range routes.PathMatchers {
			for i := range matcher.PathRules {
				all = append(all, matcher.part(scheme, i))
			}
			for _, rule := range matcher.RouteRules {
				all = append(all, matcher.part(scheme, rule.Priority))
			}
		}
	}
	slices.Sort(all)
	return all
}

// Answer decides on a request to the load balancer's address.
func (l *LoadBalancer) Answer(request Request) (Answer, error) {
	answer := Answer{Forwarded: request.clone()}
	routes, listens := l.maps[request.Scheme]
	if !listens {
		return answer, fmt.Errorf("nothing listens for %s", request.Scheme)
	}
	found, err := routes.route(request, &answer)
	if err != nil {
		return answer, err
	}
	if found.URLRedirect != nil {
		return found.redirected(request, answer)
	}
	if status, err := found.RouteAction.abort(); err != nil || status > 0 {
		return answer.refuse(status), err
	}
	shares, err := found.shares()
	if err != nil {
		return answer, err
	}
	forwarded, err := found.rewritten(request)
	if err != nil {
		return answer, err
	}
	return l.forwarded(shares, found, request, forwarded, answer)
}

// forwarded shares the request out. Every share has to be one request with the
// same limits: what is the same for all of them is told once.
func (l *LoadBalancer) forwarded(shares []share, found destination, request, forwarded Request, answer Answer) (Answer, error) {
	for i, share := range shares {
		backend, policy, err := l.backend(share)
		if err != nil {
			return answer, err
		}
		verdict, err := policy.judge(request)
		if err != nil {
			return answer, err
		}
		if verdict.status > 0 {
			return answer.refuse(verdict.status), nil
		}
		sent := forwarded.clone()
		share.headers.apply(&sent)
		for _, headers := range found.headers {
			headers.apply(&sent)
		}
		if i > 0 && !maps.EqualFunc(sent.Header, answer.Forwarded.Header, slices.Equal[[]string]) {
			return answer, errors.New("the shares of a rule send different headers")
		}
		answer.Forwarded = sent
		answer.Backends = append(answer.Backends, backend)
		for _, limit := range verdict.limits {
			if !slices.Contains(answer.Limits, limit) {
				answer.Limits = append(answer.Limits, limit)
			}
		}
	}
	return answer, nil
}

// defaultServiceTimeout is what a backend service has that names none, in
// seconds. Source: cloud.google.com/load-balancing/docs/backend-service#timeout-setting.
const defaultServiceTimeout = 30

func (l *LoadBalancer) backend(s share) (Backend, *securityPolicy, error) {
	backend := Backend{ID: s.service, Part: s.part}
	if l.buckets[s.service] {
		return backend, nil, nil
	}
	service, known := l.services[s.service]
	if !known {
		return backend, nil, fmt.Errorf("no backend service %q", s.service)
	}
	backend.TimeoutSeconds = cmp.Or(service.TimeoutSec, defaultServiceTimeout)
	backend.DrainSeconds = service.ConnectionDrainingTimeoutSec
	for _, group := range service.Backends {
		// A group without capacity gets no new requests.
		// Source: "capacityScaler" in cloud.google.com/compute/docs/reference/rest/v1/backendServices.
		if group.CapacityScaler == nil || *group.CapacityScaler > 0 {
			backend.Members = append(backend.Members, group.Group)
		}
	}
	slices.Sort(backend.Members)
	if service.SecurityPolicy == "" {
		return backend, nil, nil
	}
	policy, known := l.policies[service.SecurityPolicy]
	if !known {
		return backend, nil, fmt.Errorf("no security policy %q", service.SecurityPolicy)
	}
	return backend, policy, nil
}

// IsBucket says whether the backend is one of static content.
func (l *LoadBalancer) IsBucket(backend Backend) bool { return l.buckets[backend.ID] }
