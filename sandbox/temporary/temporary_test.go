package temporary

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// secrets has a secret in each of the forms that YAML has for it, encrypted by
// what the sandbox cannot ask.
const secrets = `secretsprovider: azurekeyvault://example.vault.azure.net/keys/pulumi
encryptedkey: bm90IGEga2V5IHRoYXQgYW55Ym9keSBrbm93cw==
config:
  gcp:project: ai-serving-dev
  ai-serving:block:
    secure: v1:jNpQX/n+sRQ6iD3g:79jHw9i4fe5bimL8CMEsqzM=
  ai-serving:short: {secure: any}
  ai-serving:flow: {list: [{password: {secure: "v1:jNpQX/n+sRQ6iD3g:79jHw9i4fe5bimL8CMEsqzM="}}]}
  ai-serving:plain: {secure-boot: true, insecure: v1:jNpQX/n+sRQ6iD3g:79jHw9i4fe5bimL8CMEsqzM=}
`

func TestSecretsOfAStackAreMadeUp(t *testing.T) {
	t.Parallel()
	sandbox, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := sandbox.WriteStack("secret", secrets); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Pulumi(t.Context(), "stack", "init", "secret"); err != nil {
		t.Fatal(err)
	}
	text, err := sandbox.Pulumi(t.Context(), "config", "--show-secrets", "--json", "--stack", "secret")
	if err != nil {
		t.Fatal(err)
	}
	type value struct {
		Value  string
		Secret bool
	}
	got := map[string]value{}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]value{
		"gcp:project":      {"ai-serving-dev", false},
		"ai-serving:block": {"made up by the sandbox", true},
		"ai-serving:short": {"made up by the sandbox", true},
		"ai-serving:flow":  {`{"list":[{"password":"made up by the sandbox"}]}`, true},
		"ai-serving:plain": {`{"insecure":"v1:jNpQX/n+sRQ6iD3g:79jHw9i4fe5bimL8CMEsqzM=","secure-boot":true}`, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got)\n%s", diff)
	}
}

func TestTheWayToASecretIsTheLineThatTheRefusalGives(t *testing.T) {
	t.Parallel()
	sandbox, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	const file = "config:\n  gcp:project: ai-serving-dev\n"
	if err := sandbox.WriteStack("secret", file); err != nil {
		t.Fatal(err)
	}
	_, err = sandbox.Pulumi(t.Context(), "config", "set", "--secret", "hf-token", "--stack", "secret")
	if err == nil || !strings.Contains(err.Error(), "add this line below") {
		t.Fatalf("config set: %v, want the line to add", err)
	}
	parts := strings.Split(err.Error(), `"`) // the line is the last that is quoted
	if err := sandbox.WriteStack("secret", file+parts[len(parts)-2]+"\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Pulumi(t.Context(), "stack", "init", "secret"); err != nil {
		t.Fatal(err)
	}
	value, err := sandbox.Pulumi(t.Context(), "config", "get", "hf-token", "--stack", "secret")
	if want := "made up by the sandbox\n"; value != want || err != nil {
		t.Errorf("the secret is %q (%v), want %q", value, err, want)
	}
}

func TestAStackThatIsNotThereIsRefusedAndNothingIsMade(t *testing.T) {
	t.Parallel()
	sandbox, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{
		"stack init nope", "stack select --create nope", "up --yes --stack nope", "-s nope preview", "destroy --yes -s nope", "refresh -s nope --yes",
		"cancel --yes nope", "config -s nope",
	} {
		output, err := sandbox.Pulumi(t.Context(), strings.Fields(command)...)
		want := "sandbox: there is no stack nope, and nothing was done: the stacks are dev, prod; for another one, copy Pulumi.dev.yaml to Pulumi.nope.yaml and edit it\n"
		if err == nil || !strings.HasSuffix(err.Error(), want) || output != "" {
			t.Errorf("pulumi %s: %s, %v; want %s", command, output, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(sandbox.Home, "state")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the state: %v, want none", err)
	}
}

func TestADirectoryThatIsNotEmptyIsNoTemporarySandbox(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "thesis"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{directory, "relative", ""} {
		if sandbox, err := New(path); err == nil {
			t.Errorf("a sandbox is made in %q: %+v", path, sandbox)
		}
	}
	if entries, err := os.ReadDir(directory); len(entries) != 1 || err != nil {
		t.Errorf("the directory has %v (%v), want its file only", entries, err)
	}
}
