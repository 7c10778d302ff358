package topology

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestContainerSubnetsAreSizedByTheReplicas(t *testing.T) {
	t.Parallel()
	space := netip.MustParsePrefix("10.10.0.0/16")
	for replicas, want := range map[int]int{1: 28, 3: 28, 4: 26, 19: 26, 20: 24, 83: 24} {
		got := containerSubnets(space, map[string]int{"chat": replicas})["chat"]
		if got.Bits() != want || 1<<(32-got.Bits())-azureReservedPerNet < replicas*groupsPerReplica {
			t.Errorf("%d replicas have the subnet %s, want a /%d", replicas, got, want)
		}
	}
}

// TestContainerSubnetsDoNotOverlap: of any workloads, in any address space that has room.
func TestContainerSubnetsDoNotOverlap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		network := azureNetwork(space(t, 12, 22))
		prefixes := containerSubnets(network.VirtualNetwork, drawReplicas(t))
		parts := []netip.Prefix{network.Gateways, network.Machines}
		for _, prefix := range prefixes {
			parts = append(parts, prefix)
		}
		disjointParts(t, network.VirtualNetwork, parts...)
	})
}

// TestAWorkloadThatComesOrGoesMovesNoOtherSubnet unless their hashes meet: what moves then is
// the one that would have the other's place.
func TestAWorkloadThatComesOrGoesMovesNoOtherSubnet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := netip.MustParsePrefix("10.0.0.0/12")
		with := drawReplicas(t)
		gone := rapid.SampledFrom(sortedKeys(with)).Draw(t, "gone")
		without := map[string]int{}
		for key, replicas := range with {
			if key != gone {
				without[key] = replicas
			}
		}
		before, after := containerSubnets(whole, with), containerSubnets(whole, without)
		for key, prefix := range after {
			meets := slots([]string{key}, 0, 8192)[key] >= slots([]string{gone}, 0, 8192)[gone]
			if prefix != before[key] && (!meets || prefix.Bits() != before[gone].Bits()) {
				t.Fatalf("%s moved from %s to %s when %s went", key, before[key], prefix, gone)
			}
		}
	})
}

func drawReplicas(t *rapid.T) map[string]int {
	return rapid.MapOfN(rapid.StringMatching(`[a-z]{1,6}(-[a-z]{1,4})?`), rapid.IntRange(1, 90), 1, 60).Draw(t, "replicas")
}

func TestASpaceWithoutRoomForTheSubnetsOfContainersIsRefused(t *testing.T) {
	t.Parallel()
	const more = "containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}"
	const quota = "containerQuota: {groups: 1000, cores: 1000}"
	for name, test := range map[string]struct {
		cidr, containers, want string
	}{
		"of the size": {
			"10.10.0.0/22", "containers: {cpu: 1, memoryGiB: 1.5, replicas: 4}",
			"2 of 1 subnets /26 for workloads with up to 19 container groups: give the region a larger address space, or another stack to some tenants",
		},
		"of the largest": {
			"10.10.0.0/16", "containers: {cpu: 1, memoryGiB: 1.5, replicas: 84}",
			"84 of 83 container groups of a workload that one subnet has room for: give the model fewer replicas",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := resolveDev(t, "{cidr: 10.10.0.0/16}", "{cidr: "+test.cidr+", "+quota+"}", more, test.containers)
			want := "stack dev has 1 error, and nothing was changed:\n  ai-serving:azure.regions.westeurope.cidr: Forbidden: azure/westeurope: " + test.want
			if diff := cmp.Diff(want, unplaced(err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
