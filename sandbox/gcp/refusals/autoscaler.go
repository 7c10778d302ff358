package refusals

import compute "google.golang.org/api/compute/v0.beta"

var (
	autoscalerBounds = invalid("autoscaler/bounds",
		"The least number of replicas is not above the greatest, which is 1 at least.",
		discovery("AutoscalingPolicy.maxNumReplicas"))
	autoscalerUse = invalid("autoscaler/cpu-target",
		"The target use of processors is above 0 and at most 1.",
		discovery("AutoscalingPolicyCpuUtilization.utilizationTarget"))
	autoscalerLoad = invalid("autoscaler/load-target",
		"The target use of what the load balancers take a group to serve is above 0.",
		discovery("AutoscalingPolicyLoadBalancingUtilization.utilizationTarget"))
	autoscalerNumbers = invalid("autoscaler/negative",
		"The seconds of an autoscaler and the instances that it may take away are not negative, and percentages are at most 100.",
		inferred(discovery("AutoscalingPolicy.coolDownPeriodSec; FixedOrPercent.fixed, percent")))
	autoscalerGroup = invalid("autoscaler/target",
		"An autoscaler scales a managed instance group of its region or zone.",
		discovery("Autoscaler.target"))
	autoscalerOnce = invalid("autoscaler/one-per-group",
		"A group has one autoscaler.",
		inferred(documented("compute/docs/autoscaler")))
)

func autoscalerSize(_ *request, a *compute.Autoscaler) error {
	policy := a.AutoscalingPolicy
	if policy == nil {
		return nil
	}
	if policy.MaxNumReplicas < 1 || policy.MinNumReplicas < 0 || policy.MinNumReplicas > policy.MaxNumReplicas {
		return wrong(autoscalerBounds, "autoscalingPolicy.maxNumReplicas", policy.MaxNumReplicas, "Must be positive, and not lower than minNumReplicas, %d.", policy.MinNumReplicas)
	}
	if use := policy.CpuUtilization; use != nil && (use.UtilizationTarget < 0 || use.UtilizationTarget > 1) {
		return wrong(autoscalerUse, "autoscalingPolicy.cpuUtilization.utilizationTarget", use.UtilizationTarget, "Must be in the range (0, 1].")
	}
	if load := policy.LoadBalancingUtilization; load != nil && load.UtilizationTarget < 0 {
		return wrong(autoscalerLoad, "autoscalingPolicy.loadBalancingUtilization.utilizationTarget", load.UtilizationTarget, "Must be positive.")
	}
	if policy.CoolDownPeriodSec < 0 {
		return wrong(autoscalerNumbers, "autoscalingPolicy.coolDownPeriodSec", policy.CoolDownPeriodSec, "Must not be negative.")
	}
	return checkScaleIn(policy.ScaleInControl)
}

func checkScaleIn(control *compute.AutoscalingPolicyScaleInControl) error {
	if control == nil {
		return nil
	}
	if control.TimeWindowSec < 0 {
		return wrong(autoscalerNumbers, "autoscalingPolicy.scaleInControl.timeWindowSec", control.TimeWindowSec, "Must not be negative.")
	}
	if taken := control.MaxScaledInReplicas; taken != nil && (taken.Fixed < 0 || taken.Percent < 0 || taken.Percent > 100) {
		return wrong(autoscalerNumbers, "autoscalingPolicy.scaleInControl.maxScaledInReplicas", taken.Fixed, "Must not be negative, nor more than 100 per cent.")
	}
	return nil
}

func autoscalerTarget(r *request, a *compute.Autoscaler) error {
	l, ok := r.refer(a.Target)
	if !ok || l.collection != "instanceGroupManagers" || l.scope != r.link.scope {
		return wrong(autoscalerGroup, "target", a.Target, "Must be a managed instance group in the scope %s.", r.link.scope)
	}
	return each(r, "autoscalers", func(other link, b *compute.Autoscaler) error {
		if r.same(a.Target, b.Target) {
			return wrong(autoscalerOnce, "target", a.Target, "The managed instance group is already autoscaled by '%s'.", other)
		}
		return nil
	})
}
