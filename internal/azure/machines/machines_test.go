package machines

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

const (
	interfaceToken = "azure-native:network:NetworkInterface"
	groupToken     = "azure-native:network:NetworkSecurityGroup"
)

func workload(key string, port int) topology.Workload {
	return topology.Workload{Key: key, Port: port, Labels: map[string]string{"model": key}}
}

// record registers two machines of one workload, which two gateways route to, and
// one of another.
func record(t *testing.T) (*testkit.Recording, map[string]string) {
	t.Helper()
	vision, embed := workload("vision", 8000), workload("embed", 8001)
	ids := map[string]string{}
	recording, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test"}, func(ctx *pulumi.Context) error {
		machines, err := New(ctx, "westeurope", Args{
			Location:          "westeurope",
			ResourceGroupName: pulumi.String("group"),
			SubnetID:          pulumi.String("subnet"),
			GatewaySubnet:     netip.MustParsePrefix("10.10.0.0/24"),
			Gateways:          map[string]pulumi.StringInput{"westeurope": pulumi.String("first"), "westeurope-2": pulumi.String("second")},
			Interfaces: []topology.NetworkInterface{
				{Name: "embed.a100", Workload: embed, Gateways: []string{"westeurope"}},
				{Name: "vision.a100", Workload: vision, Gateways: []string{"westeurope", "westeurope-2"}},
				{Name: "vision.h100", Workload: vision, Gateways: []string{"westeurope", "westeurope-2"}},
			},
		})
		if err != nil {
			return err
		}
		for name, id := range machines.NetworkInterfaceIDs {
			ctx.Export(name, id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range recording.Outputs.Mappable() {
		ids[name] = id.(string)
	}
	return recording, ids
}

func TestAMachineIsInThePoolOfEachGatewayThatLeadsToIt(t *testing.T) {
	t.Parallel()
	recording, _ := record(t)
	got, ok := recording.Find(interfaceToken, "westeurope-vision.a100")
	if !ok {
		t.Fatalf("no such interface: %v", recording.OfType(interfaceToken))
	}
	const group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/group/providers/Microsoft.Network/networkSecurityGroups/"
	want := map[string]any{
		"resourceGroupName": "group", "location": "westeurope",
		"networkSecurityGroup": map[string]any{"id": group + "westeurope-vision-0a1b2c3"},
		"ipConfigurations": []any{map[string]any{
			"name": "primary", "primary": true, "privateIPAllocationMethod": "Dynamic",
			"subnet": map[string]any{"id": "subnet"},
			"applicationGatewayBackendAddressPools": []any{
				map[string]any{"id": "first/backendAddressPools/vision"},
				map[string]any{"id": "second/backendAddressPools/vision"},
			},
		}},
		"tags": map[string]any{"model": "vision"},
	}
	if diff := cmp.Diff(want, testkit.Reveal(got.Inputs)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMachinesOfAWorkloadShareASecurityGroup(t *testing.T) {
	t.Parallel()
	recording, _ := record(t)
	ports := map[string]any{}
	for _, group := range recording.OfType(groupToken) {
		rules := testkit.Reveal(group.Inputs)["securityRules"].([]any)
		first := rules[0].(map[string]any)
		if first["sourceAddressPrefix"] != "10.10.0.0/24" || first["access"] != "Allow" {
			t.Errorf("%s lets in %v", group.Name, first)
		}
		if last := rules[len(rules)-1].(map[string]any); last["sourceAddressPrefix"] != "VirtualNetwork" || last["access"] != "Deny" {
			t.Errorf("%s ends with %v, which keeps the network's neighbours out of nothing", group.Name, last)
		}
		ports[group.Name] = first["destinationPortRanges"]
	}
	want := map[string]any{"westeurope-embed": []any{"8001"}, "westeurope-vision": []any{"8000"}}
	if diff := cmp.Diff(want, ports); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
}

func TestIdsAreByTheNameOfTheInterface(t *testing.T) {
	t.Parallel()
	_, ids := record(t)
	var names []string
	for name, id := range ids {
		names = append(names, name)
		if !strings.HasSuffix(id, "/networkInterfaces/westeurope-"+name+"-0a1b2c3") {
			t.Errorf("%s is %s", name, id)
		}
	}
	slices.Sort(names)
	if want := []string{"embed.a100", "vision.a100", "vision.h100"}; !slices.Equal(names, want) {
		t.Errorf("ids of %q, want %q", names, want)
	}
}

func TestInterfacesAreWrittenOneAfterAnother(t *testing.T) {
	t.Parallel()
	recording, _ := record(t)
	interfaces := recording.OfType(interfaceToken)
	if len(interfaces) != 3 {
		t.Fatalf("%d interfaces, want 3", len(interfaces))
	}
	for i, later := range interfaces[1:] {
		if earlier := interfaces[i]; !slices.Contains(later.Dependencies, earlier.URN) {
			t.Errorf("%s does not wait for %s", later.Name, earlier.Name)
		}
	}
}
