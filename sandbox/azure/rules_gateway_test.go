package azure

import (
	"fmt"
	"strings"

	"ai-serving/sandbox/store"
)

const testPolicy = testNetwork + "/ApplicationGatewayWebApplicationFirewallPolicies/waf"

// routed is a rule of the tests' gateway.
func routed(more object) object {
	return with(object{
		"name": "rule", "ruleType": "Basic", "priority": 10,
		"httpListener":        object{"id": "$self/httpListeners/listener"},
		"backendAddressPool":  object{"id": "$self/backendAddressPools/pool"},
		"backendHttpSettings": object{"id": "$self/backendHttpSettingsCollection/settings"},
	}, more)
}

// listener is one of the tests' gateway.
func listener(name string, more object) object {
	return with(object{
		"name": name, "protocol": "Http",
		"frontendIPConfiguration": object{"id": "$self/frontendIPConfigurations/fe"},
		"frontendPort":            object{"id": "$self/frontendPorts/http"},
	}, more)
}

// listeners gives the gateway two listeners, each with a rule.
func listeners(one, other object) object {
	return gateway(object{
		"httpListeners": list{listener("one", one), listener("other", other)},
		"requestRoutingRules": list{
			routed(object{"name": "one", "httpListener": object{"id": "$self/httpListeners/one"}}),
			routed(object{"name": "other", "priority": 11, "httpListener": object{"id": "$self/httpListeners/other"}}),
		},
	})
}

// guarded makes a security group with rules for a subnet of a gateway's, and
// the subnet.
func guarded(rules ...any) func(s sandbox) {
	return func(s sandbox) {
		s.create("network:NetworkSecurityGroup", "it", securityGroup(rules...))
		s.create("network:Subnet", "guarded", subnetInputs(object{
			"subnetName": "guarded", "networkSecurityGroup": object{"id": testNetwork + "/networkSecurityGroups/it"},
			"delegations": list{object{"name": "delegation", "serviceName": gatewayService}},
		}))
	}
}

