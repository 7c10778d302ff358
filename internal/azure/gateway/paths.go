package gateway

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/naming"
	"ai-serving/internal/topology"
)

// maxNameLength is the longest name of a part of a gateway.
const maxNameLength = 80

// pathMaps lead the paths of each listener to the workloads. What no path
// matches goes to a pool without members: the gateway answers 502.
func pathMaps(gateway topology.Gateway) network.ApplicationGatewayUrlPathMapArray {
	result := network.ApplicationGatewayUrlPathMapArray{pathMap(healthName, healthRules(gateway.Probes))}
	for _, tenant := range gateway.Listeners {
		result = append(result, pathMap(tenant.Name, pathRules(tenant.Routes)))
	}
	return result
}

func pathMap(name string, rules network.ApplicationGatewayPathRuleArray) *network.ApplicationGatewayUrlPathMapArgs {
	return &network.ApplicationGatewayUrlPathMapArgs{
		Name:                       pulumi.String(name),
		DefaultBackendAddressPool:  self(poolSegment, nothingName),
		DefaultBackendHttpSettings: self(settingsSegment, nothingName),
		PathRules:                  rules,
	}
}

// pathRules give every path a rule, the more specific before the less: the
// gateway takes the first that matches. One rule for all paths of a workload
// could not be put in such an order.
// Source: learn.microsoft.com/azure/application-gateway/configuration-request-routing-rules.
func pathRules(routes []topology.Route) network.ApplicationGatewayPathRuleArray {
	workloads := map[string]string{}
	var paths []string
	for _, route := range routes {
		for _, path := range route.Paths {
			workloads[path] = route.Workload
			paths = append(paths, path)
		}
	}
	slices.SortFunc(paths, bySpecificity)
	result := make(network.ApplicationGatewayPathRuleArray, len(paths))
	for i, path := range paths {
		result[i] = pathRule(workloads[path], path)
	}
	return result
}

// bySpecificity puts exact paths before prefixes, then long before short.
func bySpecificity(a, b string) int {
	return cmp.Or(
		cmp.Compare(wildcards(a), wildcards(b)),
		cmp.Compare(len(b), len(a)),
		cmp.Compare(a, b),
	)
}

func wildcards(path string) int { return strings.Count(path, "*") }

func pathRule(workload, path string) *network.ApplicationGatewayPathRuleArgs {
	return &network.ApplicationGatewayPathRuleArgs{
		Name:                pulumi.String(pathRuleName(workload, path)),
		Paths:               pulumi.StringArray{pulumi.String(path)},
		BackendAddressPool:  self(poolSegment, workload),
		BackendHttpSettings: self(settingsSegment, workload),
	}
}

// pathRuleName tells a workload's paths apart by a hash, because a path holds
// characters that a name must not.
func pathRuleName(workload, path string) string {
	sum := sha256.Sum256([]byte(path))
	return naming.Join(maxNameLength, workload, hex.EncodeToString(sum[:4]))
}

// healthRules lead each probe's path to its workload, where it asks for the
// health path of the model.
func healthRules(probes []topology.Probe) network.ApplicationGatewayPathRuleArray {
	result := make(network.ApplicationGatewayPathRuleArray, len(probes))
	for i, probe := range probes {
		rule := pathRule(probe.Workload, probe.Path)
		rule.RewriteRuleSet = self(rewriteSegment, probe.Name)
		result[i] = rule
	}
	return result
}

// rewrites turn the path of a probe into the health path of the model. An
// overriding path in backend settings would not do: it replaces only the part
// that matched, and each workload would need settings of its own for it, of
// which a gateway has 100.
// Sources: learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url
// and .../configuration-http-settings#override-backend-path.
func rewrites(gateway topology.Gateway) network.ApplicationGatewayRewriteRuleSetArray {
	result := make(network.ApplicationGatewayRewriteRuleSetArray, len(gateway.Probes))
	for i, probe := range gateway.Probes {
		result[i] = &network.ApplicationGatewayRewriteRuleSetArgs{
			Name: pulumi.String(probe.Name),
			RewriteRules: network.ApplicationGatewayRewriteRuleArray{&network.ApplicationGatewayRewriteRuleArgs{
				Name:         pulumi.String("health-path"),
				RuleSequence: pulumi.Int(100),
				ActionSet: &network.ApplicationGatewayRewriteRuleActionSetArgs{
					UrlConfiguration: &network.ApplicationGatewayUrlConfigurationArgs{
						ModifiedPath: pulumi.String(healthPath(gateway.Pools, probe.Workload)),
						// The pool was chosen by the original path.
						Reroute: pulumi.Bool(false),
					},
				},
			}},
		}
	}
	return result
}

func healthPath(pools []topology.Workload, key string) string {
	i := slices.IndexFunc(pools, func(workload topology.Workload) bool { return workload.Key == key })
	return pools[i].HealthPath
}
