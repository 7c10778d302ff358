package azure

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	securityPriority = require("security-group/priority",
		"The priority of a security rule is from 100 to 4096.", "SecurityRuleInvalidPriority",
		"learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules; the code as the Azure CLI shows it")
	securityUnique = require("security-group/priority-unique",
		"Security rules of one direction have priorities that differ.", "SecurityRuleConflict",
		"github.com/Azure/aks-engine/issues/2106")
	securityPorts = require("security-group/ports",
		"The ports of a security rule are *, a number or a range, of 0 to 65535.", "SecurityRuleInvalidPortRange",
		"learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules; the code is inferred")
	securityAddresses = require("security-group/addresses",
		"The addresses of a security rule are *, a service tag, an address or a prefix.", "SecurityRuleInvalidAddressPrefix",
		"learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules; the code is inferred")
	securityDescription = require("security-group/description",
		"The description of a security rule has up to 140 characters.", badRequest,
		"learn.microsoft.com/rest/api/virtualnetwork/network-security-groups/create-or-update#securityrule")
	securityComplete = require("security-group/complete",
		"A security rule states sources, destinations and the ports of both.", "SecurityRuleParametersMissing",
		"learn.microsoft.com/rest/api/virtualnetwork/network-security-groups/create-or-update; the code is inferred")
)

const (
	firstSecurityPriority = 100
	lastSecurityPriority  = 4096

	maxSecurityDescription = 140 // characters
)

func securityRules(r *request) error {
	for _, rule := range objects(r.body, nested, "securityRules") {
		name := text(rule, "name")
		if priority, _ := number(rule, nested, "priority"); priority < firstSecurityPriority || priority > lastSecurityPriority {
			return refuse(securityPriority, "Security rule %q has invalid Priority. Value provided: %v Allowed range %d-%d.", name, priority, firstSecurityPriority, lastSecurityPriority)
		}
		if utf8.RuneCountInString(text(rule, nested, "description")) > maxSecurityDescription {
			return refuse(securityDescription, "The description of security rule %q has more than %d characters.", name, maxSecurityDescription)
		}
		for _, side := range []string{"source", "destination"} {
			if err := securitySide(rule, side); err != nil {
				return err
			}
		}
	}
	return nil
}

// securitySide checks the source or the destination of a rule.
func securitySide(rule map[string]any, side string) error {
	name, ports, addresses := text(rule, "name"), portsOf(rule, side), addressesOf(rule, side)
	if len(ports) == 0 || len(addresses) == 0 && len(objects(rule, nested, side+"ApplicationSecurityGroups")) == 0 {
		return refuse(securityComplete, "Required security rule parameters are missing for security rule %q: it must specify %sAddressPrefix and %sPortRange.", name, side, side)
	}
	for _, ports := range ports {
		if _, _, err := portRange(ports); err != nil {
			return refuse(securityPorts, "Security rule %q has invalid Port range. Value provided: %s.", name, ports)
		}
	}
	for _, address := range addresses {
		if !isAddressPrefix(address) {
			return refuse(securityAddresses, "Security rule %q has invalid Address prefix. Value provided: %s.", name, address)
		}
	}
	return nil
}

// portsOf are the port ranges of a side of a rule, which has one or several.
func portsOf(rule map[string]any, side string) []string {
	return oneOrSeveral(rule, side+"PortRange", side+"PortRanges")
}

// addressesOf are the addresses of a side of a rule, which has one or several.
func addressesOf(rule map[string]any, side string) []string {
	return oneOrSeveral(rule, side+"AddressPrefix", side+"AddressPrefixes")
}

func oneOrSeveral(rule map[string]any, one, several string) []string {
	if s := text(rule, nested, one); s != "" {
		return []string{s}
	}
	return texts(rule, nested, several)
}

// portRange reads "*", "80" or "80-90".
func portRange(s string) (first, last int, err error) {
	if s == "*" {
		return 0, 65535, nil
	}
	from, to, isRange := strings.Cut(s, "-")
	if !isRange {
		to = from
	}
	low, err := strconv.ParseUint(from, 10, 16)
	if err != nil {
		return 0, 0, err
	}
	high, err := strconv.ParseUint(to, 10, 16)
	if err == nil && high < low {
		err = fmt.Errorf("%s ends before it begins", s)
	}
	return int(low), int(high), err
}

// serviceTag is the form of a tag, with a region's name or without: Internet,
// Storage.WestEurope. Azure takes those that it knows, of which none is longer
// than maxServiceTag; the list grows, so that it is not held here.
// Source: learn.microsoft.com/azure/virtual-network/service-tags-overview.
var serviceTag = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)?$`)

const maxServiceTag = 80

func isAddressPrefix(s string) bool {
	_, notAddress := netip.ParseAddr(s)
	_, notPrefix := netip.ParsePrefix(s)
	return s == "*" || notAddress == nil || notPrefix == nil || len(s) <= maxServiceTag && serviceTag.MatchString(s)
}

func securityRulesUnique(r *request) error {
	taken := map[string]string{}
	for _, rule := range objects(r.body, nested, "securityRules") {
		priority, _ := number(rule, nested, "priority")
		place := fmt.Sprint(strings.ToLower(text(rule, nested, "direction")), priority)
		if other, ok := taken[place]; ok {
			return refuse(securityUnique, "Security rule %s conflicts with rule %s. Rules cannot have the same Priority and Direction.", text(rule, "name"), other)
		}
		taken[place] = text(rule, "name")
	}
	return nil
}
