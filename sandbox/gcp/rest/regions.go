package rest

import (
	"net/http"
	"slices"
	"strings"

	"ai-serving/sandbox/rules"
)

var (
	locationExists = Rules.Add(rules.Rule{
		Name: "gcp/location", Asks: "A cluster's location is a region or zone that there is.",
		Status: http.StatusForbidden, Code: "forbidden", Source: "cloud.google.com/compute/docs/regions-zones",
	})
	zoneExists = Rules.Add(rules.Rule{
		Name: "gcp/zone", Asks: "What is spread over zones names zones that there are.",
		Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/compute/docs/regions-zones",
	})
	regionExists = Rules.Add(rules.Rule{
		Name: "gcp/region", Asks: "A regional resource is in a region that there is.",
		Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/compute/docs/regions-zones",
	})
)

// regions are Compute Engine's regions with the letters of their zones, as of
// August 2026 (cloud.google.com/compute/docs/regions-zones).
var regions = map[string]string{
	"africa-south1":           "abc",
	"asia-east1":              "abc",
	"asia-east2":              "abc",
	"asia-northeast1":         "abc",
	"asia-northeast2":         "abc",
	"asia-northeast3":         "abc",
	"asia-south1":             "abc",
	"asia-south2":             "abc",
	"asia-southeast1":         "abc",
	"asia-southeast2":         "abc",
	"asia-southeast3":         "abc",
	"australia-southeast1":    "abc",
	"australia-southeast2":    "abc",
	"europe-central2":         "abc",
	"europe-north1":           "abc",
	"europe-north2":           "abc",
	"europe-southwest1":       "abc",
	"europe-west1":            "bcd",
	"europe-west10":           "abc",
	"europe-west12":           "abc",
	"europe-west2":            "abc",
	"europe-west3":            "abc",
	"europe-west4":            "abc",
	"europe-west6":            "abc",
	"europe-west8":            "abc",
	"europe-west9":            "abc",
	"me-central1":             "abc",
	"me-central2":             "abc",
	"me-west1":                "abc",
	"northamerica-northeast1": "abc",
	"northamerica-northeast2": "abc",
	"northamerica-south1":     "abc",
	"southamerica-east1":      "abc",
	"southamerica-west1":      "abc",
	"us-central1":             "abcf",
	"us-east1":                "bcd",
	"us-east4":                "abc",
	"us-east5":                "abc",
	"us-south1":               "abc",
	"us-west1":                "abc",
	"us-west2":                "abc",
	"us-west3":                "abc",
	"us-west4":                "abc",
}

// zonesPerRegion is how many zones Google picks for what is spread over a
// region and names none.
const zonesPerRegion = 3

// zonesOf are the full names of a region's zones, none if there is no such
// region.
func zonesOf(region string) []string {
	var zones []string
	for _, letter := range regions[region] {
		zones = append(zones, region+"-"+string(letter))
	}
	return zones
}

// regionOf is the region of a location, which is a region or a zone.
func regionOf(location string) string {
	if cut := strings.LastIndexByte(location, '-'); len(location)-cut == len("-a") {
		return location[:cut]
	}
	return location
}

// checkLocation refuses a location that is neither a region nor a zone.
func checkLocation(location string) error {
	region := regionOf(location)
	if location == region && regions[region] != "" || slices.Contains(zonesOf(region), location) {
		return nil
	}
	return locationExists.Refuse("Permission denied on 'locations/%s' (or it may not exist).", location)
}

// checkZones refuses zones that there are not, of instance groups, clusters and
// node pools.
func (r *request) checkZones(next object) error {
	var zones []string
	if r.api == "container" {
		zones = texts(next["locations"])
	}
	policy, _ := next["distributionPolicy"].(object)
	for _, zone := range objects(policy["zones"]) {
		zones = append(zones, lastSegment(text(zone, "zone")))
	}
	for _, zone := range zones {
		if !slices.Contains(zonesOf(regionOf(zone)), zone) {
			return invalid(zoneExists, "zones", zone, "Unknown zone.")
		}
	}
	return nil
}

// checkPlace refuses to make something where there is no region, or a cluster
// where there is neither a region nor a zone.
func (r *request) checkPlace() error {
	parts := strings.Split(r.key, "/")
	if r.api == "container" {
		return checkLocation(parts[3])
	}
	if len(parts) > 3 && parts[2] == "regions" && regions[parts[3]] == "" {
		return invalid(regionExists, "region", parts[3], "Unknown region.")
	}
	return nil
}
