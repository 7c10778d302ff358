package azure

import (
	"net/netip"
	"slices"
	"strings"
)

func profileIsGlobal(r *request) error {
	if location := text(r.body, "location"); location != globalLocation {
		return refuse("LocationNotAvailableForResourceType",
			"The provided location %q is not available for resource type %q: its location is %q.", location, r.parsed.fullType(), globalLocation)
	}
	return nil
}

func profileHasName(r *request) error {
	if text(r.body, nested, "dnsConfig", "relativeName") == "" {
		return refuse(badRequest, "The profile %s has no dnsConfig.relativeName.", r.id)
	}
	return nil
}

// profileEndpoints checks the endpoints that a profile states itself.
func profileEndpoints(r *request) error {
	endpoints := objects(r.body, nested, "endpoints")
	for _, endpoint := range endpoints {
		if endpointTypeOf(endpoint) == "" {
			return refuse(badRequest, "The endpoint %q of %s has the type %q, which is not Microsoft.Network/trafficManagerProfiles/ and one of %s.",
				text(endpoint, "name"), r.id, text(endpoint, "type"), strings.Join(endpointTypes, ", "))
		}
		if err := checkEndpoint(r, r.body, endpoint); err != nil {
			return err
		}
	}
	return checkAddressing(r.id, endpoints)
}

// ownEndpoint checks an endpoint that is a resource of its own, among those of
// its profile.
func ownEndpoint(r *request) error {
	if err := checkEndpoint(r, r.root, r.body); err != nil {
		return err
	}
	all := withPart(r.root, r.parsed.parts[0], r.body)
	return checkAddressing(r.parsed.resource, objects(all, nested, "endpoints"))
}

func checkEndpoint(r *request, profile, endpoint map[string]any) error {
	if err := checkTarget(r, endpoint); err != nil {
		return err
	}
	located := text(endpoint, nested, "endpointLocation")
	switch routing := text(profile, nested, "trafficRoutingMethod"); {
	case strings.EqualFold(routing, "Performance") && endpointTypeOf(endpoint) != "azureEndpoints" && (located == "" || located == globalLocation):
		return refuse(badRequest, "The endpoint %q needs an endpointLocation, an Azure region, with Performance routing.", text(endpoint, "name"))
	case strings.EqualFold(routing, "Geographic") && dig(endpoint, nested, "geoMapping") == nil:
		return refuse(badRequest, "The endpoint %q needs a geoMapping with Geographic routing.", text(endpoint, "name"))
	default:
		return nil
	}
}

// targetTypes are the types of resource that an Azure endpoint can name.
var targetTypes = []string{
	"microsoft.network/publicipaddresses", "microsoft.web/sites", "microsoft.web/sites/slots", "microsoft.classiccompute/domainnames",
}

// checkTarget: an endpoint names a resource or a host, as its type says.
func checkTarget(r *request, endpoint map[string]any) error {
	name, id := text(endpoint, "name"), text(endpoint, nested, "targetResourceId")
	kind := endpointTypeOf(endpoint)
	if kind == "externalEndpoints" {
		if id != "" || text(endpoint, nested, "target") == "" {
			return refuse(badRequest, "The external endpoint %q needs a target and no targetResourceId.", name)
		}
		return nil
	}
	target, err := parseID(id)
	if err != nil {
		return refuse(badRequest, "The endpoint %q, of type %s, needs the targetResourceId of a resource.", name, kind)
	}
	if kind == "nestedEndpoints" {
		return nil
	}
	if !slices.Contains(targetTypes, strings.ToLower(target.fullType())) {
		return refuse(badRequest, "The endpoint %q targets %s, which is of type %s: an Azure endpoint targets a public IP address.", name, id, target.fullType())
	}
	return hasHostName(r, name, target)
}

// hasHostName: Traffic Manager answers with a name, so its target needs one.
func hasHostName(r *request, endpoint string, target armID) error {
	address, err := r.rootOf(target)
	if err != nil || text(address, nested, "dnsSettings", "fqdn") != "" {
		return err
	}
	return refuse(badRequest, "The endpoint %q targets %s, which has no DNS label.", endpoint, target.resource)
}

// checkAddressing: a profile answers with names or with addresses, not both.
func checkAddressing(profile string, endpoints []map[string]any) error {
	byAddress, byName := "", ""
	for _, endpoint := range endpoints {
		if _, err := netip.ParseAddr(text(endpoint, nested, "target")); err == nil {
			byAddress = text(endpoint, "name")
		} else {
			byName = text(endpoint, "name")
		}
	}
	if byAddress != "" && byName != "" {
		return refuse(badRequest, "The endpoints of %s mix targets: %q is an IP address and %q a DNS name.", profile, byAddress, byName)
	}
	return nil
}
