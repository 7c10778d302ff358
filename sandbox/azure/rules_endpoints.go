package azure

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"ai-serving/sandbox/rules"
)

const (
	endpointTypesPage = "learn.microsoft.com/azure/traffic-manager/traffic-manager-endpoint-types"
	routingPage       = "learn.microsoft.com/azure/traffic-manager/traffic-manager-routing-methods"
)

var (
	endpointType = require("traffic-manager/endpoint-type",
		"The type of an endpoint in a profile is Microsoft.Network/trafficManagerProfiles/ and azureEndpoints, externalEndpoints or nestedEndpoints.", badRequest,
		endpointTypesPage)
	endpointName = require("traffic-manager/endpoint-name",
		"An endpoint's name is not blank, and has up to 260 characters.", badRequest,
		"github.com/Azure/azure-cli/issues/7339")
	azureTarget = require("traffic-manager/azure-target",
		"An Azure endpoint's target is a public IP address or an app, by its id.", badRequest,
		endpointTypesPage+"#azure-endpoints")
	azureTargetName = require("traffic-manager/azure-target-name",
		"A public IP address that an endpoint targets has a DNS label.", badRequest,
		endpointTypesPage+"#azure-endpoints")
	externalTarget = require("traffic-manager/external-target",
		"An external endpoint has a target and no resource.", badRequest,
		endpointTypesPage+"#external-endpoints")
	externalHost = require("traffic-manager/external-host",
		"An external endpoint's target is an IP address or a DNS name, without a scheme, a port or a path.", badRequest,
		endpointTypesPage+"#external-endpoints; that other forms are refused is inferred")
	nestedTarget = require("traffic-manager/nested-target",
		"A nested endpoint's target is another profile, by its id.", badRequest,
		"learn.microsoft.com/azure/traffic-manager/traffic-manager-nested-profiles")
	targetsAlike = require("traffic-manager/targets-alike",
		"A profile's targets are all names or all addresses.", badRequest,
		endpointTypesPage)
	targetsDiffer = require("traffic-manager/targets-differ",
		"A profile's endpoints have targets that differ.", badRequest,
		"learn.microsoft.com/azure/traffic-manager/traffic-manager-faqs; that a second endpoint is refused is inferred")
	endpointLocated = require("traffic-manager/endpoint-location",
		"With Performance routing, an external or nested endpoint is located in a region of Azure.", badRequest,
		"github.com/MSOpenTech/azure-xplat-cli/issues/353")
	endpointMapped = require("traffic-manager/geographic",
		"With Geographic routing, every endpoint has regions, and every region is of one endpoint.", badRequest,
		routingPage+"#geographic-traffic-routing-method")
	multiValue = require("traffic-manager/multi-value",
		"With MultiValue routing, every endpoint is external, with an address, or nested.", badRequest,
		routingPage+"#multivalue-traffic-routing-method")
	endpointPriority = require("traffic-manager/priority",
		"The priorities of endpoints are from 1 to 1000, and differ; their weights are from 1 to 1000.", badRequest,
		routingPage+"#priority-traffic-routing-method")
)

// profileEndpoints checks the endpoints that a profile states itself.
func profileEndpoints(r *request) error {
	endpoints := objects(r.body, nested, "endpoints")
	for _, endpoint := range endpoints {
		if !strings.EqualFold(text(endpoint, "type"), profileType+"/"+endpointTypeOf(endpoint)) {
			return refuse(endpointType, "The endpoint %q of %s has the type %q, which is not Microsoft.Network/trafficManagerProfiles/ and one of %s.",
				text(endpoint, "name"), r.id, text(endpoint, "type"), strings.Join(endpointTypes, ", "))
		}
		if err := r.checkEndpoint(r.body, endpoint); err != nil {
			return err
		}
	}
	return checkTogether(r.id, r.body, endpoints)
}

// ownEndpoint checks an endpoint that is a resource of its own, among those of
// its profile.
func ownEndpoint(r *request) error {
	if err := r.checkEndpoint(r.root, r.body); err != nil {
		return err
	}
	all := withPart(r.root, r.parsed.parts[0], r.body)
	return checkTogether(r.parsed.resource, r.root, objects(all, nested, "endpoints"))
}

const maxEndpointName = 260 // characters

