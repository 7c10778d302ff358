package azure

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"ai-serving/sandbox/rules/rulestest"
	"ai-serving/sandbox/store"
)

// address is a public IP address; a nil property is not given.
func address(more object) object {
	return with(in("rg", object{
		"publicIpAddressName": "it", "sku": object{"name": "Standard"}, "publicIPAllocationMethod": "Static",
	}), more)
}

func network(more object) object {
	return with(in("rg", object{"virtualNetworkName": "it", "addressSpace": object{"addressPrefixes": list{"10.1.0.0/16"}}}), more)
}

func subnetInputs(more object) object {
	return with(in("rg", object{"virtualNetworkName": "vnet", "subnetName": "it", "addressPrefix": "10.0.9.0/24"}), more)
}

// networkInterface has one configuration, in the machines' subnet.
func networkInterface(configuration object) object {
	return in("rg", object{"networkInterfaceName": "it", "ipConfigurations": list{
		with(object{"name": "ip", "subnet": object{"id": testSubnet + "machines"}}, configuration),
	}})
}

// securityRule lets anything in to a port.
func securityRule(name string, more object) object {
	return with(object{
		"name": name, "priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
		"sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "80",
	}, more)
}

func securityGroup(rules ...any) object {
	return in("rg", object{"networkSecurityGroupName": "it", "securityRules": list(rules)})
}

func resourceExamples() examples {
	nat := in("rg", object{"natGatewayName": "it", "sku": object{"name": "Standard"}})
	lookUp := func(name string) attempt {
		return func(s sandbox) error {
			_, err := s.Invoke(s.t.Context(), plugin.InvokeRequest{
				Tok: "azure-native:network:getPublicIPAddress", Args: resource.NewPropertyMapFromMap(in("rg", object{"publicIpAddressName": name})),
			})
			return err
		}
	}
	return examples{
		groupExists:    creates("network:VirtualNetwork", network(object{"resourceGroupName": "none", "location": "westeurope"}), network(nil)),
		parentExists:   creates("network:Subnet", subnetInputs(object{"virtualNetworkName": "none"}), subnetInputs(nil)),
		newID:          creates("network:VirtualNetwork", network(object{"virtualNetworkName": "VNET"}), network(nil)),
		resourceExists: example(lookUp("none"), lookUp("pip")),
		referenceForm: creates("network:Subnet",
			subnetInputs(object{"natGateway": object{"id": testNetwork + "/natGateways"}}), subnetInputs(nil)),
		referenceID: creates("network:Subnet", subnetInputs(object{"natGateway": object{}}), subnetInputs(nil)),
		referenceExists: creates("network:ApplicationGateway",
			gateway(object{"requestRoutingRules": list{routed(object{"httpListener": object{"id": "$self/httpListeners/none"}})}}),
			gateway(object{"requestRoutingRules": list{routed(nil)}})),
		referenceType: creates("network:ApplicationGateway",
			gateway(object{"requestRoutingRules": list{routed(object{"backendHttpSettings": object{"id": "$self/backendHttpSettings/settings"}})}}),
			gateway(object{"requestRoutingRules": list{routed(object{"backendHttpSettings": object{"id": "$self/backendHttpSettingsCollection/settings"}})}})),
		referenceOwn: example(
			then(makes("network:ApplicationGateway", otherGateway(testNetwork+"/applicationGateways/gw")), gatewayStands, otherAddress),
			then(makes("network:ApplicationGateway", otherGateway(testNetwork+"/applicationGateways/it")), gatewayStands, otherAddress)),
		referenceRegion: creates("network:NetworkInterface", with(networkInterface(nil), object{"location": "northeurope"}), networkInterface(nil)),
		locationRequired: example(
			func(s sandbox) error {
				t, definition, err := s.kind(urn("network:NatGateway", "it").Type())
				if err != nil {
					return err
				}
				_, err = s.manager.put(t, definition, testNetwork+"/natGateways/it", object{}, true)
				return err
			},
			makes("network:NatGateway", nat)),
		locationKnown: creates("network:NatGateway", with(nat, object{"location": "westeuropa"}), with(nat, object{"location": "West Europe"})),
		locationKept:  updates("network:NatGateway", nat, with(nat, object{"location": "northeurope"}), with(nat, object{"location": "West Europe"})),
		zonesKnown:    creates("network:PublicIPAddress", address(object{"zones": list{"1", "4"}}), address(object{"zones": list{"1", "3"}})),
		zonesOfRegion: creates("network:PublicIPAddress", address(object{"zones": list{"1"}, "location": "West US"}), address(object{"zones": list{"1"}, "location": "West US 2"})),
		zonesKept: updates("network:PublicIPAddress", address(object{"zones": list{"1", "2"}}),
			address(object{"zones": list{"1", "2", "3"}}), address(object{"zones": list{"2", "1"}})),
		tagCount: creates("network:NatGateway", with(nat, object{"tags": numberedTags(51)}), with(nat, object{"tags": numberedTags(50)})),
		tagLength: creates("network:NatGateway",
			with(nat, object{"tags": object{"model": strings.Repeat("é", 257)}}), with(nat, object{"tags": object{strings.Repeat("é", 512): strings.Repeat("é", 256)}})),
		nameCharacters: creates("network:PublicIPAddress", address(object{"publicIpAddressName": "it-"}), address(object{"publicIpAddressName": "it_"})),
		nameGiven: creates("network:NetworkSecurityGroup",
			securityGroup(securityRule("a", object{"name": nil})), securityGroup(securityRule("a", nil))),
		nameUnique: creates("network:NetworkSecurityGroup",
			securityGroup(securityRule("a", nil), securityRule("A", object{"priority": 101})),
			securityGroup(securityRule("a", nil), securityRule("b", object{"priority": 101}))),
	}
}