func gatewayExamples() examples {
	const token = "network:ApplicationGateway"
	sized := func(capacity int) object {
		return gateway(object{"autoscaleConfiguration": nil, "sku": object{"name": "Standard_v2", "tier": "Standard_v2", "capacity": capacity}})
	}
	port := func(port int) object {
		return gateway(object{"frontendPorts": list{object{"name": "http", "port": port}}})
	}
	in := func(subnet string) object {
		return gateway(object{"gatewayIPConfigurations": list{object{"name": "ip", "subnet": object{"id": testSubnet + subnet}}}})
	}
	for80 := securityRule("clients", nil)
	manager := securityRule("manager", object{"priority": 110, "sourceAddressPrefix": "GatewayManager", "destinationPortRange": "65200-65535"})
	denyAll := securityRule("deny", object{"priority": 4096, "access": "Deny", "protocol": "*", "destinationPortRange": "*"})
	denyOut := func(to string) object {
		return securityRule("out", object{"direction": "Outbound", "access": "Deny", "destinationAddressPrefix": to, "destinationPortRange": "*"})
	}
	frontend := func(name string) object {
		return gateway(object{"frontendIPConfigurations": list{object{"name": "fe", "publicIPAddress": object{"id": testNetwork + "/publicIPAddresses/" + name}}}})
	}
	inside := func(method string) object {
		return gateway(object{"frontendIPConfigurations": list{object{
			"name": "fe", "subnet": object{"id": testSubnet + "gateway"}, "privateIPAddress": "10.0.0.9", "privateIPAllocationMethod": method,
		}}})
	}
	public := func(name, address string) object {
		return object{"name": name, "publicIPAddress": object{"id": testNetwork + "/publicIPAddresses/" + address}}
	}
	private := func(name, subnet, address string) object {
		return object{"name": name, "subnet": object{"id": testSubnet + subnet}, "privateIPAddress": address, "privateIPAllocationMethod": "Static"}
	}
	frontends := func(all ...any) object { return gateway(object{"frontendIPConfigurations": list(all)}) }
	second := func(s sandbox) { s.publicIP("second", "second") }
	sixth := func(s sandbox) {
		s.create("network:PublicIPAddress", "sixth", address(object{"publicIpAddressName": "sixth", "publicIPAddressVersion": "IPv6"}))
	}
	scaled := func(least, most int) object {
		return gateway(object{"autoscaleConfiguration": object{"minCapacity": least, "maxCapacity": most}})
	}
	vpn := func(s sandbox) { s.subnet("GatewaySubnet", "10.0.9.0/24", gatewayService) }
	return examples{
		gatewayTiers:         creates(token, gateway(object{"sku": object{"name": "Standard_Medium", "tier": "Standard"}}), gateway(nil)),
		gatewayParts:         creates(token, gateway(object{"backendAddressPools": list{}, "requestRoutingRules": list{}}), gateway(object{"backendAddressPools": list{object{"name": "pool"}}})),
		gatewayCapacity:      creates(token, gateway(object{"sku": object{"name": "Standard_v2", "tier": "Standard_v2", "capacity": 2}}), sized(2)),
		gatewayCapacityRange: creates(token, scaled(3, 3), scaled(3, 4)),
		gatewayFrontend:      creates(token, frontends(object{"name": "fe"}), frontends(public("fe", "pip"))),
		gatewayFrontendOne:   creates(token, frontends(with(private("fe", "gateway", "10.0.0.9"), public("fe", "pip"))), frontends(private("fe", "gateway", "10.0.0.9"))),
		gatewayFrontendCount: creates(token,
			frontends(public("fe", "pip"), private("in", "gateway", "10.0.0.9"), private("on", "gateway", "10.0.0.10")),
			frontends(public("fe", "pip"), private("in", "gateway", "10.0.0.9"))),
		gatewayFrontendPublic: example(
			then(makes(token, frontends(public("fe", "pip"), public("on", "second"))), second),
			then(makes(token, frontends(public("fe", "pip"), public("on", "sixth"))), sixth)),
		gatewayFrontendSubnet: creates(token, frontends(public("fe", "pip"), private("in", "machines", "10.0.2.9")), frontends(public("fe", "pip"), private("in", "gateway", "10.0.0.9"))),
		gatewayPrivateStatic:  creates(token, inside("Dynamic"), inside("Static")),
		gatewayPorts:          creates(token, port(65200), port(64999)),
		gatewaySubnetName:     example(then(makes(token, in("GatewaySubnet")), vpn), then(makes(token, in("gateway")), vpn)),
		gatewayDelegation:     creates(token, in("machines"), in("gateway")),
		gatewayAddressStandard: example(
			then(makes(token, frontend("old")), basicAddress), then(makes(token, frontend("pip")), basicAddress)),
		gatewayManaged: example(
			then(makes(token, in("guarded")), guarded(for80, denyAll)), then(makes(token, in("guarded")), guarded(for80, manager, denyAll))),
		gatewayOutbound: example(
			then(makes(token, in("guarded")), guarded(manager, denyOut("Internet"))), then(makes(token, in("guarded")), guarded(manager, denyOut("10.0.0.0/8")))),
	}
}

