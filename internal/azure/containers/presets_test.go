package containers

import (
	"testing"

	"go.yaml.in/yaml/v3"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

// TestTheContainersOfEveryPreset shows what of a preset reaches Container Instances.
func TestTheContainersOfEveryPreset(t *testing.T) {
	t.Parallel()
	for name, preset := range config.Presets {
		if name == "http" {
			continue // it has nothing of its own
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inputs := registered(t, func(_ *Args, g *topology.ContainerGroup) {
				g.Workload.Port, g.Workload.HealthPath, g.Workload.StartupSeconds = preset.Port, preset.HealthPath, preset.StartupSeconds
				g.Server = preset.Server
				g.Server.Image = "registry.example.com/" + name + ":1"
				g.Server.Args = []string{"--of-the-model"}
				g.Server.Args = preset.Arguments.Complete(g.Server, config.Values{Port: preset.Port, DrainSeconds: 60})
			})
			text, err := yaml.Marshal(inputs["containers"])
			if err != nil {
				t.Fatal(err)
			}
			testkit.Golden(t, "preset."+name, string(text))
		})
	}
}
