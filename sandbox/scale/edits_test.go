package scale

import (
	"maps"
	"strings"

	"ai-serving/sandbox/population"
)

// changes are counts of resources, by what is done to them and type.
type changes = map[string]map[string]int

// edit is a change of one tenant, and what it is to change in the clouds.
type edit struct {
	what, old, with string
	// tenant is whose resources come and go; "" where none may.
	tenant string
	want   changes
}

// Three tenants in the middle of those of their kind: what stands before and
// after them has to stay as it is.
var (
	pooled = population.Pooled(502)
	bridge = population.Bridge(2)
	silo   = population.Silo(1)
)

var (
	// documents carry the hosts of the pooled tenants: a URL map for each load
	// balancer of Google, and for each model of the tenant a policy that says who
	// may use it.
	documents = map[string]int{
		"azure-native:network:WebApplicationFirewallPolicy": 1,
		"gcp:compute/regionUrlMap:RegionUrlMap":             1,
		"gcp:compute/uRLMap:URLMap":                         1,
	}
	// routes route to the replicas of the tenants that have their own. The pool's policy for
	// the same model admits them too, so that no tenant is refused while its isolation
	// changes.
	routes = map[string]int{
		"azure-native:network:ApplicationGateway":           1,
		"azure-native:network:WebApplicationFirewallPolicy": 1,
		"gcp:compute/regionUrlMap:RegionUrlMap":             1,
		"gcp:compute/uRLMap:URLMap":                         1,
	}
	// ownOfBridge is what a bridge tenant with one model has to itself.
	ownOfBridge = map[string]int{
		"azure-native:containerinstance:ContainerGroup":         2,
		"azure-native:network:NetworkSecurityGroup":             1,
		"azure-native:network:Subnet":                           1,
		"azure-native:network:WebApplicationFirewallPolicy":     1,
		"gcp:compute/backendService:BackendService":             1,
		"gcp:compute/healthCheck:HealthCheck":                   1,
		"gcp:compute/regionBackendService:RegionBackendService": 1,
		"gcp:compute/regionHealthCheck:RegionHealthCheck":       1,
		"kubernetes:apps/v1:Deployment":                         1,
		"kubernetes:autoscaling/v2:HorizontalPodAutoscaler":     1,
		"kubernetes:core/v1:Namespace":                          1,
		"kubernetes:core/v1:ResourceQuota":                      1,
		"kubernetes:core/v1:Service":                            1,
		"kubernetes:core/v1:ServiceAccount":                     1,
		"kubernetes:networking.k8s.io/v1:NetworkPolicy":         2,
		"kubernetes:policy/v1:PodDisruptionBudget":              1,
	}
	// ownOfSilo is that, and nodes.
	ownOfSilo = with(ownOfBridge, "gcp:container/nodePool:NodePool", 1)
	// kept are what a tenant that is disabled keeps.
	kept = []string{"azure-native:network:NetworkSecurityGroup", "azure-native:network:Subnet"}
)

var edits = []edit{
	{"add a pooled tenant", pooled, pooled + strings.Replace(pooled, "0502", "0502b", 1), "", changes{"update": documents}},
	{"remove a pooled tenant", pooled, "", "", changes{"update": documents}},
	{"disable a pooled tenant", pooled, disabled(pooled), "", changes{"update": documents}},
	{"rename a pooled tenant", pooled, strings.Replace(pooled, "0502", "renamed", 1), "", changes{"update": documents}},
	{"add a bridge tenant", bridge, bridge + strings.Replace(bridge, "0002", "0002b", 1), "bridge-0002b", changes{"create": ownOfBridge, "update": routes}},
	{"remove a bridge tenant", bridge, "", "bridge-0002", changes{"delete": ownOfBridge, "update": routes}},
	{"disable a bridge tenant", bridge, disabled(bridge), "bridge-0002", changes{"delete": without(ownOfBridge, kept), "update": routes}},
	{"add a silo tenant", silo, silo + strings.Replace(silo, "0001", "0001b", 1), "silo-0001b", changes{"create": ownOfSilo, "update": routes}},
	{"remove a silo tenant", silo, "", "silo-0001", changes{"delete": ownOfSilo, "update": routes}},
	{"disable a silo tenant", silo, disabled(silo), "silo-0001", changes{"delete": without(ownOfSilo, kept), "update": routes}},
}

func disabled(tenant string) string {
	tenant = strings.Replace(tenant, "enabled: true, ", "", 1)
	return strings.Replace(tenant, "{", "{enabled: false, ", 1)
}

func with(counts map[string]int, token string, count int) map[string]int {
	more := maps.Clone(counts)
	more[token] = count
	return more
}

func without(counts map[string]int, tokens []string) map[string]int {
	fewer := maps.Clone(counts)
	for _, token := range tokens {
		delete(fewer, token)
	}
	return fewer
}