func routingExamples() examples {
	const token = "network:ApplicationGateway"
	hosts := func(names ...any) object { return object{"hostNames": list(names)} }
	a, b := hosts("a.example.com"), hosts("b.example.com")
	rules := func(rules ...any) object { return gateway(object{"requestRoutingRules": list(rules)}) }
	one := func(more object) object { return gateway(object{"httpListeners": list{listener("listener", more)}}) }
	samePriority := listeners(a, b)
	samePriority["requestRoutingRules"].(list)[1].(object)["priority"] = 10
	redirect := func(target object) object {
		return gateway(object{
			"redirectConfigurations": list{with(object{"name": "redirect", "redirectType": "Permanent"}, target)},
			"requestRoutingRules":    list{routed(object{"backendAddressPool": nil, "backendHttpSettings": nil, "redirectConfiguration": object{"id": "$self/redirectConfigurations/redirect"}})},
		})
	}
	outside, redirects := object{"targetUrl": "https://example.com"}, object{"redirectConfiguration": object{"id": "$self/redirectConfigurations/redirect"}}
	toListener := object{"targetListener": object{"id": "$self/httpListeners/listener"}}
	paths := func(path string) object {
		return gateway(object{
			"urlPathMaps": list{object{
				"name":                       "paths",
				"defaultBackendAddressPool":  object{"id": "$self/backendAddressPools/pool"},
				"defaultBackendHttpSettings": object{"id": "$self/backendHttpSettingsCollection/settings"},
				"pathRules": list{object{
					"name": "path", "paths": list{path}, "backendAddressPool": object{"id": "$self/backendAddressPools/pool"},
					"backendHttpSettings": object{"id": "$self/backendHttpSettingsCollection/settings"},
				}},
			}},
			"requestRoutingRules": list{routed(object{"ruleType": "PathBasedRouting", "urlPathMap": object{"id": "$self/urlPathMaps/paths"}})},
		})
	}
	twoPaths := func(second string) object {
		gateway := paths("/v1/*")
		paths := gateway["urlPathMaps"].(list)[0].(object)
		rules := paths["pathRules"].(list)
		paths["pathRules"] = append(rules, with(rules[0].(object), object{"name": "second", "paths": list{second}}))
		return gateway
	}
	on := func(port int, more object) object { // which is called "http", whatever it is
		return with(one(more), object{
			"frontendPorts":   list{object{"name": "http", "port": port}},
			"sslCertificates": list{object{"name": "tls", "data": "cGZ4"}},
		})
	}
	https := object{"protocol": "Https", "sslCertificate": object{"id": "$self/sslCertificates/tls"}}
	return examples{
		rulePriority:        creates(token, rules(routed(object{"priority": nil})), rules(routed(nil))),
		rulePriorityUnique:  creates(token, samePriority, listeners(a, b)),
		ruleTarget:          creates(token, rules(routed(object{"backendHttpSettings": nil})), rules(routed(nil))),
		ruleRedirectAlone:   creates(token, with(redirect(outside), object{"requestRoutingRules": list{routed(redirects)}}), redirect(outside)),
		rulePath:            creates(token, paths("/v1/*/chat"), paths("/v1/chat/*")),
		pathEmpty:           creates(token, paths("/"), paths("/*")),
		pathUnique:          creates(token, twoPaths("/v1/*"), twoPaths("/v2/*")),
		pathRulesGiven:      creates(token, withoutPathRules(paths("/v1/*")), paths("/v1/*")),
		listenerParts:       creates(token, one(object{"frontendPort": nil}), one(nil)),
		listenerProtocol:    creates(token, one(object{"protocol": "Tcp"}), one(object{"protocol": "Http"})),
		listenerPort:        creates(token, on(443, nil), on(8080, nil)),
		listenersDiffer:     creates(token, listeners(a, hosts("A.example.com")), listeners(a, b)),
		listenerOneRule:     creates(token, rules(routed(nil), routed(object{"name": "second", "priority": 11})), rules(routed(nil))),
		listenerHostOrHosts: creates(token, one(with(a, object{"hostName": "b.example.com"})), one(a)),
		listenerHostCount: creates(token, one(hosts("a.example.com", "b.example.com", "c.example.com", "d.example.com", "e.example.com", "f.example.com")),
			one(hosts("a.example.com", "b.example.com", "c.example.com", "d.example.com", "e.example.com"))),
		listenerWildcards:   creates(token, one(hosts("*.*.*.example.com")), one(hosts("*.*.example.com"))),
		listenerHostForm:    creates(token, one(hosts("*?.example.com")), one(hosts("w??.example-*.com"))),
		listenerHostLength:  creates(token, one(hosts(strings.Repeat("a", 64)+".example.com")), one(hosts(strings.Repeat("a", 63)+".example.com"))),
		listenerCertificate: creates(token, on(443, object{"protocol": "Https"}), on(443, https)),
		redirectTarget:      creates(token, redirect(with(toListener, object{"targetUrl": "https://example.com"})), redirect(object{"targetUrl": "https://example.com"})),
		redirectExactHost: creates(token,
			with(redirect(toListener), object{"httpListeners": list{listener("listener", hosts("*.example.com"))}}),
			with(redirect(toListener), object{"httpListeners": list{listener("listener", a)}})),
	}
}

