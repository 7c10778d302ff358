package adapter_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/controlplane/monitoring"
)

const (
	id     = "projects/demo/locations/europe-west4/clusters/serving"
	metric = "vllm:num_requests_waiting"
	// patience is generous: other tests may use all processors.
	patience = 2 * time.Minute
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
	node := controlplane.Node{Name: "default-1", Zone: "europe-west4-a", MachineType: "e2-standard-8", Capacity: corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse("8"), corev1.ResourceMemory: resource.MustParse("32Gi"), corev1.ResourcePods: resource.MustParse("110"),
	}}
	if err := made.SetNodes(t.Context(), "default", []controlplane.Node{node}); err != nil {
		t.Fatal(err)
	}
	return c
}

// objects are those of a file of testdata, in a namespace, without some of them.
func objects(t *testing.T, file, namespace string, without ...string) []*unstructured.Unstructured {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(bytes.ReplaceAll(raw, []byte("NAMESPACE"), []byte(namespace))), len(raw))
	var all []*unstructured.Unstructured
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if !slices.Contains(without, object.GetKind()+"/"+object.GetName()) {
			all = append(all, object)
		}
	}
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
		err = c.feed.Set(monitoring.Series{Namespace: namespace, Deployment: "chat", Metric: metric}, value)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits until f says that something is so. It fails with what f says last.
func eventually(t *testing.T, what string, f func(context.Context) (state string, is bool)) {
	t.Helper()
	state := ""
	err := wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, patience, true, func(ctx context.Context) (is bool, err error) {
		state, is = f(ctx)
		return is, nil
	})
	if err != nil {
		t.Fatalf("%s: %v: %s", what, err, state)
	}
}
