package gateway

import (
	"cmp"
	"maps"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

const (
	// tenantHeader tells a model server whose request it is. Whatever a client
	// says in it is taken out.
	tenantHeader = "X-Tenant-Id"
	// hostHeader is written alike in the condition and in what it captures:
	// Application Gateway tells the cases of the two apart.
	hostHeader = "http_req_Host"
)

// rewrites are of each listener's tenant and of each probe.
func rewrites(args Args) network.ApplicationGatewayRewriteRuleSetArray {
	rules := map[string]network.ApplicationGatewayRewriteRuleArray{}
	for _, listener := range args.Gateway.Listeners {
		if listener.Tenant == "" {
			rules[tenantRewrites(listener)] = hostRewrites(args.Domain, args.TLS)
		} else {
			rules[tenantRewrites(listener)] = ownRewrites(listener.Tenant, args.TLS)
		}
	}
	for _, probe := range args.Gateway.Probes {
		rules[probeRewrites(probe)] = healthRewrites(args.Gateway.Pools, probe)
	}
	var sets network.ApplicationGatewayRewriteRuleSetArray
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		sets = append(sets, &network.ApplicationGatewayRewriteRuleSetArgs{Name: pulumi.String(name), RewriteRules: rules[name]})
	}
	return sets
}

// tenantRewrites names the rewrites of a listener: a tenant's listeners share
// them.
func tenantRewrites(listener topology.Listener) string { return cmp.Or(listener.Tenant, listener.Name) }

// probeRewrites names the rewrites of a probe.
func probeRewrites(probe topology.Probe) string { return "health_" + probe.Name }

// ownRewrites are for the hosts of one tenant.
func ownRewrites(tenant string, tls bool) network.ApplicationGatewayRewriteRuleArray {
	return network.ApplicationGatewayRewriteRuleArray{headerRewrite("tenant", 100, tenant, tls)}
}

// hostRewrites are for the hosts of all tenants that share a listener: the first
// label of <tenant>.<domain> is the tenant. It is compared as it stands, for there
// is no way to write it in lower case: a host in capitals, which DNS takes for
// the same and clients hardly ever send, goes without the header.
//
// Source: learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url#capturing.
func hostRewrites(domain string, tls bool) network.ApplicationGatewayRewriteRuleArray {
	captured := headerRewrite("tenant", 200, "{"+hostHeader+"_1}", false)
	captured.Conditions = network.ApplicationGatewayRewriteRuleConditionArray{&network.ApplicationGatewayRewriteRuleConditionArgs{
		Variable: pulumi.String(hostHeader),
		Pattern:  pulumi.String(`^([a-z0-9-]+)\.` + regexp.QuoteMeta(domain) + `(:[0-9]+)?$`),
	}}
	// A header without a value is taken out.
	return network.ApplicationGatewayRewriteRuleArray{headerRewrite("no-tenant", 100, "", tls), captured}
}

// headerRewrite sets the tenant's header, and with TLS holds browsers to it.
func headerRewrite(name string, sequence int, tenant string, tls bool) *network.ApplicationGatewayRewriteRuleArgs {
	actions := &network.ApplicationGatewayRewriteRuleActionSetArgs{
		RequestHeaderConfigurations: headers(tenantHeader, tenant),
	}
	if tls {
		actions.ResponseHeaderConfigurations = headers("Strict-Transport-Security", "max-age=31536000") // a year
	}
	return &network.ApplicationGatewayRewriteRuleArgs{
		Name:         pulumi.String(name),
		RuleSequence: pulumi.Int(sequence),
		ActionSet:    actions,
	}
}

func headers(name, value string) network.ApplicationGatewayHeaderConfigurationArray {
	return network.ApplicationGatewayHeaderConfigurationArray{&network.ApplicationGatewayHeaderConfigurationArgs{
		HeaderName: pulumi.String(name), HeaderValue: pulumi.String(value),
	}}
}

// healthRewrites turn the path of a probe into the health path of the model. An
// overriding path in backend settings would not do: it replaces only the part
// that matched, and each workload would need settings of its own for it, of
// which a gateway has 100.
// Sources: learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url
// and .../configuration-http-settings#override-backend-path.
func healthRewrites(pools []topology.Workload, probe topology.Probe) network.ApplicationGatewayRewriteRuleArray {
	return network.ApplicationGatewayRewriteRuleArray{&network.ApplicationGatewayRewriteRuleArgs{
		Name:         pulumi.String("health-path"),
		RuleSequence: pulumi.Int(100),
		ActionSet: &network.ApplicationGatewayRewriteRuleActionSetArgs{
			RequestHeaderConfigurations: headers(tenantHeader, ""),
			UrlConfiguration: &network.ApplicationGatewayUrlConfigurationArgs{
				ModifiedPath: pulumi.String(healthPath(pools, probe.Workload)),
				// The pool was chosen by the original path.
				Reroute: pulumi.Bool(false),
			},
		},
	}}
}

func healthPath(pools []topology.Workload, key string) string {
	i := slices.IndexFunc(pools, func(workload topology.Workload) bool { return workload.Key == key })
	return pools[i].HealthPath
}
