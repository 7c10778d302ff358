package adapter_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The least and the most replicas of the model, and how late a change of them may be seen.
const (
	least, most = 3, 12
	seen        = time.Second
)

// step is a number of replicas, and when it was first seen.
type step struct {
	replicas int32
	at       time.Time
}

func (s step) String() string { return fmt.Sprintf("%d at %s", s.replicas, s.at.Format(time.TimeOnly)) }

// TestAnAutoscalerFollowsTheQueuesOfTheServers, and no faster than it is let: every 15 s it
// adds as many replicas as there are, and it takes them away one by one.
func TestAnAutoscalerFollowsTheQueuesOfTheServers(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.tell(t, pool, "total:100")
	c.apply(t, metricsAdapter(t))
	c.apply(t, workload(t, pool))
	up := c.steps(t, pool, most)
	c.tell(t, pool, "each:0")
	down := c.steps(t, pool, most-2)

	expectSteps(t, up, []int32{least, 2 * least, most}, 15*time.Second)
	expectSteps(t, down, []int32{most, most - 1, most - 2}, downSeconds*time.Second)
}

// expectSteps expects numbers of replicas. The first was there before, and the others came
// with the time of a period between them, but for what it takes to see them.
func expectSteps(t *testing.T, got []step, want []int32, period time.Duration) {
	t.Helper()
	t.Log(got)
	if !slices.EqualFunc(got, want, func(s step, replicas int32) bool { return s.replicas == replicas }) {
		t.Fatalf("steps %v, want %v", got, want)
	}
	for i := range got[2:] {
		if waited := got[i+2].at.Sub(got[i+1].at); waited < period-seen {
			t.Errorf("%s from %d to %d replicas, want %s", waited, got[i+1].replicas, got[i+2].replicas, period)
		}
	}
}

// steps are the numbers of replicas of a namespace's model until it has so many.
func (c cluster) steps(t *testing.T, namespace string, until int32) []step {
	t.Helper()
	var steps []step
	eventually(t, fmt.Sprintf("%d replicas", until), func(ctx context.Context) (string, bool) {
		deployment, err := c.client.AppsV1().Deployments(namespace).Get(ctx, model, metav1.GetOptions{})
		if err != nil {
			return err.Error(), false
		}
		if replicas := *deployment.Spec.Replicas; len(steps) == 0 || steps[len(steps)-1].replicas != replicas {
			steps = append(steps, step{replicas, time.Now()})
		}
		return fmt.Sprintf("%v: %s", steps, c.active(ctx, namespace)), steps[len(steps)-1].replicas == until
	})
	return steps
}

// active tells whether the autoscaler of a namespace's model has a metric.
func (c cluster) active(ctx context.Context, namespace string) string {
	autoscaler, err := c.client.AutoscalingV2().HorizontalPodAutoscalers(namespace).Get(ctx, model, metav1.GetOptions{})
	if err != nil {
		return err.Error()
	}
	for _, condition := range autoscaler.Status.Conditions {
		if condition.Type == autoscalingv2.ScalingActive {
			return fmt.Sprintf("%s %s: %s", condition.Status, condition.Reason, condition.Message)
		}
	}
	return "not yet"
}

func TestAnAutoscalerThatKnowsNoQueueScalesNothing(t *testing.T) {
	t.Parallel()
	c := start(t)
	adapter := metricsAdapter(t, "Deployment/custom-metrics-stackdriver-adapter")
	c.apply(t, adapter)
	for namespace, without := range map[string]string{
		"complete":       "",
		"not-collected":  "PodMonitoring/chat",
		"not-reachable":  "NetworkPolicy/chat",
		"told-by-nobody": "",
	} {
		if namespace != "told-by-nobody" {
			c.tell(t, namespace, "total:100")
		}
		c.apply(t, workload(t, namespace, without))
	}
	c.expectActive(t, "complete", "False FailedGetPodsMetric: ", "unable to fetch metrics from custom metrics API")
	c.expectReplicas(t, "complete", least)

	c.apply(t, metricsAdapter(t))
	c.expectActive(t, "complete", "True ")
	for _, namespace := range []string{"not-collected", "not-reachable", "told-by-nobody"} {
		c.expectActive(t, namespace, "False FailedGetPodsMetric: ", "no metrics returned from custom metrics API")
		c.expectReplicas(t, namespace, least)
	}
}

// expectActive waits until the autoscaler of a namespace's model says something of a kind.
func (c cluster) expectActive(t *testing.T, namespace, prefix string, parts ...string) {
	t.Helper()
	eventually(t, "autoscaler of "+namespace, func(ctx context.Context) (string, bool) {
		state := c.active(ctx, namespace)
		is := strings.HasPrefix(state, prefix)
		for _, part := range parts {
			is = is && strings.Contains(state, part)
		}
		return state, is
	})
}

func (c cluster) expectReplicas(t *testing.T, namespace string, want int32) {
	t.Helper()
	deployment, err := c.client.AppsV1().Deployments(namespace).Get(t.Context(), model, metav1.GetOptions{})
	if err != nil || *deployment.Spec.Replicas != want {
		t.Errorf("%s has %v replicas (%v), want %d", namespace, deployment.Spec.Replicas, err, want)
	}
}
