package gcp

import (
	"net/http"
	"net/netip"

	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/compute"
)

func networkKinds() []kind {
	nat := regional("router_nat", "RouterNat", "", compute.ResourceComputeRouterNat()).with(lowerCaseName, completed(completeNAT))
	nat.id = "{{project}}/{{region}}/{{router}}/{{name}}"
	nat.parent = "projects/{{project}}/regions/{{region}}/routers/{{router}}"
	nat.base = ""
	return []kind{
		global("network", "Network", "networks", compute.ResourceComputeNetwork()).with(lowerCaseName,
			defaults(map[string]any{"routing_mode": "REGIONAL", "mtu": 1460})),
		regional("subnetwork", "Subnetwork", "subnetworks", compute.ResourceComputeSubnetwork()).with(lowerCaseName,
			completed(completeSubnetwork),
			defaults(map[string]any{
				"purpose":                    "PRIVATE",
				"stack_type":                 "IPV4_ONLY",
				"private_ipv6_google_access": "DISABLE_GOOGLE_ACCESS",
			})),
		global("firewall", "Firewall", "firewalls", compute.ResourceComputeFirewall()).with(
			defaults(map[string]any{"direction": "INGRESS"})),
		regional("router", "Router", "routers", compute.ResourceComputeRouter()).with(lowerCaseName),
		nat,
		global("global_address", "GlobalAddress", "addresses", compute.ResourceComputeGlobalAddress()).with(
			completed(completeAddress)),
		regional("address", "Address", "addresses", compute.ResourceComputeAddress()).with(
			completed(completeAddress)),
	}
}

// completeSubnetwork refuses a range that the network has already, and gives
// the subnetwork its gateway, the second address of its range.
func completeSubnetwork(o *operation) error {
	own, err := subnetworkRanges(o.id, o.attributes())
	if err != nil {
		return err
	}
	if err := o.checkOverlap(own); err != nil {
		return err
	}
	if o.text("role") == "ACTIVE" {
		if err := o.checkOnlyActiveProxies(); err != nil {
			return err
		}
	}
	o.set("gateway_address", own[0].Addr().Next().String())
	return nil
}

// subnetworkRanges are the primary range of a subnetwork and its secondary ones.
func subnetworkRanges(id string, attributes map[string]any) ([]netip.Prefix, error) {
	texts := []any{attributes["ip_cidr_range"]}
	if secondary, ok := attributes["secondary_ip_range"].([]any); ok {
		for _, block := range secondary {
			texts = append(texts, block.(map[string]any)["ip_cidr_range"])
		}
	}
	var ranges []netip.Prefix
	for _, text := range texts {
		text, _ := text.(string)
		prefix, err := netip.ParsePrefix(text)
		if err != nil || prefix != prefix.Masked() {
			return nil, invalidValue("resource.ipCidrRange", text, "Must be a CIDR address range of subnetwork %s.", lastSegment(id))
		}
		ranges = append(ranges, prefix)
	}
	return ranges, nil
}

func (o *operation) checkOverlap(own []netip.Prefix) error {
	return each(o.tx, func(id string, other record) error {
		if id == o.id || other.Type != o.kind.tfType || other.text("network") != o.text("network") {
			return nil
		}
		taken, err := subnetworkRanges(id, other.Attributes)
		if err != nil {
			return err
		}
		for _, prefix := range own {
			for _, present := range taken {
				if prefix.Overlaps(present) {
					return refuse(http.StatusBadRequest, "invalid",
						"Invalid IPCidrRange: %s conflicts with existing subnetwork '%s' in region '%s'.", prefix, other.text("name"), other.text("region"))
				}
			}
		}
		return nil
	})
}

// checkOnlyActiveProxies refuses a second active subnetwork for the proxies of
// a region's load balancers.
func (o *operation) checkOnlyActiveProxies() error {
	id, _, err := find(o.tx, func(id string, other record) bool {
		return id != o.id && other.Type == o.kind.tfType && other.text("role") == "ACTIVE" &&
			other.text("purpose") == o.text("purpose") &&
			other.text("network") == o.text("network") && other.text("region") == o.text("region")
	})
	if err == nil && id != "" {
		return refuse(http.StatusBadRequest, "invalid",
			"Invalid value for field 'resource.role': 'ACTIVE'. %s subnetwork '%s' is already active in the region.", o.text("purpose"), id)
	}
	return err
}

// completeNAT gives the gateway what Google puts where nothing is given.
func completeNAT(o *operation) error {
	o.fill("endpoint_types", []any{"ENDPOINT_TYPE_VM"})
	o.fill("auto_network_tier", "PREMIUM")
	if !o.flag("enable_dynamic_port_allocation") {
		o.fill("min_ports_per_vm", 64)
	}
	return nil
}
