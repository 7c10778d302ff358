package controlplane

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"ai-serving/sandbox/controlplane/kubelet"
	"ai-serving/sandbox/latency"
)

const (
	// paceOfPods scales the pods' times: those of the program's add up to some minutes.
	paceOfPods = "1/20"
	// tolerated is how much later than it should be something may be seen, on a machine
	// that is busy; earlier it may not be.
	tolerated = 2 * time.Second
)

// TestAPodOfTheProgramsEndsAsAKubeletEndsIt deletes pods of a Deployment that the program
// makes: of a server that ends after its longest response, and of one that ignores SIGTERM.
func TestAPodOfTheProgramsEndsAsAKubeletEndsIt(t *testing.T) {
	t.Parallel()
	made := deploymentOfTheProgram(t)
	spec := made.Spec.Template.Spec
	hook := spec.Containers[0].Lifecycle.PreStop.Sleep.Seconds
	grace := *spec.TerminationGracePeriodSeconds
	const margin = 15 // what the program leaves a server beside its longest response
	stream := grace - hook - margin
	if hook <= 0 || stream <= 0 {
		t.Fatalf("the program's pod has a hook of %d s and a grace of %d s, which leave its responses %d s", hook, grace, stream)
	}
	client := slowCluster(t)
	for name, test := range map[string]struct {
		drain     int64 // after SIGTERM
		exit      int64 // after the deletion
		code      int32
		explained string
	}{
		"one that drains":             {stream, hook + stream, 0, "ends by itself"},
		"one that ignores the signal": {10 * grace, grace, 137, "is killed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			space := strings.ReplaceAll(name, " ", "-")
			pod := run(t, client, space, made, test.drain)
			seen := endOf(t, client, pod)
			if seen.code != test.code {
				t.Errorf("the server's exit code is %d, want %d", seen.code, test.code)
			}
			expectOrder(t, seen)
			expectAt(t, "the endpoint is not ready", seen.unready, 0)
			expectAt(t, "the hook begins", seen.killing, 0)
			expectAt(t, "SIGTERM", seen.signal, hook)
			expectAt(t, "the server "+test.explained, seen.exit, test.exit)
			expectAt(t, "the pod is gone", seen.gone, test.exit)
		})
	}
}

// end is when what was seen of a pod's end, counted from its deletion.
type end struct {
	unready, killing, signal, exit, gone time.Duration
	code                                 int32
}

func expectOrder(t *testing.T, seen end) {
	t.Helper()
	if !(seen.unready < seen.signal && seen.killing < seen.signal && seen.signal < seen.exit && seen.exit <= seen.gone) {
		t.Errorf("the order is another: endpoint not ready after %s, hook after %s, SIGTERM after %s, exit after %s, gone after %s",
			seen.unready, seen.killing, seen.signal, seen.exit, seen.gone)
	}
}

// expectAt expects something so many seconds after the deletion, by the pods' pace.
func expectAt(t *testing.T, what string, got time.Duration, seconds int64) {
	t.Helper()
	factor, err := latency.Factor(paceOfPods)
	if err != nil {
		t.Fatal(err)
	}
	want := time.Duration(factor * float64(seconds) * float64(time.Second))
	t.Logf("%s: after %s, want %s", what, got.Round(time.Millisecond), want)
	switch {
	case got == 0:
		t.Errorf("%s: never", what)
	case got < want || got > want+tolerated:
		t.Errorf("%s: after %s, want %s to %s", what, got, want, want+tolerated)
	}
}

