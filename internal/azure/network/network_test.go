package network

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

func fixture() Args {
	return Args{
		Region: topology.AzureRegion{
			Name:     "westeurope",
			Gateways: []topology.Gateway{{Name: "westeurope", DNSLabel: "ai-serving-westeurope", IdleMinutes: 11}},
			Zones:    []string{"1", "2", "3"},
			Network: topology.AzureNetwork{
				VirtualNetwork: netip.MustParsePrefix("10.10.0.0/16"),
				Gateways:       netip.MustParsePrefix("10.10.0.0/24"),
				Machines:       netip.MustParsePrefix("10.10.128.0/18"),
			},
			ContainerSubnets: []topology.ContainerSubnet{
				{Name: "chat.0", Workload: topology.Workload{Key: "chat", Port: 8080}, Prefix: netip.MustParsePrefix("10.10.192.0/28")},
				{
					Name: "globex-chat.0", Workload: topology.Workload{Key: "globex-chat", Port: 8000}, Prefix: netip.MustParsePrefix("10.10.224.0/28"),
					Egress: []topology.Egress{{CIDR: netip.MustParsePrefix("10.9.0.0/24"), Port: 5432}},
				},
			},
		},
		Labels:       map[string]string{"stack": "test"},
		Protect:      true,
		MachinePorts: []int{8000, 8080},
	}
}

func record(t *testing.T, args Args, dryRun bool) *testkit.Recording {
	t.Helper()
	program := testkit.Program{Project: "ai-serving", Stack: "test", DryRun: dryRun}
	recording, err := testkit.Run(program, func(ctx *pulumi.Context) error {
		network, err := New(ctx, "westeurope", args)
		if err != nil {
			return err
		}
		ctx.Export("publicIpFqdn", network.PublicIPFQDNs["westeurope"])
		ctx.Export("containerSubnetId", network.ContainerSubnetIDs["globex-chat.0"])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func find(t *testing.T, recording *testkit.Recording, token, name string) testkit.Resource {
	t.Helper()
	found, ok := recording.Find(token, name)
	if !ok {
		t.Fatalf("no %s %q", token, name)
	}
	return found
}

const (
	subnetToken  = "azure-native:network:Subnet"
	addressToken = "azure-native:network:PublicIPAddress"
)

func TestOutputs(t *testing.T) {
	t.Parallel()
	recording := record(t, fixture(), false)
	const group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/westeurope-0a1b2c3"
	want := map[string]any{
		"publicIpFqdn":      "ai-serving-westeurope-123.westeurope.cloudapp.azure.com",
		"containerSubnetId": group + "/providers/Microsoft.Network/virtualNetworks/westeurope-0a1b2c3/subnets/westeurope-globex-chat.0-0a1b2c3",
	}
	if diff := cmp.Diff(want, recording.Outputs.Mappable()); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
}

func TestGatewayAddressesHaveDDoSProtectionWhereItIsAskedFor(t *testing.T) {
	t.Parallel()
	args := fixture()
	for _, asked := range []bool{false, true} {
		args.Region.DDoSProtection = asked
		recording := record(t, args, false)
		if got := find(t, recording, addressToken, "westeurope-gateway").Inputs.HasValue("ddosSettings"); got != asked {
			t.Errorf("asked %t, protected %t", asked, got)
		}
		if find(t, recording, addressToken, "westeurope-egress").Inputs.HasValue("ddosSettings") {
			t.Error("the address of the NAT gateway is protected")
		}
	}
}

func TestAPreviewRegistersTheSame(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(paths(record(t, fixture(), false)), paths(record(t, fixture(), true))); diff != "" {
		t.Errorf("resources (-up +preview):\n%s", diff)
	}
}

func paths(recording *testkit.Recording) []string {
	var paths []string
	for _, registered := range recording.Resources {
		paths = append(paths, registered.Type+" "+registered.Path)
	}
	return paths
}

func TestSubnetsAreDelegatedAndLeaveThroughTheNATGateway(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]struct {
		prefix, service string
		egress          bool
	}{
		"gateways":      {prefix: "10.10.0.0/24", service: "Microsoft.Network/applicationGateways"},
		"machines":      {prefix: "10.10.128.0/18", egress: true},
		"chat.0":        {prefix: "10.10.192.0/28", service: "Microsoft.ContainerInstance/containerGroups", egress: true},
		"globex-chat.0": {prefix: "10.10.224.0/28", service: "Microsoft.ContainerInstance/containerGroups", egress: true},
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			got := find(t, record(t, fixture(), false), subnetToken, "westeurope-"+key).Inputs
			if prefix := got["addressPrefix"].StringValue(); prefix != want.prefix {
				t.Errorf("prefix %s, want %s", prefix, want.prefix)
			}
			if got.HasValue("natGateway") != want.egress {
				t.Errorf("NAT gateway: %v, want one: %t", got["natGateway"], want.egress)
			}
			if !got["networkSecurityGroup"].ObjectValue().HasValue("id") {
				t.Error("no network security group")
			}
			service := ""
			if delegations, ok := got["delegations"]; ok {
				service = delegations.ArrayValue()[0].ObjectValue()["serviceName"].StringValue()
			}
			if service != want.service {
				t.Errorf("delegated to %q, want %q", service, want.service)
			}
		})
	}
}