func (r *request) checkEndpoint(profile, endpoint map[string]any) error {
	name := text(endpoint, "name")
	if strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > maxEndpointName {
		return refuse(endpointName, "Endpoint name %q is invalid: it cannot be blank, or have more than %d characters.", name, maxEndpointName)
	}
	if err := checkHeaders(name, objects(endpoint, nested, "customHeaders")); err != nil {
		return err
	}
	if !within1(endpoint, "priority", 1000) || !within1(endpoint, "weight", 1000) {
		return refuse(endpointPriority, "The priority or weight of the endpoint %q is not between 1 and 1000.", name)
	}
	if err := r.checkTarget(endpoint); err != nil {
		return err
	}
	located := normalLocation(text(endpoint, nested, "endpointLocation"))
	_, notAddress := netip.ParseAddr(text(endpoint, nested, "target"))
	switch routing, kind := strings.ToLower(text(profile, nested, "trafficRoutingMethod")), endpointTypeOf(endpoint); {
	case routing == "performance" && kind != "azureEndpoints" && !slices.Contains(regions, located):
		return refuse(endpointLocated, "The endpoint %q needs an endpointLocation, an Azure region, with Performance routing.", name)
	case routing == "geographic" && len(texts(endpoint, nested, "geoMapping")) == 0:
		return refuse(endpointMapped, "The endpoint %q needs a geoMapping with Geographic routing.", name)
	case routing == "multivalue" && kind != "nestedEndpoints" && (kind == "azureEndpoints" || notAddress != nil):
		return refuse(multiValue, "The endpoint %q needs an IP address as its target with MultiValue routing.", name)
	default:
		return nil
	}
}

// targetTypes are the types of resource that an Azure endpoint can name.
var targetTypes = []string{
	"microsoft.network/publicipaddresses", "microsoft.web/sites", "microsoft.web/sites/slots", "microsoft.classiccompute/domainnames",
}

const profileType = "microsoft.network/trafficmanagerprofiles"

// checkTarget: an endpoint names a resource or a host, as its type says.
func (r *request) checkTarget(endpoint map[string]any) error {
	name, id := text(endpoint, "name"), text(endpoint, nested, "targetResourceId")
	target, notID := parseID(id)
	switch endpointTypeOf(endpoint) {
	case "externalEndpoints":
		if id != "" || text(endpoint, nested, "target") == "" {
			return refuse(externalTarget, "The external endpoint %q needs a target and no targetResourceId.", name)
		}
		if host := text(endpoint, nested, "target"); !isHost(host) {
			return refuse(externalHost, "The external endpoint %q has the target %q.", name, host)
		}
		return nil
	case "nestedEndpoints":
		if notID != nil || !strings.EqualFold(target.fullType(), profileType) || strings.EqualFold(target.resource, r.parsed.resource) {
			return refuse(nestedTarget, "The nested endpoint %q needs the targetResourceId of another profile.", name)
		}
		return nil
	}
	if notID != nil || !slices.Contains(targetTypes, strings.ToLower(target.fullType())) {
		return refuse(azureTarget, "The endpoint %q targets %q: an Azure endpoint targets a public IP address.", name, id)
	}
	address, err := r.lookUp(id)
	if err != nil || text(address, nested, "dnsSettings", "fqdn") != "" {
		return err
	}
	return refuse(azureTargetName, "The endpoint %q targets %s, which has no DNS label.", name, target.resource)
}

// dnsName is a name of labels, also of such as only services have, with a _; the
// last may have a period after it.
var dnsName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?$`)

func isHost(s string) bool {
	_, notAddress := netip.ParseAddr(s)
	return notAddress == nil || len(s) <= 254 && dnsName.MatchString(s)
}

// checkTogether checks how the endpoints of a profile go together.
func checkTogether(id string, profile map[string]any, endpoints []map[string]any) error {
	if err := checkAddressing(id, endpoints); err != nil {
		return err
	}
	taken := map[string]string{}
	claim := func(rule *rules.Rule, endpoint map[string]any, what string) error {
		if other, ok := taken[what]; ok {
			return refuse(rule, "The endpoints %q and %q of %s have the same %s.", other, text(endpoint, "name"), id, what)
		}
		taken[what] = text(endpoint, "name")
		return nil
	}
	for _, endpoint := range endpoints {
		target := strings.ToLower(text(endpoint, nested, "target") + text(endpoint, nested, "targetResourceId"))
		if id := text(endpoint, nested, "targetResourceId"); id != "" {
			target = strings.ToLower(id)
		}
		if err := claim(targetsDiffer, endpoint, "target "+target); err != nil {
			return err
		}
		if priority, given := number(endpoint, nested, "priority"); given {
			if err := claim(endpointPriority, endpoint, fmt.Sprint("priority ", priority)); err != nil {
				return err
			}
		}
		if !strings.EqualFold(text(profile, nested, "trafficRoutingMethod"), "Geographic") {
			continue
		}
		for _, region := range texts(endpoint, nested, "geoMapping") {
			if err := claim(endpointMapped, endpoint, "region "+region); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkAddressing: a profile answers with names or with addresses, not both.
func checkAddressing(profile string, endpoints []map[string]any) error {
	byAddress, byName := "", ""
	for _, endpoint := range endpoints {
		if _, err := netip.ParseAddr(text(endpoint, nested, "target")); err == nil {
			byAddress = text(endpoint, "name")
		} else if endpointTypeOf(endpoint) != "nestedEndpoints" {
			byName = text(endpoint, "name")
		}
	}
	if byAddress != "" && byName != "" {
		return refuse(targetsAlike, "The endpoints of %s mix targets: %q is an IP address and %q a DNS name.", profile, byAddress, byName)
	}
	return nil
}
