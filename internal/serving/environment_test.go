package serving

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/internal/config"
)

func TestTheServerIsStartedWithWhatItIsGiven(t *testing.T) {
	t.Parallel()
	d := workload("acme-chat", "acme")
	d.Server = config.Server{
		Image: "registry.example.com/chat:2", Command: []string{"serve"}, Args: []string{"--model=small"},
		Environment:       map[string]string{"WORKERS": "4", "LEVEL": "debug"},
		SecretEnvironment: map[string]string{"TOKEN": "chat-token"},
	}
	recording := record(t, false, d)
	secret, _ := recording.Find("kubernetes:core/v1:Secret", "europe-west4-acme-chat")
	deployment, _ := recording.Find("kubernetes:apps/v1:Deployment", "europe-west4-acme-chat")
	if !slices.Contains(deployment.Dependencies, secret.URN) {
		t.Error("the Deployment does not depend on its secret")
	}
	server := podOf(t, recording, "europe-west4-acme-chat")["containers"].([]any)[0].(map[string]any)
	got := map[string]any{}
	for _, key := range []string{"image", "command", "args", "env"} {
		got[key] = server[key]
	}
	want := map[string]any{
		"image": "registry.example.com/chat:2", "command": []any{"serve"}, "args": []any{"--model=small"},
		"env": []any{
			map[string]any{"name": "LEVEL", "value": "debug"},
			map[string]any{"name": "WORKERS", "value": "4"},
			map[string]any{"name": "TOKEN", "valueFrom": map[string]any{"secretKeyRef": map[string]any{"name": nil, "key": "TOKEN"}}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Another value has to come under another name: what pods refer to never changes.
func TestASecretIsImmutableAndNamedByPulumi(t *testing.T) {
	t.Parallel()
	d := workload("chat", "")
	d.Server.SecretEnvironment = map[string]string{"TOKEN": "chat-token"}
	secret, found := record(t, false, d).Find("kubernetes:core/v1:Secret", "europe-west4-chat")
	if !found {
		t.Fatal("no secret")
	}
	if _, named := secret.Inputs["metadata"].ObjectValue()["name"]; named {
		t.Error("it has a name of its own")
	}
	if !secret.Inputs["immutable"].BoolValue() {
		t.Error("it can be changed")
	}
	values := secret.Inputs["stringData"]
	if !values.IsSecret() {
		t.Fatalf("its values are %v, and no secret", values)
	}
	if token := values.SecretValue().Element.ObjectValue()["TOKEN"]; !token.DeepEquals(resource.NewProperty("hush")) {
		t.Errorf("its value is %v, want that of the key", token)
	}
}

func TestAWorkloadWithoutSecretsHasNone(t *testing.T) {
	t.Parallel()
	if made := record(t, false, workload("chat", "")).OfType("kubernetes:core/v1:Secret"); len(made) > 0 {
		t.Errorf("%d secrets", len(made))
	}
}

func TestAServerWritesWhereItSaysAndNowhereElse(t *testing.T) {
	t.Parallel()
	d := workload("chat", "")
	d.Server.User, d.Server.Writable, d.Server.Scratch, d.Server.SharedMemory = 2000, []string{"/home/vllm"}, "20Gi", "2Gi"
	pod := podOf(t, record(t, false, d), "europe-west4-chat")
	got := map[string]any{}
	for _, key := range []string{"volumes", "securityContext"} {
		got[key] = pod[key]
	}
	server := pod["containers"].([]any)[0].(map[string]any)
	got["volumeMounts"], got["readOnlyRootFilesystem"] = server["volumeMounts"], server["securityContext"].(map[string]any)["readOnlyRootFilesystem"]
	want := map[string]any{
		"volumes": []any{
			map[string]any{"name": "scratch", "emptyDir": map[string]any{"sizeLimit": "20Gi"}},
			map[string]any{"name": "scratch-1", "emptyDir": map[string]any{"sizeLimit": "20Gi"}},
			map[string]any{"name": "shared-memory", "emptyDir": map[string]any{"medium": "Memory", "sizeLimit": "2Gi"}},
		},
		"volumeMounts": []any{
			map[string]any{"name": "scratch", "mountPath": "/tmp"},
			map[string]any{"name": "scratch-1", "mountPath": "/home/vllm"},
			map[string]any{"name": "shared-memory", "mountPath": "/dev/shm"},
		},
		"securityContext": map[string]any{
			"runAsNonRoot": true, "runAsUser": 2000.0, "runAsGroup": 2000.0, "seccompProfile": map[string]any{"type": "RuntimeDefault"},
		},
		"readOnlyRootFilesystem": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
