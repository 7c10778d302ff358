package clouds

import (
	"maps"
	"slices"
	"strings"
)

// wideLocations are the locations of Cloud Storage with more than one region: the
// predefined pairs of regions, and the groups of many.
// Source: cloud.google.com/storage/docs/locations, as of November 2026.
var wideLocations = []string{"ASIA", "ASIA1", "EU", "EUR4", "EUR5", "EUR7", "EUR8", "NAM4", "US"}

// StorageLocations are where a bucket of Cloud Storage may be, sorted: every region
// of Google Cloud in upper case, and what has several.
func StorageLocations() []string {
	locations := slices.Clone(wideLocations)
	for region := range maps.Keys(GoogleRegions) {
		locations = append(locations, strings.ToUpper(region))
	}
	slices.Sort(locations)
	return locations
}
