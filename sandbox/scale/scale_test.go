// Package scale deploys a stack with a thousand tenants, and tells what a tenant
// that comes, goes or changes does to the resources of all others.
package scale

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/population"
	"ai-serving/sandbox/stacktest"
)

// tenants are those of the stack.
var tenants = population.Population{Pooled: 1000, Bridge: 4, Silo: 2}

// oneState writes the state once, at the end of a deployment, and not after each
// step. What that is good for, to survive a kill, is tested by the package crash.
const oneState = "PULUMI_SKIP_CHECKPOINTS=true"

// paths bounds how many paths of a document a pooled tenant may change: a host in
// a rule, and in the conditions of a policy.
const paths = 4

func TestATenantChangesItsOwnResourcesAndSharedDocumentsAlone(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, "Pulumi.dev.yaml")
	file, files, err := tenants.In(s.File("Pulumi.dev.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	s.Write(file)
	for path, text := range files {
		s.WriteFile(path, text)
	}
	if _, err := s.TryWith(oneState, "up", "--yes", "--skip-preview"); err != nil {
		t.Fatal(err)
	}
	if plan := s.Plan(); len(plan) > 0 {
		t.Fatalf("the stack is not settled: %v", plan)
	}
	for _, edit := range edits {
		undo := s.Edit(edit.old, edit.with)
		check(t, edit, s.Steps())
		undo()
	}
}

func check(t *testing.T, edit edit, steps []stacktest.Step) {
	t.Helper()
	if diff := cmp.Diff(edit.want, stacktest.Count(steps)); diff != "" {
		t.Errorf("to %s changes (-want +got)\n%s", edit.what, diff)
	}
	for _, step := range steps {
		isOwn := edit.tenant != "" && strings.Contains(step.Name(), edit.tenant)
		if !isOwn && step.Op != "update" {
			t.Errorf("to %s: %s %s, which is not the tenant's own", edit.what, step.Op, step.URN)
		}
		if edit.tenant == "" {
			t.Logf("to %s changes %d paths of %s %s", edit.what, len(step.DetailedDiff), step.Type(), step.Name())
			if len(step.DetailedDiff) > paths {
				t.Errorf("to %s changes more than %d paths of %s: %v", edit.what, paths, step.URN, step.DetailedDiff)
			}
		}
	}
}
