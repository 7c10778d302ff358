package azure

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
)

// publicRanges are set aside for documentation (RFC 5737): nobody's machine has
// an address in them. The rest of them is Google's in the sandbox.
var publicRanges = []netip.Prefix{
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("203.0.113.0/25"),
}

// publicRangeIPv6 is its counterpart (RFC 3849).
var publicRangeIPv6 = netip.MustParsePrefix("2001:db8::/32")

// reservedAddresses is how many addresses Azure keeps for itself at the start
// of a subnet. It keeps the last one too.
const reservedAddresses = 4

// assignAddresses gives a resource its addresses and host names. What it has
// already it keeps.
func assignAddresses(r *request) error {
	switch strings.ToLower(r.parsed.fullType()) {
	case "microsoft.network/publicipaddresses":
		return r.assignPublicIP()
	case "microsoft.network/networkinterfaces":
		return r.assignPrivateIPs("ipConfigurations")
	case "microsoft.network/applicationgateways":
		return r.assignPrivateIPs("frontendIPConfigurations")
	case "microsoft.containerinstance/containergroups":
		return r.assignContainerIP()
	case "microsoft.network/trafficmanagerprofiles":
		return r.assignProfileName()
	default:
		if isEndpointID(r.id) {
			return r.setTarget(r.body)
		}
		return nil
	}
}

// assignPublicIP gives a public IP address its address and host name. A
// dynamic one has no address until something uses it.
func (r *request) assignPublicIP() error {
	if label := text(r.body, nested, "dnsSettings", "domainNameLabel"); label != "" {
		fqdn := fmt.Sprintf("%s.%s.cloudapp.azure.com", strings.ToLower(label), r.location())
		if err := r.claimName(addressLabelFree, fqdn, nested, "dnsSettings", "fqdn"); err != nil {
			return err
		}
	}
	if !strings.EqualFold(text(r.body, nested, "publicIPAllocationMethod"), "Static") {
		return nil
	}
	ranges := publicRanges
	if strings.EqualFold(text(r.body, nested, "publicIPAddressVersion"), "IPv6") {
		ranges = []netip.Prefix{publicRangeIPv6}
	}
	return r.assignPublic(ranges, nested, "ipAddress")
}

// assignPublic puts a free public address where keys refer to.
func (r *request) assignPublic(ranges []netip.Prefix, keys ...string) error {
	if kept := text(r.current, keys...); kept != "" {
		put(r.body, kept, keys...)
		return nil
	}
	taken, err := r.addressesInUse(func(map[string]any) bool { return true })
	if err != nil {
		return err
	}
	for _, prefix := range ranges {
		if address, ok := firstFree(prefix, 1, taken); ok {
			put(r.body, address.String(), keys...)
			return nil
		}
	}
	return refuse(publicIPsExhausted, "The sandbox has no public address left for %s: its ranges are %v.", r.id, ranges)
}

// assignContainerIP gives a container group an address in its subnet or, for a
// public one, a public address and a host name.
func (r *request) assignContainerIP() error {
	if dig(r.body, nested, "ipAddress") == nil {
		return nil
	}
	if subnets := objects(r.body, nested, "subnetIds"); len(subnets) > 0 {
		if kept := text(r.current, nested, "ipAddress", "ip"); kept != "" {
			put(r.body, kept, nested, "ipAddress", "ip")
			return nil
		}
		address, err := r.privateAddress(text(subnets[0], "id"))
		if err == nil {
			put(r.body, address, nested, "ipAddress", "ip")
		}
		return err
	}
	if label := text(r.body, nested, "ipAddress", "dnsNameLabel"); label != "" {
		fqdn := fmt.Sprintf("%s.%s.azurecontainer.io", strings.ToLower(label), r.location())
		if err := r.claimName(groupLabelFree, fqdn, nested, "ipAddress", "fqdn"); err != nil {
			return err
		}
	}
	return r.assignPublic(publicRanges, nested, "ipAddress", "ip")
}

// collectAddresses adds the addresses in a body.
func collectAddresses(body map[string]any, taken map[netip.Addr]bool) {
	eachText(body, func(s string) {
		if address, err := netip.ParseAddr(s); err == nil {
			taken[address] = true
		}
	})
}

// addressesInUse collects the addresses of the resources that match, and of r.
func (r *request) addressesInUse(match func(body map[string]any) bool) (map[netip.Addr]bool, error) {
	taken := map[netip.Addr]bool{}
	collectAddresses(r.body, taken)
	err := r.eachOther(func(body map[string]any) {
		if match(body) {
			collectAddresses(body, taken)
		}
	})
	return taken, err
}

// eachOther calls f for every stored resource but r's.
func (r *request) eachOther(f func(body map[string]any)) error {
	return r.tx.Each("", func(id string, raw json.RawMessage) error {
		if id == key(r.parsed.resource) {
			return nil
		}
		var body map[string]any
		if err := json.Unmarshal(raw, &body); err != nil {
			return fmt.Errorf("stored resource %s: %w", id, err)
		}
		f(body)
		return nil
	})
}

// firstFree is the first address after skip ones of a range that is not taken.
// The last of the range is never given.
func firstFree(prefix netip.Prefix, skip int, taken map[netip.Addr]bool) (netip.Addr, bool) {
	address := prefix.Masked().Addr()
	for range skip {
		address = address.Next()
	}
	for ; prefix.Contains(address.Next()); address = address.Next() {
		if !taken[address] {
			return address, true
		}
	}
	return netip.Addr{}, false
}
