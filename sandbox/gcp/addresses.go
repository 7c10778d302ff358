package gcp

import (
	"net/http"
	"net/netip"
	"slices"
)

// publicRanges are set aside for documentation (RFC 5737, RFC 3849): nobody's
// machine has an address in them. The sandbox's Azure has the others.
var (
	publicRanges    = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.128/25")}
	publicRangeIPv6 = netip.MustParsePrefix("2001:db8:6c::/48")
)

// addressAttributes hold the addresses that resources have.
var addressAttributes = []string{"address", "ip_address", "gateway_address"}

// completeAddress reserves an address: the one that was asked for, or a free
// one.
func completeAddress(o *operation) error {
	if o.has("network_tier") && o.text("address_type") != "INTERNAL" {
		o.fill("network_tier", "PREMIUM")
	}
	wanted := o.text("address")
	taken, err := o.takenAddresses()
	if err != nil {
		return err
	}
	if wanted != "" {
		if slices.Contains(taken, wanted) {
			return refuse(http.StatusBadRequest, "invalid", "Invalid value for field 'resource.address': '%s'. Specified IP address is already reserved.", wanted)
		}
		return nil
	}
	ranges, err := o.addressRanges()
	if err != nil {
		return err
	}
	address, err := freeAddress(ranges, taken)
	if err != nil {
		return err
	}
	o.set("address", address)
	return nil
}

// addressRanges are where the address may lie.
func (o *operation) addressRanges() ([]netip.Prefix, error) {
	switch {
	case o.text("ip_version") == "IPV6":
		return []netip.Prefix{publicRangeIPv6}, nil
	case o.text("address_type") != "INTERNAL":
		return publicRanges, nil
	}
	subnetwork, found, err := get(o.tx, idOf(o.text("subnetwork")))
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, invalidValue("resource.subnetwork", "", "An internal address needs a subnetwork.")
	}
	prefix, err := netip.ParsePrefix(subnetwork.text("ip_cidr_range"))
	return []netip.Prefix{prefix}, err
}

// takenAddresses are those that other resources have.
func (o *operation) takenAddresses() ([]string, error) {
	var taken []string
	err := each(o.tx, func(id string, r record) error {
		for _, name := range addressAttributes {
			if address := r.text(name); id != o.id && address != "" {
				taken = append(taken, address)
			}
		}
		return nil
	})
	return taken, err
}

// freeAddress is the first one that is not taken. The first of a range is no
// machine's, and the last is the broadcast address.
func freeAddress(ranges []netip.Prefix, taken []string) (string, error) {
	for _, prefix := range ranges {
		for address := prefix.Addr().Next(); prefix.Contains(address.Next()); address = address.Next() {
			if !slices.Contains(taken, address.String()) {
				return address.String(), nil
			}
		}
	}
	return "", refuse(http.StatusForbidden, "quotaExceeded", "Quota 'STATIC_ADDRESSES' exceeded: the sandbox has no free address in %v.", ranges)
}
