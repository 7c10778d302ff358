package rest

import (
	"net/http"
	"strings"

	"ai-serving/sandbox/rules"
)

var (
	bucketExists = Rules.Add(rules.Rule{
		Name: "gcp/backend-bucket/bucket", Asks: "A backend bucket names a bucket that exists.",
		Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/load-balancing/docs/https/ext-load-balancer-backend-buckets",
	})
	addressReserved = Rules.Add(rules.Rule{
		Name: "gcp/forwarding-rule/address", Asks: "An external address that a rule gives by its digits is reserved in the project.",
		Status: http.StatusBadRequest, Code: "invalid", Source: "description of IPAddress in Compute Engine's discovery document",
	})
	portFree = Rules.Add(rules.Rule{
		Name: "gcp/forwarding-rule/port", Asks: "Two forwarding rules do not share address, protocol and ports.",
		Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/load-balancing/docs/forwarding-rule-concepts",
	})
	proxySubnetwork = Rules.Add(rules.Rule{
		Name: "gcp/forwarding-rule/proxy-subnetwork", Asks: "A region's proxies have an active proxy-only subnetwork in the rule's network.",
		Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/load-balancing/docs/proxy-only-subnets",
	})
)

// prepareBackendBucket refuses a bucket that does not exist.
func prepareBackendBucket(r *request, next object) error {
	bucket := text(next, "bucketName")
	if !r.tx.Has("b/" + bucket) {
		return invalid(bucketExists, "resource.bucketName", bucket, "The bucket does not exist.")
	}
	return nil
}

// prepareForwardingRule gives the rule its address: the one that it names, by
// reference or in digits, or a free one.
func prepareForwardingRule(r *request, next object) error {
	if strings.HasPrefix(text(next, "loadBalancingScheme"), "EXTERNAL") && next["networkTier"] == nil {
		next["networkTier"] = "PREMIUM"
	}
	if ports := text(next, "portRange"); ports != "" && !strings.Contains(ports, "-") {
		next["portRange"] = ports + "-" + ports
	}
	if err := r.checkProxySubnetwork(next); err != nil {
		return err
	}
	if err := r.assignAddress(next); err != nil {
		return err
	}
	return r.checkPortFree(next)
}

func (r *request) assignAddress(next object) error {
	wanted := text(next, "IPAddress")
	if wanted == "" {
		taken, err := r.takenAddresses()
		if err != nil {
			return err
		}
		next["IPAddress"], err = freeAddress(publicRanges, taken)
		return err
	}
	if key := r.keyOf(wanted); key != "" {
		var address object
		_, err := r.tx.Get(key, &address) // it was resolved
		next["IPAddress"] = address["address"]
		return err
	}
	holder, err := reservedAddress(r.tx, wanted)
	// Once a rule has been given an address, it keeps it.
	if err == nil && holder == "" && r.old == nil && strings.HasPrefix(text(next, "loadBalancingScheme"), "EXTERNAL") {
		return invalid(addressReserved, "resource.IPAddress", wanted, "The address is not reserved in the project.")
	}
	return err
}

// checkPortFree refuses a second rule for the same port of an address.
func (r *request) checkPortFree(next object) error {
	other, err := find(r.tx, "projects/", func(key string, o object) bool {
		return key != r.key && strings.Contains(key, "/forwardingRules/") &&
			o["IPAddress"] == next["IPAddress"] && o["IPProtocol"] == next["IPProtocol"] && o["portRange"] == next["portRange"]
	})
	if err == nil && other != "" {
		return invalid(portFree, "resource.IPAddress", text(next, "IPAddress"), "Specified IP address is in-use and would result in a conflict with '%s'.", other)
	}
	return err
}

// checkProxySubnetwork refuses a regional rule while its network has nowhere in
// the region to put the proxies.
func (r *request) checkProxySubnetwork(next object) error {
	if r.collection != "forwardingRules" || !strings.HasSuffix(text(next, "loadBalancingScheme"), "_MANAGED") {
		return nil
	}
	key, err := find(r.tx, "projects/"+r.project+"/regions/"+r.values[1]+"/subnetworks/", func(_ string, o object) bool {
		return o["purpose"] == "REGIONAL_MANAGED_PROXY" && o["role"] == "ACTIVE" &&
			(next["network"] == nil || o["network"] == next["network"])
	})
	if err == nil && key == "" {
		return invalid(proxySubnetwork, "resource.target", text(next, "target"),
			"An active proxy-only subnetwork is required in the same region and VPC as the forwarding rule.")
	}
	return err
}
