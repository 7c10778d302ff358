// Package kubelet ends the pods of a cluster as the kubelets of its nodes do: the pre-stop
// hook, SIGTERM, the server's own time, and the kill when the grace is over, see
// kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination. It also holds
// pods back whose variables are from Secrets that there are not, see [Configured].
//
// KWOK plays the kubelets otherwise, and has a stage that removes a pod after a delay. It
// does not do here: stages are chosen anew at each change of the object, so that any
// change while a pod ends would start its delay anew; and the least of two sums, which an
// end is, is no expression that a reader of stages could check. What a pod's end is, is one
// function here, and a table of its tests.
//
// The times are scaled by the factor of the sandbox's latencies. Without any, a pod is
// removed as soon as it is deleted.
//
// Two things are not played. Sidecars, which are stopped after the other containers, are
// stopped with them. And readiness, which a kubelet goes on to probe: a server counts as
// ready until it has ended. Load balancers are kept away earlier by the controller of
// EndpointSlices, for which no pod is ready that is deleted.
package kubelet

import (
	"context"
	"log/slog"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// retryInterval is the wait before a removal is tried again that failed.
const retryInterval = time.Second

// Kubelet ends the pods of one cluster.
type Kubelet struct {
	Client kubernetes.Interface
	// Factor scales the times; 0 is without any.
	Factor float64

	mutex    sync.Mutex
	ending   map[types.UID]running
	starting map[types.UID]bool
}

// running is an end under way.
type running struct {
	grace time.Duration
	stop  context.CancelFunc
}

// Run works until ctx is done. What ends then is ended anew by the next one, as it is when
// a kubelet is started again.
func (k *Kubelet) Run(ctx context.Context) error {
	k.ending, k.starting = map[types.UID]running{}, map[types.UID]bool{}
	factory := informers.NewSharedInformerFactory(k.Client, 0)
	_, err := factory.Core().V1().Pods().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { k.observe(ctx, object) },
		UpdateFunc: func(_, object any) { k.observe(ctx, object) },
	})
	if err != nil {
		return err
	}
	factory.Start(ctx.Done())
	<-ctx.Done()
	factory.Shutdown()
	return nil
}

func (k *Kubelet) observe(ctx context.Context, object any) {
	pod, is := object.(*corev1.Pod)
	switch {
	case !is:
	case pod.DeletionTimestamp != nil:
		k.observeDeleted(ctx, pod)
	case waitsForSecrets(pod):
		k.observeWaiting(ctx, pod)
	}
}

// observeDeleted begins the end of a pod that is deleted. A second deletion, which can only
// shorten the grace, begins it anew, as the kubelet does.
func (k *Kubelet) observeDeleted(ctx context.Context, pod *corev1.Pod) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	before, under := k.ending[pod.UID]
	if under && before.grace <= graceOf(pod) {
		return
	}
	if under {
		before.stop()
	}
	ctx, stop := context.WithCancel(ctx)
	k.ending[pod.UID] = running{graceOf(pod), stop}
	go func() {
		defer stop()
		k.end(ctx, pod)
	}()
}

// end ends a pod's containers, side by side, and then removes it.
func (k *Kubelet) end(ctx context.Context, pod *corev1.Pod) {
	if k.Factor > 0 {
		k.endContainers(ctx, pod)
	}
	if ctx.Err() != nil || k.remove(ctx, pod) != nil {
		return // somebody else ends it
	}
	k.mutex.Lock()
	defer k.mutex.Unlock()
	delete(k.ending, pod.UID)
}

// endContainers returns when all containers have ended, or ctx is done.
func (k *Kubelet) endContainers(ctx context.Context, pod *corev1.Pod) {
	begin := time.Now()
	var all sync.WaitGroup
	for _, container := range pod.Spec.Containers {
		status := statusOf(pod, container.Name)
		if status == nil || status.State.Running == nil {
			continue // it has not begun, or has ended
		}
		all.Go(func() {
			if err := k.endContainer(ctx, pod, container, *status, begin); err != nil && ctx.Err() == nil {
				slog.WarnContext(ctx, "end container", "pod", pod.Namespace+"/"+pod.Name, "container", container.Name, "error", err)
			}
		})
	}
	all.Wait()
}

func (k *Kubelet) endContainer(ctx context.Context, pod *corev1.Pod, container corev1.Container, status corev1.ContainerStatus, begin time.Time) error {
	ending, err := endingOf(pod, container)
	if err != nil {
		return err
	}
	k.tell(ctx, pod, container, "Killing", "Stopping container "+container.Name)
	if err := k.await(ctx, begin, ending.signal); err != nil {
		return err
	}
	k.tell(ctx, pod, container, Signalled, "Sent SIGTERM to container "+container.Name)
	if err := k.await(ctx, begin, ending.exit); err != nil {
		return err
	}
	return k.report(ctx, pod, status, ending.code)
}

// await returns when so much time has passed, times the factor.
func (k *Kubelet) await(ctx context.Context, begin time.Time, long time.Duration) error {
	timer := time.NewTimer(time.Until(begin.Add(time.Duration(k.Factor * float64(long)))))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// remove removes a pod that has ended, unless another one has its name by now. It tries
// until it can: the API server may not answer for a while.
func (k *Kubelet) remove(ctx context.Context, pod *corev1.Pod) error {
	now := metav1.NewDeleteOptions(0)
	now.Preconditions = metav1.NewUIDPreconditions(string(pod.UID))
	return wait.PollUntilContextCancel(ctx, retryInterval, true, func(ctx context.Context) (bool, error) {
		err := k.Client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, *now)
		if err == nil || apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
			return true, nil
		}
		if ctx.Err() == nil {
			slog.WarnContext(ctx, "remove pod", "pod", pod.Namespace+"/"+pod.Name, "error", err)
		}
		return false, nil
	})
}
