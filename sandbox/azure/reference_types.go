package azure

import (
	"maps"
	"slices"
	"strings"

	"ai-serving/sandbox/azure/bicep"
)

// The types that references refer to.
const (
	gatewayType  = "Microsoft.Network/applicationGateways"
	policyType   = "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies"
	identityType = "Microsoft.ManagedIdentity/userAssignedIdentities"
)

// referenceTypes are what the properties that hold references refer to. The
// parts of a gateway are called by the names of its lists.
var referenceTypes = map[string]string{
	"subnet":                                "Microsoft.Network/virtualNetworks/subnets",
	"subnetIds":                             "Microsoft.Network/virtualNetworks/subnets",
	"networkSecurityGroup":                  "Microsoft.Network/networkSecurityGroups",
	"natGateway":                            "Microsoft.Network/natGateways",
	"publicIPAddress":                       "Microsoft.Network/publicIPAddresses",
	"publicIpAddresses":                     "Microsoft.Network/publicIPAddresses",
	"firewallPolicy":                        policyType,
	"frontendIPConfiguration":               gatewayType + "/frontendIPConfigurations",
	"frontendPort":                          gatewayType + "/frontendPorts",
	"sslCertificate":                        gatewayType + "/sslCertificates",
	"sslProfile":                            gatewayType + "/sslProfiles",
	"httpListener":                          gatewayType + "/httpListeners",
	"targetListener":                        gatewayType + "/httpListeners",
	"backendAddressPool":                    gatewayType + "/backendAddressPools",
	"defaultBackendAddressPool":             gatewayType + "/backendAddressPools",
	"backendHttpSettings":                   gatewayType + "/backendHttpSettingsCollection",
	"defaultBackendHttpSettings":            gatewayType + "/backendHttpSettingsCollection",
	"urlPathMap":                            gatewayType + "/urlPathMaps",
	"probe":                                 gatewayType + "/probes",
	"rewriteRuleSet":                        gatewayType + "/rewriteRuleSets",
	"defaultRewriteRuleSet":                 gatewayType + "/rewriteRuleSets",
	"redirectConfiguration":                 gatewayType + "/redirectConfigurations",
	"defaultRedirectConfiguration":          gatewayType + "/redirectConfigurations",
	"applicationGatewayBackendAddressPools": gatewayType + "/backendAddressPools",
	"trustedRootCertificates":               gatewayType + "/trustedRootCertificates",
	"trustedClientCertificates":             gatewayType + "/trustedClientCertificates",
	"authenticationCertificates":            gatewayType + "/authenticationCertificates",
	"privateLinkConfiguration":              gatewayType + "/privateLinkConfigurations",
	"loadDistributionPolicy":                gatewayType + "/loadDistributionPolicies",
	"defaultLoadDistributionPolicy":         gatewayType + "/loadDistributionPolicies",
	"listener":                              gatewayType + "/listeners",
	"backendSettings":                       gatewayType + "/backendSettingsCollection",
	"requestRoutingRules":                   gatewayType + "/requestRoutingRules",
	"urlPathMaps":                           gatewayType + "/urlPathMaps",
	"pathRules":                             gatewayType + "/urlPathMaps/pathRules",
}

// checkReferenceTypes refuses a reference to another type than its property's.
func checkReferenceTypes(r *request) error {
	identities, _ := dig(r.body, "identity", "userAssignedIdentities").(map[string]any)
	for _, id := range slices.Sorted(maps.Keys(identities)) {
		if err := r.hasType("identity.userAssignedIdentities", id, identityType); err != nil {
			return err
		}
	}
	return r.checkTypesIn(r.body, "", "")
}

// checkTypesIn looks through v, which is at a path, under a property or in its
// list.
func (r *request) checkTypesIn(v any, path, property string) error {
	switch v := v.(type) {
	case map[string]any:
		if wanted, known := referenceTypes[property]; known {
			// A list of parts may be called as a list of references to them is.
			isPart := strings.HasSuffix(wanted, "/"+property)
			if text(v, "id") == "" && text(v, "name") == "" && !isPart {
				return refuse(referenceID, "The reference at %s of %s has no id.", path, r.id)
			}
			if err := r.hasType(path, text(v, "id"), wanted); err != nil {
				return err
			}
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if err := r.checkTypesIn(v[key], strings.TrimPrefix(path+"."+key, "."), key); err != nil {
				return err
			}
		}
	case []any:
		for _, item := range v {
			if err := r.checkTypesIn(item, path+"["+text(item, "name")+"]", property); err != nil {
				return err
			}
		}
	}
	return nil
}

// hasType refuses what is no id, and an id of another type.
func (r *request) hasType(path, id, wanted string) error {
	if id == "" {
		return nil
	}
	parsed, err := parseID(id)
	if err != nil {
		return refuse(referenceForm, "Property id %q at path %s of %s is invalid: %v.", id, path, r.id, err)
	}
	if !strings.EqualFold(parsed.fullType(), wanted) {
		return refuse(referenceType, "Reference Id %s is referencing resource of a wrong type. The Id is expected to reference resources of type %s. Path %s of %s.",
			id, wanted, path, r.id)
	}
	if r.isGateway() && strings.HasPrefix(wanted, gatewayType+"/") && !strings.EqualFold(parsed.resource, r.parsed.resource) {
		return refuse(referenceOwn, "Resource %s referenced by resource %s at path %s was not found in it: it is of another application gateway.", id, r.id, path)
	}
	return nil
}

func (r *request) isGateway() bool { return strings.EqualFold(r.parsed.fullType(), gatewayType) }

// checkReferenceIDs: in the network a reference is an object, which must not be
// empty.
func checkReferenceIDs(r *request) error {
	if !isNetwork(r.parsed) {
		return nil
	}
	if path := emptyReference(r.definition, r.body, ""); path != "" {
		return refuse(referenceID, "The reference at %s of %s has no id.", path, r.id)
	}
	return nil
}

// emptyReference gives the path of the first reference without an id, or "".
func emptyReference(t *bicep.Type, v any, path string) string {
	switch v := v.(type) {
	case map[string]any:
		if t.Name == "SubResource" && text(v, "id") == "" {
			return path
		}
		for _, name := range slices.Sorted(maps.Keys(t.Properties)) {
			if found := emptyReference(t.Properties[name].Type, v[name], path+"."+name); found != "" {
				return strings.TrimPrefix(found, ".")
			}
		}
	case []any:
		for _, item := range v {
			if found := emptyReference(t.Items, item, path+"["+text(item, "name")+"]"); found != "" {
				return found
			}
		}
	}
	return ""
}
