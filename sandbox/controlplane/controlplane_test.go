package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
)

const (
	id = "projects/demo/locations/europe-west4/clusters/serving"
	// availableTimeout is generous: other tests may use all processors.
	availableTimeout = 2 * time.Minute
)

func TestMain(m *testing.M) {
	bin, err := filepath.Abs("../../.sandbox/bin")
	if err == nil {
		err = os.Setenv("PATH", os.Getenv("PATH")+string(filepath.ListSeparator)+bin)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestTheLifeOfACluster(t *testing.T) {
	t.Parallel()
	plane := newPlane(t)
	cluster := createAtTheSameTime(t, plane)
	client, err := cluster.Client()
	if err != nil {
		t.Fatal(err)
	}

	nodes := []Node{machine("default-1", "europe-west4-a"), machine("default-2", "europe-west4-b")}
	nodes[1].Taints = []corev1.Taint{{Key: "tenant", Value: "acme", Effect: corev1.TaintEffectNoSchedule}}
	setNodes(t, cluster, nodes)
	deploy(t, client)
	awaitAvailable(t, client, 2)
	expectPodsOn(t, client, "default-1")

	before := running(t, cluster)
	if err := plane.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectEnded(t, before)
	if removed, err := plane.Start(t.Context(), everyCluster); err != nil || len(removed) > 0 {
		t.Fatalf("Start = %v, %v; want nothing removed", removed, err)
	}
	again, _, err := plane.Get(id)
	if err != nil || again.Endpoint != cluster.Endpoint {
		t.Fatalf("after a restart the cluster is at %q (%v), want %q", again.Endpoint, err, cluster.Endpoint)
	}
	awaitAvailable(t, client, 2)
	expectPodsOn(t, client, "default-1")

	nodes[0].MachineType = "e2-standard-8"
	setNodes(t, cluster, nodes[:1])
	expectNodes(t, client, map[string]string{"default-1": "e2-standard-8"})
	setNodes(t, cluster, nil)
	expectNodes(t, client, map[string]string{})

	before = running(t, cluster)
	if err := plane.Delete(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	expectEnded(t, before)
	if _, err := os.Stat(cluster.directory()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory of a deleted cluster: %v, want none", err)
	}
	if _, found, err := plane.Get(id); found || err != nil {
		t.Errorf("Get of a deleted cluster = %v, %v; want none", found, err)
	}
}

func TestAKilledProgramIsStartedAgain(t *testing.T) {
	t.Parallel()
	plane := newPlane(t)
	cluster, err := plane.Create(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	killed := running(t, cluster)[apiServer]
	if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	expectEnded(t, map[string]int{apiServer: killed})
	if _, err := plane.Create(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	restarted := running(t, cluster)[apiServer]
	if restarted == killed {
		t.Error("the API server still has the process id of the one that was killed")
	}

	// A killed program that takes a moment to end looks as if it ran.
	if err := syscall.Kill(restarted, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	expectEnded(t, map[string]int{apiServer: restarted})
	if err := cluster.process(apiServer).start(t.Context(), "sleep", "1"); err != nil {
		t.Fatal(err)
	}
	if _, err := plane.Create(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if client, err := cluster.Client(); err != nil || ask(t, client) != nil {
		t.Errorf("the API server does not answer: %v", err)
	}
}

// TestOnlyPodsThatAreMadeAfterTheirServiceWaitForItsGroups, as on GKE.
func TestOnlyPodsThatAreMadeAfterTheirServiceWaitForItsGroups(t *testing.T) {
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
	services, pods := client.CoreV1().Services("default"), client.CoreV1().Pods("default")
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "chat", Annotations: map[string]string{"cloud.google.com/neg": `{"exposed_ports":{"80":{"name":"chat"}}}`}},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": "chat"}, Ports: []corev1.ServicePort{{Port: 80}}},
	}
	pod := func(name string) *corev1.Pod {
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: service.Spec.Selector},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "server", Image: "registry.example.com/chat:1"}}},
		}
	}
	if _, err := pods.Create(t.Context(), pod("early"), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := services.Create(t.Context(), service, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	expectReady(t, client, "early", 0)
	// The API server takes a moment to see the Service.
	err = wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		made, err := pods.Create(ctx, pod("probe"), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err == nil && len(made.Spec.ReadinessGates) == 1, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pods.Create(t.Context(), pod("late"), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	expectReady(t, client, "late", 1)
}

// expectReady waits until a pod is ready, which has so many readiness gates.
func expectReady(t *testing.T, client kubernetes.Interface, name string, gates int) {
	t.Helper()
	var pod *corev1.Pod
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (ready bool, err error) {
		pod, err = client.CoreV1().Pods("default").Get(ctx, name, metav1.GetOptions{})
		return err == nil && slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
		}), err
	})
	if err != nil {
		t.Fatalf("pod %s: %v: %+v", name, err, pod.Status.Conditions)
	}
	if len(pod.Spec.ReadinessGates) != gates {
		t.Errorf("pod %s has the gates %v, want %d", name, pod.Spec.ReadinessGates, gates)
	}
}

func TestAnotherProgramOnTheAPIServersPortIsReported(t *testing.T) {
	t.Parallel()
	plane := newPlane(t)
	cluster, err := plane.prepare(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", cluster.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, err = plane.Create(t.Context(), id)
	want := "cluster " + id + ": kube-apiserver: " + cluster.Endpoint + ", which this cluster keeps for itself, is taken by another program"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("Create = %v, want %s", err, want)
	}
}

func TestAnIDThatIsNoClusterIsRefused(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "serving", "projects/p/locations/../clusters/c", "projects/p/locations/l/clusters/c/"} {
		_, err := At(t.TempDir()).Create(t.Context(), id)
		want := fmt.Sprintf("cluster id %q is not of the form projects/PROJECT/locations/LOCATION/clusters/NAME", id)
		if err == nil || err.Error() != want {
			t.Errorf("Create = %v, want %s", err, want)
		}
	}
}

