package refusals

import (
	"cmp"
	"slices"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
)

var (
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
	internalPlace = invalid("address/internal-place",
		"An address in a subnetwork is internal.",
		discovery("Address.subnetwork"))
)

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

func addressKind(r *request, a *compute.Address) error {
	if r.link.global() && a.AddressType != "INTERNAL" && a.NetworkTier != "" && a.NetworkTier != "PREMIUM" {
		return wrong(globalTier, "networkTier", a.NetworkTier, "Global addresses are in the tier PREMIUM.")
	}
	if a.Subnetwork != "" && a.AddressType != "INTERNAL" {
		return wrong(internalPlace, "subnetwork", a.Subnetwork, "The field can only be used with addresses of type INTERNAL.")
	}
	return nil
}
