package azure

import (
	"strings"
)

var (
	rulePriority = require("gateway/rule-priority",
		"Every request routing rule has a priority.", "ApplicationGatewayRequestRoutingRulePriorityCannotBeEmpty",
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview#request-routing-rules-evaluation-order")
	rulePriorityUnique = require("gateway/rule-priority-unique",
		"The priorities of request routing rules differ.", badRequest,
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview#request-routing-rules-evaluation-order")
	ruleTarget = require("gateway/rule-target",
		"A rule leads to a pool with settings or to a redirect, and not both; one by paths leads to a path map.", badRequest,
		"github.com/Azure/bicep/issues/7025; github.com/Azure/azure-cli/issues/13189")
	rulePath = require("gateway/path",
		"A path begins with /, and a * in it is its end.", badRequest,
		"learn.microsoft.com/azure/application-gateway/url-route-overview#pathpattern")
	pathEmpty = require("gateway/path-empty",
		"A path has something after its first /.", "ApplicationGatewayPathRulePathShouldHaveNonEmptyMatchValue",
		"github.com/Azure/application-gateway-kubernetes-ingress/pull/215")
	pathUnique = require("gateway/path-unique",
		"A path stands once in a path map.", "ApplicationGatewayPathsWithinUrlPathMapMustBeUnique",
		"github.com/MicrosoftDocs/azure-docs/issues/110763")
	pathRulesGiven = require("gateway/path-rules",
		"A path map has a rule.", badRequest,
		"learn.microsoft.com/azure/application-gateway/url-route-overview#urlpathmap-configuration-element; that none is refused is inferred from the schema of terraform-provider-azurerm")
	listenerParts = require("gateway/listener-parts",
		"A listener has a frontend IP configuration, a frontend port and a protocol.", badRequest,
		"learn.microsoft.com/azure/application-gateway/configuration-listeners")
	listenersDiffer = require("gateway/listeners-differ",
		"No two listeners have the same frontend IP configuration, port and host.", "ApplicationGatewayListenersUsingSameFrontendPortHostNameAndFrontendIpConfig",
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview")
	listenerOneRule = require("gateway/listener-one-rule",
		"A listener is of one request routing rule.", badRequest,
		"learn.microsoft.com/azure/application-gateway/configuration-request-routing-rules#associated-listener")
	listenerHostOrHosts = require("gateway/listener-host-or-hosts",
		"A listener has a host name or host names.", badRequest,
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview#wildcard-host-names-in-listener")
	listenerHostCount = require("gateway/listener-hosts",
		"A listener has up to 5 host names.", badRequest,
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview#wildcard-host-names-in-listener")
	listenerWildcards = require("gateway/listener-wildcards",
		"A host name has up to 4 wildcards, 2 of them *.", badRequest,
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview#allowed-characters-in-the-host-names-field")
	listenerCertificate = require("gateway/listener-certificate",
		"A listener of HTTPS names a certificate.", "ApplicationGatewayHttpsListenerMustReferenceSslCert",
		"github.com/mspnp/template-building-blocks/issues/395")
	redirectTarget = require("gateway/redirect-target",
		"A redirect leads to a listener or to a URL.", badRequest,
		"learn.microsoft.com/azure/application-gateway/redirect-overview")
	redirectExactHost = require("gateway/redirect-exact-host",
		"A redirect leads to no listener with a wildcard in its host.", "ApplicationGatewayRedirectConfigurationTargetListenerWildcardHostNameError",
		"github.com/Azure/application-gateway-kubernetes-ingress/issues/1001")
)

func gatewayRulesHavePriority(r *request) error {
	taken := map[any]string{}
	for _, rule := range objects(r.body, nested, "requestRoutingRules") {
		priority := dig(rule, nested, "priority")
		if priority == nil {
			return refuse(rulePriority, "Priority for the request routing rule %s cannot be empty.", text(rule, "id"))
		}
		if other, ok := taken[priority]; ok {
			return refuse(rulePriorityUnique, "Priority must be unique across all the request routing rules: %q and %q have %v.", other, text(rule, "name"), priority)
		}
		taken[priority] = text(rule, "name")
	}
	return nil
}

func gatewayRulesHaveTargets(r *request) error {
	for _, rule := range objects(r.body, nested, "requestRoutingRules") {
		id := text(rule, "id")
		if text(rule, nested, "httpListener", "id") == "" {
			return refuse(ruleTarget, "The request routing rule %s has no listener.", id)
		}
		if strings.EqualFold(text(rule, nested, "ruleType"), "PathBasedRouting") {
			if text(rule, nested, "urlPathMap", "id") == "" {
				return refuse(ruleTarget, "The request routing rule %s routes by paths and has no path map.", id)
			}
			continue
		}
		if err := hasTarget(rule, id, "backendAddressPool", "backendHttpSettings", "redirectConfiguration"); err != nil {
			return err
		}
	}
	return nil
}

// hasTarget: a rule leads to a pool by settings, or redirects.
func hasTarget(rule map[string]any, id, pool, settings, redirect string) error {
	hasPool, hasSettings := text(rule, nested, pool, "id") != "", text(rule, nested, settings, "id") != ""
	redirects := text(rule, nested, redirect, "id") != ""
	switch {
	case redirects && (hasPool || hasSettings):
		return refuse(ruleTarget, "%s with RedirectConfiguration cannot reference a BackendAddressPool.", id)
	case !redirects && !(hasPool && hasSettings):
		return refuse(ruleTarget, "%s needs %s and %s, or %s.", id, pool, settings, redirect)
	default:
		return nil
	}
}

func gatewayPathMaps(r *request) error {
	for _, paths := range objects(r.body, nested, "urlPathMaps") {
		if err := hasTarget(paths, text(paths, "id"), "defaultBackendAddressPool", "defaultBackendHttpSettings", "defaultRedirectConfiguration"); err != nil {
			return err
		}
		if len(objects(paths, nested, "pathRules")) == 0 {
			return refuse(pathRulesGiven, "The path map %s has no pathRules.", text(paths, "id"))
		}
		taken := map[string]bool{}
		for _, rule := range objects(paths, nested, "pathRules") {
			if err := hasTarget(rule, text(rule, "id"), "backendAddressPool", "backendHttpSettings", "redirectConfiguration"); err != nil {
				return err
			}
			if err := pathsAreRight(rule, taken); err != nil {
				return err
			}
		}
	}
	return nil
}

// pathsAreRight checks the paths of a rule, of which none is taken by another.
func pathsAreRight(rule map[string]any, taken map[string]bool) error {
	stated := texts(rule, nested, "paths")
	if len(stated) == 0 {
		return refuse(rulePath, "The path rule %s has no paths.", text(rule, "id"))
	}
	for _, path := range stated {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#") || strings.Contains(strings.TrimSuffix(path, "*"), "*") {
			return refuse(rulePath, "The path %q of %s does not begin with /, or has a * before its end.", path, text(rule, "id"))
		}
		if path == "/" {
			return refuse(pathEmpty, "Path / should have a nonempty match value followed by '/' in PathRule %s.", text(rule, "id"))
		}
		if taken[path] {
			return refuse(pathUnique, "Paths specified in a UrlPathMap must be unique. Path %s of %s is already specified.", path, text(rule, "id"))
		}
		taken[path] = true
	}
	return nil
}

// listenerHosts are the hosts of a listener; one without any serves all hosts.
func listenerHosts(listener map[string]any) []string {
	if host := text(listener, nested, "hostName"); host != "" {
		return append([]string{host}, texts(listener, nested, "hostNames")...)
	}
	return texts(listener, nested, "hostNames")
}

func gatewayListenersHaveParts(r *request) error {
	for _, listener := range objects(r.body, nested, "httpListeners") {
		frontend, port := text(listener, nested, "frontendIPConfiguration", "id"), text(listener, nested, "frontendPort", "id")
		if frontend == "" || port == "" || text(listener, nested, "protocol") == "" {
			return refuse(listenerParts, "The listener %s needs a frontendIPConfiguration, a frontendPort and a protocol.", text(listener, "id"))
		}
	}
	return nil
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
				return refuse(listenersDiffer,
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
			return refuse(listenerOneRule, "The request routing rules %q and %q of %s use the same listener %s.", other, text(rule, "name"), r.id, text(rule, nested, "httpListener", "id"))
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
		if len(texts(listener, nested, "hostNames")) > 0 && text(listener, nested, "hostName") != "" {
			return refuse(listenerHostOrHosts, "The listener %q of %s has both hostName and hostNames.", name, r.id)
		}
		if len(hosts) > maxListenerHosts {
			return refuse(listenerHostCount, "The listener %q of %s has %d hosts; the most is %d.", name, r.id, len(hosts), maxListenerHosts)
		}
		for _, host := range hosts {
			stars := strings.Count(host, "*")
			if stars > maxStars || stars+strings.Count(host, "?") > maxWildcards {
				return refuse(listenerWildcards, "The host %q of the listener %q of %s has too many wildcards: the most is %d, %d of them \"*\".", host, name, r.id, maxWildcards, maxStars)
			}
		}
	}
	return nil
}

func gatewayListenerCertificates(r *request) error {
	for _, listener := range objects(r.body, nested, "httpListeners") {
		if strings.EqualFold(text(listener, nested, "protocol"), "Https") && text(listener, nested, "sslCertificate", "id") == "" {
			return refuse(listenerCertificate, "Http Listener %s uses protocol Https. Ssl Certificate must be specified.", text(listener, "id"))
		}
	}
	return nil
}

func gatewayRedirects(r *request) error {
	for _, redirect := range objects(r.body, nested, "redirectConfigurations") {
		id, url := text(redirect, nested, "targetListener", "id"), text(redirect, nested, "targetUrl")
		if (id == "") == (url == "") {
			return refuse(redirectTarget, "The redirect configuration %q of %s needs a targetListener or a targetUrl.", text(redirect, "name"), r.id)
		}
		if id == "" {
			continue
		}
		target, err := r.lookUp(id)
		if err != nil {
			return err
		}
		for _, host := range listenerHosts(target) {
			if strings.ContainsAny(host, "*?") {
				return refuse(redirectExactHost, "The redirect configuration %q of %s targets a listener with the wildcard host %q.", text(redirect, "name"), r.id, host)
			}
		}
	}
	return nil
}
