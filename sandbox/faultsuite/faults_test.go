// Package faultsuite lets every type of resource fail once when it is created,
// updated and deleted, and holds a repeated deployment to what an undisturbed
// one makes.
package faultsuite

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/faults"
	"ai-serving/sandbox/inventory"
	"ai-serving/sandbox/stacktest"
)

const file = "Pulumi.dev.yaml"

// rounds bounds how often a command is repeated. Each failure keeps back what
// depends on it, so that it takes as many as the longest chain has types.
const rounds = 25

func TestEveryTypeFailsOnceWhenCreatedAndDeleted(t *testing.T) {
	t.Parallel()
	undisturbed := stacktest.New(t, file)
	undisturbed.Up()
	want, types := undisturbed.Content(), typesOf(undisturbed.Clouds())

	s := stacktest.New(t, file)
	s.Faults(eachOnce(types, faults.Create)...)
	t.Logf("%d types: up succeeds at attempt %d", len(types), repeat(s, "up"))
	checkBefallen(s, types, nil)
	s.Settled()
	if diff := cmp.Diff(want, s.Content()); diff != "" {
		t.Errorf("contents (-undisturbed +failed)\n%s", diff)
	}

	// The objects of a cluster go with it, unless the tenant goes before.
	s.Edit("isolation: bridge", "isolation: pool")
	s.Faults(eachOnce(types, faults.Delete)...)
	t.Logf("without the tenant's own replicas up succeeds at attempt %d", repeat(s, "up"))
	t.Logf("destroy succeeds at attempt %d", repeat(s, "destroy"))
	checkBefallen(s, types, nil)
	s.Empty()
}

// The cloud has made the resource, and the engine does not know: without recovery
// each would be there twice, or in the way.
func TestEveryTypeIsRecoveredWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, file)
	types, err := inventory.Types(s.Sandbox.Root)
	if err != nil {
		t.Fatal(err)
	}
	var lost []faults.Fault
	for _, token := range types {
		lost = append(lost, faults.Fault{Resource: token, Verb: faults.Create, Mode: faults.FailAfter})
	}
	s.Faults(lost...)
	attempt := 1
	for ; ; attempt++ {
		if _, err = s.Try("up", "--yes", "--skip-preview", "--continue-on-error"); err == nil || attempt == rounds {
			break
		}
		s.Recover()
	}
	if err != nil {
		t.Fatalf("up still fails at attempt %d: %v", attempt, err)
	}
	made, befallen := typesOf(s.Clouds()), s.Befallen()
	for _, token := range made {
		if befallen[slices.Index(types, token)] == 0 {
			t.Errorf("no answer to the creation of %s was lost", token)
		}
	}
	t.Logf("%d types: up succeeds at attempt %d", len(made), attempt)
	s.Settled()
	s.Faults()
	s.Destroy()
}

// edits change what can be changed in place by the stack file.
var edits = [][2]string{
	{"    dnsLabel: ai-serving-dev\n", "    dnsLabel: ai-serving-dev\n    labels: {team: serving}\n"},
	{"maxStreamSeconds: 300", "maxStreamSeconds: 400"},
	{"healthPath: /\n      paths: [/v1/chat/*]", "healthPath: /health\n      paths: [/v1/chat/*]"},
	{"max: 4", "max: 5"},
}

// earlier are values that the program is taken to have given before, of types
// that no edit of a stack file changes in place.
var earlier = map[string]stacktest.Property{
	"azure-native:network:Subnet":                                       {Name: "privateEndpointNetworkPolicies", Value: "Enabled"},
	"gcp:compute/backendBucket:BackendBucket":                           {Name: "compressionMode", Value: "DISABLED"},
	"gcp:compute/firewall:Firewall":                                     {Name: "sourceRanges", Value: []string{"192.0.2.0/24"}},
	"gcp:compute/network:Network":                                       {Name: "routingMode", Value: "GLOBAL"},
	"gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager": {Name: "waitForInstancesStatus", Value: "STABLE"},
	"gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy":           {Name: "urlMap", Value: "projects/ai-serving-dev/regions/europe-west4/urlMaps/earlier"},
	"gcp:compute/routerNat:RouterNat":                                   {Name: "enableEndpointIndependentMapping", Value: true},
	"gcp:compute/subnetwork:Subnetwork":                                 {Name: "privateIpGoogleAccess", Value: false},
	"gcp:compute/targetHttpProxy:TargetHttpProxy":                       {Name: "urlMap", Value: "projects/ai-serving-dev/global/urlMaps/earlier"},
	"gcp:projects/service:Service":                                      {Name: "disableOnDestroy", Value: true},
	"gcp:serviceaccount/account:Account":                                {Name: "displayName", Value: "earlier"},
}

