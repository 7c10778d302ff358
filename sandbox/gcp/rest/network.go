package rest

import (
	"net/http"
	"net/netip"

	"ai-serving/sandbox/rules"
)

var (
	subnetworkRange = Rules.Add(rules.Rule{
		Name: "gcp/subnetwork/range", Asks: "A subnetwork's ranges are CIDR ranges without host bits.",
		Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/vpc/docs/subnets#manually_created_subnet_ip_ranges",
	})
	subnetworkOverlap = Rules.Add(rules.Rule{
		Name: "gcp/subnetwork/overlap", Asks: "No two ranges of a network's subnetworks overlap.",
		Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/vpc/docs/subnets",
	})
	activeProxies = Rules.Add(rules.Rule{
		Name: "gcp/subnetwork/active-proxies", Asks: "A network has one active subnetwork for proxies in a region.",
		Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/load-balancing/docs/proxy-only-subnets",
	})
)

// prepareSubnetwork refuses a range that the network has already, and gives the
// subnetwork its gateway, the second address of its range.
func prepareSubnetwork(r *request, next object) error {
	own, err := subnetworkRanges(next)
	if err != nil {
		return err
	}
	err = each(r.tx, "projects/"+r.project+"/regions/", func(key string, other object) error {
		if key == r.key || other["kind"] != next["kind"] || other["network"] != next["network"] {
			return nil
		}
		if err := checkOverlap(own, other); err != nil {
			return err
		}
		if next["role"] == "ACTIVE" && other["role"] == "ACTIVE" && other["purpose"] == next["purpose"] && other["region"] == next["region"] {
			return invalid(activeProxies, "resource.role", "ACTIVE", "%s subnetwork '%s' is already active in the region.", next["purpose"], key)
		}
		return nil
	})
	next["gatewayAddress"] = own[0].Addr().Next().String()
	return err
}

// subnetworkRanges are the primary range of a subnetwork and its secondary ones.
func subnetworkRanges(subnetwork object) ([]netip.Prefix, error) {
	texts := []string{text(subnetwork, "ipCidrRange")}
	for _, secondary := range objects(subnetwork["secondaryIpRanges"]) {
		texts = append(texts, text(secondary, "ipCidrRange"))
	}
	var ranges []netip.Prefix
	for _, cidr := range texts {
		prefix, err := netip.ParsePrefix(cidr)
		if err != nil || prefix != prefix.Masked() {
			return nil, invalid(subnetworkRange, "resource.ipCidrRange", cidr, "Must be a CIDR address range of subnetwork %s.", text(subnetwork, "name"))
		}
		ranges = append(ranges, prefix)
	}
	return ranges, nil
}

func checkOverlap(own []netip.Prefix, other object) error {
	taken, err := subnetworkRanges(other)
	if err != nil {
		return err
	}
	for _, prefix := range own {
		for _, present := range taken {
			if prefix.Overlaps(present) {
				return subnetworkOverlap.Refuse("Invalid IPCidrRange: %s conflicts with existing subnetwork '%s' in region '%s'.",
					prefix, text(other, "name"), lastSegment(text(other, "region")))
			}
		}
	}
	return nil
}

// prepareRouter gives the router's gateways what Google puts where nothing is
// given.
func prepareRouter(_ *request, next object) error {
	for _, nat := range objects(next["nats"]) {
		defaults := object{"endpointTypes": []any{"ENDPOINT_TYPE_VM"}, "autoNetworkTier": "PREMIUM"}
		if nat["enableDynamicPortAllocation"] != true {
			defaults["minPortsPerVm"] = 64
		}
		for name, value := range defaults {
			if nat[name] == nil {
				nat[name] = value
			}
		}
	}
	return nil
}