// withoutPathRules takes the rules of a gateway's path map away.
func withoutPathRules(gateway object) object {
	gateway["urlPathMaps"].(list)[0].(object)["pathRules"] = list{}
	return gateway
}

// rewritten is a gateway whose rule rewrites what it serves.
func rewritten(rewrite object) object {
	return gateway(object{
		"rewriteRuleSets": list{object{"name": "set", "rewriteRules": list{with(object{
			"name": "rewrite", "ruleSequence": 100, "actionSet": object{"urlConfiguration": object{"modifiedPath": "/health"}},
		}, rewrite)}}},
		"requestRoutingRules": list{routed(object{"rewriteRuleSet": object{"id": "$self/rewriteRuleSets/set"}})},
	})
}

func rewriteExamples() examples {
	const token = "network:ApplicationGateway"
	header := func(name string) object {
		return rewritten(object{"actionSet": object{"responseHeaderConfigurations": list{object{"headerName": name, "headerValue": "it"}}}})
	}
	on := func(variable string) object {
		return rewritten(object{"conditions": list{object{"variable": variable, "pattern": "^it$"}}})
	}
	reroutes := func(reroute bool) object {
		return rewritten(object{"actionSet": object{"urlConfiguration": object{"modifiedPath": "/health", "reroute": reroute}}})
	}
	ordered := func(sequence int) object { return rewritten(object{"ruleSequence": sequence}) }
	twice := func(second string) object {
		gateway := rewritten(nil)
		set := gateway["rewriteRuleSets"].(list)[0].(object)
		rules := set["rewriteRules"].(list)
		set["rewriteRules"] = append(rules, with(rules[0].(object), object{"name": second}))
		return gateway
	}
	matches := func(pattern string) object {
		return rewritten(object{"conditions": list{object{"variable": "var_uri_path", "pattern": pattern}}})
	}
	return examples{
		rewriteSequence:   creates(token, ordered(1001), ordered(1000)),
		rewriteNames:      creates(token, twice("Rewrite"), twice("other")),
		rewriteHeaderForm: creates(token, header("X Tenant"), header("X_Tenant")),
		rewritePattern:    creates(token, matches("^/(?=v1)"), matches("^/(v1)/")),

		rewriteActions:   creates(token, rewritten(object{"actionSet": object{}}), rewritten(nil)),
		rewriteHeader:    creates(token, header("upgrade"), header("Upgrade-Insecure-Requests")),
		rewriteCondition: creates(token, on("Location"), on("http_resp_Location")),
		rewriteReroute:   creates(token, reroutes(true), reroutes(false)),
	}
}

