package azure

import (
	"net/netip"
	"slices"
	"strings"
)

var (
	privateInSubnet = require("address/private-in-subnet",
		"A static private address is in its subnet.", "PrivateIPAddressNotInSubnet",
		"learn.microsoft.com/azure/virtual-network/ip-services/private-ip-addresses; the code is inferred")
	privateFree = require("address/private-free",
		"A static private address is of nobody else.", "PrivateIPAddressIsAllocated",
		"learn.microsoft.com/azure/virtual-network/ip-services/private-ip-addresses; the code is inferred")
	privateReserved = require("address/private-reserved",
		"A static private address is none of the first four and the last, which Azure keeps.", "PrivateIPAddressInReservedRange",
		"learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors")
	subnetFull = require("address/subnet-full",
		"A subnet has an address left.", "SubnetIsFull",
		"learn.microsoft.com/azure/virtual-network/virtual-networks-faq; the code is inferred")
)

// assignPrivateIPs gives each configuration of a list that is in a subnet an
// address there, unless it states one.
func (r *request) assignPrivateIPs(list string) error {
	for _, configuration := range objects(r.body, nested, list) {
		subnet := text(configuration, nested, "subnet", "id")
		if subnet == "" {
			continue
		}
		before := element(r.current, part{list, text(configuration, "name")})
		address, err := r.configuredAddress(configuration, before, subnet)
		if err != nil {
			return err
		}
		put(configuration, address, nested, "privateIPAddress")
	}
	return nil
}

// configuredAddress is the address that a configuration states, has, or gets.
func (r *request) configuredAddress(configuration, before map[string]any, subnet string) (string, error) {
	stated := text(configuration, nested, "privateIPAddress")
	kept := text(before, nested, "privateIPAddress")
	switch {
	case strings.EqualFold(text(configuration, nested, "privateIPAllocationMethod"), "Static"):
		return stated, r.checkStated(stated, kept, subnet)
	case kept != "" && strings.EqualFold(text(before, nested, "subnet", "id"), subnet):
		return kept, nil
	default:
		return r.privateAddress(subnet)
	}
}

// checkStated refuses an address that is not a free one of the subnet's.
func (r *request) checkStated(stated, kept, subnet string) error {
	if stated == kept && stated != "" {
		return nil
	}
	prefix, err := r.subnetPrefix(subnet)
	if err != nil {
		return err
	}
	address, err := netip.ParseAddr(stated)
	if err != nil || !prefix.Contains(address) {
		return refuse(privateInSubnet, "Private static IP address %q of %s is not in the subnet %s, %s.", stated, r.id, subnet, prefix)
	}
	if isReserved(prefix, address) {
		return refuse(privateReserved, "Private static IP address %s of %s falls within reserved IP range of subnet prefix %s.", stated, r.id, prefix)
	}
	taken, err := r.addressesInOthers(subnet)
	if err == nil && taken[address] {
		return refuse(privateFree, "IP configuration of %s uses the private address %s, which is already allocated.", r.id, stated)
	}
	return err
}

// privateAddress chooses the first free address of a subnet.
func (r *request) privateAddress(subnet string) (string, error) {
	prefix, taken, err := r.subnetAddresses(subnet)
	if err != nil {
		return "", err
	}
	address, ok := firstFree(prefix, reservedAddresses, taken)
	if !ok {
		return "", refuse(subnetFull, "Subnet %s with address prefix %s does not have enough capacity for 1 IP address.", subnet, prefix)
	}
	taken[address] = true
	return address.String(), nil
}

// subnetAddresses returns the prefix of a subnet, and its addresses that are taken.
func (r *request) subnetAddresses(subnet string) (netip.Prefix, map[netip.Addr]bool, error) {
	prefix, err := r.subnetPrefix(subnet)
	if err != nil {
		return netip.Prefix{}, nil, err
	}
	taken, err := r.addressesInSubnet(subnet)
	return prefix, taken, err
}

func (r *request) subnetPrefix(id string) (netip.Prefix, error) {
	parsed, err := parseID(id)
	if err != nil {
		return netip.Prefix{}, err
	}
	network, err := r.rootOf(parsed)
	if err != nil {
		return netip.Prefix{}, err
	}
	subnet := findPart(network, parsed.parts)
	stated := text(subnet, nested, "addressPrefix")
	if prefixes, _ := dig(subnet, nested, "addressPrefixes").([]any); stated == "" && len(prefixes) > 0 {
		stated, _ = prefixes[0].(string)
	}
	prefix, err := netip.ParsePrefix(stated)
	if err != nil {
		return netip.Prefix{}, refuse(prefixForm, "The address prefix %q of subnet %s is not valid.", stated, id)
	}
	return prefix, nil
}

// addressesInSubnet are those of the resources that refer to the subnet,
// what r has been given so far included.
func (r *request) addressesInSubnet(subnet string) (map[netip.Addr]bool, error) {
	return r.addressesInUse(func(body map[string]any) bool {
		return slices.ContainsFunc(referencesIn(body), func(id string) bool { return strings.EqualFold(id, subnet) })
	})
}

// addressesInOthers are those of the other resources that refer to the subnet.
func (r *request) addressesInOthers(subnet string) (map[netip.Addr]bool, error) {
	taken := map[netip.Addr]bool{}
	err := r.eachOther(func(body map[string]any) {
		if slices.ContainsFunc(referencesIn(body), func(id string) bool { return strings.EqualFold(id, subnet) }) {
			collectAddresses(body, taken)
		}
	})
	return taken, err
}

// isReserved says whether Azure keeps an address of a subnet for itself.
func isReserved(prefix netip.Prefix, address netip.Addr) bool {
	first := prefix.Masked().Addr()
	for range reservedAddresses {
		if address == first {
			return true
		}
		first = first.Next()
	}
	return !prefix.Contains(address.Next())
}
