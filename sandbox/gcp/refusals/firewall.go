package refusals

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
)

var (
	allowOrDeny = invalid("firewall/allow-or-deny",
		"A firewall rule allows or denies something, not both.",
		provider("compute_firewall, ExactlyOneOf allow, deny"))
	firewallPriority = invalid("firewall/priority",
		"The priority of a firewall rule is 0 to 65535.",
		discovery("Firewall.priority"))
	firewallDirection = invalid("firewall/direction",
		"Outgoing traffic is not selected by the tags or accounts of its source.",
		discovery("Firewall.direction"))
	tagsOrAccounts = invalid("firewall/tags-or-accounts",
		"A firewall rule selects by tags or by service accounts.",
		discovery("Firewall.sourceServiceAccounts"))
	firewallRanges = invalid("firewall/ranges",
		"The ranges of a firewall rule are addresses or in CIDR notation.",
		discovery("Firewall.sourceRanges"))
	firewallPorts = invalid("firewall/ports",
		"Ports are numbers of 0 to 65535 or ranges of them, the lower one first, of the protocols TCP, UDP and SCTP.",
		documented("firewall/docs/firewalls"))
	firewallProtocol = invalid("firewall/protocol",
		"A protocol is tcp, udp, icmp, esp, ah, ipip, sctp or all, or a number.",
		discovery("Firewall.allowed[].IPProtocol"))
	natOnce = invalid("router/nat-name",
		"The address translations of a router have different names.",
		inferred(discovery("RouterNat.name")))
	natAddresses = invalid("router/nat-addresses",
		"A translation has addresses of its own with MANUAL_ONLY, and only then.",
		discovery("RouterNat.natIpAllocateOption"))
	natSubnetworks = invalid("router/nat-subnetworks",
		"A translation lists subnetworks with LIST_OF_SUBNETWORKS, and only then.",
		discovery("RouterNat.subnetworks"))
	natAll = invalid("router/nat-all-ranges",
		"A translation of all ranges is the only one of its network and region.",
		discovery("RouterNat.sourceSubnetworkIpRangesToNat"))
	natDynamic = invalid("router/nat-dynamic-ports",
		"Dynamic ports exclude endpoint-independent mapping, and are in powers of two of 32 at least.",
		discovery("RouterNat.enableDynamicPortAllocation"))
)

const (
	maxFirewallPriority = 65535
	minDynamicPorts     = 32
)

// portsForm is a port, or a range of them.
var portsForm = regexp.MustCompile(`^[0-9]{1,5}(-[0-9]{1,5})?$`)

// protocolForm is a protocol by its name or number.
var protocolForm = regexp.MustCompile(`^(?i:tcp|udp|icmp|esp|ah|ipip|sctp|all|[0-9]{1,3})$`)

// withPorts are the protocols that have ports, by name and number.
var withPorts = []string{"tcp", "udp", "sctp", "6", "17", "132"}

func firewall(_ *request, f *compute.Firewall) error {
	if (len(f.Allowed) > 0) == (len(f.Denied) > 0) {
		return wrong(allowOrDeny, "allowed", len(f.Allowed), "Exactly one of allowed and denied must be specified.")
	}
	if f.Priority < 0 || f.Priority > maxFirewallPriority {
		return wrong(firewallPriority, "priority", f.Priority, "Must be 0 to %d.", maxFirewallPriority)
	}
	if f.Direction == "EGRESS" && len(f.SourceTags)+len(f.SourceServiceAccounts) > 0 {
		return wrong(firewallDirection, "sourceTags", strings.Join(f.SourceTags, ","), "Sources cannot be specified for EGRESS traffic.")
	}
	if len(f.SourceTags)+len(f.TargetTags) > 0 && len(f.SourceServiceAccounts)+len(f.TargetServiceAccounts) > 0 {
		return wrong(tagsOrAccounts, "targetServiceAccounts", "", "Tags and service accounts cannot be used at the same time.")
	}
	for _, text := range slices.Concat(f.SourceRanges, f.DestinationRanges) {
		_, addrErr := netip.ParseAddr(text)
		if _, err := netip.ParsePrefix(text); err != nil && addrErr != nil {
			return wrong(firewallRanges, "sourceRanges", text, "Must be in CIDR format.")
		}
	}
	for _, allowed := range f.Allowed {
		if err := checkPorts("allowed", allowed.IPProtocol, allowed.Ports); err != nil {
			return err
		}
	}
	for _, denied := range f.Denied {
		if err := checkPorts("denied", denied.IPProtocol, denied.Ports); err != nil {
			return err
		}
	}
	return checkTags("targetTags", slices.Concat(f.TargetTags, f.SourceTags))
}

