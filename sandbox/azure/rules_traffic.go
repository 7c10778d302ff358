package azure

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

var (
	gatewayManaged = require("gateway/managed",
		"The security group of a gateway's subnet lets GatewayManager in to TCP 65200-65535, at any destination.",
		"ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup",
		"github.com/Azure/AKS-Construction/issues/333; learn.microsoft.com/azure/application-gateway/configuration-infrastructure#network-security-groups")
	gatewayOutbound = require("gateway/outbound",
		"The security group of a gateway's subnet lets TCP out to the Internet.",
		"ApplicationGatewaySubnetOutboundTrafficBlockedByNetworkSecurityGroup",
		"github.com/MicrosoftDocs/azure-docs/issues/87202; that port 443 stands for all is inferred")
)

// The ports that Azure manages a gateway at, and one that a gateway itself asks
// the Internet at.
const (
	firstManagementPort = 65200
	lastManagementPort  = 65535
	outboundPort        = 443
)

// gatewayTraffic checks the security group of a gateway's subnet.
func gatewayTraffic(r *request) error {
	for _, configuration := range objects(r.body, nested, "gatewayIPConfigurations") {
		subnet, err := r.subnetOf(configuration)
		if err != nil {
			return err
		}
		if err := r.letsGatewayWork(subnet, r.id); err != nil {
			return err
		}
	}
	return nil
}

// subnetTraffic checks the security group that a subnet gets, if a gateway is
// in the subnet.
func subnetTraffic(r *request) error {
	gateway, err := r.gatewayIn(r.id)
	if err != nil || gateway == "" {
		return err
	}
	return r.letsGatewayWork(r.body, gateway)
}

// securityGroupTraffic checks what a security group becomes, if a gateway is in
// one of its subnets.
func securityGroupTraffic(r *request) error {
	networks, err := referrers(r.tx, r.id)
	if err != nil {
		return err
	}
	for _, id := range networks {
		network, err := read(r.tx, id)
		if err != nil {
			return err
		}
		for _, subnet := range objects(network, nested, "subnets") {
			gateway, err := r.gatewayIn(text(subnet, "id"))
			if err != nil {
				return err
			}
			if gateway == "" || !strings.EqualFold(text(subnet, nested, "networkSecurityGroup", "id"), r.id) {
				continue
			}
			if err := r.letsGatewayWork(subnet, gateway); err != nil {
				return err
			}
		}
	}
	return nil
}

// gatewayIn gives the application gateway in a subnet, or "".
func (r *request) gatewayIn(subnet string) (string, error) {
	users, err := referrers(r.tx, subnet)
	for _, user := range users {
		if strings.Contains(strings.ToLower(user), "/providers/microsoft.network/applicationgateways/") {
			return user, err
		}
	}
	return "", err
}

func (r *request) letsGatewayWork(subnet map[string]any, gateway string) error {
	id := text(subnet, nested, "networkSecurityGroup", "id")
	if id == "" {
		return nil
	}
	group, err := r.lookUp(id)
	if err != nil {
		return err
	}
	inbound := sortedRules(group, "Inbound")
	for port := firstManagementPort; port <= lastManagementPort; port++ {
		if !admitsManagement(inbound, port, subnet) {
			return refuse(gatewayManaged, "Network security group %s blocks incoming internet traffic on ports %d - %d to subnet %s, associated with Application Gateway %s.",
				id, firstManagementPort, lastManagementPort, text(subnet, "id"), gateway)
		}
	}
	if !letsOut(sortedRules(group, "Outbound")) {
		return refuse(gatewayOutbound, "Network security group %s blocks outgoing internet traffic on subnet %s, associated with Application Gateway %s.",
			id, text(subnet, "id"), gateway)
	}
	return nil
}

// sortedRules are the rules of a direction that can tell of TCP, in the order
// in which Azure tries them.
func sortedRules(group map[string]any, direction string) []map[string]any {
	var found []map[string]any
	for _, rule := range objects(group, nested, "securityRules") {
		protocol := text(rule, nested, "protocol")
		if strings.EqualFold(text(rule, nested, "direction"), direction) && (protocol == "*" || strings.EqualFold(protocol, "Tcp")) {
			found = append(found, rule)
		}
	}
	slices.SortStableFunc(found, func(a, b map[string]any) int {
		first, _ := number(a, nested, "priority")
		second, _ := number(b, nested, "priority")
		return cmp.Compare(first, second)
	})
	return found
}

// admitsManagement says what the first rule that concerns a port of a gateway's
// management does. Without any, Azure's own last rule refuses.
func admitsManagement(inbound []map[string]any, port int, subnet map[string]any) bool {
	for _, rule := range inbound {
		if !covers(portsOf(rule, "destination"), port) || !coversAny(addressesOf(rule, "source"), "GatewayManager") {
			continue
		}
		destinations := addressesOf(rule, "destination")
		switch {
		case strings.EqualFold(text(rule, nested, "access"), "Deny"):
			if coversAny(destinations, "VirtualNetwork") || overlap(destinations, statedPrefixes(subnet)) {
				return false
			}
		case coversAny(destinations) && slices.Contains(portsOf(rule, "source"), "*"):
			return true
		}
	}
	return false
}

// letsOut says what the first rule that concerns the Internet does. Without
// any, Azure's own rule allows.
func letsOut(outbound []map[string]any) bool {
	for _, rule := range outbound {
		if coversAny(addressesOf(rule, "destination")) && covers(portsOf(rule, "destination"), outboundPort) {
			return strings.EqualFold(text(rule, nested, "access"), "Allow")
		}
	}
	return true
}

func covers(ranges []string, port int) bool {
	return slices.ContainsFunc(ranges, func(s string) bool {
		first, last, err := portRange(s)
		return err == nil && first <= port && port <= last
	})
}

// coversAny says whether addresses hold the whole Internet, or one of tags.
func coversAny(addresses []string, tags ...string) bool {
	return slices.ContainsFunc(addresses, func(s string) bool {
		return s == "*" || s == "0.0.0.0/0" || strings.EqualFold(s, "Internet") ||
			slices.ContainsFunc(tags, func(tag string) bool { return strings.EqualFold(s, tag) })
	})
}

func overlap(addresses, prefixes []string) bool {
	for _, a := range addresses {
		for _, p := range prefixes {
			one, notOne := netip.ParsePrefix(a)
			other, notOther := netip.ParsePrefix(p)
			if notOne == nil && notOther == nil && one.Overlaps(other) {
				return true
			}
		}
	}
	return false
}
