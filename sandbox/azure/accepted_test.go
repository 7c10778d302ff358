package azure

import (
	"maps"
	"testing"
)

// What looks like a mistake, and is none, is accepted.
func TestWhatAzureAccepts(t *testing.T) {
	t.Parallel()
	all := acceptedGateways()
	maps.Copy(all, acceptedProfiles())
	maps.Copy(all, acceptedContainers())
	for name, try := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := try(inWorld(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

func acceptedGateways() map[string]attempt {
	const token = "network:ApplicationGateway"
	inside := object{
		"name": "fe", "subnet": object{"id": testSubnet + "gateway"}, "privateIPAddress": "10.0.0.200", "privateIPAllocationMethod": "Static",
	}
	public := func(name, address string) object {
		return object{"name": name, "publicIPAddress": object{"id": testNetwork + "/publicIPAddresses/" + address}}
	}
	frontends := func(all ...any) object { return gateway(object{"frontendIPConfigurations": list(all)}) }
	settings := func(more object) object {
		return gateway(object{
			"probes": list{object{"name": "slow", "protocol": "Http", "host": "a.example.com", "path": "/", "interval": 300, "timeout": 120, "unhealthyThreshold": 8}},
			"backendHttpSettingsCollection": list{with(object{
				"name": "settings", "port": 8080, "protocol": "Http", "cookieBasedAffinity": "Disabled",
			}, more)},
		})
	}
	toPool := object{"backendAddressPool": partOf("backendAddressPools", "pool"), "backendHttpSettings": partOf("backendHttpSettingsCollection", "settings")}
	paths := gateway(object{"urlPathMaps": list{object{
		"name": "paths", "defaultBackendAddressPool": toPool["backendAddressPool"], "defaultBackendHttpSettings": toPool["backendHttpSettings"],
		"pathRules": list{with(toPool, object{"name": "chat", "paths": list{"/v1/chat/*"}})},
	}}})
	tenants := func(identity string) object {
		return tenantGateway(object{"identity": object{"type": identity, "userAssignedIdentities": list{testIdentity}}})
	}
	return map[string]attempt{
		"a gateway of tenants":                 then(makes(token, tenants("UserAssigned")), identityStands, secretStands, policiesStand),
		"a gateway of tenants as it was":       then(changes(token, tenants("UserAssigned"), tenants("UserAssigned")), identityStands, secretStands, policiesStand),
		"an identity's type in another case":   then(makes(token, tenants("userassigned")), identityStands, secretStands, policiesStand),
		"no instances while nobody asks":       makes(token, gateway(object{"autoscaleConfiguration": object{"minCapacity": 0, "maxCapacity": 125}})),
		"a gateway in three zones":             makes(token, gateway(object{"zones": list{"1", "2", "3"}})),
		"a private frontend alone":             makes(token, frontends(inside)),
		"a private frontend beside the public": makes(token, frontends(public("fe", "pip"), with(inside, object{"name": "inside"}))),
		"a second gateway in the subnet": then(makes(token, with(frontends(public("fe", "other")), object{"applicationGatewayName": "it"})),
			gatewayStands, func(s sandbox) { s.publicIP("other", "other") }),
		"a cookie's name without affinity":           makes(token, settings(object{"affinityCookieName": "mine"})),
		"a probe that waits longer than requests do": makes(token, settings(object{"requestTimeout": 1, "probe": partOf("probes", "slow")})),
		"the default of a rule by paths in the rule too": makes(token, with(paths, object{
			"requestRoutingRules": list{routed(object{"ruleType": "PathBasedRouting", "urlPathMap": partOf("urlPathMaps", "paths")})},
		})),
		"HTTP on a port of its own, and to one": makes(token, with(settings(object{"port": 8443}), object{"frontendPorts": list{object{"name": "http", "port": 8443}}})),
		"an id in a tag":                        makes(token, gateway(object{"tags": object{"owner": elsewhere}})),
	}
}

// elsewhere is a resource that the sandbox does not know.
const elsewhere = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/elsewhere/providers/Microsoft.Insights/components/it"

func policiesStand(s sandbox) {
	for _, name := range []string{"waf", "listener", "path"} {
		s.create("network:WebApplicationFirewallPolicy", name, firewall(object{"policyName": name}))
	}
}

func partOf(collection, name string) object { return object{"id": "$self/" + collection + "/" + name} }

// tenantGateway has an exact and a wildcard host with certificates of a vault,
// redirects to both, paths, headers that are rewritten, and a firewall policy at
// every level.
func tenantGateway(more object) object {
	const policies = testNetwork + "/ApplicationGatewayWebApplicationFirewallPolicies/"
	secure := object{
		"protocol": "Https", "frontendPort": partOf("frontendPorts", "https"), "requireServerNameIndication": true,
		"sslCertificate": partOf("sslCertificates", "tls"), "sslProfile": partOf("sslProfiles", "strict"),
		"firewallPolicy": object{"id": policies + "listener"},
	}
	hosts := func(more object, names ...any) object { return with(more, object{"hostNames": list(names)}) }
	rule := func(listener string, priority int, target object) object {
		return with(object{"name": listener, "ruleType": "Basic", "priority": priority, "httpListener": partOf("httpListeners", listener)}, target)
	}
	to := func(redirect string) object {
		return object{"redirectConfiguration": partOf("redirectConfigurations", redirect)}
	}
	served := object{
		"backendAddressPool": partOf("backendAddressPools", "pool"), "backendHttpSettings": partOf("backendHttpSettingsCollection", "settings"),
		"rewriteRuleSet": partOf("rewriteRuleSets", "headers"),
	}
	return gateway(with(object{
		"sku":            object{"name": "WAF_v2", "tier": "WAF_v2"},
		"firewallPolicy": object{"id": policies + "waf"},
		"sslPolicy":      object{"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"},
		"sslProfiles": list{object{
			"name":      "strict",
			"sslPolicy": object{"policyType": "CustomV2", "minProtocolVersion": "TLSv1_2", "cipherSuites": list{"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"}},
		}},
		"sslCertificates": list{object{"name": "tls", "keyVaultSecretId": "https://serving.vault.azure.net/secrets/tls/"}},
		"frontendPorts":   list{object{"name": "http", "port": 80}, object{"name": "https", "port": 443}},
		"httpListeners": list{
			listener("exact", hosts(secure, "a.example.com", "b.example.com")), listener("wild", hosts(secure, "*.example.com")),
			listener("exact-http", hosts(object{}, "a.example.com", "b.example.com")), listener("wild-http", hosts(object{}, "*.example.com")),
			listener("health", nil),
		},
		"requestRoutingRules": list{
			rule("exact", 10, object{"ruleType": "PathBasedRouting", "urlPathMap": partOf("urlPathMaps", "paths")}),
			rule("wild", 20, served), rule("exact-http", 30, to("exact")), rule("wild-http", 40, to("wild")), rule("health", 20000, served),
		},
		"redirectConfigurations": list{
			object{"name": "exact", "redirectType": "Permanent", "targetListener": partOf("httpListeners", "exact"), "includePath": true, "includeQueryString": true},
			object{"name": "wild", "redirectType": "Found", "targetUrl": "https://www.example.com", "includePath": true},
		},
		"rewriteRuleSets": list{object{"name": "headers", "rewriteRules": list{object{
			"name": "Strict Transport", "ruleSequence": 100,
			"conditions": list{object{"variable": "var_host", "pattern": ".*", "ignoreCase": true}},
			"actionSet":  object{"responseHeaderConfigurations": list{object{"headerName": "Strict-Transport-Security", "headerValue": "max-age=31536000"}}},
		}}}},
		"urlPathMaps": list{object{
			"name":                       "paths",
			"defaultBackendAddressPool":  partOf("backendAddressPools", "pool"),
			"defaultBackendHttpSettings": partOf("backendHttpSettingsCollection", "settings"),
			"defaultRewriteRuleSet":      partOf("rewriteRuleSets", "headers"),
			"pathRules": list{
				with(object{"name": "chat", "paths": list{"/v1/chat/*", "/v1/completions*"}, "firewallPolicy": object{"id": policies + "path"}}, served),
				with(object{"name": "old", "paths": list{"/old"}}, to("wild")),
			},
		}},
	}, more))
}

func acceptedProfiles() map[string]attempt {
	const token = "network:Profile"
	children := func(s sandbox) {
		for name, host := range map[string]string{"one": "a.example.com", "two": "b.example.com"} {
			s.create(token, name, profile(object{
				"profileName": name, "dnsConfig": object{"relativeName": name}, "endpoints": list{outside("front", host, nil)},
			}))
		}
	}
	child := func(name string, more object) object {
		return endpoint("nestedEndpoints", with(object{
			"name": name, "targetResourceId": testNetwork + "/trafficManagerProfiles/" + name, "minChildEndpoints": 1,
		}, more))
	}
	nested := func(routing string, one, two object) attempt {
		return then(makes(token, profile(object{"trafficRoutingMethod": routing, "endpoints": list{child("one", one), child("two", two)}})), children)
	}
	located := func(location string) object { return object{"endpointLocation": location} }
	return map[string]attempt{
		"nested profiles by priority":    nested("Priority", object{"priority": 1}, object{"priority": 1000}),
		"nested profiles by weight":      nested("Weighted", object{"weight": 1}, object{"weight": 1000}),
		"nested profiles by performance": nested("Performance", located("West Europe"), located("eastus2")),
		"nested profiles by geography":   nested("Geographic", object{"geoMapping": list{"GEO-EU"}}, object{"geoMapping": list{"WORLD"}}),
		"nested profiles by subnet": nested("Subnet",
			object{"subnets": list{object{"first": "10.0.0.0", "scope": 8}}}, object{"subnets": list{object{"first": "0.0.0.0", "last": "9.255.255.255"}}}),
		"nested profiles by many values": nested("MultiValue", object{"minChildEndpointsIPv4": 1}, object{"minChildEndpointsIPv6": 0}),
		"an address of Azure beside a child and the outside": then(makes(token, profile(object{
			"trafficRoutingMethod": "Performance",
			"endpoints": list{
				endpoint("azureEndpoints", object{"targetResourceId": testNetwork + "/publicIPAddresses/pip"}),
				child("one", located("northeurope")), outside("outside", "c.example.com", located("East US")),
			},
		})), children),
		"a probe of another host": makes(token, profile(object{"monitorConfig": object{
			"protocol": "HTTPS", "port": 443, "path": "/health?deep=1", "intervalInSeconds": 10, "timeoutInSeconds": 5, "toleratedNumberOfFailures": 0,
			"customHeaders": list{object{"name": "Host", "value": "a.example.com"}}, "expectedStatusCodeRanges": list{object{"min": 200, "max": 399}},
		}})),
		"a relative name with periods":   makes(token, profile(object{"dnsConfig": object{"relativeName": "chat.dev.serving"}})),
		"a change of the routing method": changes(token, profile(nil), profile(object{"trafficRoutingMethod": "Weighted"})),
	}
}

func acceptedContainers() map[string]attempt {
	const token = "containerinstance:ContainerGroup"
	probe := object{"httpGet": object{"port": 8080, "path": "/health", "scheme": "http"}, "initialDelaySeconds": 0, "periodSeconds": 10}
	complete := func(more object) object {
		return with(containersWith(object{
			"livenessProbe": probe, "readinessProbe": with(probe, object{"failureThreshold": 60}),
			"command": list{"/serve", "--resource", elsewhere},
			"environmentVariables": list{
				object{"name": "TOKEN", "secureValue": "hush"}, object{"name": "APPLICATION", "value": elsewhere},
			},
			"resources": object{"requests": object{"cpu": 0.5, "memoryInGB": 1.1}, "limits": object{"cpu": 0.5}},
		}, object{
			"zones": list{"2"}, "restartPolicy": "Always",
			"subnetIds": list{object{"id": testSubnet + "containers"}},
			"ipAddress": object{"type": "Private", "ports": list{object{"port": 8080, "protocol": "TCP"}}},
			"identity":  object{"type": "UserAssigned", "userAssignedIdentities": list{testIdentity}},
			"imageRegistryCredentials": list{
				object{"server": "serving.azurecr.io", "identity": testIdentity},
				object{"server": "other.example.com", "username": "puller", "password": "hush"},
			},
			"diagnostics": object{"logAnalytics": object{"workspaceId": sandboxID, "workspaceKey": "aHVzaA==", "logType": "ContainerInsights"}},
			"dnsConfig":   object{"nameServers": list{"10.0.0.10"}, "searchDomains": "example.com"},
			"volumes":     list{object{"name": "scratch", "emptyDir": object{}}},
		}), more)
	}
	change := func(more object) attempt {
		return then(changes(token, complete(nil), complete(more)), identityStands)
	}
	plain := func(more object) object { return containersWith(nil, more) }
	return map[string]attempt{
		"a container group with everything": then(makes(token, complete(nil)), identityStands),
		"new tags of a group":               change(object{"tags": object{"model": "chat"}}),
		"zones that are an empty list":      changes(token, plain(nil), plain(object{"zones": list{}})),
		"a restart policy in another case":  changes(token, plain(object{"restartPolicy": "Always"}), plain(object{"restartPolicy": "always"})),
		"Azure's defaults spelt out":        changes(token, plain(nil), plain(object{"restartPolicy": "Always", "priority": "Regular"})),
	}
}
