package azure

import (
	"testing"
)

func TestAzureRefuses(t *testing.T) {
	t.Parallel()
	selfHosted := func(name, host string) object {
		return object{
			"name": name, "protocol": "Http", "hostNames": list{host},
			"frontendIPConfiguration": object{"id": "$self/frontendIPConfigurations/fe"},
			"frontendPort":            object{"id": "$self/frontendPorts/http"},
		}
	}
	routed := func(name string, priority any, listener string) object {
		rule := object{
			"name": name, "ruleType": "Basic", "httpListener": object{"id": "$self/httpListeners/" + listener},
			"backendAddressPool": object{"id": "$self/backendAddressPools/pool"}, "backendHttpSettings": object{"id": "$self/backendHttpSettingsCollection/settings"},
		}
		if priority != nil {
			rule["priority"] = priority
		}
		return rule
	}
	profile := func(more object) object {
		inputs := in("rg", object{
			"profileName": "profile", "location": "global", "trafficRoutingMethod": "Priority",
			"dnsConfig": object{"relativeName": "serving"}, "monitorConfig": object{"protocol": "HTTP", "port": 80, "path": "/"},
		})
		for key, value := range more {
			inputs[key] = value
		}
		return inputs
	}
	endpoint := func(kind string, more object) object {
		e := object{"name": "front", "type": "Microsoft.Network/trafficManagerProfiles/" + kind}
		for key, value := range more {
			e[key] = value
		}
		return e
	}
	gw := testNetwork + "/applicationGateways/it"
	tests := map[string]struct {
		token  string
		inputs object
		want   string
	}{
		"a missing resource group": {
			"network:VirtualNetwork",
			object{"resourceGroupName": "none", "location": "westeurope", "virtualNetworkName": "it"},
			`Code="ResourceGroupNotFound" Message="Resource group \"none\" could not be found."`,
		},
		"a missing parent": {
			"network:Subnet", in("rg", object{"virtualNetworkName": "none", "subnetName": "it", "addressPrefix": "10.0.9.0/24"}),
			`Code="ParentResourceNotFound" Message="Failed to perform the operation on ` + testNetwork + `/virtualNetworks/none/subnets/it: the parent resource ` + testNetwork + `/virtualNetworks/none was not found."`,
		},
		"a second resource with an id": {
			"network:VirtualNetwork", in("rg", object{"virtualNetworkName": "VNET"}),
			`cannot create already existing resource "` + testNetwork + `/virtualNetworks/VNET"`,
		},
		"a missing referenced resource": {
			"network:Subnet", in("rg", object{"virtualNetworkName": "vnet", "subnetName": "it", "natGateway": object{"id": testNetwork + "/natGateways/none"}}),
			`Code="InvalidResourceReference" Message="` + testSubnet + `it refers to ` + testNetwork + `/natGateways/none, which does not exist."`,
		},
		"a missing subnet": {
			"network:NetworkInterface", in("rg", object{"networkInterfaceName": "it", "ipConfigurations": list{object{"name": "ip", "subnet": object{"id": testSubnet + "none"}}}}),
			`Code="InvalidResourceReference" Message="` + testNetwork + `/networkInterfaces/it refers to ` + testSubnet + `none, which does not exist; the subnets are gateway, containers."`,
		},
		"a reference into another region": {
			"network:NetworkInterface", in("rg", object{"networkInterfaceName": "it", "location": "northeurope", "ipConfigurations": list{object{"name": "ip", "subnet": object{"id": testSubnet + "containers"}}}}),
			`Code="InvalidResourceReference" Message="` + testNetwork + `/networkInterfaces/it is in northeurope and refers to ` + testSubnet + `containers, which is in westeurope: both have to be in the same region."`,
		},
		"a wrong segment after $self": {
			"network:ApplicationGateway", gateway(object{"applicationGatewayName": "it", "requestRoutingRules": list{object{
				"name": "rule", "priority": 1, "backendHttpSettings": object{"id": "$self/backendHttpSettings/settings"},
			}}}),
			`Code="InvalidResourceReference" Message="` + gw + ` refers to ` + gw + `/backendHttpSettings/settings, but ` + gw + ` has no backendHttpSettings."`,
		},
		"a missing part after $self": {
			"network:ApplicationGateway", gateway(object{"applicationGatewayName": "it", "requestRoutingRules": list{object{
				"name": "rule", "priority": 1, "httpListener": object{"id": "$self/httpListeners/none"},
			}}}),
			`Code="InvalidResourceReference" Message="` + gw + ` refers to ` + gw + `/httpListeners/none, which does not exist; the httpListeners are listener."`,
		},
		"a reference without an id": {
			"network:ApplicationGateway", gateway(object{"applicationGatewayName": "it", "requestRoutingRules": list{object{"name": "rule", "priority": 1, "httpListener": object{}}}}),
			`Code="MissingJsonReferenceId" Message="The reference at properties.requestRoutingRules[rule].properties.httpListener of ` + gw + ` has no id."`,
		},
		"a gateway without pools": {
			"network:ApplicationGateway", gateway(object{"applicationGatewayName": "it", "backendAddressPools": list{}, "requestRoutingRules": list{object{"name": "rule", "priority": 1}}}),
			`Code="ApplicationGatewayMustHaveAtleastOneResourceOfType" Message="Application Gateway ` + gw + ` must have at least one element in backendAddressPools."`,
		},
		"a rule without a priority": {
			"network:ApplicationGateway", gateway(object{"applicationGatewayName": "it", "requestRoutingRules": list{routed("rule", nil, "listener")}}),
			`Code="ApplicationGatewayRequestRoutingRulePriorityCannotBeEmpty" Message="Priority for the request routing rule ` + gw + `/requestRoutingRules/rule cannot be empty."`,
		},
		"two rules of a priority": {
			"network:ApplicationGateway", gateway(object{
				"applicationGatewayName": "it", "httpListeners": list{selfHosted("a", "a.example.com"), selfHosted("b", "b.example.com")},
				"requestRoutingRules": list{routed("one", 5, "a"), routed("two", 5, "b")},
			}),
			`Code="BadRequest" Message="Priority must be unique across all the request routing rules: \"one\" and \"two\" have 5."`,
		},
		"two listeners at one place": {
			"network:ApplicationGateway", gateway(object{
				"applicationGatewayName": "it", "httpListeners": list{selfHosted("a", "a.example.com"), selfHosted("b", "A.example.com")},
				"requestRoutingRules": list{routed("one", 5, "a"), routed("two", 6, "b")},
			}),
			`Code="ApplicationGatewayListenersUsingSameFrontendPortHostNameAndFrontendIpConfig" Message="The listeners \"a\" and \"b\" of ` + gw + ` have the same frontend IP configuration, port and host \"A.example.com\"."`,
		},
		"a listener of two rules": {
			"network:ApplicationGateway", gateway(object{"applicationGatewayName": "it", "requestRoutingRules": list{routed("one", 5, "listener"), routed("two", 6, "listener")}}),
			`Code="BadRequest" Message="The request routing rules \"one\" and \"two\" of ` + gw + ` use the same listener ` + gw + `/httpListeners/listener."`,
		},
		"too many wildcards": {
			"network:ApplicationGateway", gateway(object{
				"applicationGatewayName": "it", "httpListeners": list{selfHosted("a", "*.*.*.example.com")}, "requestRoutingRules": list{routed("one", 5, "a")},
			}),
			`Code="BadRequest" Message="The host \"*.*.*.example.com\" of the listener \"a\" of ` + gw + ` has too many wildcards: the most is 4, 2 of them \"*\"."`,
		},
		"a redirect to a wildcard": {
			"network:ApplicationGateway", gateway(object{
				"applicationGatewayName": "it", "httpListeners": list{selfHosted("a", "*.example.com")}, "requestRoutingRules": list{routed("one", 5, "a")},
				"redirectConfigurations": list{object{"name": "redirect", "redirectType": "Permanent", "targetListener": object{"id": "$self/httpListeners/a"}}},
			}),
			`Code="ApplicationGatewayRedirectConfigurationTargetListenerWildcardHostNameError" Message="The redirect configuration \"redirect\" of ` + gw + ` targets a listener with the wildcard host \"*.example.com\"."`,
		},
		"two capacities": {
			"network:ApplicationGateway", gateway(object{"applicationGatewayName": "it", "sku": object{"name": "Standard_v2", "tier": "Standard_v2", "capacity": 2}}),
			`Code="ApplicationGatewayV2SkuMustSpecifyEitherCapacityOrAutoscaleConfiguration" Message="Application Gateway ` + gw + ` must specify either capacity or autoscaleConfiguration for the tier Standard_v2."`,
		},
		"two hosts of a probe": {
			"network:ApplicationGateway", gateway(object{"applicationGatewayName": "it", "probes": list{object{
				"name": "probe", "protocol": "Http", "path": "/", "host": "a.example.com", "pickHostNameFromBackendHttpSettings": true,
			}}}),
			`Code="BadRequest" Message="The probe \"probe\" of ` + gw + ` has a host and picks it from the backend HTTP settings."`,
		},
		"a gateway in a subnet for containers": {
			"network:ApplicationGateway", gateway(object{"applicationGatewayName": "it", "gatewayIPConfigurations": list{object{"name": "ip", "subnet": object{"id": testSubnet + "containers"}}}}),
			`Code="ApplicationGatewayNetworkIsolationRequiresSubnetDelegation" Message="The subnet ` + testSubnet + `containers of ` + gw + ` is not delegated to Microsoft.Network/applicationGateways."`,
		},
		"a profile in a region": {
			"network:Profile", profile(object{"location": "westeurope"}),
			`Code="LocationNotAvailableForResourceType" Message="The provided location \"westeurope\" is not available for resource type \"Microsoft.Network/trafficManagerProfiles\": its location is \"global\"."`,
		},
		"an endpoint of a short type": {
			"network:Profile", profile(object{"endpoints": list{object{"name": "front", "type": "Microsoft.Network/azureEndpoint"}}}),
			`Code="BadRequest" Message="The endpoint \"front\" of ` + testNetwork + `/trafficManagerProfiles/profile has the type \"Microsoft.Network/azureEndpoint\", which is not Microsoft.Network/trafficManagerProfiles/ and one of azureEndpoints, externalEndpoints, nestedEndpoints."`,
		},
		"an Azure endpoint of another type": {
			"network:Profile", profile(object{"endpoints": list{endpoint("azureEndpoints", object{"targetResourceId": testNetwork + "/virtualNetworks/vnet"})}}),
			`Code="BadRequest" Message="The endpoint \"front\" targets ` + testNetwork + `/virtualNetworks/vnet, which is of type Microsoft.Network/virtualNetworks: an Azure endpoint targets a public IP address."`,
		},
		"an external endpoint with a resource": {
			"network:Profile", profile(object{"endpoints": list{endpoint("externalEndpoints", object{"targetResourceId": testNetwork + "/publicIPAddresses/pip"})}}),
			`Code="BadRequest" Message="The external endpoint \"front\" needs a target and no targetResourceId."`,
		},
		"names beside addresses": {
			"network:Profile", profile(object{"endpoints": list{
				endpoint("azureEndpoints", object{"targetResourceId": testNetwork + "/publicIPAddresses/pip"}),
				endpoint("externalEndpoints", object{"name": "other", "target": "203.0.113.9"}),
			}}),
			`Code="BadRequest" Message="The endpoints of ` + testNetwork + `/trafficManagerProfiles/profile mix targets: \"other\" is an IP address and \"front\" a DNS name."`,
		},
		"an external endpoint without a location": {
			"network:Profile", profile(object{"trafficRoutingMethod": "Performance", "endpoints": list{endpoint("externalEndpoints", object{"target": "a.example.com"})}}),
			`Code="BadRequest" Message="The endpoint \"front\" needs an endpointLocation, an Azure region, with Performance routing."`,
		},
		"no ports": {
			"containerinstance:ContainerGroup", containerGroup("it", object{"ipAddress": object{"type": "Public", "ports": list{}}}),
			`Code="MissingIpAddressPorts" Message="The ports in the 'ipAddress' of container group \"it\" cannot be empty."`,
		},
		"a private address without a subnet": {
			"containerinstance:ContainerGroup", containerGroup("it", object{"ipAddress": object{"type": "Private", "ports": list{object{"port": 80}}}}),
			`Code="PrivateIpWithoutSubnetNotSupported" Message="Container group \"it\" has a private IP address and no subnet."`,
		},
		"containers in a gateway's subnet": {
			"containerinstance:ContainerGroup", containerGroup("it", object{
				"subnetIds": list{object{"id": testSubnet + "gateway"}}, "ipAddress": object{"type": "Private", "ports": list{object{"port": 80}}},
			}),
			`Code="SubnetMissingRequiredDelegation" Message="Subnet ` + testSubnet + `gateway is not delegated to Microsoft.ContainerInstance/containerGroups, as container group \"it\" requires."`,
		},
		"a DNS label in use": {
			"network:PublicIPAddress", in("rg", object{"publicIpAddressName": "it", "dnsSettings": object{"domainNameLabel": "Front"}}),
			`Code="DnsRecordInUse" Message="The host name front.westeurope.cloudapp.azure.com of ` + testNetwork + `/publicIPAddresses/it is already used by ` + testNetwork + `/publicIPAddresses/pip."`,
		},
		"a private address outside the subnet": {
			"network:NetworkInterface", in("rg", object{"networkInterfaceName": "it", "ipConfigurations": list{object{
				"name": "ip", "subnet": object{"id": testSubnet + "containers"}, "privateIPAllocationMethod": "Static", "privateIPAddress": "10.0.2.4",
			}}}),
			`Code="PrivateIPAddressNotInSubnet" Message="Private static IP address \"10.0.2.4\" of ` + testNetwork + `/networkInterfaces/it is not in the subnet ` + testSubnet + `containers, 10.0.1.0/24."`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSandbox(t)
			s.region()
			_, err := s.tryCreate(test.token, "it", test.inputs)
			if err == nil || err.Error() != test.want {
				t.Errorf("\ngot  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestAzureRefusesChanges(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.region()
	nat := s.create("network:NatGateway", "nat", in("rg", object{"natGatewayName": "nat", "sku": object{"name": "Standard"}}))
	subnet := in("rg", object{"virtualNetworkName": "vnet", "subnetName": "nodes", "addressPrefix": "10.0.3.0/24", "natGateway": object{"id": string(nat.id)}})
	nodes := s.create("network:Subnet", "nodes", subnet)
	group := s.containers("group", "containers")
	gw := s.create("network:ApplicationGateway", "gw", gateway(nil))
	network := made{urn: urn("network:VirtualNetwork", "vnet"), id: testNetwork + "/virtualNetworks/vnet"}
	refusals := map[string]struct {
		err  error
		want string
	}{
		"delete a NAT gateway in use": {
			s.delete(nat),
			`Code="InUseNatGatewayCannotBeDeleted" Message="` + testNetwork + `/natGateways/nat is in use by ` + testNetwork + `/virtualNetworks/vnet and cannot be deleted."`,
		},
		"delete a subnet in use": {
			s.delete(made{urn: nodes.urn, id: testSubnet + "containers"}),
			`Code="InUseSubnetCannotBeDeleted" Message="` + testSubnet + `containers is in use by ` + string(group.id) + ` and cannot be deleted."`,
		},
		"delete a public IP address in use": {
			s.delete(made{urn: urn("network:PublicIPAddress", "pip"), id: testNetwork + "/publicIPAddresses/pip"}),
			`Code="PublicIPAddressCannotBeDeleted" Message="` + testNetwork + `/publicIPAddresses/pip is in use by ` + string(gw.id) + ` and cannot be deleted."`,
		},
		"delete a network in use": {
			s.delete(network),
			`Code="InUseSubnetCannotBeDeleted" Message="` + testNetwork + `/virtualNetworks/vnet is in use by ` + string(group.id) + `, ` + string(gw.id) + ` and cannot be deleted."`,
		},
		"give a container group more": {
			second(s.tryUpdate(group, "containerinstance:ContainerGroup", containerGroup("group", object{
				"subnetIds": list{object{"id": testSubnet + "containers"}},
				"ipAddress": object{"type": "Private", "ports": list{object{"port": 8080}}}, "restartPolicy": "Never",
			}))),
			`Code="BadRequest" Message="The updates on container group \"group\" are invalid: restartPolicy cannot change in place. Delete the group and create it anew."`,
		},
		"move a NAT gateway": {
			second(s.tryUpdate(nat, "network:NatGateway", in("rg", object{"natGatewayName": "nat", "location": "northeurope", "sku": object{"name": "Standard"}}))),
			`Code="InvalidResourceLocation" Message="` + testNetwork + `/natGateways/nat already exists in location \"westeurope\": it cannot be created in location \"northeurope\"."`,
		},
	}
	for name, refusal := range refusals {
		if refusal.err == nil || refusal.err.Error() != refusal.want {
			t.Errorf("%s:\ngot  %v\nwant %s", name, refusal.err, refusal.want)
		}
	}
}

func second[T any](_ T, err error) error { return err }
