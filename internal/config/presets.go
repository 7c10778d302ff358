package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Preset is what is known of a kind of model server, and what a model of that kind
// gets where the stack file says nothing.
type Preset struct {
	// Server has the command and what the image needs.
	Server Server
	// Arguments go between the command and the model's own arguments.
	Arguments Arguments
	Port      int
	// HealthPath answers 200 when the server can take requests.
	HealthPath     string
	StartupSeconds int
	// MetricsPath answers with the metrics, on MetricsPort, or on the port of the requests
	// where that is 0.
	MetricsPath string
	MetricsPort int
	// Scaling is for Kubernetes.
	Scaling *Scaling
}

// Arguments are the command-line arguments that the program adds. Each field is a list in
// which %d or %s stands for the value. It is empty for an argument that the server does
// not have.
type Arguments struct {
	// Port is where the server listens.
	Port []string
	// Weights are for a model with weights, which are in [WeightsDirectory].
	Weights []string
	// Name is what clients call a model with weights; else they call it by what loads it.
	Name []string
	// Always are for every model: they make the server count, or keep requests for its
	// health and metrics, of which there is one every few seconds, out of its log.
	Always []string
	// GPUs are for a replica with more than one accelerator: over how many the model is
	// divided.
	GPUs []string
	// GPUFlags are the server's own flags that say how it uses several accelerators. A model
	// whose args have one of them gets none of GPUs.
	GPUFlags []string
	// Drain is how many seconds the server may take to finish its responses after SIGTERM.
	Drain []string
}

// WeightsDirectory is where a server finds the model's files.
const WeightsDirectory = "/weights"

const (
	// keepAliveSeconds is longer than the 600 s that Google's load balancers keep a
	// connection: a server that closes it first loses requests.
	// Source: docs.cloud.google.com/load-balancing/docs/https/request-distribution.
	keepAliveSeconds = "620"
	// largeStartup is for weights of some gigabytes, and what is compiled for them.
	largeStartup = 900
	// NonRoot is the user "nonroot" of distroless images, for a server that needs no other.
	// See github.com/GoogleContainerTools/distroless.
	NonRoot = 65532
)

// Presets are by name. Sources, of the projects' own repositories:
//
//   - http: any server. It fills in nothing.
//   - vllm: vllm-project/vllm (images vllm/vllm-openai and vllm-openai-cpu), docker/Dockerfile (user 2000, group 0, since 0.22),
//     vllm/envs.py (keep-alive), docs/serving/parallelism_scaling.md (one server, several
//     accelerators), docs/cli/serve.md and pull request 36666
//     (--shutdown-timeout, since 0.18), pull request 30011
//     (--disable-access-log-for-endpoints, since 0.16), docs/deployment/k8s.md (/dev/shm),
//     docs/usage/metrics.md (the queue).
//   - sglang: sgl-project/sglang from 0.5 on, docker/k8s-sglang-service.yaml (command, /dev/shm),
//     python/sglang/srt/entrypoints/http_server.py (/health, keep-alive). It waits for
//     responses under way without a flag. docs/advanced_features/server_arguments.md
//     (--tp-size and its like). Which user it can run as is not documented.
//     docs/references/production_metrics.md (--enable-metrics, the queue).
//   - triton: triton-inference-server/server, build.py (user 1000, command),
//     src/http_server.cc (/v2/health/ready), src/command_line_parser.cc
//     (--exit-timeout-secs), docs/user_guide/metrics.md (port 8002). Load balancers' idle
//     connections count as open: it stops when the time is over.
//   - tei: huggingface/text-embeddings-inference from 1.9 on, Dockerfile (PORT, cache in /data),
//     router/src/http/server.rs (waits for responses without a bound). LD_LIBRARY_PATH is
//     where GKE and Container-Optimized OS mount the driver, and where the image for CPUs
//     has its libraries; the entry point of the images for GPUs, which the command takes
//     the place of, would write below /etc. The image cuda-1.9, whose entry point chooses
//     among programs, needs a command of its own.
//   - llamacpp: ggml-org/llama.cpp, tools/server/README.md (variables, /health, --metrics).
//     Its keep-alive of 5 s is compiled in: load balancers may meet a closed connection,
//     and try again only what has no body. The file to load, of the weights or another,
//     has to be named.
//
// What a replica may have waiting is chosen here: enough that a burst starts no replica,
// few enough that the wait is about that of one response. Google's guide to autoscaling
// model servers begins with 3 to 5 for vLLM.
var Presets = map[string]Preset{
	"http": {},
	"vllm": {
		Server: Server{
			Command: []string{"vllm", "serve"},
			Environment: map[string]string{
				"HOME": "/home/vllm", "USER": "vllm", "VLLM_HTTP_TIMEOUT_KEEP_ALIVE": keepAliveSeconds,
			},
			User: 2000, Writable: []string{"/home/vllm"}, SharedMemory: "2Gi", Scratch: "20Gi",
		},
		Arguments: Arguments{
			Weights: []string{WeightsDirectory}, Port: []string{"--port=%d"},
			Name: []string{"--served-model-name=%s"}, Drain: []string{"--shutdown-timeout=%d"},
			Always: []string{"--disable-access-log-for-endpoints=/health,/metrics,/ping"},
			GPUs:   []string{"--tensor-parallel-size=%d"},
			GPUFlags: []string{
				"--tensor-parallel-size", "-tp", "--pipeline-parallel-size", "-pp", "--data-parallel-size", "-dp",
			},
		},
		Port: 8000, HealthPath: "/health", StartupSeconds: largeStartup,
		MetricsPath: "/metrics", Scaling: &Scaling{"vllm:num_requests_waiting", 5},
	},
	"sglang": {
		Server: Server{
			Command: []string{"python3", "-m", "sglang.launch_server", "--host=0.0.0.0"},
			Environment: map[string]string{
				"HOME": "/home/sglang", "USER": "sglang", "SGLANG_TIMEOUT_KEEP_ALIVE": keepAliveSeconds,
			},
			User: NonRoot, Writable: []string{"/home/sglang"}, SharedMemory: "2Gi", Scratch: "20Gi",
		},
		Arguments: Arguments{
			Weights: []string{"--model-path=" + WeightsDirectory}, Port: []string{"--port=%d"},
			Name: []string{"--served-model-name=%s"}, Always: []string{"--enable-metrics"},
			GPUs:     []string{"--tp-size=%d"},
			GPUFlags: []string{"--tp-size", "--tensor-parallel-size", "--tp", "--pp-size", "--pipeline-parallel-size", "--dp-size", "--data-parallel-size", "--dp"},
		},
		Port: 8000, HealthPath: "/health", StartupSeconds: largeStartup,
		MetricsPath: "/metrics", Scaling: &Scaling{"sglang:num_queue_reqs", 5},
	},
	"triton": {
		Server: Server{
			Command: []string{"tritonserver"},
			User:    1000, SharedMemory: "1Gi", Scratch: "20Gi",
		},
		Arguments: Arguments{
			Weights: []string{"--model-repository=" + WeightsDirectory}, Port: []string{"--http-port=%d"},
			Drain: []string{"--exit-timeout-secs=%d"},
		},
		Port: 8000, HealthPath: "/v2/health/ready", StartupSeconds: largeStartup,
		MetricsPath: "/metrics", MetricsPort: 8002, Scaling: &Scaling{"nv_inference_pending_request_count", 10},
	},
	"tei": {
		Server: Server{
			Command:     []string{"text-embeddings-router", "--hostname=0.0.0.0"},
			Environment: map[string]string{"HUGGINGFACE_HUB_CACHE": "/data", "LD_LIBRARY_PATH": "/usr/local/nvidia/lib64:/usr/local/cuda/lib64:/usr/local/lib"},
			User:        NonRoot, Writable: []string{"/data"}, Scratch: "10Gi",
		},
		Arguments: Arguments{Weights: []string{"--model-id=" + WeightsDirectory}, Port: []string{"--port=%d"}},
		Port:      8080, HealthPath: "/health", StartupSeconds: 300,
		MetricsPath: "/metrics", Scaling: &Scaling{"te_queue_size", 10},
	},
	"llamacpp": {
		Server: Server{
			Command:     []string{"/app/llama-server", "--host", "0.0.0.0"},
			Environment: map[string]string{"LLAMA_CACHE": "/models"},
			User:        NonRoot, Writable: []string{"/models"}, Scratch: "10Gi",
		},
		Arguments: Arguments{Port: []string{"--port", "%d"}, Always: []string{"--metrics"}},
		Port:      8080, HealthPath: "/health", StartupSeconds: 600,
		MetricsPath: "/metrics", Scaling: &Scaling{"llamacpp:requests_deferred", 2},
	},
}

