package config

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

var (
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
		at := path.Child("exclusions").Index(i)
		errs = append(errs, exclusion.validate(at)...)
		if slices.Contains(f.Exclusions[:i], exclusion) {
			errs = append(errs, field.Duplicate(at, exclusion.String()))
		}
	}
	return errs
}

// String is the exclusion as one reads it: "RequestArgNames Equals messages".
func (e Exclusion) String() string {
	return strings.TrimSpace(e.Variable + " " + e.Operator + " " + e.Selector)
}

func (e Exclusion) validate(path *field.Path) field.ErrorList {
	switch {
	case !slices.Contains(exclusionOperators, e.Operator): // refused already
	case e.Operator == anySelector && e.Selector != "":
		return field.ErrorList{field.Forbidden(path.Child("selector"), "EqualsAny is for all of them: leave the selector out")}
	case e.Operator != anySelector && e.Selector == "":
		return field.ErrorList{field.Required(path.Child("selector"), "say what to compare with, or use the operator EqualsAny")}
	case e.Selector == "*":
		return field.ErrorList{field.Invalid(path.Child("selector"), e.Selector, "stands for itself, and not for all of them: use the operator EqualsAny, without a selector")}
	case strings.TrimSpace(e.Selector) != e.Selector:
		return field.ErrorList{field.Invalid(path.Child("selector"), e.Selector, "begins or ends with a space, which no name does: take it out")}
	}
	return nil
}
