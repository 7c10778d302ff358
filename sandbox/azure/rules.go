package azure

import (
	"slices"
	"strings"
)

// rule refuses a request that fits the definition of its type and that Azure
// refuses all the same. A refusal carries Azure's code where that is on record,
// and BadRequest where only the refusal is.
type rule func(*request) error

// badRequest is the code of refusals whose own code is not on record.
const badRequest = "BadRequest"

// commonRules are those of every type.
var commonRules = []rule{hasLocation, keepsLocation}

// rules are those of each type, by its name in lower case.
var rules = map[string][]rule{
	"microsoft.network/applicationgateways": {
		gatewayHasParts, gatewayReferencesHaveID, gatewayRulesHavePriority, gatewayListenersDiffer,
		gatewayListenersServeOneRule, gatewayListenerHosts, gatewayRedirectsToExactHosts, gatewayHasOneCapacity,
		gatewayProbeHosts, gatewaySubnetIsDelegated,
	},
	"microsoft.network/trafficmanagerprofiles":                   {profileIsGlobal, profileHasName, profileEndpoints},
	"microsoft.network/trafficmanagerprofiles/azureendpoints":    {ownEndpoint},
	"microsoft.network/trafficmanagerprofiles/externalendpoints": {ownEndpoint},
	"microsoft.network/trafficmanagerprofiles/nestedendpoints":   {ownEndpoint},
	"microsoft.containerinstance/containergroups": {
		containersHavePorts, containersPrivateAddress, containersSubnetIsDelegated, containersKeepShape,
	},
}

// checkRules runs the rules of a request's type, in order, up to the first
// refusal, as Azure does.
func checkRules(r *request) error {
	for _, check := range slices.Concat(commonRules, rules[strings.ToLower(r.parsed.fullType())]) {
		if err := check(r); err != nil {
			return err
		}
	}
	return nil
}

// hasLocation: a resource of a type that is in a region has to be in one.
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

// delegatedTo says whether a subnet is delegated to a service.
func delegatedTo(subnet map[string]any, service string) bool {
	return slices.ContainsFunc(objects(subnet, nested, "delegations"), func(d map[string]any) bool {
		return strings.EqualFold(text(d, nested, "serviceName"), service)
	})
}

// subnetOf gives the subnet that a checked reference names.
func (r *request) subnetOf(id string) (map[string]any, error) {
	parsed, err := parseID(id)
	if err != nil {
		return nil, err
	}
	network, err := r.rootOf(parsed)
	return findPart(network, parsed.parts), err
}