// numberedTags are n tags.
func numberedTags(n int) object {
	tags := object{}
	for i := range n {
		tags[fmt.Sprint("tag", i)] = "it"
	}
	return tags
}

func networkExamples() examples {
	inUse := func(prefix, delegation string) attempt {
		return func(s sandbox) error {
			s.containers("user", "containers")
			inputs := in("rg", object{
				"virtualNetworkName": "vnet", "subnetName": "containers", "addressPrefix": prefix,
				"delegations": list{object{"name": "delegation", "serviceName": delegation}},
			})
			_, err := s.tryUpdate(made{urn: urn("network:Subnet", "containers"), id: testSubnet + "containers"}, "network:Subnet", inputs)
			return err
		}
	}
	rule := func(more object) object { return securityGroup(securityRule("rule", more)) }
	return examples{
		spaceGiven: creates("network:VirtualNetwork", network(object{"addressSpace": nil}), network(nil)),
		spaceApart: creates("network:VirtualNetwork",
			network(object{"addressSpace": object{"addressPrefixes": list{"10.1.0.0/16", "10.1.8.0/24"}}}),
			network(object{"addressSpace": object{"addressPrefixes": list{"10.1.0.0/16", "10.2.0.0/16"}}})),
		interfaceConfigured: creates("network:NetworkInterface", with(networkInterface(nil), object{"ipConfigurations": list{}}), networkInterface(nil)),
		prefixForm:          creates("network:Subnet", subnetInputs(object{"addressPrefix": "10.0.9.1/24"}), subnetInputs(nil)),
		prefixSize:          creates("network:Subnet", subnetInputs(object{"addressPrefix": "10.0.9.0/30"}), subnetInputs(object{"addressPrefix": "10.0.9.0/29"})),
		subnetInside:        creates("network:Subnet", subnetInputs(object{"addressPrefix": "10.1.0.0/24"}), subnetInputs(nil)),
		subnetsApart:        creates("network:Subnet", subnetInputs(object{"addressPrefix": "10.0.0.128/25"}), subnetInputs(nil)),
		prefixKept:          example(inUse("10.0.1.0/25", containerService), inUse("10.0.1.0/24", containerService)),
		delegationAlone: creates("network:Subnet",
			subnetInputs(object{"delegations": list{
				object{"name": "one", "serviceName": containerService}, object{"name": "two", "serviceName": gatewayService},
			}}),
			subnetInputs(object{"delegations": list{object{"name": "one", "serviceName": containerService}}})),
		delegationService: creates("network:Subnet",
			subnetInputs(object{"delegations": list{object{"name": "delegation"}}}),
			subnetInputs(object{"delegations": list{object{"name": "delegation", "serviceName": containerService}}})),
		delegationKept: example(inUse("10.0.1.0/24", "Microsoft.Web/serverFarms"), inUse("10.0.1.0/24", containerService)),
		subnetRequired: creates("network:NetworkInterface", networkInterface(object{"subnet": nil}), networkInterface(nil)),
		subnetDedicated: creates("network:NetworkInterface",
			networkInterface(object{"subnet": object{"id": testSubnet + "containers"}}), networkInterface(nil)),
		securityPriority: creates("network:NetworkSecurityGroup", rule(object{"priority": 99}), rule(object{"priority": 4096})),
		securityUnique: creates("network:NetworkSecurityGroup",
			securityGroup(securityRule("a", nil), securityRule("b", nil)),
			securityGroup(securityRule("a", nil), securityRule("b", object{"direction": "Outbound"}))),
		securityPorts:     creates("network:NetworkSecurityGroup", rule(object{"destinationPortRange": "80-70"}), rule(object{"destinationPortRange": "70-80"})),
		securityAddresses: creates("network:NetworkSecurityGroup", rule(object{"sourceAddressPrefix": "10.0.0.0.0/8"}), rule(object{"sourceAddressPrefix": "AzureLoadBalancer"})),
		securityDescription: creates("network:NetworkSecurityGroup",
			rule(object{"description": strings.Repeat("é", 141)}), rule(object{"description": strings.Repeat("é", 140)})),
		securityComplete: creates("network:NetworkSecurityGroup", rule(object{"destinationPortRange": nil}),
			rule(object{"destinationPortRange": nil, "destinationPortRanges": list{"80", "443"}})),
	}
}

