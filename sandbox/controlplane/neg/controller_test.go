package neg

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"

	"ai-serving/sandbox/controlplane/crd"
	"ai-serving/sandbox/store"
)

const cluster = "projects/demo/locations/europe-west4/clusters/serving"

func TestAServiceGetsAGroupInEachZoneOfTheNodes(t *testing.T) {
	t.Parallel()
	s, client := start(t, node("a", "europe-west4-a"), node("b", "europe-west4-b"), node("c", "europe-west4-b"))
	create(t, client, service("chat", `{"exposed_ports":{"80":{"name":"chat"}}}`))

	eventually(t, s, []string{
		"projects/demo/zones/europe-west4-a/networkEndpointGroups/chat",
		"projects/demo/zones/europe-west4-b/networkEndpointGroups/chat",
	})
	want := `{"network_endpoint_groups":{"80":"chat"},"zones":["europe-west4-a","europe-west4-b"]}`
	eventuallyStatus(t, client, "chat", want)
}

func TestAGroupGoesWithItsService(t *testing.T) {
	t.Parallel()
	s, client := start(t, node("a", "europe-west4-a"))
	create(t, client, service("chat", `{"exposed_ports":{"80":{"name":"chat"}}}`))
	eventually(t, s, []string{ID("demo", "europe-west4-a", "chat")})

	if err := client.CoreV1().Services("default").Delete(t.Context(), "chat", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, s, nil)
}

func TestACustomResourceTellsOfTheGroupsThatAreThere(t *testing.T) {
	t.Parallel()
	_, client, resources := startWith(t, Controller{Delay: time.Second}, node("a", "europe-west4-a"), node("b", "europe-west4-b"))
	create(t, client, service("chat", `{"exposed_ports":{"80":{"name":"chat-group"}}}`))
	told := func() (groups, conditions int) {
		found, err := resources.Resource(Resource).Namespace("default").Get(t.Context(), "chat-group", metav1.GetOptions{})
		if err != nil {
			return -1, 0 // not yet
		}
		if got := found.GetFinalizers(); !slices.Equal(got, []string{finalizer}) {
			t.Fatalf("finalizers %v", got)
		}
		listed, _, _ := unstructured.NestedSlice(found.Object, "status", "networkEndpointGroups")
		held, _, _ := unstructured.NestedSlice(found.Object, "status", "conditions")
		return len(listed), len(held)
	}
	for _, want := range [][2]int{{0, 0}, {1, 0}, {2, 2}} { // before the groups, with the first, with both
		err := poll(t, func() (bool, error) {
			groups, conditions := told()
			return groups == want[0] && conditions == want[1], nil
		})
		if err != nil {
			t.Errorf("there never were %d groups and %d conditions: %v", want[0], want[1], err)
		}
	}
}

