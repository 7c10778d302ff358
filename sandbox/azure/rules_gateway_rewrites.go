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
	rewriteSequence = require("gateway/rewrite-sequence",
		"The sequence of a rewrite rule is from 1 to 1000.", badRequest,
		"terraform-provider-azurerm, application_gateway_resource.go: rule_sequence; the code is inferred")
	rewriteNames = require("gateway/rewrite-names",
		"The rewrite rules of a set have names that differ.", badRequest,
		"learn.microsoft.com/javascript/api/@azure-rest/arm-network/applicationgatewayrewriteruleoutput: the name is unique within a gateway; terraform-provider-azurerm, application_gateway_resource.go: not empty; the code is inferred")
	rewriteHeaderForm = require("gateway/rewrite-header-form",
		"The name of a rewritten header is of letters, digits and the symbols of RFC 7230.", badRequest,
		rewritePage+"#limitations; that others are refused is inferred")
	rewritePattern = require("gateway/rewrite-pattern",
		"The pattern of a condition is a regular expression of RE2.", badRequest,
		rewritePage+"#pattern-matching; that others are refused is inferred")
	rewriteReroute = require("gateway/rewrite-reroute",
		"A basic rule's rewrites do not reevaluate the path map.", badRequest,
		rewritePage+"#rewrite-configuration-common-pitfalls")
)

var (
	rewriteVariable = regexp.MustCompile(`^(http_req_|http_resp_|var_).+$`)
	// headerToken is the name of a header, a token of RFC 7230.
	headerToken = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

// maxRewriteSequence is the last place of a rewrite rule in the order of its set.
const maxRewriteSequence = 1000

func gatewayRewrites(r *request) error {
	for _, set := range objects(r.body, nested, "rewriteRuleSets") {
		if err := r.checkRewriteOrder(set); err != nil {
			return err
		}
		for _, rule := range objects(set, nested, "rewriteRules") {
			if err := r.checkRewrite(rule); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkRewriteOrder checks what tells the rules of a set apart, and their order.
func (r *request) checkRewriteOrder(set map[string]any) error {
	taken := map[string]bool{}
	for _, rule := range objects(set, nested, "rewriteRules") {
		name := strings.ToLower(text(rule, "name"))
		if name == "" || taken[name] {
			return refuse(rewriteNames, "The rewrite rule set %q of %s has a rewrite rule with the name %q: a name is given, and once.", text(set, "name"), r.id, name)
		}
		taken[name] = true
		if sequence, given := number(rule, "ruleSequence"); given && (sequence < 1 || sequence > maxRewriteSequence) {
			return refuse(rewriteSequence, "The rewrite rule %q of %s has the sequence %v, which is not between 1 and %d.", name, r.id, sequence, maxRewriteSequence)
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
		header := text(header, "headerName")
		if header == "" || strings.EqualFold(header, "Connection") || strings.EqualFold(header, "Upgrade") {
			return refuse(rewriteHeader, "The rewrite rule %q of %s rewrites the header %q.", name, r.id, header)
		}
		if !headerToken.MatchString(header) {
			return refuse(rewriteHeaderForm, "The rewrite rule %q of %s rewrites the header %q, which is no name of a header.", name, r.id, header)
		}
	}
	for _, condition := range objects(rule, "conditions") {
		if variable := text(condition, "variable"); !rewriteVariable.MatchString(variable) {
			return refuse(rewriteCondition, "The rewrite rule %q of %s has a condition of the variable %q.", name, r.id, variable)
		}
		if _, err := regexp.Compile(text(condition, "pattern")); err != nil {
			return refuse(rewritePattern, "The rewrite rule %q of %s has a condition with an invalid pattern: %v.", name, r.id, err)
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
