package lifecycle

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ai-serving/sandbox/stacktest"
)

// What a bad day takes away of a stack: its state, which the engine's copy and
// make recover bring back, and its stack file, without which it can still be taken
// away, but not deployed.
func TestAStackThatHasLostItsStateAndItsFile(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, "Pulumi.dev.yaml")
	s.Up()
	state := filepath.Join(s.Sandbox.Home, "state", ".pulumi", "stacks", "ai-serving", "test.json")
	if err := os.Truncate(state, 10_000); err != nil {
		t.Fatal(err)
	}
	_, err := s.Try("preview")
	if err == nil || !strings.Contains(err.Error(), "the state of stack test is damaged: "+state+": unexpected end of JSON input: ") {
		t.Fatalf("preview with a damaged state: %v", err)
	}
	_, remedy, _ := strings.Cut(err.Error(), "since: ")
	restore, recover, _ := strings.Cut(remedy, " && ")
	if !strings.HasPrefix(recover, "make recover STACK=test") {
		t.Fatalf("the remedy is %q", remedy)
	}
	if output, err := exec.Command("sh", "-ec", restore).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", restore, err, output)
	}
	s.Recover()
	s.Settled()

	if err := os.Remove(filepath.Join(s.Sandbox.Home, "stacks", "Pulumi.test.yaml")); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"preview", "up"} {
		_, err := s.Try(command)
		if err == nil || !strings.Contains(err.Error(), "Pulumi.test.yaml does not exist, and the sandbox has a state of stack test: ") {
			t.Errorf("%s without the stack file: %v", command, err)
		}
	}
	s.Destroy()
}
