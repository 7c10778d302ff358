package kubelet

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
)

// soon is generous: other tests may use all processors.
const soon = time.Minute

// endingPod is a pod that runs and is deleted.
func endingPod(grace int64, drain string) *corev1.Pod {
	pod := deleted(grace, drain)
	now := metav1.Now()
	pod.DeletionTimestamp, pod.Finalizers = &now, []string{"example.com/kept"}
	pod.Spec.Containers = []corev1.Container{server(0)}
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: "server", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}},
	}}
	return pod
}

// play runs a kubelet until the test ends.
func play(t *testing.T, factor float64, objects ...*corev1.Pod) kubernetes.Interface {
	t.Helper()
	client := fake.NewClientset()
	for _, pod := range objects {
		if _, err := client.CoreV1().Pods(pod.Namespace).Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	k := Kubelet{Client: client, Factor: factor}
	done := make(chan error)
	go func() { done <- k.Run(t.Context()) }()
	t.Cleanup(func() { // the context of a test ends before its clean-up
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return client
}

func expectGone(t *testing.T, client kubernetes.Interface, pod *corev1.Pod) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, soon, true, func(ctx context.Context) (bool, error) {
		_, err := client.CoreV1().Pods(pod.Namespace).Get(ctx, pod.Name, metav1.GetOptions{})
		return apierrors.IsNotFound(err), nil
	})
	if err != nil {
		t.Errorf("the pod is not removed: %v", err)
	}
}

func TestWithoutLatenciesADeletedPodIsRemovedAtOnce(t *testing.T) {
	t.Parallel()
	pod := endingPod(3600, "3600")
	client := play(t, 0, pod)
	expectGone(t, client, pod)
	events, err := client.CoreV1().Events(pod.Namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(events.Items) > 0 {
		t.Errorf("events %v, %v; want none", events.Items, err)
	}
}

func TestAPodThatIsNotDeletedIsLeftAlone(t *testing.T) {
	t.Parallel()
	living, going := endingPod(30, ""), endingPod(30, "")
	living.Name, living.UID, living.DeletionTimestamp, living.DeletionGracePeriodSeconds = "living", "2", nil, nil
	client := play(t, 0, living, going)
	expectGone(t, client, going)
	if _, err := client.CoreV1().Pods(living.Namespace).Get(t.Context(), living.Name, metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
}

func TestASecondDeletionShortensTheGrace(t *testing.T) {
	t.Parallel()
	pod := endingPod(24*3600, "1000000")
	client := play(t, 1, pod)
	*pod.DeletionGracePeriodSeconds = 1
	if _, err := client.CoreV1().Pods(pod.Namespace).Update(t.Context(), pod, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	expectGone(t, client, pod)
}
