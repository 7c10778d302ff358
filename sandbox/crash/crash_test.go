// Package crash kills the engine at many points of a deployment, and of taking
// it away, and holds what becomes of it to what an undisturbed run makes.
package crash

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/faults"
	"ai-serving/sandbox/stacktest"
)

const file = "Pulumi.dev.yaml"

// kills is how many each of up and destroy has to survive.
const kills = 30

// The engine is killed while it makes resources of 30 types, in turns before the
// cloud has done anything and after it has done everything. Each time the stack
// is recovered as the documentation says, and goes on to the next point.
func TestAnUpThatIsKilledLosesNothing(t *testing.T) {
	t.Parallel()
	undisturbed := stacktest.New(t, file)
	undisturbed.Up()
	want, order := undisturbed.Content(), undisturbed.Clouds()

	s := stacktest.New(t, file)
	killAll(s, "up", faults.Create, slices.DeleteFunc(order, stacktest.Resource.IsBucket))
	s.Up()
	s.Settled()
	if diff := cmp.Diff(want, s.Content()); diff != "" {
		t.Errorf("contents (-undisturbed +killed)\n%s", diff)
	}
}

// Likewise while it deletes them.
func TestADestroyThatIsKilledLeavesNothing(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, file)
	s.Up()
	killAll(s, "destroy", faults.Delete, s.Deletions())
	s.Destroy()
}

// killAll kills a command at one point after the other, and recovers the stack
// from each. The order is one in which the command can come to the resources.
func killAll(s stacktest.Stack, command string, verb faults.Verb, order []stacktest.Resource) {
	s.T.Helper()
	chosen := points(order)
	if len(chosen) != kills {
		s.T.Fatalf("%d points, want %d", len(chosen), kills)
	}
	for i, point := range chosen {
		at, mode := order[point], []faults.Mode{faults.HangAfter, faults.Hang}[i%2]
		s.T.Logf("%s %s %s", mode, at.Type, at.Name())
		armed := []faults.Fault{{Resource: at.URN, Verb: verb, Mode: mode}}
		// What comes later hangs before anything is done: it is under way too.
		for _, later := range order[point+1:] {
			armed = append(armed, faults.Fault{Resource: later.URN, Verb: verb, Mode: faults.Hang})
		}
		s.Faults(armed...)
		s.Kill(func() bool { return s.Befallen()[0] > 0 }, command, "--yes", "--skip-preview")
		s.Recover()
	}
	s.Faults()
}

// points are positions in the order, of resources of as many types as there are
// kills, spread over it. None is a bucket.
func points(order []stacktest.Resource) []int {
	seen := map[string]bool{}
	var first []int
	for i, resource := range order {
		if !seen[resource.Type] && !resource.IsBucket() {
			seen[resource.Type] = true
			first = append(first, i)
		}
	}
	var chosen []int
	for i := range min(kills, len(first)) {
		chosen = append(chosen, first[i*len(first)/kills])
	}
	return chosen
}
