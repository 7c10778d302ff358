package kubelet

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
)

// Configured is a condition that only the sandbox has: the Secrets are there that a pod's
// variables are from. KWOK starts a pod that needs it when it is true, see
// tools/kwok/pod.yaml. A Secret that is optional is not waited for. What else a container
// is made from, such as volumes, is taken to be there.
const Configured corev1.PodConditionType = "sandbox/Configured"

// configError is why a container waits, and the two messages below are what kubelets tell,
// see github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kubelet_pods.go,
// makeEnvironmentVariables, and pkg/kubelet/kuberuntime/kuberuntime_container.go.
const configError = "CreateContainerConfigError"

// source is a Secret, or a key of one, that variables of a container are from.
type source struct{ container, secret, key string }

// sources are those of a pod that are not optional.
func sources(pod *corev1.Pod) []source {
	var all []source
	for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		for _, from := range container.EnvFrom {
			if ref := from.SecretRef; ref != nil && !isTrue(ref.Optional) {
				all = append(all, source{container: container.Name, secret: ref.Name})
			}
		}
		for _, variable := range container.Env {
			if from := variable.ValueFrom; from != nil && from.SecretKeyRef != nil && !isTrue(from.SecretKeyRef.Optional) {
				all = append(all, source{container.Name, from.SecretKeyRef.Name, from.SecretKeyRef.Key})
			}
		}
	}
	return all
}

func isTrue(value *bool) bool { return value != nil && *value }

// waitsForSecrets says whether a pod is on a node and does not start before its Secrets are
// there.
func waitsForSecrets(pod *corev1.Pod) bool {
	configured := slices.ContainsFunc(pod.Status.Conditions, func(condition corev1.PodCondition) bool {
		return condition.Type == Configured && condition.Status == corev1.ConditionTrue
	})
	return pod.Spec.NodeName != "" && pod.Status.Phase == corev1.PodPending && !configured && len(sources(pod)) > 0
}

// observeWaiting begins to look for the Secrets of a pod, unless that is under way.
func (k *Kubelet) observeWaiting(ctx context.Context, pod *corev1.Pod) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.starting[pod.UID] {
		return
	}
	k.starting[pod.UID] = true
	go func() {
		k.configure(ctx, pod)
		k.mutex.Lock()
		defer k.mutex.Unlock()
		delete(k.starting, pod.UID)
	}()
}

// configure returns when a pod's Secrets are there and its status says so, or when the pod
// is gone. Until then the status says what there is not. The API server may not answer for
// a while.
func (k *Kubelet) configure(ctx context.Context, pod *corev1.Pod) {
	var told string
	_ = wait.PollUntilContextCancel(ctx, retryInterval, true, func(ctx context.Context) (bool, error) {
		now, err := k.Client.CoreV1().Pods(pod.Namespace).Get(ctx, pod.Name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) || err == nil && (now.UID != pod.UID || now.DeletionTimestamp != nil) {
			return true, nil
		}
		if err != nil {
			return false, nil
		}
		container, lack, err := k.lack(ctx, now)
		switch {
		case err != nil || lack != "" && lack == told:
			return false, nil
		case lack != "":
			if k.reportWaiting(ctx, now, container, lack) == nil {
				told = lack
			}
			return false, nil
		default:
			return k.reportConfigured(ctx, now) == nil, nil
		}
	})
}

// lack is what a container of a pod lacks, as kubelets tell it; nothing for no lack.
func (k *Kubelet) lack(ctx context.Context, pod *corev1.Pod) (container, message string, err error) {
	for _, from := range sources(pod) {
		secret, err := k.Client.CoreV1().Secrets(pod.Namespace).Get(ctx, from.secret, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return from.container, fmt.Sprintf("secret %q not found", from.secret), nil
		}
		if err != nil {
			return "", "", err
		}
		if _, has := secret.Data[from.key]; from.key != "" && !has {
			return from.container, fmt.Sprintf("couldn't find key %s in Secret %s/%s", from.key, pod.Namespace, from.secret), nil
		}
	}
	return "", "", nil
}

// reportWaiting has a pod's status say why a container is not made.
func (k *Kubelet) reportWaiting(ctx context.Context, pod *corev1.Pod, container, message string) error {
	return k.patchStatus(ctx, pod, map[string]any{"containerStatuses": []any{map[string]any{
		"name": container, "image": imageOf(pod, container), "imageID": "", "ready": false, "started": false, "restartCount": 0,
		"state": map[string]any{"waiting": corev1.ContainerStateWaiting{Reason: configError, Message: message}},
	}}})
}

// reportConfigured has a pod's status say that its containers can be made. The states of
// those that waited are taken back, because KWOK adds the next one to them.
func (k *Kubelet) reportConfigured(ctx context.Context, pod *corev1.Pod) error {
	var containers []any
	for _, status := range pod.Status.ContainerStatuses {
		containers = append(containers, map[string]any{"name": status.Name, "state": map[string]any{"waiting": nil}})
	}
	status := map[string]any{"conditions": []corev1.PodCondition{{
		Type: Configured, Status: corev1.ConditionTrue, LastTransitionTime: metav1.Now(),
	}}}
	if len(containers) > 0 {
		status["containerStatuses"] = containers
	}
	return k.patchStatus(ctx, pod, status)
}

func imageOf(pod *corev1.Pod, name string) string {
	for _, container := range pod.Spec.Containers {
		if container.Name == name {
			return container.Image
		}
	}
	return ""
}
