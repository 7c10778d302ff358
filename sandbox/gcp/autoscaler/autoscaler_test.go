package autoscaler

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	container "google.golang.org/api/container/v1beta1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/gcp/nodepool"
	"ai-serving/sandbox/store"
)

const cluster = "projects/p/locations/europe-west4/clusters/c"

// lab is a cluster with one pool, whose nodes are those that the autoscaler sets.
type lab struct {
	*testing.T
	*Autoscaler
	client *fake.Clientset
}

func start(t *testing.T, pool container.NodePool, pods ...*corev1.Pod) lab {
	t.Helper()
	pool.Status, pool.Name = "RUNNING", "n"
	if pool.Config == nil {
		pool.Config = &container.NodeConfig{MachineType: "e2-standard-4", DiskSizeGb: 100}
	}
	client := fake.NewClientset()
	for _, pod := range pods {
		if err := client.Tracker().Add(pod); err != nil {
			t.Fatal(err)
		}
	}
	l := lab{t, &Autoscaler{Cluster: cluster, Client: client, Store: store.At(filepath.Join(t.TempDir(), "gcp.db"))}, client}
	l.SetNodes = func(_ context.Context, pool string, nodes []controlplane.Node) error { return l.set(pool, nodes) }
	key := cluster + "/nodePools/n"
	err := l.Store.Update(func(tx store.Tx) error {
		made, err := nodepool.Of(tx, key, pool)
		if err != nil {
			return err
		}
		for zone, size := range made.Sizes {
			if err := tx.Put(made.Manager(zone), map[string]int{"targetSize": size}); err != nil {
				return err
			}
		}
		nodes, err := made.Nodes()
		if err != nil {
			return err
		}
		if err := l.set("n", nodes); err != nil {
			return err
		}
		return tx.Put(key, pool)
	})
	if err != nil {
		t.Fatal(err)
	}
	l.start(t.Context())
	return l
}

// set makes the cluster have these nodes.
func (l lab) set(pool string, nodes []controlplane.Node) error {
	kept := map[string]bool{}
	for _, node := range nodes {
		kept[node.Name] = true
		object, err := node.Object(pool)
		if err != nil {
			return err
		}
		if _, err := l.client.CoreV1().Nodes().Create(l.Context(), object, metav1.CreateOptions{}); err != nil && !strings.Contains(err.Error(), "exists") {
			return err
		}
	}
	there, err := l.client.CoreV1().Nodes().List(l.Context(), metav1.ListOptions{})
	for _, node := range there.Items {
		if !kept[node.Name] {
			err = l.client.CoreV1().Nodes().Delete(l.Context(), node.Name, metav1.DeleteOptions{})
		}
	}
	return err
}

// expect looks until the zones have so many nodes.
func (l lab) expect(want map[string]int) {
	l.Helper()
	var got map[string]int
	for range 100 {
		if err := l.look(l.Context()); err != nil {
			l.Fatal(err)
		}
		got = map[string]int{}
		nodes, err := l.client.CoreV1().Nodes().List(l.Context(), metav1.ListOptions{})
		if err != nil {
			l.Fatal(err)
		}
		for _, node := range nodes.Items {
			got[node.Labels[corev1.LabelTopologyZone]]++
		}
		if maps.Equal(got, want) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	l.Errorf("nodes by zone (-want +got)\n%s", cmp.Diff(want, got))
}

// events are what was said: of what, why, and what.
func (l lab) events() []string {
	l.Helper()
	list, err := l.client.CoreV1().Events("").List(l.Context(), metav1.ListOptions{})
	if err != nil {
		l.Fatal(err)
	}
	var said []string
	for _, event := range list.Items {
		said = append(said, fmt.Sprintf("%s %s %s: %s", event.Type, event.InvolvedObject.Kind, event.Reason, event.Message))
	}
	slices.Sort(said)
	return slices.Compact(said)
}

// waiting is a pod that the scheduler finds no node for.
func waiting(name, cpu string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "acme", UID: types.UID(name)},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu)},
		}}}},
		Status: corev1.PodStatus{Conditions: []corev1.PodCondition{{
			Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable,
		}}},
	}
}

