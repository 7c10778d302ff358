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
	"ai-serving/internal/pathpattern"
	"ai-serving/internal/topology"
)

// maxNameLength is the longest name of a part of a gateway.
const maxNameLength = 80

// path is a rule of a path map.
type path struct {
	// workload is the key of one, or [nothingName].
	workload string
	patterns []pathpattern.Pattern
	// policy is the key of a firewall policy; "" for the listener's.
	policy string
	// rewrites is the name of a rewrite rule set; "" for none.
	rewrites string
}

// pathMaps route the paths of each site to the workloads.
func pathMaps(args Args, policies policyIDs) network.ApplicationGatewayUrlPathMapArray {
	var all network.ApplicationGatewayUrlPathMapArray
	for _, on := range frontends(args.Gateway) {
		for _, site := range sites(args) {
			if len(site.paths) > 0 {
				all = append(all, pathMap(site.name+on.suffix, site.paths, policies))
			}
		}
	}
	return all
}

// pathMap has a pool without members for what no path matches. Nothing gets
// there: see [closed].
func pathMap(name string, paths []path, policies policyIDs) *network.ApplicationGatewayUrlPathMapArgs {
	rules := make(network.ApplicationGatewayPathRuleArray, len(paths))
	for i, path := range paths {
		rules[i] = pathRule(path, policies)
	}
	return &network.ApplicationGatewayUrlPathMapArgs{
		Name:                       pulumi.String(name),
		DefaultBackendAddressPool:  self(poolSegment, nothingName),
		DefaultBackendHttpSettings: self(settingsSegment, nothingName),
		PathRules:                  rules,
	}
}

func pathRule(path path, policies policyIDs) *network.ApplicationGatewayPathRuleArgs {
	rule := &network.ApplicationGatewayPathRuleArgs{
		Name:                pulumi.String(path.name()),
		Paths:               pulumi.ToStringArray(pathpattern.Texts(path.patterns)),
		BackendAddressPool:  self(poolSegment, path.workload),
		BackendHttpSettings: self(settingsSegment, path.workload),
		FirewallPolicy:      policies.reference(path.policy),
	}
	if path.rewrites != "" {
		rule.RewriteRuleSet = self(rewriteSegment, path.rewrites)
	}
	return rule
}

// name tells a workload's rules apart by a hash, because a path holds characters
// that a name must not.
func (p path) name() string {
	if p.workload == nothingName {
		return unknownPaths
	}
	sum := sha256.Sum256([]byte(strings.Join(pathpattern.Texts(p.patterns), " ")))
	return naming.Join(maxNameLength, p.workload, hex.EncodeToString(sum[:4]))
}

// tenantPaths route to the workloads of a listener. Those that tenants share have
// a firewall policy, which says whose hosts may use them. A tenant's own have that
// of the listener, attached again so that each of them has the tenant's limit for
// itself.
func tenantPaths(listener topology.Listener) []path {
	paths := ordered(listener.Routes)
	for i := range paths {
		paths[i].rewrites = tenantRewrites(listener)
		paths[i].policy = workloadPolicy(paths[i].workload)
		if listener.Own {
			paths[i].policy = tenantPolicy(listener.Tenant)
		}
	}
	return closed(paths)
}

// healthPaths route each probe's path to its workload, where it asks for the
// health path of the model. Each states its firewall policy: the firewall looks at
// the path as it is rewritten, and it is not documented that the policy in force is
// still the listener's, and not that of [closed].
// Source: learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url#using-url-rewrite-or-host-header-rewrite-with-web-application-firewall-waf_v2-sku.
func healthPaths(probes []topology.Probe) []path {
	paths := make([]path, len(probes))
	for i, probe := range probes {
		paths[i] = path{
			workload: probe.Workload, patterns: []pathpattern.Pattern{pathpattern.Pattern(probe.Path)},
			policy: healthPolicy, rewrites: probeRewrites(probe),
		}
	}
	return closed(paths)
}

// closed refuses every other path, by the firewall, with 403. A pool without
// members would answer 502, which looks as if something were broken.
func closed(paths []path) []path {
	for _, path := range paths {
		if slices.Contains(path.patterns, pathpattern.Every) {
			return paths
		}
	}
	return append(paths, path{workload: nothingName, patterns: []pathpattern.Pattern{pathpattern.Every}, policy: refusalPolicy})
}

// ordered puts the more specific path before the less: the gateway takes the
// first that matches. The paths of a workload have one rule wherever that order
// allows, because a rate limit counts the requests of each rule that its policy
// is attached to for itself. It is worked out from the end, where the most
// general are: a path joins a later rule of its workload if no rule between
// matches any of the same requests.
//
// Sources: learn.microsoft.com/azure/application-gateway/configuration-request-routing-rules;
// learn.microsoft.com/azure/web-application-firewall/ag/rate-limiting-overview#rate-limiting-details.
func ordered(routes []topology.Route) []path {
	workloads := map[pathpattern.Pattern]string{}
	var patterns []pathpattern.Pattern
	for _, route := range routes {
		for _, pattern := range route.Paths {
			workloads[pattern] = route.Workload
			patterns = append(patterns, pattern)
		}
	}
	slices.SortFunc(patterns, func(a, b pathpattern.Pattern) int {
		return cmp.Or(pathpattern.BySpecificity(a, b), cmp.Compare(a, b))
	})
	slices.Reverse(patterns)
	var reversed []path // the last rule first
	for _, pattern := range patterns {
		at := joins(reversed, workloads[pattern], pattern)
		if at < 0 {
			at = len(reversed)
			reversed = append(reversed, path{workload: workloads[pattern]})
		}
		reversed[at].patterns = append(reversed[at].patterns, pattern)
	}
	for _, path := range reversed {
		slices.Reverse(path.patterns)
	}
	slices.Reverse(reversed)
	return reversed
}

// joins is the index of the rule that a workload's path may join, below 0 if none.
func joins(reversed []path, workload string, pattern pathpattern.Pattern) int {
	for i, rule := range slices.Backward(reversed) {
		if rule.workload == workload {
			return i
		}
		if rule.overlaps(pattern) {
			break
		}
	}
	return -1
}

// overlaps reports whether a request may match both the rule and the pattern.
func (p path) overlaps(pattern pathpattern.Pattern) bool {
	return slices.ContainsFunc(p.patterns, func(own pathpattern.Pattern) bool { return pathpattern.Gateway.Overlap(own, pattern) })
}
