// Package outages takes parts of a deployed stack's clouds away, as they go when
// a zone or a region dies, and looks at what the program and its tools make of it.
package outages

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"ai-serving/sandbox/stacktest"
)

// patience is how long the cluster's controllers may take to move what they run.
const patience = 2 * time.Minute

func TestAStackOutlivesItsZoneAndItsClustersControlPlane(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, "Pulumi.dev.yaml")
	s.Up()
	only, client := s.Cluster()
	cluster := only.ID

	t.Log("the machines of a zone die: their pods move to the other zone")
	replicas := ready(t, client)
	zone, pool := home(t, client)
	command(t, s, "kill-nodes", cluster, pool, zone)
	eventually(t, func() bool { return ready(t, client) == replicas && len(nodes(t, client, pool, zone)) == 0 })
	s.Settled()
	command(t, s, "revive-nodes", cluster, pool, zone)
	if len(nodes(t, client, pool, zone)) == 0 {
		t.Errorf("pool %s has no node in %s again", pool, zone)
	}

	t.Log("the control plane refuses connections: an update says so, and converges afterwards")
	command(t, s, "unreachable", cluster)
	s.Edit("max: 6", "max: 5")
	_, err := s.Try("up", "--yes", "--skip-preview")
	if err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("up without the control plane = %v, want that it refuses connections", err)
	}
	command(t, s, "reachable", cluster)
	s.Up()
	s.Settled()

	t.Log("a stack goes with a cluster that does not answer any more, if it is told so")
	command(t, s, "unreachable", cluster)
	_, err = s.Try("destroy", "--yes", "--skip-preview")
	if err == nil || !strings.Contains(err.Error(), forget) {
		t.Errorf("destroy without the control plane = %v, want advice on %s", err, forget)
	}
	if _, err := s.TryWith(forget+"=true", "destroy", "--yes", "--skip-preview"); err != nil {
		t.Fatal(err)
	}
	s.Empty()
}

// forget lets the kubernetes provider drop the objects of clusters that are gone
// from the state. Only Services need it: the others go with their cluster, and
// a Service takes its network endpoint groups away first.
const forget = "PULUMI_K8S_DELETE_UNREACHABLE"

func command(t *testing.T, s stacktest.Stack, arguments ...string) {
	t.Helper()
	output, err := s.Command(arguments...)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(strings.TrimSpace(output))
}

// eventually waits for something that the cluster's controllers bring about.
func eventually(t *testing.T, happened func() bool) {
	t.Helper()
	for begin := time.Now(); !happened(); time.Sleep(100 * time.Millisecond) {
		if time.Since(begin) > patience {
			t.Fatalf("it has not come about in %s", patience)
		}
	}
}

// ready is the number of replicas of Deployments that are ready.
func ready(t *testing.T, client kubernetes.Interface) int32 {
	t.Helper()
	deployments, err := client.AppsV1().Deployments("").List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var replicas int32
	for _, deployment := range deployments.Items {
		replicas += deployment.Status.ReadyReplicas
	}
	return replicas
}

const (
	zoneLabel = corev1.LabelTopologyZone
	poolLabel = "cloud.google.com/gke-nodepool"
)

// home is the zone and the node pool of a node that runs a pod of the program.
func home(t *testing.T, client kubernetes.Interface) (zone, pool string) {
	t.Helper()
	pods, err := client.CoreV1().Pods("pool").List(t.Context(), metav1.ListOptions{})
	if err != nil || len(pods.Items) == 0 {
		t.Fatalf("pods = %v, %v; want some", pods, err)
	}
	node, err := client.CoreV1().Nodes().Get(t.Context(), pods.Items[0].Spec.NodeName, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return node.Labels[zoneLabel], node.Labels[poolLabel]
}

// nodes are the nodes of a pool in a zone.
func nodes(t *testing.T, client kubernetes.Interface, pool, zone string) []corev1.Node {
	t.Helper()
	found, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{LabelSelector: poolLabel + "=" + pool + "," + zoneLabel + "=" + zone})
	if err != nil {
		t.Fatal(err)
	}
	return found.Items
}
