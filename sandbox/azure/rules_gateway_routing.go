package azure

import "strings"

var (
	rulePriority = require("gateway/rule-priority",
		"Every request routing rule has a priority.", "ApplicationGatewayRequestRoutingRulePriorityCannotBeEmpty",
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview#request-routing-rules-evaluation-order")
	rulePriorityUnique = require("gateway/rule-priority-unique",
		"The priorities of request routing rules differ.", badRequest,
		"github.com/Azure/application-gateway-kubernetes-ingress/issues/1487")
	ruleTarget = require("gateway/rule-target",
		"A rule has a listener, and a pool and settings, a redirect or, by paths, a path map.", "ApplicationGatewayRequestRoutingRuleMustReference",
		generatedModule+"; github.com/Azure/azure-cli/issues/13189; of path maps and their rules the code is inferred")
	ruleRedirectAlone = require("gateway/rule-redirect-alone",
		"A rule with a redirect has no pool and no settings.", badRequest,
		"github.com/Azure/bicep/issues/7025")
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
		"A path map has a rule.", "ApplicationGatewayUrlPathMapMustSpecifyPathRules",
		errorArticles+"troubleshoot-application-gateway-deployment-scaling-deletion-failures")
	redirectTarget = require("gateway/redirect-target",
		"A redirect routes to a listener or to a URL.", badRequest,
		"learn.microsoft.com/azure/application-gateway/redirect-overview")
	redirectExactHost = require("gateway/redirect-exact-host",
		"A redirect routes to no listener with a wildcard in its host.", "ApplicationGatewayRedirectConfigurationTargetListenerWildcardHostNameError",
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
			return refuse(ruleTarget, "Request Routing Rule %s must reference a HttpListener.", id)
		}
		if strings.EqualFold(text(rule, nested, "ruleType"), "PathBasedRouting") {
			if text(rule, nested, "urlPathMap", "id") == "" {
				return refuse(ruleTarget, "Request Routing Rule %s must reference a UrlPathMap.", id)
			}
			continue
		}
		if err := hasTarget(rule, id, "backendAddressPool", "backendHttpSettings", "redirectConfiguration"); err != nil {
			return err
		}
	}
	return nil
}

// hasTarget: a rule routes to a pool by settings, or redirects.
func hasTarget(rule map[string]any, id, pool, settings, redirect string) error {
	hasPool, hasSettings := text(rule, nested, pool, "id") != "", text(rule, nested, settings, "id") != ""
	redirects := text(rule, nested, redirect, "id") != ""
	switch {
	case redirects && (hasPool || hasSettings):
		return refuse(ruleRedirectAlone, "%s with RedirectConfiguration cannot reference a BackendAddressPool.", id)
	case !redirects && !(hasPool && hasSettings):
		return refuse(ruleTarget, "%s must reference a %s and a %s, or a %s.", id, pool, settings, redirect)
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
			return refuse(pathRulesGiven, "The path map %s must specify pathRules.", text(paths, "id"))
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
