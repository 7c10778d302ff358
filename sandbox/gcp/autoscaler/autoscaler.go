// Package autoscaler plays GKE's cluster autoscaler: a pod that the scheduler finds no
// node for gets one, if a node pool has machines that it fits on and may grow, and nodes
// that nothing needs any more go. See
// cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler.
//
// It decides by requests, node selectors, affinities and taints. It takes nodes away
// from the end of a zone only, one at a time in each cluster; Google's takes any.
package autoscaler

import (
	"context"
	"log/slog"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listerscorev1 "k8s.io/client-go/listers/core/v1"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/gcp/nodepool"
	"ai-serving/sandbox/store"
)

const (
	// interval is between two looks: Google's autoscaler looks every 10 s.
	interval = time.Second
	// machineTime is how long a new machine takes to become a node; one with
	// accelerators takes longer, for their driver (inferred).
	machineTime, acceleratorTime = 90 * time.Second, 4 * time.Minute
	// comingTime is how long a machine that is there may take to be seen as a node.
	comingTime = time.Minute
)

// Autoscaler scales the node pools of one cluster.
type Autoscaler struct {
	Cluster string // projects/P/locations/L/clusters/NAME
	Client  kubernetes.Interface
	Store   store.Store // of Google Cloud
	// SetNodes gives a pool of the cluster exactly these nodes.
	SetNodes func(ctx context.Context, pool string, nodes []controlplane.Node) error
	// Latency is the factor of the latencies: 0 has machines at once.
	Latency float64

	pods     listerscorev1.PodLister
	nodes    listerscorev1.NodeLister
	ordered  []machine            // that are on their way, or have come a moment ago
	told     map[string]string    // what was said of a pod, by its uid
	unneeded map[string]time.Time // since when, by the name of a node
	draining chan drained         // nil while no node is drained
}

// machine is a node that a pool gets.
type machine struct {
	pool, zone string
	due        time.Time
	name       string // once it has come
}

// Run works until ctx is done. What fails is logged and tried again.
func (a *Autoscaler) Run(ctx context.Context) error {
	a.start(ctx)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		if err := a.look(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "scale node pools", "cluster", a.Cluster, "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// start follows pods and nodes.
func (a *Autoscaler) start(ctx context.Context) {
	factory := informers.NewSharedInformerFactory(a.Client, 0)
	a.pods, a.nodes = factory.Core().V1().Pods().Lister(), factory.Core().V1().Nodes().Lister()
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	a.told, a.unneeded = map[string]string{}, map[string]time.Time{}
}

// look delivers what is due, orders what pods lack, and takes away what none needs.
func (a *Autoscaler) look(ctx context.Context) error {
	if err := a.deliver(ctx); err != nil {
		return err
	}
	select {
	case done := <-a.draining:
		if err := a.finish(ctx, done); err != nil {
			return err
		}
	default:
	}
	now, err := a.observe()
	if err != nil {
		return err
	}
	if waiting := now.waiting(); len(waiting) > 0 {
		return a.grow(ctx, now, waiting)
	}
	return a.shrink(ctx, now)
}

// observe reads the pools, nodes and pods as they are.
func (a *Autoscaler) observe() (state, error) {
	pods, err := a.pods.List(labels.Everything())
	if err != nil {
		return state{}, err
	}
	nodes, err := a.nodes.List(labels.Everything())
	if err != nil {
		return state{}, err
	}
	var pools []nodepool.Pool
	err = a.Store.View(func(tx store.Tx) error {
		pools, err = nodepool.InCluster(tx, a.Cluster)
		return err
	})
	return state{pools: pools, nodes: nodes, pods: pods}, err
}

// deliver makes nodes of the machines that are due. They count as on their way until
// they are seen, or do not come, as in a zone that is lost.
func (a *Autoscaler) deliver(ctx context.Context) error {
	due := map[string][]*machine{}
	for i := range a.ordered {
		if m := &a.ordered[i]; m.name == "" && !time.Now().Before(m.due) {
			due[m.pool] = append(due[m.pool], m)
		}
	}
	for pool, machines := range due {
		if err := a.resize(ctx, pool, func(p nodepool.Pool) {
			for _, m := range machines {
				m.name = p.NodeName(m.zone, p.Sizes[m.zone])
				if p.MayGrow(m.zone) {
					p.Sizes[m.zone]++
				}
			}
		}); err != nil {
			return err
		}
	}
	a.ordered = slices.DeleteFunc(a.ordered, func(m machine) bool {
		_, err := a.nodes.Get(m.name)
		return m.name != "" && (err == nil || time.Since(m.due) > comingTime)
	})
	return nil
}

// resize changes the sizes of a pool, and then its nodes.
func (a *Autoscaler) resize(ctx context.Context, name string, change func(nodepool.Pool)) error {
	var nodes []controlplane.Node
	err := a.Store.Update(func(tx store.Tx) error {
		pools, err := nodepool.InCluster(tx, a.Cluster)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(pools, func(p nodepool.Pool) bool { return p.Name == name })
		if i < 0 {
			return nil // it is gone
		}
		change(pools[i])
		for zone, size := range pools[i].Sizes {
			if err := pools[i].Resize(tx, zone, size); err != nil {
				return err
			}
		}
		nodes, err = pools[i].Nodes()
		return err
	})
	if err != nil || nodes == nil {
		return err
	}
	return a.SetNodes(ctx, name, nodes)
}

// takes is how long a machine takes to be there.
func (a *Autoscaler) takes(node controlplane.Node) time.Duration {
	long := machineTime
	if _, accelerated := node.Capacity[nodepool.GPUResource]; accelerated {
		long = acceleratorTime
	}
	return time.Duration(a.Latency * float64(long))
}

// state is a cluster as the autoscaler sees it.
type state struct {
	pools []nodepool.Pool
	nodes []*corev1.Node
	pods  []*corev1.Pod
}

// waiting are the pods that the scheduler finds no node for, the oldest first.
func (s state) waiting() []*corev1.Pod {
	var waiting []*corev1.Pod
	for _, pod := range s.pods {
		if pod.Spec.NodeName == "" && pod.DeletionTimestamp == nil && isUnschedulable(pod) {
			waiting = append(waiting, pod)
		}
	}
	slices.SortFunc(waiting, func(a, b *corev1.Pod) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	return waiting
}

func isUnschedulable(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse && c.Reason == corev1.PodReasonUnschedulable
	})
}
