package config_test

import (
	"strings"
	"testing"

	"ai-serving/internal/testkit/stackfile"
)

const (
	containers = "containers: {cpu: 1, memoryGiB: 1.5}"
	azure      = "  ai-serving:azure:\n"
	identity   = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller"
)

// containerRefusals are of what runs in container groups and on machines, and of
// secrets.
var containerRefusals = map[string]refusal{
	"container groups larger than Azure's": {
		edits: []string{containers, "containers: {cpu: 64, memoryGiB: 1.55, replicas: 0}"},
		want: []string{
			"ai-serving:models.chat.azure.containers.cpu: Invalid value: 64: must be 0.01 to 31 cores, in steps of 0.01",
			"ai-serving:models.chat.azure.containers.memoryGiB: Invalid value: 1.55: must be 0.1 to 240 GiB, in steps of 0.1",
			"ai-serving:models.chat.azure.containers.replicas: Invalid value: 0: must be between 1 and 1000",
		},
	},
	"subnets that are no networks, of what is no workload": {
		edits: []string{"westeurope: {cidr: 10.10.0.0/16}", "westeurope: {cidr: 10.10.0.0/16, containerSubnets: {chat.0: 10.10.192.0, Chat: 10.10.192.0/28}}"},
		want: []string{
			`ai-serving:azure.regions.westeurope.containerSubnets.Chat: Invalid value: "Chat": the name must be that of a subnet of container groups, <model>.0 or <tenant>-<model>.0, with another number for each three replicas`,
			`ai-serving:azure.regions.westeurope.containerSubnets[chat.0]: Invalid value: "10.10.192.0": must be an IPv4 network in CIDR form, such as 10.10.192.0/28`,
		},
	},
	"what container groups are to run next, and cannot": {
		edits: []string{containers, "containers: {cpu: 1, memoryGiB: 1.5, next: {image: localhost/chat:2, args: [--fast], user: 7, environment: {_LEVEL: debug}, replicas: 3}}"},
		want: []string{
			"ai-serving:models.chat.azure.containers.next.command: Required value: Container Instances do not pass args to an image's entry point: name what is started, as the image's documentation does",
			`ai-serving:models.chat.azure.containers.next.environment._LEVEL: Invalid value: "_LEVEL": a variable's name must be 1 to 63 letters, digits and underscores, a letter first, a letter or digit last`,
			`ai-serving:models.chat.azure.containers.next.image: Invalid value: "localhost/chat:2": is in a registry that the clouds do not reach: push it to one that they do`,
			"ai-serving:models.chat.azure.containers.next.replicas: Forbidden: unknown key; known are args, command, environment, image, scratch, secretEnvironment, sharedMemory, user, weights, writable",
			"ai-serving:models.chat.azure.containers.next.user: Forbidden: Container Instances run the image as it says, and take no such setting: leave it out here",
		},
	},
	"container groups as they cannot be had": {
		edits: []string{containers, "containers: {cpu: 1, memoryGiB: 1.5, spot: true, priority: Spot, gpu: {count: 1, sku: V100}, sku: Confidential, restartPolicy: Never, ngroups: true}"},
		want: []string{
			"ai-serving:models.chat.azure.containers.gpu: Forbidden: container groups have no GPU: their GPU SKUs were retired in July 2025; serve the model on gcp.kubernetes with gpu, or by machines behind azure.networkInterfaces",
			"ai-serving:models.chat.azure.containers.ngroups: Forbidden: NGroups, a preview, put the addresses of their container groups into the gateway's pools themselves, and every update of the gateway would take them out again: leave the key out",
			"ai-serving:models.chat.azure.containers.priority: Forbidden: spot container groups cannot be in a virtual network, where the gateway reaches its replicas: leave the key out",
			"ai-serving:models.chat.azure.containers.restartPolicy: Forbidden: a server is always started again: with OnFailure or Never, one that ends would leave its address in the gateway's pool",
			"ai-serving:models.chat.azure.containers.sku: Forbidden: container groups are of the SKU Standard: Confidential measures an image before it runs, and would be refused with any other",
			"ai-serving:models.chat.azure.containers.spot: Forbidden: spot container groups cannot be in a virtual network, where the gateway reaches its replicas: leave the key out",
		},
	},
	"accelerators in container groups": {
		edits: []string{
			"{cpu: 500m, memory: 1Gi}", "{cpu: 500m, memory: 1Gi, replicas: {min: 2, max: 2}, gpu: {type: nvidia-l4, count: 1}}",
			"europe-west4: {cidr: 10.20.0.0/16}", "europe-west4: {cidr: 10.20.0.0/16, gpus: {nvidia-l4: {machineType: g2-standard-4, perNode: 1, quota: 8}}}",
			"us-central1: {cidr: 10.21.0.0/16}", "us-central1: {cidr: 10.21.0.0/16, gpus: {nvidia-l4: {machineType: g2-standard-4, perNode: 1, quota: 8}}}",
		},
		want: []string{
			"ai-serving:models.chat.azure.containers: Forbidden: the model needs accelerators (gcp.kubernetes.gpu), which Container Instances do not have: name an image here that needs none, leave containers out, or serve the model by networkInterfaces",
		},
	},
	"network interfaces named twice": {
		edits: []string{"[gpu-a]", "[gpu-a, gpu-a, GPU_B]"},
		want: []string{
			`ai-serving:models.embed.azure.networkInterfaces[1]: Duplicate value: "gpu-a"`,
			`ai-serving:models.embed.azure.networkInterfaces[2]: Invalid value: "GPU_B": must be 1 to 20 lower-case letters, digits and hyphens, a letter or digit first and last`,
		},
	},
	"variables that Azure refuses": {
		edits: []string{
			containers, "containers: {cpu: 1, memoryGiB: 1.5, environment: {_LEVEL: debug, token: plain}, secretEnvironment: {TOKEN: chat-token}}",
			azure, "  ai-serving:chat-token: {secure: v1:ciphertext}\n" + azure,
		},
		want: []string{
			`ai-serving:models.chat.azure.containers.environment._LEVEL: Invalid value: "_LEVEL": a variable's name must be 1 to 63 letters, digits and underscores, a letter first, a letter or digit last`,
			`ai-serving:models.chat.azure.containers.secretEnvironment.TOKEN: Duplicate value: "TOKEN"`,
		},
	},
	"a variable without quotes": {
		edits: []string{containers, "containers: {cpu: 1, memoryGiB: 1.5, environment: {WORKERS: 4}}"},
		want: []string{
			"ai-serving:models.chat.azure.containers.environment.WORKERS: Invalid value: 4: must be a string: put it in quotes",
		},
	},
	"a registry that no image is in": {
		edits: []string{"tls: none", "tls: none\n    registries: {serving.azurecr.io: {identity: " + identity + "}}"},
		want: []string{
			`ai-serving:platform.registries[serving.azurecr.io]: Invalid value: "serving.azurecr.io": is not in the images of the models: their registries are: registry.example.com`,
		},
	},
	"two ways to sign in": {
		edits: []string{
			azure, "  ai-serving:pull: {secure: v1:ciphertext}\n" + azure, ofEmbed, elsewhere, onKube, kubeElsewhere,
			"tls: none", "tls: none\n    registries: {registry.example.com: {identity: " + identity + ", username: puller, password: pull}}",
		},
		want: []string{
			"ai-serving:platform.registries[registry.example.com]: Forbidden: give either identity, or username and password",
		},
	},
	"half a way to sign in": {
		edits: []string{ofEmbed, elsewhere, "tls: none", "tls: none\n    registries: {registry.example.com: {username: puller}}"},
		want: []string{
			"ai-serving:platform.registries[registry.example.com]: Required value: give either identity, or username and password",
		},
	},
	"an identity that is none": {
		edits: []string{ofEmbed, elsewhere, onKube, kubeElsewhere, "tls: none", "tls: none\n    registries: {registry.example.com: {identity: puller}}"},
		want: []string{
			`ai-serving:platform.registries[registry.example.com].identity: Invalid value: "puller": must be the resource id of a user-assigned identity: /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>`,
		},
	},
	"a workspace by the id of its resource": {
		edits: []string{
			azure, "  ai-serving:logs: {secure: v1:ciphertext}\n" + azure + "    logAnalytics: {workspaceId: /subscriptions/none/workspaces/logs, workspaceKey: logs}\n",
		},
		want: []string{
			`ai-serving:azure.logAnalytics.workspaceId: Invalid value: "/subscriptions/none/workspaces/logs": must be the workspace's own id, a UUID`,
		},
	},
	"half a workspace": {
		edits: []string{azure, azure + "    logAnalytics: {workspaceId: 00000000-0000-0000-0000-000000000000}\n"},
		want: []string{
			"ai-serving:azure.logAnalytics.workspaceKey: Required value",
		},
	},
	"a quota below none": {
		edits: []string{"westeurope: {cidr: 10.10.0.0/16}", "westeurope: {cidr: 10.10.0.0/16, containerQuota: {groups: -1}}"},
		want: []string{
			"ai-serving:azure.regions.westeurope.containerQuota.groups: Invalid value: -1: must be between 0 and 100000",
		},
	},
	"a secret that is not set": {
		edits: []string{containers, "containers: {cpu: 1, memoryGiB: 1.5, secretEnvironment: {TOKEN: chat-token, SECOND: chat-token}}"},
		want: []string{
			"ai-serving:chat-token: Required value: ai-serving:models.chat.azure.containers.secretEnvironment.SECOND refers to it: run: pulumi config set --secret chat-token --stack test",
		},
	},
	"a secret in plain text": {
		edits: []string{
			containers, "containers: {cpu: 1, memoryGiB: 1.5, secretEnvironment: {TOKEN: chat-token}}",
			azure, "  ai-serving:chat-token: hush\n" + azure,
		},
		want: []string{
			"ai-serving:chat-token: Forbidden: ai-serving:models.chat.azure.containers.secretEnvironment.TOKEN refers to it as a secret, and its value is in plain text: take another value, and run: pulumi config set --secret chat-token --stack test",
		},
	},
	"a secret that nothing refers to": {
		edits: []string{azure, "  ai-serving:chat-token: {secure: v1:ciphertext}\n" + azure},
		want: []string{
			"ai-serving:chat-token: Forbidden: nothing refers to this secret: run: pulumi config rm chat-token --stack test",
		},
	},
	"a plain key that nothing refers to": {
		edits: []string{azure, "  ai-serving:chat-token: hush\n" + azure},
		want: []string{
			"ai-serving:chat-token: Forbidden: unknown key; known are azure, gcp, models, platform, tenantFiles, tenants",
		},
	},
	"secrets in names that are no keys": {
		edits: []string{containers, `containers: {cpu: 1, memoryGiB: 1.5, secretEnvironment: {PLATFORM: platform, VALUE: "s3cret value"}}`},
		want: []string{
			`ai-serving:models.chat.azure.containers.secretEnvironment.PLATFORM: Invalid value: "platform": must be the name of a key that holds a secret: 1 to 63 letters, digits, hyphens and underscores, a letter first, and not azure, gcp, models, platform, tenantFiles, tenants`,
			`ai-serving:models.chat.azure.containers.secretEnvironment.VALUE: Invalid value: "s3cret value": must be the name of a key that holds a secret: 1 to 63 letters, digits, hyphens and underscores, a letter first, and not azure, gcp, models, platform, tenantFiles, tenants`,
		},
	},
	"a secret inside of an object": {
		edits: []string{containers, "containers: {cpu: 1, memoryGiB: 1.5, environment: {TOKEN: {secure: v1:ciphertext}}}"},
		want: []string{
			"ai-serving:models: Forbidden: holds a secret; objects are plain: set a secret as a key of its own",
		},
	},
	"a secret where the value is plain": {
		edits: []string{"gcp:project: ai-serving-test", "gcp:project: {secure: v1:ciphertext}"},
		want: []string{
			"gcp:project: Forbidden: is part of many names and no secret: run: pulumi config set --plaintext gcp:project <project id>",
		},
	},
	"what refers to a secret is not understood": {
		edits: []string{
			containers, "containers: {cpu: 1, memoryGiB: 1.5, secretEnvironment: [chat-token]}",
			azure, "  ai-serving:chat-token: {secure: v1:ciphertext}\n" + azure,
		},
		want: []string{
			`ai-serving:models.chat.azure.containers.secretEnvironment: Invalid value: ["chat-token"]: must be an object`,
		},
	},
}

