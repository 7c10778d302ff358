package topology

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMoreContainersThanTheQuotaAreRefusedWithWhatIsUsed(t *testing.T) {
	t.Parallel()
	const westeurope = "      westeurope: {cidr: 10.10.0.0/16}"
	const more = "containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}"
	const todo = "(twice what runs, for a replacement comes before what it replaces goes): " +
		"have Azure raise the subscription's quota and say so here, or give the models fewer replicas"
	for name, test := range map[string]struct {
		edits []string
		want  string
	}{
		"groups by default": {
			[]string{more, "containers: {cpu: 0.5, memoryGiB: 1.5, replicas: 30}"},
			"  ai-serving:azure.regions.westeurope.containerQuota.groups: Forbidden: azure/westeurope: 124 of 100 container groups " + todo,
		},
		"cores by default": {
			[]string{more, "containers: {cpu: 12.6, memoryGiB: 1.5, replicas: 2}"},
			"  ai-serving:azure.regions.westeurope.containerQuota.cores: Forbidden: azure/westeurope: 105 of 100 cores of container groups " + todo,
		},
		"groups of the stack's quota": {
			[]string{westeurope, "      westeurope: {cidr: 10.10.0.0/16, containerQuota: {groups: 11}}"},
			"  ai-serving:azure.regions.westeurope.containerQuota.groups: Forbidden: azure/westeurope: 12 of 11 container groups " + todo,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := resolveDev(t, test.edits...)
			if want := "stack dev has 1 error, and nothing was changed:\n" + test.want; unplaced(err) != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
	dev(t, more, "containers: {cpu: 1, memoryGiB: 1.5, replicas: 30}", westeurope, "      westeurope: {cidr: 10.10.0.0/16, containerQuota: {groups: 200, cores: 200}}")
}

func TestContainerGroupsOfATenantsOwnSayWhoseTheyAre(t *testing.T) {
	t.Parallel()
	resolved := dev(t, "isolation: bridge", "isolation: silo")
	got := map[string][2]string{}
	for _, group := range resolved.Azure[0].ContainerGroups {
		got[group.Name] = [2]string{group.Workload.Labels["tenant"], group.Workload.Labels["tier"]}
	}
	want := map[string][2]string{
		"chat-0": {"", "pool"}, "chat-1": {"", "pool"}, "embed-0": {"", "pool"}, "embed-1": {"", "pool"},
		"globex-chat-0": {"globex", "silo"}, "globex-chat-1": {"globex", "silo"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tenant and tier (-want +got)\n%s", diff)
	}
}

func TestImagesOfARegistryAreSignedInForAndNoOthers(t *testing.T) {
	t.Parallel()
	const image = "      image: ghcr.io/huggingface/text-embeddings-inference:cpu-1.9\n"
	const platform = "  ai-serving:platform:\n"
	const hub = "      image: model-server:1\n"
	const section = "  ai-serving:azure:\n"
	identity := "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller"
	for name, test := range map[string]struct {
		edits []string
		want  map[string]*Registry
	}{
		"by an identity": {
			[]string{"containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}", "containers: {cpu: 1, memoryGiB: 1.5, replicas: 2, image: serving.azurecr.io/chat:1}", image, hub, platform, platform + "    registries: {serving.azurecr.io: {identity: " + identity + "}}\n"},
			map[string]*Registry{"chat-0": {Server: "serving.azurecr.io", Identity: identity}, "embed-0": nil},
		},
		"by a password, Docker Hub by the name that it signs in at": {
			[]string{"containers: {cpu: 1, memoryGiB: 2}", "containers: {cpu: 1, memoryGiB: 2, image: model-server:1}", section, "  ai-serving:pull: {secure: v1:ciphertext}\n" + section, platform, platform + "    registries: {docker.io: {username: puller, password: pull}}\n"},
			map[string]*Registry{"chat-0": nil, "embed-0": {Server: "index.docker.io", Username: "puller", Password: "pull"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := map[string]*Registry{}
			for _, group := range dev(t, test.edits...).Azure[0].ContainerGroups {
				if _, asked := test.want[group.Name]; asked {
					got[group.Name] = group.Registry
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("registries (-want +got)\n%s", diff)
			}
		})
	}
}

func TestContainerGroupsMayHaveOtherZonesThanGateways(t *testing.T) {
	t.Parallel()
	const entry = "westeurope: {cidr: 10.10.0.0/16}"
	for zones, want := range map[string][]string{
		"":                                   {"1", "2"}, // there are two
		`, containerZones: ["3"]`:            {"3"},
		", containerZones: []":               {""},
		`, zones: ["2"]`:                     {"2"},
		`, zones: []`:                        {""},
		`, zones: [], containerZones: ["1"]`: {"1"},
	} {
		region := dev(t, entry, strings.Replace(entry, "}", zones+"}", 1)).Azure[0]
		var got []string
		for _, group := range region.ContainerGroups {
			if !slices.Contains(got, group.Zone) {
				got = append(got, group.Zone)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("westeurope with %q has groups in the zones %q, want %q", zones, got, want)
		}
	}
}

// TestWhatAModelIsToRunNextRunsBesideWhatItRuns: the groups that are there keep their names,
// so that they stay as they are.
func TestWhatAModelIsToRunNextRunsBesideWhatItRuns(t *testing.T) {
	t.Parallel()
	const containers = "containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}"
	before := dev(t).Azure[0].ContainerGroups
	after := dev(t, containers, "containers: {cpu: 1, memoryGiB: 1.5, replicas: 2, next: {image: \"registry.example.com/chat:2\"}}").Azure[0].ContainerGroups
	got := map[string]string{}
	for _, group := range after {
		i := slices.IndexFunc(before, func(b ContainerGroup) bool { return b.Name == group.Name })
		if i < 0 {
			got[group.Name] = group.Workload.Key + " " + group.Server.Image + " in " + group.Zone
			continue
		}
		if diff := cmp.Diff(before[i], group); diff != "" {
			t.Errorf("%s changed (-before +after)\n%s", group.Name, diff)
		}
	}
	want := map[string]string{
		"chat-n0": "chat registry.example.com/chat:2 in 1", "chat-n1": "chat registry.example.com/chat:2 in 2",
		"globex-chat-n0": "globex-chat registry.example.com/chat:2 in 1", "globex-chat-n1": "globex-chat registry.example.com/chat:2 in 2",
	}
	if diff := cmp.Diff(want, got); diff != "" || len(after) != len(before)+len(want) {
		t.Errorf("new groups (-want +got)\n%s", diff)
	}
}
