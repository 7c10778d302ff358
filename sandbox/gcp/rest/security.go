package rest

import (
	"net/http"
	"slices"
	"strconv"

	"ai-serving/sandbox/rules"
)

// defaultRule is the priority of the rule that every policy has.
const defaultRule = 1<<31 - 1

var rulePriority = Rules.Add(rules.Rule{
	Name: "gcp/security-policy/priority", Asks: "The rules of a security policy have different priorities, and one that is changed is there.",
	Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/armor/docs/security-policy-overview#eval-order",
})

// prepareSecurityPolicy refuses two rules of one priority, and adds the rule
// that lets through what no other one matches.
func prepareSecurityPolicy(_ *request, next object) error {
	seen := map[any]bool{}
	given := objects(next["rules"])
	for _, rule := range given {
		if seen[rule["priority"]] {
			return rulePriority.Refuse("Invalid value for field 'resource.rules': two rules have priority %v.", rule["priority"])
		}
		seen[rule["priority"]] = true
	}
	if !seen[float64(defaultRule)] && !seen[defaultRule] {
		given = append(given, object{
			"kind": "compute#securityPolicyRule", "priority": defaultRule, "action": "allow", "description": "default rule",
			"match": object{"versionedExpr": "SRC_IPS_V1", "config": object{"srcIpRanges": []any{"*"}}},
		})
	}
	next["rules"] = list(given)
	return nil
}

func (r *request) addRule() (any, error) {
	return r.changeRules(func(given []object) ([]object, error) { return append(given, r.body), nil })
}

func (r *request) patchRule() (any, error) {
	return r.changeRules(func(given []object) ([]object, error) {
		i := r.indexOfRule(given)
		if i < 0 {
			return nil, rulePriority.Refuse("There is no rule with priority %s.", r.query.Get("priority"))
		}
		merge(given[i], r.body)
		return given, nil
	})
}

func (r *request) removeRule() (any, error) {
	return r.changeRules(func(given []object) ([]object, error) {
		i := r.indexOfRule(given)
		if i < 0 {
			return nil, rulePriority.Refuse("There is no rule with priority %s.", r.query.Get("priority"))
		}
		return slices.Delete(given, i, i+1), nil
	})
}

func (r *request) changeRules(change func([]object) ([]object, error)) (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	next := clone(r.old)
	changed, err := change(objects(next["rules"]))
	if err != nil {
		return nil, err
	}
	next["rules"] = list(changed)
	return r.put(next)
}

// indexOfRule finds the rule with the priority that the request names.
func (r *request) indexOfRule(given []object) int {
	return slices.IndexFunc(given, func(rule object) bool {
		priority, _ := rule["priority"].(float64)
		return strconv.Itoa(int(priority)) == r.query.Get("priority")
	})
}
