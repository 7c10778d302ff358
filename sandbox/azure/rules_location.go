package azure

import (
	"net/http"
	"slices"
	"strings"

	"ai-serving/sandbox/rules"
)

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
