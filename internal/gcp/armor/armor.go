// Package armor is the rate limits of Google's load balancers, as rules of Cloud
// Armor. It is pure: the global and the regional load balancer turn its [Rule]s
// into the resources of their kind.
//
// A load balancer has one security policy, on the backend services of all workloads
// that some tenant is limited on, and the policy one rule for each such tenant. What
// a rule counts is counted for each backend service by itself, see
// cloud.google.com/armor/docs/rate-limiting-overview: a tenant's limit is for each
// of its models, and on the global load balancer for each region of a model's groups
// too, where so many requests may come through again. A tenant that comes or goes changes the one policy and its rule.
//
// How many rules with expressions a project may have, in all and in a region, are
// quotas without a published number: see "advanced match conditions" at
// cloud.google.com/armor/quotas.
package armor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ai-serving/internal/topology"
)

const (
	// Action lets through so many requests, and no more.
	Action = "throttle"
	// Conform and Exceed are what becomes of a request below, or above, the limit.
	Conform = "allow"
	Exceed  = "deny(429)"
	// Key counts all requests of a rule together.
	Key = "ALL"
	// IntervalSeconds is what requests are counted over.
	IntervalSeconds = 60

	// DefaultPriority is of the rule that every policy has, which lets through what
	// no other one matches.
	DefaultPriority = 1<<31 - 1
)

// Rule limits the requests of one tenant.
type Rule struct {
	Tenant string
	// Priority is unique in a policy.
	Priority int
	// Expression is in the language of Cloud Armor's rules.
	Expression string
	PerMinute  int
}

// Rules are those of a load balancer's policy, sorted by priority; none where no
// tenant is limited.
func Rules(backends []topology.Backend) []Rule {
	limits := map[string]topology.RateLimit{}
	for _, backend := range backends {
		for _, limit := range backend.Limits {
			limits[limit.Tenant] = limit
		}
	}
	rules := make([]Rule, 0, len(limits))
	for tenant, limit := range limits {
		rules = append(rules, Rule{tenant, limit.Priority, expression(limit.Hosts), limit.PerMinute})
	}
	slices.SortFunc(rules, func(a, b Rule) int { return cmp.Compare(a.Priority, b.Priority) })
	return rules
}

// expression matches the requests for some hosts, each by an expression within it,
// of which there may be five: as many as a tenant may have hosts. A client may write
// a host in capitals, and with the port after it.
func expression(hosts []string) string {
	matches := make([]string, len(hosts))
	for i, host := range hosts {
		pattern := strings.ReplaceAll(host, ".", "[.]")
		matches[i] = fmt.Sprintf("request.headers['host'].lower().matches('^%s(:[0-9]+)?$')", pattern)
	}
	return strings.Join(matches, " || ")
}