func TestNoErrorShowsASecret(t *testing.T) {
	t.Parallel()
	for name, edits := range map[string][]string{
		"a section":              {"  ai-serving:models:\n", "  ai-serving:models: {secure: v1:ciphertext}\n  other:\n"},
		"an object in a section": {"models: [chat, embed]", "models: {secure: v1:ciphertext}"},
		"a key of its own":       {azure, "  ai-serving:chat-token: {secure: v1:ciphertext}\n" + azure},
		"the provider's project": {"gcp:project: ai-serving-test", "gcp:project: {secure: v1:ciphertext}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, edit(t, stack, edits...))
			if err == nil {
				t.Fatal("the stack file was accepted")
			}
			if strings.Contains(err.Error(), stackfile.Secret("")) {
				t.Errorf("shows a secret: %v", err)
			}
		})
	}
}

func TestSecretsThatAreReferredToAreRead(t *testing.T) {
	t.Parallel()
	got, err := load(t, edit(t, stack,
		ofEmbed, elsewhere, "tls: none", "tls: none\n    registries: {registry.example.com: {username: puller, password: pull}}",
		containers, "containers: {cpu: 1, memoryGiB: 1.5, secretEnvironment: {TOKEN: chat-token}}",
		azure, "  ai-serving:chat-token: {secure: v1:ciphertext}\n  ai-serving:pull: {secure: v1:ciphertext}\n  ai-serving:logs: {secure: v1:ciphertext}\n"+azure+
			"    logAnalytics: {workspaceId: 00000000-0000-0000-0000-000000000000, workspaceKey: logs}\n",
	))
	if err != nil {
		t.Fatal(err)
	}
	if diff := strings.Join(got.Secrets(), " "); diff != "chat-token logs pull" {
		t.Errorf("secrets: %s", diff)
	}
}
