package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/config"
)

// preset is the stack with a model of a kind.
func preset(edits ...string) string {
	const chat = "      image: registry.example.com/chat:1\n      port: 8080\n      healthPath: /health\n"
	text := strings.Replace(stack, chat, "      preset: vllm\n      image: vllm/vllm-openai:v0.22.0\n      args: [Qwen/Qwen3-8B]\n", 1)
	return strings.NewReplacer(edits...).Replace(text)
}

func TestAPresetGivesWhatTheStackFileLeavesOut(t *testing.T) {
	t.Parallel()
	got, err := load(t, preset("memory: 1Gi", "memory: 16Gi"))
	if err != nil {
		t.Fatal(err)
	}
	vllm := config.Presets["vllm"]
	want := vllm.Server
	want.Image, want.Args = "vllm/vllm-openai:v0.22.0", []string{"Qwen/Qwen3-8B"}
	chat := got.Models["chat"]
	if diff := cmp.Diff(want, chat.Server); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if chat.Port != vllm.Port || chat.HealthPath != vllm.HealthPath || chat.StartupSeconds != vllm.StartupSeconds {
		t.Errorf("port %d, health %s, start %d s; want the preset's", chat.Port, chat.HealthPath, chat.StartupSeconds)
	}
}

func TestAStackFileGoesBeforeItsPreset(t *testing.T) {
	t.Parallel()
	got, err := load(t, preset("memory: 1Gi", "memory: 16Gi", "preset: vllm", `preset: vllm
      port: 9000
      startupSeconds: 60
      command: [vllm, serve, --port=9000]
      environment: {HOME: /cache}
      user: 3000
      writable: [/cache]
      sharedMemory: 4Gi
      scratch: 40Gi`))
	if err != nil {
		t.Fatal(err)
	}
	chat := got.Models["chat"]
	want := config.Server{
		Image: "vllm/vllm-openai:v0.22.0", Command: []string{"vllm", "serve", "--port=9000"}, Args: []string{"Qwen/Qwen3-8B"},
		Environment: map[string]string{"HOME": "/cache", "USER": "vllm", "VLLM_HTTP_TIMEOUT_KEEP_ALIVE": "620"},
		User:        3000, Writable: []string{"/cache"}, SharedMemory: "4Gi", Scratch: "40Gi",
	}
	if diff := cmp.Diff(want, chat.Server); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if chat.Port != 9000 || chat.StartupSeconds != 60 {
		t.Errorf("port %d, start %d s; want the file's", chat.Port, chat.StartupSeconds)
	}
}

func TestEveryPresetIsWhatTheRulesAllow(t *testing.T) {
	t.Parallel()
	for name := range config.Presets {
		of := "preset: " + name
		if name == "http" {
			of += "\n      command: [serve]\n      port: 8080\n      healthPath: /health"
		}
		if _, err := load(t, preset("preset: vllm", of, "memory: 1Gi", "memory: 16Gi")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAServerIsToldToUseAllAcceleratorsOfItsReplica(t *testing.T) {
	t.Parallel()
	const quiet = "--disable-access-log-for-endpoints=/health,/metrics,/ping"
	for name, test := range map[string]struct {
		preset string
		gpus   int
		args   []string
		want   []string // of what is added
	}{
		"none":                               {"vllm", 0, nil, []string{"--port=8000", quiet}},
		"one":                                {"vllm", 1, nil, []string{"--port=8000", quiet}},
		"four":                               {"vllm", 4, nil, []string{"--port=8000", "--tensor-parallel-size=4", quiet}},
		"four, which the stack file divides": {"vllm", 4, []string{"--data-parallel-size=4"}, []string{"--port=8000", quiet}},
		"four, in two arguments":             {"vllm", 4, []string{"-pp", "4"}, []string{"--port=8000", quiet}},
		"two of sglang":                      {"sglang", 2, nil, []string{"--port=8000", "--tp-size=2", "--enable-metrics"}},
		"two of a server that finds them":    {"triton", 2, nil, []string{"--http-port=8000"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, _ := config.Presets[test.preset].Arguments.Around(config.Server{Args: test.args}, config.Values{Port: 8000, GPUs: test.gpus})
			if diff := cmp.Diff(test.want, before); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
