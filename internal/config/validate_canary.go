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
	var errs field.ErrorList
	at := path.Child("model")
	model, known := c.Models[canary.Model]
	switch {
	case !known:
		return append(errs, notIn(at, canary.Model, "the model catalogue", c.Models))
	case slices.Contains(tenant.Models, canary.Model):
		return append(errs, field.Invalid(at, canary.Model, "is one of the tenant's models already"))
	case model.GCP == nil:
		return append(errs, field.Invalid(at, canary.Model, "has no gcp runtime in the catalogue, and only Google's load balancers divide requests"))
	}
	if !slices.ContainsFunc(tenant.Models, func(id string) bool { return pathpattern.Same(c.Models[id].Paths, model.Paths) }) {
		errs = append(errs, field.Invalid(at, canary.Model, fmt.Sprintf("has other paths than each of the tenant's models: it has %s", strings.Join(pathpattern.Texts(model.Paths), ", "))))
	}
	if !c.ServedIn("gcp", tenant) {
		errs = append(errs, field.Forbidden(path, "the tenant is served by Azure alone, whose gateways cannot divide requests: add a region of gcp, or leave the canary out"))
	}
	return errs
}
