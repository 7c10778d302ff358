package azure

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"ai-serving/sandbox/azure/bicep"
	"ai-serving/sandbox/rules"
)

// check looks at a request that fits the definition of its type, and refuses
// what breaks a rule. A refusal carries Azure's code where that is on record,
// and BadRequest where only the refusal is.
type check func(*request) error

// commonChecks are those of every type.
var commonChecks = []check{hasLocation, locationExists, keepsLocation, zonesExist, keepsZones, resourceName, partNames}

// checks are those of each type, by its name in lower case.
var checks = map[string][]check{
	"microsoft.network/virtualnetworks":                                  {networkSpace, networkSubnets, networkDelegations},
	"microsoft.network/virtualnetworks/subnets":                          {networkSubnets, networkDelegations, subnetTraffic},
	"microsoft.network/networksecuritygroups":                            {securityRules, securityRulesUnique, securityGroupTraffic},
	"microsoft.network/publicipaddresses":                                {publicAddress, publicAddressLabel, publicAddressKept},
	"microsoft.network/natgateways":                                      {natGatewayAddresses, natGatewayZones, publicAddressesFree},
	"microsoft.network/networkinterfaces":                                {interfaceConfigurations, interfaceSubnets, publicAddressesFree},
	"microsoft.network/applicationgatewaywebapplicationfirewallpolicies": {firewallRules, firewallManagedRules},
	"microsoft.network/applicationgateways": {
		gatewayTier, gatewayHasParts, gatewayHasOneCapacity, gatewayCapacityInRange, gatewayFrontends, gatewayFrontendPorts,
		gatewayListenersHaveParts, gatewayRulesHavePriority, gatewayRulesHaveTargets, gatewayPathMaps, gatewayListenersDiffer, gatewayListenersServeOneRule,
		gatewayListenerHosts, gatewayListenerCertificates, gatewayRedirects, gatewayBackends, gatewaySettings, gatewayProbePaths, gatewayProbeHosts, gatewayTimes,
		gatewayTLS, gatewayCertificates, gatewayFirewall, gatewaySubnet, gatewayTraffic, gatewayAddress, publicAddressesFree,
	},
	"microsoft.network/trafficmanagerprofiles":                   {profileIsGlobal, profileName, profileMonitor, profileEndpoints},
	"microsoft.network/trafficmanagerprofiles/azureendpoints":    {ownEndpoint},
	"microsoft.network/trafficmanagerprofiles/externalendpoints": {ownEndpoint},
	"microsoft.network/trafficmanagerprofiles/nestedendpoints":   {ownEndpoint},
	"microsoft.containerinstance/containergroups": {
		containerNames, groupHasContainers, containersHavePorts, containerPorts, containerProbes, containerPortsDiffer, containersPrivateAddress, containersSubnetIsDelegated,
		containerResources, containersInOneZone, containersSpot, containerRegistries, containerVariables, containersKeepShape,
	},
}

// checkRules runs the checks of a request's type, in order, up to the first
// refusal, as Azure does.
func checkRules(r *request) error {
	for _, check := range slices.Concat(commonChecks, checks[strings.ToLower(r.parsed.fullType())]) {
		if err := check(r); err != nil {
			return err
		}
	}
	return nil
}

var locationRequired = require("location/required",
	"A resource of a type that is in a region states which.", "LocationRequired",
	"learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors")

func hasLocation(r *request) error {
	if _, ok := r.definition.Properties["location"]; ok && text(r.body, "location") == "" {
		return refuse(locationRequired, "The location property is required for %s.", r.id)
	}
	return nil
}

// regions are those of Azure's public cloud.
// Source: learn.microsoft.com/azure/reliability/regions-list.
var regions = strings.Fields(`
	australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth brazilsoutheast
	canadacentral canadaeast centralindia centralus chilecentral denmarkeast eastasia eastus eastus2 francecentral francesouth
	germanynorth germanywestcentral indonesiacentral israelcentral italynorth japaneast japanwest jioindiacentral jioindiawest
	koreacentral koreasouth malaysiawest mexicocentral newzealandnorth northcentralus northeurope norwayeast norwaywest
	polandcentral qatarcentral southafricanorth southafricawest southcentralus southeastasia southindia spaincentral
	swedencentral swedensouth switzerlandnorth switzerlandwest uaecentral uaenorth uksouth ukwest westcentralus westeurope
	westindia westus westus2 westus3`)

var locationKnown = require("location/known",
	"A location is a region of Azure.", "LocationNotAvailableForResourceType",
	"learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-sku-not-available; regions: learn.microsoft.com/azure/reliability/regions-list")

func locationExists(r *request) error {
	location := text(r.body, "location")
	if location == "" || location == globalLocation || slices.Contains(regions, location) {
		return nil
	}
	return refuse(locationKnown, "The provided location %q is not available for resource type %q.", location, r.parsed.fullType())
}

var locationKept = Rules.Add(rules.Rule{
	Name: "azure/location/kept", Asks: "A resource stays in its region.",
	Status: http.StatusConflict, Code: "InvalidResourceLocation",
	Source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-resource-location",
})

func keepsLocation(r *request) error {
	if before, now := text(r.current, "location"), text(r.body, "location"); r.current != nil && before != now {
		return refuse(locationKept, "%s already exists in location %q: it cannot be created in location %q.", r.id, before, now)
	}
	return nil
}

var zonesKnown = require("zones/known",
	"Availability zones are of 1, 2 and 3, each once.", "AvailabilityZoneNotSupported",
	"learn.microsoft.com/azure/reliability/availability-zones-overview: a region's zones are numbered 1 to 3")

