package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ai-serving/sandbox/stacks"
)

// keptLogs is how many event logs are kept, beside the one that is begun.
const keptLogs = 19

// logEvents has the engine write what an update makes to a log, for make recover: the
// state forgets a creation when its provider dies. The variables set the
// option --event-log, which the engine has for debugging only.
func logEvents(place stacks.Place) error {
	directory := filepath.Join(place.Home, "events")
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(directory) // sorted by name, and so by time
	if err != nil {
		return err
	}
	for _, entry := range entries[:max(0, len(entries)-keptLogs)] {
		if err := os.Remove(filepath.Join(directory, entry.Name())); err != nil {
			return err
		}
	}
	log := filepath.Join(directory, fmt.Sprintf("%d-%d.json", time.Now().UnixNano(), os.Getpid()))
	if err := os.Setenv("PULUMI_DEBUG_COMMANDS", "true"); err != nil {
		return err
	}
	return os.Setenv("PULUMI_OPTION_EVENT_LOG", log)
}