// running is a pod on a node.
func running(name, node, cpu string) *corev1.Pod {
	pod := waiting(name, cpu)
	controls := true
	pod.Spec.NodeName, pod.Status = node, corev1.PodStatus{}
	pod.OwnerReferences = []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "web", Controller: &controls}}
	return pod
}

func ab(scaling container.NodePoolAutoscaling) container.NodePool {
	scaling.Enabled = true
	return container.NodePool{InitialNodeCount: 1, Autoscaling: &scaling, Locations: []string{"europe-west4-a", "europe-west4-b"}}
}

func TestPendingPodsGetNodesEvenlyOverTheZones(t *testing.T) {
	t.Parallel()
	l := start(t, ab(container.NodePoolAutoscaling{TotalMaxNodeCount: 10}),
		running("1", nodeName("europe-west4-a", 0), "3"), running("2", nodeName("europe-west4-b", 0), "3"),
		waiting("a", "3"), waiting("b", "3"), waiting("c", "500m"), waiting("d", "3"))
	l.expect(map[string]int{"europe-west4-a": 3, "europe-west4-b": 2})
}

func TestAPodThatFitsOnANodeGetsNoOther(t *testing.T) {
	t.Parallel()
	l := start(t, ab(container.NodePoolAutoscaling{TotalMaxNodeCount: 10}), waiting("a", "1"))
	l.expect(map[string]int{"europe-west4-a": 1, "europe-west4-b": 1})
	if said := l.events(); len(said) > 0 {
		t.Errorf("said: %q", said)
	}
}

func TestAPoolGrowsToItsMaximumAndThenThePodIsTold(t *testing.T) {
	t.Parallel()
	for name, scaling := range map[string]container.NodePoolAutoscaling{
		"the pool has its 3 nodes":           {TotalMaxNodeCount: 3},
		"the pool has its 2 nodes in a zone": {MinNodeCount: 1, MaxNodeCount: 2},
	} {
		pods := []*corev1.Pod{}
		for i := range 7 {
			pods = append(pods, waiting(fmt.Sprint(i), "3"))
		}
		l := start(t, ab(scaling), pods...)
		want := map[string]int{"europe-west4-a": 2, "europe-west4-b": 1}
		if scaling.MaxNodeCount > 0 {
			want["europe-west4-b"] = 2
		}
		l.expect(want)
		if !slices.ContainsFunc(l.events(), func(said string) bool {
			return strings.HasSuffix(said, "fits into no node pool: n (e2-standard-4): "+name)
		}) {
			t.Errorf("said: %q, want %s", l.events(), name)
		}
	}
}

func TestAPodThatFitsIntoNoPoolIsToldWithThePoolsAndWhatTheyLack(t *testing.T) {
	t.Parallel()
	l := start(t, ab(container.NodePoolAutoscaling{TotalMaxNodeCount: 10}), waiting("a", "9"))
	l.expect(map[string]int{"europe-west4-a": 1, "europe-west4-b": 1})
	want := []string{"Normal Pod NotTriggerScaleUp: pod a fits into no node pool: n (e2-standard-4): cpu: it requests 9, a node has 3920m"}
	if diff := cmp.Diff(want, l.events()); diff != "" {
		t.Errorf("said (-want +got)\n%s", diff)
	}
}

