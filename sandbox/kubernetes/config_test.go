package kubernetes

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

func TestCheckConfig(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		arguments object
		want      []plugin.CheckFailure
	}{
		"every argument": {arguments: object{
			"kubeconfig": kubeconfig("https://127.0.0.1:1", "a"), "context": "main", "namespace": "web",
			"clusterIdentifier": "europe-west4/serving", "enableServerSideApply": true, "deleteUnreachable": "true",
			"skipUpdateUnreachable": false, "kubeClientSettings": `{"burst":10,"qps":5.5}`, "version": "4.30.0",
		}},
		"a misspelt argument": {
			arguments: object{"kubeconfg": "secret"},
			want:      []plugin.CheckFailure{{Reason: `unknown field "kubeconfg"`}},
		},
		"a wrong type": {
			arguments: object{"deleteUnreachable": "yes"},
			want:      []plugin.CheckFailure{{Reason: "json: cannot unmarshal string into Go struct field settings.deleteUnreachable of type bool"}},
		},
		"client-side apply": {
			arguments: object{"enableServerSideApply": "false"},
			want: []plugin.CheckFailure{{
				Property: "enableServerSideApply", Reason: "the sandbox does not know this setting of enableServerSideApply",
			}},
		},
		"a bad kubeconfig, whose text is not told": {
			arguments: object{"kubeconfig": "token: [topsecret"},
			want: []plugin.CheckFailure{{
				Property: "kubeconfig", Reason: "kubeconfig: neither a readable file nor a kubeconfig document with a cluster",
			}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response, err := New(nil).CheckConfig(t.Context(), plugin.CheckConfigRequest{
				News: resource.NewPropertyMapFromMap(test.arguments),
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, response.Failures); diff != "" {
				t.Errorf("failures (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiffConfigReplacesOnlyForAnotherCluster(t *testing.T) {
	t.Parallel()
	unknown := resource.MakeComputed(resource.NewProperty(""))
	here, token, there := kubeconfig("https://127.0.0.1:1", "a"), kubeconfig("https://127.0.0.1:1", "b"), kubeconfig("https://127.0.0.1:2", "a")
	tests := map[string]struct {
		old, changed object
		want         []resource.PropertyKey // that replace
		wantChange   bool
	}{
		"nothing":                          {old: object{"kubeconfig": here}, changed: object{"kubeconfig": here}},
		"another user":                     {old: object{"kubeconfig": here}, changed: object{"kubeconfig": token}, wantChange: true},
		"another server":                   {old: object{"kubeconfig": here}, changed: object{"kubeconfig": there}, want: []resource.PropertyKey{"kubeconfig"}, wantChange: true},
		"an unknown kubeconfig":            {old: object{"kubeconfig": here}, changed: object{"kubeconfig": unknown}, want: []resource.PropertyKey{"kubeconfig"}, wantChange: true},
		"another namespace":                {old: object{"kubeconfig": here}, changed: object{"kubeconfig": here, "namespace": "web"}, wantChange: true},
		"an identifier, another server":    {old: object{"kubeconfig": here, "clusterIdentifier": "x"}, changed: object{"kubeconfig": there, "clusterIdentifier": "x"}, wantChange: true},
		"an identifier, unknown":           {old: object{"kubeconfig": here, "clusterIdentifier": "x"}, changed: object{"kubeconfig": unknown, "clusterIdentifier": "x"}, wantChange: true},
		"another identifier":               {old: object{"kubeconfig": here, "clusterIdentifier": "x"}, changed: object{"kubeconfig": here, "clusterIdentifier": "y"}, want: []resource.PropertyKey{"clusterIdentifier"}, wantChange: true},
		"an identifier for the first time": {old: object{"kubeconfig": here}, changed: object{"kubeconfig": here, "clusterIdentifier": "x"}, wantChange: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := New(nil).DiffConfig(t.Context(), plugin.DiffConfigRequest{
				OldInputs: resource.NewPropertyMapFromMap(test.old), NewInputs: resource.NewPropertyMapFromMap(test.changed),
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, result.ReplaceKeys); diff != "" {
				t.Errorf("replacing arguments (-want +got):\n%s", diff)
			}
			if changed := result.Changes == plugin.DiffSome; changed != test.wantChange {
				t.Errorf("Changes = %v; want a change: %v", result.Changes, test.wantChange)
			}
		})
	}
}

func TestConfigureRefusesAClusterElsewhere(t *testing.T) {
	t.Setenv("SANDBOX_HOME", t.TempDir())
	_, err := New(nil).Configure(t.Context(), plugin.ConfigureRequest{Inputs: resource.NewPropertyMapFromMap(object{
		"kubeconfig": kubeconfig("https://192.0.2.1:443", "a"),
	})})
	want := "Forbidden: kubeconfig: the server https://192.0.2.1:443 is not one of the sandbox's, which are on this machine"
	if err == nil || err.Error() != want {
		t.Errorf("Configure = %v; want %s", err, want)
	}
}

func TestConfigureNeedsTheSandboxsEnvironment(t *testing.T) {
	t.Setenv("SANDBOX_HOME", "")
	_, err := New(nil).Configure(t.Context(), plugin.ConfigureRequest{})
	want := "SANDBOX_HOME is not set: start Pulumi with sandbox/pulumi, which prepares the sandbox's environment"
	if err == nil || err.Error() != want {
		t.Errorf("Configure = %v; want %s", err, want)
	}
}

func TestOperationsOnAClusterThatDoesNotAnswer(t *testing.T) {
	t.Setenv("SANDBOX_HOME", t.TempDir())
	provider := New(nil)
	_, err := provider.Configure(t.Context(), plugin.ConfigureRequest{Inputs: resource.NewPropertyMapFromMap(object{
		"kubeconfig": kubeconfig("https://127.0.0.1:1", "topsecret"),
	})})
	if err != nil {
		t.Fatal(err)
	}
	_, err = provider.Delete(t.Context(), plugin.DeleteRequest{Type: configMap, ID: "default/thing"})
	for _, want := range []string{"the cluster does not answer", "connection refused", "deleteUnreachable"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Delete = %v; want it to say %q", err, want)
		}
	}
	if strings.Contains(fmt.Sprint(err), "topsecret") {
		t.Errorf("Delete = %v: tells the token", err)
	}
	yes := true
	provider.settings.DeleteUnreachable = &yes
	if _, err = provider.Delete(t.Context(), plugin.DeleteRequest{Type: configMap, ID: "default/thing"}); err != nil {
		t.Errorf("Delete with deleteUnreachable = %v; want none", err)
	}
	read, err := provider.Read(t.Context(), plugin.ReadRequest{Type: configMap, ID: "default/thing"})
	if err != nil || read.ID != "" {
		t.Errorf("Read with deleteUnreachable = %q, %v; want the object gone", read.ID, err)
	}
}

// kubeconfig is a document for that server with a user of that token.
func kubeconfig(server, token string) string {
	return fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "main",
		"contexts": [{"name": "main", "context": {"cluster": "main", "user": "main"}}],
		"clusters": [{"name": "main", "cluster": {"server": %q}}],
		"users": [{"name": "main", "user": {"token": %q}}]}`, server, token)
}
