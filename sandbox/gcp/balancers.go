package gcp

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/compute"
)

func balancerKinds() []kind {
	return slices.Concat(healthKinds(), backendKinds(), routeKinds(), frontKinds())
}

func healthKinds() []kind {
	return []kind{
		global("health_check", "HealthCheck", "healthChecks", compute.ResourceComputeHealthCheck()).with(completed(completeHealthCheck)),
		regional("region_health_check", "RegionHealthCheck", "healthChecks", compute.ResourceComputeRegionHealthCheck()).with(completed(completeHealthCheck)),
		global("security_policy", "SecurityPolicy", "securityPolicies", compute.ResourceComputeSecurityPolicy()).with(
			defaults(map[string]any{"type": "CLOUD_ARMOR"})),
		regional("region_security_policy", "RegionSecurityPolicy", "securityPolicies", compute.ResourceComputeRegionSecurityPolicy()),
	}
}

// groups are what a backend may consist of.
var groups = []string{
	"regions/instanceGroups", "zones/instanceGroups",
	"zones/networkEndpointGroups", "regions/networkEndpointGroups", "global/networkEndpointGroups",
}

func backendKinds() []kind {
	given := defaults(map[string]any{
		"protocol":         "HTTP",
		"port_name":        "http",
		"session_affinity": "NONE",
		"timeout_sec":      30,
	})
	return []kind{
		global("backend_service", "BackendService", "backendServices", compute.ResourceComputeBackendService()).with(lowerCaseName, given,
			refersTo(map[string][]string{
				"group":           groups,
				"health_checks":   {"global/healthChecks"},
				"security_policy": {"global/securityPolicies"},
			})),
		regional("region_backend_service", "RegionBackendService", "backendServices", compute.ResourceComputeRegionBackendService()).with(given,
			refersTo(map[string][]string{
				"group":           groups,
				"health_checks":   {"regions/healthChecks", "global/healthChecks"},
				"security_policy": {"regions/securityPolicies"},
			})),
		global("backend_bucket", "BackendBucket", "backendBuckets", compute.ResourceComputeBackendBucket()).with(completed(completeBackendBucket)),
	}
}

func routeKinds() []kind {
	anywhere := []string{"global/backendServices", "global/backendBuckets"}
	inRegion := []string{"regions/backendServices"}
	services := func(collections []string) func(*kind) {
		return refersTo(map[string][]string{"default_service": collections, "service": collections, "backend_service": collections})
	}
	urlMap := func(collection string) func(*kind) {
		return refersTo(map[string][]string{"url_map": {collection}})
	}
	return []kind{
		global("url_map", "URLMap", "urlMaps", compute.ResourceComputeUrlMap()).with(lowerCaseName, services(anywhere)),
		regional("region_url_map", "RegionUrlMap", "urlMaps", compute.ResourceComputeRegionUrlMap()).with(services(inRegion)),
		global("target_http_proxy", "TargetHttpProxy", "targetHttpProxies", compute.ResourceComputeTargetHttpProxy()).with(lowerCaseName, urlMap("global/urlMaps")),
		regional("region_target_http_proxy", "RegionTargetHttpProxy", "targetHttpProxies", compute.ResourceComputeRegionTargetHttpProxy()).with(urlMap("regions/urlMaps")),
		global("target_https_proxy", "TargetHttpsProxy", "targetHttpsProxies", compute.ResourceComputeTargetHttpsProxy()).with(lowerCaseName, urlMap("global/urlMaps")),
		regional("region_target_https_proxy", "RegionTargetHttpsProxy", "targetHttpsProxies", compute.ResourceComputeRegionTargetHttpsProxy()).with(urlMap("regions/urlMaps")),
	}
}

func frontKinds() []kind {
	given := defaults(map[string]any{"ip_protocol": "TCP"})
	return []kind{
		global("global_forwarding_rule", "GlobalForwardingRule", "forwardingRules", compute.ResourceComputeGlobalForwardingRule()).with(given,
			refersTo(map[string][]string{"target": {"global/targetHttpProxies", "global/targetHttpsProxies"}}),
			completed(completeForwardingRule)),
		regional("forwarding_rule", "ForwardingRule", "forwardingRules", compute.ResourceComputeForwardingRule()).with(given,
			refersTo(map[string][]string{
				"target":          {"regions/targetHttpProxies", "regions/targetHttpsProxies"},
				"backend_service": {"regions/backendServices"},
			}),
			completed(completeForwardingRule)),
	}
}

