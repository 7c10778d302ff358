package adapter_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const (
	model = "chat" // in the namespace pool, which the program's own tests record
	pool  = "pool"

	// Scaling down is quicker in the tests: the program waits for 300 quiet seconds, and 60
	// between two replicas. As there, the first time is the longer one: within a period, an
	// autoscaler takes back all that it has added in it, whatever the policy says. See
	// calculateScaleDownLimitWithBehaviors in github.com/kubernetes/kubernetes,
	// pkg/controller/podautoscaler/horizontal.go. All else is the program's.
	quietSeconds, downSeconds = 25, 20
)

// registration is a resource as the program's own tests record it.
type registration struct {
	Path, Type, Provider string
	Inputs               map[string]any
}

// recording reads the objects that the program registers in a cluster of its production
// stack: see internal/testkit.
var recording = sync.OnceValues(func() ([]registration, error) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", "prod.up.golden.yaml"))
	if err != nil {
		return nil, err
	}
	var stack struct{ Resources []registration }
	if err := yaml.Unmarshal(text, &stack); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(stack.Resources, func(r registration) bool {
		return !strings.HasPrefix(r.Type, "kubernetes:") || !strings.HasSuffix(r.Provider, "::europe-west4")
	}), nil
})

// recorded are the objects that are wanted.
func recorded(t *testing.T, wanted func(registration, *unstructured.Unstructured) bool) []*unstructured.Unstructured {
	t.Helper()
	all, err := recording()
	if err != nil {
		t.Fatal(err)
	}
	var found []*unstructured.Unstructured
	for _, r := range all {
		if object := (&unstructured.Unstructured{Object: r.Inputs}); wanted(r, object) {
			found = append(found, object.DeepCopy())
		}
	}
	slices.SortStableFunc(found, func(a, b *unstructured.Unstructured) int { return rank(a) - rank(b) })
	return found
}

// rank is lower for what the API server needs first.
func rank(object *unstructured.Unstructured) int {
	if object.GetKind() == "Namespace" {
		return 0
	}
	return 1
}

// metricsAdapter are the objects of the adapter, without some of them.
func metricsAdapter(t *testing.T, without ...string) []*unstructured.Unstructured {
	t.Helper()
	return recorded(t, func(r registration, object *unstructured.Unstructured) bool {
		return strings.Contains(r.Path, "gcp:MetricsAdapter ") && !slices.Contains(without, named(object))
	})
}

// workload are the objects of the model, without some of them, in another namespace than
// theirs. It is reached from no front end: it has no Service.
func workload(t *testing.T, namespace string, without ...string) []*unstructured.Unstructured {
	t.Helper()
	objects := recorded(t, func(_ registration, object *unstructured.Unstructured) bool {
		its := named(object) == "Namespace/"+pool || object.GetNamespace() == pool && slices.Contains([]string{model, "namespace.isolation"}, object.GetName())
		return its && object.GetKind() != "Service" && !slices.Contains(without, named(object))
	})
	for _, object := range objects {
		switch object.GetKind() {
		case "Namespace":
			object.SetName(namespace)
			continue
		case "HorizontalPodAutoscaler":
			hasten(t, object)
		}
		object.SetNamespace(namespace)
	}
	return objects
}

// hasten makes an autoscaler scale down more quickly.
func hasten(t *testing.T, autoscaler *unstructured.Unstructured) {
	t.Helper()
	behavior, _, err := unstructured.NestedMap(autoscaler.Object, "spec", "behavior", "scaleDown")
	if err != nil {
		t.Fatal(err)
	}
	behavior["stabilizationWindowSeconds"] = int64(quietSeconds)
	for _, policy := range behavior["policies"].([]any) {
		policy.(map[string]any)["periodSeconds"] = int64(downSeconds)
	}
	if err := unstructured.SetNestedMap(autoscaler.Object, behavior, "spec", "behavior", "scaleDown"); err != nil {
		t.Fatal(err)
	}
}

// named is the kind and the name of an object.
func named(object *unstructured.Unstructured) string {
	return object.GetKind() + "/" + object.GetName()
}
