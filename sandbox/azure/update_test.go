package azure

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"ai-serving/sandbox/azure/bicep"
)

func TestAnUpdateKeepsWhatAzureGave(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.region()
	inputs := containerGroup("group", object{
		"subnetIds": list{object{"id": testSubnet + "containers"}},
		"ipAddress": object{"type": "Private", "ports": list{object{"port": 8080}}},
	})
	s.containers("first", "containers")
	group := s.create("containerinstance:ContainerGroup", "group", inputs)
	inputs["tags"] = object{"model": "chat"}
	updated := s.update(group, "containerinstance:ContainerGroup", inputs)
	before, after := group.outputs["ipAddress"].ObjectValue()["ip"], updated.outputs["ipAddress"].ObjectValue()["ip"]
	if before.StringValue() != "10.0.1.5" || before.StringValue() != after.StringValue() {
		t.Errorf("the address 10.0.1.5 was %v and became %v", before, after)
	}
}

func TestANetworkKeepsSubnetsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.group()
	network := s.network()
	subnet := s.subnet("nodes", "10.0.3.0/24", "")
	network = s.update(network, "network:VirtualNetwork", in("rg", object{
		"virtualNetworkName": "vnet", "addressSpace": object{"addressPrefixes": list{"10.0.0.0/16"}}, "tags": object{"a": "1"},
	}))
	if read := s.read(subnet); read.ID != subnet.id {
		t.Error("the subnet is gone")
	}
	if shown := network.outputs["subnets"]; len(shown.ArrayValue()) > 0 {
		t.Errorf("the network shows subnets that it does not state: %v", shown)
	}
	s.update(network, "network:VirtualNetwork", in("rg", object{
		"virtualNetworkName": "vnet", "addressSpace": object{"addressPrefixes": list{"10.0.0.0/16"}},
		"subnets": list{object{"name": "inline", "addressPrefix": "10.0.4.0/24"}},
	}))
	if read := s.read(subnet); read.ID != "" {
		t.Error("a network that states its subnets kept another")
	}
}

func TestRefreshTakesOverDriftOnly(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.group()
	network := s.network()
	body, err := s.manager.get(string(network.id))
	if err != nil {
		t.Fatal(err)
	}
	put(body, map[string]any{"touched": "by hand"}, "tags")
	put(body, list{"10.0.0.0/16", "10.1.0.0/16"}, nested, "addressSpace", "addressPrefixes")
	served, definition, err := s.kind("azure-native:network:VirtualNetwork")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.manager.put(served, definition, string(network.id), body, false); err != nil {
		t.Fatal(err)
	}
	want := network.inputs.Mappable()
	want["tags"] = object{"touched": "by hand"}
	want["addressSpace"] = object{"addressPrefixes": list{"10.0.0.0/16", "10.1.0.0/16"}}
	if diff := cmp.Diff(want, s.read(network).Inputs.Mappable()); diff != "" {
		t.Error(diff)
	}
}

func TestImportGivesTheProgram(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.region()
	s.containers("one", "containers")
	read, err := s.Read(t.Context(), plugin.ReadRequest{
		URN: urn("network:Subnet", "imported"), ID: testSubnet + "CONTAINERS",
	})
	if err != nil {
		t.Fatal(err)
	}
	if read.ID != testSubnet+"containers" {
		t.Errorf("imported %s; want Azure's own spelling", read.ID)
	}
	for key, want := range map[resource.PropertyKey]string{
		"resourceGroupName": "rg", "virtualNetworkName": "vnet", "subnetName": "containers", "addressPrefix": "10.0.1.0/24",
	} {
		if got := read.Inputs[key]; !got.IsString() || got.StringValue() != want {
			t.Errorf("%s = %v, want %s", key, got, want)
		}
	}
}