func backendExamples() examples {
	const token = "network:ApplicationGateway"
	probed := func(probe, settings object) object {
		return gateway(object{
			"probes": list{with(object{"name": "probe", "protocol": "Http", "path": "/", "interval": 10, "timeout": 5, "unhealthyThreshold": 3}, probe)},
			"backendHttpSettingsCollection": list{with(object{
				"name": "settings", "port": 8080, "protocol": "Http", "cookieBasedAffinity": "Disabled", "probe": object{"id": "$self/probes/probe"},
			}, settings)},
		})
	}
	host, picks := object{"host": "a.example.com"}, object{"pickHostNameFromBackendHttpSettings": true}
	timed := func(interval, timeout int) object {
		return probed(with(host, object{"interval": interval, "timeout": timeout}), nil)
	}
	plain := func(probe object) object {
		return gateway(object{"probes": list{with(object{"name": "probe", "protocol": "Tcp", "interval": 10, "timeout": 5, "unhealthyThreshold": 3}, probe)}})
	}
	named, https := object{"hostName": "a.example.com"}, object{"protocol": "Https", "port": 8443}
	rooted := func(protocol object) object {
		return with(probed(with(host, protocol), with(protocol, object{"trustedRootCertificates": list{object{"id": "$self/trustedRootCertificates/root"}}})),
			object{"trustedRootCertificates": list{object{"name": "root", "data": "Y2Vy"}}})
	}
	return examples{
		probeOneHost:    creates(token, probed(with(host, picks), nil), probed(host, nil)),
		probeHost:       creates(token, probed(nil, nil), probed(host, nil)),
		probeHostForm:   creates(token, probed(object{"host": "http://a.example.com"}, nil), probed(object{"host": "127.0.0.1"}, nil)),
		probePickedHost: creates(token, probed(picks, nil), probed(picks, named)),
		probePath:       creates(token, probed(with(host, object{"path": "health"}), nil), probed(with(host, object{"path": "/health"}), nil)),
		probeProtocol:   creates(token, probed(with(host, object{"protocol": "Https"}), nil), probed(with(host, object{"protocol": "Https"}), https)),
		probePlain:      creates(token, plain(object{"path": "/"}), plain(nil)),
		probeTimes:      creates(token, timed(86401, 30), timed(86400, 30)),
		probeTimeout:    creates(token, timed(5, 30), timed(30, 30)),
		probeThreshold:  creates(token, probed(with(host, object{"unhealthyThreshold": 21}), nil), probed(with(host, object{"unhealthyThreshold": 0}), nil)),
		backendAddress: creates(token,
			gateway(object{"backendAddressPools": list{object{"name": "pool", "backendAddresses": list{object{"ipAddress": "10.0.1.256"}}}}}),
			gateway(object{"backendAddressPools": list{object{"name": "pool", "backendAddresses": list{object{"fqdn": "a.example.com"}}}}})),
		settingsProtocol:     creates(token, probed(host, object{"protocol": "Tcp"}), probed(host, object{"protocol": "Http"})),
		settingsPort:         creates(token, probed(host, object{"port": nil}), probed(host, object{"port": 8080})),
		settingsPortProtocol: creates(token, probed(host, object{"port": 443}), probed(host, object{"port": 8443})),
		settingsOneHost:      creates(token, probed(host, with(named, object{"pickHostNameFromBackendAddress": true})), probed(host, named)),
		settingsRoots:        creates(token, rooted(object{"protocol": "Http"}), rooted(https)),
		settingsTimeout:      creates(token, probed(host, object{"requestTimeout": 86401}), probed(host, object{"requestTimeout": 86400})),
	}
}

