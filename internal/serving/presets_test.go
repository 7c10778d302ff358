package serving

import (
	"cmp"
	"testing"

	"go.yaml.in/yaml/v3"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

// TestWhatGKEGetsOfEveryPreset shows the pods of a model with weights, what collects their
// metrics, and what scales them.
func TestWhatGKEGetsOfEveryPreset(t *testing.T) {
	t.Parallel()
	for name, preset := range config.Presets {
		if name == "http" {
			continue // it has nothing of its own
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := ofPreset(name, preset)
			recording := record(t, false, d)
			deployment, _ := recording.Find("kubernetes:apps/v1:Deployment", "europe-west4-chat")
			monitoring, _ := recording.Find("kubernetes:monitoring.googleapis.com/v1:PodMonitoring", "europe-west4-chat")
			scaler, _ := recording.Find("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "europe-west4-chat")
			spec := func(found testkit.Resource) any { return found.Inputs.Mappable()["spec"] }
			text, err := yaml.Marshal(map[string]any{
				"pods":       spec(deployment).(map[string]any)["template"],
				"monitoring": spec(monitoring),
				"metrics":    spec(scaler).(map[string]any)["metrics"],
			})
			if err != nil {
				t.Fatal(err)
			}
			testkit.Golden(t, "preset."+name, string(text))
		})
	}
}

// ofPreset is a workload of a model with weights and little else in its entry.
func ofPreset(name string, preset config.Preset) topology.Deployment {
	d := workload("chat", "")
	d.Workload.Port, d.Workload.HealthPath, d.Workload.StartupSeconds = preset.Port, preset.HealthPath, preset.StartupSeconds
	d.Memory = "16Gi"
	d.Server = preset.Server
	d.Server.Image, d.Server.Weights = "registry.example.com/"+name+":1", "gs://models/"+name
	d.Server.Args = []string{"--of-the-model"}
	d.Server.Args = preset.Arguments.Complete(d.Server, config.Values{Port: preset.Port, Name: "chat", DrainSeconds: d.Workload.Timeouts.Stream})
	d.Scaling = *preset.Scaling
	d.Metrics = &topology.Metrics{Port: cmp.Or(preset.MetricsPort, preset.Port), Path: preset.MetricsPath}
	return d
}
