package kubernetes

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
)

// What is told of an object that is not ready, so that the message stays one.
const (
	troubleTimeout = 10 * time.Second
	troubledPods   = 5
	lastEvents     = 3
)

// troubles collects what the cluster knows of why an object is not ready: its
// conditions, its warnings, and the same of the pods it selects. It asks even
// after a cancellation, and tells what it could find out.
func (p *Provider) troubles(object *unstructured.Unstructured) []string {
	ctx, cancel := context.WithTimeout(context.Background(), troubleTimeout)
	defer cancel()
	var found []string
	for _, condition := range conditionsIn(object) {
		if isAbnormal(condition) {
			found = append(found, condition.String())
		}
	}
	found = append(found, p.warnings(ctx, object.GetNamespace(), string(object.GetUID()))...)
	pods := p.pods(ctx, object)
	for _, pod := range pods[:min(len(pods), troubledPods)] {
		for _, problem := range append(podProblems(pod), p.warnings(ctx, pod.Namespace, string(pod.UID))...) {
			found = append(found, fmt.Sprintf("pod %s: %s", pod.Name, problem))
		}
	}
	return found
}

// isAbnormal says whether a condition tells of trouble: one that names a failure
// and holds, or one that names a success and does not.
func isAbnormal(c objectCondition) bool {
	if c.kind == string(corev1.DisruptionTarget) || c.kind == "ReplicaFailure" || c.kind == "Failed" {
		return c.status == string(corev1.ConditionTrue)
	}
	return c.status == string(corev1.ConditionFalse)
}

// warnings are the latest warnings about the object with that uid.
func (p *Provider) warnings(ctx context.Context, namespace, uid string) []string {
	var events corev1.EventList
	selector := fields.SelectorFromSet(fields.Set{"involvedObject.uid": uid, "type": corev1.EventTypeWarning})
	if err := p.list(ctx, "Event", namespace, metav1.ListOptions{FieldSelector: selector.String()}, &events); err != nil {
		return nil
	}
	events.Items = slices.DeleteFunc(events.Items, func(event corev1.Event) bool {
		return event.Reason == "FailedScheduling" // the pod's condition says the same
	})
	slices.SortFunc(events.Items, func(a, b corev1.Event) int {
		return seen(a).Compare(seen(b))
	})
	var warnings []string
	for _, event := range events.Items[max(0, len(events.Items)-lastEvents):] {
		warnings = append(warnings, event.Reason+": "+event.Message)
	}
	return warnings
}

// seen is when the event last happened. Some reporters fill in one field, some
// the other.
func seen(event corev1.Event) time.Time {
	if event.LastTimestamp.IsZero() {
		return event.EventTime.Time
	}
	return event.LastTimestamp.Time
}

// pods are those of the pods which a workload or a Service selects that are not
// ready.
func (p *Provider) pods(ctx context.Context, object *unstructured.Unstructured) []corev1.Pod {
	selector, ok := podSelector(object)
	if !ok {
		return nil
	}
	var pods corev1.PodList
	if err := p.list(ctx, "Pod", object.GetNamespace(), metav1.ListOptions{LabelSelector: selector}, &pods); err != nil {
		return nil
	}
	return slices.DeleteFunc(pods.Items, func(pod corev1.Pod) bool {
		return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
		})
	})
}

// podSelector is the object's spec.selector in the form of a request.
func podSelector(object *unstructured.Unstructured) (string, bool) {
	raw, ok, err := unstructured.NestedMap(object.Object, "spec", "selector")
	if !ok || err != nil {
		return "", false
	}
	if object.GroupVersionKind().GroupKind() == serviceKind {
		set, _, err := unstructured.NestedStringMap(object.Object, "spec", "selector")
		return labels.SelectorFromSet(set).String(), err == nil
	}
	var typed metav1.LabelSelector
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, &typed); err != nil {
		return "", false
	}
	selector, err := metav1.LabelSelectorAsSelector(&typed)
	if err != nil {
		return "", false
	}
	return selector.String(), true
}

// podProblems says what keeps the pod from being ready.
func podProblems(pod corev1.Pod) []string {
	var problems []string
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			problems = append(problems, condition.Reason+": "+condition.Message)
		}
	}
	for _, container := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		switch state := container.State; {
		case state.Waiting != nil:
			problems = append(problems, fmt.Sprintf("container %s waits: %s: %s", container.Name, state.Waiting.Reason, state.Waiting.Message))
		case state.Terminated != nil && state.Terminated.ExitCode != 0:
			problems = append(problems, fmt.Sprintf("container %s ended with exit code %d: %s: %s",
				container.Name, state.Terminated.ExitCode, state.Terminated.Reason, state.Terminated.Message))
		}
	}
	return problems
}

// list reads objects of a core kind into a typed list.
func (p *Provider) list(ctx context.Context, kind, namespace string, options metav1.ListOptions, into runtime.Object) error {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(kind))
	object.SetNamespace(namespace)
	client, err := p.cluster.resource(object)
	if err != nil {
		return err
	}
	list, err := client.List(ctx, options)
	if err != nil {
		return err
	}
	return runtime.DefaultUnstructuredConverter.FromUnstructured(list.UnstructuredContent(), into)
}
