package config

import (
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

var (
	// ruleSets are the versions of Microsoft's default rule set that rate limits
	// work with. Source: learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules.
	ruleSets = []string{"2.1", "2.2"}
	// exclusionVariables and exclusionOperators are Azure's.
	// Source: learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-waf-configuration.
	exclusionVariables = []string{
		"RequestArgKeys", "RequestArgNames", "RequestArgValues",
		"RequestCookieKeys", "RequestCookieNames", "RequestCookieValues",
		"RequestHeaderKeys", "RequestHeaderNames", "RequestHeaderValues",
	}
	exclusionOperators = []string{anySelector, "Contains", "EndsWith", "Equals", "StartsWith"}
)

const (
	// anySelector is the operator that takes no selector.
	anySelector = "EqualsAny"
	// maxExclusions is of a firewall policy.
	// Source: Microsoft's Application Gateway limits.
	maxExclusions = 40
)

func (f Firewall) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i, exclusion := range f.Exclusions {
		errs = append(errs, exclusion.validate(path.Child("exclusions").Index(i))...)
	}
	return errs
}

func (e Exclusion) validate(path *field.Path) field.ErrorList {
	switch {
	case !slices.Contains(exclusionOperators, e.Operator): // refused already
	case e.Operator == anySelector && e.Selector != "":
		return field.ErrorList{field.Forbidden(path.Child("selector"), "EqualsAny is for all of them: leave the selector out")}
	case e.Operator != anySelector && e.Selector == "":
		return field.ErrorList{field.Required(path.Child("selector"), "say what to compare with, or use the operator EqualsAny")}
	}
	return nil
}
