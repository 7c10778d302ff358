package refusals

import (
	"cmp"
	"math"
	"slices"

	compute "google.golang.org/api/compute/v0.beta"
)

var (
	drainRange = invalid("backend-service/draining",
		"The connection draining time-out is 0 to 3600 seconds.",
		documented("load-balancing/docs/enabling-connection-draining"))
	timeoutRange = invalid("backend-service/timeout",
		"The time-out is 1 to 2147483647 seconds.",
		discovery("BackendService.timeoutSec"))
	sampleRange = invalid("backend-service/sample-rate",
		"The rate at which requests are logged is 0 to 1.",
		discovery("BackendServiceLogConfig.sampleRate"))
	cookieTTL = invalid("backend-service/affinity-cookie",
		"The affinity cookie lives 0 to 1209600 seconds.",
		discovery("BackendService.affinityCookieTtlSec"))
	contentDelivery = invalid("backend-service/cdn-scheme",
		"Cloud CDN is for backend services of global external load balancers.",
		discovery("BackendService.enableCDN"))
	cdnOrProxy = invalid("backend-service/cdn-or-iap",
		"A backend service has Cloud CDN or the Identity-Aware Proxy, not both.",
		documented("cdn/docs/overview"))
	streamDuration = invalid("backend-service/max-stream-duration",
		"A maximum duration of streams is for the mesh only.",
		discovery("BackendService.maxStreamDuration"))
	hashPolicy = invalid("backend-service/consistent-hash",
		"Consistent hashing is for the locality policies MAGLEV and RING_HASH.",
		discovery("BackendService.consistentHash"))
	policyKindOfService = invalid("backend-service/security-policy-type",
		"The security policy of a service has type CLOUD_ARMOR, and the edge policy CLOUD_ARMOR_EDGE.",
		discovery("SecurityPolicy.type"))
	policyScope = invalid("backend-service/security-policy-scope",
		"A regional service has a security policy of its region, a global one a global policy.",
		documented("armor/docs/security-policy-overview"))
)

const (
	maxDrainSeconds  = 3600
	maxCookieSeconds = 1_209_600
)

func serviceSettings(r *request, s *compute.BackendService) error {
	if s.ConnectionDraining != nil {
		if seconds := s.ConnectionDraining.DrainingTimeoutSec; seconds < 0 || seconds > maxDrainSeconds {
			return wrong(drainRange, "connectionDraining.drainingTimeoutSec", seconds, "Must be 0 to %d.", maxDrainSeconds)
		}
	}
	if s.TimeoutSec < 0 || s.TimeoutSec > math.MaxInt32 {
		return wrong(timeoutRange, "timeoutSec", s.TimeoutSec, "Must be 1 to %d.", math.MaxInt32)
	}
	if log := s.LogConfig; log != nil && (log.SampleRate < 0 || log.SampleRate > 1) {
		return wrong(sampleRange, "logConfig.sampleRate", log.SampleRate, "Must be 0 to 1.")
	}
	if s.AffinityCookieTtlSec < 0 || s.AffinityCookieTtlSec > maxCookieSeconds {
		return wrong(cookieTTL, "affinityCookieTtlSec", s.AffinityCookieTtlSec, "Must be 0 to %d.", maxCookieSeconds)
	}
	scheme := schemeOf(s)
	if s.EnableCDN && (!r.link.global() || scheme != schemeClassic && scheme != schemeManaged) {
		return wrong(contentDelivery, "enableCDN", true, "Cloud CDN is not supported by backend services of scheme %s in the scope %s.", scheme, r.link.scope)
	}
	if s.EnableCDN && s.Iap != nil && s.Iap.Enabled {
		return wrong(cdnOrProxy, "enableCDN", true, "Cloud CDN and IAP cannot be enabled for the same backend service.")
	}
	if s.MaxStreamDuration != nil && scheme != schemeMesh {
		return wrong(streamDuration, "maxStreamDuration", s.MaxStreamDuration.Seconds, "The field is only allowed with load balancing scheme %s.", schemeMesh)
	}
	if s.ConsistentHash != nil && !slices.Contains([]string{"MAGLEV", "RING_HASH"}, s.LocalityLbPolicy) {
		return wrong(hashPolicy, "consistentHash", s.LocalityLbPolicy, "The field is only applicable when localityLbPolicy is MAGLEV or RING_HASH.")
	}
	return nil
}

func servicePolicies(r *request, s *compute.BackendService) error {
	if err := checkPolicy(r, "securityPolicy", s.SecurityPolicy, "CLOUD_ARMOR"); err != nil {
		return err
	}
	return checkPolicy(r, "edgeSecurityPolicy", s.EdgeSecurityPolicy, "CLOUD_ARMOR_EDGE")
}

// checkPolicy checks the policy of a service. Network load balancers have
// policies of types of their own.
func checkPolicy(r *request, field, text, kind string) error {
	l, ok := r.refer(text)
	if !ok {
		return nil
	}
	if l.scope != r.link.scope {
		return wrong(policyScope, field, text, "The security policy must be in the scope of the backend service, %s.", r.link.scope)
	}
	policy, found := get[compute.SecurityPolicy](r.project, l)
	if !found {
		return nil
	}
	actual := cmp.Or(policy.Type, "CLOUD_ARMOR")
	edge := actual == "CLOUD_ARMOR_EDGE"
	if edge != (kind == "CLOUD_ARMOR_EDGE") {
		return wrong(policyKindOfService, field, text, "The security policy has type %s; the field needs %s.", actual, kind)
	}
	return nil
}
