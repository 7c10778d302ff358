package config_test

// serverRefusals are about what starts a model's server.
var serverRefusals = map[string]refusal{
	"no image anywhere": {
		edits: []string{"      image: registry.example.com/chat:1\n", ""},
		want: []string{
			"ai-serving:models.chat.image: Required value: name the image here, or under each runtime that serves the model",
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
	"a secret on instances": {
		edits: []string{
			"      image: registry.example.com/embed:1\n", "      image: registry.example.com/embed:1\n      secretEnvironment: {TOKEN: token}\n",
			azure, "  ai-serving:token: {secure: v1:ciphertext}\n" + azure,
		},
		want: []string{
			"ai-serving:models.embed.gcp.instances.secretEnvironment: Forbidden: what starts an instance can be read by all who may look at it: serve a model with secrets on gcp.kubernetes",
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
