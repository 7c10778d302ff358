package config_test

// serverRefusals are about what starts a model's server.
var serverRefusals = map[string]refusal{
	"no image anywhere": {
		edits: []string{"      image: registry.example.com/chat:1\n", ""},
		want: []string{
			"ai-serving:models.chat.image: Required value: name the image here, or under each runtime that serves the model",
		},
	},
	"a preset that there is not": {
		edits: []string{"      image: registry.example.com/chat:1\n", "      image: registry.example.com/chat:1\n      preset: vlm\n"},
		want: []string{
			`ai-serving:models.chat.preset: Unsupported value: "vlm": supported values: "http", "llamacpp", "sglang", "tei", "triton", "vllm"`,
		},
	},
	"neither a port nor a preset": {
		edits: []string{"      image: registry.example.com/chat:1\n      port: 8080\n", "      image: registry.example.com/chat:1\n"},
		want: []string{
			"ai-serving:models.chat.port: Required value: give it, or name a preset that has one: llamacpp, sglang, tei, triton, vllm",
		},
	},
	"no path of its health": {
		edits: []string{"      port: 8080\n      healthPath: /health\n", "      port: 8080\n"},
		want: []string{
			"ai-serving:models.chat.healthPath: Required value: give it, or name a preset that has one: llamacpp, sglang, tei, triton, vllm",
		},
	},
	"shared memory that leaves none": {
		edits: []string{"      image: registry.example.com/chat:1\n", "      image: registry.example.com/chat:1\n      sharedMemory: 1Gi\n"},
		want: []string{
			`ai-serving:models.chat.gcp.kubernetes.memory: Invalid value: "1Gi": has the sharedMemory of 1Gi in it, and has to be more`,
		},
	},
	"directories that cannot be mounted": {
		edits: []string{"      image: registry.example.com/chat:1\n", "      image: registry.example.com/chat:1\n      writable: [cache, /tmp/cache, /data, /data/models]\n"},
		want: []string{
			`ai-serving:models.chat.writable[0]: Invalid value: "cache": must be the whole path of a directory, such as /home/server`,
			`ai-serving:models.chat.writable[1]: Invalid value: "/tmp/cache": is mounted anyway, as are /dev, /proc, /sys, /tmp, /weights`,
			`ai-serving:models.chat.writable[3]: Invalid value: "/data/models": is, is in or has in it /data: name one of the two`,
		},
	},
	"the user root": {
		edits: []string{"      image: registry.example.com/chat:1\n", "      image: registry.example.com/chat:1\n      user: 0\n"},
		want: []string{
			"ai-serving:models.chat.user: Invalid value: 0: must be between 1 and 2147483647",
		},
	},
	"sizes without units": {
		edits: []string{"      image: registry.example.com/chat:1\n", "      image: registry.example.com/chat:1\n      scratch: \"20\"\n      sharedMemory: 2GB\n"},
		want: []string{
			`ai-serving:models.chat.scratch: Invalid value: "20": must be a number above 0 with its unit, Mi, Gi, Ti, M, G or T, such as "512Mi" or "8Gi"`,
			`ai-serving:models.chat.sharedMemory: Invalid value: "2GB": must be a number above 0 with its unit, Mi, Gi, Ti, M, G or T, such as "512Mi" or "8Gi"`,
		},
	},
	"settings that a runtime has no use for": {
		edits: []string{
			containers, "containers: {cpu: 1, memoryGiB: 1.5, user: 1000, writable: [/data], scratch: 2Gi, sharedMemory: 1Gi}",
			"instances: {machineType: e2-standard-2}", "instances: {machineType: e2-standard-2, user: 1000, writable: [/data], scratch: 2Gi, sharedMemory: 1Gi}",
		},
		want: []string{
			"ai-serving:models.chat.azure.containers.scratch: Forbidden: Container Instances run the image as it says, and take no such setting: leave it out here",
			"ai-serving:models.chat.azure.containers.sharedMemory: Forbidden: Container Instances run the image as it says, and take no such setting: leave it out here",
			"ai-serving:models.chat.azure.containers.user: Forbidden: Container Instances run the image as it says, and take no such setting: leave it out here",
			"ai-serving:models.chat.azure.containers.writable: Forbidden: Container Instances run the image as it says, and take no such setting: leave it out here",
			"ai-serving:models.embed.gcp.instances.scratch: Forbidden: on an instance, the server may fill the disk: leave it out here",
		},
	},
	"an image for one of two runtimes": {
		edits: []string{"      image: registry.example.com/chat:1\n", "", containers, "containers: {cpu: 1, memoryGiB: 1.5, image: registry.example.com/chat:1}"},
		want: []string{
			"ai-serving:models.chat.image: Required value: name the image here, or under each runtime that serves the model",
		},
	},
	"a runtime's image that is none": {
		edits: []string{containers, "containers: {cpu: 1, memoryGiB: 1.5, image: Chat}"},
		want: []string{
			`ai-serving:models.chat.azure.containers.image: Invalid value: "Chat": must name a container image, as registry/repository:tag or @digest: invalid reference format: repository name (library/Chat) must be lowercase`,
		},
	},
	"arguments for an entry point on Container Instances": {
		edits: []string{"      image: registry.example.com/chat:1\n", "      image: registry.example.com/chat:1\n      args: [--model=small]\n"},
		want: []string{
			"ai-serving:models.chat.azure.containers.command: Required value: Container Instances do not pass args to an image's entry point: name what is started, as the image's documentation does",
		},
	},
	"an argument that is empty": {
		edits: []string{"      image: registry.example.com/chat:1\n", "      image: registry.example.com/chat:1\n      command: [serve, \"\"]\n"},
		want: []string{
			`ai-serving:models.chat.command[1]: Invalid value: "": must not be empty`,
		},
	},
	"more requests than an instance is sent": {
		edits: []string{"instances: {machineType: e2-standard-2}", "instances: {machineType: e2-standard-2, scaling: {metric: requests, target: 101}}"},
		want: []string{
			"ai-serving:models.embed.gcp.instances.scaling.target: Invalid value: 101: must be at most 100, which is when the load balancers turn to other regions",
		},
	},
	"a variable of a runtime that differs in case": {
		edits: []string{
			"      image: registry.example.com/chat:1\n", "      image: registry.example.com/chat:1\n      environment: {LEVEL: info}\n",
			containers, "containers: {cpu: 1, memoryGiB: 1.5, environment: {level: debug}}",
		},
		want: []string{
			`ai-serving:models.chat.azure.containers.environment: Invalid value: "level": is spelt LEVEL in the model: spell them alike`,
		},
	},
}
