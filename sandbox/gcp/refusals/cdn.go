package refusals

import compute "google.golang.org/api/compute/v0.beta"

var cacheTTL = invalid("cdn/ttl",
	"A cache keeps what it has for at most 31622400 seconds, by default no longer than at most, and serves it when it is stale for at most 604800.",
	discovery("BackendBucketCdnPolicy.defaultTtl, maxTtl, clientTtl, serveWhileStale"))

// Seconds.
const (
	maxTTL   = 31_622_400
	maxStale = 604_800
)

func bucketCache(_ *request, b *compute.BackendBucket) error {
	policy := b.CdnPolicy
	if policy == nil {
		return nil
	}
	for field, seconds := range map[string]int64{"clientTtl": policy.ClientTtl, "defaultTtl": policy.DefaultTtl, "maxTtl": policy.MaxTtl} {
		if seconds < 0 || seconds > maxTTL {
			return wrong(cacheTTL, "cdnPolicy."+field, seconds, "Must be 0 to %d.", maxTTL)
		}
	}
	if policy.MaxTtl != 0 && policy.DefaultTtl > policy.MaxTtl {
		return wrong(cacheTTL, "cdnPolicy.defaultTtl", policy.DefaultTtl, "Must not be greater than maxTtl, %d.", policy.MaxTtl)
	}
	if policy.ServeWhileStale < 0 || policy.ServeWhileStale > maxStale {
		return wrong(cacheTTL, "cdnPolicy.serveWhileStale", policy.ServeWhileStale, "Must be 0 to %d.", maxStale)
	}
	return nil
}
