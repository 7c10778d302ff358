package controlplane

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

func TestAClusterThatIsMadeUnreachable(t *testing.T) {
	t.Parallel()
	plane := newPlane(t)
	cluster, err := plane.Create(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	client, err := cluster.Client()
	if err != nil {
		t.Fatal(err)
	}

	if err := cluster.Refuse(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := plane.Create(t.Context(), id); err != nil { // as a plugin does before it changes a node pool
		t.Fatal(err)
	}
	if err := ask(t, client); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a request while the cluster refuses: %v, want %v", err, syscall.ECONNREFUSED)
	}
	restore(t, cluster, client)

	if err := cluster.Hang(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = ask(t, client)
	for range 10 { // the system takes a moment to stop all threads of a busy process
		if err == nil {
			err = ask(t, client)
		}
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a request while the cluster hangs: %v, want %v", err, context.DeadlineExceeded)
	}
	restore(t, cluster, client)

	if err := cluster.Hang(t.Context()); err != nil {
		t.Fatal(err)
	}
	before, err := cluster.Running()
	if err != nil {
		t.Fatal(err)
	}
	if err := plane.Delete(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	for _, program := range before {
		if program.PID != 0 { // it had just been started
			expectEnded(t, map[string]int{program.Name: program.PID})
		}
	}
}

// ask makes a request that has two seconds.
func ask(t *testing.T, client kubernetes.Interface) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	return err
}

func restore(t *testing.T, cluster Cluster, client kubernetes.Interface) {
	t.Helper()
	if unreachable, err := cluster.Unreachable(); !unreachable || err != nil {
		t.Errorf("Unreachable during an outage = %v, %v; want true", unreachable, err)
	}
	if err := cluster.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := ask(t, client); err != nil {
		t.Errorf("a request after the outage: %v", err)
	}
	if unreachable, err := cluster.Unreachable(); unreachable || err != nil {
		t.Errorf("Unreachable after an outage = %v, %v; want false", unreachable, err)
	}
}

func TestNodesThatAreKilled(t *testing.T) {
	t.Parallel()
	plane := newPlane(t)
	cluster, err := plane.Create(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	client, err := cluster.Client()
	if err != nil {
		t.Fatal(err)
	}
	nodes := []Node{machine("default-1", "europe-west4-a"), machine("default-2", "europe-west4-b")}
	setNodes(t, cluster, nodes)
	deploy(t, client)
	awaitAvailable(t, client, 2)

	expectCount(t, 1)(cluster.KillNodes(t.Context(), "default", "europe-west4-b"))
	expectPodsOn(t, client, "default-1")
	awaitAvailable(t, client, 2)
	if _, err := cluster.KillNodes(t.Context(), "default", "europe-west4-b"); err == nil {
		t.Error("the nodes of a zone can be killed twice")
	}

	// The pool grows, but not where its machines cannot be had.
	nodes = append(nodes, machine("default-3", "europe-west4-b"))
	setNodes(t, cluster, nodes)
	expectNodes(t, client, map[string]string{"default-1": "e2-standard-4"})

	expectCount(t, 1)(cluster.KillNodes(t.Context(), "default", AllZones))
	awaitAvailable(t, client, 0)
	want := map[string]map[string]int{"default": {"europe-west4-a": 1, "europe-west4-b": 2}}
	if got, err := cluster.Lost(); err != nil || !cmp.Equal(got, want) {
		t.Errorf("Lost = %v, %v; want %v", got, err, want)
	}

	expectCount(t, 3)(cluster.ReviveNodes(t.Context(), "default", AllZones))
	awaitAvailable(t, client, 2)
	if got, err := cluster.Lost(); err != nil || len(got) > 0 {
		t.Errorf("Lost after the revival = %v, %v; want none", got, err)
	}
}

func TestAPoolThatIsDeletedHasLostNothing(t *testing.T) {
	t.Parallel()
	record := lost{}
	record.add("default", []Node{machine("default-1", "europe-west4-a")})
	record.set("default", nil, nil)
	if len(record) > 0 {
		t.Errorf("the record of a deleted pool = %v; want none", record)
	}
}

// expectCount expects a number without an error.
func expectCount(t *testing.T, want int) func(int, error) {
	return func(got int, err error) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("nodes = %d, %v; want %d", got, err, want)
		}
	}
}
