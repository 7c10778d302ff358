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

// wanted is how many kills each of up and destroy has to survive.
const wanted = 30

// The engine is killed while it makes a resource of each type, in turns before
// the cloud has done anything and after it has done everything. Each time the
// stack is recovered as the documentation says, and goes on to the next point.
func TestAnUpThatIsKilledLosesNothing(t *testing.T) {
	t.Parallel()
	undisturbed := stacktest.New(t, file)
	undisturbed.Up()
	want, order := undisturbed.Content(), undisturbed.Clouds()

	s := stacktest.New(t, file)
	kills := 0
	for _, point := range points(order) {
		resource := order[point]
		mode := []faults.Mode{faults.HangAfter, faults.Hang}[kills%2]
		t.Logf("%s %s %s", mode, resource.Type, resource.Name())
		// What comes later hangs too, and so is under way when the engine is killed.
		kill(s, faults.Create, mode, resource, order[point+1:], "up")
		kills++
		s.Recover()
	}
	s.Faults()
	s.Up()
	s.Settled()
	if diff := cmp.Diff(want, s.Content()); diff != "" {
		t.Errorf("contents (-undisturbed +killed)\n%s", diff)
	}
	survived(t, kills)
}

// Likewise while it deletes a resource of each type.
func TestADestroyThatIsKilledLeavesNothing(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, file)
	s.Up()
	seen := map[string]bool{}
	kills := 0
	for {
		order := s.Deletions()
		point := slices.IndexFunc(order, func(r stacktest.Resource) bool { return !seen[r.Type] })
		if point < 0 {
			break
		}
		resource := order[point]
		seen[resource.Type] = true
		mode := []faults.Mode{faults.HangAfter, faults.Hang}[kills%2]
		t.Logf("%s %s %s", mode, resource.Type, resource.Name())
		kill(s, faults.Delete, mode, resource, order[point+1:], "destroy")
		kills++
		s.Recover()
	}
	s.Faults()
	s.Destroy()
	survived(t, kills)
}

// points are the positions of the first resource of each type.
func points(order []stacktest.Resource) []int {
	seen := map[string]bool{}
	var points []int
	for i, resource := range order {
		if !seen[resource.Type] {
			seen[resource.Type] = true
			points = append(points, i)
		}
	}
	return points
}

// kill runs a command until it hangs at the resource. Those that come later in
// the order hang before anything is done to them.
func kill(s stacktest.Stack, verb faults.Verb, mode faults.Mode, at stacktest.Resource, later []stacktest.Resource, command string) {
	s.T.Helper()
	armed := []faults.Fault{{Resource: at.URN, Verb: verb, Mode: mode}}
	for _, resource := range later {
		armed = append(armed, faults.Fault{Resource: resource.URN, Verb: verb, Mode: faults.Hang})
	}
	s.Faults(armed...)
	s.Kill(func() bool { return s.Befallen()[0] > 0 }, command, "--yes", "--skip-preview")
}

func survived(t *testing.T, kills int) {
	t.Helper()
	t.Logf("killed %d times", kills)
	if kills < wanted {
		t.Errorf("killed %d times, want %d", kills, wanted)
	}
}
