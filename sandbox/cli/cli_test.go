package cli

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheBackendsAddressIsTheDirectoryOfTheState(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	address, err := url.Parse(environment(place)["PULUMI_BACKEND_URL"])
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(place.Home, "state"); address.Path != want || address.Fragment != "" || address.RawQuery != "metadata=skip" {
		t.Errorf("the address is read as %#v, want the path %s", address, want)
	}
}

func TestTheSelectedStackIsTheOneThatPulumiHasKept(t *testing.T) {
	place := newPlace(t)
	expect := func(want string) {
		t.Helper()
		if got, err := selected(place); got != want || err != nil {
			t.Errorf("selected = %q, %v; want %q", got, err, want)
		}
	}
	expect("")
	workspaces := filepath.Join(place.Home, "pulumi-home", "workspaces")
	write(t, filepath.Join(workspaces, "ai-serving-0123-workspace.json"), `{"stack": "of another project"}`)
	expect("")
	write(t, workspace(place), `{"stack": "dev"}`)
	expect("dev")
	write(t, workspace(place), `{"stacks": {"file:///x": "organization/ai-serving/prod"}}`)
	expect("organization/ai-serving/prod")
	t.Setenv("PULUMI_STACK", "test")
	expect("test")
}

func TestTheLocksOfProcessesThatAreGoneAreRemoved(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	if err := removeLocks(place.Home); err != nil {
		t.Fatalf("without a lock: %v", err)
	}
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	locks := filepath.Join(place.Home, "state", ".pulumi", "locks", "organization", "ai-serving", "dev")
	for name, text := range map[string]string{
		"gone":  fmt.Sprintf(`{"pid": %d, "username": "x"}`, ended.Process.Pid),
		"held":  fmt.Sprintf(`{"pid": %d, "username": "x"}`, os.Getpid()),
		"cut":   `{"pid": 12`,
		"empty": "",
	} {
		write(t, filepath.Join(locks, name+".json"), text)
	}
	if err := removeLocks(place.Home); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(locks, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{filepath.Join(locks, "held.json")}, left); diff != "" {
		t.Errorf("locks (-want +left)\n%s", diff)
	}
}