func TestAcceleratorsComeFromNothingInAnyZone(t *testing.T) {
	t.Parallel()
	pool := ab(container.NodePoolAutoscaling{TotalMaxNodeCount: 4, LocationPolicy: "ANY"})
	pool.InitialNodeCount = 0
	pool.Config = &container.NodeConfig{MachineType: "g2-standard-4", DiskSizeGb: 100, Accelerators: []*container.AcceleratorConfig{
		{AcceleratorType: "nvidia-l4", AcceleratorCount: 1},
	}}
	asking := func(name string) *corev1.Pod {
		pod := waiting(name, "1")
		pod.Spec.Containers[0].Resources.Requests[nodepool.GPUResource] = resource.MustParse("1")
		pod.Spec.Tolerations = []corev1.Toleration{{Key: nodepool.GPUResource, Operator: corev1.TolerationOpExists}}
		return pod
	}
	l := start(t, pool, asking("a"), asking("b"))
	l.expect(map[string]int{"europe-west4-a": 2})
}

func TestMachinesTakeTheirTime(t *testing.T) {
	t.Parallel()
	l := start(t, ab(container.NodePoolAutoscaling{TotalMaxNodeCount: 10}), waiting("a", "3"), waiting("b", "3"), waiting("c", "3"))
	l.Latency = 1
	for range 3 {
		l.expect(map[string]int{"europe-west4-a": 1, "europe-west4-b": 1})
	}
	if len(l.ordered) != 1 || time.Until(l.ordered[0].due) < machineTime-time.Minute {
		t.Errorf("ordered: %+v, want one machine in %v", l.ordered, machineTime)
	}
}

func TestANodeThatNothingNeedsGoes(t *testing.T) {
	t.Parallel()
	two := ab(container.NodePoolAutoscaling{TotalMinNodeCount: 2, TotalMaxNodeCount: 10})
	two.InitialNodeCount = 2
	l := start(t, two, running("moved", nodeName("europe-west4-b", 1), "1"))
	l.unneeded[nodeName("europe-west4-b", 1)] = time.Now().Add(-time.Hour)
	evictions := 0
	l.client.PrependReactor("create", "pods", func(action clienttesting.Action) (bool, runtime.Object, error) {
		if action.GetSubresource() != "eviction" {
			return false, nil, nil
		}
		evictions++
		name := action.(clienttesting.CreateAction).GetObject().(*policyv1.Eviction).Name
		return true, nil, l.client.Tracker().Delete(corev1.SchemeGroupVersion.WithResource("pods"), "acme", name)
	})
	l.expect(map[string]int{"europe-west4-a": 2, "europe-west4-b": 1})
	if evictions != 1 {
		t.Errorf("%d evictions, want one", evictions)
	}
}

func TestWhatKeepsANode(t *testing.T) {
	t.Parallel()
	last := nodeName("europe-west4-a", 1)
	unsafe := running("a", last, "1")
	unsafe.Annotations = map[string]string{safeToEvict: "false"}
	alone := running("a", last, "1")
	alone.OwnerReferences = nil
	for name, pods := range map[string][]*corev1.Pod{
		"a pod that is not safe to evict":   {unsafe},
		"a pod that nothing makes again":    {alone},
		"half of it in use":                 {running("a", last, "2")},
		"no room for its pods on others":    {running("a", last, "1500m"), running("b", nodeName("europe-west4-a", 0), "3500m"), running("c", nodeName("europe-west4-b", 0), "3500m"), running("d", nodeName("europe-west4-b", 1), "3500m")},
		"a total that has to stay as it is": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scaling := container.NodePoolAutoscaling{TotalMinNodeCount: 3, TotalMaxNodeCount: 10}
			if pods == nil {
				scaling.TotalMinNodeCount = 4
			}
			pool := ab(scaling)
			pool.InitialNodeCount = 2
			l := start(t, pool, append(pods, running("z", nodeName("europe-west4-b", 1), "3"))...)
			for range 3 {
				l.unneeded[last] = time.Now().Add(-time.Hour)
				if err := l.look(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if l.draining != nil {
				t.Error("the node is drained")
			}
		})
	}
}

func nodeName(zone string, index int) string {
	return nodepool.Pool{Key: cluster + "/nodePools/n", Name: "n"}.NodeName(zone, index)
}