func TestAPreviewDoesNotGuess(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	inputs := s.check("network:PublicIPAddress", "pip", nil, in("rg", object{
		"location": "westeurope", "dnsSettings": object{"domainNameLabel": "front"},
	}))
	preview, err := s.Create(t.Context(), plugin.CreateRequest{URN: urn("network:PublicIPAddress", "pip"), Properties: inputs, Preview: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []resource.PropertyKey{"ipAddress", "name", "provisioningState"} {
		if !preview.Properties[key].IsComputed() {
			t.Errorf("%s = %v before Azure has answered", key, preview.Properties[key])
		}
	}
	dns := preview.Properties["dnsSettings"].ObjectValue()
	if dns["domainNameLabel"].StringValue() != "front" || !dns["fqdn"].IsComputed() {
		t.Errorf("dnsSettings = %v; want the given label and an unknown fqdn", dns)
	}
	if preview.ID != "" {
		t.Errorf("the preview has the id %q", preview.ID)
	}
}

func TestAGroupGoesWithItsContents(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	group := s.group()
	network := s.network()
	if err := s.delete(group); err != nil {
		t.Fatal(err)
	}
	if read := s.read(network); read.ID != "" {
		t.Errorf("%s outlives its resource group", read.ID)
	}
}

func TestSecretsAreNotShownAgain(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.group()
	inputs := containerGroup("group", nil)
	inputs["containers"].(list)[0].(object)["environmentVariables"] = list{object{"name": "TOKEN", "secureValue": "hush"}}
	group := s.create("containerinstance:ContainerGroup", "group", inputs)
	container := group.outputs["containers"].ArrayValue()[0].ObjectValue()
	variable := container["environmentVariables"].ArrayValue()[0].ObjectValue()
	if diff := cmp.Diff(map[string]any{"name": "TOKEN"}, variable.Mappable()); diff != "" {
		t.Error(diff)
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.region()
	found, err := s.Invoke(t.Context(), plugin.InvokeRequest{
		Tok: "azure-native:network:getPublicIPAddress", Args: resource.NewPropertyMapFromMap(in("rg", object{"publicIpAddressName": "pip"})),
	})
	if err != nil || found.Properties["ipAddress"].StringValue() != "192.0.2.1" {
		t.Errorf("getPublicIPAddress = %v, %v", found.Properties, err)
	}
	client, err := s.Invoke(t.Context(), plugin.InvokeRequest{Tok: clientConfig})
	if err != nil || client.Properties["subscriptionId"].StringValue() != sandboxID {
		t.Errorf("getClientConfig = %v, %v", client.Properties, err)
	}
	_, err = s.Invoke(t.Context(), plugin.InvokeRequest{Tok: "azure-native:storage:listStorageAccountKeys"})
	if want := "the sandbox does not serve the function azure-native:storage:listStorageAccountKeys"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAddressesAreDistinctAcrossProcesses(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.region()
	other := newSandbox(t)
	other.manager = s.manager
	taken := map[string]bool{}
	for _, m := range []made{s.publicIP("a", "one"), other.publicIP("b", "two"), s.publicIP("c", "three")} {
		taken[m.outputs["ipAddress"].StringValue()] = true
	}
	if len(taken) != 3 {
		t.Errorf("three public addresses are %v", taken)
	}
}

func TestStoredBodiesFitTheirDefinitions(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.region()
	s.containers("one", "containers")
	gw := s.create("network:ApplicationGateway", "gw", gateway(nil))
	for token, id := range map[string]string{
		"network:ApplicationGateway":       string(gw.id),
		"network:VirtualNetwork":           testNetwork + "/virtualNetworks/vnet",
		"network:PublicIPAddress":          testNetwork + "/publicIPAddresses/pip",
		"containerinstance:ContainerGroup": testGroup + "/providers/Microsoft.ContainerInstance/containerGroups/one",
	} {
		_, definition, err := s.kind(urn(token, "it").Type())
		if err != nil {
			t.Fatal(err)
		}
		body, err := s.manager.get(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range strangers(definition, body, "") {
			t.Errorf("%s has %s, which its definition has not", id, path)
		}
	}
}

// strangers lists the paths of a body that its definition does not have.
func strangers(t *bicep.Type, v any, path string) []string {
	var found []string
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			p, ok := t.Properties[key]
			switch {
			case ok:
				found = append(found, strangers(p.Type, value, path+"."+key)...)
			case t.Additional != nil:
				found = append(found, strangers(t.Additional, value, path+"."+key)...)
			default:
				found = append(found, path+"."+key)
			}
		}
	case []any:
		for _, item := range v {
			found = append(found, strangers(t.Items, item, path+"[]")...)
		}
	}
	return found
}
