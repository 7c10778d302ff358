package cli

import (
	"os"
	"path/filepath"
	"testing"

	"ai-serving/sandbox/stacks"
)

func TestTheEngineFindsNoDirectoryForItsLog(t *testing.T) {
	t.Parallel()
	place := stacks.Place{Home: t.TempDir()}
	logs := filepath.Join(pulumiHome(place), "logs")
	if err := os.MkdirAll(filepath.Join(logs, "of-before"), 0o755); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := keepNoLog(place); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(logs); err != nil || info.IsDir() {
			t.Errorf("%s: %v, %v; want a file", logs, info, err)
		}
	}
}
