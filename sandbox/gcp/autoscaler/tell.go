package autoscaler

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ai-serving/sandbox/gcp/nodepool"
)

// trigger says that a pod gets a node, as Google's autoscaler does.
func (a *Autoscaler) trigger(ctx context.Context, pod *corev1.Pod, pool nodepool.Pool, zone string) error {
	return a.tell(ctx, pod, "TriggeredScaleUp", fmt.Sprintf("pod triggered scale-up: %s in %s", pool.Name, zone))
}

// refuse says that no pool has a node for a pod, and why. Google's autoscaler says so of
// the pod only; here the workload that it belongs to says it, too, because Pulumi shows
// what is said of the objects that it makes.
func (a *Autoscaler) refuse(ctx context.Context, pod *corev1.Pod, reasons []string) error {
	message := fmt.Sprintf("pod %s fits into no node pool: %s", pod.Name, strings.Join(reasons, "; "))
	if a.told[string(pod.UID)] == message {
		return nil
	}
	if err := a.tell(ctx, pod, "NotTriggerScaleUp", message); err != nil {
		return err
	}
	workload, err := a.workload(ctx, pod)
	if err != nil || workload == nil {
		return err
	}
	return a.record(ctx, *workload, corev1.EventTypeWarning, "NotTriggerScaleUp", message)
}

// tell records something of a pod once.
func (a *Autoscaler) tell(ctx context.Context, pod *corev1.Pod, reason, message string) error {
	about := corev1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID}
	if err := a.record(ctx, about, corev1.EventTypeNormal, reason, message); err != nil {
		return err
	}
	a.told[string(pod.UID)] = message
	return nil
}

// workload is the Deployment of a pod; nil if it has none.
func (a *Autoscaler) workload(ctx context.Context, pod *corev1.Pod) (*corev1.ObjectReference, error) {
	owner := metav1.GetControllerOf(pod)
	if owner == nil || owner.Kind != "ReplicaSet" {
		return nil, nil
	}
	set, err := a.Client.AppsV1().ReplicaSets(pod.Namespace).Get(ctx, owner.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if owner = metav1.GetControllerOf(set); owner == nil {
		return nil, nil
	}
	return &corev1.ObjectReference{APIVersion: owner.APIVersion, Kind: owner.Kind, Namespace: pod.Namespace, Name: owner.Name, UID: owner.UID}, nil
}

func (a *Autoscaler) record(ctx context.Context, about corev1.ObjectReference, kind, reason, message string) error {
	now := metav1.Now()
	_, err := a.Client.CoreV1().Events(about.Namespace).Create(ctx, &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Name: fmt.Sprintf("%s.%x", about.Name, now.UnixNano()), Namespace: about.Namespace},
		InvolvedObject: about, Type: kind, Reason: reason, Message: message,
		Source:         corev1.EventSource{Component: "cluster-autoscaler"},
		FirstTimestamp: now, LastTimestamp: now, Count: 1,
	}, metav1.CreateOptions{})
	if apierrors.IsNotFound(err) || apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
		return nil // the namespace goes, and the pod with it
	}
	return err
}
