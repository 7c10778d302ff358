package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/util/wait"
	podresources "k8s.io/component-helpers/resource"
	scheduling "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// unscheduledInterval is between two looks for pods that the scheduler finds no node for.
const unscheduledInterval = time.Second

// patience is how long a pod may have no node. A pool that grows gives it one after some
// minutes, so what the scheduler says is shown at once, and is not an error by itself.
type patience struct {
	// warn is until a warning is printed, which stays on the screen. The original sums up
	// what is wrong with pods every 10 seconds.
	warn time.Duration
	// giveUp is until the wait ends, if no node could ever take the pod.
	giveUp time.Duration
}

var usualPatience = patience{warn: 10 * time.Second, giveUp: 30 * time.Second}

// errNoRoom is the end of a wait for a pod that fits on no node.
var errNoRoom = errors.New("it fits on no node that it may run on, not even on an empty one")

// followPods reports, until ctx is done, what the scheduler says of the pods of a
// workload that it finds no node for. It gives the wait up when there are nodes that a
// pod may run on, and each is too small for it: more nodes of their pools would be, too.
func (p *Provider) followPods(ctx context.Context, urn resource.URN, workload *unstructured.Unstructured, giveUp context.CancelCauseFunc) {
	if _, selects := podSelector(workload); !selects || workload.GroupVersionKind().GroupKind() == serviceKind {
		return
	}
	follower := follower{p, urn, p.progress(ctx, urn), map[string]time.Time{}, ""}
	_ = wait.PollUntilContextCancel(ctx, unscheduledInterval, true, func(ctx context.Context) (bool, error) { // until ctx is done
		pods := slices.DeleteFunc(ofNewest(p.pods(ctx, workload)), func(pod corev1.Pod) bool { return unschedulable(pod) == "" })
		for _, pod := range pods {
			if follower.waited(pod) > p.patience.giveUp && p.fitsNowhere(ctx, pod) {
				giveUp(fmt.Errorf("pod %s: %w", pod.Name, errNoRoom))
				return true, nil
			}
		}
		follower.tell(ctx, pods)
		return false, nil
	})
}

// ofNewest are the pods of the version that the newest pod is of: those of an older one
// are about to go.
func ofNewest(pods []corev1.Pod) []corev1.Pod {
	if len(pods) == 0 {
		return nil
	}
	newest := slices.MaxFunc(pods, func(a, b corev1.Pod) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	return slices.DeleteFunc(pods, func(pod corev1.Pod) bool {
		return pod.Labels[appsv1.DefaultDeploymentUniqueLabelKey] != newest.Labels[appsv1.DefaultDeploymentUniqueLabelKey]
	})
}

// follower tells of the pods of one workload that have no node.
type follower struct {
	*Provider
	urn    resource.URN
	report func(string)
	// since is when a pod of that name was first seen without a node.
	since map[string]time.Time
	// warned is the last warning.
	warned string
}

// waited is for how long the pod is seen without a node.
func (f *follower) waited(pod corev1.Pod) time.Duration {
	if f.since[pod.Name].IsZero() {
		f.since[pod.Name] = time.Now()
	}
	return time.Since(f.since[pod.Name])
}

// tell says of pods without a node why they have none: beside the resource, and by a
// warning once any of them has waited for long. It says nothing twice in a row.
func (f *follower) tell(ctx context.Context, pods []corev1.Pod) {
	var reasons []string
	late := false
	for _, pod := range pods {
		if reason := unschedulable(pod); !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
		late = late || f.waited(pod) > f.patience.warn
	}
	if len(pods) == 0 {
		return
	}
	message := fmt.Sprintf("%d of its pods have no node: %s", len(pods), strings.Join(reasons, "; "))
	f.report(message)
	if late && message != f.warned {
		f.warned = message
		f.warn(ctx, f.urn, "%s", strings.Join(append([]string{message}, remedies(reasons)...), "\n"))
	}
}

// unschedulable is what the scheduler says of a pod that it has found no node for; ""
// of others.
func unschedulable(pod corev1.Pod) string {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse && condition.Reason == corev1.PodReasonUnschedulable {
			return condition.Message
		}
	}
	return ""
}

// fitsNowhere reports whether there are nodes that the pod may run on, and none of them
// has what it requests beside the pods of DaemonSets.
func (p *Provider) fitsNowhere(ctx context.Context, pod corev1.Pod) bool {
	var nodes corev1.NodeList
	if err := p.list(ctx, "Node", "", metav1.ListOptions{}, &nodes); err != nil {
		return false
	}
	allowed := slices.DeleteFunc(nodes.Items, func(node corev1.Node) bool { return !mayRunOn(&pod, &node) })
	return len(allowed) > 0 && !slices.ContainsFunc(allowed, func(node corev1.Node) bool {
		return holds(p.room(ctx, node), podresources.PodRequests(&pod, podresources.PodResourcesOptions{}))
	})
}

// mayRunOn reports whether labels and taints let the pod on the node.
func mayRunOn(pod *corev1.Pod, node *corev1.Node) bool {
	matches, err := nodeaffinity.GetRequiredNodeAffinity(pod).Match(node)
	_, tainted := scheduling.FindMatchingUntoleratedTaint(logr.Discard(), node.Spec.Taints, pod.Spec.Tolerations,
		func(taint *corev1.Taint) bool { return taint.Effect != corev1.TaintEffectPreferNoSchedule }, false)
	return err == nil && matches && !tainted
}

// room is what a node has for pods, less what the DaemonSets of kube-system request.
func (p *Provider) room(ctx context.Context, node corev1.Node) corev1.ResourceList {
	room := node.Status.Allocatable.DeepCopy()
	var pods corev1.PodList
	on := fields.OneTermEqualSelector("spec.nodeName", node.Name).String()
	if err := p.list(ctx, "Pod", metav1.NamespaceSystem, metav1.ListOptions{FieldSelector: on}, &pods); err != nil {
		return room
	}
	for _, pod := range pods.Items {
		if owner := metav1.GetControllerOf(&pod); owner == nil || owner.Kind != "DaemonSet" {
			continue
		}
		for name, requested := range podresources.PodRequests(&pod, podresources.PodResourcesOptions{}) {
			left := room[name]
			left.Sub(requested)
			room[name] = left
		}
	}
	return room
}

// holds reports whether there is as much of everything that is requested.
func holds(room, requested corev1.ResourceList) bool {
	for name, wanted := range requested {
		if left := room[name]; left.Cmp(wanted) < 0 {
			return false
		}
	}
	return true
}
