// Package crash kills the engine, its provider plugins and a cluster's programs at
// many points of deployments, and of taking stacks away. Each time the stack is
// recovered as the documentation says, and what becomes of it at the end is held
// to what an undisturbed run makes.
package crash

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/faults"
	"ai-serving/sandbox/stacktest"
)

const file = "Pulumi.dev.yaml"

// Of up and of destroy, the engine is killed 30 times each; in all, each of the
// other victims is killed 20 times or more.
const (
	engineKills = 30
	otherKills  = 20
	// deletionKills is how often each cloud's plugin is killed while it deletes.
	deletionKills = 4
)

func TestWhatIsKilledLosesNothing(t *testing.T) {
	kills := &counter{kills: map[string]map[string]int{}}
	t.Cleanup(func() { kills.report(t) })
	undisturbed := stacktest.New(t, file)
	undisturbed.Up()
	made, content := undisturbed.Clouds(), undisturbed.Content()
	if _, err := undisturbed.Command("stop"); err != nil { // its cluster would take time from the others
		t.Fatal(err)
	}

	t.Run("the engine", func(t *testing.T) {
		t.Parallel()
		s := stacktest.New(t, file)
		killAll(s, kills, "up", faults.Create, made, engineRounds(t, made))
		finish(s, content)

		order := s.Deletions()
		killAll(s, kills, "destroy", faults.Delete, order, deletionRounds(t, order))
		s.Destroy()
	})

	t.Run("plugins and clusters", func(t *testing.T) {
		t.Parallel()
		s := stacktest.New(t, file)
		killAll(s, kills, "up", faults.Create, made, pluginRounds(t, made))
		finish(s, content)

		objects := ofPackage(made, "kubernetes")
		takeObjectsAway(s, objects)
		killAll(s, kills, "up", faults.Create, objects, clusterRounds(objects))
		finish(s, content)
		killInTheMiddle(s, kills)
		finish(s, content)

		destroyWhileTheClusterGoes(s)
	})
}

// finish deploys what is left to do, and holds the clouds to an undisturbed run.
func finish(s stacktest.Stack, want []string) {
	s.T.Helper()
	s.Up()
	s.Settled()
	if diff := cmp.Diff(want, s.Content()); diff != "" {
		s.T.Errorf("contents (-undisturbed +killed)\n%s", diff)
	}
}

// takeObjectsAway deletes all objects of the cluster, and what depends on them.
func takeObjectsAway(s stacktest.Stack, objects []stacktest.Resource) {
	s.T.Helper()
	arguments := []string{"destroy", "--yes", "--skip-preview", "--target-dependents"}
	for _, object := range objects {
		arguments = append(arguments, "--target", object.URN)
	}
	s.Pulumi(arguments...)
}

// destroyWhileTheClusterGoes kills the engine while the cluster is being deleted,
// and recovers the stack at once. The plugin goes on meanwhile: nothing of the
// cluster may be started again.
func destroyWhileTheClusterGoes(s stacktest.Stack) {
	s.T.Helper()
	cluster := s.Find("gcp:container/cluster:Cluster").ID
	isGoing := func() bool {
		stored := s.Stored(cluster)
		return stored == nil || stored["status"] == "STOPPING"
	}
	s.KillAndRecover(isGoing, "destroy", "--yes", "--skip-preview")
	s.Destroy()
}
