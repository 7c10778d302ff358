package azure

import "strings"

func profile(more object) object {
	return with(in("rg", object{
		"profileName": "it", "location": "global", "trafficRoutingMethod": "Priority",
		"dnsConfig": object{"relativeName": "serving"}, "monitorConfig": object{"protocol": "HTTP", "port": 80, "path": "/"},
	}), more)
}

func endpoint(kind string, more object) object {
	return with(object{"name": "front", "type": "Microsoft.Network/trafficManagerProfiles/" + kind}, more)
}

// outside is an external endpoint.
func outside(name, target string, more object) object {
	return endpoint("externalEndpoints", with(object{"name": name, "target": target}, more))
}

func profileExamples() examples {
	const token = "network:Profile"
	monitor := func(more object) object {
		return profile(object{"monitorConfig": with(object{"protocol": "HTTP", "port": 80, "path": "/"}, more)})
	}
	to := func(endpoints ...any) object { return profile(object{"endpoints": list(endpoints)}) }
	by := func(routing string, endpoints ...any) object {
		return profile(object{"trafficRoutingMethod": routing, "endpoints": list(endpoints)})
	}
	address := testNetwork + "/publicIPAddresses/"
	azure := func(id string) object { return endpoint("azureEndpoints", object{"targetResourceId": id}) }
	a, b := outside("a", "a.example.com", nil), outside("b", "b.example.com", nil)
	located := func(location string) object {
		return outside("a", "a.example.com", object{"endpointLocation": location})
	}
	mapped := func(name string, regions ...any) object {
		return outside(name, name+".example.com", object{"geoMapping": list(regions)})
	}
	other := func(s sandbox) {
		s.create(token, "child", profile(object{"profileName": "child", "dnsConfig": object{"relativeName": "child"}}))
	}
	unnamed := func(s sandbox) { s.create("network:PublicIPAddress", "unnamed", addressNamed("unnamed")) }
	nestedIn := func(id string) attempt {
		return then(makes(token, to(endpoint("nestedEndpoints", object{"targetResourceId": id, "minChildEndpoints": 1}))), other)
	}
	return examples{
		profileGlobal: creates(token, profile(object{"location": "westeurope"}), profile(nil)),
		profileNamed:  creates(token, profile(object{"dnsConfig": object{"ttl": 20}}), profile(nil)),
		profileNameKept: updates(token, profile(nil), profile(object{"dnsConfig": object{"relativeName": "other"}}),
			profile(object{"dnsConfig": object{"relativeName": "serving", "ttl": 20}})),
		profileNameFree: example(
			then(makes(token, profile(object{"dnsConfig": object{"relativeName": "Child"}})), other), then(makes(token, profile(nil)), other)),
		monitorTimes: creates(token, monitor(object{"intervalInSeconds": 10, "timeoutInSeconds": 10}), monitor(object{"intervalInSeconds": 30, "timeoutInSeconds": 10})),
		monitorPath:  creates(token, monitor(object{"protocol": "TCP"}), monitor(object{"protocol": "TCP", "path": nil})),
		monitorPort:  creates(token, monitor(object{"port": 0}), monitor(object{"port": 443})),
		monitorHeader: creates(token,
			monitor(object{"customHeaders": list{object{"name": "Host"}}}), monitor(object{"customHeaders": list{object{"name": "Host", "value": "a.example.com"}}})),
		headerForm: creates(token,
			monitor(object{"customHeaders": list{object{"name": "X:Host", "value": "a"}}}), monitor(object{"customHeaders": list{object{"name": "X-Host", "value": "a"}}})),
		headersDiffer: creates(token,
			monitor(object{"customHeaders": list{object{"name": "Host", "value": "a.example.com"}, object{"name": "host", "value": "b.example.com"}}}),
			monitor(object{"customHeaders": list{object{"name": "Host", "value": "a.example.com"}, object{"name": "X-Host", "value": "a.example.com"}}})),
		endpointName: creates(token,
			to(outside(strings.Repeat("a", 261), "a.example.com", nil)), to(outside(strings.Repeat("a", 260), "a.example.com", nil))),
		profileTTL: creates(token,
			profile(object{"dnsConfig": object{"relativeName": "serving", "ttl": -1}}), profile(object{"dnsConfig": object{"relativeName": "serving", "ttl": 0}})),
		endpointType: creates(token, to(with(azure(address+"pip"), object{"type": "Microsoft.Network/azureEndpoints"})), to(azure(address+"pip"))),
		azureTarget:  creates(token, to(azure(testNetwork+"/virtualNetworks/vnet")), to(azure(address+"pip"))),
		azureTargetName: example(
			then(makes(token, to(azure(address+"unnamed"))), unnamed), then(makes(token, to(azure(address+"pip"))), unnamed)),
		externalTarget:   creates(token, to(with(a, object{"targetResourceId": address + "pip"})), to(a)),
		externalHost:     creates(token, to(outside("a", "https://a.example.com", nil)), to(outside("a", "_a.example.com.", nil))),
		nestedTarget:     example(nestedIn(testNetwork+"/trafficManagerProfiles/it"), nestedIn(testNetwork+"/trafficManagerProfiles/child")),
		targetsAlike:     creates(token, to(azure(address+"pip"), outside("b", "203.0.113.9", nil)), to(azure(address+"pip"), b)),
		targetsDiffer:    creates(token, to(a, outside("b", "A.example.com", nil)), to(a, b)),
		endpointLocated:  creates(token, by("Performance", located("global")), by("Performance", located("West Europe"))),
		endpointMapped:   creates(token, by("Geographic", mapped("a", "GEO-EU", "FR"), mapped("b", "FR")), by("Geographic", mapped("a", "GEO-EU"), mapped("b", "WORLD"))),
		multiValue:       creates(token, by("MultiValue", a), by("MultiValue", outside("a", "203.0.113.9", nil))),
		endpointPriority: creates(token, to(with(a, object{"priority": 1}), with(b, object{"priority": 1})), to(with(a, object{"priority": 1}), with(b, object{"priority": 2}))),
	}
}

// addressNamed is a public IP address without a DNS label.
func addressNamed(name string) object { return address(object{"publicIpAddressName": name}) }
