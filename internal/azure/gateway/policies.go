package gateway

import (
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/naming"
)

// policyIDs are the ids of a gateway's firewall policies, by key.
type policyIDs map[string]pulumi.StringInput

// reference is to the policy of a key; nil for "".
func (p policyIDs) reference(key string) network.SubResourcePtrInput {
	if key == "" {
		return nil
	}
	return &network.SubResourceArgs{Id: p[key].ToStringOutput()}
}

// registerPolicies registers the gateway's firewall policies. Azure deletes none
// that a gateway uses (ApplicationGatewayFirewallPolicyInUse), and Pulumi deletes
// what is gone after it has updated the gateway.
//
// Each waits for the one before it, in the order of their keys. Of two writes to a
// gateway at once Azure cancels the earlier one
// (CanceledAndSupersededDueToAnotherOperation, azure-cli#21156: "by design"), and a
// policy is written to the gateways that use it. For policies no such report is known:
// this is a precaution. An order adds nothing to what a policy says, so that one more
// tenant changes no other's.
func registerPolicies(ctx *pulumi.Context, name string, args Args, options ...pulumi.ResourceOption) (policyIDs, error) {
	ids := policyIDs{}
	var previous []pulumi.Resource
	for _, wanted := range policies(args) {
		registered, err := network.NewWebApplicationFirewallPolicy(ctx, naming.Join(maxLogicalName, name, wanted.key), policyArgs(args, wanted),
			append([]pulumi.ResourceOption{pulumi.DependsOn(previous)}, options...)...)
		if err != nil {
			return nil, fmt.Errorf("firewall policy %q: %w", wanted.key, err)
		}
		previous = []pulumi.Resource{registered}
		ids[wanted.key] = registered.ID().ToStringOutput()
	}
	return ids, nil
}

func policyArgs(args Args, wanted policy) *network.WebApplicationFirewallPolicyArgs {
	result := &network.WebApplicationFirewallPolicyArgs{
		ResourceGroupName: args.ResourceGroupName,
		Location:          pulumi.String(args.Region.Name),
		ManagedRules:      managedRules(args.Region.Firewall),
		PolicySettings:    policySettings(),
		Tags:              pulumi.ToStringMap(args.Labels),
	}
	if len(wanted.rules) > 0 {
		result.CustomRules = wanted.rules
	}
	return result
}
