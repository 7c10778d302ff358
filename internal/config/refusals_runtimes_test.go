package config_test

const (
	ofChat        = "      image: registry.example.com/chat:1\n"
	ofEmbed       = "      image: registry.example.com/embed:1\n"
	onKube        = "kubernetes: {cpu: 500m, memory: 1Gi}"
	onMachines    = "instances: {machineType: e2-standard-2}"
	withoutACI    = "      azure: {containers: {cpu: 1, memoryGiB: 1.5}}\n"
	elsewhere     = "      image: europe-docker.pkg.dev/serving/models/embed:1\n"
	kubeElsewhere = "kubernetes: {cpu: 500m, memory: 1Gi, image: europe-docker.pkg.dev/serving/models/chat:1}"
	machinesOf    = "      azure: {networkInterfaces: [gpu-b]}\n"
)

// runtimeRefusals are about weights, metrics, scaling, what a server may reach, and GPUs
// on instances.
var runtimeRefusals = map[string]refusal{
	"weights that are no folder of a bucket": {
		edits: []string{withoutACI, machinesOf, ofChat, ofChat + "      weights: s3://models/chat\n", ofEmbed, ofEmbed + "      weights: gs://models/embed/\n"},
		want: []string{
			`ai-serving:models.chat.weights: Invalid value: "s3://models/chat": must be a folder of a bucket, as gs://<bucket>/<folder>, without a slash at its end`,
			`ai-serving:models.embed.weights: Invalid value: "gs://models/embed/": must be a folder of a bucket, as gs://<bucket>/<folder>, without a slash at its end`,
		},
	},
	"weights with a comma, which would end the mount option": {
		edits: []string{withoutACI, machinesOf, ofChat, ofChat + "      weights: 'gs://models/chat,rw'\n"},
		want: []string{
			`ai-serving:models.chat.weights: Invalid value: "gs://models/chat,rw": must be a folder of a bucket, as gs://<bucket>/<folder>, without a slash at its end`,
		},
	},
	"weights in buckets that cannot be": {
		edits: []string{withoutACI, machinesOf, ofChat, ofChat + "      weights: gs://goog-models/chat\n", ofEmbed, ofEmbed + "      weights: gs://my..models/embed\n"},
		want: []string{
			`ai-serving:models.chat.weights: Invalid value: "gs://goog-models/chat": is in the bucket goog-models, and no name of a bucket begins with goog, has google in it or has two dots together`,
			`ai-serving:models.embed.weights: Invalid value: "gs://my..models/embed": is in the bucket my..models, and no name of a bucket begins with goog, has google in it or has two dots together`,
		},
	},
	"weights on Container Instances": {
		edits: []string{ofChat, ofChat + "      weights: gs://models/chat\n"},
		want: []string{
			"ai-serving:models.chat.azure.containers.image: Required value: Container Instances mount no bucket: name an image here that has the model's weights in /weights",
		},
	},
	"weights of container groups alone": {
		edits: []string{containers, "containers: {cpu: 1, memoryGiB: 1.5, weights: gs://models/chat}"},
		want: []string{
			"ai-serving:models.chat.azure.containers.weights: Forbidden: Container Instances run the image as it says, and take no such setting: leave it out here",
		},
	},
	"a directory to write into where the weights are": {
		edits: []string{ofChat, ofChat + "      writable: [/weights/cache]\n"},
		want: []string{
			`ai-serving:models.chat.writable[0]: Invalid value: "/weights/cache": is mounted anyway, as are /dev, /proc, /sys, /tmp, /weights`,
		},
	},
	"arguments that the program sets": {
		edits: []string{
			withoutACI, machinesOf, ofChat + "      port: 8080\n      healthPath: /health\n",
			"      preset: vllm\n" + ofChat + "      weights: gs://models/chat\n      args: [--port=9000, --shutdown-timeout=5, --max-num-seqs=8]\n", "memory: 1Gi", "memory: 8Gi",
		},
		want: []string{
			`ai-serving:models.chat.args[0]: Invalid value: "--port=9000": is what the program sets from the model's port: set that, and leave this out`,
			`ai-serving:models.chat.args[1]: Invalid value: "--shutdown-timeout=5": is what the program sets from the model's maxStreamSeconds: set that, and leave this out`,
		},
	},
	"weights that are named twice": {
		edits: []string{
			withoutACI, machinesOf, ofChat + "      port: 8080\n      healthPath: /health\n",
			"      preset: tei\n" + ofChat + "      weights: gs://models/chat\n      args: [--model-id=BAAI/bge-m3]\n",
		},
		want: []string{
			`ai-serving:models.chat.args[0]: Invalid value: "--model-id=BAAI/bge-m3": is what the program sets from the model's weights: set that, and leave this out`,
		},
	},
	"an argument of a runtime that the program sets": {
		edits: []string{
			withoutACI, machinesOf, ofChat + "      port: 8080\n      healthPath: /health\n", "      preset: triton\n" + ofChat,
			onKube, "kubernetes: {cpu: 500m, memory: 8Gi, args: [--exit-timeout-secs=1]}",
		},
		want: []string{
			`ai-serving:models.chat.gcp.kubernetes.args[0]: Invalid value: "--exit-timeout-secs=1": is what the program sets from the model's maxStreamSeconds: set that, and leave this out`,
		},
	},
	"a port of metrics without a path": {
		edits: []string{ofChat, ofChat + "      metricsPort: 9000\n"},
		want: []string{
			"ai-serving:models.chat.metricsPath: Required value: say where on metricsPort the server answers with its metrics, such as /metrics",
		},
	},
	"metrics at a path with a query, and on a port of root's": {
		edits: []string{ofChat, ofChat + "      metricsPath: /metrics?all=1\n", ofEmbed, ofEmbed + "      metricsPath: metrics\n      metricsPort: 70000\n"},
		want: []string{
			`ai-serving:models.chat.metricsPath: Invalid value: "/metrics?all=1": must be a path that starts with / and has no query, such as /metrics`,
			`ai-serving:models.embed.metricsPath: Invalid value: "metrics": must be a path that starts with / and has no query, such as /metrics`,
			"ai-serving:models.embed.metricsPort: Invalid value: 70000: must be between 1 and 65535",
		},
	},
	"metrics on a port of root's on Kubernetes": {
		edits: []string{ofChat, ofChat + "      metricsPath: /metrics\n      metricsPort: 81\n"},
		want: []string{
			"ai-serving:models.chat.metricsPort: Invalid value: 81: must be 1024 or more on Kubernetes, where the server is not root",
		},
	},
	"a metric that no server says where to find": {
		edits: []string{onKube, "kubernetes: {cpu: 500m, memory: 1Gi, scaling: {metric: queue, target: 5}}"},
		want: []string{
			"ai-serving:models.chat.metricsPath: Required value: the model scales by queue: say where the server answers with its metrics, such as /metrics",
		},
	},
	"metrics that are no names": {
		edits: []string{onKube, "kubernetes: {cpu: 500m, memory: 1Gi, scaling: {metric: queue length, target: 0}}", onMachines, "instances: {machineType: e2-standard-2, scaling: {metric: '5xx', target: 1}}"},
		want: []string{
			`ai-serving:models.chat.gcp.kubernetes.scaling.metric: Invalid value: "queue length": must be cpu, requests, or the name of a gauge, such as vllm:num_requests_waiting`,
			"ai-serving:models.chat.gcp.kubernetes.scaling.target: Invalid value: 0: must be 1 or more",
			`ai-serving:models.embed.gcp.instances.scaling.metric: Invalid value: "5xx": must be cpu, requests, or the name of a gauge, such as vllm:num_requests_waiting`,
		},
	},
	"scaling without a target": {
		edits: []string{onKube, "kubernetes: {cpu: 500m, memory: 1Gi, scaling: {metric: cpu}}"},
		want: []string{
			"ai-serving:models.chat.gcp.kubernetes.scaling.target: Required value",
		},
	},
	"requests on Kubernetes, and a gauge on instances": {
		edits: []string{onKube, "kubernetes: {cpu: 500m, memory: 1Gi, scaling: {metric: requests, target: 5}}", onMachines, "instances: {machineType: e2-standard-2, scaling: {metric: te_queue_size, target: 5}}", ofChat, ofChat + "      metricsPath: /metrics\n"},
		want: []string{
			`ai-serving:models.chat.gcp.kubernetes.scaling.metric: Invalid value: "requests": is counted for instances only: name a gauge of the server's own metrics, or cpu`,
			`ai-serving:models.embed.gcp.instances.scaling.metric: Invalid value: "te_queue_size": is collected on Kubernetes only: instances scale by cpu or by requests`,
		},
	},
	"more than all of the CPU": {
		edits: []string{onKube, "kubernetes: {cpu: 500m, memory: 1Gi, scaling: {metric: cpu, target: 101}}", onMachines, "instances: {machineType: e2-standard-2, scaling: {metric: cpu, target: 200}}"},
		want: []string{
			"ai-serving:models.chat.gcp.kubernetes.scaling.target: Invalid value: 101: must be at most 100, because cpu is in percent",
			"ai-serving:models.embed.gcp.instances.scaling.target: Invalid value: 200: must be at most 100, because cpu is in percent",
		},
	},
	"GPUs that scale by the CPU": {
		edits: withGPU("replicas: {min: 2, max: 2}", "replicas: {min: 2, max: 3}"),
		want: []string{
			"ai-serving:models.chat.gcp.kubernetes.scaling: Required value: the use of the CPU says nothing of the load of a GPU: name another metric with its target, or set replicas.max to replicas.min",
		},
	},
	"GPUs of instances that scale by the CPU": {
		edits: []string{onMachines, "instances: {machineType: n1-standard-8, gpu: {type: nvidia-tesla-t4, count: 1}}"},
		want: []string{
			"ai-serving:models.embed.gcp.instances.scaling: Required value: the use of the CPU says nothing of the load of a GPU: name another metric with its target, or set replicas.max to replicas.min",
		},
	},
	"bounds of a tenant's own between which GPUs would scale by the CPU": {
		edits: withGPU("isolation: bridge", "isolation: bridge, replicas: {min: 1, max: 3}"),
		want: []string{
			`ai-serving:tenants.globex.replicas.max: Invalid value: 3: must be min, 1: model "chat" is on GPUs and scales by cpu, which says nothing of their load: name another metric in the model's scaling, or set max to min`,
		},
	},
	"GPUs beside those that a machine comes with": {
		edits: []string{onMachines, "instances: {machineType: g2-standard-8, replicas: {min: 1, max: 1}, gpu: {type: nvidia-l4, count: 1}}"},
		want: []string{
			"ai-serving:models.embed.gcp.instances.gpu: Forbidden: a g2-standard-8 comes with 1 of nvidia-l4, which the server has all: leave it out",
		},
	},
	"GPUs that a machine cannot have": {
		edits: []string{onMachines, "instances: {machineType: e2-standard-2, replicas: {min: 1, max: 1}, gpu: {type: nvidia-tesla-t4, count: 1}}"},
		want: []string{
			`ai-serving:models.embed.gcp.instances.machineType: Invalid value: "e2-standard-2": cannot have nvidia-tesla-t4 on demand: use an N1 machine, such as n1-standard-8`,
		},
	},
	"a number of GPUs that a machine cannot have": {
		edits: []string{onMachines, "instances: {machineType: n1-standard-8, replicas: {min: 1, max: 1}, gpu: {type: nvidia-tesla-t4, count: 3}}"},
		want: []string{
			"ai-serving:models.embed.gcp.instances.gpu.count: Invalid value: 3: must be one of [1 2 4], as many as a n1-standard-8 may have",
		},
	},
	"GPUs of an unknown kind on instances": {
		edits: []string{onMachines, "instances: {machineType: n1-standard-8, replicas: {min: 1, max: 1}, gpu: {type: nvidia-t4, count: 1}}"},
		want: []string{
			`ai-serving:models.embed.gcp.instances.gpu.type: Invalid value: "nvidia-t4": is not an accelerator that Compute Engine has on demand (did you mean "nvidia-l4"?): internal/clouds/accelerators.go lists them, and platform.allow.accelerators allows a newer one`,
		},
	},
	"GPUs of instances in container groups": {
		edits: []string{"      azure: {networkInterfaces: [gpu-a]}\n", "      azure: {containers: {cpu: 1, memoryGiB: 2}}\n", onMachines, "instances: {machineType: g2-standard-8, replicas: {min: 1, max: 1}}"},
		want: []string{
			"ai-serving:models.embed.azure.containers: Forbidden: the model needs accelerators (gcp.instances), which Container Instances do not have: name an image here that needs none, leave containers out, or serve the model by networkInterfaces",
		},
	},
	"disks that are too small": {
		edits: []string{onMachines, "instances: {machineType: e2-standard-2, diskGiB: 10}", "cidr: 10.20.0.0/16}", "cidr: 10.20.0.0/16, nodes: {diskGiB: 10}}"},
		want: []string{
			"ai-serving:gcp.regions.europe-west4.nodes.diskGiB: Invalid value: 10: must be between 20 and 65536",
			"ai-serving:models.embed.gcp.instances.diskGiB: Invalid value: 10: must be between 20 and 65536",
		},
	},
	"egress to addresses that are no networks": {
		edits: []string{ofChat, ofChat + "      egress: [{cidr: db.example.com, port: 5432}, {cidr: 192.168.7.9/24, port: 5432}, {cidr: 192.168.300.0/24, port: 5432}]\n"},
		want: []string{
			`ai-serving:models.chat.egress[0].cidr: Invalid value: "db.example.com": must be an IPv4 network in CIDR form, such as 10.9.0.0/24`,
			`ai-serving:models.chat.egress[1].cidr: Invalid value: "192.168.7.9/24": is an address in the network 192.168.7.0/24: name that`,
			`ai-serving:models.chat.egress[2].cidr: Invalid value: "192.168.300.0/24": must be an IPv4 network in CIDR form, such as 10.9.0.0/24`,
		},
	},
	"egress to the metadata server": {
		edits: []string{ofChat, ofChat + "      egress: [{cidr: 169.254.0.0/16, port: 80}]\n"},
		want: []string{
			`ai-serving:models.chat.egress[0].cidr: Invalid value: "169.254.0.0/16": has the metadata server in it, 169.254.169.254, which hands out identities: name a smaller network`,
		},
	},
	"egress to what every server may reach": {
		edits: []string{ofChat, ofChat + "      egress: [{cidr: 0.0.0.0/0, port: 443}]\n"},
		want: []string{
			"ai-serving:models.chat.egress[0]: Forbidden: every server may use HTTPS: leave it out",
		},
	},
	"egress named twice": {
		edits: []string{ofChat, ofChat + "      egress: [{cidr: 192.168.7.0/24, port: 5432}, {cidr: 192.168.7.0/24, port: 5432}]\n"},
		want: []string{
			`ai-serving:models.chat.egress[1]: Duplicate value: "192.168.7.0/24:5432"`,
		},
	},
	"egress to other tenants' replicas": {
		edits: []string{ofChat, ofChat + "      egress: [{cidr: 10.20.128.0/17, port: 8080}, {cidr: 10.0.0.0/8, port: 5432}]\n"},
		want: []string{
			`ai-serving:models.chat.egress[0].cidr: Invalid value: "10.20.128.0/17": overlaps 10.20.0.0/16 of gcp/europe-west4, where other tenants' replicas are: name a network that is not the stack's`,
			`ai-serving:models.chat.egress[1].cidr: Invalid value: "10.0.0.0/8": overlaps 10.11.0.0/16 of azure/northcentralus, where other tenants' replicas are: name a network that is not the stack's`,
		},
	},
	"egress without a port": {
		edits: []string{ofChat, ofChat + "      egress: [{cidr: 192.168.7.0/24}, {cidr: 192.168.8.0/24, port: 0}]\n"},
		want: []string{
			"ai-serving:models.chat.egress[0].port: Required value",
			"ai-serving:models.chat.egress[1].port: Invalid value: 0: must be between 1 and 65535",
		},
	},
	"an identity of Azure for pods on GKE": {
		edits: []string{ofChat, "      image: serving.azurecr.io/chat:1\n", "tls: none", "tls: none\n    registries: {serving.azurecr.io: {identity: " + identity + "}}"},
		want: []string{
			"ai-serving:platform.registries[serving.azurecr.io].identity: Forbidden: pods on GKE pull from it too, and cannot use an identity of Azure: give username and password",
		},
	},
	"a registry that instances cannot sign in to": {
		edits: []string{azure, "  ai-serving:pull: {secure: v1:ciphertext}\n" + azure, "tls: none", "tls: none\n    registries: {registry.example.com: {username: puller, password: pull}}"},
		want: []string{
			"ai-serving:platform.registries[registry.example.com]: Forbidden: instances pull from it too, which sign in to Google's registries only: copy the image to Artifact Registry, and name that under gcp.instances",
		},
	},
	"a preset that says nothing of where the server listens": {
		edits: []string{ofChat + "      port: 8080\n      healthPath: /health\n", "      preset: http\n" + ofChat},
		want: []string{
			"ai-serving:models.chat.healthPath: Required value: give it, or name a preset that has one: llamacpp, sglang, tei, triton, vllm",
			"ai-serving:models.chat.port: Required value: give it, or name a preset that has one: llamacpp, sglang, tei, triton, vllm",
		},
	},
}
