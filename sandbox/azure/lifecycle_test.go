package azure

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/sandbox/store"
)

const (
	testGroup   = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg"
	testNetwork = testGroup + "/providers/Microsoft.Network"
	testSubnet  = testNetwork + "/virtualNetworks/vnet/subnets/"
)

// object and list shorten inputs.
type (
	object = map[string]any
	list   = []any
)

func in(group string, more object) object {
	inputs := object{"resourceGroupName": group}
	for key, value := range more {
		inputs[key] = value
	}
	return inputs
}

func (s sandbox) network() made {
	s.t.Helper()
	return s.create("network:VirtualNetwork", "vnet", in("rg", object{
		"virtualNetworkName": "vnet", "addressSpace": object{"addressPrefixes": list{"10.0.0.0/16"}},
	}))
}

func (s sandbox) subnet(name, prefix, delegation string) made {
	s.t.Helper()
	inputs := in("rg", object{"virtualNetworkName": "vnet", "subnetName": name, "addressPrefix": prefix})
	if delegation != "" {
		inputs["delegations"] = list{object{"name": "delegation", "serviceName": delegation}}
	}
	return s.create("network:Subnet", name, inputs)
}

func (s sandbox) publicIP(name, label string) made {
	s.t.Helper()
	return s.create("network:PublicIPAddress", name, in("rg", object{
		"publicIpAddressName":      name,
		"sku":                      object{"name": "Standard"},
		"publicIPAllocationMethod": "Static",
		"dnsSettings":              object{"domainNameLabel": label},
	}))
}

func (s sandbox) containers(name, subnet string) made {
	s.t.Helper()
	return s.create("containerinstance:ContainerGroup", name, containerGroup(name, object{
		"subnetIds": list{object{"id": testSubnet + subnet}},
		"ipAddress": object{"type": "Private", "ports": list{object{"port": 8080}}},
	}))
}

func containerGroup(name string, more object) object {
	inputs := in("rg", object{
		"containerGroupName": name,
		"osType":             "Linux",
		"containers": list{object{
			"name": "server", "image": "example.com/server:1", "ports": list{object{"port": 8080}},
			"resources": object{"requests": object{"cpu": 1, "memoryInGB": 1.5}},
		}},
	})
	for key, value := range more {
		inputs[key] = value
	}
	return inputs
}

func gateway(more object) object {
	inputs := in("rg", object{
		"applicationGatewayName":   "gw",
		"sku":                      object{"name": "Standard_v2", "tier": "Standard_v2"},
		"autoscaleConfiguration":   object{"minCapacity": 1, "maxCapacity": 3},
		"gatewayIPConfigurations":  list{object{"name": "ip", "subnet": object{"id": testSubnet + "gateway"}}},
		"frontendIPConfigurations": list{object{"name": "fe", "publicIPAddress": object{"id": testNetwork + "/publicIPAddresses/pip"}}},
		"frontendPorts":            list{object{"name": "http", "port": 80}},
		"backendAddressPools":      list{object{"name": "pool", "backendAddresses": list{object{"ipAddress": "10.0.1.4"}}}},
		"backendHttpSettingsCollection": list{object{
			"name": "settings", "port": 8080, "protocol": "Http", "cookieBasedAffinity": "Disabled",
		}},
		"httpListeners": list{object{
			"name": "listener", "protocol": "Http",
			"frontendIPConfiguration": object{"id": "$self/frontendIPConfigurations/fe"},
			"frontendPort":            object{"id": "$self/frontendPorts/http"},
		}},
		"requestRoutingRules": list{object{
			"name": "rule", "ruleType": "Basic", "priority": 10,
			"httpListener":        object{"id": "$self/httpListeners/listener"},
			"backendAddressPool":  object{"id": "$self/backendAddressPools/pool"},
			"backendHttpSettings": object{"id": "$self/backendHttpSettingsCollection/settings"},
		}},
	})
	for key, value := range more {
		inputs[key] = value
	}
	return inputs
}

// region makes what a gateway and its backends stand on.
func (s sandbox) region() {
	s.t.Helper()
	s.group()
	s.network()
	s.subnet("gateway", "10.0.0.0/24", "Microsoft.Network/applicationGateways")
	s.subnet("containers", "10.0.1.0/24", "Microsoft.ContainerInstance/containerGroups")
	s.subnet("machines", "10.0.2.0/24", "")
	s.publicIP("pip", "front")
}