func TestGroupsAreCollectedInTurns(t *testing.T) {
	t.Parallel()
	s, client, resources := startWith(t, Controller{Collect: 3 * time.Second}, node("a", "europe-west4-a"))
	create(t, client, service("chat", `{"exposed_ports":{"80":{"name":"chat"}}}`))
	group := ID("demo", "europe-west4-a", "chat")
	eventually(t, s, []string{group})
	if err := client.CoreV1().Services("default").Delete(t.Context(), "chat", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	create(t, client, service("embed", `{"exposed_ports":{"80":{"name":"embed"}}}`)) // after which the first is surplus
	eventually(t, s, []string{group, ID("demo", "europe-west4-a", "embed")})
	eventually(t, s, []string{ID("demo", "europe-west4-a", "embed")})
	err := poll(t, func() (bool, error) {
		_, err := resources.Resource(Resource).Namespace("default").Get(t.Context(), "chat", metav1.GetOptions{})
		return apierrors.IsNotFound(err), nil
	})
	if err != nil {
		t.Errorf("the custom resource outlives the group: %v", err)
	}
}

func TestAGroupInUseIsKeptUntilItIsNot(t *testing.T) {
	t.Parallel()
	s, client := start(t, node("a", "europe-west4-a"))
	create(t, client, service("chat", `{"exposed_ports":{"80":{"name":"chat"}}}`))
	group := ID("demo", "europe-west4-a", "chat")
	eventually(t, s, []string{group})

	const user = "projects/demo/global/backendServices/chat"
	put(t, s, user, map[string]any{"backends": []any{map[string]any{"group": computeURL + group}}})
	if err := client.CoreV1().Services("default").Delete(t.Context(), "chat", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	create(t, client, service("embed", `{"exposed_ports":{"80":{"name":"embed"}}}`))
	eventually(t, s, []string{group, ID("demo", "europe-west4-a", "embed")})

	if err := s.Update(func(tx store.Tx) error { return tx.Delete(user) }); err != nil {
		t.Fatal(err)
	}
	eventually(t, s, []string{ID("demo", "europe-west4-a", "embed")})
}

func TestANameThatIsTakenIsNotTakenOver(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "gcp.db")
	origin := Origin{Cluster: cluster, Namespace: "default", Service: "chat", Port: "80"}
	first := newGroup("demo", "europe-west4-a", "chat", origin)
	origin.Service = "other"
	second := newGroup("demo", "europe-west4-a", "chat", origin)
	lacking, err := save(store.At(path), cluster, []Group{first, second}, nil)
	if len(lacking) != 1 || lacking[0] != second {
		t.Errorf("%v are lacking, want the second", lacking)
	}
	want := "network endpoint group projects/demo/zones/europe-west4-a/networkEndpointGroups/chat of Service default/other port 80: the name is taken"
	if err == nil || err.Error() != want {
		t.Fatalf("save = %v, want %s", err, want)
	}
}

func TestAServiceIsToldOfItsGroupsBeforeTheyAreThere(t *testing.T) {
	t.Parallel()
	s, client := startSlow(t, time.Hour, node("a", "europe-west4-a"))
	create(t, client, service("chat", `{"exposed_ports":{"80":{"name":"chat"}}}`))
	eventuallyStatus(t, client, "chat", `{"network_endpoint_groups":{"80":"chat"},"zones":["europe-west4-a"]}`)
	eventually(t, s, nil)
}

func TestGroupsAreMadeZoneByZone(t *testing.T) {
	t.Parallel()
	first, second := ID("demo", "europe-west4-a", "chat"), ID("demo", "europe-west4-b", "chat")
	s, client := startSlow(t, time.Second, node("a", "europe-west4-a"), node("b", "europe-west4-b"))
	create(t, client, service("chat", `{"exposed_ports":{"80":{"name":"chat"}}}`))
	eventually(t, s, []string{first})
	eventually(t, s, []string{first, second})
}

func TestAPodIsReadyWhenTheGroupsOfAllZonesAreThere(t *testing.T) {
	t.Parallel()
	s, client := startSlow(t, time.Second, node("a", "europe-west4-a"), node("b", "europe-west4-b"))
	create(t, client, service("chat", `{"exposed_ports":{"80":{"name":"chat"}}}`))
	pods := client.CoreV1().Pods("default")
	if _, err := pods.Create(t.Context(), gatedPod("chat-0", "chat"), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	err := poll(t, func() (bool, error) {
		pod, err := pods.Get(t.Context(), "chat-0", metav1.GetOptions{})
		return err == nil && !waits(pod), err
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, s, []string{ID("demo", "europe-west4-a", "chat"), ID("demo", "europe-west4-b", "chat")})
}

// TestAPodOfAServiceThatDoesNotGetItsGroupsIsNotReady: the name is another Service's.
// After ten minutes GKE passes the gate all the same.
func TestAPodOfAServiceThatDoesNotGetItsGroupsIsNotReady(t *testing.T) {
	t.Parallel()
	_, client := start(t, node("a", "europe-west4-a"))
	const annotation = `{"exposed_ports":{"80":{"name":"chat"}}}`
	create(t, client, service("chat", annotation))
	late := service("late", annotation)
	late.CreationTimestamp = metav1.Now()
	create(t, client, late)
	eventuallyStatus(t, client, "late", `{"network_endpoint_groups":{"80":"chat"},"zones":["europe-west4-a"]}`)
	old := gatedPod("late-old", "late")
	old.CreationTimestamp = metav1.NewTime(time.Now().Add(-gateTimeout - time.Second))
	for _, pod := range []*corev1.Pod{gatedPod("late-new", "late"), gatedPod("chat-0", "chat"), old} {
		if _, err := client.CoreV1().Pods("default").Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	var waiting []string
	err := poll(t, func() (bool, error) {
		waiting = nil
		pods, err := client.CoreV1().Pods("default").List(t.Context(), metav1.ListOptions{})
		for _, pod := range pods.Items {
			if waits(&pod) {
				waiting = append(waiting, pod.Name)
			}
		}
		return len(waiting) == 1, err
	})
	if err != nil || waiting[0] != "late-new" {
		t.Errorf("%v wait (%v), want late-new alone", waiting, err)
	}
}

// gatedPod is a running pod of an app that waits for its gate.
func gatedPod(name, app string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, Labels: map[string]string{"app": app}, CreationTimestamp: metav1.Now()},
		Spec:       corev1.PodSpec{ReadinessGates: []corev1.PodReadinessGate{{ConditionType: gateType}}},
		Status:     corev1.PodStatus{Phase: corev1.PodRunning},
	}
}

// TestAGroupIsInTheNetworkOfItsCluster.
func TestAGroupIsInTheNetworkOfItsCluster(t *testing.T) {
	t.Parallel()
	s := store.At(filepath.Join(t.TempDir(), "gcp.db"))
	put(t, s, cluster, map[string]any{"networkConfig": map[string]any{"network": "projects/demo/global/networks/main"}})
	group := newGroup("demo", "europe-west4-a", "chat", Origin{Cluster: cluster})
	if _, err := save(s, cluster, []Group{group}, nil); err != nil {
		t.Fatal(err)
	}
	err := s.View(func(tx store.Tx) error {
		user, err := userOf(tx, "projects/demo/global/networks/main")
		if user != group.id() {
			t.Errorf("the network is used by %q, want the group", user)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRequestedGroups(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		annotation string
		want       map[string]string
		fault      string
	}{
		"named": {annotation: `{"exposed_ports":{"80":{"name":"chat"}}}`, want: map[string]string{"80": "chat"}},
		"generated name": {
			annotation: `{"exposed_ports":{"80":{}}}`,
			want:       map[string]string{"80": "k8s1-cb1490ef-default-chat-80-0cf9139f"},
		},
		"ingress only": {annotation: `{"ingress":true}`, want: map[string]string{}},
		"port that the Service lacks": {
			annotation: `{"exposed_ports":{"81":{}}}`,
			fault:      "annotation cloud.google.com/neg: the Service has no port 81",
		},
		"bad name": {
			annotation: `{"exposed_ports":{"80":{"name":"Chat"}}}`,
			fault:      `annotation cloud.google.com/neg: name "Chat": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
		},
		"not JSON": {annotation: "yes", fault: "annotation cloud.google.com/neg: invalid character 'y' looking for beginning of value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := requestedGroups(cluster, service("chat", test.annotation))
			fault := ""
			if err != nil {
				fault = err.Error()
			}
			if diff := cmp.Diff(test.fault, fault); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// start runs a controller over a cluster with these nodes until the test ends.
func start(t *testing.T, nodes ...*corev1.Node) (store.Store, kubernetes.Interface) {
	t.Helper()
	s, client, _ := startWith(t, Controller{}, nodes...)
	return s, client
}

// startSlow is start with a controller that takes so long for the groups of a zone.
func startSlow(t *testing.T, delay time.Duration, nodes ...*corev1.Node) (store.Store, kubernetes.Interface) {
	t.Helper()
	s, client, _ := startWith(t, Controller{Delay: delay}, nodes...)
	return s, client
}

// startWith is start with a controller that has its times.
func startWith(t *testing.T, controller Controller, nodes ...*corev1.Node) (store.Store, kubernetes.Interface, dynamic.Interface) {
	t.Helper()
	client := fake.NewClientset()
	for _, node := range nodes {
		if _, err := client.CoreV1().Nodes().Create(t.Context(), node, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	s := store.At(filepath.Join(t.TempDir(), "gcp.db"))
	resources := dynamicfake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), map[schema.GroupVersionResource]string{
		Resource: "ServiceNetworkEndpointGroupList", crd.Definitions: "CustomResourceDefinitionList",
	})
	controller.Cluster, controller.Client, controller.Dynamic, controller.Store = cluster, client, resources, s
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- controller.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s, client, resources
}

func node(name, zone string) *corev1.Node {
	return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelTopologyZone: zone}}}
}

// service is a Service with port 80 and this request for groups.
func service(name, annotation string) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, Annotations: map[string]string{requestAnnotation: annotation}},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": name}, Ports: []corev1.ServicePort{{Port: 80}}},
	}
}

func create(t *testing.T, client kubernetes.Interface, service *corev1.Service) {
	t.Helper()
	if _, err := client.CoreV1().Services(service.Namespace).Create(t.Context(), service, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, s store.Store, id string, v any) {
	t.Helper()
	if err := s.Update(func(tx store.Tx) error { return tx.Put(id, v) }); err != nil {
		t.Fatal(err)
	}
}

// eventually waits until the store holds exactly the groups with these ids.
func eventually(t *testing.T, s store.Store, want []string) {
	t.Helper()
	var got []string
	err := poll(t, func() (bool, error) {
		got = nil
		err := s.View(func(tx store.Tx) error {
			return tx.Each("projects/demo/zones/", func(id string, _ json.RawMessage) error {
				got = append(got, id)
				return nil
			})
		})
		return cmp.Equal(want, got), err
	})
	if err != nil {
		t.Fatalf("%v: groups (-want +got):\n%s", err, cmp.Diff(want, got))
	}
}

// eventuallyStatus waits until a Service tells this of its groups.
func eventuallyStatus(t *testing.T, client kubernetes.Interface, name, want string) {
	t.Helper()
	got := ""
	err := poll(t, func() (bool, error) {
		service, err := client.CoreV1().Services("default").Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		got = service.Annotations[statusAnnotation]
		return got == want, nil
	})
	if err != nil {
		t.Fatalf("%v: status %s, want %s", err, got, want)
	}
}

func poll(t *testing.T, condition func() (bool, error)) error {
	t.Helper()
	return wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, 20*time.Second, true, func(context.Context) (bool, error) {
		return condition()
	})
}
