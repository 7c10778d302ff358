package config

import "k8s.io/apimachinery/pkg/util/validation/field"

// maxRateLimit is the most that Cloud Armor throttles at, the stricter of the
// two clouds. Source: cloud.google.com/armor/quotas.
const maxRateLimit = 1_000_000

// HasOwnReplicas says whether a tenant is served by replicas of its own.
func (t Tenant) HasOwnReplicas() bool { return t.Isolation == Bridge || t.Isolation == Silo }

// validateOwn checks what a tenant may say of its own replicas, its own limits
// and its gateway.
func (c Config) validateOwn(path *field.Path, tenant Tenant) field.ErrorList {
	var errs field.ErrorList
	if tenant.Gateway > 1 && !c.ServedIn("azure", tenant) {
		errs = append(errs, field.Forbidden(path.Child("gateway"), "no region of Azure serves the tenant: leave the key out"))
	}
	const shared = "the tenant shares replicas: leave the key out, or give it its own with isolation: bridge"
	if tenant.MaxStreamSeconds > 0 && !tenant.HasOwnReplicas() {
		errs = append(errs, field.Forbidden(path.Child("maxStreamSeconds"), shared))
	}
	switch {
	case tenant.Replicas == nil:
	case !tenant.HasOwnReplicas():
		errs = append(errs, field.Forbidden(path.Child("replicas"), shared))
	default:
		errs = append(errs, validateOrder(path.Child("replicas"), *tenant.Replicas)...)
	}
	return errs
}