func tlsExamples() examples {
	const token = "network:ApplicationGateway"
	policy := func(policy object) object { return gateway(object{"sslPolicy": policy}) }
	predefined := object{"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"}
	profiled := func(name string) object {
		return with(policy(predefined), object{"sslProfiles": list{object{"name": "profile", "sslPolicy": object{"policyType": "Predefined", "policyName": name}}}})
	}
	certificate := func(certificate object) object {
		return gateway(object{"sslCertificates": list{with(object{"name": "tls"}, certificate)}})
	}
	inVault := func(secret string) object {
		return with(certificate(object{"keyVaultSecretId": secret}), object{
			"identity": object{"type": "UserAssigned", "userAssignedIdentities": list{testIdentity}},
		})
	}
	return examples{
		tlsVersion:        creates(token, policy(with(predefined, object{"policyName": "AppGwSslPolicy20170401"})), policy(predefined)),
		tlsPolicyType:     creates(token, policy(object{"policyName": "AppGwSslPolicy20220101S"}), policy(predefined)),
		tlsPolicyProperty: creates(token, policy(with(predefined, object{"minProtocolVersion": "TLSv1_2"})), policy(predefined)),
		tlsPolicyAges:     creates(token, profiled("AppGwSslPolicy20170401S"), profiled("AppGwSslPolicy20220101")),
		certificateSource: creates(token, certificate(nil), certificate(object{"data": "cGZ4"})),
		clientCertificateData: creates(token,
			gateway(object{"trustedClientCertificates": list{object{"name": "clients"}}}),
			gateway(object{"trustedClientCertificates": list{object{"name": "clients", "data": "Y2Vy"}}})),
		certificateSecret: example(
			then(makes(token, inVault("https://serving.vault.azure.net/certificates/tls")), identityStands, secretStands),
			then(makes(token, inVault(testSecret)), identityStands, secretStands)),
		certificateIdentity: example(
			then(makes(token, certificate(object{"keyVaultSecretId": testSecret})), secretStands),
			then(makes(token, inVault(testSecret)), identityStands, secretStands)),
		certificateExists: example(
			then(makes(token, inVault(testSecret+"s")), identityStands, secretStands),
			then(makes(token, inVault(testSecret+"/0123456789abcdef0123456789abcdef")), identityStands, secretStands)),
	}
}

const testIdentity = testGroup + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"

func identityStands(s sandbox) {
	s.create("managedidentity:UserAssignedIdentity", "id", in("rg", object{"resourceName": "id"}))
}

const testSecret = "https://serving.vault.azure.net/secrets/tls"

// secretStands puts a secret into the store: no type that the plugin serves
// makes one.
func secretStands(s sandbox) {
	s.t.Helper()
	secret := object{"id": testSecret, "name": "tls", "type": "Microsoft.KeyVault/vaults/secrets"}
	if err := s.manager.store.Update(func(tx store.Tx) error { return tx.Put(testSecret, secret) }); err != nil {
		s.t.Fatal(err)
	}
}

// firewall is a policy with a rate limit.
func firewall(more object) object {
	return with(in("rg", object{
		"policyName":   "it",
		"customRules":  list{limit(nil)},
		"managedRules": object{"managedRuleSets": list{object{"ruleSetType": "Microsoft_DefaultRuleSet", "ruleSetVersion": "2.1"}}},
	}), more)
}

func limit(more object) object {
	return with(object{
		"name": "limit", "priority": 1, "ruleType": "RateLimitRule", "action": "Block",
		"rateLimitDuration": "OneMin", "rateLimitThreshold": 100,
		"groupByUserSession": list{object{"groupByVariables": list{object{"variableName": "ClientAddr"}}}},
		"matchConditions":    list{condition(nil)},
	}, more)
}

func condition(more object) object {
	return with(object{
		"matchVariables": list{object{"variableName": "RequestHeaders", "selector": "Host"}},
		"operator":       "Equal", "matchValues": list{"a.example.com"},
	}, more)
}

// protected is a gateway with a firewall policy.
func protected(more object) object {
	return gateway(with(object{
		"sku": object{"name": "WAF_v2", "tier": "WAF_v2"}, "firewallPolicy": object{"id": testPolicy},
	}, more))
}

