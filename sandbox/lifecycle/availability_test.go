package lifecycle

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/stacktest"
)

// drainTime is how long the replicas of a node may take to move.
const drainTime = 3 * time.Minute

// availability is how many replicas the Deployments of the clusters have had at the
// least since they were all there, beside how many their disruption budgets leave.
type availability struct {
	mutex sync.Mutex
	t     *testing.T
	full  map[types.UID]bool
	// low are the Deployments that had too few, each told once.
	low map[types.UID]bool
}

// watchAvailability follows the Deployments of all clusters until it is stopped. One that
// has been all there must not have fewer available replicas than its budget leaves, as
// its cluster's API server tells.
func watchAvailability(s stacktest.Stack) (stop func()) {
	s.T.Helper()
	ctx, cancel := context.WithCancel(s.T.Context())
	var running sync.WaitGroup
	a := &availability{t: s.T, full: map[types.UID]bool{}, low: map[types.UID]bool{}}
	for _, client := range clients(s) {
		factory := informers.NewSharedInformerFactory(client, 0)
		_, err := factory.Apps().V1().Deployments().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    func(object any) { a.see(object.(*appsv1.Deployment)) },
			UpdateFunc: func(_, object any) { a.see(object.(*appsv1.Deployment)) },
		})
		if err != nil {
			s.T.Fatal(err)
		}
		running.Go(func() {
			<-ctx.Done()
			factory.Shutdown()
		})
		factory.Start(ctx.Done())
		factory.WaitForCacheSync(ctx.Done())
	}
	return func() {
		cancel()
		running.Wait()
	}
}

// mayMiss is how many replicas of a workload may be missing: see disruptionBudgetArgs in
// package serving.
const mayMiss = 1

func (a *availability) see(d *appsv1.Deployment) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	wanted, available := *d.Spec.Replicas, d.Status.AvailableReplicas
	if available >= wanted {
		a.full[d.UID] = true
	}
	if a.full[d.UID] && d.DeletionTimestamp == nil && available < wanted-mayMiss && !a.low[d.UID] {
		a.low[d.UID] = true
		a.t.Errorf("%s/%s has %d of %d replicas available, and may miss %d", d.Namespace, d.Name, available, wanted, mayMiss)
	}
}

// drain takes a node with replicas out of service, as an upgrade does, and waits until
// they serve on others.
func drain(s stacktest.Stack) {
	s.T.Helper()
	client := clients(s)[0]
	node := busiest(s, client)
	schedulable := func(is bool) {
		patch := fmt.Appendf(nil, `{"spec": {"unschedulable": %t}}`, !is)
		if _, err := client.CoreV1().Nodes().Patch(s.T.Context(), node, types.StrategicMergePatchType, patch, metav1.PatchOptions{}); err != nil {
			s.T.Fatal(err)
		}
	}
	schedulable(false)
	defer schedulable(true)
	for begin := time.Now(); ; time.Sleep(time.Second) {
		left := replicas(s, client, node)
		if len(left) == 0 && allAvailable(s, client) {
			return
		}
		if time.Since(begin) > drainTime {
			s.T.Fatalf("after %s, node %s still has %d replicas, or not all serve on others", drainTime, node, len(left))
		}
		for _, pod := range left {
			eviction := &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace}}
			err := client.CoreV1().Pods(pod.Namespace).EvictV1(s.T.Context(), eviction)
			if err != nil && !apierrors.IsTooManyRequests(err) && !apierrors.IsNotFound(err) { // the budget, and gone already
				s.T.Fatal(err)
			}
		}
	}
}

// busiest is the node with the most replicas.
func busiest(s stacktest.Stack, client kubernetes.Interface) string {
	s.T.Helper()
	count := map[string]int{}
	name := ""
	for _, pod := range replicas(s, client, "") {
		count[pod.Spec.NodeName]++
		if count[pod.Spec.NodeName] > count[name] {
			name = pod.Spec.NodeName
		}
	}
	if name == "" {
		s.T.Fatal("no node has replicas")
	}
	return name
}

// replicas are the pods of the workloads on a node, "" for all nodes.
func replicas(s stacktest.Stack, client kubernetes.Interface, node string) []corev1.Pod {
	s.T.Helper()
	pods, err := client.CoreV1().Pods(metav1.NamespaceAll).List(s.T.Context(), metav1.ListOptions{})
	if err != nil {
		s.T.Fatal(err)
	}
	return slices.DeleteFunc(pods.Items, func(pod corev1.Pod) bool {
		return strings.HasPrefix(pod.Namespace, "kube-") || node != "" && pod.Spec.NodeName != node
	})
}

// allAvailable reports whether every Deployment has all of its replicas.
func allAvailable(s stacktest.Stack, client kubernetes.Interface) bool {
	s.T.Helper()
	deployments, err := client.AppsV1().Deployments(metav1.NamespaceAll).List(s.T.Context(), metav1.ListOptions{})
	if err != nil {
		s.T.Fatal(err)
	}
	return !slices.ContainsFunc(deployments.Items, func(d appsv1.Deployment) bool { return d.Status.AvailableReplicas < *d.Spec.Replicas })
}

// clients are those of the stack's clusters.
func clients(s stacktest.Stack) []kubernetes.Interface {
	s.T.Helper()
	clusters, err := controlplane.At(s.Sandbox.Home).Clusters()
	if err != nil {
		s.T.Fatal(err)
	}
	var all []kubernetes.Interface
	for _, cluster := range clusters {
		client, err := cluster.Client()
		if err != nil {
			s.T.Fatal(err)
		}
		all = append(all, client)
	}
	return all
}
