// Package lifecycle deploys the repository's stacks on the real engine, changes
// them, and takes them away again.
package lifecycle

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/store"
	"ai-serving/sandbox/temporary"
)

// stack is the name of the stack in the sandbox of a test.
const stack = "lifecycle"

func TestTheDevStackLivesAndDies(t *testing.T) {
	t.Parallel()
	s := sandbox(t)
	text := stackFile(t, "Pulumi.dev.yaml")
	writeStack(t, s, text)
	pulumi(t, s, "stack", "init", stack)

	t.Log("up")
	pulumi(t, s, "up", "--yes", "--skip-preview")
	checkOutputs(t, s)
	checkDeployments(t, s)
	checkSecrets(t, s)

	t.Log("nothing has changed, and nothing has drifted")
	pulumi(t, s, "preview", "--expect-no-changes")
	pulumi(t, s, "refresh", "--yes", "--skip-preview", "--expect-no-changes")

	t.Log("a bad stack file is refused, and changes nothing")
	writeStack(t, s, replace(t, text, "models: [chat, embed]", "models: [chta]"))
	before := count(t, s)
	_, err := s.Pulumi(t.Context(), "up", "--yes", "--skip-preview", "--stack", stack)
	const reason = `ai-serving:tenants.acme.models[0]: Invalid value: "chta": is not in the model catalogue (did you mean "chat"?): chat, embed`
	if err == nil || !strings.Contains(err.Error(), reason) {
		t.Errorf("up of a bad stack file = %v, want %s", err, reason)
	}
	if after := count(t, s); after != before {
		t.Errorf("the stack has %d resources after a refused update, %d before", after, before)
	}

	t.Log("a pooled tenant changes the shared documents only")
	writeStack(t, s, replace(t, text, "    initech: ", "    hooli: {models: [chat]}\n    initech: "))
	want := map[string][]string{"update": {
		"azure-native:network:ApplicationGateway",
		"gcp:compute/regionUrlMap:RegionUrlMap",
		"gcp:compute/uRLMap:URLMap",
	}}
	if diff := cmp.Diff(want, plan(t, s)); diff != "" {
		t.Errorf("changes (-want +got)\n%s", diff)
	}
	pulumi(t, s, "up", "--yes", "--skip-preview")
	pulumi(t, s, "preview", "--expect-no-changes")

	destroy(t, s)
}

// Two regions of each cloud mean two clusters, and names that must not meet.
func TestAStackOfSeveralRegionsLivesAndDies(t *testing.T) {
	t.Parallel()
	s := sandbox(t)
	writeStack(t, s, replace(t, stackFile(t, "testdata/Pulumi.wide.yaml"), "protect: true", "protect: false"))
	pulumi(t, s, "stack", "init", stack)

	t.Log("up")
	pulumi(t, s, "up", "--yes", "--skip-preview")
	pulumi(t, s, "preview", "--expect-no-changes")
	pulumi(t, s, "refresh", "--yes", "--skip-preview", "--expect-no-changes")
	destroy(t, s)
}

// destroy takes the stack away, and looks for what it leaves.
func destroy(t *testing.T, s temporary.Sandbox) {
	t.Helper()
	t.Log("destroy")
	pulumi(t, s, "destroy", "--yes", "--skip-preview")
	if left := count(t, s); left != 0 {
		t.Errorf("%d resources are left in the state", left)
	}
	checkEmpty(t, s)
}

// sandbox is one of the test's own.
func sandbox(t *testing.T) temporary.Sandbox {
	t.Helper()
	s, err := temporary.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// stackFile reads a stack file of the checkout.
func stackFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeStack(t *testing.T, s temporary.Sandbox, text string) {
	t.Helper()
	if err := s.WriteStack(stack, text); err != nil {
		t.Fatal(err)
	}
}

func replace(t *testing.T, text, old, with string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("the stack file has no %q", old)
	}
	return strings.Replace(text, old, with, 1)
}

