package config

import (
	"maps"
	"slices"
)

// Preset is what is known of a kind of model server, and what a model of that kind
// gets where the stack file says nothing.
type Preset struct {
	// Server has the command, which goes before the model's arguments, and what the
	// image needs.
	Server Server
	Port   int
	// HealthPath answers 200 when the server can take requests.
	HealthPath     string
	StartupSeconds int
	// DrainFlag is the argument that sets how many seconds the server may take to finish
	// its responses after SIGTERM. It is "" for a server without such an argument.
	DrainFlag string
}

const (
	// keepAliveSeconds is longer than the 600 s that Google's load balancers keep a
	// connection: a server that closes it first loses requests.
	// Source: docs.cloud.google.com/load-balancing/docs/https/request-distribution.
	keepAliveSeconds = "620"
	// largeStartup is for weights of some gigabytes, and what is compiled for them.
	largeStartup = 900
)

// Presets are by name. Sources, of the projects' own repositories:
//
//   - vllm: vllm-project/vllm (images vllm/vllm-openai and vllm-openai-cpu), docker/Dockerfile (user 2000, group 0, since 0.22),
//     vllm/envs.py (keep-alive), docs/cli/serve.md and pull request 36666
//     (--shutdown-timeout, since 0.18), docs/deployment/k8s.md (/dev/shm).
//   - sglang: sgl-project/sglang from 0.5 on, docker/k8s-sglang-service.yaml (command, /dev/shm),
//     python/sglang/srt/entrypoints/http_server.py (/health, keep-alive). It waits for
//     responses under way without a flag. Which user it can run as is not documented.
//   - triton: triton-inference-server/server, build.py (user 1000, command),
//     src/http_server.cc (/v2/health/ready), src/command_line_parser.cc
//     (--exit-timeout-secs). Load balancers' idle connections count as open: it stops
//     when the time is over.
//   - tei: huggingface/text-embeddings-inference from 1.9 on, Dockerfile (PORT, cache in /data),
//     router/src/http/server.rs (waits for responses without a bound).
//   - llamacpp: ggml-org/llama.cpp, tools/server/README.md (variables, /health). Its
//     keep-alive of 5 s is compiled in: load balancers may meet a closed connection,
//     and try again only what has no body.
var Presets = map[string]Preset{
	"vllm": {
		Server: Server{
			Command: []string{"vllm", "serve", "--port=8000"},
			Environment: map[string]string{
				"HOME": "/home/vllm", "USER": "vllm", "VLLM_HTTP_TIMEOUT_KEEP_ALIVE": keepAliveSeconds,
			},
			User: 2000, Writable: []string{"/home/vllm"}, SharedMemory: "2Gi", Scratch: "20Gi",
		},
		Port: 8000, HealthPath: "/health", StartupSeconds: largeStartup, DrainFlag: "--shutdown-timeout",
	},
	"sglang": {
		Server: Server{
			Command: []string{"python3", "-m", "sglang.launch_server", "--host=0.0.0.0", "--port=8000"},
			Environment: map[string]string{
				"HOME": "/home/sglang", "USER": "sglang", "SGLANG_TIMEOUT_KEEP_ALIVE": keepAliveSeconds,
			},
			User: 65532, Writable: []string{"/home/sglang"}, SharedMemory: "2Gi", Scratch: "20Gi",
		},
		Port: 8000, HealthPath: "/health", StartupSeconds: largeStartup,
	},
	"triton": {
		Server: Server{
			Command: []string{"tritonserver", "--http-port=8000"},
			User:    1000, SharedMemory: "1Gi", Scratch: "20Gi",
		},
		Port: 8000, HealthPath: "/v2/health/ready", StartupSeconds: largeStartup, DrainFlag: "--exit-timeout-secs",
	},
	"tei": {
		Server: Server{
			Command:     []string{"text-embeddings-router", "--hostname=0.0.0.0", "--port=8080"},
			Environment: map[string]string{"HUGGINGFACE_HUB_CACHE": "/data"},
			User:        65532, Writable: []string{"/data"}, Scratch: "10Gi",
		},
		Port: 8080, HealthPath: "/health", StartupSeconds: 300,
	},
	"llamacpp": {
		Server: Server{
			Command:     []string{"/app/llama-server", "--host", "0.0.0.0", "--port", "8080"},
			Environment: map[string]string{"LLAMA_CACHE": "/models"},
			User:        65532, Writable: []string{"/models"}, Scratch: "10Gi",
		},
		Port: 8080, HealthPath: "/health", StartupSeconds: 600,
	},
}

// presetNames are those that a stack file may use.
var presetNames = slices.Sorted(maps.Keys(Presets))

// server is what the preset gives to a model, whose own variables and values go before
// it, and whose own command takes the place of it.
func (p Preset) server(own Server) Server {
	base := p.Server
	if own.Command != nil {
		base.Command = nil
	}
	return base.On(own)
}
