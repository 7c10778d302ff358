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
			Description: pulumi.String(rule.Name),
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

func matcherArgs(matcher urlmap.Matcher, targets map[urlmap.Target]pulumi.StringInput) compute.RegionUrlMapPathMatcherArgs {
	var rules compute.RegionUrlMapPathMatcherPathRuleArray
	for _, rule := range matcher.Rules {
		rules = append(rules, compute.RegionUrlMapPathMatcherPathRuleArgs{
			Paths:       pulumi.ToStringArray(rule.Paths),
			Service:     targets[rule.Target],
			RouteAction: actionOf(rule),
		})
	}
	return compute.RegionUrlMapPathMatcherArgs{
		Name:           pulumi.String(matcher.Name),
		Description:    pulumi.String(matcher.Description),
		DefaultService: targets[urlmap.Refusal],
		PathRules:      rules,
	}
}

// actionOf is what a rule does beside choosing a service: nothing, in most.
func actionOf(rule urlmap.Rule) compute.RegionUrlMapPathMatcherPathRuleRouteActionPtrInput {
	switch {
	case rule.Target == urlmap.Refusal:
		return compute.RegionUrlMapPathMatcherPathRuleRouteActionArgs{
			FaultInjectionPolicy: compute.RegionUrlMapPathMatcherPathRuleRouteActionFaultInjectionPolicyArgs{
				Abort: compute.RegionUrlMapPathMatcherPathRuleRouteActionFaultInjectionPolicyAbortArgs{
					HttpStatus: pulumi.Int(http.StatusNotFound),
					Percentage: pulumi.Float64(100),
				},
			},
		}
	case rule.Rewrite != "":
		return compute.RegionUrlMapPathMatcherPathRuleRouteActionArgs{
			UrlRewrite: compute.RegionUrlMapPathMatcherPathRuleRouteActionUrlRewriteArgs{
				PathPrefixRewrite: pulumi.String(rule.Rewrite),
			},
		}
	default:
		return nil
	}
}
