package azure

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/store"
)

// moving is a sandbox whose groups can be restarted, and its home.
func moving(t *testing.T) (s sandbox, home string) {
	t.Helper()
	s, home = newSandbox(t), t.TempDir()
	s.manager = manager{store.At(filepath.Join(home, "stores", "azure.db"))}
	s.region()
	return s, home
}

// restart restarts a group, and gives its addresses before and after.
func restart(t *testing.T, home, group string) [2]string {
	t.Helper()
	return restartReusing(t, home, group, LastFreed)
}

func restartReusing(t *testing.T, home, group string, reuse Reuse) [2]string {
	t.Helper()
	restarted, err := RestartGroup(home, group, reuse)
	if err != nil {
		t.Fatal(err)
	}
	return [2]string{restarted.Before, restarted.After}
}

func TestARestartedGroupHasTheAddressThatWasFreedLast(t *testing.T) {
	t.Parallel()
	s, home := moving(t)
	one := s.containers("one", "containers")
	s.containers("two", "containers")
	s.containers("three", "containers")
	got := [][2]string{
		restart(t, home, "one"),
		restart(t, home, "TWO"),
		restart(t, home, string(one.id)),
		restart(t, home, "one"),
	}
	want := [][2]string{
		{"10.0.1.4", "10.0.1.7"}, // nothing was freed: the first that is free
		{"10.0.1.5", "10.0.1.4"}, // what one has had
		{"10.0.1.7", "10.0.1.5"}, // what two has had
		{"10.0.1.5", "10.0.1.7"}, // its own from before: never the one that it has
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("addresses before and after (-want +got)\n%s", diff)
	}
}

func TestTheAddressThatWasFreedFirstIsHandedOutAfterAllOthers(t *testing.T) {
	t.Parallel()
	s, home := moving(t)
	s.subnet("small", "10.0.3.0/29", "Microsoft.ContainerInstance/containerGroups") // .4, .5 and .6
	s.containers("one", "small")
	var got []string
	for range 4 {
		got = append(got, restartReusing(t, home, "one", FirstFreed)[1])
	}
	want := []string{"10.0.3.5", "10.0.3.6", "10.0.3.4", "10.0.3.5"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("addresses after each restart (-want +got)\n%s", diff)
	}
}

func TestAFreedAddressThatAnotherHasTakenIsNotGivenAgain(t *testing.T) {
	t.Parallel()
	s, home := moving(t)
	s.containers("one", "containers")
	restart(t, home, "one")           // frees 10.0.1.4
	s.containers("two", "containers") // takes it
	if got := restart(t, home, "one"); got != [2]string{"10.0.1.5", "10.0.1.6"} {
		t.Errorf("one had and has %v", got)
	}
}

func TestARestartChangesOnlyTheAddress(t *testing.T) {
	t.Parallel()
	s, home := moving(t)
	one := s.containers("one", "containers")
	before, err := s.manager.get(string(one.id))
	if err != nil {
		t.Fatal(err)
	}
	restart(t, home, "one")
	after, err := s.manager.get(string(one.id))
	if err != nil {
		t.Fatal(err)
	}
	put(before, "10.0.1.5", nested, "ipAddress", "ip")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the group (-before with the new address +after)\n%s", diff)
	}
}

func TestWhatHasNoPrivateAddressIsNotRestarted(t *testing.T) {
	t.Parallel()
	s, home := moving(t)
	s.create("containerinstance:ContainerGroup", "public", containerGroup("public", object{
		"ipAddress": object{"type": "Public", "ports": list{object{"port": 8080}}},
	}))
	for group, says := range map[string]string{
		"public": "is in no subnet",
		"none":   `no container group is named "none"`,
		"pip":    `no container group is named "pip"`,
	} {
		if _, err := RestartGroup(home, group, LastFreed); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("restart of %s = %v, want that it %s", group, err, says)
		}
	}
}

// A full subnet has no address to go to: Azure recommends room for one more.
// Source: learn.microsoft.com/azure/container-instances/container-instances-vnet.
func TestAGroupInAFullSubnetIsNotRestarted(t *testing.T) {
	t.Parallel()
	s, home := moving(t)
	s.subnet("small", "10.0.3.0/29", "Microsoft.ContainerInstance/containerGroups")
	for _, name := range []string{"a", "b", "c"} {
		s.containers(name, "small")
	}
	if _, err := RestartGroup(home, "a", LastFreed); err == nil || !strings.Contains(err.Error(), "SubnetIsFull") {
		t.Errorf("restart = %v, want SubnetIsFull", err)
	}
}
