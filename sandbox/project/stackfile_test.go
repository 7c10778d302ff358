package project

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// original has secrets in each of the forms that YAML has for them.
const original = `# yaml-language-server: $schema=schema/stack.schema.json
secretsprovider: azurekeyvault://example.vault.azure.net/keys/pulumi # the team's
encryptedkey:
encryptionsalt: "v1:Zm9v:v1:YmFy"

# What runs where.
config:
  ai-serving:block:
    secure: v1:jNpQX/n+sRQ6iD3g:79jHw9i4fe5bimL8CMEsqzM=   # rotated in May
  ai-serving:short: {secure: x}
  ai-serving:flow: {list: [{pässword: {secure: "v1:\"quoted\""}}, {other: {secure: 'it''s'}}]} # both
  ai-serving:tagged: {secure: &key !!str v1:abc}
  ai-serving:again: {secure: *key}
  ai-serving:plain: {secure-boot: true, insecure: v1:abc, secure: v1:abc}
  ai-serving:number: {secure: 12}
  ai-serving:tenantFiles: [tenants/a/*.yaml, "tenants/b/*.yaml"]`

const wanted = `# yaml-language-server: $schema=schema/stack.schema.json
 # the team's



# What runs where.
config:
  ai-serving:block:
    secure: SECRET   # rotated in May
  ai-serving:short: {secure: SECRET}
  ai-serving:flow: {list: [{pässword: {secure: SECRET}}, {other: {secure: SECRET}}]} # both
  ai-serving:tagged: {secure: SECRET}
  ai-serving:again: {secure: SECRET}
  ai-serving:plain: {secure-boot: true, insecure: v1:abc, secure: v1:abc}
  ai-serving:number: {secure: 12}
  ai-serving:tenantFiles: [tenants/a/*.yaml, "tenants/b/*.yaml"]
` + provider

func TestTheCopyOfAStackFileHasItsLinesAndMadeUpSecrets(t *testing.T) {
	t.Parallel()
	for name, newline := range map[string]string{"Unix": "\n", "Windows": "\r\n"} {
		copied, patterns, err := copyStack([]byte(strings.ReplaceAll(original, "\n", newline)))
		if err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll(strings.ReplaceAll(wanted, "SECRET", secret), "\n", newline)
		got := strings.ReplaceAll(strings.ReplaceAll(string(copied), "\r\n", "\n"), "\n", newline)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: the copy (-want +got)\n%s", name, diff)
		}
		if diff := cmp.Diff([]string{"tenants/a/*.yaml", "tenants/b/*.yaml"}, patterns); diff != "" {
			t.Errorf("%s: patterns (-want +got)\n%s", name, diff)
		}
	}
}

func TestAStackFileWithoutConfigurationHasTheProviderOnly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":              provider,
		"\n# none yet":  "\n# none yet\n" + provider,
		"config:\n":     "config:\n" + provider,
		"config: {}":    "config: {}\n" + provider,
		"{}\n":          "",
		"- ai-serving:": "",
	} {
		copied, _, err := copyStack([]byte(text))
		if want == "" && err == nil {
			t.Errorf("%q is copied as %q, want an error", text, copied)
		}
		if want != "" && (string(copied) != want || err != nil) {
			t.Errorf("%q is copied as %q, %v; want %q", text, copied, err, want)
		}
	}
}

func TestAStackFileThatPulumiDoesNotReadAsAWholeIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"config:\n  a: 1\n---\nconfig:\n  a: 2\n":                   "line 3: another YAML document begins here, which Pulumi does not read: keep one, without \"---\" in between",
		"config:\n  a: 1\n...\n":                                    "the sandbox cannot put its secrets provider at the end of it: remove what ends the document, such as \"...\"",
		"config: {a: 1\n":                                           "yaml: line 1: did not find expected ',' or '}'",
		"config:\n  a: b: c\n":                                      "yaml: line 2: mapping values are not allowed in this context",
		"{config: {a: 1}}\n":                                        "line 1: write the outermost mapping without braces, a key on each line, as Pulumi does",
		"just text\n":                                               "line 1: must be a mapping with the key \"config\"",
		"config:\n  a:\n    secure: |\n      v1\n":                  "line 3: write this key and its value on one line, as Pulumi does",
		"config:\n  a:\n    secure: v1\n      v2\n":                 "line 3: write this key and its value on one line, as Pulumi does",
		"secretsprovider:\n  x\n":                                   "line 1: write this key and its value on one line, as Pulumi does",
		"config:\n  a: \"two\u2028lines\"\n  b: {secure: v1:abc}\n": "line 4: write this key and its value on one line, as Pulumi does",
	} {
		copied, _, err := copyStack([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%q is copied as %q, %v; want the error %s", text, copied, err, want)
		}
	}
}
