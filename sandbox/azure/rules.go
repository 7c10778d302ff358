package azure

import "strings"

// rule refuses a request that fits the definition of its type and that Azure
// refuses all the same.
type rule func(*request) error

// rules are those of each type, by its name in lower case.
var rules = map[string][]rule{}

// commonRules are those of every type.
var commonRules = []rule{hasLocation, keepsLocation}

// checkRules runs the rules of a request's type, in order, up to the first
// refusal, as Azure does.
func checkRules(r *request) error {
	for _, check := range append(commonRules, rules[strings.ToLower(r.parsed.fullType())]...) {
		if err := check(r); err != nil {
			return err
		}
	}
	return nil
}

// hasLocation: every resource that can be in a region has to be in one.
func hasLocation(r *request) error {
	if _, ok := r.definition.Properties["location"]; ok && text(r.body, "location") == "" {
		return refuse("LocationRequired", "The location property is required for %s.", r.id)
	}
	return nil
}

// keepsLocation: nothing moves between regions.
func keepsLocation(r *request) error {
	if before, now := text(r.current, "location"), text(r.body, "location"); r.current != nil && before != now {
		return refuse("InvalidResourceLocation", "%s already exists in location %q: it cannot be created in location %q.", r.id, before, now)
	}
	return nil
}
