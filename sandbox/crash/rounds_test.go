package crash

import (
	"slices"
	"testing"

	"ai-serving/sandbox/faults"
	"ai-serving/sandbox/stacktest"
)

// target is where in the order of resources a victim is killed.
type target struct {
	position int
	mode     faults.Mode // before the cloud has done anything, or after it has done everything
	victim   stacktest.Victim
	// packages are those whose resources wait for the victim, all if there are none:
	// the operations on later ones have begun too.
	packages []string
}

// round is what is killed at the same time.
type round []target

// modes are tried in turns.
var modes = []faults.Mode{faults.HangAfter, faults.Hang}

// The victims that are no plugins of clouds.
var clusterVictims = []stacktest.Victim{stacktest.Plugin("kubernetes"), stacktest.Program("kube-apiserver"), stacktest.Program("etcd")}

// clouds are the packages of the clouds.
var clouds = []string{"azure-native", "gcp"}

// engineRounds kill the engine at resources of as many types as there are kills.
func engineRounds(t *testing.T, order []stacktest.Resource) []round {
	t.Helper()
	var rounds []round
	for i, position := range spread(t, firstOfTypes(order), engineKills) {
		rounds = append(rounds, round{{position: position, mode: modes[i%2], victim: stacktest.Engine}})
	}
	return rounds
}

// pluginRounds kill the plugins of both clouds at once, each in the middle of an
// operation, as when a machine is short of memory.
func pluginRounds(t *testing.T, order []stacktest.Resource) []round {
	t.Helper()
	rounds := make([]round, otherKills-deletionKills)
	for i, cloud := range clouds {
		for j, position := range spread(t, reachable(order, cloud), len(rounds)) {
			rounds[j] = append(rounds[j], target{position, modes[(i+j)%2], stacktest.Plugin(cloud), []string{cloud}})
		}
	}
	return rounds
}

// clusterRounds kill two of the plugin, the API server and etcd, or all three, in turns, at
// each object, before and after it is made in turns.
func clusterRounds(objects []stacktest.Resource) []round {
	plugin, server, etcd := clusterVictims[0], clusterVictims[1], clusterVictims[2]
	turns := [][]stacktest.Victim{{plugin, server}, {plugin, etcd}, {server, etcd}, clusterVictims}
	var rounds []round
	for position := range objects {
		var r round
		for _, victim := range turns[position/len(modes)%len(turns)] {
			r = append(r, target{position, modes[position%len(modes)], victim, []string{"kubernetes"}})
		}
		rounds = append(rounds, r)
	}
	return rounds
}

// deletionRounds kill the engine, and the plugins of the clouds in between. When a
// plugin is killed, the others lose their connections.
func deletionRounds(t *testing.T, order []stacktest.Resource) []round {
	t.Helper()
	rounds := engineRounds(t, order)
	isTaken := func(position int) bool {
		return slices.ContainsFunc(rounds, func(r round) bool { return r[0].position == position })
	}
	for _, cloud := range clouds {
		free := slices.DeleteFunc(positions(order, cloud), isTaken)
		for i, position := range spread(t, free, deletionKills) {
			rounds = append(rounds, round{{position: position, mode: modes[i%2], victim: stacktest.Plugin(cloud)}})
		}
	}
	slices.SortStableFunc(rounds, func(a, b round) int { return a[0].position - b[0].position })
	return rounds
}

// killAll kills a command in one round after the other, and recovers the stack
// from each. The order is one in which the command can come to the resources.
func killAll(s stacktest.Stack, kills *counter, command string, verb faults.Verb, order []stacktest.Resource, rounds []round) {
	s.T.Helper()
	for _, r := range rounds {
		s.Faults(r.faults(verb, order)...)
		s.Kill(r.victims(), func() bool { return r.isReached(s.Befallen()) }, command, "--yes", "--skip-preview")
		for _, target := range r {
			at := order[target.position]
			s.T.Logf("%s: %s killed, %s %s %s", command, target.victim.Name, target.mode, at.Type, at.Name())
			kills.add(command, target.victim)
		}
		s.Recover()
	}
}

func (r round) victims() []stacktest.Victim {
	var victims []stacktest.Victim
	for _, target := range r {
		victims = append(victims, target.victim)
	}
	return victims
}

// faults let the operations on the targets' resources hang, and then the later
// ones, before anything is done.
func (r round) faults(verb faults.Verb, order []stacktest.Resource) []faults.Fault {
	var armed []faults.Fault
	add := func(resource stacktest.Resource, mode faults.Mode) {
		if !slices.ContainsFunc(armed, func(fault faults.Fault) bool { return fault.Resource == resource.URN }) {
			armed = append(armed, faults.Fault{Resource: resource.URN, Verb: verb, Mode: mode})
		}
	}
	for _, target := range r {
		add(order[target.position], target.mode)
	}
	for _, target := range r {
		for _, later := range order[target.position+1:] {
			if len(target.packages) == 0 || slices.Contains(target.packages, later.Package()) {
				add(later, faults.Hang)
			}
		}
	}
	return armed
}

// isReached reports whether the operations on the targets' resources hang.
func (r round) isReached(befallen []int) bool {
	resources := map[int]bool{}
	for _, target := range r {
		resources[target.position] = true
	}
	return !slices.Contains(befallen[:len(resources)], 0)
}

// firstOfTypes are the positions of the first resource of each type.
func firstOfTypes(order []stacktest.Resource) []int {
	seen := map[string]bool{}
	var first []int
	for i, resource := range order {
		if !seen[resource.Type] {
			seen[resource.Type] = true
			first = append(first, i)
		}
	}
	return first
}

// positions lists where the resources of a package are.
func positions(order []stacktest.Resource, name string) []int {
	var found []int
	for i, resource := range order {
		if resource.Package() == name {
			found = append(found, i)
		}
	}
	return found
}

// reachable are the positions of a cloud's resources that depend on nothing in
// another cloud, where everything later may hang.
func reachable(order []stacktest.Resource, cloud string) []int {
	waits := map[string]bool{} // URNs of what depends on another cloud, which comes before
	for _, resource := range order {
		isOther := slices.Contains(clouds, resource.Package()) && resource.Package() != cloud
		waits[resource.URN] = isOther || slices.ContainsFunc(resource.Dependencies, func(urn string) bool { return waits[urn] })
	}
	return slices.DeleteFunc(positions(order, cloud), func(position int) bool { return waits[order[position].URN] })
}

// spread are so many of the positions, over all of them.
func spread(t *testing.T, positions []int, wanted int) []int {
	t.Helper()
	if len(positions) < wanted {
		t.Fatalf("%d resources to kill something at, want %d", len(positions), wanted)
	}
	var chosen []int
	for i := range wanted {
		chosen = append(chosen, positions[i*len(positions)/wanted])
	}
	return chosen
}

func ofPackage(order []stacktest.Resource, name string) []stacktest.Resource {
	return slices.DeleteFunc(slices.Clone(order), func(r stacktest.Resource) bool { return r.Package() != name })
}