// basicAddress stores an address of the retired SKU, from before.
func basicAddress(s sandbox) {
	body := object{
		"id": testNetwork + "/publicIPAddresses/old", "name": "old", "location": "westeurope",
		"sku": object{"name": "Basic"}, "properties": object{"publicIPAllocationMethod": "Static"},
	}
	err := s.manager.store.Update(func(tx store.Tx) error { return tx.Put(key(text(body, "id")), body) })
	if err != nil {
		s.t.Fatal(err)
	}
}

func addressExamples() examples {
	static := func(private string) object {
		return networkInterface(object{"privateIPAllocationMethod": "Static", "privateIPAddress": private})
	}
	taken := func(s sandbox) {
		s.create("network:NetworkInterface", "other", with(static("10.0.2.9"), object{"networkInterfaceName": "other"}))
	}
	zonal := func(s sandbox) {
		s.create("network:PublicIPAddress", "zonal", address(object{"publicIpAddressName": "zonal", "zones": list{"1"}}))
	}
	nat := func(more object) object {
		return with(in("rg", object{"natGatewayName": "it", "sku": object{"name": "Standard"}}), more)
	}
	of := func(name string) list { return list{object{"id": testNetwork + "/publicIPAddresses/" + name}} }
	return examples{
		addressStandard: creates("network:PublicIPAddress", address(object{"sku": nil}), address(nil)),
		addressStatic:   creates("network:PublicIPAddress", address(object{"publicIPAllocationMethod": "Dynamic"}), address(nil)),
		addressLabel: creates("network:PublicIPAddress",
			address(object{"dnsSettings": object{"domainNameLabel": "Mine"}}), address(object{"dnsSettings": object{"domainNameLabel": "mine"}})),
		addressLabelFree: creates("network:PublicIPAddress",
			address(object{"dnsSettings": object{"domainNameLabel": "front"}}),
			address(object{"dnsSettings": object{"domainNameLabel": "front"}, "location": "northeurope"})),
		addressIdle: creates("network:PublicIPAddress", address(object{"idleTimeoutInMinutes": 31}), address(object{"idleTimeoutInMinutes": 30})),
		addressKept: updates("network:PublicIPAddress", address(nil),
			address(object{"sku": object{"name": "Standard", "tier": "Global"}}), address(object{"sku": object{"name": "Standard", "tier": "Regional"}})),
		addressAllocatedOnce: example(
			then(makes("network:NatGateway", nat(object{"publicIpAddresses": of("pip")})), gatewayStands),
			then(makes("network:NatGateway", nat(object{"publicIpAddresses": of("pip")})))),
		publicIPsExhausted: example(fillPublic(0), fillPublic(1)),
		natStandard: example(
			then(makes("network:NatGateway", nat(object{"publicIpAddresses": of("old")})), basicAddress),
			makes("network:NatGateway", nat(object{"publicIpAddresses": of("pip")}))),
		natOneZone: creates("network:NatGateway", nat(object{"zones": list{"1", "2"}}), nat(object{"zones": list{"1"}})),
		natSameZone: example(
			then(makes("network:NatGateway", nat(object{"zones": list{"2"}, "publicIpAddresses": of("zonal")})), zonal),
			then(makes("network:NatGateway", nat(object{"zones": list{"1"}, "publicIpAddresses": of("zonal")})), zonal)),
		natIdle:         creates("network:NatGateway", nat(object{"idleTimeoutInMinutes": 121}), nat(object{"idleTimeoutInMinutes": 120})),
		privateInSubnet: creates("network:NetworkInterface", static("10.0.1.9"), static("10.0.2.9")),
		privateFree:     example(then(makes("network:NetworkInterface", static("10.0.2.9")), taken), then(makes("network:NetworkInterface", static("10.0.2.10")), taken)),
		privateReserved: creates("network:NetworkInterface", static("10.0.2.3"), static("10.0.2.4")),
		subnetFull:      example(then(makes("network:ApplicationGateway", inSmall(4)), small), then(makes("network:ApplicationGateway", inSmall(3)), small)),
	}
}

