package azure

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"ai-serving/sandbox/azure/bicep"
)

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
