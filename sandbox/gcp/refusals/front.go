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
		"A forwarding rule leads to a target, or, of a load balancer without proxies, to a backend service.",
		discovery("ForwardingRule.backendService"))
	targetScope = invalid("forwarding-rule/target-scope",
		"The target of a regional rule is in its region, and that of a global rule is global.",
		discovery("ForwardingRule.target"))
	targetScheme = invalid("forwarding-rule/scheme-of-services",
		"A forwarding rule has the load balancing scheme of the backend services that it leads to.",
		inferred(discovery("BackendService.loadBalancingScheme")))
	portsOnce = invalid("forwarding-rule/ports",
		"A rule has one of ports, a port range or all ports.",
		discovery("ForwardingRule.portRange"))
	onePort = invalid("forwarding-rule/one-port",
		"A rule of an Application Load Balancer has one port, and protocol TCP.",
		documented("load-balancing/docs/forwarding-rule-concepts"))
	addressReserved = invalid("forwarding-rule/address-reserved",
		"The external address of a rule is one that the project has reserved.",
		inferred(documented("load-balancing/docs/forwarding-rule-concepts")))
	addressScope = invalid("forwarding-rule/address-scope",
		"The address of a regional rule is in its region, and that of a global rule is global.",
		documented("load-balancing/docs/forwarding-rule-concepts"))
	addressType = invalid("forwarding-rule/address-type",
		"The address of an external rule is external, and that of an internal one internal.",
		documented("load-balancing/docs/forwarding-rule-concepts"))
	addressTier = invalid("forwarding-rule/tier-of-address",
		"A rule and its address have one network tier.",
		discovery("ForwardingRule.networkTier"))
	globalTier = invalid("forwarding-rule/global-tier",
		"Global rules and addresses are in the tier PREMIUM.",
		discovery("ForwardingRule.networkTier, Address.networkTier"))
	addressVersion = invalid("forwarding-rule/ip-version",
		"A rule and its address have one version of IP.",
		inferred(discovery("ForwardingRule.ipVersion")))
	addressConflict = invalid("forwarding-rule/address-in-use",
		"Two rules with one address and protocol have different ports.",
		discovery("ForwardingRule.portRange"))
	proxySubnetwork = invalid("forwarding-rule/proxy-only-subnetwork",
		"The network and region of a regional rule have an active proxy-only subnetwork before it.",
		documented("load-balancing/docs/proxy-only-subnets"))
	internalPlace = invalid("address/internal-place",
		"An address in a subnetwork is internal.",
		discovery("Address.subnetwork"))
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

// serviceConnect says that the rule leads to Google's own services, or to
// somebody's, through Private Service Connect. It has no scheme, and an internal
// address.
func serviceConnect(r *request, f *compute.ForwardingRule) bool {
	target, ok := r.refer(f.Target)
	return f.Target != "" && (!ok || target.collection == "serviceAttachments")
}

// schemeBehind is the scheme of the services that a target leads to; "" if there
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