func checkPorts(field, protocol string, ports []string) error {
	if !protocolForm.MatchString(protocol) {
		return wrong(firewallProtocol, field, protocol, "Must be tcp, udp, icmp, esp, ah, ipip, sctp, all, or the number of a protocol.")
	}
	if len(ports) > 0 && !slices.Contains(withPorts, strings.ToLower(protocol)) {
		return wrong(firewallPorts, field, protocol, "Ports may only be specified for the protocols tcp, udp and sctp.")
	}
	for _, text := range ports {
		if !isPortRange(text) {
			return wrong(firewallPorts, field, text, "Must be a port or a range of ports, 0 to %d.", maxPort)
		}
	}
	return nil
}

// isPortRange says that a text is a port or a range of them.
func isPortRange(text string) bool {
	if !portsForm.MatchString(text) {
		return false
	}
	first, last, isRange := strings.Cut(text, "-")
	low, _ := strconv.Atoi(first) // digits only
	high, _ := strconv.Atoi(last) // none is 0
	return low <= maxPort && high <= maxPort && (!isRange || low <= high)
}

func routerNATs(r *request, router *compute.Router) error {
	names := map[string]bool{}
	for i, nat := range router.Nats {
		at := fmt.Sprintf("nats[%d]", i)
		if names[nat.Name] {
			return wrong(natOnce, at+".name", nat.Name, "The name is already that of another NAT of the router.")
		}
		names[nat.Name] = true
		if err := checkNAT(at, nat); err != nil {
			return err
		}
		if err := checkOnlyNAT(r, router, at, nat); err != nil {
			return err
		}
	}
	return nil
}

func checkNAT(at string, nat *compute.RouterNat) error {
	if (nat.NatIpAllocateOption == "AUTO_ONLY" && len(nat.NatIps) > 0) || (nat.NatIpAllocateOption == "MANUAL_ONLY" && len(nat.NatIps) == 0) {
		return wrong(natAddresses, at+".natIps", len(nat.NatIps), "Must be set with MANUAL_ONLY, and empty with AUTO_ONLY.")
	}
	if (nat.SourceSubnetworkIpRangesToNat == "LIST_OF_SUBNETWORKS") != (len(nat.Subnetworks) > 0) {
		return wrong(natSubnetworks, at+".subnetworks", len(nat.Subnetworks), "Must be set with LIST_OF_SUBNETWORKS, and empty otherwise.")
	}
	if !nat.EnableDynamicPortAllocation {
		return nil
	}
	least := nat.MinPortsPerVm
	if nat.EnableEndpointIndependentMapping || least != 0 && (least < minDynamicPorts || least&(least-1) != 0) {
		return wrong(natDynamic, at+".minPortsPerVm", least, "With dynamic port allocation, enableEndpointIndependentMapping cannot be set, and minPortsPerVm must be a power of two of %d at least.", minDynamicPorts)
	}
	return nil
}

// allRanges is the choice of all addresses of all subnetworks.
const allRanges = "ALL_SUBNETWORKS_ALL_IP_RANGES"

// exclude says that one of two translations takes all addresses, and leaves none
// to the other.
func exclude(a, b *compute.RouterNat) bool {
	public := a.Type != "PRIVATE" && b.Type != "PRIVATE"
	return public && (a.SourceSubnetworkIpRangesToNat == allRanges || b.SourceSubnetworkIpRangesToNat == allRanges)
}

// checkOnlyNAT refuses a second translation beside one of all addresses.
func checkOnlyNAT(r *request, router *compute.Router, at string, nat *compute.RouterNat) error {
	for _, other := range router.Nats {
		if other != nat && exclude(nat, other) {
			return wrong(natAll, at+".sourceSubnetworkIpRangesToNat", nat.SourceSubnetworkIpRangesToNat, "There is another NAT of the network and region.")
		}
	}
	return each(r, "routers", func(l link, other *compute.Router) error {
		near := l.region() == r.link.region() && r.same(other.Network, router.Network)
		if near && slices.ContainsFunc(other.Nats, func(taken *compute.RouterNat) bool { return exclude(nat, taken) }) {
			return wrong(natAll, at+".sourceSubnetworkIpRangesToNat", nat.SourceSubnetworkIpRangesToNat, "The router '%s' of the same network and region has another NAT.", l)
		}
		return nil
	})
}