func TestARegionLivesAndDies(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	group := s.group()
	all := []made{group, s.network()}
	all = append(all, s.subnet("gateway", "10.0.0.0/24", "Microsoft.Network/applicationGateways"),
		s.subnet("containers", "10.0.1.0/24", "Microsoft.ContainerInstance/containerGroups"),
		s.publicIP("pip", "front"),
		s.containers("one", "containers"), s.containers("two", "containers"))
	all = append(all, s.create("network:ApplicationGateway", "gw", gateway(nil)))
	all = append(all, s.create("network:Profile", "profile", in("rg", object{
		"profileName": "profile", "location": "global", "trafficRoutingMethod": "Performance",
		"dnsConfig":     object{"relativeName": "ai-serving", "ttl": 20},
		"monitorConfig": object{"protocol": "HTTPS", "port": 443, "path": "/"},
		"endpoints": list{object{
			"name": "azure", "type": "Microsoft.Network/trafficManagerProfiles/azureEndpoints",
			"targetResourceId": testNetwork + "/publicIPAddresses/pip",
		}},
	})))
	for _, m := range all {
		read := s.read(m)
		if diff := cmp.Diff(m.outputs.Mappable(), read.Outputs.Mappable()); diff != "" {
			t.Errorf("%s: refresh finds another state (-made +read):\n%s", m.urn.Name(), diff)
		}
		if diff := cmp.Diff(m.inputs.Mappable(), read.Inputs.Mappable()); diff != "" {
			t.Errorf("%s: refresh finds other inputs (-given +read):\n%s", m.urn.Name(), diff)
		}
	}
	for i := len(all) - 1; i >= 0; i-- {
		if err := s.delete(all[i]); err != nil {
			t.Errorf("delete %s: %v", all[i].urn.Name(), err)
		}
	}
	if err := s.manager.store.View(func(tx store.Tx) error {
		return tx.Each("", func(id string, _ json.RawMessage) error {
			t.Errorf("%s is left", id)
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
}

func TestComputedOutputs(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.region()
	got := map[string]any{}
	show := func(m made, path string) {
		parsed, err := resource.ParsePropertyPath(path)
		if err != nil {
			t.Fatal(err)
		}
		value, _ := parsed.Get(resource.NewProperty(m.outputs))
		got[m.urn.Name()+" "+path] = value.Mappable()
	}
	second := s.publicIP("second", "other")
	show(second, "ipAddress")
	show(second, "dnsSettings.fqdn")
	show(second, "location")
	show(second, "name")
	show(second, "type")
	show(second, "provisioningState")
	one, two := s.containers("one", "containers"), s.containers("two", "containers")
	show(one, "ipAddress.ip")
	show(two, "ipAddress.ip")
	public := s.create("containerinstance:ContainerGroup", "public", containerGroup("public", object{
		"ipAddress": object{"type": "Public", "dnsNameLabel": "serving", "ports": list{object{"port": 8080}}},
	}))
	show(public, "ipAddress.ip")
	show(public, "ipAddress.fqdn")
	gw := s.create("network:ApplicationGateway", "gw", gateway(nil))
	show(gw, "httpListeners[0].id")
	show(gw, "httpListeners[0].frontendPort.id")
	show(gw, "httpListeners[0].type")
	nic := s.create("network:NetworkInterface", "nic", in("rg", object{
		"networkInterfaceName": "nic",
		"ipConfigurations": list{object{
			"name": "ip", "subnet": object{"id": testSubnet + "machines"},
			"applicationGatewayBackendAddressPools": list{object{"id": string(gw.id) + "/backendAddressPools/pool"}},
		}},
	}))
	show(nic, "ipConfigurations[0].privateIPAddress")
	profile := s.create("network:Profile", "profile", in("rg", object{
		"profileName": "profile", "location": "global", "trafficRoutingMethod": "Priority",
		"dnsConfig": object{"relativeName": "Serving"}, "monitorConfig": object{"protocol": "HTTP", "port": 80, "path": "/"},
	}))
	show(profile, "dnsConfig.fqdn")
	endpoint := s.create("network:Endpoint", "endpoint", in("rg", object{
		"profileName": "profile", "endpointType": "AzureEndpoints", "endpointName": "front",
		"targetResourceId": testNetwork + "/publicIPAddresses/pip",
	}))
	show(endpoint, "target")
	show(endpoint, "type")
	got["endpoint id"] = string(endpoint.id)

	want := map[string]any{
		"second ipAddress":                         "192.0.2.2",
		"second dnsSettings.fqdn":                  "other.westeurope.cloudapp.azure.com",
		"second location":                          "westeurope",
		"second name":                              "second",
		"second type":                              "Microsoft.Network/publicIPAddresses",
		"second provisioningState":                 "Succeeded",
		"one ipAddress.ip":                         "10.0.1.4",
		"two ipAddress.ip":                         "10.0.1.5",
		"public ipAddress.ip":                      "192.0.2.3",
		"public ipAddress.fqdn":                    "serving.westeurope.azurecontainer.io",
		"gw httpListeners[0].id":                   testNetwork + "/applicationGateways/gw/httpListeners/listener",
		"gw httpListeners[0].frontendPort.id":      testNetwork + "/applicationGateways/gw/frontendPorts/http",
		"gw httpListeners[0].type":                 "Microsoft.Network/applicationGateways/httpListeners",
		"nic ipConfigurations[0].privateIPAddress": "10.0.2.4",
		"profile dnsConfig.fqdn":                   "serving.trafficmanager.net",
		"endpoint target":                          "front.westeurope.cloudapp.azure.com",
		"endpoint type":                            "Microsoft.Network/trafficManagerProfiles/azureEndpoints",
		"endpoint id":                              testNetwork + "/trafficManagerProfiles/profile/azureEndpoints/front",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
