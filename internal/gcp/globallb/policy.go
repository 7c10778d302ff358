package globallb

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/armor"
)

// newPolicy registers the tenants' rate limits, and returns the policy's URL; nil
// where nobody is limited.
func newPolicy(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (pulumi.StringPtrInput, error) {
	rules := armor.Rules(args.LoadBalancer.Backends)
	if len(rules) == 0 {
		return nil, nil
	}
	policy, err := compute.NewSecurityPolicy(ctx, name, policyArgs(args.Project, rules), opts...)
	if err != nil {
		return nil, err
	}
	return policy.SelfLink, nil
}

func policyArgs(project pulumi.StringInput, rules []armor.Rule) *compute.SecurityPolicyArgs {
	var all compute.SecurityPolicyRuleTypeArray
	for _, rule := range rules {
		all = append(all, compute.SecurityPolicyRuleTypeArgs{
			Description: pulumi.String(rule.Tenant),
			Priority:    pulumi.Int(rule.Priority),
			Action:      pulumi.String(armor.Action),
			Match: compute.SecurityPolicyRuleMatchArgs{
				Expr: compute.SecurityPolicyRuleMatchExprArgs{Expression: pulumi.String(rule.Expression)},
			},
			RateLimitOptions: compute.SecurityPolicyRuleRateLimitOptionsArgs{
				ConformAction: pulumi.String(armor.Conform),
				ExceedAction:  pulumi.String(armor.Exceed),
				EnforceOnKey:  pulumi.String(armor.Key),
				RateLimitThreshold: compute.SecurityPolicyRuleRateLimitOptionsRateLimitThresholdArgs{
					Count:       pulumi.Int(rule.PerMinute),
					IntervalSec: pulumi.Int(armor.IntervalSeconds),
				},
			},
		})
	}
	return &compute.SecurityPolicyArgs{
		Project:     project,
		Description: pulumi.String("Rate limits of tenants"),
		Type:        pulumi.String("CLOUD_ARMOR"),
		Rules:       append(all, defaultRule()),
	}
}

// defaultRule is one that a policy with rules must have.
func defaultRule() compute.SecurityPolicyRuleTypeArgs {
	return compute.SecurityPolicyRuleTypeArgs{
		Description: pulumi.String("everybody else"),
		Priority:    pulumi.Int(armor.DefaultPriority),
		Action:      pulumi.String("allow"),
		Match: compute.SecurityPolicyRuleMatchArgs{
			VersionedExpr: pulumi.String("SRC_IPS_V1"),
			Config:        compute.SecurityPolicyRuleMatchConfigArgs{SrcIpRanges: pulumi.ToStringArray([]string{"*"})},
		},
	}
}
