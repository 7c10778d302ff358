package refusals

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
)

const subnetDocs = "vpc/docs/subnets"

var (
	networkMTU = invalid("network/mtu", "The MTU of a network is 1300 to 8896 bytes.", discovery("Network.mtu"))
	rangeForm  = invalid("subnetwork/range-form",
		"The range of a subnetwork is one of IPv4 in CIDR notation, with no bits set after its prefix, of /4 to /29.",
		documented(subnetDocs))
	rangeForbidden = invalid("subnetwork/range-forbidden",
		"The range of a subnetwork is not one that Google or the Internet reserve.",
		documented(subnetDocs))
	rangeOverlap = invalid("subnetwork/overlap",
		"The primary and secondary ranges of a network do not overlap.",
		discovery("Subnetwork.ipCidrRange, SubnetworkSecondaryRange.ipCidrRange"))
	rangeNameOnce = invalid("subnetwork/range-name",
		"The secondary ranges of a subnetwork have different names, of the form of resources.",
		discovery("SubnetworkSecondaryRange.rangeName"))
	rangeGrows = invalid("subnetwork/range-shrink",
		"The range of a subnetwork can only be made larger, and that of a proxy-only one not at all.",
		documented(subnetDocs))
	rangeKept = add("resourceInUseByAnotherResource", "subnetwork/range-in-use",
		"A secondary range stays while a cluster uses it.",
		inferred(documented(subnetDocs)))
	purposeKept = invalid("subnetwork/purpose-kept",
		"The purpose and the network of a subnetwork do not change.",
		discovery("Subnetwork.network"))
	proxyRole = invalid("subnetwork/role",
		"Proxy-only subnetworks have a role, and others have none.",
		discovery("Subnetwork.role"))
	proxySize = invalid("subnetwork/proxy-only-size",
		"A proxy-only subnetwork has a range of /26 at least.",
		documented("load-balancing/docs/proxy-only-subnets"))
	proxyOnce = invalid("subnetwork/proxy-only-once",
		"A network has one active proxy-only subnetwork in a region.",
		documented("load-balancing/docs/proxy-only-subnets"))
	proxyLogs = invalid("subnetwork/proxy-only-logs",
		"A proxy-only subnetwork has no flow logs.",
		discovery("Subnetwork.enableFlowLogs"))
)

var flowSampling = invalid("subnetwork/flow-sampling",
	"The sampling rate of flow logs is 0 to 1.",
	discovery("SubnetworkLogConfig.flowSampling"))

const (
	minMTU = 1300
	maxMTU = 8896
	// Lengths of prefixes.
	largestRange  = 4
	smallestRange = 29
	smallestProxy = 26
)

// forbidden are the ranges that no subnetwork may be in.
var forbidden = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("199.36.153.4/30"),
	netip.MustParsePrefix("199.36.153.8/30"),
	netip.MustParsePrefix("224.0.0.0/4"),
	netip.MustParsePrefix("255.255.255.255/32"),
}

func network(_ *request, n *compute.Network) error {
	if n.Mtu != 0 && (n.Mtu < minMTU || n.Mtu > maxMTU) {
		return wrong(networkMTU, "mtu", n.Mtu, "Must be %d to %d.", minMTU, maxMTU)
	}
	return nil
}

// block is a range of addresses of a subnetwork.
type block struct {
	field, text string
	prefix      netip.Prefix
}

// blocks are the ranges of IPv4 of a subnetwork that have been chosen, the
// primary one first.
func blocks(s *compute.Subnetwork) []block {
	var all []block
	add := func(field, text string) {
		if text != "" && !strings.Contains(text, ":") {
			prefix, _ := netip.ParsePrefix(text) // the zero Prefix, which is not valid
			all = append(all, block{field, text, prefix})
		}
	}
	add("ipCidrRange", s.IpCidrRange)
	for i, secondary := range s.SecondaryIpRanges {
		add(fmt.Sprintf("secondaryIpRanges[%d].ipCidrRange", i), secondary.IpCidrRange)
	}
	return all
}

func subnetworkLogs(_ *request, s *compute.Subnetwork) error {
	if logs := s.LogConfig; logs != nil && (logs.FlowSampling < 0 || logs.FlowSampling > 1) {
		return wrong(flowSampling, "logConfig.flowSampling", logs.FlowSampling, "Must be in [0, 1].")
	}
	return nil
}

