package config_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
		if !strings.Contains(string(text), row(name, preset)+"\n") {
			t.Errorf("docs/models.md has no line %s", row(name, preset))
		}
	}
}

// row is the line of a preset in the table of the documentation.
func row(name string, preset config.Preset) string {
	with := preset.Server
	with.Weights = "gs://bucket/folder"
	before, after := preset.Arguments.Around(with, config.Values{Port: preset.Port, Name: "MODEL", DrainSeconds: 60})
	drain := "itself"
	if len(after) > 0 {
		drain = "`" + strings.Join(after, " ") + "`"
	}
	metrics, scaling := "", ""
	if preset.MetricsPath != "" {
		metrics = fmt.Sprintf("%d `%s`", cmp.Or(preset.MetricsPort, preset.Port), preset.MetricsPath)
	}
	if preset.Scaling != nil {
		scaling = fmt.Sprintf("`%s` %d", preset.Scaling.Metric, preset.Scaling.Target)
	}
	if name == "http" {
		return "| `http` | | | | | | | | | | |"
	}
	cells := []string{
		"`" + name + "`", "`" + strings.Join(slices.Concat(preset.Server.Command, before), " ") + "`", fmt.Sprint(preset.Port), "`" + preset.HealthPath + "`",
		fmt.Sprint(preset.StartupSeconds), fmt.Sprint(preset.Server.User), code(preset.Server.Writable), preset.Server.SharedMemory, drain, metrics, scaling,
	}
	return strings.ReplaceAll("| "+strings.Join(cells, " | ")+" |", "|  |", "| |")
}

// code shows texts in a cell of a table.
func code(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return "`" + strings.Join(texts, "`, `") + "`"
}
