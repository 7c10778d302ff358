package network

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

// region has a workload on instances and two on a cluster, one of which shares
// its port with the first.
func region(name, cidr string) topology.GCPRegion {
	at := func(port int) topology.Workload { return topology.Workload{Port: port} }
	return topology.GCPRegion{
		Name:           name,
		Network:        topology.GCPNetwork{ProxyOnly: netip.MustParsePrefix(cidr)},
		InstanceGroups: []topology.InstanceGroup{{Workload: topology.Workload{Key: "embed", Port: 8080}}},
		Cluster: &topology.Cluster{Deployments: []topology.Deployment{
			{Workload: at(11434)}, {Workload: at(8080)},
		}},
	}
}

func TestFirewallRules(t *testing.T) {
	t.Parallel()
	machines := region("europe-west1", "10.30.2.0/23")
	machines.Cluster = nil
	idle := topology.GCPRegion{Name: "us-east1", Network: topology.GCPNetwork{ProxyOnly: netip.MustParsePrefix("10.40.2.0/23")}}
	for name, test := range map[string]struct {
		regions []topology.GCPRegion
		want    []firewallRule
	}{
		"each region's proxies reach what that region serves": {
			regions: []topology.GCPRegion{machines, region("europe-west4", "10.20.2.0/23")},
			want: []firewallRule{
				{"front-ends", []string{"130.211.0.0/22", "35.191.0.0/16"}, []string{"8080", "11434"}},
				{"europe-west1-proxies", []string{"10.30.2.0/23"}, []string{"8080"}},
				{"europe-west4-proxies", []string{"10.20.2.0/23"}, []string{"8080", "11434"}},
			},
		},
		"nothing comes in where nothing is served": {regions: []topology.GCPRegion{idle}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := firewallRules(test.regions)
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(firewallRule{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func record(t *testing.T, args Args) *testkit.Recording {
	t.Helper()
	recording, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test"}, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "google", args)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func fixture() Args {
	return Args{
		Project: pulumi.String("project"),
		Regions: []topology.GCPRegion{region("europe-west4", "10.20.2.0/23"), region("us-east1", "10.40.2.0/23")},
		Protect: true,
	}
}

func inputs(t *testing.T, recording *testkit.Recording, token, name string) map[string]any {
	t.Helper()
	found, ok := recording.Find(token, name)
	if !ok {
		t.Fatalf("no %s %q", token, name)
	}
	return found.Inputs.Mappable()
}

func TestProxyOnlySubnetwork(t *testing.T) {
	t.Parallel()
	got := inputs(t, record(t, fixture()), "gcp:compute/subnetwork:Subnetwork", "google-europe-west4-proxies")
	// Flow logs and access to Google's APIs would be refused on it.
	want := map[string]any{
		"project": "project", "region": "europe-west4", "network": "projects/project/global/networks/google-0a1b2c3",
		"ipCidrRange": "10.20.2.0/23", "purpose": "REGIONAL_MANAGED_PROXY", "role": "ACTIVE",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Google refuses another range of proxies. Until then, nothing may have changed.
func TestEverythingThatHasTheAddressSpaceComesAfterTheProxies(t *testing.T) {
	t.Parallel()
	recording := record(t, fixture())
	for _, region := range []string{"europe-west4", "us-east1"} {
		proxies, _ := recording.Find("gcp:compute/subnetwork:Subnetwork", "google-"+region+"-proxies")
		machines, _ := recording.Find("gcp:compute/subnetwork:Subnetwork", "google-"+region)
		for _, later := range append(recording.OfType("gcp:compute/firewall:Firewall"), machines) {
			if !slices.Contains(later.Dependencies, proxies.URN) {
				t.Errorf("%s (%s) may change before the proxies of %s", later.Name, later.Type, region)
			}
		}
	}
}

func TestWhatComesInIsForServingMachines(t *testing.T) {
	t.Parallel()
	in := 0
	for _, rule := range record(t, fixture()).OfType("gcp:compute/firewall:Firewall") {
		inputs := rule.Inputs.Mappable()
		if inputs["direction"] != "INGRESS" {
			continue
		}
		in++
		if got := inputs["targetTags"]; !cmp.Equal(got, []any{ServingTag}) {
			t.Errorf("%s is for machines with the tags %v", rule.Name, got)
		}
	}
	if in != 3 {
		t.Errorf("%d rules, want 3", in)
	}
}

func TestMachinesReachTheInternetFromEveryRegion(t *testing.T) {
	t.Parallel()
	recording := record(t, fixture())
	var regions []string
	for _, nat := range recording.OfType("gcp:compute/routerNat:RouterNat") {
		regions = append(regions, nat.Inputs.Mappable()["region"].(string))
	}
	if want := []string{"europe-west4", "us-east1"}; !slices.Equal(regions, want) {
		t.Errorf("NAT in %v, want %v", regions, want)
	}
}

func TestProtectGuardsTheNetwork(t *testing.T) {
	t.Parallel()
	found, _ := record(t, fixture()).Find("gcp:compute/network:Network", "google")
	if !found.Options.Protect {
		t.Error("the network is not protected")
	}
}
