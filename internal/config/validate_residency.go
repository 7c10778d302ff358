package config

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateResidencies holds residencies to places that the stack has.
func (c Config) validateResidencies(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	places := c.places()
	for _, name := range slices.Sorted(maps.Keys(c.Platform.Residencies)) {
		at, named := path.Child(name), c.Platform.Residencies[name]
		if len(named) == 0 {
			errs = append(errs, field.Required(at, "name at least one place, as <cloud>/<region>"))
		}
		for i, place := range named {
			switch _, known := places[place]; {
			case !known:
				errs = append(errs, notIn(at.Index(i), place, "the stack's regions", places))
			case slices.Contains(named[:i], place):
				errs = append(errs, field.Duplicate(at.Index(i), place))
			}
		}
	}
	return errs
}

// validateTenantResidency keeps every place of a tenant, those for failover too,
// inside of its residency.
func (c Config) validateTenantResidency(path *field.Path, tenant Tenant) field.ErrorList {
	if tenant.Residency == "" {
		return nil
	}
	at := path.Child("residency")
	allowed, known := c.Platform.Residencies[tenant.Residency]
	if !known {
		if len(c.Platform.Residencies) == 0 {
			return field.ErrorList{field.Invalid(at, tenant.Residency, "the platform has no residencies: add them to platform.residencies")}
		}
		return field.ErrorList{notIn(at, tenant.Residency, "platform.residencies", c.Platform.Residencies)}
	}
	if cloud := tenant.cloudAlone(); cloud != "" {
		if !slices.ContainsFunc(allowed, func(place string) bool { return cloudOf(place) == cloud }) {
			return field.ErrorList{field.Invalid(path.Child("regions").Index(0), cloud,
				"has no region in the residency "+tenant.Residency+", which has "+strings.Join(allowed, ", "))}
		}
		return nil
	}
	var errs field.ErrorList
	for i, place := range tenant.Regions {
		if !slices.Contains(allowed, place) {
			errs = append(errs, field.Invalid(path.Child("regions").Index(i), place,
				"is outside of the residency "+tenant.Residency+", which has "+strings.Join(allowed, ", ")))
		}
	}
	return errs
}
