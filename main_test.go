package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit"
	"ai-serving/internal/testkit/stackfile"
)

// stacks are the stack files of the repository, and those made for the tests.
func stacks(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"Pulumi.*.yaml", "testdata/Pulumi.*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml")
			found[name] = read(t, file)
		}
	}
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func stackOf(t *testing.T, stack, text string) config.File {
	t.Helper()
	file, err := stackfile.ReadIn(".", stack, text)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// run deploys a stack file without an engine.
func run(t *testing.T, stack, text string, dryRun bool) (*testkit.Recording, error) {
	t.Helper()
	file := stackOf(t, stack, text)
	program := testkit.Program{Project: file.Project, Stack: stack, DryRun: dryRun, Config: file.Values, Secrets: file.SecretKeys}
	return testkit.Run(program, func(ctx *pulumi.Context) error { return deploy(ctx, file) })
}

func TestEveryStackRegistersItsInventory(t *testing.T) {
	t.Parallel()
	for stack, text := range stacks(t) {
		for mode, dryRun := range map[string]bool{"up": false, "preview": true} {
			t.Run(stack+"/"+mode, func(t *testing.T) {
				t.Parallel()
				recording, err := run(t, stack, text, dryRun)
				if err != nil {
					t.Fatal(err)
				}
				inventory, err := recording.Inventory()
				if err != nil {
					t.Fatal(err)
				}
				testkit.Golden(t, stack+"."+mode, inventory)
			})
		}
	}
}

func TestEveryStackKeepsTheRules(t *testing.T) {
	t.Parallel()
	for stack, text := range stacks(t) {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			recording, err := run(t, stack, text, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, violation := range testkit.Violations(recording) {
				t.Error(violation)
			}
		})
	}
}

func TestAStackWhoseTenantsAreDisabledKeepsTheRulesAndItsCluster(t *testing.T) {
	t.Parallel()
	kubernetes := []string{"acme: {", "acme: {enabled: false, ", "isolation: bridge\n", "isolation: bridge\n      enabled: false\n"}
	for name, edits := range map[string][]string{
		"those on Kubernetes": kubernetes,
		"all":                 append([]string{"initech: {", "initech: {enabled: false, "}, kubernetes...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			recording, err := run(t, "dev", strings.NewReplacer(edits...).Replace(stacks(t)["dev"]), false)
			if err != nil {
				t.Fatal(err)
			}
			for _, violation := range testkit.Violations(recording) {
				t.Error(violation)
			}
			for _, kept := range []string{"gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool", "pulumi:providers:kubernetes"} {
				if got := len(recording.OfType(kept)); got != 1 {
					t.Errorf("%d of %s, want 1", got, kept)
				}
			}
			for _, registered := range recording.Resources {
				if strings.HasPrefix(registered.Type, "kubernetes:") {
					t.Errorf("%s (%s) serves nobody", registered.Name, registered.Type)
				}
			}
		})
	}
}

// withSecrets gives the text of Pulumi.dev.yaml a secret of every kind.
func withSecrets(text string) string {
	return strings.NewReplacer(
		"containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}",
		"containers: {cpu: 1, memoryGiB: 1.5, environment: {LEVEL: debug}, secretEnvironment: {TOKEN: chat-token}}",
		"  ai-serving:platform:\n", "  ai-serving:platform:\n    registries: {us-docker.pkg.dev: {username: puller, password: pull}}\n",
		"  ai-serving:azure:\n", `  ai-serving:chat-token: {secure: v1:ciphertext}
  ai-serving:pull: {secure: v1:ciphertext}
  ai-serving:logs: {secure: v1:ciphertext}
  ai-serving:azure:
    logAnalytics: {workspaceId: 00000000-0000-0000-0000-000000000000, workspaceKey: logs}
`).Replace(text)
}

func TestSecretsReachContainerGroupsAndNothingElse(t *testing.T) {
	t.Parallel()
	for mode, dryRun := range map[string]bool{"up": false, "preview": true} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			recording, err := run(t, "dev", withSecrets(read(t, "Pulumi.dev.yaml")), dryRun)
			if err != nil {
				t.Fatal(err)
			}
			for _, violation := range testkit.Violations(recording) {
				t.Error(violation)
			}
			group, found := recording.Find("azure-native:containerinstance:ContainerGroup", "westeurope-chat-0")
			if !found {
				t.Fatal("no container group westeurope-chat-0")
			}
			inputs := fmt.Sprint(group.Inputs.MapRepl(nil, func(value resource.PropertyValue) (any, bool) {
				if value.IsSecret() {
					return value.SecretValue().Element.V, true
				}
				return nil, false
			}))
			for _, key := range []string{"chat-token", "pull", "logs"} {
				if !strings.Contains(inputs, stackfile.Secret("ai-serving:"+key)) {
					t.Errorf("the container group has not got the secret %s", key)
				}
			}
			inventory, err := recording.Inventory()
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(inventory, stackfile.Secret("")) {
				t.Error("the inventory, with the stack's outputs, shows a secret")
			}
		})
	}
}

func TestABadStackFileRegistersNothing(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string][2]string{
		"an error of the file":     {"models: [chat, embed]", "models: [chta]"},
		"a limit that is exceeded": {"cidr: 10.20.0.0/16", "nodes: {count: {min: 1, max: 500}}, cidr: 10.20.0.0/16"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(read(t, "Pulumi.dev.yaml"), edit[0], edit[1], 1)
			recording, err := run(t, "dev", text, false)
			if err == nil {
				t.Fatal("the stack file was accepted")
			}
			if len(recording.Resources) > 0 {
				t.Errorf("%d resources were registered before the error: %v", len(recording.Resources), err)
			}
		})
	}
}