func ruleAddress(r *request, f *compute.ForwardingRule) error {
	if r.link.global() && f.NetworkTier != "" && f.NetworkTier != "PREMIUM" {
		return wrong(globalTier, "networkTier", f.NetworkTier, "Global forwarding rules are in the tier PREMIUM.")
	}
	if serviceConnect(r, f) {
		return nil
	}
	if f.IPAddress == "" || strings.Contains(f.IPAddress, ":") && !strings.Contains(f.IPAddress, "://") {
		return nil // a free one, or a range of IPv6
	}
	l, a, found := addressOf(r, f.IPAddress)
	external := strings.HasPrefix(schemeOfRule(f), "EXTERNAL")
	if !found {
		if r.creates() && external && !strings.Contains(f.IPAddress, "/") && !shared(r, f.IPAddress) {
			return wrong(addressReserved, "IPAddress", f.IPAddress, "The specified external IP address is not reserved in the project.")
		}
		return conflicts(r, f, f.IPAddress)
	}
	if l.scope != r.link.scope {
		return wrong(addressScope, "IPAddress", f.IPAddress, "The address '%s' is not in the scope of the forwarding rule, %s.", l, r.link.scope)
	}
	if kind := cmp.Or(a.AddressType, "EXTERNAL"); (kind == "EXTERNAL") != external {
		return wrong(addressType, "IPAddress", f.IPAddress, "The address has type %s; the forwarding rule has load balancing scheme %s.", kind, schemeOfRule(f))
	}
	if tier, other := cmp.Or(f.NetworkTier, "PREMIUM"), cmp.Or(a.NetworkTier, "PREMIUM"); external && tier != other {
		return wrong(addressTier, "networkTier", tier, "The network tier of the address is %s.", other)
	}
	if f.IpVersion != "" && f.IpVersion != cmp.Or(a.IpVersion, "IPV4") {
		return wrong(addressVersion, "ipVersion", f.IpVersion, "The IP version of the address is %s.", cmp.Or(a.IpVersion, "IPV4"))
	}
	return conflicts(r, f, a.Address)
}

// addressOf finds the reserved address that a rule names, by its link or by its
// digits.
func addressOf(r *request, text string) (link, *compute.Address, bool) {
	if l, ok := r.refer(text); ok {
		a, found := get[compute.Address](r.project, l)
		return l, a, found
	}
	for _, candidate := range r.project.Each("addresses") {
		l, err := parse(candidate)
		if err != nil {
			continue
		}
		if a, found := get[compute.Address](r.project, l); found && a.Address == text {
			return l, a, true
		}
	}
	return link{}, nil, false
}

// shared says that another rule has been given the address.
func shared(r *request, digits string) bool {
	found := false
	_ = each(r, "forwardingRules", func(_ link, other *compute.ForwardingRule) error {
		found = found || other.IPAddress == digits
		return nil
	})
	return found
}

// conflicts looks for another rule with the address and the ports. Internal
// addresses are those of a network.
func conflicts(r *request, f *compute.ForwardingRule, digits string) error {
	if digits == "" {
		return nil
	}
	return each(r, "forwardingRules", func(l link, other *compute.ForwardingRule) error {
		taken := other.IPAddress
		if _, a, found := addressOf(r, taken); found {
			taken = a.Address
		}
		internal := strings.HasPrefix(schemeOfRule(f), "INTERNAL") && !r.same(cmp.Or(f.Network, "-"), cmp.Or(other.Network, "-"))
		if taken != digits || internal || cmp.Or(f.IPProtocol, "TCP") != cmp.Or(other.IPProtocol, "TCP") || !overlap(f, other) {
			return nil
		}
		return wrong(addressConflict, "IPAddress", f.IPAddress, "Specified IP address is in-use and would result in a conflict with '%s'.", l)
	})
}

// overlap says whether two rules have a port in common. A rule without ports has
// all of them.
func overlap(a, b *compute.ForwardingRule) bool {
	if len(a.Ports) > 1 || len(b.Ports) > 1 {
		return slices.ContainsFunc(a.Ports, func(port string) bool { return slices.Contains(b.Ports, port) })
	}
	first, last := portRange(a)
	from, to := portRange(b)
	if first == "" || from == "" {
		return true
	}
	return !before(last, from) && !before(to, first)
}

// before compares numbers without leading zeros.
func before(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

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

func addressKind(r *request, a *compute.Address) error {
	if r.link.global() && a.AddressType != "INTERNAL" && a.NetworkTier != "" && a.NetworkTier != "PREMIUM" {
		return wrong(globalTier, "networkTier", a.NetworkTier, "Global addresses are in the tier PREMIUM.")
	}
	if a.Subnetwork != "" && a.AddressType != "INTERNAL" {
		return wrong(internalPlace, "subnetwork", a.Subnetwork, "The field can only be used with addresses of type INTERNAL.")
	}
	return nil
}
