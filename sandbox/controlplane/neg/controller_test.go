package neg

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"

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
	denied, err := save(store.At(path), cluster, []Group{first, second})
	if len(denied) != 1 || denied[0] != second {
		t.Errorf("denied are %v, want the second", denied)
	}
	want := "network endpoint group projects/demo/zones/europe-west4-a/networkEndpointGroups/chat of Service default/other port 80: the name is taken"
	if err == nil || err.Error() != want {
		t.Fatalf("save = %v, want %s", err, want)
	}
}

// TestAServiceIsNotToldOfWhatItDidNotGet: the name is another Service's.
func TestAServiceIsNotToldOfWhatItDidNotGet(t *testing.T) {
	t.Parallel()
	_, client := start(t, node("a", "europe-west4-a"))
	const annotation = `{"exposed_ports":{"80":{"name":"chat"}}}`
	create(t, client, service("chat", annotation))
	got := `{"network_endpoint_groups":{"80":"chat"},"zones":["europe-west4-a"]}`
	eventuallyStatus(t, client, "chat", got)
	late := service("late", annotation)
	late.CreationTimestamp = metav1.Now()
	late.Annotations[statusAnnotation] = got
	create(t, client, late)
	eventuallyStatus(t, client, "late", "")
	eventuallyStatus(t, client, "chat", got)
}

// TestAGroupIsInTheNetworkOfItsCluster.
func TestAGroupIsInTheNetworkOfItsCluster(t *testing.T) {
	t.Parallel()
	s := store.At(filepath.Join(t.TempDir(), "gcp.db"))
	put(t, s, cluster, map[string]any{"networkConfig": map[string]any{"network": "projects/demo/global/networks/main"}})
	group := newGroup("demo", "europe-west4-a", "chat", Origin{Cluster: cluster})
	if _, err := save(s, cluster, []Group{group}); err != nil {
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
	client := fake.NewClientset()
	for _, node := range nodes {
		if _, err := client.CoreV1().Nodes().Create(t.Context(), node, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	s := store.At(filepath.Join(t.TempDir(), "gcp.db"))
	controller := Controller{Cluster: cluster, Client: client, Store: s}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- controller.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s, client
}

func node(name, zone string) *corev1.Node {
	return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelTopologyZone: zone}}}
}

// service is a Service with port 80 and this request for groups.
func service(name, annotation string) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, Annotations: map[string]string{requestAnnotation: annotation}},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}},
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