// zoneless are the regions without availability zones.
// Source: learn.microsoft.com/azure/reliability/regions-list.
var zoneless = strings.Fields(`
	australiacentral australiacentral2 australiasoutheast brazilsoutheast canadaeast francesouth germanynorth jioindiacentral
	jioindiawest koreasouth northcentralus norwaywest southafricawest southindia swedensouth switzerlandwest uaecentral ukwest
	westcentralus westindia westus`)

var zonesOfRegion = require("zones/region",
	"A resource in a region without availability zones states none.", "LocationNotSupportAvailabilityZones",
	"github.com/pivotal/paving/issues/79; regions: learn.microsoft.com/azure/reliability/regions-list")

func zonesExist(r *request) error {
	if len(texts(r.body, "zones")) > 0 && slices.Contains(zoneless, r.location()) {
		return refuse(zonesOfRegion, "The resource '%s/%s' does not support availability zones at location '%s'.", r.parsed.fullType(), r.parsed.name(), r.location())
	}
	seen := map[string]bool{}
	for _, zone := range texts(r.body, "zones") {
		if !slices.Contains([]string{"1", "2", "3"}, zone) || seen[zone] {
			return refuse(zonesKnown, "The zones %v of %s are not supported. The supported zones of %q are 1, 2, 3.", texts(r.body, "zones"), r.id, r.location())
		}
		seen[zone] = true
	}
	return nil
}

var zonesKept = require("zones/kept",
	"The zones of a resource are those that it was made with.", "ResourceAvailabilityZonesCannotBeModified",
	"github.com/Azure/AzOps/issues/701; of gateways: github.com/hashicorp/terraform-provider-azurerm/issues/2293")

// keepsZones leaves container groups to a rule of their own.
func keepsZones(r *request) error {
	before, now := texts(r.current, "zones"), texts(r.body, "zones")
	if r.current == nil || !isNetwork(r.parsed) || sameElements(before, now) {
		return nil
	}
	return refuse(zonesKept, "Resource %s has an existing availability zone constraint %v and the request has availability zone constraint %v, which do not match.", r.id, before, now)
}

// namePattern is what resources of the network and their parts may be called.
var namePattern = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$`)

// profilePattern is what Traffic Manager profiles may be called.
var profilePattern = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$`)

const nameRules = "learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork"

var (
	nameCharacters = require("name/characters",
		"A name of the network has up to 80 letters, digits, underscores, periods and hyphens, begins with a letter or digit, and ends with one or an underscore; of a virtual network 2 to 64; of a Traffic Manager profile up to 63 and no underscore.",
		"InvalidResourceName", nameRules)
	nameGiven = require("name/given",
		"The parts of a resource have names.", "InvalidRequestFormat",
		nameRules+"; the code is inferred")
	nameUnique = require("name/unique",
		"The parts of a resource that are in one list have names that differ.", "DuplicateResourceName",
		nameRules+": unique in their scope; the code is inferred")
)

func resourceName(r *request) error {
	name, right := r.parsed.name(), true
	switch kind := strings.ToLower(r.parsed.fullType()); {
	case !isNetwork(r.parsed) || isEndpointID(r.id) || kind == strings.ToLower(policyType):
	case kind == profileType:
		right = profilePattern.MatchString(name)
	case kind == "microsoft.network/virtualnetworks":
		right = namePattern.MatchString(name) && len(name) >= 2 && len(name) <= 64
	default:
		right = namePattern.MatchString(name)
	}
	if !right {
		return refuse(nameCharacters, "Resource name %q is invalid.", name)
	}
	return nil
}

// partNames: every part that is addressed by its name has one, as resources do.
func partNames(r *request) error {
	if !isNetwork(r.parsed) {
		return nil
	}
	return r.namesIn(r.definition, r.body)
}

// namesIn checks the names in the lists of an object, and of their parts.
func (r *request) namesIn(t *bicep.Type, object map[string]any) error {
	fields := fieldsOf(t)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f := fields[name]
		if f.items() == nil || !hasIdentity(f.items()) || f.ReadOnly {
			continue
		}
		parts := objects(object, nested, name)
		if err := r.checkNames(name, parts); err != nil {
			return err
		}
		for _, part := range parts {
			if err := r.namesIn(f.items(), part); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkNames checks the names of the parts in a list. What has an id and no name
// is a reference. Endpoints of Traffic Manager are called as one likes.
func (r *request) checkNames(list string, parts []map[string]any) error {
	seen := map[string]bool{}
	for _, part := range parts {
		name := text(part, "name")
		key := strings.ToLower(endpointTypeOf(part) + "/" + name)
		switch {
		case name == "" && text(part, "id") != "":
		case name == "":
			return refuse(nameGiven, "Resource %s has a child resource without a name in %s.", r.id, list)
		case list != "endpoints" && !namePattern.MatchString(name):
			return refuse(nameCharacters, "Resource name %q in %s of %s is invalid.", name, list, r.id)
		case seen[key]:
			return refuse(nameUnique, "Resource %s has two child resources with the same name (%s) in %s.", r.id, name, list)
		}
		seen[key] = true
	}
	return nil
}

// delegatedTo says whether a subnet is delegated to a service.
func delegatedTo(subnet map[string]any, service string) bool {
	return slices.ContainsFunc(delegations(subnet), func(name string) bool { return strings.EqualFold(name, service) })
}

// delegations are the services that a subnet is delegated to.
func delegations(subnet map[string]any) []string {
	var services []string
	for _, delegation := range objects(subnet, nested, "delegations") {
		services = append(services, text(delegation, nested, "serviceName"))
	}
	return services
}

// lookUp gives what a checked reference names: a resource or a part of one.
func (r *request) lookUp(id string) (map[string]any, error) {
	parsed, err := parseID(id)
	if err != nil {
		return nil, err
	}
	root, err := r.rootOf(parsed)
	return findPart(root, parsed.parts), err
}