// deploymentOfTheProgram is one that it makes for its stack dev, by its golden file.
func deploymentOfTheProgram(t *testing.T) *appsv1.Deployment {
	t.Helper()
	text, err := os.ReadFile("../../testdata/dev.up.golden.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var inventory struct{ Resources []map[string]any }
	if err := yaml.Unmarshal(text, &inventory); err != nil {
		t.Fatal(err)
	}
	for _, resource := range inventory.Resources {
		if resource["type"] != "kubernetes:apps/v1:Deployment" {
			continue
		}
		text, err := yaml.Marshal(resource["inputs"])
		if err != nil {
			t.Fatal(err)
		}
		var made appsv1.Deployment
		if err := yaml.UnmarshalStrict(text, &made); err != nil {
			t.Fatal(err)
		}
		return &made
	}
	t.Fatal("the stack has no Deployment")
	return nil
}

// slowCluster is a cluster whose pods take their time to end.
func slowCluster(t *testing.T) kubernetes.Interface {
	t.Helper()
	plane := newPlane(t)
	plane.latency = paceOfPods
	cluster, err := plane.Create(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	setNodes(t, cluster, []Node{machine("default-1", "europe-west4-a")})
	client, err := cluster.Client()
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// run makes a pod of a Deployment run, behind a Service, whose server takes so many
// seconds after SIGTERM, and returns it when it is ready.
func run(t *testing.T, client kubernetes.Interface, space string, made *appsv1.Deployment, drain int64) *corev1.Pod {
	t.Helper()
	one := int32(1)
	made = made.DeepCopy()
	made.Namespace = space
	made.Spec.Replicas = &one
	made.Spec.Template.Annotations = map[string]string{kubelet.DrainAnnotation: fmt.Sprint(drain)}
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: made.Name},
		Spec:       corev1.ServiceSpec{Selector: made.Spec.Selector.MatchLabels, Ports: []corev1.ServicePort{{Port: 80}}},
	}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: made.Spec.Template.Spec.ServiceAccountName}}
	_, errSpace := client.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: space}}, metav1.CreateOptions{})
	_, errAccount := client.CoreV1().ServiceAccounts(space).Create(t.Context(), account, metav1.CreateOptions{})
	_, errService := client.CoreV1().Services(space).Create(t.Context(), service, metav1.CreateOptions{})
	_, errDeployment := client.AppsV1().Deployments(space).Create(t.Context(), made, metav1.CreateOptions{})
	for _, err := range []error{errSpace, errAccount, errService, errDeployment} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var name string
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, availableTimeout, true, func(ctx context.Context) (bool, error) {
		slices, err := client.DiscoveryV1().EndpointSlices(space).List(ctx, metav1.ListOptions{})
		for _, slice := range slices.Items {
			for _, endpoint := range slice.Endpoints {
				if isServed(endpoint) {
					name = endpoint.TargetRef.Name
				}
			}
		}
		return name != "", err
	})
	if err != nil {
		t.Fatalf("no endpoint of %s is ready: %v", space, err)
	}
	pod, err := client.CoreV1().Pods(space).Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return pod
}

// endOf deletes a pod and watches it end.
func endOf(t *testing.T, client kubernetes.Interface, pod *corev1.Pod) end {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), availableTimeout)
	defer cancel()
	space := pod.Namespace
	this := metav1.ListOptions{FieldSelector: "metadata.name=" + pod.Name, ResourceVersion: pod.ResourceVersion}
	pods, errPods := client.CoreV1().Pods(space).Watch(ctx, this)
	events, errEvents := client.CoreV1().Events(space).Watch(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=" + pod.Name})
	slices, errSlices := client.DiscoveryV1().EndpointSlices(space).Watch(ctx, metav1.ListOptions{})
	for _, err := range []error{errPods, errEvents, errSlices} {
		if err != nil {
			t.Fatal(err)
		}
	}
	defer pods.Stop()
	defer events.Stop()
	defer slices.Stop()

	begin := time.Now()
	if err := client.CoreV1().Pods(space).Delete(ctx, pod.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	var seen end
	note := func(when *time.Duration) {
		if *when == 0 {
			*when = time.Since(begin)
		}
	}
	for seen.gone == 0 {
		select {
		case change := <-pods.ResultChan():
			if now, is := change.Object.(*corev1.Pod); is {
				if ended := now.Status.ContainerStatuses[0].State.Terminated; ended != nil {
					note(&seen.exit)
					seen.code = ended.ExitCode
				}
			}
			if change.Type == watch.Deleted {
				note(&seen.gone)
			}
		case change := <-events.ResultChan():
			switch event, is := change.Object.(*corev1.Event); {
			case is && event.Reason == "Killing":
				note(&seen.killing)
			case is && event.Reason == kubelet.Signalled:
				note(&seen.signal)
			}
		case change := <-slices.ResultChan():
			if slice, is := change.Object.(*discoveryv1.EndpointSlice); is && !serves(slice, pod.Name) {
				note(&seen.unready)
			}
		case <-ctx.Done():
			t.Fatalf("the pod does not end: %+v", seen)
		}
	}
	return seen
}

// serves says whether a pod's endpoint is ready.
func serves(slice *discoveryv1.EndpointSlice, pod string) bool {
	for _, endpoint := range slice.Endpoints {
		if endpoint.TargetRef.Name == pod && isServed(endpoint) {
			return true
		}
	}
	return false
}

func isServed(endpoint discoveryv1.Endpoint) bool {
	return endpoint.Conditions.Ready != nil && *endpoint.Conditions.Ready
}
