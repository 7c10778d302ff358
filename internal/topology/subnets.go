package topology

import (
	"fmt"
	"net/netip"
)

// ContainerSubnet is a subnet of a workload's container groups in a region of Azure. Azure
// gives the address of a group that has gone, or moved, to another group of the subnet: with
// subnets of its own, it stays with the workload.
type ContainerSubnet struct {
	// Name is <workload>.<number>.
	Name     string
	Workload Workload
	Prefix   netip.Prefix
	// Egress is what the groups may connect to besides HTTPS on the Internet, sorted.
	Egress []Egress
}

const (
	// containerSubnetBits is the length of the prefix of such a subnet, which has 11 addresses
	// that Azure does not keep.
	containerSubnetBits = 28
	// replicasPerSubnet is how many replicas are in one. Each may have three container groups
	// at once: the one that runs, the one that replaces it, and one of what the model is to
	// run next. A workload with more replicas has more subnets, and none of its groups moves.
	replicasPerSubnet = 3
)

// containerSubnetName is that of the subnet of a workload's replica.
func containerSubnetName(workload string, ordinal int) string {
	return fmt.Sprintf("%s.%d", workload, ordinal/replicasPerSubnet)
}

// containerSpace is the last quarter of a region's address space.
func containerSpace(space netip.Prefix) netip.Prefix { return subnet(space, space.Bits()+2, 3) }

// maxContainerSubnets is how many subnets an address space has for container groups.
func maxContainerSubnets(space netip.Prefix) int {
	return 1 << (containerSubnetBits - containerSpace(space).Bits())
}

// containerPrefixes give each name a subnet of an address space, which depends on the name:
// see [slots]. A space that has too few gives none, and the limits refuse the stack.
func containerPrefixes(space netip.Prefix, names []string) map[string]netip.Prefix {
	count, prefixes := maxContainerSubnets(space), map[string]netip.Prefix{}
	if len(names) > count {
		return prefixes
	}
	for name, number := range slots(names, 0, count) {
		prefixes[name] = subnet(containerSpace(space), containerSubnetBits, number)
	}
	return prefixes
}