func subnetworkRanges(r *request, s *compute.Subnetwork) error {
	own := blocks(s)
	for i, b := range own {
		if err := checkRange(b); err != nil {
			return err
		}
		for _, other := range own[:i] {
			if b.prefix.Overlaps(other.prefix) {
				return wrong(rangeOverlap, b.field, b.text, "The range overlaps %s of the same subnetwork.", other.text)
			}
		}
	}
	names := map[string]bool{}
	for i, secondary := range s.SecondaryIpRanges {
		if names[secondary.RangeName] || !rfc1035.MatchString(secondary.RangeName) {
			return wrong(rangeNameOnce, fmt.Sprintf("secondaryIpRanges[%d].rangeName", i), secondary.RangeName, "The name must be unique in the subnetwork, and comply with RFC 1035.")
		}
		names[secondary.RangeName] = true
	}
	return each(r, "subnetworks", func(l link, other *compute.Subnetwork) error {
		if !r.same(other.Network, s.Network) {
			return nil
		}
		for _, mine := range own {
			for _, taken := range blocks(other) {
				if mine.prefix.Overlaps(taken.prefix) {
					return wrong(rangeOverlap, mine.field, mine.text, "Invalid IPCidrRange: %s conflicts with existing subnetwork '%s' in region '%s'.", mine.text, l.name, l.region())
				}
			}
		}
		return nil
	})
}

func checkRange(b block) error {
	if !b.prefix.IsValid() || b.prefix != b.prefix.Masked() || b.prefix.Bits() < largestRange || b.prefix.Bits() > smallestRange {
		return wrong(rangeForm, b.field, b.text, "Must be a CIDR address range of /%d to /%d.", largestRange, smallestRange)
	}
	for _, reserved := range forbidden {
		if b.prefix.Overlaps(reserved) {
			return wrong(rangeForbidden, b.field, b.text, "The range overlaps the reserved range %s.", reserved)
		}
	}
	return nil
}

// subnetworkGrows compares the ranges with those before.
func subnetworkGrows(r *request, s *compute.Subnetwork) error {
	if r.creates() {
		return nil
	}
	old, err := decode[compute.Subnetwork](r.before)
	if err != nil {
		return fmt.Errorf("%s before: %w", r.link, err)
	}
	if !samePurpose(s, old) || !r.same(s.Network, old.Network) {
		return wrong(purposeKept, "purpose", s.Purpose, "The purpose and the network of a subnetwork cannot be changed.")
	}
	from, fromErr := netip.ParsePrefix(old.IpCidrRange)
	to, toErr := netip.ParsePrefix(s.IpCidrRange)
	if fromErr == nil && toErr == nil && from != to {
		if !to.Contains(from.Addr()) || to.Bits() > from.Bits() || proxyOnly(s) {
			return wrong(rangeGrows, "ipCidrRange", s.IpCidrRange, "The range %s can only be expanded.", old.IpCidrRange)
		}
	}
	for _, secondary := range old.SecondaryIpRanges {
		same := func(kept *compute.SubnetworkSecondaryRange) bool {
			return kept.RangeName == secondary.RangeName && kept.IpCidrRange == secondary.IpCidrRange
		}
		if slices.ContainsFunc(s.SecondaryIpRanges, same) {
			continue
		}
		if user := rangeUser(r, secondary.RangeName); user != "" {
			return rangeKept.Refuse("The secondary range '%s' of the subnetwork '%s' is already being used by '%s'", secondary.RangeName, r.link, user)
		}
	}
	return nil
}

// samePurpose compares purposes. The older name of regional proxies' purpose can
// be exchanged for the newer one.
func samePurpose(a, b *compute.Subnetwork) bool {
	return cmp.Or(a.Purpose, "PRIVATE") == cmp.Or(b.Purpose, "PRIVATE") ||
		a.Purpose == "REGIONAL_MANAGED_PROXY" && b.Purpose == "INTERNAL_HTTPS_LOAD_BALANCER"
}

func proxyOnly(s *compute.Subnetwork) bool {
	return slices.Contains([]string{"REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER"}, s.Purpose)
}

func subnetworkPurpose(r *request, s *compute.Subnetwork) error {
	if proxyOnly(s) != (s.Role != "") {
		return wrong(proxyRole, "role", s.Role, "A role is for proxy-only subnetworks, which must have one.")
	}
	if !proxyOnly(s) {
		return nil
	}
	if prefix, err := netip.ParsePrefix(s.IpCidrRange); err == nil && prefix.Bits() > smallestProxy {
		return wrong(proxySize, "ipCidrRange", s.IpCidrRange, "The range of a proxy-only subnetwork must be /%d or larger.", smallestProxy)
	}
	if s.EnableFlowLogs || s.LogConfig != nil && s.LogConfig.Enable {
		return wrong(proxyLogs, "logConfig", "", "Flow logs are not supported for purpose %s.", s.Purpose)
	}
	if s.Role != "ACTIVE" {
		return nil
	}
	return each(r, "subnetworks", func(l link, other *compute.Subnetwork) error {
		if other.Role == "ACTIVE" && other.Purpose == s.Purpose && l.region() == r.link.region() && r.same(other.Network, s.Network) {
			return wrong(proxyOnce, "role", s.Role, "The subnetwork '%s' is already the active proxy-only subnetwork of the network and region.", l)
		}
		return nil
	})
}
