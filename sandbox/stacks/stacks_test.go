package stacks

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

func TestTheProjectHasItsName(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var project struct{ Name string }
	if err := yaml.Unmarshal(text, &project); err != nil || project.Name != Project {
		t.Errorf("Pulumi.yaml has the name %q (%v), want %s", project.Name, err, Project)
	}
}

// newPlace has a stack of each kind.
func newPlace(t *testing.T) Place {
	t.Helper()
	place := Place{Root: t.TempDir(), Home: t.TempDir()}
	for _, path := range []string{
		filepath.Join(place.Root, "Pulumi.yaml"),
		filepath.Join(place.Root, "Pulumi.dev.yaml"),
		filepath.Join(place.Root, "Pulumi.prod.yaml"),
		filepath.Join(place.Home, "stacks", "Pulumi.test.yaml"),
		place.State("dev"), place.State("gone"), place.State("gone") + ".bak", place.State("removed") + ".bak",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return place
}

func TestStacksAreFoundByTheirFilesAndStates(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	names, err := place.Names()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"dev", "gone", "prod", "test"}, names); diff != "" {
		t.Errorf("stacks (-want +got)\n%s", diff)
	}
	for given, want := range map[string]Stack{
		"dev":                         {Name: "dev", HasFile: true, IsDeployed: true},
		"organization/dev":            {Name: "dev", HasFile: true, IsDeployed: true},
		"organization/ai-serving/dev": {Name: "dev", HasFile: true, IsDeployed: true},
		"prod":                        {Name: "prod", HasFile: true},
		"test":                        {Name: "test", HasFile: true},
		"gone":                        {Name: "gone", IsDeployed: true},
		"removed":                     {Name: "removed"},
		"nope":                        {Name: "nope"},
	} {
		got, err := place.Find(given)
		if err != nil {
			t.Errorf("%s: %v", given, err)
		}
		if got.place = (Place{}); got != want {
			t.Errorf("%s is found as %+v, want %+v", given, got, want)
		}
	}
}

func TestWhatIsNotThereIsSaidWithTheNextStep(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	const none = "there is no stack nope, and nothing was done: the stacks are dev, gone, prod, test; for another one, copy Pulumi.dev.yaml to Pulumi.nope.yaml and edit it"
	for given, want := range map[string]struct{ file, state string }{
		"dev":  {},
		"prod": {state: "stack prod is not deployed in this sandbox, and nothing was done: make up STACK=prod deploys it"},
		"gone": {file: "Pulumi.gone.yaml does not exist, and the sandbox has a state of stack gone: put the file back, or take the stack away: " +
			"make destroy STACK=gone, and then sandbox/pulumi stack rm gone"},
		"nope": {none, none},
	} {
		stack, err := place.Find(given)
		if err != nil {
			t.Fatal(err)
		}
		if got := text(stack.NeedsFile()); got != want.file {
			t.Errorf("%s: NeedsFile = %s, want %s", given, got, want.file)
		}
		if got := text(stack.NeedsState()); got != want.state {
			t.Errorf("%s: NeedsState = %s, want %s", given, got, want.state)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestWhatCannotBeANameIsRefused(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	for given, shown := range map[string]string{
		"": `""`, "a b": `"a b"`, "../x": `"../x"`, "..": `".."`, "a/b": `"a/b"`, "$(x)": `"$(x)"`, "dev\n": `"dev\n"`, "*": `"*"`,
		"other/ai-serving/dev": `"other/ai-serving/dev"`, "prüf": `"prüf"`,
	} {
		want := shown + ` cannot be the name of a stack: use letters, digits, "-", "_" and ".", such as dev`
		if got, err := place.Find(given); err == nil || err.Error() != want {
			t.Errorf("%q is found as %+v, %v; want %s", given, got, err, want)
		}
	}
}
