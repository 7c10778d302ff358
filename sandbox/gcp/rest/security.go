package rest

import (
	"net/http"
	"slices"
	"strconv"

	"ai-serving/sandbox/rules"
)

// defaultRule is the priority of the rule that every policy has.
const defaultRule = 1<<31 - 1

var ruleThere = Rules.Add(rules.Rule{
	Name: "gcp/security-policy/rule", Asks: "The rule of a security policy that is read, changed or removed is there.",
	Status: http.StatusBadRequest, Code: "invalid", Source: "methods getRule, patchRule and removeRule in Compute Engine's discovery document",
})

// prepareSecurityPolicy adds the rule that lets through what no other one
// matches.
func prepareSecurityPolicy(_ *request, next object) error {
	given := objects(next["rules"])
	if !slices.ContainsFunc(given, func(rule object) bool { return rule["priority"] == float64(defaultRule) }) {
		given = append(given, object{
			"kind": "compute#securityPolicyRule", "priority": float64(defaultRule), "action": "allow", "description": "default rule",
			"match": object{"versionedExpr": "SRC_IPS_V1", "config": object{"srcIpRanges": []any{"*"}}},
		})
	}
	next["rules"] = list(given)
	return nil
}

func (r *request) addRule() (any, error) {
	return r.changeRules(func(given []object) ([]object, error) { return append(given, r.body), nil })
}

func (r *request) getRule() (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	given := objects(r.old["rules"])
	i, err := r.indexOfRule(given)
	if err != nil {
		return nil, err
	}
	return given[i], nil
}

func (r *request) patchRule() (any, error) {
	return r.changeRules(func(given []object) ([]object, error) {
		i, err := r.indexOfRule(given)
		if err != nil {
			return nil, err
		}
		merge(given[i], r.body)
		return given, nil
	})
}

func (r *request) removeRule() (any, error) {
	return r.changeRules(func(given []object) ([]object, error) {
		i, err := r.indexOfRule(given)
		if err != nil {
			return nil, err
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
func (r *request) indexOfRule(given []object) (int, error) {
	i := slices.IndexFunc(given, func(rule object) bool {
		priority, _ := rule["priority"].(float64)
		return strconv.Itoa(int(priority)) == r.query.Get("priority")
	})
	if i < 0 {
		return i, ruleThere.Refuse("There is no rule with priority %s.", r.query.Get("priority"))
	}
	return i, nil
}
