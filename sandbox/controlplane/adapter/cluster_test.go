package adapter_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/controlplane/monitoring"
)

const (
	id     = "projects/demo/locations/europe-west4/clusters/serving"
	metric = "llamacpp:requests_deferred" // that the model is scaled by
	// patience is generous: other tests may use all processors.
	patience = 3 * time.Minute
)

func TestMain(m *testing.M) {
	bin, err := filepath.Abs("../../../.sandbox/bin")
	if err == nil {
		err = os.Setenv("PATH", os.Getenv("PATH")+string(filepath.ListSeparator)+bin)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// cluster is a cluster with a node, which is stopped when the test ends.
type cluster struct {
	controlplane.Cluster
	client  *kubernetes.Clientset
	dynamic *dynamic.DynamicClient
	feed    monitoring.Feed
}

func start(t *testing.T) cluster {
	t.Helper()
	plane := controlplane.At(t.TempDir())
	t.Cleanup(func() {
		if err := plane.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	made, err := plane.Create(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	c := cluster{Cluster: made, feed: monitoring.Feed{Directory: made.MetricsDirectory()}}
	if c.client, err = made.Client(); err != nil {
		t.Fatal(err)
	}
	if c.dynamic, err = made.Dynamic(); err != nil {
		t.Fatal(err)
	}
	node := controlplane.Node{Name: "default-1", Zone: "europe-west4-a", MachineType: "n2-standard-48", Capacity: corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse("48"), corev1.ResourceMemory: resource.MustParse("192Gi"), corev1.ResourcePods: resource.MustParse("110"),
	}}
	if err := made.SetNodes(t.Context(), "default", []controlplane.Node{node}); err != nil {
		t.Fatal(err)
	}
	return c
}

// apply makes objects. One that the API server does not serve yet is tried again.
func (c cluster) apply(t *testing.T, all []*unstructured.Unstructured) {
	t.Helper()
	for _, object := range all {
		plural, _ := meta.UnsafeGuessKindToResource(object.GroupVersionKind())
		resources := c.dynamic.Resource(plural)
		var err error
		if object.GetNamespace() == "" {
			_, err = resources.Apply(t.Context(), object.GetName(), object, metav1.ApplyOptions{FieldManager: "test"})
		} else {
			_, err = resources.Namespace(object.GetNamespace()).Apply(t.Context(), object.GetName(), object, metav1.ApplyOptions{FieldManager: "test"})
		}
		if err != nil {
			t.Fatalf("%s %s: %v", object.GetKind(), object.GetName(), err)
		}
	}
}

// tell makes the servers of a namespace's model tell so many waiting requests.
func (c cluster) tell(t *testing.T, namespace, text string) {
	t.Helper()
	value, err := monitoring.ParseValue(text)
	if err == nil {
		err = c.feed.Set(monitoring.Series{Namespace: namespace, Deployment: model, Metric: metric}, value)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits until f says that something is so. It fails with what f says last.
func eventually(t *testing.T, what string, f func(context.Context) (state string, is bool)) {
	t.Helper()
	var states []string // the last one is often that time is up
	err := wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		state, is := f(ctx)
		if len(states) == 0 || states[len(states)-1] != state {
			states = append(states, state)
		}
		return is, nil
	})
	if err != nil {
		t.Fatalf("%s: %v: %q", what, err, states[max(0, len(states)-3):])
	}
}