// presetNames are those that a stack file may use.
var presetNames = slices.Sorted(maps.Keys(Presets))

// fullPresets are those that say where the server listens.
var fullPresets = slices.DeleteFunc(slices.Clone(presetNames), func(name string) bool { return Presets[name].Port == 0 })

// server is what the preset gives to a model, whose own variables and values go before
// it, and whose own command takes the place of it.
func (p Preset) server(own Server) Server {
	base := p.Server
	if own.Command != nil {
		base.Command = nil
	}
	return base.On(own)
}

// Starts reports whether a server is started by the preset's command. One with a command
// of its own gets none of the preset's arguments.
func (p Preset) Starts(server Server) bool {
	return len(p.Server.Command) > 0 && slices.Equal(server.Command, p.Server.Command)
}

// Values are what the arguments tell a server.
type Values struct {
	Port int
	// Name is "" where clients call the model by what loads it, as without weights.
	Name string
	// GPUs is how many accelerators a replica has.
	GPUs         int
	DrainSeconds int
}

// Around are the arguments that go before and after those of the stack file.
func (a Arguments) Around(server Server, values Values) (before, after []string) {
	if server.Weights != "" {
		before = slices.Clone(a.Weights)
	}
	before = append(before, filled(a.Port, values.Port)...)
	if server.Weights != "" {
		before = append(before, filled(a.Name, values.Name)...)
	}
	if values.GPUs > 1 && !slices.ContainsFunc(server.Args, a.usesGPUs) {
		before = append(before, filled(a.GPUs, values.GPUs)...)
	}
	return append(before, a.Always...), filled(a.Drain, values.DrainSeconds)
}

// usesGPUs reports whether an argument says how the server uses several accelerators.
func (a Arguments) usesGPUs(argument string) bool {
	flag, _, _ := strings.Cut(argument, "=")
	return slices.Contains(a.GPUFlags, flag)
}

// Complete are the arguments of a server with those of the stack file.
func (a Arguments) Complete(server Server, values Values) []string {
	before, after := a.Around(server, values)
	return slices.Concat(before, server.Args, after)
}

// filled are arguments with a value in its place.
func filled(arguments []string, value any) []string {
	var all []string
	for _, argument := range arguments {
		if strings.Contains(argument, "%") {
			argument = fmt.Sprintf(argument, value)
		}
		all = append(all, argument)
	}
	return all
}
