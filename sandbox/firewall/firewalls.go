package firewall

import (
	"regexp"

	"ai-serving/internal/firewall"
)

// comparison says whether a firewall refuses a request before and after the defaults.
type comparison func(Request) (before, after bool, err error)

// column is a firewall in the tables.
type column struct {
	name    string
	compare comparison
	// alone is for one that has no after.
	alone bool
}

// today is the one exclusion that Pulumi.prod.yaml had before there were defaults.
var today = []firewall.Exclusion{{Variable: "RequestArgNames", Operator: "StartsWith", Selector: "messages"}}

var oddQuery = regexp.MustCompile("(?i)" + firewall.OddQuery)

// azure compares Microsoft's default rule set of a version with the same under the
// default exclusions, and with the custom rule on the queries of prompts. Exclusions
// only take away: what passes without them passes with them.
func azure(version string) (comparison, error) {
	before, err := newAzure(version, nil)
	if err != nil {
		return nil, err
	}
	after, err := newAzure(version, firewall.Exclusions(version, firewall.AnyServer))
	return func(request Request) (bool, bool, error) {
		old, err := before.run(request)
		odd := isJSON(request) && oddQuery.MatchString(request.query())
		if err != nil || odd || !old.Blocked {
			return old.Blocked, odd, err
		}
		now, err := after.run(request)
		return old.Blocked, now.Blocked, err
	}, err
}

// azureUnder is the rule set under some exclusions, and nothing after it.
func azureUnder(version string, exclusions []firewall.Exclusion) (comparison, error) {
	engine, err := newAzure(version, exclusions)
	return func(request Request) (bool, bool, error) {
		verdict, err := engine.run(request)
		return verdict.Blocked, false, err
	}, err
}

// google compares Cloud Armor with all signatures at the sensitivity on, and with the
// default rules.
func google(parsed bool) (comparison, error) {
	armor, err := newArmor(parsed)
	if err != nil {
		return nil, err
	}
	var expressions []string
	for _, rule := range firewall.GoogleRules() {
		expressions = append(expressions, rule.Expression)
	}
	rules, err := newEvaluator(expressions)
	return func(request Request) (bool, bool, error) {
		matched, err := armor.matches(request)
		return len(matched) > 0, rules.holds(request, matched), err
	}, err
}
