package containers

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

const identityID = "/subscriptions/0/resourceGroups/shared/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller"

// registered gives the inputs of a region's only container group, with every
// secret as "[secret]".
func registered(t *testing.T, change func(*Args, *topology.ContainerGroup)) map[string]any {
	t.Helper()
	program := testkit.Program{
		Project: "ai-serving", Stack: "test",
		Config:  map[string]string{"ai-serving:token": "hush", "ai-serving:pull": "whisper", "ai-serving:logs": "murmur"},
		Secrets: []string{"ai-serving:token", "ai-serving:pull", "ai-serving:logs"},
	}
	recording, err := testkit.Run(program, func(ctx *pulumi.Context) error {
		secrets := map[string]pulumi.StringInput{}
		for _, key := range []string{"token", "pull", "logs"} {
			secrets[key] = pulumi.ToSecret(pulumi.String(program.Config["ai-serving:"+key])).(pulumi.StringOutput)
		}
		only := group("chat-0", "1")
		args := fixture()
		args.Secrets = secrets
		change(&args, &only)
		args.Groups = []topology.ContainerGroup{only}
		_, err := New(ctx, "westeurope", args)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found := testkit.Violations(recording); len(found) > 0 {
		t.Errorf("violations: %q", found)
	}
	made, ok := recording.Find("azure-native:containerinstance:ContainerGroup", "westeurope-chat-0")
	if !ok {
		t.Fatal("no container group westeurope-chat-0")
	}
	return testkit.Reveal(made.Inputs)
}

func TestSettingsOfAGroup(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*Args, *topology.ContainerGroup)
		want   map[string]any
	}{
		"none": {
			change: func(*Args, *topology.ContainerGroup) {},
			want:   map[string]any{},
		},
		"variables, those that are secrets last": {
			change: func(_ *Args, g *topology.ContainerGroup) {
				g.Server.Environment = map[string]string{"WORKERS": "4", "LEVEL": "debug"}
				g.Server.SecretEnvironment = map[string]string{"API_TOKEN": "token"}
			},
			want: map[string]any{"environmentVariables": []any{
				map[string]any{"name": "LEVEL", "value": "debug"},
				map[string]any{"name": "WORKERS", "value": "4"},
				map[string]any{"name": "API_TOKEN", "secureValue": "[secret]"},
			}},
		},
		"what is started, with its arguments": {
			change: func(_ *Args, g *topology.ContainerGroup) {
				g.Server.Command, g.Server.Args = []string{"serve", "--port=8080"}, []string{"--model=small"}
			},
			want: map[string]any{"command": []any{"serve", "--port=8080", "--model=small"}},
		},
		"a registry by an identity, which the group has": {
			change: func(_ *Args, g *topology.ContainerGroup) {
				g.Registry = &topology.Registry{Server: "registry.example.com", Identity: identityID}
			},
			want: map[string]any{
				"imageRegistryCredentials": []any{map[string]any{"server": "registry.example.com", "identity": identityID}},
				"identity":                 map[string]any{"type": "UserAssigned", "userAssignedIdentities": []any{identityID}},
			},
		},
		"a registry by a password": {
			change: func(_ *Args, g *topology.ContainerGroup) {
				g.Registry = &topology.Registry{Server: "registry.example.com", Username: "puller", Password: "pull"}
			},
			want: map[string]any{
				"imageRegistryCredentials": []any{map[string]any{"server": "registry.example.com", "username": "puller", "password": "[secret]"}},
			},
		},
		"a workspace for what is printed": {
			change: func(args *Args, _ *topology.ContainerGroup) {
				args.LogAnalytics = &topology.LogAnalytics{WorkspaceID: "workspace", WorkspaceKey: "logs"}
			},
			want: map[string]any{
				"diagnostics": map[string]any{"logAnalytics": map[string]any{"workspaceId": "workspace", "workspaceKey": "[secret]"}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inputs := registered(t, test.change)
			got := map[string]any{}
			for _, key := range []string{"imageRegistryCredentials", "identity", "diagnostics"} {
				if value, set := inputs[key]; set {
					got[key] = value
				}
			}
			for _, key := range []string{"command", "environmentVariables"} {
				if value, set := inputs["containers"].([]any)[0].(map[string]any)[key]; set {
					got[key] = value
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