// newPlane is a control plane that is stopped when the test ends.
func newPlane(t *testing.T) ControlPlane {
	t.Helper()
	plane := At(t.TempDir())
	t.Cleanup(func() {
		if err := plane.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return plane
}

// createAtTheSameTime creates the cluster twice at once, as two plugin processes
// would, and expects one.
func createAtTheSameTime(t *testing.T, plane ControlPlane) Cluster {
	t.Helper()
	var clusters [2]Cluster
	var group errgroup.Group
	for i := range clusters {
		group.Go(func() (err error) {
			clusters[i], err = plane.Create(t.Context(), id)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if clusters[0].Endpoint != clusters[1].Endpoint {
		t.Fatalf("two clusters, at %s and %s, want one", clusters[0].Endpoint, clusters[1].Endpoint)
	}
	return clusters[0]
}

func machine(name, zone string) Node {
	return Node{Name: name, Zone: zone, MachineType: "e2-standard-4", Capacity: corev1.ResourceList{
		corev1.ResourceCPU:    resource.MustParse("4"),
		corev1.ResourceMemory: resource.MustParse("16Gi"),
		corev1.ResourcePods:   resource.MustParse("110"),
	}}
}

func setNodes(t *testing.T, cluster Cluster, nodes []Node) {
	t.Helper()
	if err := cluster.SetNodes(t.Context(), "default", nodes); err != nil {
		t.Fatal(err)
	}
}

// expectNodes expects nodes with these names and machine types.
func expectNodes(t *testing.T, client kubernetes.Interface, want map[string]string) {
	t.Helper()
	list, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, node := range list.Items {
		got[node.Name] = node.Labels[corev1.LabelInstanceTypeStable]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
}

// deploy makes a Deployment of two pods that only fit a node without taints.
func deploy(t *testing.T, client kubernetes.Interface) {
	t.Helper()
	replicas := int32(2)
	labels := map[string]string{"app": "chat"}
	_, err := client.AppsV1().Deployments(metav1.NamespaceDefault).Create(t.Context(), &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "chat"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "chat", Image: "example.com/chat:1"}}},
			},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

// awaitAvailable waits until the Deployment has this many available replicas.
func awaitAvailable(t *testing.T, client kubernetes.Interface, want int32) {
	t.Helper()
	var got int32
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, availableTimeout, true, func(ctx context.Context) (bool, error) {
		deployment, err := client.AppsV1().Deployments(metav1.NamespaceDefault).Get(ctx, "chat", metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		got = deployment.Status.AvailableReplicas
		return got == want, nil
	})
	if err != nil {
		t.Fatalf("%d replicas available, want %d: %v", got, want, err)
	}
}

// expectPodsOn waits until every pod is on the node.
func expectPodsOn(t *testing.T, client kubernetes.Interface, node string) {
	t.Helper()
	var elsewhere []string
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, availableTimeout, true, func(ctx context.Context) (bool, error) {
		pods, err := client.CoreV1().Pods(metav1.NamespaceDefault).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		elsewhere = nil
		for _, pod := range pods.Items {
			if pod.Spec.NodeName != node {
				elsewhere = append(elsewhere, pod.Name+" on "+pod.Spec.NodeName)
			}
		}
		return len(pods.Items) > 0 && len(elsewhere) == 0, nil
	})
	if err != nil {
		t.Errorf("not on %s: %q: %v", node, elsewhere, err)
	}
}

// running returns the process ids of a cluster that has all its programs.
func running(t *testing.T, cluster Cluster) map[string]int {
	t.Helper()
	programs, err := cluster.Running()
	if err != nil {
		t.Fatal(err)
	}
	pids := map[string]int{}
	for _, program := range programs {
		pids[program.Name] = program.PID
	}
	for _, name := range []string{etcd, apiServer, controllerManager, scheduler, kwok, gkeControllers} {
		if pids[name] == 0 {
			t.Fatalf("%s does not run; running: %v", name, pids)
		}
	}
	return pids
}

// expectEnded expects that no process with these ids is left.
func expectEnded(t *testing.T, pids map[string]int) {
	t.Helper()
	for name, pid := range pids {
		err := wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, 10*time.Second, true, func(context.Context) (bool, error) {
			return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH), nil
		})
		if err != nil {
			t.Errorf("%s (process %d) is left: %v", name, pid, err)
		}
	}
}
