package config

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"ai-serving/internal/pathpattern"
)

func (c Config) validateTenants(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, id := range slices.Sorted(maps.Keys(c.Tenants)) {
		errs = append(errs, c.validateTenant(path.Child(id), c.Tenants[id])...)
	}
	errs = append(errs, c.validateHosts(path)...)
	return append(errs, c.validateWorkloads(path)...)
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
		default:
			errs = append(errs, c.validateBeside(path.Index(i), id, tenant.Models[:i])...)
		}
	}
	return errs
}

// validateBeside reports the paths of a model that meet those of an earlier one of
// the tenant's.
func (c Config) validateBeside(at *field.Path, model string, others []string) field.ErrorList {
	var errs field.ErrorList
	for _, pattern := range c.Models[model].Paths {
		if what, fix := c.rivalry(pattern, model, others); what != "" {
			errs = append(errs, field.Invalid(at, model, what+": leave one of them out, or "+fix))
		}
	}
	return errs
}

// rivalry finds the first of a tenant's other models that has a path which must not
// stand beside a pattern of a model, and says why, and what to do: a request would
// belong to both, or the two clouds would lead it to different ones.
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

func (c Config) validateTenantRegions(path *field.Path, tenant Tenant) field.ErrorList {
	regions := path.Child("regions")
	if tenant.Regions == nil {
		if tenant.Residency == "" && !c.anyCloudServes(tenant) {
			return field.ErrorList{field.Invalid(path.Child("models"), tenant.Models, "no cloud serves all of these models: give the catalogue's entries the runtimes that are missing, or split the tenant")}
		}
		return nil
	}
	places := c.places()
	var errs field.ErrorList
	for i, place := range tenant.Regions {
		_, known := places[place]
		switch {
		case !known:
			errs = append(errs, notIn(regions.Index(i), place, "the stack's regions", places))
		case slices.Contains(tenant.Regions[:i], place):
			errs = append(errs, field.Duplicate(regions.Index(i), place))
		default:
			errs = append(errs, c.validateRuntimes(regions.Index(i), place, tenant)...)
		}
	}
	return errs
}

func (c Config) validateRuntimes(at *field.Path, place string, tenant Tenant) field.ErrorList {
	cloud := cloudOf(place)
	var errs field.ErrorList
	for _, id := range tenant.Models {
		if model, known := c.Models[id]; known && !model.RunsOn(cloud) {
			errs = append(errs, field.Invalid(at, place, fmt.Sprintf("model %q has no %s runtime in the catalogue: add models.%s.%s, or leave the region out", id, cloud, id, cloud)))
		}
	}
	return errs
}

func (c Config) anyCloudServes(tenant Tenant) bool {
	return c.Serves("azure", tenant) || c.Serves("gcp", tenant)
}

// Serves says whether a cloud, "azure" or "gcp", has a runtime of every model
// of a tenant. Models that nothing serves at all do not count: they are errors
// of their own.
func (c Config) Serves(cloud string, tenant Tenant) bool {
	return !slices.ContainsFunc(tenant.Models, func(id string) bool {
		model := c.Models[id]
		return (model.Azure != nil || model.GCP != nil) && !model.RunsOn(cloud)
	})
}

// places are the regions of the stack, as <cloud>/<region>.
func (c Config) places() map[string]struct{} {
	places := map[string]struct{}{}
	for name := range c.Azure.Regions {
		places["azure/"+name] = struct{}{}
	}
	for name := range c.GCP.Regions {
		places["gcp/"+name] = struct{}{}
	}
	return places
}

// validateHosts holds the hosts of all tenants to being one tenant's each.
func (c Config) validateHosts(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	owners := c.reservedHosts()
	for _, id := range slices.Sorted(maps.Keys(c.Tenants)) {
		hosts := path.Child(id, "hosts")
		if n := len(c.Tenants[id].Hosts); n == 0 {
			errs = append(errs, field.Required(hosts, "name at least one host, or leave the key out to be served at "+id+"."+c.Platform.Domain))
		}
		for i, host := range c.Tenants[id].Hosts {
			if owner, taken := owners[host]; taken {
				errs = append(errs, field.Invalid(hosts.Index(i), host, "is taken by "+owner))
				continue
			}
			owners[host] = fmt.Sprintf("tenant %q", id)
		}
	}
	return errs
}

// reservedHosts are those that the platform itself answers on.
func (c Config) reservedHosts() map[string]string {
	owners := map[string]string{
		c.Platform.HealthHost(): "the platform's health probes",
		c.Platform.GCPHost(""):  "Google's global load balancer",
		c.Platform.Domain:       "the platform's own domain",
	}
	for region := range c.GCP.Regions {
		owners[c.Platform.GCPHost(region)] = "the load balancer of gcp/" + region
	}
	return owners
}

// HealthHost is the host that the load balancers answer health probes on.
func (p Platform) HealthHost() string { return "health." + p.Domain }

// GCPHost is the name that the team gives to the address of the load balancer
// of one of Google's regions, or of the global one, which has no region.
func (p Platform) GCPHost(region string) string {
	if region == "" {
		region = "global"
	}
	return region + ".gcp." + p.Domain
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