func firewallExamples() examples {
	const policy, gw = "network:WebApplicationFirewallPolicy", "network:ApplicationGateway"
	rule := func(more object) object { return firewall(object{"customRules": list{limit(more)}}) }
	sets := func(sets ...any) object {
		return firewall(object{"managedRules": object{"managedRuleSets": list(sets)}})
	}
	set := func(name, version string) object { return object{"ruleSetType": name, "ruleSetVersion": version} }
	bots := set("Microsoft_BotManagerRuleSet", "1.0")
	policies := func(s sandbox) {
		s.create(policy, "waf", firewall(object{"policyName": "waf"}))
		s.create(policy, "other", firewall(object{"policyName": "other"}))
	}
	values := func(count int) list {
		var all list
		for i := range count {
			all = append(all, fmt.Sprint("value", i))
		}
		return all
	}
	inspects := func(kilobytes int) object {
		return firewall(object{"policySettings": object{"requestBodyInspectLimitInKB": kilobytes}})
	}
	old := object{"webApplicationFirewallConfiguration": object{"enabled": true, "firewallMode": "Prevention", "ruleSetType": "OWASP", "ruleSetVersion": "3.2"}}
	withPolicy := func(inputs object) attempt { return then(makes(gw, inputs), policies) }
	return examples{
		firewallTier:                 example(withPolicy(protected(object{"sku": object{"name": "Standard_v2", "tier": "Standard_v2"}})), withPolicy(protected(nil))),
		firewallNeeded:               example(withPolicy(protected(object{"firewallPolicy": nil})), withPolicy(protected(nil))),
		firewallConfigurationRetired: example(withPolicy(protected(with(old, object{"firewallPolicy": nil}))), withPolicy(protected(nil))),
		firewallPolicyAlone:          example(withPolicy(protected(old)), withPolicy(protected(nil))),
		firewallPolicyKept: example(
			then(changes(gw, protected(nil), protected(with(old, object{"firewallPolicy": nil}))), policies),
			then(changes(gw, protected(nil), protected(object{
				"firewallPolicy": object{"id": testNetwork + "/ApplicationGatewayWebApplicationFirewallPolicies/other"},
			})), policies)),
		firewallRuleName:     creates(policy, rule(object{"name": "a-b"}), rule(object{"name": "aB1"})),
		firewallRulePriority: creates(policy, rule(object{"priority": 101}), rule(object{"priority": 100})),
		firewallRulePriorityUnique: creates(policy,
			firewall(object{"customRules": list{limit(nil), limit(object{"name": "other"})}}),
			firewall(object{"customRules": list{limit(nil), limit(object{"name": "other", "priority": 2})}})),
		firewallRuleCondition: creates(policy, rule(object{"matchConditions": list{}}), rule(object{"matchConditions": list{condition(nil)}})),
		firewallConditionVariable: creates(policy,
			rule(object{"matchConditions": list{condition(nil), condition(object{"matchVariables": list{}})}}),
			rule(object{"matchConditions": list{condition(nil), condition(nil)}})),
		firewallConditionSelector: creates(policy,
			rule(object{"matchConditions": list{condition(object{"matchVariables": list{object{"variableName": "RequestUri", "selector": "v1"}}})}}),
			rule(object{"matchConditions": list{condition(object{"matchVariables": list{object{"variableName": "RequestHeaders", "selector": "Host"}}})}})),
		firewallConditionValue: creates(policy,
			rule(object{"matchConditions": list{condition(object{"matchValues": list{}})}}),
			rule(object{"matchConditions": list{condition(object{"operator": "Any", "matchValues": list{}})}})),
		firewallValueCount: creates(policy,
			rule(object{"matchConditions": list{condition(object{"matchValues": values(11)})}}),
			rule(object{"matchConditions": list{condition(object{"matchValues": values(10)})}})),
		firewallSizes:            creates(policy, inspects(2001), inspects(2000)),
		firewallRuleAction:       creates(policy, rule(object{"action": "Allow"}), rule(object{"action": "Log"})),
		firewallRateLimit:        creates(policy, rule(object{"groupByUserSession": nil}), rule(nil)),
		firewallRateLimitRuleSet: creates(policy, sets(bots), sets(bots, set("OWASP", "3.2"))),
		firewallRuleSet:          creates(policy, sets(set("OWASP", "3.1")), sets(set("OWASP", "3.2"))),
	}
}
