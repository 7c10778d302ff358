package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"ai-serving/internal/clouds"
)

// List is what a cloud has of something, as far as the program knows. It grows: a
// stack file allows a value that is newer by a key of [Platform.Allow].
//
// Whether a value is in a list takes the whole stack file: [Config.validateLists]
// checks it.
type List struct {
	// Key is the key in [Allow].
	Key string
	// Says is what a value of the list is: "a region of Azure".
	Says string
	// File has the list.
	File string
	// Values are all that the program knows, sorted.
	Values []string
	// Form is what a value that is newer has to look like, and Example says it in
	// words.
	Form    *regexp.Regexp
	Example string
	// codes are so short that each resembles many others.
	codes bool
	// has reports whether a value is known; nil for what is among Values.
	has func(value string) bool
}

// The lists, each with the file that has it.
var (
	// The gateways' DNS labels have room for 18 characters of a region.
	azureRegionList = &List{
		Key: "azureRegions", Says: "a region of Azure", File: "internal/clouds/azure_regions.go",
		Values: slices.Sorted(maps.Keys(clouds.AzureRegions)), Form: regexp.MustCompile(`^[a-z][a-z0-9]{2,17}$`),
		Example: "3 to 18 lower-case letters and digits, a letter first, such as westeurope",
	}
	// The hosts of Google's load balancers have room for 26 characters of a region.
	gcpRegionList = &List{
		Key: "gcpRegions", Says: "a region of Google's cloud", File: "internal/clouds/google_regions.go",
		Values: slices.Sorted(maps.Keys(clouds.GoogleRegions)), Form: regexp.MustCompile(`^[a-z]{2,12}-[a-z]{2,11}[0-9]{1,2}$`),
		Example: "a name such as europe-west4",
	}
	machineTypeList = &List{
		Key: "machineTypes", Says: "a machine type of Compute Engine, such as e2-standard-4", File: "internal/machinetype/types.go",
		Values: clouds.MachineTypes(), Form: regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+){1,4}$`),
		Example: "a name such as e2-standard-4",
		has:     func(name string) bool { _, known := clouds.MachineType(name); return known },
	}
	acceleratorList = &List{
		Key: "accelerators", Says: "an accelerator that Compute Engine has on demand", File: "internal/clouds/accelerators.go",
		Values: slices.Sorted(maps.Keys(clouds.Accelerators)), Form: regexp.MustCompile(`^nvidia(-[a-z0-9]+)+$`),
		Example: "a name that begins with nvidia-, such as nvidia-l4",
	}
	storageLocationList = &List{
		Key: "storageLocations", Says: "a location of Cloud Storage in upper case, such as EU, US, EUR4 or EUROPE-WEST4", File: "internal/clouds/storage_locations.go",
		Values: clouds.StorageLocations(), Form: regexp.MustCompile(`^[A-Z][A-Z0-9-]+$`),
		Example: "a name in upper case, such as EUROPE-WEST4",
	}
	geographyList = &List{
		Key: "geographies", Says: "a code of Traffic Manager's, such as WORLD, GEO-EU, DE or US-CA", File: "internal/clouds/geographies.go",
		Values: clouds.Geographies(), Form: regexp.MustCompile(`^(GEO-[A-Z]{2}|[A-Z]{2}(-[A-Z]{2,3})?)$`),
		Example: "a code in upper case, such as DE, US-CA or GEO-EU", codes: true,
	}
	ruleSetList = &List{
		Key: "ruleSets", Says: "a version of Microsoft's default rule set, such as " + DefaultRuleSet, File: "internal/clouds/rule_sets.go",
		Values: clouds.RuleSets, Form: regexp.MustCompile(`^[0-9]+\.[0-9]+$`),
		Example: "a version, such as 2.2", codes: true,
	}

	lists = []*List{azureRegionList, gcpRegionList, machineTypeList, acceleratorList, storageLocationList, geographyList, ruleSetList}
)

// Lists are all of them.
func Lists() []*List { return slices.Clone(lists) }

// listed is the rule of a value that has to be in a list, or allowed.
func listed(list *List) Rule { return Rule{Says: "must be " + list.Says, List: list} }

// newer is the rule of a value that a stack file adds to a list.
func newer(list *List) Rule { return matching(list.Form, "must be "+list.Example) }

// knows reports whether the program knows a value.
func (l *List) knows(value string) bool {
	if l.has != nil {
		return l.has(value)
	}
	return slices.Contains(l.Values, value)
}

// unlisted is the error of a value that the program does not know.
func (l *List) unlisted(path *field.Path, value string) *field.Error {
	similar := suggest(value, l.Values)
	if l.codes {
		similar = ""
	}
	return field.Invalid(path, value, fmt.Sprintf("is not %s%s: %s lists them, and platform.allow.%s allows a newer one", l.Says, similar, l.File, l.Key))
}
