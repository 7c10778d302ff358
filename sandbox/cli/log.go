package cli

import (
	"os"
	"path/filepath"

	"ai-serving/sandbox/stacks"
)

// keepNoLog has the engine keep no log of its own. Each command writes all that it
// does to a log in the directory logs of its home, in case it has to be looked into,
// which takes it a third of its time; there is no setting. Where a file is in the
// place of the directory, it goes on without: see StartLogging in pkg/logging of
// github.com/pulumi/pulumi. What a command prints, and the event logs, are not
// concerned.
func keepNoLog(place stacks.Place) error {
	logs := filepath.Join(pulumiHome(place), "logs")
	if info, err := os.Stat(logs); err == nil && !info.IsDir() {
		return nil
	}
	if err := os.RemoveAll(logs); err != nil { // of before
		return err
	}
	if err := os.MkdirAll(filepath.Dir(logs), 0o755); err != nil {
		return err
	}
	return os.WriteFile(logs, nil, 0o600)
}
