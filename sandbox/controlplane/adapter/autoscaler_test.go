package adapter_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// step is a number of replicas, and when it was first seen.
type step struct {
	replicas int32
	at       time.Time
}

func TestAnAutoscalerFollowsTheQueuesOfTheServers(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.tell(t, "chat", "total:100")
	c.apply(t, objects(t, "adapter.yaml", ""))
	c.apply(t, objects(t, "workload.yaml", "chat"))

	up := c.steps(t, "chat", 4)
	c.tell(t, "chat", "each:0")
	down := c.steps(t, "chat", 2)
	t.Logf("up: %v", up)
	t.Logf("down: %v", down)

	for i := range up[1:] {
		if before, after := up[i], up[i+1]; after.replicas > 2*before.replicas {
			t.Errorf("from %d to %d replicas at once, want twice as many at most", before.replicas, after.replicas)
		}
	}
	if got := len(up); got > 2 && up[2].at.Sub(up[1].at) < 14*time.Second {
		t.Errorf("two steps up within %s, want 15 s", up[2].at.Sub(up[1].at))
	}
	for i := range down[1:] {
		if before, after := down[i], down[i+1]; before.replicas-after.replicas != 1 {
			t.Errorf("from %d to %d replicas at once, want one less", before.replicas, after.replicas)
		}
	}
	if got := down[2].at.Sub(down[1].at); got < 29*time.Second {
		t.Errorf("two steps down within %s, want 30 s", got)
	}
}

// steps are the numbers of replicas of a namespace's model until it has so many.
func (c cluster) steps(t *testing.T, namespace string, until int32) []step {
	t.Helper()
	var seen []step
	eventually(t, fmt.Sprintf("%d replicas", until), func(ctx context.Context) (string, bool) {
		deployment, err := c.client.AppsV1().Deployments(namespace).Get(ctx, "chat", metav1.GetOptions{})
		if err != nil {
			return err.Error(), false
		}
		if replicas := *deployment.Spec.Replicas; len(seen) == 0 || seen[len(seen)-1].replicas != replicas {
			seen = append(seen, step{replicas, time.Now()})
		}
		return fmt.Sprintf("%v: %s", seen, c.active(ctx, namespace)), seen[len(seen)-1].replicas == until
	})
	return seen
}

// active tells whether the autoscaler of a namespace's model has a metric.
func (c cluster) active(ctx context.Context, namespace string) string {
	autoscaler, err := c.client.AutoscalingV2().HorizontalPodAutoscalers(namespace).Get(ctx, "chat", metav1.GetOptions{})
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
	adapter := objects(t, "adapter.yaml", "", "Deployment/custom-metrics-stackdriver-adapter")
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
		c.apply(t, objects(t, "workload.yaml", namespace, without))
	}
	c.expectActive(t, "complete", "False FailedGetPodsMetric: ", "the server is currently unable to handle the request")
	c.expectReplicas(t, "complete", 1)

	c.apply(t, objects(t, "adapter.yaml", ""))
	c.expectActive(t, "complete", "True ")
	for _, namespace := range []string{"not-collected", "not-reachable", "told-by-nobody"} {
		c.expectActive(t, namespace, "False FailedGetPodsMetric: ", "no metrics returned from custom metrics API")
		c.expectReplicas(t, namespace, 1)
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
	deployment, err := c.client.AppsV1().Deployments(namespace).Get(t.Context(), "chat", metav1.GetOptions{})
	if err != nil || *deployment.Spec.Replicas != want {
		t.Errorf("%s has %v replicas (%v), want %d", namespace, deployment.Spec.Replicas, err, want)
	}
}
