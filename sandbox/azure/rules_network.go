package azure

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

var (
	spaceGiven = require("network/address-space",
		"A virtual network has an address space.", badRequest,
		"learn.microsoft.com/rest/api/virtualnetwork/virtual-networks/create-or-update")
	spaceApart = require("network/address-space-apart",
		"The prefixes of a virtual network's address space do not overlap.", badRequest,
		"learn.microsoft.com/azure/virtual-network/manage-virtual-network: one or more ranges that do not overlap")
	interfaceConfigured = require("network/interface-configuration",
		"A network interface has a configuration.", badRequest,
		"learn.microsoft.com/azure/virtual-network/ip-services/virtual-network-network-interface-addresses: a primary configuration")
	prefixForm = require("network/prefix-form",
		"An address prefix is in CIDR form, and begins where its network does.", "InvalidCIDRNotation",
		"learn.microsoft.com/azure/virtual-network/virtual-network-troubleshoot-nva and the answers of ARM to prefixes with host bits; the code is inferred")
	prefixSize = require("network/prefix-size",
		"A subnet has from 8 addresses (/29) to a /2.", "NetcfgInvalidSubnet",
		"learn.microsoft.com/azure/virtual-network/virtual-networks-faq: how small and how large can virtual networks and subnets be")
	subnetInside = require("network/subnet-inside",
		"A subnet's prefix is inside of the virtual network's address space.", "NetcfgSubnetRangeOutsideVnet",
		"github.com/MicrosoftDocs/azure-docs/pull/123869")
	subnetsApart = require("network/subnets-apart",
		"The prefixes of a virtual network's subnets do not overlap.", "NetcfgSubnetRangesOverlap",
		"github.com/MicrosoftDocs/azure-docs/pull/123869")
	prefixKept = require("network/prefix-in-use",
		"The prefix of a subnet stays while resources have addresses in it.", "InUsePrefixCannotBeDeleted",
		"github.com/hashicorp/terraform-provider-azurerm/issues/11211")
	delegationKept = require("network/delegation-in-use",
		"The delegations of a subnet stay while resources are in it.", "SubnetDelegationsCannotChangeWhenSubnetUsedByResource",
		"github.com/MicrosoftDocs/azure-docs/issues/39112")
	delegationAlone = require("network/delegation-alone",
		"A subnet is delegated to one service.", badRequest,
		"learn.microsoft.com/azure/virtual-network/subnet-delegation-overview")
	delegationService = require("network/delegation-service",
		"A delegation names a service, as PROVIDER/TYPE.", badRequest,
		"learn.microsoft.com/azure/virtual-network/subnet-delegation-overview; the form is inferred from its list of services")
	subnetRequired = require("network/subnet-required",
		"A configuration of a private address names its subnet.", "SubnetIsRequired",
		"github.com/MicrosoftDocs/azure-docs/issues/17971; the code is inferred")
	subnetDedicated = require("network/subnet-dedicated",
		"A subnet that is delegated to container groups or application gateways holds nothing else.",
		"SubnetWithExternalResourcesCannotBeUsedByOtherResources",
		"learn.microsoft.com/azure/container-instances/container-instances-virtual-network-concepts and .../application-gateway/configuration-infrastructure; the code is inferred from that of a subnet in use by a service")
)

// network is the virtual network as it will be: its own request, or the one
// with the subnet of the request.
func (r *request) network() map[string]any {
	if len(r.parsed.parts) == 0 {
		return r.body
	}
	return withPart(r.root, r.parsed.parts[0], r.body)
}

func networkSpace(r *request) error {
	if len(texts(r.body, nested, "addressSpace", "addressPrefixes")) == 0 {
		return refuse(spaceGiven, "The virtual network %s has no addressSpace.addressPrefixes.", r.id)
	}
	return nil
}

// networkSubnets checks the prefixes of a virtual network and its subnets, and
// that none is taken away from resources that have addresses in it.
func networkSubnets(r *request) error {
	network := r.network()
	space, err := parsePrefixes(r.parsed.resource, texts(network, nested, "addressSpace", "addressPrefixes"))
	if err != nil {
		return err
	}
	if err := r.spaceApart(space); err != nil {
		return err
	}
	var taken []subnetPrefix
	for _, subnet := range objects(network, nested, "subnets") {
		prefixes, err := parsePrefixes(text(subnet, "id"), statedPrefixes(subnet))
		if err != nil {
			return err
		}
		for _, prefix := range prefixes {
			if err := prefixFits(subnet, prefix, space, taken); err != nil {
				return err
			}
			taken = append(taken, subnetPrefix{text(subnet, "name"), prefix})
		}
	}
	return r.keepsPrefixes(network)
}

func (r *request) spaceApart(space []netip.Prefix) error {
	for i, prefix := range space {
		if slices.ContainsFunc(space[:i], prefix.Overlaps) {
			return refuse(spaceApart, "The prefix %s of the address space of %s overlaps with another.", prefix, r.parsed.resource)
		}
	}
	return nil
}

type subnetPrefix struct {
	subnet string
	prefix netip.Prefix
}

