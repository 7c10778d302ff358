// Package instances runs workloads on virtual machines: in one region, a
// managed instance group for each, that scales and heals itself.
package instances

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/account"
	"ai-serving/internal/naming"
	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:gcp:Instances"

// Args describe the instance groups of one region.
type Args struct {
	Project pulumi.StringInput
	// Stack begins the names that are unique in a project.
	Stack  string
	Region string
	// Zones are full names. The instances of each group are spread over them.
	Zones []string
	// SubnetworkID is where the instances are.
	SubnetworkID pulumi.StringInput
	Groups       []topology.InstanceGroup
	// Secrets are the values of secret variables, by the key of the stack file.
	Secrets map[string]pulumi.StringInput
}

// Instances are the instance groups of a region.
type Instances struct {
	pulumi.ResourceState

	// Groups are the URLs of the instance groups, by the key of their workload. Each is
	// known once the group serves and scales.
	Groups map[string]pulumi.StringOutput
}

// New registers the instance groups.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Instances, error) {
	instances := &Instances{Groups: map[string]pulumi.StringOutput{}}
	if err := ctx.RegisterComponentResource(Type, name, instances, opts...); err != nil {
		return nil, fmt.Errorf("instances %q: %w", name, err)
	}
	if len(args.Groups) == 0 {
		return instances, ctx.RegisterResourceOutputs(instances, pulumi.Map{})
	}
	child := pulumi.Parent(instances)
	var shared account.Account
	if slices.ContainsFunc(args.Groups, func(group topology.InstanceGroup) bool { return !hasOwn(group) }) {
		var err error
		if shared, err = account.New(ctx, name, accountArgs(args), child); err != nil {
			return nil, fmt.Errorf("instances %q: %w", name, err)
		}
	}
	urls := pulumi.StringMap{}
	for _, group := range args.Groups {
		key := group.Workload.Key
		url, err := newGroup(ctx, naming.Join(naming.MaxComputeEngine, name, key), args, group, shared, child)
		if err != nil {
			return nil, fmt.Errorf("instances %q: workload %q: %w", name, key, err)
		}
		instances.Groups[key] = url
		urls[key] = url
	}
	return instances, ctx.RegisterResourceOutputs(instances, pulumi.Map{"groups": urls})
}

// newGroup registers what one workload needs and returns the URL of its
// instance group.
func newGroup(ctx *pulumi.Context, name string, args Args, group topology.InstanceGroup, shared account.Account, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	rights, err := newRights(ctx, name, args, group, shared, opts...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	userData, err := userData(group, rights.versions)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	template, err := compute.NewInstanceTemplate(ctx, name, templateArgs(args, group, rights.account.Email, userData), opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("instance template: %w", err)
	}
	check, err := compute.NewHealthCheck(ctx, name, healingCheckArgs(args, group.Workload), append(healingCheckOptions(), opts...)...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("health check: %w", err)
	}
	// Instances would not get at what they start with before.
	granted := pulumi.DependsOn(rights.account.Grants)
	manager, err := compute.NewRegionInstanceGroupManager(ctx, name, managerArgs(name, args, group, template.SelfLinkUnique, check.SelfLink),
		slices.Concat(managerOptions(group), []pulumi.ResourceOption{granted}, opts)...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("instance group: %w", err)
	}
	scaler, err := compute.NewRegionAutoscaler(ctx, name, autoscalerArgs(args, group, manager.SelfLink), append(autoscalerOptions(), opts...)...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("autoscaler: %w", err)
	}
	return pulumi.All(manager.InstanceGroup, scaler.ID()).ApplyT(func(known []any) string { return known[0].(string) }).(pulumi.StringOutput), nil
}

// rights are what a group's instances act as, with all grants, and the versions of the
// secrets that they read, by variable.
type rights struct {
	account  account.Account
	versions map[string]pulumi.StringOutput
}

// newRights registers what only one group's instances may read. Those that read no such
// thing share an account.
func newRights(ctx *pulumi.Context, name string, args Args, group topology.InstanceGroup, shared account.Account, opts ...pulumi.ResourceOption) (rights, error) {
	if !hasOwn(group) {
		return rights{account: shared}, nil
	}
	own, err := account.New(ctx, name, ownAccountArgs(args, group.Workload), opts...)
	if err != nil {
		return rights{}, err
	}
	weights, err := readWeights(ctx, name, group, own.Member, opts...)
	if err != nil {
		return rights{}, err
	}
	versions, secrets, err := newSecrets(ctx, name, args, group, own.Member, opts...)
	if err != nil {
		return rights{}, err
	}
	own.Grants = slices.Concat(own.Grants, weights, secrets)
	return rights{own, versions}, nil
}
