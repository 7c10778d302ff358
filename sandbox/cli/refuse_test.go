package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ai-serving/sandbox/home"
	"ai-serving/sandbox/project"
	"ai-serving/sandbox/stacks"
)

// newPlace is a project with the stack dev, which is deployed, prod, which is not,
// bad, whose file has a mistake, and gone, of which there is the state only.
func newPlace(t *testing.T) stacks.Place {
	t.Helper()
	above := t.TempDir()
	place := stacks.Place{Root: filepath.Join(above, "it's a \"checkout\""), Home: filepath.Join(above, "$HOME #1 ü%20")}
	if err := home.Make(place.Home, place.Home); err != nil {
		t.Fatal(err)
	}
	const state = `{"version": 3, "checkpoint": {"latest": {}}}`
	for path, text := range map[string]string{
		filepath.Join(place.Root, "Pulumi.yaml"):      "name: ai-serving\n",
		filepath.Join(place.Root, "Pulumi.dev.yaml"):  "config: {}\n",
		filepath.Join(place.Root, "Pulumi.prod.yaml"): "config: {}\n",
		filepath.Join(place.Root, "Pulumi.bad.yaml"):  "config: {}\n---\nconfig: {}\n",
		place.State("dev"):                            state,
		place.State("bad"):                            state,
		place.State("gone"):                           state,
	} {
		write(t, path, text)
	}
	return place
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

const (
	none    = "there is no stack nope, and nothing was done: the stacks are bad, dev, gone, prod; for another one, copy Pulumi.dev.yaml to Pulumi.nope.yaml and edit it"
	missing = "Pulumi.gone.yaml does not exist, and the sandbox has a state of stack gone: put the file back, or take the stack away: " +
		"make destroy STACK=gone, and then sandbox/pulumi stack rm gone"
	unnamed = "no stack is selected, and nothing was done: name one, such as --stack dev"
	idle    = "stack prod is not deployed in this sandbox, and nothing was done: make up STACK=prod deploys it"
	double  = "Pulumi.bad.yaml:2:1: a second YAML document begins here and would be ignored: join it with the first, and remove the line \"---\""
	edit    = "the sandbox reads Pulumi.dev.yaml and does not write it: edit it yourself"
)

func TestWhatCannotBeDoneIsRefusedInOneLine(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	for given, want := range map[string]string{
		"up -s dev":      "",
		"up -s prod":     "",
		"up -s nope":     none,
		"up -s gone":     missing,
		"up -s bad":      double,
		"up":             unnamed,
		"up -s a/../b":   `"a/../b" cannot be the name of a stack: use letters, digits, "-", "_" and ".", such as dev`,
		"preview -s bad": double,

		"destroy -s dev":                "",
		"destroy -s gone":               "",
		"destroy -s bad":                "",
		"destroy -s prod":               idle,
		"destroy -s nope":               none,
		"destroy -s gone --run-program": missing,
		"refresh -s nope":               none,
		"cancel --yes nope":             none,
		"cancel --yes dev":              "",

		"stack init prod":                      "",
		"stack init nope":                      none,
		"stack init":                           unnamed,
		"stack select --create nope":           none,
		"stack select --create prod":           "",
		"stack select nope":                    none,
		"stack rm --yes gone":                  "",
		"stack export -s nope":                 none,
		"stack ls":                             "",
		"stack output --json -s dev":           "",
		"stack change-secrets-provider -s dev": "a sandbox has a secrets provider of its own, and nothing was changed: set \"secretsprovider\" in the stack file itself",

		"config -s dev":                           "",
		"config get x -s nope":                    none,
		"config set a b -s dev":                   edit,
		"-s dev config set a b":                   edit,
		"--stack dev config rm a":                 edit,
		"config -s dev refresh":                   edit,
		"config set a b":                          "the sandbox reads the stack file and does not write it: edit it yourself",
		"config set --secret hf-token -s dev":     "the sandbox reads Pulumi.dev.yaml and does not write it: add this line below \"config:\", and the sandbox makes up the secret: \"  ai-serving:hf-token: {secure: any}\"",
		"-s dev config set --secret gcp:key text": "the sandbox reads Pulumi.dev.yaml and does not write it: add this line below \"config:\", and the sandbox makes up the secret: \"  gcp:key: {secure: any}\"",

		"version":   "",
		"plugin ls": "",
	} {
		problems, err := project.Update(place)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := refuse(place, parse(strings.Fields(given)), problems); err != nil {
			got = strings.ReplaceAll(err.Error(), place.Root+"/", "")
		}
		if got != want {
			t.Errorf("pulumi %s: %s, want %s", given, got, want)
		}
	}
}