// small is a subnet of eight addresses, of which Azure keeps five.
func small(s sandbox) { s.subnet("small", "10.0.9.0/29", gatewayService) }

func inSmall(capacity int) object {
	return gateway(object{
		"autoscaleConfiguration":  nil,
		"sku":                     object{"name": "Standard_v2", "tier": "Standard_v2", "capacity": capacity},
		"gatewayIPConfigurations": list{object{"name": "ip", "subnet": object{"id": testSubnet + "small"}}},
	})
}

// fillPublic takes every public address of the sandbox but some, and asks for
// one more.
func fillPublic(left int) attempt {
	return func(s sandbox) error {
		taken := list{}
		for _, prefix := range publicRanges {
			for a := prefix.Addr(); prefix.Contains(a); a = a.Next() {
				taken = append(taken, a.String())
			}
		}
		last := len(taken) - 1 // the last of a range is never given
		err := s.manager.store.Update(func(tx store.Tx) error {
			return tx.Put("filler", object{"id": "filler", "taken": taken[:last-left]})
		})
		if err != nil {
			s.t.Fatal(err)
		}
		return makes("network:PublicIPAddress", address(nil))(s)
	}
}

// gatewayStands makes the gateway of the tests.
func gatewayStands(s sandbox) { s.create("network:ApplicationGateway", "gw", gateway(nil)) }

// otherGateway is a second gateway, whose rule routes to a pool of the gateway with
// an id.
func otherGateway(owner string) object {
	return gateway(object{
		"applicationGatewayName":   "it",
		"frontendIPConfigurations": list{object{"name": "fe", "publicIPAddress": object{"id": testNetwork + "/publicIPAddresses/other"}}},
		"requestRoutingRules":      list{routed(object{"backendAddressPool": object{"id": owner + "/backendAddressPools/pool"}})},
	})
}

func otherAddress(s sandbox) { s.publicIP("other", "other") }