// pulumi runs a command on the stack, which must succeed.
func pulumi(t *testing.T, s temporary.Sandbox, arguments ...string) string {
	t.Helper()
	if arguments[0] != "stack" || arguments[1] != "init" {
		arguments = append(arguments, "--stack", stack)
	}
	output, err := s.Pulumi(t.Context(), arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return output
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

// count is the number of resources in the state.
func count(t *testing.T, s temporary.Sandbox) int {
	t.Helper()
	resources, err := s.Resources(t.Context(), stack)
	if err != nil {
		t.Fatal(err)
	}
	return resources
}

// plan lists the types of what a preview would change, by what it would do.
func plan(t *testing.T, s temporary.Sandbox) map[string][]string {
	t.Helper()
	var preview struct {
		Steps []struct {
			Op       string
			NewState struct{ Type string }
		}
	}
	decode(t, pulumi(t, s, "preview", "--json"), &preview)
	changes := map[string][]string{}
	for _, step := range preview.Steps {
		if step.Op != "same" {
			changes[step.Op] = append(changes[step.Op], step.NewState.Type)
		}
	}
	for op := range maps.Keys(changes) {
		slices.Sort(changes[op])
	}
	return changes
}

func checkOutputs(t *testing.T, s temporary.Sandbox) {
	t.Helper()
	outputs := map[string]any{}
	decode(t, pulumi(t, s, "stack", "output", "--json"), &outputs)
	for _, name := range []string{"traffic_manager_dns_name", "http_proxy_ip", "load_balancer_ip", "forwarding_rule_ip", "container_ip"} {
		if text, _ := outputs[name].(string); text == "" {
			t.Errorf("output %s is %v", name, outputs[name])
		}
	}
	for _, name := range []string{
		"traffic_manager_dns_names", "http_proxy_ips", "load_balancer_ips", "forwarding_rule_ips", "container_ips",
		"network_interface_ids", "tenants",
	} {
		if object, _ := outputs[name].(map[string]any); len(object) == 0 {
			t.Errorf("output %s is %v", name, outputs[name])
		}
	}
	if records, _ := outputs["dns_records"].([]any); len(records) != 5 {
		t.Errorf("output dns_records is %v, want two load balancers and three tenants", outputs["dns_records"])
	}
}

// checkSecrets looks for the clusters' kubeconfig where it must not be readable.
func checkSecrets(t *testing.T, s temporary.Sandbox) {
	t.Helper()
	const part = "gke-gcloud-auth-plugin" // of every kubeconfig
	for _, command := range [][]string{{"stack", "export"}, {"stack", "output", "--json"}, {"preview", "--diff", "--show-sames"}} {
		if strings.Contains(pulumi(t, s, command...), part) {
			t.Errorf("pulumi %s shows a kubeconfig", strings.Join(command, " "))
		}
	}
}

// checkDeployments holds the cluster's own API server to having every replica.
func checkDeployments(t *testing.T, s temporary.Sandbox) {
	t.Helper()
	clusters, err := controlplane.At(s.Home).Clusters()
	if err != nil || len(clusters) != 1 {
		t.Fatalf("clusters = %v, %v; want one", clusters, err)
	}
	client, err := clusters[0].Client()
	if err != nil {
		t.Fatal(err)
	}
	deployments, err := client.AppsV1().Deployments("").List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int32{}
	for _, deployment := range deployments.Items {
		if deployment.Status.ReadyReplicas != *deployment.Spec.Replicas {
			t.Errorf("%s/%s has %d of %d replicas", deployment.Namespace, deployment.Name, deployment.Status.ReadyReplicas, *deployment.Spec.Replicas)
		}
		got[deployment.Namespace+"/"+deployment.Name] = deployment.Status.ReadyReplicas
	}
	if diff := cmp.Diff(map[string]int32{"pool/chat": 2, "tenant-globex/globex-chat": 2}, got); diff != "" {
		t.Errorf("ready replicas (-want +got)\n%s", diff)
	}
}

// checkEmpty holds the clouds to having nothing left.
func checkEmpty(t *testing.T, s temporary.Sandbox) {
	t.Helper()
	for _, cloud := range []string{"azure.db", "gcp.db"} {
		err := store.At(filepath.Join(s.Home, "stores", cloud)).View(func(tx store.Tx) error {
			return tx.Each("", func(id string, _ json.RawMessage) error {
				if strings.Contains(id, "/services/") {
					return nil // the program leaves the APIs enabled, for others may use them
				}
				t.Errorf("%s still has %s", cloud, id)
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	clusters, err := controlplane.At(s.Home).Clusters()
	if err != nil || len(clusters) > 0 {
		t.Errorf("clusters = %v, %v; want none", clusters, err)
	}
}
