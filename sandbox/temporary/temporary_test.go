package temporary

import (
	"encoding/json"
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
		"ai-serving:flow":  {`{"list":[{"password":"made up by the sandbox"}]}`, true},
		"ai-serving:plain": {`{"insecure":"v1:jNpQX/n+sRQ6iD3g:79jHw9i4fe5bimL8CMEsqzM=","secure-boot":true}`, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got)\n%s", diff)
	}
}