func inUseExamples() examples {
	nat := in("rg", object{"natGatewayName": "nat", "sku": object{"name": "Standard"}})
	remove := func(token, id string) attempt {
		return func(s sandbox) error { return s.delete(made{urn: urn(token, "it"), id: resource.ID(id)}) }
	}
	// removal deletes what was made before, used and unused.
	removal := func(token, id string, used func(s sandbox), before ...func(s sandbox)) rulestest.Example {
		return example(then(remove(token, id), append(before, used)...), then(remove(token, id), before...))
	}
	natStands := func(s sandbox) { s.create("network:NatGateway", "nat", nat) }
	groupStands := func(s sandbox) {
		s.create("network:NetworkSecurityGroup", "it", securityGroup())
	}
	subnetWith := func(name string, id string) func(s sandbox) {
		return func(s sandbox) { s.create("network:Subnet", "user", subnetInputs(object{name: object{"id": id}})) }
	}
	otherGroup := func(s sandbox) {
		s.create("resources:ResourceGroup", "other", object{"resourceGroupName": "other", "location": "westeurope"})
		s.create("network:NetworkInterface", "user", with(networkInterface(nil), object{"resourceGroupName": "other"}))
	}
	policyStands := func(s sandbox) {
		s.create("network:WebApplicationFirewallPolicy", "waf", firewall(object{"policyName": "waf"}))
	}
	poolMember := func(s sandbox) {
		s.create("network:NetworkInterface", "user", networkInterface(object{
			"applicationGatewayBackendAddressPools": list{object{"id": testNetwork + "/applicationGateways/gw/backendAddressPools/pool"}},
		}))
	}
	interfaceStands := func(s sandbox) { s.create("network:NetworkInterface", "it", networkInterface(nil)) }
	machineHas := func(s sandbox) {
		if err := s.manager.store.Update(func(tx store.Tx) error { _, err := attach(tx, "it"); return err }); err != nil {
			s.t.Fatal(err)
		}
	}
	return examples{
		interfaceFree: removal("network:NetworkInterface", testNetwork+"/networkInterfaces/it", machineHas, interfaceStands),
		subnetFree:    removal("network:Subnet", testSubnet+"containers", func(s sandbox) { s.containers("user", "containers") }),
		addressFree:   removal("network:PublicIPAddress", testNetwork+"/publicIPAddresses/pip", gatewayStands),
		securityGroupFree: removal("network:NetworkSecurityGroup", testNetwork+"/networkSecurityGroups/it",
			subnetWith("networkSecurityGroup", testNetwork+"/networkSecurityGroups/it"), groupStands),
		natGatewayFree: removal("network:NatGateway", testNetwork+"/natGateways/nat", subnetWith("natGateway", testNetwork+"/natGateways/nat"), natStands),
		groupFree:      removal("resources:ResourceGroup", testGroup, otherGroup),
		firewallPolicyFree: removal("network:WebApplicationFirewallPolicy", testPolicy,
			func(s sandbox) { s.create("network:ApplicationGateway", "gw", protected(nil)) }, policyStands),
		resourceFree: removal("network:ApplicationGateway", testNetwork+"/applicationGateways/gw", poolMember, gatewayStands),
	}
}

func TestWhatOnlyWatchesOrCanBeLostIsDeleted(t *testing.T) {
	t.Parallel()
	s := inWorld(t)
	identity := s.create("managedidentity:UserAssignedIdentity", "id", in("rg", object{"resourceName": "id"}))
	s.create("network:ApplicationGateway", "gw", gateway(object{
		"frontendIPConfigurations": list{object{"name": "fe", "publicIPAddress": object{"id": string(s.publicIP("own", "own").id)}}},
		"identity":                 object{"type": "UserAssigned", "userAssignedIdentities": list{string(identity.id)}},
	}))
	s.create("network:Profile", "profile", profile(object{"endpoints": list{endpoint("azureEndpoints", object{
		"targetResourceId": testNetwork + "/publicIPAddresses/pip",
	})}}))
	for name, m := range map[string]made{
		"an address that Traffic Manager watches": {urn: urn("network:PublicIPAddress", "pip"), id: testNetwork + "/publicIPAddresses/pip"},
		"an identity that a gateway has":          identity,
	} {
		if err := s.delete(m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
