package lifecycle

import (
	"strings"
	"testing"

	"ai-serving/sandbox/stacktest"
)

// madeUp is what the sandbox has in the place of a stack's encrypted values.
const madeUp = "made up by the sandbox"

// Secrets of every kind reach the clouds, and neither the state nor the stack's
// outputs show them. Azure never gives them back, which is no drift.
func TestSecretsReachTheCloudsAndAreNotShown(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, "Pulumi.dev.yaml")
	s.Edit("containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}",
		"containers: {cpu: 1, memoryGiB: 1.5, replicas: 2, secretEnvironment: {TOKEN: chat-token}}")
	s.Edit("  ai-serving:azure:\n", `  ai-serving:chat-token: {secure: "v1:AAAAAAAAAAAAAAAAAAAA"}
  ai-serving:pull: {secure: "v1:AAAAAAAAAAAAAAAAAAAA"}
  ai-serving:logs: {secure: "v1:AAAAAAAAAAAAAAAAAAAA"}
  ai-serving:azure:
    registries: {us-docker.pkg.dev: {username: puller, password: pull}}
    logAnalytics: {workspaceId: 5a4d3c2b-0000-4000-8000-00000000000a, workspaceKey: logs}
`)
	s.Up()
	s.Settled()
	for what, text := range map[string]string{
		"the state":   string(s.State()),
		"the outputs": s.Pulumi("stack", "output", "--json"),
		"a preview":   s.Pulumi("preview", "--diff"),
	} {
		if strings.Contains(text, madeUp) {
			t.Errorf("%s shows a secret", what)
		}
	}
	shown := s.Pulumi("stack", "export", "--show-secrets")
	if count := strings.Count(shown, madeUp); count == 0 {
		t.Error("no secret has reached the state")
	}
}
