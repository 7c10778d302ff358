package gke

import (
	"encoding/json"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

func args(protect bool) Args {
	zones := []string{"europe-west4-a", "europe-west4-b"}
	return Args{
		Project: pulumi.String("acme-dev"),
		Stack:   "ai-serving-test",
		Region: topology.GCPRegion{
			Name:    "europe-west4",
			Zones:   zones,
			Network: topology.GCPNetwork{ControlPlane: netip.MustParsePrefix("10.20.48.0/28")},
			Cluster: &topology.Cluster{Pools: []topology.NodePool{
				{Name: topology.SharedNodes, MachineType: "e2-standard-4", MinNodes: 2, MaxNodes: 6, Zones: zones},
				{Name: "nvidia-l4", MachineType: "g2-standard-48", MaxNodes: 4, Zones: zones[1:], GPU: &topology.GPU{Type: "nvidia-l4", Count: 4}},
				{Name: "nvidia-l4-tenant-hooli", MachineType: "g2-standard-48", MinNodes: 1, MaxNodes: 2, Zones: zones, Tenant: "hooli", GPU: &topology.GPU{Type: "nvidia-l4", Count: 4}},
				{Name: "tenant-hooli", MachineType: "e2-standard-4", MinNodes: 2, MaxNodes: 6, Zones: zones, Tenant: "hooli"},
			}},
		},
		NetworkID:          pulumi.String("projects/acme-dev/global/networks/vpc"),
		SubnetworkID:       pulumi.String("projects/acme-dev/regions/europe-west4/subnetworks/nodes"),
		PodsRange:          "pods",
		ServicesRange:      "services",
		AuthorizedNetworks: []topology.AuthorizedNetwork{{Name: "pipeline", CIDR: netip.MustParsePrefix("192.0.2.0/24")}},
		Labels:             map[string]string{"stack": "test"},
		Protect:            protect,
	}
}

func record(t *testing.T, dryRun, protect bool) *testkit.Recording {
	t.Helper()
	program := testkit.Program{Project: "ai-serving", Stack: "test", DryRun: dryRun, Config: map[string]string{"gcp:project": "acme-dev"}}
	recording, err := testkit.Run(program, func(ctx *pulumi.Context) error {
		cluster, err := New(ctx, "europe-west4", args(protect))
		if err != nil {
			return err
		}
		ctx.Export("name", cluster.Name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func TestRegistrations(t *testing.T) {
	t.Parallel()
	for mode, dryRun := range map[string]bool{"up": false, "preview": true} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			recording := record(t, dryRun, true)
			inventory, err := recording.Inventory()
			if err != nil {
				t.Fatal(err)
			}
			testkit.Golden(t, mode, inventory)
			for _, violation := range testkit.Violations(recording) {
				t.Error(violation)
			}
		})
	}
}

func TestProtectionIsTheStacks(t *testing.T) {
	t.Parallel()
	for name, protect := range map[string]bool{"protected": true, "not protected": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster, ok := record(t, false, protect).Find("gcp:container/cluster:Cluster", "europe-west4")
			if !ok {
				t.Fatal("no cluster was registered")
			}
			if cluster.Options.Protect != protect || cluster.Inputs["deletionProtection"].BoolValue() != protect {
				t.Errorf("protect: %v, deletionProtection: %v, want both %v",
					cluster.Options.Protect, cluster.Inputs["deletionProtection"], protect)
			}
		})
	}
}

// An unknown identifier would make the engine plan to replace whatever the
// provider made.
func TestIdentifierIsKnownInAPreview(t *testing.T) {
	t.Parallel()
	provider, ok := record(t, true, false).Find("pulumi:providers:kubernetes", "europe-west4")
	if !ok {
		t.Fatal("no provider was registered")
	}
	if identifier := provider.Inputs["clusterIdentifier"]; !identifier.IsString() {
		t.Errorf("clusterIdentifier is %v, want a string", identifier)
	}
	if access := provider.Inputs["kubeconfig"]; access.IsString() {
		t.Errorf("kubeconfig is %v in a preview, want it unknown", access)
	}
}

func TestNodesWaitForTheirRights(t *testing.T) {
	t.Parallel()
	recording := record(t, false, false)
	pool, ok := recording.Find("gcp:container/nodePool:NodePool", "europe-west4")
	if !ok {
		t.Fatal("no node pool was registered")
	}
	for _, grant := range recording.OfType("gcp:projects/iAMMember:IAMMember") {
		if !slices.Contains(pool.Dependencies, grant.URN) {
			t.Errorf("the node pool does not wait for %s", grant.Name)
		}
	}
}

// Only where the list is left out altogether is the API server open to all.
func TestNoAuthorizedNetworksIsNobody(t *testing.T) {
	t.Parallel()
	blocks, ok := authorizedNetworks(nil).CidrBlocks.(container.ClusterMasterAuthorizedNetworksConfigCidrBlockArray)
	if !ok || blocks == nil || len(blocks) != 0 {
		t.Errorf("blocks %v, want a list without any", blocks)
	}
}

func TestKubeconfig(t *testing.T) {
	t.Parallel()
	text, err := kubeconfig("europe-west4-0a1b2c3", "192.0.2.7", "Q0E=")
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
		"apiVersion": "v1",
		"kind": "Config",
		"current-context": "europe-west4-0a1b2c3",
		"contexts": [{"name": "europe-west4-0a1b2c3", "context": {"cluster": "europe-west4-0a1b2c3", "user": "europe-west4-0a1b2c3"}}],
		"clusters": [{"name": "europe-west4-0a1b2c3", "cluster": {"server": "https://192.0.2.7", "certificate-authority-data": "Q0E="}}],
		"users": [{"name": "europe-west4-0a1b2c3", "user": {"exec": {
			"apiVersion": "client.authentication.k8s.io/v1beta1",
			"command": "gke-gcloud-auth-plugin",
			"installHint": "gcloud components install gke-gcloud-auth-plugin",
			"provideClusterInfo": true
		}}}]
	}`
	if diff := cmp.Diff(decode(t, want), decode(t, text)); diff != "" {
		t.Errorf("kubeconfig (-want +got):\n%s", diff)
	}
}

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var values map[string]any
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		t.Fatal(err)
	}
	return values
}
