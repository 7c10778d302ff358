package topology

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestATenantIsLimitedOnAllThatItReaches(t *testing.T) {
	t.Parallel()
	const canary = `    chat-next:
      image: us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0
      port: 8080
      healthPath: /
      paths: [/v1/chat/*]
      gcp:
        kubernetes: {cpu: 500m, memory: 1Gi}
`
	resolved := dev(t, "    embed:", canary+"    embed:",
		"acme: {models: [chat, embed],", "acme: {models: [chat, embed], rateLimitPerMinute: 600, canary: {model: chat-next, percent: 5},")
	for name, backends := range map[string][]Backend{"global": resolved.GCP.Global.Backends, "regional": resolved.GCP.Regions[0].LoadBalancer.Backends} {
		got := map[string][]string{}
		for _, backend := range backends {
			for _, limit := range backend.Limits {
				got[backend.Workload.Key] = append(got[backend.Workload.Key], limit.Tenant)
			}
		}
		want := map[string][]string{"chat": {"acme"}, "chat-next": {"acme"}, "embed": {"acme"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s load balancer: limited tenants by workload (-want +got)\n%s", name, diff)
		}
	}
}

// A policy holds the limits of all workloads: a tenant's has one priority in it.
func TestALimitHasOnePriorityPerTenantAndLoadBalancer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var tenants []Tenant
		for _, id := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,8}`), 0, 50, rapid.ID).Draw(t, "tenants") {
			tenants = append(tenants, Tenant{ID: id, Hosts: []string{id + ".example.com"}, RateLimitPerMinute: rapid.IntRange(0, 2).Draw(t, "limit")})
		}
		before := throttles(tenants)
		used := map[int]string{}
		for id, limit := range before {
			if other, taken := used[limit.Priority]; taken || limit.Priority < firstThrottle || limit.Priority >= 1<<31-1 {
				t.Fatalf("priority %d of %q, and of %q", limit.Priority, id, other)
			}
			used[limit.Priority] = id
		}
		after := throttles(append(tenants, Tenant{ID: "a-new-one", RateLimitPerMinute: 1}))
		for id, limit := range before {
			if after[id].Priority != limit.Priority {
				t.Fatalf("a new tenant moves %q from %d to %d", id, limit.Priority, after[id].Priority)
			}
		}
	})
}
