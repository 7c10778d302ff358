package refusals

import (
	"cmp"
	"slices"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
)

var (
	ruleScheme = invalid("forwarding-rule/scheme-scope",
		"A global forwarding rule has no scheme of regional load balancers, INTERNAL, and a regional one not that of the mesh.",
		documented("load-balancing/docs/forwarding-rule-concepts"))
	ruleOneTarget = invalid("forwarding-rule/one-target",
		"A forwarding rule routes to a target, or, of a load balancer without proxies, to a backend service.",
		discovery("ForwardingRule.backendService"))
	targetScope = invalid("forwarding-rule/target-scope",
		"The target of a regional rule is in its region, and that of a global rule is global.",
		discovery("ForwardingRule.target"))
	targetScheme = invalid("forwarding-rule/scheme-of-services",
		"A forwarding rule has the load balancing scheme of the backend services that it routes to.",
		inferred(discovery("BackendService.loadBalancingScheme")))
	portsOnce = invalid("forwarding-rule/ports",
		"A rule has one of ports, a port range or all ports.",
		discovery("ForwardingRule.portRange"))
	portForm = invalid("forwarding-rule/port-number",
		"The port of an Application Load Balancer is 1 to 65535.",
		inferred(documented("load-balancing/docs/forwarding-rule-concepts")))
	onePort = invalid("forwarding-rule/one-port",
		"A rule of an Application Load Balancer has one port, and protocol TCP.",
		documented("load-balancing/docs/forwarding-rule-concepts"))
	proxySubnetwork = invalid("forwarding-rule/proxy-only-subnetwork",
		"The network and region of a regional rule have an active proxy-only subnetwork before it.",
		documented("load-balancing/docs/proxy-only-subnets"))
	proxiesInUse = add("resourceInUseByAnotherResource", "subnetwork/proxies-in-use",
		"The active proxy-only subnetwork outlives the load balancers of its network and region.",
		inferred(documented("load-balancing/docs/proxy-only-subnets")))
)

// httpTargets are the collections of an Application Load Balancer's proxies.
var httpTargets = []string{"targetHttpProxies", "targetHttpsProxies"}

func schemeOfRule(f *compute.ForwardingRule) string {
	return cmp.Or(f.LoadBalancingScheme, schemeClassic)
}

// regionalProxies says that the rule's requests go through proxies of its
// region.
func regionalProxies(l link, f *compute.ForwardingRule) bool {
	return !l.global() && (f.LoadBalancingScheme == schemeManaged || f.LoadBalancingScheme == schemePrivate)
}

func ruleTarget(r *request, f *compute.ForwardingRule) error {
	scheme := schemeOfRule(f)
	if r.link.global() && scheme == "INTERNAL" || !r.link.global() && scheme == schemeMesh {
		return wrong(ruleScheme, "loadBalancingScheme", scheme, "The scheme is not one of forwarding rules in the scope %s.", r.link.scope)
	}
	managed := scheme == schemeManaged || scheme == schemePrivate
	if given(f.Target, f.BackendService) != 1 || managed && f.BackendService != "" {
		return wrong(ruleOneTarget, "target", f.Target, "Exactly one of target and backendService must be specified, and target with scheme %s.", scheme)
	}
	target, ok := r.refer(cmp.Or(f.Target, f.BackendService))
	if !ok || serviceConnect(r, f) {
		return nil
	}
	if target.scope != r.link.scope && (target.global() || r.link.global() || target.region() != r.link.region()) {
		return wrong(targetScope, "target", f.Target, "The target must be in the scope of the forwarding rule, %s.", r.link.scope)
	}
	if behind := schemeBehind(r, target); behind != "" && behind != scheme {
		return wrong(targetScheme, "target", f.Target, "Load balancing scheme of forwarding rule (%s) does not match with load balancing scheme of the backend services (%s).", scheme, behind)
	}
	return nil
}

// serviceConnect says that the rule routes to Google's own services, or to
// somebody's, through Private Service Connect. It has no scheme, and an internal
// address.
func serviceConnect(r *request, f *compute.ForwardingRule) bool {
	target, ok := r.refer(f.Target)
	return f.Target != "" && (!ok || target.collection == "serviceAttachments")
}

