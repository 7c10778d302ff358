package regionallb

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/armor"
)

// newPolicy registers the tenants' rate limits, and returns the policy's URL; nil
// where nobody is limited. Each limit is a resource here: the provider's policies of
// regions have rules of their own from 6.9 on only, see
// github.com/GoogleCloudPlatform/magic-modules/pull/11894. The rule that lets
// through everybody else comes with the policy. The rules are made one after the
// other: Compute Engine refuses to change a policy that it is changing already, and
// the provider neither waits nor tries again.
func newPolicy(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (pulumi.StringPtrInput, error) {
	rules := armor.Rules(args.LoadBalancer.Backends)
	if len(rules) == 0 {
		return nil, nil
	}
	policy, err := compute.NewRegionSecurityPolicy(ctx, name, &compute.RegionSecurityPolicyArgs{
		Project:     args.Project,
		Region:      pulumi.String(args.Region),
		Description: pulumi.String("Rate limits of tenants"),
		Type:        pulumi.String("CLOUD_ARMOR"),
	}, opts...)
	if err != nil {
		return nil, err
	}
	before := []pulumi.Resource{}
	for _, rule := range rules {
		made, err := compute.NewRegionSecurityPolicyRule(ctx, name+"-"+rule.Tenant, ruleOfPolicyArgs(args, policy.Name, rule),
			append(opts, pulumi.DeletedWith(policy), pulumi.DependsOn(before))...)
		if err != nil {
			return nil, fmt.Errorf("limit of tenant %q: %w", rule.Tenant, err)
		}
		before = []pulumi.Resource{made}
	}
	return policy.SelfLink, nil
}

func ruleOfPolicyArgs(args Args, policy pulumi.StringInput, rule armor.Rule) *compute.RegionSecurityPolicyRuleArgs {
	return &compute.RegionSecurityPolicyRuleArgs{
		Project:        args.Project,
		Region:         pulumi.String(args.Region),
		SecurityPolicy: policy,
		Description:    pulumi.String(rule.Tenant),
		Priority:       pulumi.Int(rule.Priority),
		Action:         pulumi.String(armor.Action),
		Match: &compute.RegionSecurityPolicyRuleMatchArgs{
			Expr: &compute.RegionSecurityPolicyRuleMatchExprArgs{Expression: pulumi.String(rule.Expression)},
		},
		RateLimitOptions: &compute.RegionSecurityPolicyRuleRateLimitOptionsArgs{
			ConformAction: pulumi.String(armor.Conform),
			ExceedAction:  pulumi.String(armor.Exceed),
			EnforceOnKey:  pulumi.String(armor.Key),
			RateLimitThreshold: &compute.RegionSecurityPolicyRuleRateLimitOptionsRateLimitThresholdArgs{
				Count:       pulumi.Int(rule.PerMinute),
				IntervalSec: pulumi.Int(armor.IntervalSeconds),
			},
		},
	}
}
