package serving

import (
	"testing"

	"go.yaml.in/yaml/v3"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit"
)

// TestThePodsOfEveryPreset shows what of a preset reaches the pods on GKE.
func TestThePodsOfEveryPreset(t *testing.T) {
	t.Parallel()
	for name, preset := range config.Presets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := workload("chat", "")
			d.Server, d.Memory = preset.Server, "16Gi"
			d.Server.Image, d.Server.Args = "registry.example.com/"+name+":1", []string{"--of-the-model"}
			d.Workload.Port, d.Workload.HealthPath, d.Workload.StartupSeconds = preset.Port, preset.HealthPath, preset.StartupSeconds
			text, err := yaml.Marshal(podOf(t, record(t, false, d), "europe-west4-chat"))
			if err != nil {
				t.Fatal(err)
			}
			testkit.Golden(t, "preset."+name, string(text))
		})
	}
}