// schemeBehind is the scheme of the services that a target routes to; "" if there
// are none, or the target has no URL map.
func schemeBehind(r *request, target link) string {
	if target.collection == "backendServices" {
		if service, found := get[compute.BackendService](r.project, target); found {
			return schemeOf(service)
		}
	}
	if !slices.Contains(httpTargets, target.collection) {
		return ""
	}
	proxy, found := get[compute.TargetHttpProxy](r.project, target)
	if !found {
		return ""
	}
	return schemeOfMap(r, proxy.UrlMap)
}

// schemeOfMap is the scheme of the services of a URL map; "" if it has none.
func schemeOfMap(r *request, text string) string {
	l, ok := r.refer(text)
	if !ok {
		return ""
	}
	m, found := get[compute.UrlMap](r.project, l)
	if !found {
		return ""
	}
	scheme, err := mapScheme(&request{project: r.project, link: l}, m)
	if err != nil {
		return ""
	}
	return scheme
}

func rulePorts(r *request, f *compute.ForwardingRule) error {
	if given(f.PortRange)+flag(len(f.Ports) > 0)+flag(f.AllPorts) > 1 {
		return wrong(portsOnce, "portRange", f.PortRange, "The ports, portRange, and allPorts fields are mutually exclusive.")
	}
	target, ok := r.refer(f.Target)
	if !ok || !slices.Contains(httpTargets, target.collection) {
		return nil
	}
	first, second := portRange(f)
	if f.AllPorts || len(f.Ports) > 1 || first != second {
		return wrong(onePort, "portRange", f.PortRange, "The forwarding rule must have exactly one port.")
	}
	if first != "" && (!isPortRange(first) || strings.Trim(first, "0") == "") {
		return wrong(portForm, "portRange", f.PortRange, "Must be 1 to %d.", maxPort)
	}
	if f.IPProtocol != "" && f.IPProtocol != "TCP" {
		return wrong(onePort, "IPProtocol", f.IPProtocol, "The protocol must be TCP.")
	}
	return nil
}

// portRange gives the first and last of a rule's ports, as they are written.
func portRange(f *compute.ForwardingRule) (first, last string) {
	text := f.PortRange
	if text == "" && len(f.Ports) == 1 {
		text = f.Ports[0]
	}
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	return first, last
}

// ruleProxies looks for the place of a regional load balancer's proxies. The
// network is the one that the rule names, that of its subnetwork, or the
// project's default one.
func ruleProxies(r *request, f *compute.ForwardingRule) error {
	if !r.creates() || !regionalProxies(r.link, f) {
		return nil
	}
	ready := false
	err := each(r, "subnetworks", func(l link, s *compute.Subnetwork) error {
		ready = ready || activeProxies(s) && l.region() == r.link.region() && r.same(s.Network, networkOf(r, f))
		return nil
	})
	if err == nil && !ready {
		return wrong(proxySubnetwork, "target", f.Target, "An active proxy-only subnetwork is required in the same region and VPC as the forwarding rule.")
	}
	return err
}

func networkOf(r *request, f *compute.ForwardingRule) string {
	if f.Network != "" {
		return f.Network
	}
	if l, ok := r.refer(f.Subnetwork); ok {
		if s, found := get[compute.Subnetwork](r.project, l); found {
			return s.Network
		}
	}
	return "global/networks/default"
}

// activeProxies says that regional proxies get their addresses from the
// subnetwork.
func activeProxies(s *compute.Subnetwork) bool {
	return s.Role == "ACTIVE" && (s.Purpose == "REGIONAL_MANAGED_PROXY" || s.Purpose == "INTERNAL_HTTPS_LOAD_BALANCER")
}

// checkProxiesGone keeps the active proxy-only subnetwork while rules need it.
func checkProxiesGone(r *request) error {
	s, found := get[compute.Subnetwork](r.project, r.link)
	if !found || !activeProxies(s) {
		return nil
	}
	return each(r, "forwardingRules", func(l link, f *compute.ForwardingRule) error {
		if regionalProxies(l, f) && l.region() == r.link.region() && r.same(s.Network, networkOf(r, f)) {
			return proxiesInUse.Refuse("The subnetwork resource '%s' is already being used by '%s'", r.link, l)
		}
		return nil
	})
}
