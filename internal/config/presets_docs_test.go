package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ai-serving/internal/config"
)

func TestTheDocumentationHasEveryPreset(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "models.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, preset := range config.Presets {
		writable := ""
		if directories := preset.Server.Writable; len(directories) > 0 {
			writable = "`" + strings.Join(directories, "`, `") + "`"
		}
		drain := "itself"
		if preset.DrainFlag != "" {
			drain = "`" + preset.DrainFlag + "`"
		}
		cells := []string{
			"`" + name + "`", "`" + strings.Join(preset.Server.Command, " ") + "`", fmt.Sprint(preset.Port), "`" + preset.HealthPath + "`",
			fmt.Sprint(preset.StartupSeconds), fmt.Sprint(preset.Server.User), writable, preset.Server.SharedMemory, drain,
		}
		row := strings.ReplaceAll("| "+strings.Join(cells, " | ")+" |", "|  |", "| |")
		if !strings.Contains(string(text), row+"\n") {
			t.Errorf("docs/models.md has no line %s", row)
		}
	}
}
