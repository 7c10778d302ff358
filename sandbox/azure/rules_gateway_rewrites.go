package azure

import (
	"regexp"
	"slices"
	"strings"
)

const rewritePage = "learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url"

var (
	rewriteActions = require("gateway/rewrite-actions",
		"A rewrite rule has an action set, which rewrites something.", "ApplicationGatewayRewriteRuleSetActionSetInRewriteRuleCannotBeEmpty",
		"github.com/Azure/azure-cli/issues/17373")
	rewriteHeader = require("gateway/rewrite-header",
		"A rewritten header has a name, which is not Connection or Upgrade.", badRequest,
		rewritePage+"#supported-headers")
	rewriteCondition = require("gateway/rewrite-condition",
		"The variable of a condition is http_req_ or http_resp_ and a header's name, or var_ and a server variable's.", badRequest,
		rewritePage+"#rewrite-conditions; that other forms are refused is inferred")
	rewriteReroute = require("gateway/rewrite-reroute",
		"A basic rule's rewrites do not reevaluate the path map.", badRequest,
		rewritePage+"#rewrite-configuration-common-pitfalls")
)

var rewriteVariable = regexp.MustCompile(`^(http_req_|http_resp_|var_).+$`)

func gatewayRewrites(r *request) error {
	for _, set := range objects(r.body, nested, "rewriteRuleSets") {
		for _, rule := range objects(set, nested, "rewriteRules") {
			if err := r.checkRewrite(rule); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *request) checkRewrite(rule map[string]any) error {
	name, actions := text(rule, "name"), dig(rule, "actionSet")
	headers := slices.Concat(objects(actions, "requestHeaderConfigurations"), objects(actions, "responseHeaderConfigurations"))
	if len(headers) == 0 && dig(actions, "urlConfiguration") == nil {
		return refuse(rewriteActions, "ActionSet is a required field in a RewriteRule: %q of %s has none.", name, r.id)
	}
	for _, header := range headers {
		if header := text(header, "headerName"); header == "" || strings.EqualFold(header, "Connection") || strings.EqualFold(header, "Upgrade") {
			return refuse(rewriteHeader, "The rewrite rule %q of %s rewrites the header %q.", name, r.id, header)
		}
	}
	for _, condition := range objects(rule, "conditions") {
		if variable := text(condition, "variable"); !rewriteVariable.MatchString(variable) {
			return refuse(rewriteCondition, "The rewrite rule %q of %s has a condition of the variable %q.", name, r.id, variable)
		}
	}
	return nil
}

// gatewayReroutes: there is no path map that a basic rule could reevaluate.
func gatewayReroutes(r *request) error {
	for _, rule := range objects(r.body, nested, "requestRoutingRules") {
		id := text(rule, nested, "rewriteRuleSet", "id")
		if id == "" || strings.EqualFold(text(rule, nested, "ruleType"), "PathBasedRouting") {
			continue
		}
		set, err := r.lookUp(id)
		if err != nil {
			return err
		}
		for _, rewrite := range objects(set, nested, "rewriteRules") {
			if flag(rewrite, "actionSet", "urlConfiguration", "reroute") {
				return refuse(rewriteReroute, "The rewrite rule %q of %s reevaluates the path map, and the rule %q, which uses it, has none.",
					text(rewrite, "name"), r.id, text(rule, "name"))
			}
		}
	}
	return nil
}
