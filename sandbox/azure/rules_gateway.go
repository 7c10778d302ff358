package azure

import (
	"strings"

	"ai-serving/sandbox/azure/bicep"
)

// gatewayParts are the lists of which a gateway needs at least one element.
var gatewayParts = []string{
	"gatewayIPConfigurations", "frontendIPConfigurations", "frontendPorts", "backendAddressPools",
	"backendHttpSettingsCollection", "httpListeners", "requestRoutingRules",
}

func gatewayHasParts(r *request) error {
	for _, list := range gatewayParts {
		if len(objects(r.body, nested, list)) == 0 {
			return refuse("ApplicationGatewayMustHaveAtleastOneResourceOfType", "Application Gateway %s must have at least one element in %s.", r.id, list)
		}
	}
	return nil
}

// gatewayReferencesHaveID: a reference to another part or resource is an
// object, which must not be empty.
func gatewayReferencesHaveID(r *request) error {
	if path := emptyReference(r.definition, r.body, ""); path != "" {
		return refuse("MissingJsonReferenceId", "The reference at %s of %s has no id.", path, r.id)
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
		for name, p := range t.Properties {
			if found := emptyReference(p.Type, v[name], path+"."+name); found != "" {
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

func gatewayRulesHavePriority(r *request) error {
	taken := map[any]string{}
	for _, rule := range objects(r.body, nested, "requestRoutingRules") {
		priority := dig(rule, nested, "priority")
		if priority == nil {
			return refuse("ApplicationGatewayRequestRoutingRulePriorityCannotBeEmpty", "Priority for the request routing rule %s cannot be empty.", text(rule, "id"))
		}
		if other, ok := taken[priority]; ok {
			return refuse(badRequest, "Priority must be unique across all the request routing rules: %q and %q have %v.", other, text(rule, "name"), priority)
		}
		taken[priority] = text(rule, "name")
	}
	return nil
}

// listenerHosts are the hosts of a listener; one without any serves all hosts.
func listenerHosts(listener map[string]any) []string {
	hosts := []string{}
	if host := text(listener, nested, "hostName"); host != "" {
		hosts = append(hosts, host)
	}
	names, _ := dig(listener, nested, "hostNames").([]any)
	for _, name := range names {
		if host, ok := name.(string); ok {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

func gatewayListenersDiffer(r *request) error {
	taken := map[string]string{}
	for _, listener := range objects(r.body, nested, "httpListeners") {
		hosts := listenerHosts(listener)
		if len(hosts) == 0 {
			hosts = []string{""}
		}
		for _, host := range hosts {
			place := strings.ToLower(strings.Join([]string{
				text(listener, nested, "frontendIPConfiguration", "id"), text(listener, nested, "frontendPort", "id"), host,
			}, " "))
			if other, ok := taken[place]; ok {
				return refuse("ApplicationGatewayListenersUsingSameFrontendPortHostNameAndFrontendIpConfig",
					"The listeners %q and %q of %s have the same frontend IP configuration, port and host %q.", other, text(listener, "name"), r.id, host)
			}
			taken[place] = text(listener, "name")
		}
	}
	return nil
}

func gatewayListenersServeOneRule(r *request) error {
	taken := map[string]string{}
	for _, rule := range objects(r.body, nested, "requestRoutingRules") {
		listener := strings.ToLower(text(rule, nested, "httpListener", "id"))
		if other, ok := taken[listener]; ok {
			return refuse(badRequest, "The request routing rules %q and %q of %s use the same listener %s.", other, text(rule, "name"), r.id, text(rule, nested, "httpListener", "id"))
		}
		taken[listener] = text(rule, "name")
	}
	return nil
}

// The most hosts of a listener, and the most wildcards in a host: "*" and "?"
// together, and "*" alone.
const (
	maxListenerHosts = 5
	maxWildcards     = 4
	maxStars         = 2
)

func gatewayListenerHosts(r *request) error {
	for _, listener := range objects(r.body, nested, "httpListeners") {
		name, hosts := text(listener, "name"), listenerHosts(listener)
		if names, _ := dig(listener, nested, "hostNames").([]any); len(names) > 0 && text(listener, nested, "hostName") != "" {
			return refuse(badRequest, "The listener %q of %s has both hostName and hostNames.", name, r.id)
		}
		if len(hosts) > maxListenerHosts {
			return refuse(badRequest, "The listener %q of %s has %d hosts; the most is %d.", name, r.id, len(hosts), maxListenerHosts)
		}
		for _, host := range hosts {
			stars := strings.Count(host, "*")
			if stars > maxStars || stars+strings.Count(host, "?") > maxWildcards {
				return refuse(badRequest, "The host %q of the listener %q of %s has too many wildcards: the most is %d, %d of them \"*\".", host, name, r.id, maxWildcards, maxStars)
			}
		}
	}
	return nil
}

func gatewayRedirectsToExactHosts(r *request) error {
	for _, redirect := range objects(r.body, nested, "redirectConfigurations") {
		target, err := parseID(text(redirect, nested, "targetListener", "id"))
		if err != nil {
			continue // redirects to a URL
		}
		for _, host := range listenerHosts(findPart(r.body, target.parts)) {
			if strings.ContainsAny(host, "*?") {
				return refuse("ApplicationGatewayRedirectConfigurationTargetListenerWildcardHostNameError",
					"The redirect configuration %q of %s targets a listener with the wildcard host %q.", text(redirect, "name"), r.id, host)
			}
		}
	}
	return nil
}

// gatewayHasOneCapacity: a v2 gateway has a capacity or scales by itself.
func gatewayHasOneCapacity(r *request) error {
	fixed := dig(r.body, nested, "sku", "capacity") != nil
	scales := dig(r.body, nested, "autoscaleConfiguration") != nil
	if tier := text(r.body, nested, "sku", "tier"); strings.HasSuffix(strings.ToLower(tier), "_v2") && fixed == scales {
		return refuse("ApplicationGatewayV2SkuMustSpecifyEitherCapacityOrAutoscaleConfiguration",
			"Application Gateway %s must specify either capacity or autoscaleConfiguration for the tier %s.", r.id, tier)
	}
	return nil
}

func gatewayProbeHosts(r *request) error {
	for _, probe := range objects(r.body, nested, "probes") {
		if picked, _ := dig(probe, nested, "pickHostNameFromBackendHttpSettings").(bool); picked && text(probe, nested, "host") != "" {
			return refuse(badRequest, "The probe %q of %s has a host and picks it from the backend HTTP settings.", text(probe, "name"), r.id)
		}
	}
	return nil
}

func gatewaySubnetIsDelegated(r *request) error {
	for _, configuration := range objects(r.body, nested, "gatewayIPConfigurations") {
		id := text(configuration, nested, "subnet", "id")
		if id == "" {
			return refuse(badRequest, "The gateway IP configuration %q of %s has no subnet.", text(configuration, "name"), r.id)
		}
		subnet, err := r.subnetOf(id)
		if err != nil {
			return err
		}
		if !delegatedTo(subnet, "Microsoft.Network/applicationGateways") {
			return refuse("ApplicationGatewayNetworkIsolationRequiresSubnetDelegation",
				"The subnet %s of %s is not delegated to Microsoft.Network/applicationGateways.", id, r.id)
		}
	}
	return nil
}
