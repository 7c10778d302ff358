// Package stacktest deploys stacks of the repository on the real engine, each in
// a sandbox of its own, for the suites that change them, break them, and take
// them away again.
package stacktest

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/given"
	"ai-serving/sandbox/stacks"
	"ai-serving/sandbox/temporary"
)

// name is that of the stack in its sandbox.
const name = "test"

// Stack is a stack in a sandbox of its own.
type Stack struct {
	T       *testing.T
	Sandbox temporary.Sandbox
}

// New makes the stack of a stack file of the checkout. It has no resources yet,
// and none that is made is protected.
func New(t *testing.T, file string) Stack {
	t.Helper()
	sandbox, err := temporary.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sandbox.Close(); err != nil {
			t.Error(err)
		}
	})
	s := Stack{t, sandbox}
	text := strings.Replace(s.File(file), "protect: true", "protect: false", 1)
	s.Write(text)
	for _, path := range s.tenantFiles(text) {
		s.WriteFile(path, s.File(path))
	}
	if _, err := sandbox.Pulumi(t.Context(), "stack", "init", name); err != nil {
		t.Fatal(err)
	}
	return s
}

// File reads a stack file of the checkout.
func (s Stack) File(file string) string {
	s.T.Helper()
	text, err := os.ReadFile(filepath.Join(s.Sandbox.Root, file))
	if err != nil {
		s.T.Fatal(err)
	}
	return string(text)
}

// tenantFiles are the paths of the files of tenants that a stack file names.
func (s Stack) tenantFiles(text string) []string {
	s.T.Helper()
	var file struct {
		Config struct {
			Patterns []string `json:"ai-serving:tenantFiles"`
		} `json:"config"`
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		s.T.Fatal(err)
	}
	var paths []string
	for _, pattern := range file.Config.Patterns {
		found, err := fs.Glob(os.DirFS(s.Sandbox.Root), pattern)
		if err != nil {
			s.T.Fatal(err)
		}
		paths = append(paths, found...)
	}
	return paths
}

// Write changes the stack file.
func (s Stack) Write(text string) {
	s.T.Helper()
	s.WriteFile(stacks.FileName(name), text)
}

// WriteFile changes a file of the project, by its path, for this stack alone.
func (s Stack) WriteFile(path, text string) {
	s.T.Helper()
	if err := s.Sandbox.WriteFile(path, text); err != nil {
		s.T.Fatal(err)
	}
}

// Edit replaces a text that the stack file, or one of its files of tenants, must
// have. It returns what takes the edit back.
func (s Stack) Edit(old, with string) (undo func()) {
	s.T.Helper()
	files, err := s.Sandbox.Files()
	if err != nil {
		s.T.Fatal(err)
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if text := files[path]; strings.Contains(text, old) {
			s.WriteFile(path, strings.Replace(text, old, with, 1))
			return func() { s.WriteFile(path, text) }
		}
	}
	s.T.Fatalf("neither the stack file nor its files of tenants have %q", old)
	return nil
}

// Try runs a pulumi command on the stack.
func (s Stack) Try(arguments ...string) (string, error) {
	return s.Sandbox.Pulumi(s.T.Context(), append(arguments, "--stack", name)...)
}

// TryWith runs a pulumi command on the stack with a variable, NAME=VALUE, in its
// environment.
func (s Stack) TryWith(variable string, arguments ...string) (string, error) {
	command := s.Sandbox.PulumiCommand(s.T.Context(), append(arguments, "--stack", name)...)
	return s.Sandbox.Run(s.T.Context(), "env", append([]string{variable}, command.Args...)...)
}

// Pulumi runs a pulumi command on the stack, which must succeed.
func (s Stack) Pulumi(arguments ...string) string {
	s.T.Helper()
	output, err := s.Try(arguments...)
	if err != nil {
		s.T.Fatal(err)
	}
	return output
}

// Up deploys the stack.
func (s Stack) Up() {
	s.T.Helper()
	s.Pulumi("up", "--yes", "--skip-preview")
}

// RepairAddresses brings changed addresses of container groups into the gateways'
// pools, as make addresses does, and returns what pulumi prints.
func (s Stack) RepairAddresses() (string, error) {
	return s.Sandbox.Run(s.T.Context(), filepath.Join(s.Sandbox.Root, "tools", "addresses"),
		filepath.Join(s.Sandbox.Root, "sandbox", "pulumi"), "--stack", name, "--non-interactive", "--color=never")
}

// Settled holds the stack to what its file says: nothing is left to do, and
// nothing is otherwise than the state has it.
func (s Stack) Settled() {
	s.T.Helper()
	s.Pulumi("preview", "--expect-no-changes")
	s.Pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
}

// Resource is a resource of a state.
type Resource struct {
	URN, Type, ID, Parent, Provider string
	DeletedWith                     string
	Custom                          bool
	Dependencies                    []string
	Inputs, Outputs                 map[string]any
}

// State is the exported state.
func (s Stack) State() []byte {
	s.T.Helper()
	return []byte(s.Pulumi("stack", "export"))
}

