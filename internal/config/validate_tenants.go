package config

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"ai-serving/internal/pathpattern"
)

func (c Config) validateTenants(path pathOf) field.ErrorList {
	tenants, models := path("tenants"), path("models")
	var errs field.ErrorList
	var complaints []complaint
	for _, id := range slices.Sorted(maps.Keys(c.Tenants)) {
		errs = append(errs, c.validateTenant(tenants.Child(id), c.Tenants[id])...)
		complaints = append(complaints, c.pathComplaints(tenants, models, id)...)
		complaints = append(complaints, c.placeComplaints(tenants, models, id)...)
		complaints = append(complaints, c.canaryComplaints(tenants, models, id)...)
	}
	errs = append(errs, gather(complaints)...)
	errs = append(errs, c.validateHosts(tenants)...)
	return append(errs, c.validateWorkloads(tenants)...)
}

func (c Config) validateTenant(path *field.Path, tenant Tenant) field.ErrorList {
	errs := c.validateTenantModels(path.Child("models"), tenant)
	errs = append(errs, c.validateTenantRegions(path, tenant)...)
	errs = append(errs, c.validateTenantResidency(path, tenant)...)
	errs = append(errs, c.validateOwn(path, tenant)...)
	errs = append(errs, c.validateCanary(path.Child("canary"), tenant)...)
	return errs
}

func (c Config) validateTenantModels(path *field.Path, tenant Tenant) field.ErrorList {
	if len(c.Models) == 0 {
		return nil // an error of the catalogue's
	}
	var errs field.ErrorList
	for i, id := range tenant.Models {
		_, known := c.Models[id]
		switch {
		case !known:
			errs = append(errs, notIn(path.Index(i), id, "the model catalogue", c.Models))
		case slices.Contains(tenant.Models[:i], id):
			errs = append(errs, field.Duplicate(path.Index(i), id))
		}
	}
	return errs
}

// pathComplaints are about the paths of a model that meet those of an earlier one
// of the tenant's.
func (c Config) pathComplaints(tenants, models *field.Path, id string) []complaint {
	var complaints []complaint
	own := c.Tenants[id].Models
	for i, model := range own {
		for _, pattern := range c.Models[model].Paths {
			what, fix := c.rivalry(pattern, model, own[:i])
			if what == "" {
				continue
			}
			complaints = append(complaints, complaint{
				tenant: id,
				own:    field.Invalid(tenants.Child(id, "models").Index(i), model, what+": leave one of them out, or "+fix),
				entry:  models.Child(model, "paths"), what: what, fix: fix,
				remedy: "leave one of them out of",
			})
		}
	}
	return complaints
}

// rivalry finds the first of a tenant's other models that has a path which must not
// stand beside a pattern of a model, and says why, and what to do: a request would
// belong to both, or the two clouds would route it to different ones.
func (c Config) rivalry(pattern pathpattern.Pattern, model string, others []string) (what, fix string) {
	for _, other := range others {
		for _, taken := range c.Models[other].Paths {
			switch {
			case other == model: // listed twice, an error of its own
			case pathpattern.Gateway.Alike(pattern, taken):
				return fmt.Sprintf("its path %s is served by model %q of the same tenant too", pattern, other), "give it other paths"
			case pathpattern.DifferInCase(pattern, taken):
				return fmt.Sprintf("its path %s meets %s of model %q of the same tenant on Application Gateway, which ignores case, and not on Google's load balancers",
					pattern, taken, other), "spell the paths alike"
			}
		}
	}
	return "", ""
}

// WorkloadKey names the replicas that serve a model to a tenant; the pool's
// belong to no tenant. It is what everything that serves them is named after.
func WorkloadKey(tenant, model string) string {
	if tenant == "" {
		return model
	}
	return tenant + "-" + model
}

// validateWorkloads reports replicas of two tenants that would go by one name.
func (c Config) validateWorkloads(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	owners := map[string]string{}
	for id := range c.Models {
		owners[id] = fmt.Sprintf("model %q", id)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Tenants)) {
		tenant := c.Tenants[id]
		if !tenant.HasOwnReplicas() {
			continue
		}
		for i, model := range tenant.Models {
			errs = append(errs, claimWorkload(path.Child(id, "models").Index(i), id, model, owners)...)
		}
		if tenant.Canary != nil && !slices.Contains(tenant.Models, tenant.Canary.Model) {
			errs = append(errs, claimWorkload(path.Child(id, "canary", "model"), id, tenant.Canary.Model, owners)...)
		}
	}
	return errs
}

// claimWorkload takes the name of a tenant's own replicas, unless it is another's.
func claimWorkload(at *field.Path, tenant, model string, owners map[string]string) field.ErrorList {
	key := WorkloadKey(tenant, model)
	if owner, taken := owners[key]; taken {
		return field.ErrorList{field.Invalid(at, model,
			fmt.Sprintf("the tenant's own replicas would be named %q, as those of %s are: rename the tenant or the model", key, owner))}
	}
	owners[key] = fmt.Sprintf("model %q of tenant %q", model, tenant)
	return nil
}
