package controlplane

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
)

// TestAPodRunsWhenTheSecretOfItsVariableIsThere, and one beside it that needs none at once.
func TestAPodRunsWhenTheSecretOfItsVariableIsThere(t *testing.T) {
	t.Parallel()
	cluster, err := newPlane(t).Create(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	client, err := cluster.Client()
	if err != nil {
		t.Fatal(err)
	}
	setNodes(t, cluster, []Node{machine("default-1", "europe-west4-a")})
	pods := client.CoreV1().Pods("default")
	create := func(name string, variables ...corev1.EnvVar) {
		pod := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "server", Image: "registry.example.com/chat:1", Env: variables}}},
		}
		if _, err := pods.Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	create("waiting", corev1.EnvVar{Name: "HF_TOKEN", ValueFrom: &corev1.EnvVarSource{
		SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "hub"}, Key: "token"},
	}})
	create("plain", corev1.EnvVar{Name: "MODEL", Value: "chat"})
	expectReady(t, client, "plain", 0)

	err = wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		pod, err := pods.Get(ctx, "waiting", metav1.GetOptions{})
		all := pod.Status.ContainerStatuses
		return err == nil && pod.Status.Phase == corev1.PodPending && len(all) == 1 && all[0].State.Waiting != nil &&
			all[0].State.Waiting.Reason == "CreateContainerConfigError" && all[0].State.Waiting.Message == `secret "hub" not found`, err
	})
	if err != nil {
		t.Fatalf("the pod does not tell that it waits: %v", err)
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "hub"}, Data: map[string][]byte{"token": []byte("secret")}}
	if _, err := client.CoreV1().Secrets("default").Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	expectReady(t, client, "waiting", 0)
	pod, err := pods.Get(t.Context(), "waiting", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if state := pod.Status.ContainerStatuses[0].State; state.Running == nil || state.Waiting != nil {
		t.Errorf("the container's state is %+v, want that it runs alone", state)
	}
}
