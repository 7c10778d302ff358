package topology

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestASubnetHasRoomForItsContainerGroups(t *testing.T) {
	t.Parallel()
	const groupsPerReplica = 3 // what runs, what replaces it, what is next
	if room := 1<<(32-containerSubnetBits) - azureReservedPerNet; room < replicasPerSubnet*groupsPerReplica {
		t.Errorf("%d addresses for %d replicas", room, replicasPerSubnet)
	}
}

func TestSubnetsOfContainersDoNotOverlap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		network := azureNetwork(space(t, 12, 22))
		parts := []netip.Prefix{network.Gateways, network.Machines}
		for _, prefix := range containerPrefixes(network.VirtualNetwork, drawNames(t), nil) {
			parts = append(parts, prefix)
		}
		disjointParts(t, network.VirtualNetwork, parts...)
	})
}

// TestASubnetThatComesOrGoesMovesNoOther unless their hashes meet: what moves then goes
// towards the place of its own hash.
func TestASubnetThatComesOrGoesMovesNoOther(t *testing.T) {
	t.Parallel()
	whole := netip.MustParsePrefix("10.0.0.0/12")
	alone := func(name string) netip.Prefix { return containerPrefixes(whole, []string{name}, nil)[name] }
	rapid.Check(t, func(t *rapid.T) {
		names := drawNames(t)
		before, after := containerPrefixes(whole, names, nil), containerPrefixes(whole, names[1:], nil)
		for _, name := range names[1:] {
			if before[name] != after[name] && before[name] == alone(name) {
				t.Fatalf("%s moved from %s to %s when %s went", name, before[name], after[name], names[0])
			}
		}
	})
}

func drawNames(t *rapid.T) []string {
	return rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,6}(-[a-z]{1,4})?\.[0-9]`), 1, 60, rapid.ID).Draw(t, "names")
}

// TestAReplicaMoreMovesNoContainerGroup: a subnet that is full gets another one beside it.
func TestAReplicaMoreMovesNoContainerGroup(t *testing.T) {
	t.Parallel()
	const two = "containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}"
	subnets := map[string]string{} // by container group
	for replicas := 2; replicas <= 8; replicas++ {
		region := dev(t, two, fmt.Sprintf("containers: {cpu: 1, memoryGiB: 1.5, replicas: %d}", replicas)).Azure[0]
		prefixes := map[string]netip.Prefix{}
		for _, subnet := range region.ContainerSubnets {
			prefixes[subnet.Name] = subnet.Prefix
		}
		for _, group := range region.ContainerGroups {
			is := group.Subnet + " " + prefixes[group.Subnet].String()
			if was, known := subnets[group.Name]; known && was != is || !prefixes[group.Subnet].IsValid() {
				t.Errorf("with %d replicas, %s is in %s, and was in %q", replicas, group.Name, is, was)
			}
			subnets[group.Name] = is
		}
	}
}

func TestASpaceWithoutRoomForTheSubnetsOfContainersIsRefused(t *testing.T) {
	t.Parallel()
	_, err := resolveDev(t, "{cidr: 10.10.0.0/16}", "{cidr: 10.10.0.0/22, containerQuota: {groups: 1000, cores: 1000}}",
		"containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}", "containers: {cpu: 1, memoryGiB: 1.5, replicas: 24}")
	want := "stack dev has 1 error, and nothing was changed:\n" +
		"  ai-serving:azure.regions.westeurope.cidr: Forbidden: azure/westeurope: 17 of 16 subnets for container groups (one for every 3 replicas of a workload): " +
		"give the region a larger address space, or fewer replicas"
	if diff := cmp.Diff(want, unplaced(err)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAStatedSubnetIsNoOthers(t *testing.T) {
	t.Parallel()
	const region = "{cidr: 10.10.0.0/16}"
	prefix := func(edits ...string) netip.Prefix {
		for _, subnet := range dev(t, edits...).Azure[0].ContainerSubnets {
			if subnet.Name == "chat.0" {
				return subnet.Prefix
			}
		}
		return netip.Prefix{}
	}
	own := prefix()
	if got := prefix(region, "{cidr: 10.10.0.0/16, containerSubnets: {embed.0: "+own.String()+"}}"); got == own || !got.IsValid() {
		t.Errorf("chat.0 has %s, which embed.0 is to have", got)
	}
	for name, test := range map[string]struct{ stated, want string }{
		"of no workload": {"{rank.0: 10.10.192.0/28}", "[rank.0]: Forbidden: the region has no such subnet of container groups: leave it out"},
		"elsewhere":      {"{chat.0: 10.10.0.0/28}", `[chat.0]: Invalid value: "10.10.0.0/28": must be a /28 of 10.10.192.0/18`},
		"too large":      {"{chat.0: 10.10.192.0/26}", `[chat.0]: Invalid value: "10.10.192.0/26": must be a /28 of 10.10.192.0/18`},
		"twice":          {"{chat.0: 10.10.192.0/28, embed.0: 10.10.192.0/28}", `[embed.0]: Invalid value: "10.10.192.0/28": is the network of chat.0, too: choose another`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := resolveDev(t, region, "{cidr: 10.10.0.0/16, containerSubnets: "+test.stated+"}")
			want := "stack dev has 1 error, and nothing was changed:\n  ai-serving:azure.regions.westeurope.containerSubnets" + test.want
			if diff := cmp.Diff(want, unplaced(err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
