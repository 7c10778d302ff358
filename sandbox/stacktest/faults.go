package stacktest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sigs.k8s.io/yaml"

	"ai-serving/sandbox/faults"
)

// Faults arms faults in the sandbox, in the place of those that there were.
func (s Stack) Faults(armed ...faults.Fault) {
	s.T.Helper()
	path := faults.File(s.Sandbox.Home)
	if len(armed) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.T.Fatal(err)
		}
		return
	}
	text, err := yaml.Marshal(map[string]any{"faults": armed})
	if err != nil {
		s.T.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		s.T.Fatal(err)
	}
}

// Befallen is how often each of the faults has befallen.
func (s Stack) Befallen() []int {
	s.T.Helper()
	statuses, err := faults.Statuses(s.Sandbox.Home)
	if err != nil {
		s.T.Fatal(err)
	}
	var befallen []int
	for _, status := range statuses {
		befallen = append(befallen, status.Befallen)
	}
	return befallen
}

// Recover does what make recover does: it starts what has ended of the clusters,
// and recovers the stack.
func (s Stack) Recover() string {
	s.T.Helper()
	if _, err := s.Command("start"); err != nil {
		s.T.Fatal(err)
	}
	output, err := s.Sandbox.Run(s.T.Context(), filepath.Join(s.Sandbox.Home, "bin", "recover"),
		"--stack", name, "--events", filepath.Join(s.Sandbox.Home, "events"),
		"--pulumi", filepath.Join(s.Sandbox.Root, "sandbox", "pulumi"))
	if err != nil {
		s.T.Fatal(err)
	}
	return output
}

// poll is how often it is looked whether something has happened.
const poll = 20 * time.Millisecond
