package lifecycle

import (
	"maps"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"ai-serving/sandbox/stacktest"
)

// madeUp is what the sandbox has in the place of a stack's encrypted values.
const madeUp = "made up by the sandbox"

// Secrets of every kind reach the clouds, and neither the state nor the stack's
// outputs show them. Azure never gives them back, which is no drift.
func TestSecretsReachTheCloudsAndAreNotShown(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, "Pulumi.dev.yaml")
	s.Edit("maxStreamSeconds: 300", "maxStreamSeconds: 300\n      secretEnvironment: {TOKEN: chat-token}")
	s.Edit("      preset: tei\n", "      preset: tei\n      secretEnvironment: {HF_TOKEN: chat-token}\n")
	s.Edit("  ai-serving:platform:\n", "  ai-serving:platform:\n    registries: {us-docker.pkg.dev: {username: puller, password: pull}}\n")
	s.Edit("  ai-serving:azure:\n", `  ai-serving:chat-token: {secure: "v1:AAAAAAAAAAAAAAAAAAAA"}
  ai-serving:pull: {secure: "v1:AAAAAAAAAAAAAAAAAAAA"}
  ai-serving:logs: {secure: "v1:AAAAAAAAAAAAAAAAAAAA"}
  ai-serving:azure:
    logAnalytics: {workspaceId: 5a4d3c2b-0000-4000-8000-00000000000a, workspaceKey: logs}
`)
	s.Up()
	s.Settled()
	checkSecrets(s)
	checkSecretObjects(s)
	template := s.Stored(s.Find("gcp:compute/instanceTemplate:InstanceTemplate").ID)
	text, err := yaml.Marshal(template)
	if err != nil {
		t.Fatal(err)
	}
	if len(template) == 0 || strings.Contains(string(text), madeUp) {
		t.Errorf("an instance template shows a secret, or is not there:\n%s", text)
	}
	shown := s.Pulumi("stack", "export", "--show-secrets")
	if count := strings.Count(shown, madeUp); count == 0 {
		t.Error("no secret has reached the state")
	}
}

// checkSecretObjects holds the cluster to having the values in Secrets alone, which the
// pods of the workloads refer to.
func checkSecretObjects(s stacktest.Stack) {
	s.T.Helper()
	client := clients(s)[0]
	secrets, err := client.CoreV1().Secrets(metav1.NamespaceAll).List(s.T.Context(), metav1.ListOptions{})
	if err != nil {
		s.T.Fatal(err)
	}
	named := map[string]bool{}
	for _, secret := range secrets.Items {
		if string(secret.Data["TOKEN"]) == madeUp {
			named[secret.Namespace+"/"+secret.Name] = true
		}
	}
	used := map[string]bool{}
	for _, pod := range replicas(s, client, "") {
		text, err := yaml.Marshal(pod)
		if err != nil {
			s.T.Fatal(err)
		}
		if strings.Contains(string(text), madeUp) {
			s.T.Errorf("pod %s/%s shows a secret", pod.Namespace, pod.Name)
		}
		used[pod.Namespace+"/"+secretOf(pod)] = true
	}
	if len(named) != 2 || !maps.Equal(named, used) { // of the pool, and of the tenant with replicas of its own
		s.T.Errorf("secrets %v, and pods use %v; want two, the same", named, used)
	}
}

// secretOf is the name of the Secret that a pod's variables are from.
func secretOf(pod corev1.Pod) string {
	for _, variable := range pod.Spec.Containers[0].Env {
		if from := variable.ValueFrom; from != nil && from.SecretKeyRef != nil {
			return from.SecretKeyRef.Name
		}
	}
	return ""
}
