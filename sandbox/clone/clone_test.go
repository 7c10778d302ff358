// Package clone lets make build, deploy, delete and clean in a copy of the checkout
// that is at a path with what a shell, make, YAML and URLs take for something else,
// beside files of other people.
package clone

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/home"
)

// strange is the path of the copy.
const strange = `my prüf 'x"y$z#1%20/ai [1], serving`

func TestACloneAtAnyPathLeavesTheFilesOfOthersAlone(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	above := t.TempDir()
	c := checkout{t, root, above, filepath.Join(above, strange)}
	copySources(t, root, c.path)
	c.writeOthers()
	before := contents(t, above, c.path)
	t.Cleanup(c.stop)

	c.make(nil, "home")
	copyHeavy(t, root, c.path)
	c.refuse()
	c.refuseStacks()

	c.make(nil, "up")
	c.make(nil, "destroy")
	c.expectNoCluster(home.Built(c.path))

	elsewhere := filepath.Join(above, strange+" too")
	c.make([]string{home.Variable + "=" + elsewhere}, "preview")
	c.make([]string{home.Variable + "=" + elsewhere}, "clean")
	if _, err := os.Stat(elsewhere); err == nil {
		t.Errorf("%s is left", elsewhere)
	}
	if _, err := os.Stat(filepath.Join(home.Built(c.path), "bin", "sandbox")); err != nil {
		t.Errorf("what make has built: %v", err)
	}
	c.make(nil, "clean")
	if diff := cmp.Diff(before, contents(t, above, c.path)); diff != "" {
		t.Errorf("files (-before +after)\n%s", diff)
	}
}

// checkout is a copy of the checkout.
type checkout struct {
	t *testing.T
	// root is the checkout that it is a copy of.
	root string
	// above is the directory that it is in, beside the files of others.
	above string
	path  string
}

// writeOthers writes files where a part of the path would lead, taken for a whole
// one, and into a directory such as a person's own: of all names that the sandbox
// uses.
func (c checkout) writeOthers() {
	c.t.Helper()
	paths := []string{filepath.Join(c.above, "person", "faults.db"), filepath.Join(c.above, "person", "program")}
	for _, name := range []string{
		"bin", "control-plane", "documents", "lint", "logs", "project", "pulumi-home", "stacks", "state", "stores", "types", ".sandbox",
	} {
		paths = append(paths, filepath.Join(c.above, "person", name, "file"))
	}
	for _, word := range strings.Fields(strange) {
		for _, directory := range []string{c.above, filepath.Dir(c.path), c.path} {
			paths = append(paths, filepath.Join(directory, word))
		}
	}
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			continue // it is a part of the path of the checkout
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			c.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("somebody's"), 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
}

// refuse holds make, sandbox/pulumi and the sandbox command to refusing a directory
// that is not the sandbox's.
func (c checkout) refuse() {
	c.t.Helper()
	c.make(nil, "build") // for the command
	person := filepath.Join(c.above, "person")
	const remedy = ": give an absolute path, or leave it unset for .sandbox in the checkout"
	for directory, want := range map[string]string{
		"":        "SANDBOX_HOME is empty" + remedy,
		"~":       `SANDBOX_HOME is "~", which is not an absolute path` + remedy,
		"../here": `SANDBOX_HOME is "../here", which is not an absolute path` + remedy,
		person:    person + " is not the sandbox's: it has files, and no file .ai-serving-sandbox: ",
	} {
		variable := home.Variable + "=" + directory
		commands := [][]string{
			{"make", "clean"},
			{"make", "build"},
			{"make", "up"},
			{"make", "lint"},
			{"make", variable, "clean"},
			{"sandbox/pulumi", "stack", "ls"},
			{".sandbox/bin/sandbox", "stop"},
			{".sandbox/bin/sandbox", "start"},
			{".sandbox/bin/sandbox", "list"},
		}
		for _, command := range commands {
			output, err := c.run([]string{variable}, command...)
			if lines := strings.Split(strings.TrimSpace(output), "\n"); err == nil || !strings.HasPrefix(lines[0], "sandbox: "+want) {
				c.t.Errorf("%s %q: %v: %s, want %s…", variable, command, err, output, want)
			}
		}
	}
}

// refuseStacks holds make to saying in its first line that a stack is not there,
// whatever its name does to a shell or a path.
func (c checkout) refuseStacks() {
	c.t.Helper()
	const nameless = ` cannot be the name of a stack: use letters, digits, "-", "_" and ".", such as dev`
	for stack, want := range map[string]string{
		"nope":         "there is no stack nope, and nothing was done: the stacks are dev, prod; ",
		"":             `""` + nameless,
		"a b":          `"a b"` + nameless,
		"../x":         `"../x"` + nameless,
		`'"$(touch x)`: `"'\"$(touch x)"` + nameless,
	} {
		for _, verb := range []string{"up", "preview", "refresh", "addresses", "recover", "destroy"} {
			output, err := c.run([]string{"STACK=" + stack}, "make", verb)
			if err == nil || !strings.HasPrefix(output, "sandbox: "+want) {
				c.t.Errorf("STACK=%q make %s: %v: %s, want %s…", stack, verb, err, output, want)
			}
		}
	}
	output, err := c.run([]string{"STACK=prod"}, "make", "destroy")
	if want := "sandbox: stack prod is not deployed in this sandbox, and nothing was done: "; err == nil || !strings.HasPrefix(output, want) {
		c.t.Errorf("STACK=prod make destroy: %v: %s, want %s…", err, output, want)
	}
}

// make runs make in the copy, which must succeed.
func (c checkout) make(environment []string, target string) {
	c.t.Helper()
	begin := time.Now()
	output, err := c.run(environment, "make", target)
	if err != nil {
		c.t.Fatalf("make %s: %v\n%s", target, err, output)
	}
	c.t.Logf("make %s took %v", target, time.Since(begin).Round(time.Second))
}

// run runs a command in the copy. It has nothing of the checkout that make tests.
func (c checkout) run(environment []string, command ...string) (string, error) {
	cmd := exec.CommandContext(c.t.Context(), command[0], command[1:]...)
	cmd.Dir = c.path
	cmd.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains([]string{home.Variable, "STACK", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PWD"}, name)
	})
	path := strings.ReplaceAll(os.Getenv("PATH"), filepath.Join(home.Built(c.root), "bin")+string(filepath.ListSeparator), "")
	cmd.Env = append(append(cmd.Env, "PATH="+path), environment...)
	output, err := cmd.CombinedOutput()
	return string(output), err
}

// expectNoCluster expects that the clusters of a sandbox are deleted.
func (c checkout) expectNoCluster(directory string) {
	c.t.Helper()
	if clusters, err := controlplane.At(directory).Clusters(); len(clusters) != 0 || err != nil {
		c.t.Errorf("clusters = %v, %v; want none", clusters, err)
	}
}

// stop stops what a test that fails leaves.
func (c checkout) stop() {
	if err := controlplane.At(home.Built(c.path)).Stop(context.WithoutCancel(c.t.Context())); err != nil {
		c.t.Error(err)
	}
}
