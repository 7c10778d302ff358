package instances

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
	"ai-serving/internal/gcp/balancing"
	"ai-serving/internal/topology"
)

// scaleInWindowSeconds is the time in which a group may lose one instance,
// so that a lull does not cost it the models that it has loaded.
const scaleInWindowSeconds = 300

// autoscalerOptions make another autoscaler for another group, before the group of
// before goes: each scales its own.
func autoscalerOptions() []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.ReplaceOnChanges([]string{"target"})}
}

func autoscalerArgs(args Args, group topology.InstanceGroup, manager pulumi.StringInput) *compute.RegionAutoscalerArgs {
	policy := &compute.RegionAutoscalerAutoscalingPolicyArgs{
		MinReplicas: pulumi.Int(group.MinReplicas),
		MaxReplicas: pulumi.Int(group.MaxReplicas),
		// What an instance uses while it starts says nothing about the load.
		CooldownPeriod: pulumi.Int(initialSeconds(group)),
		ScaleInControl: &compute.RegionAutoscalerAutoscalingPolicyScaleInControlArgs{
			MaxScaledInReplicas: &compute.RegionAutoscalerAutoscalingPolicyScaleInControlMaxScaledInReplicasArgs{
				Fixed: pulumi.Int(1),
			},
			TimeWindowSec: pulumi.Int(scaleInWindowSeconds),
		},
	}
	setSignal(policy, group.Scaling)
	return &compute.RegionAutoscalerArgs{
		Project:           args.Project,
		Region:            pulumi.String(args.Region),
		Target:            manager,
		AutoscalingPolicy: policy,
	}
}

// setSignal sets what the autoscaler goes by: the use of the processors, or the part that
// is used of what the load balancers take an instance to serve.
//
// Google's documentation has the latter for groups behind external Application Load
// Balancers, and measures it by the maximum of the balancing mode, a rate too. It tells
// global ones and regional ones apart nowhere, nor says how the autoscaler counts for
// a group that is behind both. How full a group is, is the mean of its instances.
// See docs.cloud.google.com/compute/docs/autoscaler/scaling-load-balancing.
func setSignal(policy *compute.RegionAutoscalerAutoscalingPolicyArgs, scaling config.Scaling) {
	if scaling.Metric == config.Requests {
		policy.LoadBalancingUtilization = &compute.RegionAutoscalerAutoscalingPolicyLoadBalancingUtilizationArgs{
			Target: pulumi.Float64(float64(scaling.Target) / balancing.MaxRate),
		}
		return
	}
	policy.CpuUtilization = &compute.RegionAutoscalerAutoscalingPolicyCpuUtilizationArgs{
		Target: pulumi.Float64(float64(scaling.Target) / percent),
	}
}

// percent are in a whole.
const percent = 100