// replaced are the types that nothing that the program gives changes in place,
// with the reason.
var replaced = map[string]string{
	"gcp:compute/instanceTemplate:InstanceTemplate":     "Compute Engine has no method that changes a template",
	"gcp:compute/router:Router":                         "the program gives a name, a network and a region, which are the router's identity",
	"gcp:projects/iAMMember:IAMMember":                  "a member of a role is there or not",
	"gcp:storage/bucketIAMMember:BucketIAMMember":       "a member of a role is there or not",
	"gcp:secretmanager/secretIamMember:SecretIamMember": "a member of a role is there or not",
	"gcp:secretmanager/secretVersion:SecretVersion":     "another value is another version",
}

func TestEveryTypeFailsOnceWhenUpdated(t *testing.T) {
	t.Parallel()
	undisturbed := stacktest.New(t, file)
	undisturbed.Up()
	change(undisturbed)
	undisturbed.Up()
	want, types := undisturbed.Content(), typesOf(undisturbed.Clouds())

	s := stacktest.New(t, file)
	s.Up()
	checkReplaced(s)
	change(s)
	s.Faults(eachOnce(types, faults.Update)...)
	t.Logf("%d types: up succeeds at attempt %d", len(types), repeat(s, "up"))
	checkBefallen(s, types, replaced)
	s.Settled()
	if diff := cmp.Diff(want, s.Content()); diff != "" {
		t.Errorf("contents (-undisturbed +failed)\n%s", diff)
	}
}

// change makes an update of everything that can be updated.
func change(s stacktest.Stack) {
	s.T.Helper()
	for _, edit := range edits {
		s.Edit(edit[0], edit[1])
	}
	s.Rewrite(earlier)
}

// checkReplaced holds the types that are listed as replaced to being so: with
// another value of any plain property before, none of them is updated.
func checkReplaced(s stacktest.Stack) {
	s.T.Helper()
	remaining := map[string]map[string]any{}
	for _, resource := range s.Clouds() {
		if replaced[resource.Type] != "" {
			remaining[resource.Type] = resource.Inputs
		}
	}
	state := s.State()
	tried := 0
	for {
		round := map[string]stacktest.Property{}
		for token, inputs := range remaining {
			for _, name := range slices.Sorted(maps.Keys(inputs)) {
				other := another(inputs[name])
				delete(inputs, name)
				if other != nil {
					round[token] = stacktest.Property{Name: name, Value: other}
					break
				}
			}
		}
		if len(round) == 0 {
			break
		}
		tried += len(round)
		s.Rewrite(round)
		for token := range s.Plan()["update"] {
			if property, listed := round[token]; listed {
				s.T.Errorf("%s is listed as replaced, and is updated with %s", token, property.Name)
			}
		}
		s.Import(state)
	}
	s.T.Logf("tried %d properties of %d types that are only replaced", tried, len(replaced))
}

// another is a plain value that differs; nil for one that is not plain.
func another(value any) any {
	switch value := value.(type) {
	case string:
		return value + "x"
	case bool:
		return !value
	case float64:
		return value + 1
	}
	return nil
}

func typesOf(resources []stacktest.Resource) []string {
	types := map[string]bool{}
	for _, resource := range resources {
		types[resource.Type] = true
	}
	return slices.Sorted(maps.Keys(types))
}

// eachOnce lets each type fail once.
func eachOnce(types []string, verb faults.Verb) []faults.Fault {
	var all []faults.Fault
	for _, token := range types {
		all = append(all, faults.Fault{Resource: token, Verb: verb, Mode: faults.Fail})
	}
	return all
}

// repeat runs a command until it succeeds and gives the number of attempts.
func repeat(s stacktest.Stack, command string) int {
	s.T.Helper()
	for attempt := 1; ; attempt++ {
		_, err := s.Try(command, "--yes", "--skip-preview", "--continue-on-error")
		if err == nil {
			return attempt
		}
		if attempt == rounds {
			s.T.Fatalf("%s still fails at attempt %d: %v", command, attempt, err)
		}
	}
}

// checkBefallen holds each type's fault to having befallen, unless it is one
// of the exceptions, whose faults must not have.
func checkBefallen(s stacktest.Stack, types []string, exceptions map[string]string) {
	s.T.Helper()
	for i, befallen := range s.Befallen() {
		want := 1
		if exceptions[types[i]] != "" {
			want = 0
		}
		if befallen != want {
			s.T.Errorf("%s has failed %d times, want %d", types[i], befallen, want)
		}
	}
}
