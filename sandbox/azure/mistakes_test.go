package azure

import (
	"testing"

	"ai-serving/sandbox/rules"
)

// More mistakes than the one of each rule's example: the other ways to break it.
func TestOtherMistakes(t *testing.T) {
	t.Parallel()
	const gatewayToken, profileToken, policyToken = "network:ApplicationGateway", "network:Profile", "network:WebApplicationFirewallPolicy"
	rule := func(more object) object { return gateway(object{"requestRoutingRules": list{routed(more)}}) }
	noPool := object{"backendAddressPool": nil, "backendHttpSettings": nil}
	paths := func(paths, rule object) object {
		served := routed(nil)
		pathRule := object{"name": "path", "paths": list{"/v1/*"}, "backendAddressPool": served["backendAddressPool"], "backendHttpSettings": served["backendHttpSettings"]}
		return gateway(object{
			"requestRoutingRules": list{routed(with(noPool, object{"ruleType": "PathBasedRouting", "urlPathMap": partOf("urlPathMaps", "paths")}))},
			"urlPathMaps": list{with(object{
				"name": "paths", "defaultBackendAddressPool": served["backendAddressPool"], "defaultBackendHttpSettings": served["backendHttpSettings"],
				"pathRules": list{with(pathRule, rule)},
			}, paths)},
		})
	}
	redirects := object{"redirectConfigurations": list{object{"name": "out", "redirectType": "Found", "targetUrl": "https://example.com"}}}
	monitor := func(more object) object {
		return profile(object{"monitorConfig": with(object{"protocol": "HTTP", "port": 80, "path": "/"}, more)})
	}
	routes := func(routing string, more object) object {
		return profile(object{"trafficRoutingMethod": routing, "endpoints": list{outside("a", "a.example.com", more)}})
	}
	guardedBy := object{"firewallPolicy": object{"id": testPolicy}}
	guards := func(inputs object) attempt { return then(makes(gatewayToken, inputs), policiesStand) }
	for name, test := range map[string]struct {
		rule *rules.Rule
		try  attempt
	}{
		"more instances at the least than at the most": {gatewayCapacityRange, makes(gatewayToken, gateway(object{"autoscaleConfiguration": object{"minCapacity": 4, "maxCapacity": 3}}))},
		"more instances at the least than 100":         {gatewayCapacityRange, makes(gatewayToken, gateway(object{"autoscaleConfiguration": object{"minCapacity": 101}}))},
		"HTTPS on the port of HTTP": {listenerPort, makes(gatewayToken, gateway(object{
			"httpListeners":   list{listener("listener", object{"protocol": "Https", "sslCertificate": partOf("sslCertificates", "tls")})},
			"sslCertificates": list{object{"name": "tls", "data": "cGZ4"}},
		}))},
		"a listener without a protocol":             {listenerProtocol, makes(gatewayToken, gateway(object{"httpListeners": list{listener("listener", object{"protocol": nil})}}))},
		"a root certificate without any":            {certificateSource, makes(gatewayToken, gateway(object{"trustedRootCertificates": list{object{"name": "root"}}}))},
		"a rule without a name":                     {nameGiven, makes(gatewayToken, rule(object{"name": nil}))},
		"a root certificate without a name":         {nameGiven, makes(gatewayToken, gateway(object{"trustedRootCertificates": list{object{"data": "Y2Vy"}}}))},
		"a rule without a listener":                 {ruleTarget, makes(gatewayToken, rule(object{"httpListener": nil}))},
		"a rule by paths without any":               {ruleTarget, makes(gatewayToken, rule(object{"ruleType": "PathBasedRouting"}))},
		"a rule to a pool and a redirect":           {ruleRedirectAlone, makes(gatewayToken, with(rule(object{"redirectConfiguration": partOf("redirectConfigurations", "out")}), redirects))},
		"paths without a default":                   {ruleTarget, makes(gatewayToken, paths(object{"defaultBackendAddressPool": nil}, nil))},
		"a path to nowhere":                         {ruleTarget, makes(gatewayToken, paths(nil, noPool))},
		"a path rule without paths":                 {rulePath, makes(gatewayToken, paths(nil, object{"paths": list{}}))},
		"a path with a query":                       {rulePath, makes(gatewayToken, paths(nil, object{"paths": list{"/v1?a=b"}}))},
		"a predefined TLS policy without a name":    {tlsPolicyProperty, makes(gatewayToken, gateway(object{"sslPolicy": object{"policyType": "Predefined"}}))},
		"a firewall of a path on the standard tier": {firewallTier, guards(paths(nil, guardedBy))},
		"a firewall of a listener on the standard tier": {firewallTier, guards(gateway(object{
			"httpListeners": list{listener("listener", guardedBy)},
		}))},
		"two custom rules of one name": {firewallRulePriorityUnique, makes(policyToken, firewall(object{"customRules": list{limit(nil), limit(object{"priority": 2})}}))},
		"a rate limit of none":         {firewallRateLimit, makes(policyToken, firewall(object{"customRules": list{limit(object{"rateLimitThreshold": 0})}}))},
		"a value for any value": {firewallConditionValue, makes(policyToken, firewall(object{"customRules": list{limit(object{
			"matchConditions": list{condition(object{"operator": "Any"})},
		})}}))},
		"two primary rule sets": {firewallRuleSet, makes(policyToken, firewall(object{"managedRules": object{"managedRuleSets": list{
			object{"ruleSetType": "OWASP", "ruleSetVersion": "3.2"}, object{"ruleSetType": "Microsoft_DefaultRuleSet", "ruleSetVersion": "2.1"},
		}}}))},
		"a security group of another region": {referenceRegion, then(makes("network:Subnet", subnetInputs(object{
			"networkSecurityGroup": object{"id": testNetwork + "/networkSecurityGroups/it"},
		})), func(s sandbox) {
			s.create("network:NetworkSecurityGroup", "it", with(securityGroup(), object{"location": "northeurope"}))
		})},
		"containers in a subnet of another region": {referenceRegion, makes("containerinstance:ContainerGroup", containerGroup("it", object{
			"location": "northeurope", "subnetIds": list{object{"id": testSubnet + "containers"}},
			"ipAddress": object{"type": "Private", "ports": list{object{"port": 8080}}},
		}))},
		"a machine in a pool of another region": {referenceRegion, then(makes("network:NetworkInterface", with(networkInterface(object{
			"subnet":                                object{"id": testNetwork + "/virtualNetworks/north/subnets/machines"},
			"applicationGatewayBackendAddressPools": list{object{"id": testNetwork + "/applicationGateways/gw/backendAddressPools/pool"}},
		}), object{"location": "northeurope"})), gatewayStands, func(s sandbox) {
			s.create("network:VirtualNetwork", "north", network(object{"virtualNetworkName": "north", "location": "northeurope", "subnets": list{object{"name": "machines", "addressPrefix": "10.1.0.0/24"}}}))
		})},
		"ten failures tolerated":            {monitorTimes, makes(profileToken, monitor(object{"toleratedNumberOfFailures": 10}))},
		"an interval of 20 seconds":         {monitorTimes, makes(profileToken, monitor(object{"intervalInSeconds": 20}))},
		"a monitor of HTTP without a path":  {monitorPath, makes(profileToken, monitor(object{"path": nil}))},
		"a weight of 1001":                  {endpointPriority, makes(profileToken, routes("Weighted", object{"weight": 1001}))},
		"an endpoint of no region":          {endpointMapped, makes(profileToken, routes("Geographic", nil))},
		"a place that is left out":          {endpointLocated, makes(profileToken, routes("Performance", nil))},
		"an address that is Azure's":        {privateReserved, makes("network:NetworkInterface", networkInterface(object{"privateIPAllocationMethod": "Static", "privateIPAddress": "10.0.2.255"}))},
		"a static address that is left out": {privateInSubnet, makes("network:NetworkInterface", networkInterface(object{"privateIPAllocationMethod": "Static"}))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusedBy(t, test.rule, test.try(inWorld(t)))
		})
	}
}
