package globallb

import (
	"net/http"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/urlmap"
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
			Description: pulumi.String(rule.Name),
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
		rules = append(rules, compute.URLMapPathMatcherPathRuleArgs{
			Paths:       pulumi.ToStringArray(rule.Paths),
			Service:     targets[rule.Target],
			RouteAction: actionOf(rule),
		})
	}
	return compute.URLMapPathMatcherArgs{
		Name:           pulumi.String(matcher.Name),
		Description:    pulumi.String(matcher.Description),
		DefaultService: targets[urlmap.Refusal],
		PathRules:      rules,
	}
}

// actionOf is what a rule does beside choosing a service: nothing, in most.
func actionOf(rule urlmap.Rule) compute.URLMapPathMatcherPathRuleRouteActionPtrInput {
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
	default:
		return nil
	}
}
