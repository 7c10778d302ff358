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
	if tenant.Regions == nil && !slices.ContainsFunc(allowed, func(place string) bool { return c.Serves(cloudOf(place), tenant) }) {
		return field.ErrorList{field.Invalid(at, tenant.Residency, "none of its places serves all of the tenant's models: "+strings.Join(allowed, ", "))}
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

// cloudOf is the cloud of a place, <cloud>/<region>.
func cloudOf(place string) string {
	cloud, _, _ := strings.Cut(place, "/")
	return cloud
}

// ServedIn says whether a cloud, "azure" or "gcp", serves a tenant.
func (c Config) ServedIn(cloud string, tenant Tenant) bool {
	return slices.ContainsFunc(c.regionsOf(tenant), func(place string) bool { return cloudOf(place) == cloud })
}
