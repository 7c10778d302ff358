package azure

import (
	"slices"
	"strings"
)

// check looks at a request that fits the definition of its type, and refuses
// what breaks a rule. A refusal carries Azure's code where that is on record,
// and BadRequest where only the refusal is.
type check func(*request) error

// commonChecks are those of every type.
var commonChecks = []check{hasLocation, locationExists, keepsLocation, zonesExist, keepsZones, resourceName, partNames, tagsFit}

// checks are those of each type, by its name in lower case.
var checks = map[string][]check{
	"microsoft.network/virtualnetworks":                                  {networkSpace, networkSubnets, networkDelegations},
	"microsoft.network/virtualnetworks/subnets":                          {networkSubnets, networkDelegations, subnetTraffic},
	"microsoft.network/networksecuritygroups":                            {securityRules, securityRulesUnique, securityGroupTraffic},
	"microsoft.network/publicipaddresses":                                {publicAddress, publicAddressLabel, publicAddressIdle, publicAddressKept},
	"microsoft.network/natgateways":                                      {natGatewayAddresses, natGatewayZones, publicAddressesFree},
	"microsoft.network/networkinterfaces":                                {interfaceConfigurations, interfaceSubnets, publicAddressesFree},
	"microsoft.network/applicationgatewaywebapplicationfirewallpolicies": {firewallRules, firewallValues, firewallManagedRules, firewallSettings},
	"microsoft.network/applicationgateways": {
		gatewayTier, gatewayHasParts, gatewayHasOneCapacity, gatewayCapacityInRange, gatewayFrontends, gatewayFrontendPorts,
		gatewayListenersHaveParts, gatewayListenerPorts, gatewayRulesHavePriority, gatewayRulesHaveTargets, gatewayPathMaps, gatewayListenersDiffer, gatewayListenersServeOneRule,
		gatewayListenerHosts, gatewayListenerCertificates, gatewayRedirects, gatewayRewrites, gatewayReroutes, gatewayBackends, gatewaySettings,
		gatewayProbePaths, gatewayProbeHosts, gatewayProbeHostForms, gatewayProbesFit, gatewayProbeTimes,
		gatewayTLS, gatewayCertificates, gatewayFirewall, gatewaySubnet, gatewayFrontendsInSubnet, gatewayTraffic, gatewayAddresses, publicAddressesFree,
	},
	"microsoft.network/trafficmanagerprofiles":                   {profileIsGlobal, profileName, profileMonitor, profileEndpoints},
	"microsoft.network/trafficmanagerprofiles/azureendpoints":    {ownEndpoint},
	"microsoft.network/trafficmanagerprofiles/externalendpoints": {ownEndpoint},
	"microsoft.network/trafficmanagerprofiles/nestedendpoints":   {ownEndpoint},
	"microsoft.containerinstance/containergroups": {
		containerNames, groupHasContainers, containersHaveImages, containersHavePorts, containerPorts, containerProbes, containerPortsDiffer, containerPortsUsed, containersPrivateAddress, containersInOneSubnet, containersSubnetIsDelegated,
		containerResources, containersInOneZone, containersSpot, containerRegistries, containerVariables, containersKeepShape,
	},
}

// checkRules runs the checks of a request's type, in order, up to the first
// refusal, as Azure does.
func checkRules(r *request) error {
	for _, check := range slices.Concat(commonChecks, checks[strings.ToLower(r.parsed.fullType())]) {
		if err := check(r); err != nil {
			return err
		}
	}
	return nil
}

// delegatedTo says whether a subnet is delegated to a service.
func delegatedTo(subnet map[string]any, service string) bool {
	return slices.ContainsFunc(delegations(subnet), func(name string) bool { return strings.EqualFold(name, service) })
}

// delegations are the services that a subnet is delegated to.
func delegations(subnet map[string]any) []string {
	var services []string
	for _, delegation := range objects(subnet, nested, "delegations") {
		services = append(services, text(delegation, nested, "serviceName"))
	}
	return services
}

// lookUp gives what a checked reference names: a resource or a part of one.
func (r *request) lookUp(id string) (map[string]any, error) {
	parsed, err := parseID(id)
	if err != nil {
		return nil, err
	}
	root, err := r.rootOf(parsed)
	return findPart(root, parsed.parts), err
}
