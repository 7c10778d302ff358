package azure

import (
	"slices"
	"strings"

	"ai-serving/sandbox/store"
)

// checkUnused refuses to delete what another resource refers to.
func checkUnused(tx store.Tx, id string) error {
	users, err := referrers(tx, id)
	if err != nil {
		return err
	}
	users = slices.DeleteFunc(users, func(user string) bool { return !holds(user, id) })
	if len(users) == 0 {
		return nil
	}
	return refuse(inUseCode(id), "%s is in use by %s and cannot be deleted.", id, strings.Join(users, ", "))
}

// holds says whether a reference from a user keeps a resource from being
// deleted. Traffic Manager only watches what its endpoints name.
func holds(user, id string) bool {
	return !strings.Contains(strings.ToLower(user), "/trafficmanagerprofiles/")
}

// inUseCode is Azure's code for the refusal to delete a resource in use.
func inUseCode(id string) string {
	parsed, err := parseID(id)
	if err != nil {
		return "InUse"
	}
	switch strings.ToLower(parsed.fullType()) {
	case "microsoft.network/virtualnetworks", "microsoft.network/virtualnetworks/subnets":
		return "InUseSubnetCannotBeDeleted"
	case "microsoft.network/publicipaddresses":
		return "PublicIPAddressCannotBeDeleted"
	case "microsoft.network/networksecuritygroups":
		return "InUseNetworkSecurityGroupCannotBeDeleted"
	case "microsoft.network/natgateways":
		return "InUseNatGatewayCannotBeDeleted"
	default:
		return "InUseResourceCannotBeDeleted"
	}
}

// checkRemovedParts refuses a change that leaves out a subnet in use.
func checkRemovedParts(r *request) error {
	for _, before := range objects(r.current, nested, "subnets") {
		if element(r.body, part{"subnets", text(before, "name")}) == nil {
			if err := checkUnused(r.tx, text(before, "id")); err != nil {
				return err
			}
		}
	}
	return nil
}