// completeHealthCheck names the protocol that the check speaks.
func completeHealthCheck(o *operation) error {
	for _, protocol := range []string{"http", "https", "http2", "tcp", "ssl", "grpc"} {
		if o.number(protocol+"_health_check.#") > 0 {
			o.set("type", strings.ToUpper(protocol))
		}
	}
	return nil
}

// completeBackendBucket refuses a bucket that does not exist.
func completeBackendBucket(o *operation) error {
	bucket := o.text("bucket_name")
	if !o.tx.Has(bucket) {
		return invalidValue("resource.bucketName", bucket, "The bucket does not exist.")
	}
	return nil
}

// completeForwardingRule gives the rule its address: the one that it names, by
// reference or in digits, or a free one.
func completeForwardingRule(o *operation) error {
	if o.has("network_tier") && strings.HasPrefix(o.text("load_balancing_scheme"), "EXTERNAL") {
		o.fill("network_tier", "PREMIUM")
	}
	if err := o.checkProxySubnetwork(); err != nil {
		return err
	}
	if err := o.assignAddress(); err != nil {
		return err
	}
	return o.checkPortFree()
}

func (o *operation) assignAddress() error {
	wanted := o.text("ip_address")
	if wanted == "" {
		return o.takeFreeAddress()
	}
	reserved, found, err := get(o.tx, idOf(wanted))
	if err != nil {
		return err
	}
	if found {
		o.set("ip_address", reserved.text("address"))
		return nil
	}
	return o.useAddress(wanted)
}

// useAddress refuses an address that the project has not reserved. Once a rule
// has been given one, it keeps it.
func (o *operation) useAddress(address string) error {
	id, _, err := find(o.tx, func(_ string, r record) bool {
		return r.text("address") == address && (r.Type == "google_compute_address" || r.Type == "google_compute_global_address")
	})
	switch {
	case err != nil:
		return err
	case id != "":
		o.references = append(o.references, id)
	case o.data.Id() == "" && strings.HasPrefix(o.text("load_balancing_scheme"), "EXTERNAL"):
		return invalidValue("resource.IPAddress", address, "The address is not reserved in the project.")
	}
	return nil
}

// checkPortFree refuses a second rule for the same port of an address.
func (o *operation) checkPortFree() error {
	other, _, err := find(o.tx, func(id string, r record) bool {
		return id != o.id && strings.HasSuffix(r.Type, "forwarding_rule") &&
			r.text("ip_address") == o.text("ip_address") && r.text("ip_protocol") == o.text("ip_protocol") &&
			r.text("port_range") == o.text("port_range")
	})
	if err == nil && other != "" {
		return invalidValue("resource.IPAddress", o.text("ip_address"), "Specified IP address is in-use and would result in a conflict with '%s'.", other)
	}
	return err
}

func (o *operation) takeFreeAddress() error {
	taken, err := o.takenAddresses()
	if err != nil {
		return err
	}
	address, err := freeAddress(publicRanges, taken)
	if err != nil {
		return err
	}
	o.set("ip_address", address)
	return nil
}

// checkProxySubnetwork refuses a regional rule while its network has nowhere in
// the region to put the proxies.
func (o *operation) checkProxySubnetwork() error {
	if !o.has("region") || !strings.HasSuffix(o.text("load_balancing_scheme"), "_MANAGED") {
		return nil
	}
	id, _, err := find(o.tx, func(_ string, r record) bool {
		return r.Type == "google_compute_subnetwork" &&
			r.text("purpose") == "REGIONAL_MANAGED_PROXY" && r.text("role") == "ACTIVE" && r.text("region") == o.text("region") &&
			(o.text("network") == "" || r.text("network") == o.text("network"))
	})
	if err == nil && id == "" {
		return invalidValue("resource.target", o.text("target"),
			"An active proxy-only subnetwork is required in the same region and VPC as the forwarding rule.")
	}
	return err
}
