package gcp

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	"ai-serving/internal/machinetype"
	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/store"
)

// TestMain lets clusters find the programs that make build has built.
func TestMain(m *testing.M) {
	bin, err := filepath.Abs("../../.sandbox/bin")
	if err == nil {
		err = os.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// TestCluster leads a cluster and a node pool through their life, over a real
// control plane.
func TestCluster(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	plane := controlplane.At(s.home)
	network := s.create("compute/network:Network", "main", in{"autoCreateSubnetworks": false})
	subnetwork := s.create("compute/subnetwork:Subnetwork", "nodes", in{
		"network": network.id, "region": testRegion, "ipCidrRange": "10.0.0.0/20",
		"secondaryIpRanges": []any{in{"rangeName": "pods", "ipCidrRange": "10.4.0.0/14"}, in{"rangeName": "services", "ipCidrRange": "10.8.0.0/20"}},
	})
	inputs := in{
		"name": "serving", "location": testRegion, "nodeLocations": []any{"europe-west4-a", "europe-west4-b"},
		"network": network.id, "subnetwork": subnetwork.id,
		"initialNodeCount": 1, "removeDefaultNodePool": true, "deletionProtection": false,
		"ipAllocationPolicy": in{"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"},
		"releaseChannel":     in{"channel": "REGULAR"},
		"resourceLabels":     in{"tenant": "acme"},
	}
	cluster := s.create("container/cluster:Cluster", "serving", inputs)
	t.Cleanup(func() {
		if err := plane.Delete(context.Background(), cluster.id); err != nil {
			t.Error(err)
		}
	})
	checkCluster(t, s, cluster)
	s.checkUnchanged(cluster, inputs)
	checkFinished(t, s, cluster)

	poolInputs := in{
		"name": "default", "cluster": cluster.id, "initialNodeCount": 1,
		"autoscaling": in{"minNodeCount": 2, "maxNodeCount": 4},
		"nodeConfig": in{
			"machineType": "g2-standard-8", "labels": in{"tenant": "acme"},
			"taints": []any{in{"key": "tenant", "value": "acme", "effect": "NO_EXECUTE"}},
		},
	}
	pool := s.create("container/nodePool:NodePool", "default", poolInputs)
	checkNodes(t, plane, cluster.id)
	s.checkUnchanged(pool, poolInputs)
	if got := len(pool.outputs["instanceGroupUrls"].ArrayValue()); got != 2 {
		t.Errorf("the pool has %d instance groups, want one in each of 2 zones", got)
	}

	inputs["resourceLabels"] = in{"tenant": "globex"}
	cluster = s.update(cluster, inputs)
	s.checkUnchanged(cluster, inputs)
	poolInputs["autoscaling"] = in{"minNodeCount": 1, "maxNodeCount": 4}
	poolInputs["nodeConfig"].(in)["labels"] = in{"tenant": "globex"}
	pool = s.update(pool, poolInputs)
	s.checkUnchanged(pool, poolInputs)

	if err := s.delete(subnetwork); err == nil {
		t.Error("the subnetwork of a cluster was deleted")
	}
	for _, m := range []made{pool, cluster, subnetwork, network} {
		if err := s.delete(m); err != nil {
			t.Errorf("delete %s: %v", m.id, err)
		}
	}
	if _, found, err := plane.Get(cluster.id); found || err != nil {
		t.Errorf("the control plane is there after the cluster: %v, %v", found, err)
	}
}

// checkFinished reads a cluster whose creation was interrupted.
func checkFinished(t *testing.T, s sandbox, cluster made) {
	t.Helper()
	err := s.store.Update(func(tx store.Tx) error {
		stored := in{}
		if _, err := tx.Get(cluster.id, &stored); err != nil {
			return err
		}
		delete(stored, "endpoint")
		stored["status"] = "PROVISIONING"
		return tx.Put(cluster.id, stored)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.read(cluster).text("endpoint"); got != cluster.text("endpoint") {
		t.Errorf("the endpoint is %q after an interruption, and was %q", got, cluster.text("endpoint"))
	}
}

func checkCluster(t *testing.T, s sandbox, cluster made) {
	t.Helper()
	if cluster.id != "projects/p/locations/europe-west4/clusters/serving" {
		t.Errorf("the cluster's id is %s", cluster.id)
	}
	for property, want := range map[string]string{
		"endpoint":         `127\.0\.0\.1:\d+`,
		"selfLink":         `https://container\.googleapis\.com/v1beta1/projects/p/locations/europe-west4/clusters/serving`,
		"masterVersion":    `1\.\d+\.\d+-gke\.\d+`,
		"clusterIpv4Cidr":  `10\.4\.0\.0/14`,
		"servicesIpv4Cidr": `10\.8\.0\.0/20`,
	} {
		if got := cluster.text(property); !regexp.MustCompile(`^` + want + `$`).MatchString(got) {
			t.Errorf("%s is %q, want %s", property, got, want)
		}
	}
	auth := cluster.outputs["masterAuth"].ObjectValue()
	certificate, err := base64.StdEncoding.DecodeString(auth["clusterCaCertificate"].StringValue())
	if block, _ := pem.Decode(certificate); err != nil || block == nil {
		t.Errorf("clusterCaCertificate is no PEM in base64: %v", err)
	}
	if !auth["clientKey"].IsSecret() {
		t.Errorf("masterAuth.clientKey is no secret: %v", auth["clientKey"])
	}
}

// checkNodes looks for the nodes of the pool in the cluster itself.
func checkNodes(t *testing.T, plane controlplane.ControlPlane, id string) {
	t.Helper()
	cluster, _, err := plane.Get(id)
	if err != nil {
		t.Fatal(err)
	}
	client, err := cluster.Client()
	if err != nil {
		t.Fatal(err)
	}
	nodes, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{LabelSelector: "tenant=acme"})
	if err != nil {
		t.Fatal(err)
	}
	zones := map[string]int{}
	for _, node := range nodes.Items {
		zones[node.Labels[corev1.LabelTopologyZone]]++
		gpus := node.Status.Allocatable["nvidia.com/gpu"]
		if has, left := node.Status.Capacity.Cpu(), node.Status.Allocatable.Cpu(); has.Value() != 8 || left.MilliValue() != 7910 || gpus.Value() != 1 {
			t.Errorf("node %s has %s CPUs, %s for pods, and %d GPUs, want 8, 7910m and 1", node.Name, has, left, gpus.Value())
		}
		if !slices.ContainsFunc(node.Spec.Taints, func(taint corev1.Taint) bool {
			return taint.Key == "tenant" && taint.Value == "acme" && taint.Effect == corev1.TaintEffectNoExecute
		}) {
			t.Errorf("node %s has taints %v", node.Name, node.Spec.Taints)
		}
		if !regexp.MustCompile(`^gke-serving-default-[0-9a-f]{8}-[0-9a-f]{4}$`).MatchString(node.Name) {
			t.Errorf("a node is named %s", node.Name)
		}
	}
	if zones["europe-west4-a"] != 2 || zones["europe-west4-b"] != 2 || len(zones) != 2 {
		t.Errorf("nodes by zone: %v, want 2 in each of europe-west4-a and -b", zones)
	}
	checkRoom(t, client, nodes.Items)
}

// checkRoom asks the scheduler whether a replica that takes all the room that the package
// machinetype sees on a node finds a place there, and one that takes more does not.
func checkRoom(t *testing.T, client kubernetes.Interface, nodes []corev1.Node) {
	t.Helper()
	machine, _ := machinetype.Of("g2-standard-8")
	room := machinetype.NodeOf(machine, 1).Room()
	agents := len(machinetype.Agents(true))
	awaitPods(t, client, metav1.NamespaceSystem, func(pods []corev1.Pod) bool {
		placed := map[string]int{}
		for _, pod := range pods {
			placed[pod.Spec.NodeName]++
		}
		return !slices.ContainsFunc(nodes, func(node corev1.Node) bool { return placed[node.Name] != agents })
	})
	for name, milli := range map[string]int64{"all": room.MilliCPU, "more": room.MilliCPU + 1} {
		pod := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec: corev1.PodSpec{
				Tolerations: []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
				Containers: []corev1.Container{{Name: "server", Image: "server", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
					corev1.ResourceCPU:    *resource.NewMilliQuantity(milli, resource.DecimalSI),
					corev1.ResourceMemory: *resource.NewQuantity(room.Memory, resource.BinarySI),
				}}}},
			},
		}
		if _, err := client.CoreV1().Pods(metav1.NamespaceDefault).Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	awaitPods(t, client, metav1.NamespaceDefault, func(pods []corev1.Pod) bool {
		scheduled := map[string]string{}
		for _, pod := range pods {
			for _, condition := range pod.Status.Conditions {
				if condition.Type == corev1.PodScheduled {
					scheduled[pod.Name] = string(condition.Status) + condition.Message
				}
			}
		}
		return scheduled["all"] == "True" && strings.Contains(scheduled["more"], "4 Insufficient cpu")
	})
}

// awaitPods waits until the pods of a namespace are as wanted.
func awaitPods(t *testing.T, client kubernetes.Interface, namespace string, wanted func([]corev1.Pod) bool) {
	t.Helper()
	var pods *corev1.PodList
	err := wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, 2*time.Minute, true, func(ctx context.Context) (done bool, err error) {
		pods, err = client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
		return err == nil && wanted(pods.Items), err
	})
	if err != nil {
		for _, pod := range pods.Items {
			t.Logf("%s on %q: %+v", pod.Name, pod.Spec.NodeName, pod.Status.Conditions)
		}
		t.Fatalf("pods of %s: %v", namespace, err)
	}
}
