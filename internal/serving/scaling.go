package serving

import (
	"strconv"

	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/metricsadapter"
	"ai-serving/internal/topology"
)

// autoscaled leaves the number of replicas alone after the first time: it is
// the autoscaler's from then on.
//
// The number is stated all the same, because a Deployment without one begins
// with a single replica, and would be called ready before the autoscaler has
// asked for the rest. The Kubernetes provider keeps an ignored field out of what
// it applies as soon as another manager has set it.
var autoscaled = pulumi.IgnoreChanges([]string{"spec.replicas"})

// autoscalerArgs add replicas at once, up to twice as many every 15 s, and take
// them away one a minute, and only after five quiet minutes: a replica that
// loads weights is slow to get back.
func autoscalerArgs(d topology.Deployment) *autoscalingv2.HorizontalPodAutoscalerArgs {
	return &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: metadata(d),
		Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
				ApiVersion: pulumi.String("apps/v1"),
				Kind:       pulumi.String("Deployment"),
				Name:       pulumi.String(d.Workload.Key),
			},
			MinReplicas: pulumi.Int(d.MinReplicas),
			MaxReplicas: pulumi.Int(d.MaxReplicas),
			Metrics:     autoscalingv2.MetricSpecArray{metric(d)},
			Behavior: &autoscalingv2.HorizontalPodAutoscalerBehaviorArgs{
				ScaleUp:   scaling(0, "Percent", 100, 15),
				ScaleDown: scaling(300, "Pods", 1, 60),
			},
		},
	}
}

// metric is what the number of replicas follows: the CPU, in percent of what a replica
// requests, or the average of a gauge of the servers' own. Replicas that are not ready
// do not count.
// See kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details.
func metric(d topology.Deployment) autoscalingv2.MetricSpecArgs {
	if d.ByMetric() {
		return autoscalingv2.MetricSpecArgs{
			Type: pulumi.String("Pods"),
			Pods: &autoscalingv2.PodsMetricSourceArgs{
				Metric: &autoscalingv2.MetricIdentifierArgs{Name: pulumi.String(metricsadapter.MetricName(d.Scaling.Metric))},
				Target: &autoscalingv2.MetricTargetArgs{
					Type: pulumi.String("AverageValue"), AverageValue: pulumi.String(strconv.Itoa(d.Scaling.Target)),
				},
			},
		}
	}
	return autoscalingv2.MetricSpecArgs{
		Type: pulumi.String("Resource"),
		Resource: &autoscalingv2.ResourceMetricSourceArgs{
			Name:   pulumi.String("cpu"),
			Target: &autoscalingv2.MetricTargetArgs{Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(d.Scaling.Target)},
		},
	}
}

// scaling changes the replicas by at most value, of the given kind, per period,
// once the wish has lasted for the window. Both are in seconds.
func scaling(window int, kind string, value, period int) *autoscalingv2.HPAScalingRulesArgs {
	return &autoscalingv2.HPAScalingRulesArgs{
		StabilizationWindowSeconds: pulumi.Int(window),
		Policies: autoscalingv2.HPAScalingPolicyArray{autoscalingv2.HPAScalingPolicyArgs{
			Type:          pulumi.String(kind),
			Value:         pulumi.Int(value),
			PeriodSeconds: pulumi.Int(period),
		}},
	}
}

// disruptionBudgetArgs let nodes be drained one replica at a time. A replica
// that is not healthy serves nobody, and holds no drain up.
func disruptionBudgetArgs(d topology.Deployment) *policyv1.PodDisruptionBudgetArgs {
	return &policyv1.PodDisruptionBudgetArgs{
		Metadata: metadata(d),
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable:             pulumi.Int(1),
			Selector:                   selector(d),
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"),
		},
	}
}
