package kubelet

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Signalled is the reason of an event that only the sandbox has: a kubelet tells nobody
// when it sends SIGTERM.
const Signalled = "Signalled"

// component reports the events, as on a node.
const component = "kubelet"

// tell makes an event of a container. What ends does not wait for it, and a namespace that
// is deleted too takes none.
func (k *Kubelet) tell(ctx context.Context, pod *corev1.Pod, container corev1.Container, reason, message string) {
	now := time.Now()
	_, err := k.Client.CoreV1().Events(pod.Namespace).Create(ctx, &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("%s.%x", pod.Name, now.UnixNano()), Namespace: pod.Namespace},
		InvolvedObject: corev1.ObjectReference{
			APIVersion: "v1", Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID,
			FieldPath: "spec.containers{" + container.Name + "}",
		},
		Type: corev1.EventTypeNormal, Reason: reason, Message: message, Action: reason, Count: 1,
		Source:         corev1.EventSource{Component: component, Host: pod.Spec.NodeName},
		FirstTimestamp: metav1.NewTime(now), LastTimestamp: metav1.NewTime(now), EventTime: metav1.NewMicroTime(now),
		ReportingController: component, ReportingInstance: pod.Spec.NodeName,
	}, metav1.CreateOptions{})
	if err != nil && ctx.Err() == nil && !apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
		slog.WarnContext(ctx, "tell of the end of a pod", "pod", pod.Namespace+"/"+pod.Name, "reason", reason, "error", err)
	}
}

// report has a pod's status say that a container has ended, and that the pod is not ready.
func (k *Kubelet) report(ctx context.Context, pod *corev1.Pod, status corev1.ContainerStatus, code int32) error {
	now := metav1.Now()
	reason := "Completed"
	if code != ended {
		reason = "Error"
	}
	unready := func(condition corev1.PodConditionType) corev1.PodCondition {
		return corev1.PodCondition{Type: condition, Status: corev1.ConditionFalse, Reason: "ContainersNotReady", LastTransitionTime: now}
	}
	return k.patchStatus(ctx, pod, map[string]any{
		"conditions": []corev1.PodCondition{unready(corev1.PodReady), unready(corev1.ContainersReady)},
		"containerStatuses": []any{map[string]any{
			"name": status.Name, "ready": false, "started": false,
			"state": map[string]any{"running": nil, "terminated": corev1.ContainerStateTerminated{
				ExitCode: code, Reason: reason, StartedAt: status.State.Running.StartedAt, FinishedAt: now,
			}},
		}},
	})
}

// patchStatus changes what a pod's status says, unless somebody else has removed the pod.
func (k *Kubelet) patchStatus(ctx context.Context, pod *corev1.Pod, status map[string]any) error {
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return err
	}
	_, err = k.Client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{FieldManager: component}, "status")
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// statusOf is what a pod's status says of a container; nil for nothing.
func statusOf(pod *corev1.Pod, container string) *corev1.ContainerStatus {
	all := pod.Status.ContainerStatuses
	i := slices.IndexFunc(all, func(status corev1.ContainerStatus) bool { return status.Name == container })
	if i < 0 {
		return nil
	}
	return &all[i]
}
