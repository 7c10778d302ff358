package regionallb

import (
	"net/http"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/urlmap"
)

// urlMapArgs turn a map into a regional URL map. A request for a host that it does
// not have is answered with 404.
func urlMapArgs(args Args, routes urlmap.Map, targets map[urlmap.Target]pulumi.StringInput) *compute.RegionUrlMapArgs {
	urlMap := &compute.RegionUrlMapArgs{
		Project:        args.Project,
		Region:         pulumi.String(args.Region),
		DefaultService: targets[urlmap.Refusal],
		DefaultRouteAction: &compute.RegionUrlMapDefaultRouteActionArgs{
			FaultInjectionPolicy: &compute.RegionUrlMapDefaultRouteActionFaultInjectionPolicyArgs{
				Abort: &compute.RegionUrlMapDefaultRouteActionFaultInjectionPolicyAbortArgs{
					HttpStatus: pulumi.Int(http.StatusNotFound),
					Percentage: pulumi.Float64(100),
				},
			},
		},
	}
	var hosts compute.RegionUrlMapHostRuleArray
	for _, rule := range routes.Hosts {
		hosts = append(hosts, compute.RegionUrlMapHostRuleArgs{
			Hosts:       pulumi.ToStringArray(rule.Hosts),
			PathMatcher: pulumi.String(rule.Matcher),
		})
	}
	var matchers compute.RegionUrlMapPathMatcherArray
	for _, matcher := range routes.Matchers {
		matchers = append(matchers, matcherArgs(matcher, targets))
	}
	var tests compute.RegionUrlMapTestArray
	for _, test := range routes.Tests {
		tests = append(tests, compute.RegionUrlMapTestArgs{
			Host:    pulumi.String(test.Host),
			Path:    pulumi.String(test.Path),
			Service: targets[test.Target],
		})
	}
	urlMap.HostRules, urlMap.PathMatchers, urlMap.Tests = hosts, matchers, tests
	return urlMap
}

// matcherArgs use route rules, which are tried in order, in place of path rules:
// the provider has headers of a region's matchers for those alone.
func matcherArgs(matcher urlmap.Matcher, targets map[urlmap.Target]pulumi.StringInput) compute.RegionUrlMapPathMatcherArgs {
	var rules compute.RegionUrlMapPathMatcherRouteRuleArray
	for i, step := range matcher.Steps() {
		args := ruleArgs(step, targets)
		args.Priority = pulumi.Int(i + 1) // the provider does not send a zero
		args.HeaderAction = headerAction(matcher.Tenant)
		rules = append(rules, args)
	}
	return compute.RegionUrlMapPathMatcherArgs{
		Name:           pulumi.String(matcher.Name),
		Description:    pulumi.String(matcher.Description),
		DefaultService: targets[urlmap.Refusal],
		RouteRules:     rules,
	}
}

// headerAction tells workloads whose request it is, where they are one tenant's, in
// place of what the client says. Others are told nothing.
func headerAction(tenant string) compute.RegionUrlMapPathMatcherRouteRuleHeaderActionArgs {
	if tenant == "" {
		return compute.RegionUrlMapPathMatcherRouteRuleHeaderActionArgs{
			RequestHeadersToRemoves: pulumi.ToStringArray([]string{urlmap.TenantHeader}),
		}
	}
	return compute.RegionUrlMapPathMatcherRouteRuleHeaderActionArgs{
		RequestHeadersToAdds: compute.RegionUrlMapPathMatcherRouteRuleHeaderActionRequestHeadersToAddArray{
			compute.RegionUrlMapPathMatcherRouteRuleHeaderActionRequestHeadersToAddArgs{
				HeaderName:  pulumi.String(urlmap.TenantHeader),
				HeaderValue: pulumi.String(tenant),
				Replace:     pulumi.Bool(true),
			},
		},
	}
}

// ruleArgs route a path to a service, or to two by their weights: a rule has one or
// the other.
func ruleArgs(step urlmap.Step, targets map[urlmap.Target]pulumi.StringInput) compute.RegionUrlMapPathMatcherRouteRuleArgs {
	args := compute.RegionUrlMapPathMatcherRouteRuleArgs{
		MatchRules: compute.RegionUrlMapPathMatcherRouteRuleMatchRuleArray{matchArgs(step)},
	}
	if action := actionOf(step.Rule, targets); action != nil {
		args.RouteAction = action
	}
	if step.Rule.Canary == nil {
		args.Service = targets[step.Rule.Target].ToStringOutput()
	}
	return args
}

func matchArgs(step urlmap.Step) compute.RegionUrlMapPathMatcherRouteRuleMatchRuleArgs {
	if prefix, many := step.Path.Prefix(); many {
		return compute.RegionUrlMapPathMatcherRouteRuleMatchRuleArgs{PrefixMatch: pulumi.String(prefix)}
	}
	return compute.RegionUrlMapPathMatcherRouteRuleMatchRuleArgs{FullPathMatch: pulumi.String(step.Path)}
}

// actionOf is what a rule does beside choosing a service: nothing, in most.
func actionOf(rule urlmap.Rule, targets map[urlmap.Target]pulumi.StringInput) *compute.RegionUrlMapPathMatcherRouteRuleRouteActionArgs {
	switch {
	case rule.Target == urlmap.Refusal:
		return &compute.RegionUrlMapPathMatcherRouteRuleRouteActionArgs{
			FaultInjectionPolicy: compute.RegionUrlMapPathMatcherRouteRuleRouteActionFaultInjectionPolicyArgs{
				Abort: compute.RegionUrlMapPathMatcherRouteRuleRouteActionFaultInjectionPolicyAbortArgs{
					HttpStatus: pulumi.Int(http.StatusNotFound),
					Percentage: pulumi.Float64(100),
				},
			},
		}
	case rule.Rewrite != "":
		return &compute.RegionUrlMapPathMatcherRouteRuleRouteActionArgs{
			UrlRewrite: compute.RegionUrlMapPathMatcherRouteRuleRouteActionUrlRewriteArgs{
				PathPrefixRewrite: pulumi.String(rule.Rewrite),
			},
		}
	case rule.Canary != nil:
		var services compute.RegionUrlMapPathMatcherRouteRuleRouteActionWeightedBackendServiceArray
		for _, share := range rule.Shares() {
			services = append(services, compute.RegionUrlMapPathMatcherRouteRuleRouteActionWeightedBackendServiceArgs{
				BackendService: targets[share.Target],
				Weight:         pulumi.Int(share.Weight),
			})
		}
		return &compute.RegionUrlMapPathMatcherRouteRuleRouteActionArgs{WeightedBackendServices: services}
	default:
		return nil
	}
}
