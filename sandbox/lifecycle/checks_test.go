package lifecycle

import (
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ai-serving/sandbox/stacktest"
)

func checkOutputs(s stacktest.Stack, records int) {
	s.T.Helper()
	outputs := map[string]any{}
	s.Decode(s.Pulumi("stack", "output", "--json"), &outputs)
	for _, name := range []string{"traffic_manager_dns_name", "http_proxy_ip", "load_balancer_ip", "forwarding_rule_ip", "container_ip"} {
		if text, _ := outputs[name].(string); text == "" {
			s.T.Errorf("output %s is %v", name, outputs[name])
		}
	}
	for _, name := range []string{
		"traffic_manager_dns_names", "http_proxy_ips", "load_balancer_ips", "forwarding_rule_ips", "container_ips",
		"network_interface_ids", "tenants",
	} {
		if object, _ := outputs[name].(map[string]any); len(object) == 0 {
			s.T.Errorf("output %s is %v", name, outputs[name])
		}
	}
	if got, _ := outputs["dns_records"].([]any); len(got) != records {
		s.T.Errorf("output dns_records is %v, want %d", got, records)
	}
}

// checkSecrets looks for the clusters' kubeconfig where it must not be readable.
func checkSecrets(s stacktest.Stack) {
	s.T.Helper()
	const part = "gke-gcloud-auth-plugin" // of every kubeconfig
	for _, command := range [][]string{{"stack", "export"}, {"stack", "output", "--json"}, {"preview", "--diff", "--show-sames"}} {
		if strings.Contains(s.Pulumi(command...), part) {
			s.T.Errorf("pulumi %s shows a kubeconfig", strings.Join(command, " "))
		}
	}
}

// checkDeployments holds the clusters' own API servers to having every replica
// of every Deployment of the state.
func checkDeployments(s stacktest.Stack) {
	s.T.Helper()
	got := 0
	for _, client := range clients(s) {
		deployments, err := client.AppsV1().Deployments("").List(s.T.Context(), metav1.ListOptions{})
		if err != nil {
			s.T.Fatal(err)
		}
		got += len(deployments.Items)
		for _, d := range deployments.Items {
			if d.Status.ReadyReplicas != *d.Spec.Replicas {
				s.T.Errorf("%s/%s has %d of %d replicas", d.Namespace, d.Name, d.Status.ReadyReplicas, *d.Spec.Replicas)
			}
		}
	}
	want := len(slices.DeleteFunc(s.Clouds(), func(r stacktest.Resource) bool { return r.Type != deployment }))
	if got != want || want == 0 {
		s.T.Errorf("the clusters have %d Deployments, want %d", got, want)
	}
}
