package globallb

import (
	"net/http"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/urlmap"
	"ai-serving/internal/pathpattern"
)

// urlMapArgs turn a map into a global URL map. A request for a host that it does
// not have is answered with 404.
func urlMapArgs(project pulumi.StringInput, routes urlmap.Map, targets map[urlmap.Target]pulumi.StringInput) *compute.URLMapArgs {
	urlMap := &compute.URLMapArgs{
		Project:        project,
		DefaultService: targets[urlmap.Refusal],
		DefaultRouteAction: &compute.URLMapDefaultRouteActionArgs{
			FaultInjectionPolicy: &compute.URLMapDefaultRouteActionFaultInjectionPolicyArgs{
				Abort: &compute.URLMapDefaultRouteActionFaultInjectionPolicyAbortArgs{
					HttpStatus: pulumi.Int(http.StatusNotFound),
					Percentage: pulumi.Float64(100),
				},
			},
		},
	}
	var hosts compute.URLMapHostRuleArray
	for _, rule := range routes.Hosts {
		hosts = append(hosts, compute.URLMapHostRuleArgs{
			Hosts:       pulumi.ToStringArray(rule.Hosts),
			PathMatcher: pulumi.String(rule.Matcher),
		})
	}
	var matchers compute.URLMapPathMatcherArray
	for _, matcher := range routes.Matchers {
		matchers = append(matchers, matcherArgs(matcher, targets))
	}
	var tests compute.URLMapTestArray
	for _, test := range routes.Tests {
		tests = append(tests, compute.URLMapTestArgs{
			Host:    pulumi.String(test.Host),
			Path:    pulumi.String(test.Path),
			Service: targets[test.Target],
		})
	}
	urlMap.HostRules, urlMap.PathMatchers, urlMap.Tests = hosts, matchers, tests
	return urlMap
}

func matcherArgs(matcher urlmap.Matcher, targets map[urlmap.Target]pulumi.StringInput) compute.URLMapPathMatcherArgs {
	var rules compute.URLMapPathMatcherPathRuleArray
	for _, rule := range matcher.Rules {
		rules = append(rules, ruleArgs(rule, targets))
	}
	return compute.URLMapPathMatcherArgs{
		Name:           pulumi.String(matcher.Name),
		Description:    pulumi.String(matcher.Description),
		DefaultService: targets[urlmap.Refusal],
		HeaderAction:   headerAction(matcher.Tenant),
		PathRules:      rules,
	}
}

// headerAction tells workloads whose request it is, where they are one tenant's, in
// place of what the client says. Others are told nothing.
func headerAction(tenant string) compute.URLMapPathMatcherHeaderActionArgs {
	if tenant == "" {
		return compute.URLMapPathMatcherHeaderActionArgs{
			RequestHeadersToRemoves: pulumi.ToStringArray([]string{urlmap.TenantHeader}),
		}
	}
	return compute.URLMapPathMatcherHeaderActionArgs{
		RequestHeadersToAdds: compute.URLMapPathMatcherHeaderActionRequestHeadersToAddArray{
			compute.URLMapPathMatcherHeaderActionRequestHeadersToAddArgs{
				HeaderName:  pulumi.String(urlmap.TenantHeader),
				HeaderValue: pulumi.String(tenant),
				Replace:     pulumi.Bool(true),
			},
		},
	}
}

// ruleArgs route paths to a service, or to two by their weights: a rule has one or
// the other.
func ruleArgs(rule urlmap.Rule, targets map[urlmap.Target]pulumi.StringInput) compute.URLMapPathMatcherPathRuleArgs {
	args := compute.URLMapPathMatcherPathRuleArgs{
		Paths:       pulumi.ToStringArray(pathpattern.Texts(rule.Paths)),
		RouteAction: actionOf(rule, targets),
	}
	if rule.Canary == nil {
		args.Service = targets[rule.Target]
	}
	return args
}

// actionOf is what a rule does beside choosing a service: nothing, in most.
func actionOf(rule urlmap.Rule, targets map[urlmap.Target]pulumi.StringInput) compute.URLMapPathMatcherPathRuleRouteActionPtrInput {
	switch {
	case rule.Target == urlmap.Refusal:
		return compute.URLMapPathMatcherPathRuleRouteActionArgs{
			FaultInjectionPolicy: compute.URLMapPathMatcherPathRuleRouteActionFaultInjectionPolicyArgs{
				Abort: compute.URLMapPathMatcherPathRuleRouteActionFaultInjectionPolicyAbortArgs{
					HttpStatus: pulumi.Int(http.StatusNotFound),
					Percentage: pulumi.Float64(100),
				},
			},
		}
	case rule.Rewrite != "":
		return compute.URLMapPathMatcherPathRuleRouteActionArgs{
			UrlRewrite: compute.URLMapPathMatcherPathRuleRouteActionUrlRewriteArgs{
				PathPrefixRewrite: pulumi.String(rule.Rewrite),
			},
		}
	case rule.Canary != nil:
		var services compute.URLMapPathMatcherPathRuleRouteActionWeightedBackendServiceArray
		for _, share := range rule.Shares() {
			services = append(services, compute.URLMapPathMatcherPathRuleRouteActionWeightedBackendServiceArgs{
				BackendService: targets[share.Target],
				Weight:         pulumi.Int(share.Weight),
			})
		}
		return compute.URLMapPathMatcherPathRuleRouteActionArgs{WeightedBackendServices: services}
	default:
		return nil
	}
}
