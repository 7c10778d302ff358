package rest

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"ai-serving/sandbox/rules"
)

var (
	addressFree = Rules.Add(rules.Rule{
		Name: "gcp/address/free", Asks: "An address that is asked for by its digits is nobody's.",
		Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/vpc/docs/reserve-static-external-ip-address",
	})
	addressSubnetwork = Rules.Add(rules.Rule{
		Name: "gcp/address/subnetwork", Asks: "An internal address names the subnetwork that it is from.",
		Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/vpc/docs/reserve-static-internal-ip-address",
	})
	addressQuota = Rules.Add(rules.Rule{
		Name: "gcp/address/quota", Asks: "There are free addresses left.",
		Status: http.StatusForbidden, Code: "quotaExceeded", Source: "The sandbox's ranges are finite, as quotas are.",
	})
)

// publicRanges are set aside for documentation (RFC 5737, RFC 3849): nobody's
// machine has an address in them. The sandbox's Azure has the others.
var (
	publicRanges    = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.128/25")}
	publicRangeIPv6 = netip.MustParsePrefix("2001:db8:6c::/48")
)

// prepareAddress reserves an address: the one that was asked for, or a free one.
func prepareAddress(r *request, next object) error {
	if r.old != nil {
		return nil // it keeps what it has
	}
	internal := next["addressType"] == "INTERNAL"
	if next["addressType"] == nil {
		next["addressType"] = "EXTERNAL"
	}
	if !internal && next["networkTier"] == nil {
		next["networkTier"] = "PREMIUM"
	}
	next["status"] = "RESERVED"
	taken, err := r.takenAddresses()
	if err != nil {
		return err
	}
	if wanted := text(next, "address"); wanted != "" {
		if slices.Contains(taken, wanted) {
			return invalid(addressFree, "resource.address", wanted, "Specified IP address is already reserved.")
		}
		return nil
	}
	ranges := publicRanges
	switch {
	case next["ipVersion"] == "IPV6":
		ranges = []netip.Prefix{publicRangeIPv6}
	case internal:
		if ranges, err = r.subnetworkOf(next); err != nil {
			return err
		}
	}
	next["address"], err = freeAddress(ranges, taken)
	return err
}

// subnetworkOf is the range that an internal address is from.
func (r *request) subnetworkOf(address object) ([]netip.Prefix, error) {
	var subnetwork object
	found, err := r.tx.Get(r.keyOf(text(address, "subnetwork")), &subnetwork)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, invalid(addressSubnetwork, "resource.subnetwork", "", "An internal address needs a subnetwork.")
	}
	prefix, err := netip.ParsePrefix(text(subnetwork, "ipCidrRange"))
	return []netip.Prefix{prefix}, err
}

// takenAddresses are those that other resources have.
func (r *request) takenAddresses() ([]string, error) {
	var taken []string
	err := each(r.tx, "projects/", func(key string, o object) error {
		for _, name := range []string{"address", "IPAddress", "gatewayAddress"} {
			if address := text(o, name); key != r.key && address != "" {
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
	return "", addressQuota.Refuse("Quota 'STATIC_ADDRESSES' exceeded: the sandbox has no free address in %v.", ranges)
}

// checkAddressRemoval keeps an address that a forwarding rule answers on.
func checkAddressRemoval(r *request) error {
	user, err := find(r.tx, "projects/"+r.project+"/", func(key string, o object) bool {
		return strings.Contains(key, "/forwardingRules/") && o["IPAddress"] == r.old["address"]
	})
	if err == nil && user != "" {
		return unused.Refuse("The address resource '%s' is already being used by '%s'", r.key, user)
	}
	return err
}
