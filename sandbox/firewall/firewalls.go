package firewall

import (
	"regexp"

	"ai-serving/internal/firewall"
)

// judge says whether a firewall refuses a request.
type judge func(Request) (bool, error)

// today is the one exclusion that Pulumi.prod.yaml had before there were defaults.
var today = []firewall.Exclusion{{Variable: "RequestArgNames", Operator: "StartsWith", Selector: "messages"}}

// anyServer is the preset of a server that nothing is known of: it has the exclusions
// for all servers.
const anyServer = "http"

// azureJudge is Microsoft's default rule set of a version, with exclusions.
func azureJudge(version string, exclusions []firewall.Exclusion) (judge, error) {
	engine, err := newAzure(version, exclusions)
	return func(request Request) (bool, error) {
		verdict, err := engine.run(request)
		return verdict.Blocked, err
	}, err
}

var oddQuery = regexp.MustCompile("(?i)" + firewall.OddQuery)

// azureAfter is the rule set with the default exclusions, and the custom rule on the
// queries of prompts.
func azureAfter(version string) (judge, error) {
	managed, err := azureJudge(version, firewall.Exclusions(version, anyServer))
	return func(request Request) (bool, error) {
		if isJSON(request) && oddQuery.MatchString(request.query()) {
			return true, nil
		}
		return managed(request)
	}, err
}

// armorJudges are Cloud Armor with all signatures at the sensitivity, and with the
// default rules.
func armorJudges(parsed bool) (before, after judge, err error) {
	armor, err := newArmor(parsed)
	if err != nil {
		return nil, nil, err
	}
	var expressions []string
	for _, rule := range firewall.GoogleRules() {
		expressions = append(expressions, rule.Expression)
	}
	rules, err := newEvaluator(expressions)
	before = func(request Request) (bool, error) {
		matched, err := armor.matches(request)
		return len(matched) > 0, err
	}
	after = func(request Request) (bool, error) {
		matched, err := armor.matches(request)
		return rules.holds(request, matched), err
	}
	return before, after, err
}
