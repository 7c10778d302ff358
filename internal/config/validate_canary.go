package config

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"ai-serving/internal/pathpattern"
)

// maxCanaryPercent is the most that is still a trial: beyond it, the other model
// should be the tenant's.
const maxCanaryPercent = 50

func (c Config) validateCanary(path *field.Path, tenant Tenant) field.ErrorList {
	canary := tenant.Canary
	if canary == nil {
		return nil
	}
	_, known := c.Models[canary.Model]
	switch {
	case !known:
		return field.ErrorList{notIn(path.Child("model"), canary.Model, "the model catalogue", c.Models)}
	case slices.Contains(tenant.Models, canary.Model):
		return field.ErrorList{field.Invalid(path.Child("model"), canary.Model, "is one of the tenant's models already")}
	case c.Models[canary.Model].GCP != nil && !c.ServedIn("gcp", tenant):
		return field.ErrorList{field.Forbidden(path, "the tenant is served by Azure alone, whose gateways cannot divide requests: add a region of gcp, or leave the canary out")}
	}
	return c.validateAffinityOfCanary(path, tenant)
}

// validateAffinityOfCanary refuses to divide the requests to a model with affinity:
// Google's load balancers divide requests, and not clients. See
// WeightedBackendService.weight in cloud.google.com/compute/docs/reference/rest/v1/urlMaps.
func (c Config) validateAffinityOfCanary(path *field.Path, tenant Tenant) field.ErrorList {
	tried := tenant.Canary.Model
	for _, model := range append(slices.Clone(tenant.Models), tried) {
		beside := model == tried || pathpattern.Same(c.Models[model].Paths, c.Models[tried].Paths)
		if beside && c.Models[model].Affinity {
			return field.ErrorList{field.Invalid(path.Child("model"), tried, fmt.Sprintf(
				"model %s has affinity, which Google's load balancers do not keep where they divide requests: leave the canary out, or write affinity: false for %[1]s", model))}
		}
	}
	return nil
}

// canaryComplaints are about the model that a tenant tries: whether it runs where
// requests can be divided, and has the paths of the model beside it.
func (c Config) canaryComplaints(tenants, models *field.Path, id string) []complaint {
	tenant := c.Tenants[id]
	if tenant.Canary == nil || slices.Contains(tenant.Models, tenant.Canary.Model) {
		return nil
	}
	tried := tenant.Canary.Model
	model, known := c.Models[tried]
	about := complaint{tenant: id, remedy: "take the canary out of"}
	at := tenants.Child(id, "canary", "model")
	switch {
	case !known:
		return nil
	case model.GCP == nil:
		about.entry, about.fix = models.Child(tried, "gcp"), "add it"
		about.what = "tenants try the model on a part of their requests, which only Google's load balancers divide, and it has no gcp runtime"
		about.own = field.Invalid(at, tried, "has no gcp runtime in the catalogue, and only Google's load balancers divide requests")
	case !slices.ContainsFunc(tenant.Models, func(own string) bool { return pathpattern.Same(c.Models[own].Paths, model.Paths) }):
		paths := strings.Join(pathpattern.Texts(model.Paths), ", ")
		about.entry, about.fix = models.Child(tried, "paths"), "give it the paths of one of them"
		about.what = fmt.Sprintf("tenants try the model on a part of their requests, and none of their models has its paths, %s", paths)
		about.own = field.Invalid(at, tried, "has other paths than each of the tenant's models: it has "+paths)
	default:
		return nil
	}
	return []complaint{about}
}
