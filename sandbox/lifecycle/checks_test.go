package lifecycle

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

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

// checkSecrets looks for the clusters' kubeconfig, and for the values of the stack's
// secrets, where they must not be readable: in the state, the outputs and a preview, in
// what the sandbox's programs print, and in all objects of the clusters but Secrets.
func checkSecrets(s stacktest.Stack) {
	s.T.Helper()
	secrets := map[string]string{
		"a kubeconfig":      "gke-gcloud-auth-plugin", // a part of each
		"a secret":          madeUp,
		"a secret, encoded": base64.StdEncoding.EncodeToString([]byte(madeUp)),
	}
	for _, command := range [][]string{{"stack", "export"}, {"stack", "output", "--json"}, {"preview", "--diff", "--show-sames"}} {
		text := s.Pulumi(command...)
		for what, secret := range secrets {
			if strings.Contains(text, secret) {
				s.T.Errorf("pulumi %s shows %s", strings.Join(command, " "), what)
			}
		}
	}
	checkLogs(s)
	for _, client := range clients(s) {
		checkObjects(s, client)
	}
}

// checkLogs holds what the sandbox's programs print, and the engine's events, to showing
// no secret.
func checkLogs(s stacktest.Stack) {
	s.T.Helper()
	err := filepath.WalkDir(s.Sandbox.Home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".log" && !strings.Contains(path, "/events/") {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(madeUp)) {
			s.T.Errorf("%s shows a secret", path)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a log may just be taken away
		s.T.Error(err)
	}
}

// checkObjects holds the objects of a cluster that may refer to secrets to showing none.
func checkObjects(s stacktest.Stack, client kubernetes.Interface) {
	s.T.Helper()
	for _, resource := range []string{"pods", "events", "configmaps", "services", "serviceaccounts"} {
		text, err := client.CoreV1().RESTClient().Get().Resource(resource).DoRaw(s.T.Context())
		if err != nil {
			s.T.Fatal(err)
		}
		if bytes.Contains(text, []byte(madeUp)) {
			s.T.Errorf("one of the cluster's %s shows a secret", resource)
		}
	}
	text, err := client.AppsV1().RESTClient().Get().Resource("deployments").DoRaw(s.T.Context())
	if err != nil {
		s.T.Fatal(err)
	}
	if bytes.Contains(text, []byte(madeUp)) {
		s.T.Error("a Deployment shows a secret")
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