func prefixFits(subnet map[string]any, prefix netip.Prefix, space []netip.Prefix, taken []subnetPrefix) error {
	if prefix.Addr().Is4() && (prefix.Bits() > 29 || prefix.Bits() < 2) {
		return refuse(prefixSize, "Subnet %q is not valid: its prefix %s is not between /2 and /29.", text(subnet, "name"), prefix)
	}
	inside := false
	for _, whole := range space {
		inside = inside || whole.Contains(prefix.Addr()) && whole.Bits() <= prefix.Bits()
	}
	if !inside {
		return refuse(subnetInside, "Subnet %q is not valid because its IP address range %s is outside the IP address range of the virtual network, %v.", text(subnet, "name"), prefix, space)
	}
	for _, other := range taken {
		if other.prefix.Overlaps(prefix) {
			return refuse(subnetsApart, "Subnet %q is not valid because its IP address range %s overlaps with that of the subnet %q, %s.", text(subnet, "name"), prefix, other.subnet, other.prefix)
		}
	}
	return nil
}

// statedPrefixes are a subnet's, which has one or several.
func statedPrefixes(subnet map[string]any) []string {
	if prefixes := texts(subnet, nested, "addressPrefixes"); len(prefixes) > 0 {
		return prefixes
	}
	return []string{text(subnet, nested, "addressPrefix")}
}

func parsePrefixes(id string, stated []string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, s := range stated {
		prefix, err := netip.ParsePrefix(s)
		if err != nil || prefix != prefix.Masked() {
			return nil, refuse(prefixForm, "The address prefix %q of %s is not valid.", s, id)
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes, nil
}

// keepsPrefixes refuses new prefixes for subnets that resources are in.
func (r *request) keepsPrefixes(network map[string]any) error {
	return r.eachChangedSubnet(network, statedPrefixes, holdsAll, func(subnet map[string]any, before, user string) error {
		return refuse(prefixKept, "IpPrefix %s on Subnet %s has active allocations of %s and cannot be deleted.", before, text(subnet, "name"), user)
	})
}

// serviceName is the form of what a subnet is delegated to.
var serviceName = regexp.MustCompile(`^[A-Za-z]+(\.[A-Za-z]+)+(/[A-Za-z]+)+$`)

// networkDelegations checks the services that subnets are delegated to, and
// refuses others for subnets that resources are in.
func networkDelegations(r *request) error {
	for _, subnet := range objects(r.network(), nested, "subnets") {
		if services := delegations(subnet); len(services) > 1 {
			return refuse(delegationAlone, "The subnet %s is delegated to %v: it can be to one service.", text(subnet, "id"), services)
		}
		for _, service := range delegations(subnet) {
			if !serviceName.MatchString(service) {
				return refuse(delegationService, "The subnet %s is delegated to %q, which is no service.", text(subnet, "id"), service)
			}
		}
	}
	return r.eachChangedSubnet(r.network(), delegations, sameElements, func(subnet map[string]any, before, user string) error {
		return refuse(delegationKept, "Delegations of subnet %s cannot be changed from [%s] to [%s] because it is being used by the resource %s.",
			text(subnet, "id"), before, strings.Join(delegations(subnet), ", "), user)
	})
}

// holdsAll says whether nothing of before is lost.
func holdsAll(before, now []string) bool {
	return !slices.ContainsFunc(before, func(s string) bool { return !slices.Contains(now, s) })
}

// eachChangedSubnet refuses by f the first subnet in use of which what get
// tells is no longer kept.
func (r *request) eachChangedSubnet(network map[string]any, get func(map[string]any) []string, kept func(before, now []string) bool, f func(subnet map[string]any, before, user string) error) error {
	stored, err := read(r.tx, r.parsed.resource)
	if err != nil {
		return err
	}
	for _, before := range objects(stored, nested, "subnets") {
		now := element(network, part{"subnets", text(before, "name")})
		if now == nil || kept(get(before), get(now)) {
			continue
		}
		users, err := referrers(r.tx, text(before, "id"))
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return f(now, strings.Join(get(before), ", "), users[0])
		}
	}
	return nil
}

func interfaceConfigurations(r *request) error {
	if len(objects(r.body, nested, "ipConfigurations")) == 0 {
		return refuse(interfaceConfigured, "The network interface %s has no ipConfigurations.", r.id)
	}
	return nil
}

// interfaceSubnets: each configuration of a network interface is in a subnet
// that no service has to itself.
func interfaceSubnets(r *request) error {
	for _, configuration := range objects(r.body, nested, "ipConfigurations") {
		subnet, err := r.subnetOf(configuration)
		if err != nil {
			return err
		}
		if services := dedicatedTo(subnet); len(services) > 0 {
			return refuse(subnetDedicated, "Subnet %s is delegated to %v and cannot be used by %s.", text(subnet, "id"), services, r.id)
		}
	}
	return nil
}

// subnetOf gives the subnet of a configuration, which has to name one.
func (r *request) subnetOf(configuration map[string]any) (map[string]any, error) {
	id := text(configuration, nested, "subnet", "id")
	if id == "" {
		return nil, refuse(subnetRequired, "Subnet reference is required for ipconfiguration %s.", text(configuration, "id"))
	}
	return r.lookUp(id)
}

// dedicatedTo are the services that share a subnet with nothing else.
func dedicatedTo(subnet map[string]any) []string {
	var services []string
	for _, service := range []string{gatewayService, containerService} {
		if delegatedTo(subnet, service) {
			services = append(services, service)
		}
	}
	return services
}

// The services that a subnet is delegated to.
const (
	gatewayService   = "Microsoft.Network/applicationGateways"
	containerService = "Microsoft.ContainerInstance/containerGroups"
)
