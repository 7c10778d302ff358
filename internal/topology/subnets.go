package topology

import (
	"fmt"
	"net/netip"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"ai-serving/internal/config"
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

// containerSubnetName names the subnet of a workload's replica with this ordinal.
func containerSubnetName(workload string, ordinal int) string {
	return fmt.Sprintf("%s.%d", workload, ordinal/replicasPerSubnet)
}

// containerSpace is the last quarter of a region's address space.
func containerSpace(space netip.Prefix) netip.Prefix { return subnet(space, space.Bits()+2, 3) }

// maxContainerSubnets is how many subnets an address space has for container groups.
func maxContainerSubnets(space netip.Prefix) int {
	return 1 << (containerSubnetBits - containerSpace(space).Bits())
}

// containerPrefixes give each name a subnet of an address space: the one that is stated, or
// else one that depends on the name, see [slots]. A space that has too few gives none, and the
// limits refuse the stack.
func containerPrefixes(space netip.Prefix, names []string, stated map[string]netip.Prefix) map[string]netip.Prefix {
	count, prefixes := maxContainerSubnets(space), map[string]netip.Prefix{}
	if len(names) > count {
		return prefixes
	}
	var stays []netip.Prefix
	var others []string
	for _, name := range names {
		if prefix, is := stated[name]; is {
			prefixes[name] = prefix
			stays = append(stays, prefix)
		} else {
			others = append(others, name)
		}
	}
	at := func(slot int) netip.Prefix { return subnet(containerSpace(space), containerSubnetBits, slot) }
	free := func(slot int) bool { return !slices.Contains(stays, at(slot)) }
	for name, slot := range freeSlots(free, others, 0, count) {
		prefixes[name] = at(slot)
	}
	return prefixes
}

// statedSubnets are the prefixes that the configuration states. What is none is left out.
func statedSubnets(entry config.AzureRegion) map[string]netip.Prefix {
	stated := map[string]netip.Prefix{}
	for name, text := range entry.ContainerSubnets {
		if prefix, err := netip.ParsePrefix(text); err == nil {
			stated[name] = prefix
		}
	}
	return stated
}

// checkStatedSubnets reports stated prefixes that a region's subnets cannot have.
func (r resolver) checkStatedSubnets(project string, regions []AzureRegion) field.ErrorList {
	var errs field.ErrorList
	for _, region := range regions {
		path := field.NewPath(project+":azure").Child("regions", region.Name, "containerSubnets")
		whole, owners := containerSpace(region.Network.VirtualNetwork), map[netip.Prefix]string{}
		stated := statedSubnets(r.config.Azure.Regions[region.Name])
		for _, name := range sortedKeys(stated) {
			at, prefix := path.Key(name), stated[name]
			known := slices.ContainsFunc(region.ContainerSubnets, func(s ContainerSubnet) bool { return s.Name == name })
			switch {
			case !known:
				errs = append(errs, field.Forbidden(at, "the region has no such subnet of container groups: leave it out"))
			case prefix.Bits() != containerSubnetBits || !whole.Contains(prefix.Addr()) || prefix != prefix.Masked():
				errs = append(errs, field.Invalid(at, prefix.String(), fmt.Sprintf("must be a /%d of %s", containerSubnetBits, whole)))
			case owners[prefix] != "":
				errs = append(errs, field.Invalid(at, prefix.String(), "is the network of "+owners[prefix]+", too: choose another"))
			}
			owners[prefix] = name
		}
	}
	return errs
}
