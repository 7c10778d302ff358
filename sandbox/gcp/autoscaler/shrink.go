package autoscaler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"ai-serving/sandbox/gcp/nodepool"
)

// Of Google's autoscaler; the documented values of Kubernetes' own
// (github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md).
const (
	// unneededTime is how long a node has to be without need before it goes;
	// leastUnneeded is that where the clouds take no time.
	unneededTime, leastUnneeded = 10 * time.Minute, 30 * time.Second
	// leastUse is the share of a node that has to be requested for the node to stay.
	leastUse = 0.5
	// mostGrace is how long a pod may take to end. Then the node goes anyway.
	mostGrace = 10 * time.Minute

	safeToEvict = "cluster-autoscaler.kubernetes.io/safe-to-evict"
)

// shrink begins to take away the first node that nothing has needed for long.
func (a *Autoscaler) shrink(ctx context.Context, now state) error {
	if len(a.ordered) > 0 || a.draining != nil {
		return nil
	}
	rooms := now.rooms()
	candidates := map[string]bool{}
	for _, pool := range now.pools {
		for _, zone := range pool.Zones {
			name := pool.NodeName(zone, pool.Sizes[zone]-1)
			if !pool.MayShrink(zone) || !now.canSpare(name, rooms) {
				continue
			}
			candidates[name] = true
			if a.unneeded[name].IsZero() {
				a.unneeded[name] = time.Now()
			}
			if time.Since(a.unneeded[name]) < a.patience() {
				continue
			}
			return a.remove(ctx, now, pool, zone, name)
		}
	}
	for name := range a.unneeded {
		if !candidates[name] {
			delete(a.unneeded, name)
		}
	}
	return nil
}

func (a *Autoscaler) patience() time.Duration {
	return max(leastUnneeded, time.Duration(a.Latency*float64(unneededTime)))
}

// canSpare reports whether the pods of a node may go, and fit on others.
func (s state) canSpare(name string, rooms []room) bool {
	i := slices.IndexFunc(rooms, func(r room) bool { return r.node.Name == name })
	if i < 0 {
		return false // it is about to come, or to go
	}
	node := rooms[i].node
	others := clone(slices.Delete(slices.Clone(rooms), i, i+1))
	used := corev1.ResourceList{}
	for _, pod := range s.movable(name) {
		if pod.Annotations[safeToEvict] == "false" || metav1.GetControllerOf(pod) == nil {
			return false
		}
		if !place(pod, others) {
			return false
		}
		for resource, requested := range requests(pod) {
			sum := used[resource]
			sum.Add(requested)
			used[resource] = sum
		}
	}
	return isLittle(used, node.Status.Allocatable)
}

// isLittle reports whether less than the least share of what a node has is used.
// With accelerators, only they count.
func isLittle(used, allocatable corev1.ResourceList) bool {
	counted := []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory}
	if _, accelerated := allocatable[nodepool.GPUResource]; accelerated {
		counted = []corev1.ResourceName{nodepool.GPUResource}
	}
	return !slices.ContainsFunc(counted, func(name corev1.ResourceName) bool {
		share, whole := used[name], allocatable[name]
		return share.AsApproximateFloat64() >= leastUse*whole.AsApproximateFloat64()
	})
}

// clone copies what is free, so that pods can be placed on trial.
func clone(rooms []room) []room {
	for i, r := range rooms {
		rooms[i].free = r.free.DeepCopy()
	}
	return rooms
}

// movable are the pods of a node but for those of DaemonSets, which go with it.
func (s state) movable(node string) []*corev1.Pod {
	return slices.DeleteFunc(slices.Clone(s.pods), func(pod *corev1.Pod) bool {
		return pod.Spec.NodeName != node || isOfDaemonSet(pod)
	})
}

// drained is a node whose pods have gone, or why they have not.
type drained struct {
	pool, zone, node string
	err              error
}

// remove begins to drain a node, on which no pod is placed any more.
func (a *Autoscaler) remove(ctx context.Context, now state, pool nodepool.Pool, zone, node string) error {
	if err := a.cordon(ctx, node, true); err != nil {
		return err
	}
	delete(a.unneeded, node)
	a.draining = make(chan drained, 1)
	pods := now.movable(node)
	go func() { a.draining <- drained{pool.Name, zone, node, a.drain(ctx, pods)} }()
	return nil
}

// finish makes the pool of a drained node smaller, or leaves the node to pods again.
func (a *Autoscaler) finish(ctx context.Context, done drained) error {
	a.draining = nil
	if done.err != nil {
		return errors.Join(done.err, a.cordon(ctx, done.node, false))
	}
	return a.resize(ctx, done.pool, func(p nodepool.Pool) {
		if p.NodeName(done.zone, p.Sizes[done.zone]-1) == done.node && p.MayShrink(done.zone) {
			p.Sizes[done.zone]--
		}
	})
}

func (a *Autoscaler) cordon(ctx context.Context, node string, unschedulable bool) error {
	patch := fmt.Appendf(nil, `{"spec":{"unschedulable":%t}}`, unschedulable)
	_, err := a.Client.CoreV1().Nodes().Patch(ctx, node, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

// drain evicts pods, as their budgets allow, and waits until they have ended: for as
// long as their grace, and ten minutes at most.
func (a *Autoscaler) drain(ctx context.Context, pods []*corev1.Pod) error {
	ctx, cancel := context.WithTimeout(ctx, mostGrace)
	defer cancel()
	for _, pod := range pods {
		if err := a.evict(ctx, pod); err != nil {
			return err
		}
	}
	for _, pod := range pods {
		if err := a.awaitEnd(ctx, pod); err != nil {
			return err
		}
	}
	return nil
}

// evict asks for the end of a pod again while its budget does not allow it.
func (a *Autoscaler) evict(ctx context.Context, pod *corev1.Pod) error {
	for {
		err := a.Client.CoreV1().Pods(pod.Namespace).EvictV1(ctx, &policyv1.Eviction{
			ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name},
		})
		if err == nil || apierrors.IsNotFound(err) {
			return nil
		}
		if !apierrors.IsTooManyRequests(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(interval):
		}
	}
}

func (a *Autoscaler) awaitEnd(ctx context.Context, pod *corev1.Pod) error {
	for {
		found, err := a.pods.Pods(pod.Namespace).Get(pod.Name)
		if apierrors.IsNotFound(err) || err == nil && found.UID != pod.UID {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil // the machine goes, and the pod with it
		case <-time.After(interval):
		}
	}
}
