package kubelet

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
)

// startingPod is a pod on a node that has a variable from key token of Secret hub.
func startingPod(optional bool) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "serving", Name: "chat", UID: "1"},
		Spec: corev1.PodSpec{NodeName: "node", Containers: []corev1.Container{{
			Name: "server", Image: "vllm",
			Env: []corev1.EnvVar{{Name: "HF_TOKEN", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
				LocalObjectReference: corev1.LocalObjectReference{Name: "hub"}, Key: "token", Optional: &optional,
			}}}},
		}}},
		Status: corev1.PodStatus{Phase: corev1.PodPending},
	}
}

func hub(keys ...string) *corev1.Secret {
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "serving", Name: "hub"}, Data: map[string][]byte{}}
	for _, key := range keys {
		secret.Data[key] = []byte("secret")
	}
	return secret
}

// awaitPod returns when the status of the pod is as wanted.
func awaitPod(t *testing.T, client kubernetes.Interface, what string, wanted func(corev1.PodStatus) bool) {
	t.Helper()
	var last corev1.PodStatus
	err := wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, soon, true, func(ctx context.Context) (bool, error) {
		pod, err := client.CoreV1().Pods("serving").Get(ctx, "chat", metav1.GetOptions{})
		if err == nil {
			last = pod.Status
		}
		return err == nil && wanted(last), err
	})
	if err != nil {
		t.Fatalf("%s: %v, last %+v", what, err, last)
	}
}

func waits(message string) func(corev1.PodStatus) bool {
	return func(status corev1.PodStatus) bool {
		return len(status.ContainerStatuses) == 1 && status.ContainerStatuses[0].State.Waiting != nil &&
			*status.ContainerStatuses[0].State.Waiting == corev1.ContainerStateWaiting{Reason: configError, Message: message}
	}
}

func isConfigured(status corev1.PodStatus) bool {
	return len(status.Conditions) == 1 && status.Conditions[0].Type == Configured && status.Conditions[0].Status == corev1.ConditionTrue &&
		(len(status.ContainerStatuses) == 0 || status.ContainerStatuses[0].State.Waiting == nil)
}

// TestAPodWaitsForTheSecretThatAVariableIsFrom, and tells what there is not.
func TestAPodWaitsForTheSecretThatAVariableIsFrom(t *testing.T) {
	t.Parallel()
	client := play(t, 0, startingPod(false))
	awaitPod(t, client, "without the Secret", waits(`secret "hub" not found`))
	secrets := client.CoreV1().Secrets("serving")
	if _, err := secrets.Create(t.Context(), hub("other"), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	awaitPod(t, client, "without the key", waits("couldn't find key token in Secret serving/hub"))
	if _, err := secrets.Update(t.Context(), hub("token"), metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	awaitPod(t, client, "with the key", isConfigured)
}

func TestOnlyPodsThatNeedSecretsWaitForThem(t *testing.T) {
	t.Parallel()
	on := func(change func(*corev1.Pod)) *corev1.Pod {
		pod := startingPod(false)
		change(pod)
		return pod
	}
	for name, test := range map[string]struct {
		pod  *corev1.Pod
		want bool
	}{
		"a variable from a Secret":  {startingPod(false), true},
		"an optional Secret":        {startingPod(true), false},
		"all variables of a Secret": {on(func(p *corev1.Pod) { p.Spec.Containers[0].EnvFrom, p.Spec.Containers[0].Env = fromAll(), nil }), true},
		"no variables":              {on(func(p *corev1.Pod) { p.Spec.Containers[0].Env = nil }), false},
		"no node":                   {on(func(p *corev1.Pod) { p.Spec.NodeName = "" }), false},
		"a pod that runs":           {on(func(p *corev1.Pod) { p.Status.Phase = corev1.PodRunning }), false},
		"a pod that is configured": {on(func(p *corev1.Pod) {
			p.Status.Conditions = []corev1.PodCondition{{Type: Configured, Status: corev1.ConditionTrue}}
		}), false},
	} {
		if got := waitsForSecrets(test.pod); got != test.want {
			t.Errorf("%s: waits %v, want %v", name, got, test.want)
		}
	}
}

func fromAll() []corev1.EnvFromSource {
	return []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "hub"}}}}
}
