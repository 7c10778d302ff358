package config

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// maxRateLimit is the most that Cloud Armor throttles at, the stricter of the
// two clouds. Source: cloud.google.com/armor/quotas.
const maxRateLimit = 1_000_000

// HasOwnReplicas says whether a tenant is served by replicas of its own.
func (t Tenant) HasOwnReplicas() bool { return t.Isolation == Bridge || t.Isolation == Silo }

// validateOwn checks what a tenant may say of its own replicas, its own limits
// and its gateway.
func (c Config) validateOwn(path *field.Path, tenant Tenant) field.ErrorList {
	errs := validateBetween(path.Child("rateLimitPerMinute"), tenant.RateLimitPerMinute, 0, maxRateLimit)
	errs = append(errs, validateBetween(path.Child("gateway"), tenant.Gateway, 1, maxGatewayNumber)...)
	if tenant.Gateway > 1 && !c.ServedIn("azure", tenant) {
		errs = append(errs, field.Forbidden(path.Child("gateway"), "no region of Azure serves the tenant: leave the key out"))
	}
	const shared = "the tenant shares replicas: leave the key out, or give it its own with isolation: bridge"
	switch {
	case tenant.MaxStreamSeconds == 0:
	case !tenant.HasOwnReplicas():
		errs = append(errs, field.Forbidden(path.Child("maxStreamSeconds"), shared))
	default:
		errs = append(errs, validateBetween(path.Child("maxStreamSeconds"), tenant.MaxStreamSeconds, 1, maxStreamSeconds)...)
	}
	switch {
	case tenant.Replicas == nil:
	case !tenant.HasOwnReplicas():
		errs = append(errs, field.Forbidden(path.Child("replicas"), shared))
	default:
		errs = append(errs, c.validateOwnReplicas(path.Child("replicas"), tenant)...)
	}
	return errs
}

// validateOwnReplicas holds a tenant's replicas to what each runtime of its
// models takes.
func (c Config) validateOwnReplicas(path *field.Path, tenant Tenant) field.ErrorList {
	errs := validateRange(path, *tenant.Replicas, 1, 1, maxReplicas)
	for _, id := range tenant.Models {
		model := c.Models[id]
		if model.Azure != nil && model.Azure.Containers != nil && tenant.Replicas.Min > maxGroups {
			errs = append(errs, field.Invalid(path.Child("min"), tenant.Replicas.Min,
				fmt.Sprintf("model %q runs in container groups, of which there may be %d in a region", id, maxGroups)))
		}
	}
	return errs
}