// Resources are those of the state, each after what it depends on.
func (s Stack) Resources() []Resource {
	s.T.Helper()
	var exported struct {
		Deployment struct{ Resources []Resource }
	}
	s.Decode(string(s.State()), &exported)
	return exported.Deployment.Resources
}

// Clouds are the resources of the state that are in a cloud: neither components
// nor providers.
func (s Stack) Clouds() []Resource {
	s.T.Helper()
	return slices.DeleteFunc(s.Resources(), func(r Resource) bool {
		return !r.Custom || strings.HasPrefix(r.Type, "pulumi:")
	})
}

// Deletions are the resources in the clouds in an order in which the engine
// deletes them. It deletes in turns: first what the longest chain of resources
// refers to, all at once, then what the next shorter ones do. What goes with its
// cluster is not deleted by itself.
func (s Stack) Deletions() []Resource {
	s.T.Helper()
	depth := map[string]int{}
	for _, resource := range s.Resources() {
		for _, other := range append(resource.Dependencies, resource.Parent, resource.ProviderURN(), resource.DeletedWith) {
			depth[resource.URN] = max(depth[resource.URN], depth[other]+1)
		}
	}
	all := slices.DeleteFunc(s.Clouds(), func(r Resource) bool { return r.DeletedWith != "" })
	slices.SortStableFunc(all, func(a, b Resource) int { return depth[b.URN] - depth[a.URN] })
	return all
}

// Find is the first resource of a type; with a name, the one that has it.
func (s Stack) Find(token string, name ...string) Resource {
	s.T.Helper()
	for _, resource := range s.Clouds() {
		if resource.Type == token && (len(name) == 0 || resource.Name() == name[0]) {
			return resource
		}
	}
	s.T.Fatalf("no resource of type %s is named %v", token, name)
	return Resource{}
}

// Name is the logical name.
func (r Resource) Name() string { return r.URN[strings.LastIndex(r.URN, "::")+2:] }

// Package is the name of the package of the resource's type.
func (r Resource) Package() string { return r.Type[:strings.Index(r.Type, ":")] }

// ProviderURN is that of the provider that serves the resource.
func (r Resource) ProviderURN() string {
	return r.Provider[:max(0, strings.LastIndex(r.Provider, "::"))] // its id follows
}

// Decode reads JSON.
func (s Stack) Decode(text string, into any) {
	s.T.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		s.T.Fatalf("%v in %s", err, text)
	}
}

// Step is what a preview would do to a resource.
type Step struct {
	Op, URN string
	// DetailedDiff has what changes, by path.
	DetailedDiff map[string]any
}

// Type is that of the resource.
func (s Step) Type() string {
	qualified := strings.Split(s.URN, "::")[2]
	return qualified[strings.LastIndex(qualified, "$")+1:]
}

// Name is the resource's logical name.
func (s Step) Name() string { return s.URN[strings.LastIndex(s.URN, "::")+2:] }

// Steps are what a preview would do, but for the resources that stay.
func (s Stack) Steps() []Step {
	s.T.Helper()
	var preview struct{ Steps []Step }
	s.Decode(s.Pulumi("preview", "--json"), &preview)
	return slices.DeleteFunc(preview.Steps, func(step Step) bool { return step.Op == "same" })
}

// Plan lists the types of what a preview would change, by what it would do, with
// how many there are.
func (s Stack) Plan() map[string]map[string]int {
	s.T.Helper()
	return Count(s.Steps())
}

// Count lists the types of what steps change, by what they do, with how many
// there are.
func Count(steps []Step) map[string]map[string]int {
	changes := map[string]map[string]int{}
	for _, step := range steps {
		if changes[step.Op] == nil {
			changes[step.Op] = map[string]int{}
		}
		changes[step.Op][step.Type()]++
	}
	return changes
}

// Cluster is the stack's only cluster, and a client of it.
func (s Stack) Cluster() (controlplane.Cluster, *kubernetes.Clientset) {
	s.T.Helper()
	clusters, err := controlplane.At(s.Sandbox.Home).Clusters()
	if err != nil || len(clusters) != 1 {
		s.T.Fatalf("clusters = %v, %v; want one", clusters, err)
	}
	client, err := clusters[0].Client()
	if err != nil {
		s.T.Fatal(err)
	}
	return clusters[0], client
}

// Destroy takes the stack away, and looks for what it leaves.
func (s Stack) Destroy() {
	s.T.Helper()
	s.Pulumi("destroy", "--yes", "--skip-preview")
	s.Empty()
}

// Empty holds the state and the clusters to having nothing left, and the stores
// to having what they had before, but for the APIs of the project, which the
// program leaves enabled for others.
func (s Stack) Empty() {
	s.T.Helper()
	for _, left := range s.Resources() {
		s.T.Errorf("the state still has %s", left.URN)
	}
	before, err := given.All()
	if err != nil {
		s.T.Fatal(err)
	}
	held := s.Export()
	for _, documents := range held.Clouds {
		maps.DeleteFunc(documents, func(id string, _ any) bool { return strings.Contains(id, "/services/") })
	}
	if diff := cmp.Diff(before, held.Clouds); diff != "" {
		s.T.Errorf("clouds (-before +left)\n%s", diff)
	}
	for id := range held.Clusters {
		s.T.Errorf("cluster %s is left", id)
	}
}
