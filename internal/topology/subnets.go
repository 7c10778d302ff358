package topology

import (
	"net/netip"
	"slices"
)

// ContainerSubnet is the subnet of a workload's container groups in a region of Azure. Azure
// gives the address of a group that has gone, or moved, to another group of the subnet: with
// a subnet for each workload, it stays with the workload.
type ContainerSubnet struct {
	Workload Workload
	// Replicas is how many container groups serve it at once.
	Replicas int
	Prefix   netip.Prefix
	// Egress is what the groups may connect to besides HTTPS on the Internet, sorted.
	Egress []Egress
}

// groupsPerReplica is how many container groups of a replica there may be at once: the one
// that runs, the one that replaces it, and one of what the model is to run next.
const groupsPerReplica = 3

// arena is a part of a region's address space that is cut into subnets of one size. A
// workload that needs a larger one moves to another arena: the new subnet is made before the
// old one goes, and Azure has no two that overlap.
type arena struct {
	space netip.Prefix
	bits  int // the length of a subnet's prefix
}

// arenas of the last quarter of a region's address space, the smallest subnets first.
func arenas(space netip.Prefix) []arena {
	quarter := space.Bits() + 2
	return []arena{
		{subnet(space, quarter+1, 6), 28},
		{subnet(space, quarter+2, 14), 26},
		{subnet(space, quarter+2, 15), 24},
	}
}

// addresses is how many container groups a subnet of the arena has room for.
func (a arena) addresses() int { return 1<<(32-a.bits) - azureReservedPerNet }

// count is how many subnets the arena has.
func (a arena) count() int {
	if a.space.Bits() > a.bits {
		return 0
	}
	return 1 << (a.bits - a.space.Bits())
}

// at is a subnet of the arena, by its number.
func (a arena) at(number int) netip.Prefix { return subnet(a.space, a.bits, number) }

// arenaOf is the index of the arena with the smallest subnets that have room for a number of
// replicas; the last one where none has.
func arenaOf(all []arena, replicas int) int {
	i := slices.IndexFunc(all, func(a arena) bool { return replicas*groupsPerReplica <= a.addresses() })
	if i < 0 {
		return len(all) - 1
	}
	return i
}

// containerSubnets cut an address space into a subnet for each workload, by the number of its
// replicas. Which one it is depends on the workload's key: see [slots]. An arena that has too
// few gives none, and the limits refuse the stack.
func containerSubnets(space netip.Prefix, replicas map[string]int) map[string]netip.Prefix {
	all, keys := arenas(space), map[int][]string{}
	for _, key := range sortedKeys(replicas) {
		i := arenaOf(all, replicas[key])
		keys[i] = append(keys[i], key)
	}
	prefixes := map[string]netip.Prefix{}
	for i, arena := range all {
		if len(keys[i]) > arena.count() {
			continue
		}
		for key, number := range slots(keys[i], 0, arena.count()) {
			prefixes[key] = arena.at(number)
		}
	}
	return prefixes
}
