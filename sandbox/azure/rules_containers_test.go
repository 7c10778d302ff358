package azure

// containersWith is a container group of one container.
func containersWith(container, group object) object {
	inputs := containerGroup("it", group)
	inputs["containers"] = list{with(inputs["containers"].(list)[0].(object), container)}
	return inputs
}

func containerExamples() examples {
	const token = "containerinstance:ContainerGroup"
	group := func(more object) object { return containersWith(nil, more) }
	container := func(more object) object { return containersWith(more, nil) }
	ports := list{object{"port": 8080}}
	in := func(subnet string) object {
		return group(object{"subnetIds": list{object{"id": testSubnet + subnet}}, "ipAddress": object{"type": "Private", "ports": ports}})
	}
	public := func(more object) object {
		return group(object{"ipAddress": with(object{"type": "Public", "ports": ports}, more)})
	}
	two := func(port int) object {
		return containerGroup("it", object{"containers": list{sidecar("one", 8080), sidecar("two", port)}})
	}
	limited := func(cpu float64) object {
		return container(object{"resources": object{"requests": object{"cpu": 1, "memoryInGB": 1.5}, "limits": object{"cpu": cpu}}})
	}
	sized := func(cpu float64, gpu any) object {
		return container(object{"resources": object{"requests": object{"cpu": cpu, "memoryInGB": 1.5, "gpu": gpu}}})
	}
	registry := func(credential object) object {
		return group(object{
			"imageRegistryCredentials": list{with(object{"server": "serving.azurecr.io"}, credential)},
			"identity":                 object{"type": "UserAssigned", "userAssignedIdentities": list{testIdentity}},
		})
	}
	variable := func(more object) object {
		return container(object{"environmentVariables": list{with(object{"name": "TOKEN", "secureValue": "hush"}, more)}})
	}
	probed := func(period int) object {
		return container(object{"readinessProbe": object{"httpGet": object{"port": 8080, "path": "/"}, "periodSeconds": period}})
	}
	labelled := public(object{"dnsNameLabel": "serving"})
	other := func(s sandbox) { s.create(token, "other", with(labelled, object{"containerGroupName": "other"})) }
	return examples{
		groupName:        creates(token, group(object{"containerGroupName": "It"}), group(nil)),
		groupPorts:       creates(token, public(object{"ports": list{}}), public(nil)),
		groupContainers:  creates(token, containerGroup("it", object{"containers": list{}}), group(nil)),
		groupImage:       creates(token, container(object{"image": ""}), container(object{"image": "example.com/server:1"})),
		groupProbe:       creates(token, probed(0), probed(1)),
		groupPortRange:   creates(token, public(object{"ports": list{object{"port": 70000}}}), public(nil)),
		groupPortsDiffer: creates(token, two(8080), two(8081)),
		groupAddressPortsDiffer: creates(token,
			public(object{"ports": list{object{"port": 8080}, object{"port": 8080, "protocol": "TCP"}}}),
			public(object{"ports": list{object{"port": 8080}, object{"port": 8080, "protocol": "UDP"}}})),
		groupPortsUsed:     creates(token, public(object{"ports": list{object{"port": 8081}}}), public(nil)),
		groupPrivateSubnet: creates(token, group(object{"ipAddress": object{"type": "Private", "ports": ports}}), in("containers")),
		groupSubnetPrivate: creates(token, with(in("containers"), object{"ipAddress": object{"type": "Public", "ports": ports}}), in("containers")),
		groupLabelPublic: creates(token,
			with(in("containers"), object{"ipAddress": object{"type": "Private", "ports": ports, "dnsNameLabel": "serving"}}), labelled),
		groupLabelFree: example(then(makes(token, labelled), other), makes(token, labelled)),
		groupOneSubnet: creates(token,
			with(in("containers"), object{"subnetIds": list{object{"id": testSubnet + "containers"}, object{"id": testSubnet + "containers"}}}), in("containers")),
		groupDelegation:  creates(token, in("machines"), in("containers")),
		groupLimits:      creates(token, limited(0.5), limited(1)),
		groupLimitsTotal: creates(token, limited(2), limited(1)),
		groupSize:        creates(token, sized(32, nil), sized(31, nil)),
		groupGPU:         creates(token, sized(1, object{"count": 1, "sku": "V100"}), sized(1, nil)),
		groupOneZone:     creates(token, group(object{"zones": list{"1", "2"}}), group(object{"zones": list{"1"}})),
		groupSpot:        creates(token, with(in("containers"), object{"priority": "Spot"}), group(object{"priority": "Spot"})),
		groupRegistry: example(
			then(makes(token, registry(object{"identity": testGroup + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/other"})), identityStands, otherIdentity),
			then(makes(token, registry(object{"identity": testIdentity})), identityStands)),
		groupVariable: creates(token, variable(object{"value": "open"}), variable(nil)),
		groupKept:     updates(token, group(nil), group(object{"restartPolicy": "Never"}), group(object{"tags": object{"model": "chat"}})),
	}
}

func sidecar(name string, port int) object {
	return object{
		"name": name, "image": "example.com/server:1", "ports": list{object{"port": port}},
		"resources": object{"requests": object{"cpu": 1, "memoryInGB": 1.5}},
	}
}

func otherIdentity(s sandbox) {
	s.create("managedidentity:UserAssignedIdentity", "other", in("rg", object{"resourceName": "other"}))
}
