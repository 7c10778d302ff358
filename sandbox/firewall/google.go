package firewall

import (
	"fmt"
	"slices"

	"ai-serving/internal/firewall"
)

// googleInspected is the most of a body that Cloud Armor can be told to look at; it is
// 8 kB if nothing is said.
// Source: cloud.google.com/armor/docs/security-policy-overview.
const googleInspected = 64 << 10

// armor is Cloud Armor's preconfigured rules: the core rule set of the version that
// they are of. Each rule refuses for itself, without a score.
type armor struct {
	engine engine
	// parsed says that JSON is parsed. Otherwise the rules see the body as one text.
	parsed bool
	// signatures are the rules at the sensitivity that the program asks for.
	signatures []int
}

func newArmor(parsed bool) (armor, error) {
	rules, err := crsRules()
	if err != nil {
		return armor{}, err
	}
	json := ""
	if parsed {
		json = parsedJSON
	}
	engine, err := newEngine(googleInspected, fmt.Sprintf(base, "DetectionOnly", firewall.Sensitivity), json, coreRules)
	return armor{engine, parsed, signatures(rules)}, err
}

// signatures are the rules of Google's sets at the sensitivity, which is the paranoia
// level.
func signatures(rules []rule) []int {
	var ids []int
	for _, rule := range rules {
		if rule.level <= firewall.Sensitivity && firewall.SetOf(rule.id) != "" {
			ids = append(ids, rule.id)
		}
	}
	return ids
}

// matches are the signatures that match a request, sorted.
func (a armor) matches(request Request) ([]int, error) {
	engine := a.engine
	engine.whole = !a.parsed && isJSON(request)
	verdict, err := engine.run(request)
	return slices.DeleteFunc(verdict.Rules, func(id int) bool { return !slices.Contains(a.signatures, id) }), err
}