func TestSubnetsAreWrittenOneAfterAnother(t *testing.T) {
	t.Parallel()
	recording := record(t, fixture(), false)
	var previous resource.URN
	for _, key := range []string{gateways, machines, "chat.0", "globex-chat.0"} {
		subnet := find(t, recording, subnetToken, "westeurope-"+key)
		waits := false
		for _, dependency := range subnet.Dependencies {
			waits = waits || dependency == previous
		}
		if previous != "" && !waits {
			t.Errorf("subnet %s does not wait for %s", key, previous)
		}
		previous = subnet.URN
	}
}

func TestTheVirtualNetworkHoldsNoSubnetsInline(t *testing.T) {
	t.Parallel()
	network := find(t, record(t, fixture(), false), "azure-native:network:VirtualNetwork", "westeurope")
	if network.Inputs.HasValue("subnets") {
		t.Errorf("subnets: %v", network.Inputs["subnets"])
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	zonal, zoneless := fixture(), fixture()
	zoneless.Region.Zones = nil
	for name, test := range map[string]struct {
		args      Args
		zones     any
		wantLabel string
	}{
		"in a region with zones span them": {zonal, []any{"1", "2", "3"}, "ai-serving-westeurope-123"},
		"in a region without name none":    {zoneless, nil, "ai-serving-westeurope"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := find(t, record(t, test.args, false), addressToken, "westeurope-gateway")
			got := address.Inputs.Mappable()
			want := map[string]any{
				"sku": map[string]any{"name": "Standard"}, "publicIPAllocationMethod": "Static",
				"idleTimeoutInMinutes": 11.0,
				"zones":                test.zones, "dnsSettings": map[string]any{"domainNameLabel": test.wantLabel},
			}
			for input, want := range want {
				if diff := cmp.Diff(want, got[input]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", input, diff)
				}
			}
			if diff := cmp.Diff([]string{"zones"}, address.Options.ReplaceOnChanges); diff != "" {
				t.Errorf("replaceOnChanges (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsHardToGetBackIsProtected(t *testing.T) {
	t.Parallel()
	for name, protect := range map[string]bool{"when the stack says so": true, "not otherwise": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := fixture()
			args.Protect = protect
			recording := record(t, args, false)
			for _, key := range [][2]string{
				{"azure-native:resources:ResourceGroup", "westeurope"},
				{"azure-native:network:VirtualNetwork", "westeurope"},
				{addressToken, "westeurope-gateway"},
				{addressToken, "westeurope-egress"},
			} {
				if got := find(t, recording, key[0], key[1]).Options.Protect; got != protect {
					t.Errorf("%s: protect %t, want %t", key, got, protect)
				}
			}
		})
	}
}
