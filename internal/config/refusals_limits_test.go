package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// limitRefusals are of values of the right form that a cloud's own grammar, words
// or numbers leave out.
var limitRefusals = map[string]refusal{
	"paths in characters that Application Gateway does not take": {
		edits: []string{"paths: [/v1/chat/*]", `paths: ["/v1/chat%20x/*", "/v1/r&d/*"]`},
		want: []string{
			`ai-serving:models.chat.paths[0]: Invalid value: "/v1/chat%20x/*": must be a path that starts with /, either exact or with "/*" at its end, of letters, digits and -._~!$'()+,;=:@ between the slashes, 1024 characters at most`,
			`ai-serving:models.chat.paths[1]: Invalid value: "/v1/r&d/*": must be a path that starts with /, either exact or with "/*" at its end, of letters, digits and -._~!$'()+,;=:@ between the slashes, 1024 characters at most`,
		},
	},
	"paths that are longer than Google's": {
		edits: []string{"paths: [/v1/chat/*]", "paths: [/" + strings.Repeat("a", 1024) + "]"},
		want: []string{
			`ai-serving:models.chat.paths[0]: Invalid value: "/` + strings.Repeat("a", 1024) + `": must be a path that starts with /, either exact or with "/*" at its end, of letters, digits and -._~!$'()+,;=:@ between the slashes, 1024 characters at most`,
		},
	},
	"health paths that are no paths of a URL": {
		edits: []string{"healthPath: /health", "healthPath: /health%2", "healthPath: /health\n", "healthPath: /" + strings.Repeat("h", 1024) + "\n"},
		want: []string{
			`ai-serving:models.chat.healthPath: Invalid value: "/health%2": must be a path that starts with / and has no query, in the characters of a URL, of 1024 at most`,
			`ai-serving:models.embed.healthPath: Invalid value: "/` + strings.Repeat("h", 1024) + `": must be a path that starts with / and has no query, in the characters of a URL, of 1024 at most`,
		},
	},
	"variables without a value, or with a digit first": {
		edits: []string{containers, `containers: {cpu: 1, memoryGiB: 1.5, environment: {EMPTY: "", 1ST: one, A-B: two}}`},
		want: []string{
			`ai-serving:models.chat.azure.containers.environment.1ST: Invalid value: "1ST": a variable's name must be 1 to 63 letters, digits and underscores, a letter first, a letter or digit last`,
			`ai-serving:models.chat.azure.containers.environment.A-B: Invalid value: "A-B": a variable's name must be 1 to 63 letters, digits and underscores, a letter first, a letter or digit last`,
			`ai-serving:models.chat.azure.containers.environment.EMPTY: Invalid value: "": must not be empty: Container Instances refuse a variable without a value; leave it out`,
		},
	},
	"a variable with a long name": {
		edits: []string{containers, "containers: {cpu: 1, memoryGiB: 1.5, environment: {" + strings.Repeat("L", 64) + ": long}}"},
		want: []string{
			`ai-serving:models.chat.azure.containers.environment.` + strings.Repeat("L", 64) + `: Invalid value: "` + strings.Repeat("L", 64) + `": a variable's name must be 1 to 63 letters, digits and underscores, a letter first, a letter or digit last`,
		},
	},
	"more labels than Azure has tags": {
		edits: withLabels(60),
		want: []string{
			"ai-serving:platform.labels: Too many: 60: must have at most 43 items: Azure takes 50 tags, of which the program sets up to 7",
		},
	},
	"labels that begin as the clouds' own do": {
		edits: []string{"tls: none", "tls: none\n    labels: {azure-team: a, goog-team: b, microsoft: c, windows_team: d}"},
		want: []string{
			"ai-serving:platform.labels.azure-team: Forbidden: labels that begin with azure are the cloud's own: begin it with another word",
			"ai-serving:platform.labels.goog-team: Forbidden: labels that begin with goog are the cloud's own: begin it with another word",
			"ai-serving:platform.labels.microsoft: Forbidden: labels that begin with microsoft are the cloud's own: begin it with another word",
			"ai-serving:platform.labels.windows_team: Forbidden: labels that begin with windows are the cloud's own: begin it with another word",
		},
	},
	"amounts in units that no one means": {
		edits: []string{"{cpu: 500m, memory: 1Gi}", "{cpu: 500Mi, memory: 512m}"},
		want: []string{
			`ai-serving:models.chat.gcp.kubernetes.cpu: Invalid value: "500Mi": must be a number of cores, of three places at most, or of thousandths with m, such as "2", "0.5" or "500m"`,
			`ai-serving:models.chat.gcp.kubernetes.memory: Invalid value: "512m": must be a number above 0 with its unit, Mi, Gi, Ti, M, G or T, such as "512Mi" or "8Gi"`,
		},
	},
	"amounts in bytes, and finer than thousandths": {
		edits: []string{"{cpu: 500m, memory: 1Gi}", `{cpu: "0.0005", memory: "1024"}`},
		want: []string{
			`ai-serving:models.chat.gcp.kubernetes.cpu: Invalid value: "0.0005": must be a number of cores, of three places at most, or of thousandths with m, such as "2", "0.5" or "500m"`,
			`ai-serving:models.chat.gcp.kubernetes.memory: Invalid value: "1024": must be a number above 0 with its unit, Mi, Gi, Ti, M, G or T, such as "512Mi" or "8Gi"`,
		},
	},
	"parts of a byte": {
		edits: []string{"{cpu: 500m, memory: 1Gi}", "{cpu: 500m, memory: 0.3Mi}"},
		want: []string{
			`ai-serving:models.chat.gcp.kubernetes.memory: Invalid value: "0.3Mi": must be a whole number of bytes: write it in a smaller unit`,
		},
	},
	"amounts of nothing": {
		edits: []string{"{cpu: 500m, memory: 1Gi}", "{cpu: 0m, memory: 0.0Gi}"},
		want: []string{
			`ai-serving:models.chat.gcp.kubernetes.cpu: Invalid value: "0m": must be a number of cores, of three places at most, or of thousandths with m, such as "2", "0.5" or "500m"`,
			`ai-serving:models.chat.gcp.kubernetes.memory: Invalid value: "0.0Gi": must be a number above 0 with its unit, Mi, Gi, Ti, M, G or T, such as "512Mi" or "8Gi"`,
		},
	},
	"container groups between the steps": {
		edits: []string{containers, "containers: {cpu: 1.005, memoryGiB: 0.05}"},
		want: []string{
			"ai-serving:models.chat.azure.containers.cpu: Invalid value: 1.005: must be 0.01 to 31 cores, in steps of 0.01",
			"ai-serving:models.chat.azure.containers.memoryGiB: Invalid value: 0.05: must be 0.1 to 240 GiB, in steps of 0.1",
		},
	},
	"certificates of another project": {
		edits: withTLS("gcp:project: ai-serving-test", "gcp:project: ai-serving-other"),
		want: []string{
			`ai-serving:gcp.certificateMap: Invalid value: "projects/ai-serving-test/locations/global/certificateMaps/all": is in the project ai-serving-test, and gcp:project is ai-serving-other: a load balancer takes certificates of its own project only: name one of ai-serving-other, or set gcp:project`,
			`ai-serving:gcp.regions.europe-west4.certificates[0]: Invalid value: "projects/ai-serving-test/locations/europe-west4/certificates/all": is in the project ai-serving-test, and gcp:project is ai-serving-other: a load balancer takes certificates of its own project only: name one of ai-serving-other, or set gcp:project`,
			`ai-serving:gcp.regions.us-central1.certificates[0]: Invalid value: "projects/ai-serving-test/locations/us-central1/certificates/all": is in the project ai-serving-test, and gcp:project is ai-serving-other: a load balancer takes certificates of its own project only: name one of ai-serving-other, or set gcp:project`,
		},
	},
	"a DNS label with a trademark in it": {
		edits: []string{"dnsLabel: ai-serving-test", "dnsLabel: my-xbox-ai"},
		want: []string{
			`ai-serving:platform.dnsLabel: Invalid value: "my-xbox-ai": has "xbox" in it, which Azure keeps for itself in DNS names: choose another name`,
		},
	},
	"a DNS label that is a trademark": {
		edits: []string{"dnsLabel: ai-serving-test", "dnsLabel: azure"},
		want: []string{
			`ai-serving:platform.dnsLabel: Invalid value: "azure": is a DNS name that Azure keeps for itself: choose another name`,
		},
	},
	"a residency with a trademark in it": {
		edits: []string{"tls: none", "tls: none\n    residencies: {windows-eu: [azure/westeurope]}"},
		want: []string{
			`ai-serving:platform.residencies.windows-eu: Invalid value: "windows-eu": has "windows" in it, which Azure keeps for itself in DNS names: choose another name`,
		},
	},
	"a domain that leaves no room for tenants": {
		edits: []string{"domain: ai.example.com", "domain: " + strings.Repeat("a.", 106) + "example.com"},
		want: []string{
			`ai-serving:platform.domain: Invalid value: "` + strings.Repeat("a.", 106) + `example.com": must be a DNS name of two labels or more, of 63 characters at most each and 222 in all, in lower case, such as ai.example.com`,
		},
	},
	"two hyphens together": {
		edits: []string{
			"globex: {models: [chat], isolation: bridge}", "globex--eu: {models: [chat], isolation: bridge}",
			"tls: none", "tls: none\n    residencies: {eu--west: [azure/westeurope]}",
		},
		want: []string{
			`ai-serving:platform.residencies.eu--west: Invalid value: "eu--west": the name must be 1 to 30 lower-case letters, digits and single hyphens, a letter first, no hyphen last`,
			`ai-serving:tenants.globex--eu: Invalid value: "globex--eu": the name must be 1 to 30 lower-case letters, digits and single hyphens, a letter first, no hyphen last`,
		},
	},
	"a user name that holds a password": {
		edits: []string{
			azure, "  ai-serving:pull: {secure: v1:ciphertext}\n" + azure, ofEmbed, elsewhere,
			"tls: none", "tls: none\n    registries: {registry.example.com: {username: 'puller:hush', password: pull}}",
		},
		want: []string{
			`ai-serving:platform.registries[registry.example.com].username: Invalid value: "puller:hush": must be a user name without spaces and colons`,
		},
	},
	"an identity for a registry that knows none": {
		edits: []string{ofEmbed, elsewhere, onKube, kubeElsewhere, "tls: none", "tls: none\n    registries: {registry.example.com: {identity: " + identity + "}}"},
		want: []string{
			"ai-serving:platform.registries[registry.example.com].identity: Forbidden: only an Azure Container Registry, <name>.azurecr.io, accepts an identity: give username and password",
		},
	},
	"an identity in a subscription that is none": {
		edits: withTLS("identity: "+testIdentity, "identity: /subscriptions/production/resourceGroups/shared/providers/Microsoft.ManagedIdentity/userAssignedIdentities/gateways"),
		want: []string{
			`ai-serving:azure.identity: Invalid value: "/subscriptions/production/resourceGroups/shared/providers/Microsoft.ManagedIdentity/userAssignedIdentities/gateways": must be the resource id of a user-assigned identity: /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>`,
		},
	},
	"an identity in a group that ends with a period": {
		edits: withTLS("identity: "+testIdentity, "identity: "+strings.Replace(identity, "/shared/", "/shared./", 1)),
		want: []string{
			`ai-serving:azure.identity: Invalid value: "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared./providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller": must be the resource id of a user-assigned identity: /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>`,
		},
	},
	"an identity with a short name": {
		edits: withTLS("identity: "+testIdentity, "identity: "+strings.Replace(identity, "puller", "ab", 1)),
		want: []string{
			`ai-serving:azure.identity: Invalid value: "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ab": must be the resource id of a user-assigned identity: /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>`,
		},
	},
	"a vault with a long name": {
		edits: withTLS("serving.vault.azure.net", "certificates-of-all-tenants.vault.azure.net"),
		want: []string{
			`ai-serving:azure.certificates.wildcard.secret: Invalid value: "https://certificates-of-all-tenants.vault.azure.net/secrets/wildcard": the name of a vault has 3 to 24 characters, and certificates-of-all-tenants has 27`,
		},
	},
	"a vault with two hyphens together": {
		edits: withTLS("serving.vault.azure.net", "all--tenants.vault.azure.net"),
		want: []string{
			`ai-serving:azure.certificates.wildcard.secret: Invalid value: "https://all--tenants.vault.azure.net/secrets/wildcard": must be the identifier of a secret in Key Vault: https://<vault>.vault.azure.net/secrets/<name>`,
		},
	},
	"a vault of another cloud": {
		edits: withTLS("serving.vault.azure.net", "serving.vault.azure.cn"),
		want: []string{
			`ai-serving:azure.certificates.wildcard.secret: Invalid value: "https://serving.vault.azure.cn/secrets/wildcard": must be the identifier of a secret in Key Vault: https://<vault>.vault.azure.net/secrets/<name>`,
		},
	},
	"more networks than a cluster takes": {
		edits: []string{"{office: 203.0.113.0/24}", "{" + networks(51) + "}"},
		want: []string{
			"ai-serving:gcp.authorizedNetworks: Too many: 51: must have at most 50 items: a cluster takes no more",
		},
	},
	"a network named twice": {
		edits: []string{"{office: 203.0.113.0/24}", "{office: 203.0.113.0/24, pipeline: 203.0.113.0/24}"},
		want: []string{
			`ai-serving:gcp.authorizedNetworks.pipeline: Invalid value: "203.0.113.0/24": is the network of "office" too: name it once`,
		},
	},
	"exclusions that stand twice, for everything, or with a space": {
		edits: []string{azure, azure + `    firewall:
      exclusions:
        - {variable: RequestArgNames, operator: Equals, selector: messages}
        - {variable: RequestArgNames, operator: Equals, selector: messages}
        - {variable: RequestHeaderNames, operator: StartsWith, selector: "*"}
        - {variable: RequestCookieNames, operator: Equals, selector: "session "}
`},
		want: []string{
			`ai-serving:azure.firewall.exclusions[1]: Duplicate value: "RequestArgNames Equals messages"`,
			`ai-serving:azure.firewall.exclusions[2].selector: Invalid value: "*": stands for itself, and not for all of them: use the operator EqualsAny, without a selector`,
			`ai-serving:azure.firewall.exclusions[3].selector: Invalid value: "session ": begins or ends with a space, which no name does: take it out`,
		},
	},
	"an image that only one machine has": {
		edits: []string{"image: registry.example.com/chat:1", "image: localhost:5000/chat:1", "image: registry.example.com/embed:1", "image: 192.168.1.20/embed:1"},
		want: []string{
			`ai-serving:models.chat.image: Invalid value: "localhost:5000/chat:1": is in a registry that the clouds do not reach: push it to one that they do`,
			`ai-serving:models.embed.image: Invalid value: "192.168.1.20/embed:1": is in a registry that the clouds do not reach: push it to one that they do`,
		},
	},
	"clients that Traffic Manager does not see": {
		edits: []string{"tls: none", "tls: none\n    traffic: {routing: subnet, nested: true, places: {azure: {subnets: [10.1.0.0/16, 0.0.0.0/0, 'fe80::/10']}, gcp: {}}}"},
		want: []string{
			`ai-serving:platform.traffic.places.azure.subnets[0]: Invalid value: "10.1.0.0/16": is no network of the Internet: Traffic Manager sees the public address of a client's name server`,
			"ai-serving:platform.traffic.places.azure.subnets[1]: Forbidden: 0.0.0.0/0 are all clients: a place without subnets takes all that no other has",
			`ai-serving:platform.traffic.places.azure.subnets[2]: Invalid value: "fe80::/10": is no network of the Internet: Traffic Manager sees the public address of a client's name server`,
		},
	},
}

// withLabels gives the good stack file so many labels.
func withLabels(count int) []string {
	labels := make([]string, count)
	for i := range labels {
		labels[i] = fmt.Sprintf("l%d: x", i)
	}
	return []string{"tls: none", "tls: none\n    labels: {" + strings.Join(labels, ", ") + "}"}
}

// networks are so many different ones.
func networks(count int) string {
	all := make([]string, count)
	for i := range all {
		all[i] = fmt.Sprintf("n%d: 203.0.%d.0/24", i, i)
	}
	return strings.Join(all, ", ")
}

// ports of the good stack file's containers that Azure's own processes listen on.
func TestAPortThatContainerInstancesKeepIsRefused(t *testing.T) {
	t.Parallel()
	for _, port := range []int{1025, 1027, 3389, 3399, 9999, 19000, 19080, 19100, 19390, 20000, 25000, 30000, 49152, 50051, 65534} {
		_, err := load(t, edit(t, stack, "port: 8080", fmt.Sprintf("port: %d", port)))
		want := fmt.Sprintf("ai-serving:models.chat.port: Invalid value: %d: is one that Container Instances keep for themselves, as they do "+
			"22, 443, 1025-1027, 3389-3399, 9999, 19000, 19080, 19100, 19390, 20000-30000, 49152-65534: let the server listen on another", port)
		if err == nil || !slices.Equal(lines(err), []string{want}) {
			t.Errorf("%d: got %v, want %s", port, err, want)
		}
	}
	for _, port := range []int{1024, 1028, 3388, 3400, 9998, 10000, 19999, 30001, 49151, 65535} {
		if _, err := load(t, edit(t, stack, "port: 8080", fmt.Sprintf("port: %d", port))); err != nil {
			t.Errorf("%d: %v", port, err)
		}
	}
	if _, err := load(t, edit(t, stack, "port: 8081", "port: 9999")); err != nil {
		t.Errorf("machines have no ports of Container Instances: %v", err)
	}
}

// What is one step inside of the limits is taken.
func TestValuesUpToTheLimitsAreTaken(t *testing.T) {
	t.Parallel()
	for name, edits := range map[string][]string{
		"a project by its number":           withTLS("projects/ai-serving-test/locations/global", "projects/123456789012/locations/global", "projects/ai-serving-test/locations/us-central1", "projects/123456789012/locations/us-central1"),
		"as many labels as Azure has tags":  withLabels(43),
		"as many networks as a cluster has": {"{office: 203.0.113.0/24}", "{" + networks(50) + "}"},
		"the longest paths": {
			"paths: [/v1/chat/*]", "paths: [/" + strings.Repeat("a", 1023) + "]",
			"healthPath: /health", "healthPath: /" + strings.Repeat("h", 1023),
		},
		"every character of a path":          {"paths: [/v1/chat/*]", `paths: ["/-._~!$()'+,;=:@/AZaz09/*"]`},
		"an escaped health path":             {"healthPath: /health", `healthPath: "/health%20check&deep"`},
		"the least of container groups":      {containers, "containers: {cpu: 0.01, memoryGiB: 0.1}"},
		"the most of container groups":       {containers, "containers: {cpu: 31, memoryGiB: 240}"},
		"amounts with decimals":              {"{cpu: 500m, memory: 1Gi}", `{cpu: "0.125", memory: 1.5Gi}`},
		"amounts in powers of ten":           {"{cpu: 500m, memory: 1Gi}", `{cpu: "1", memory: 500M}`},
		"a trademark as part of a DNS label": {"dnsLabel: ai-serving-test", "dnsLabel: azure-ai"},
		"an identity in another case":        withTLS("identity: "+testIdentity, "identity: "+strings.Replace(identity, "resourceGroups", "resourcegroups", 1)),
		"selectors with the signs of names":  {azure, azure + "    firewall: {exclusions: [{variable: RequestArgNames, operator: StartsWith, selector: 'messages[*].content'}]}\n"},
		"the longest domain":                 {"domain: ai.example.com", "domain: " + strings.Repeat("a.", 105) + "example.comm"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := load(t, edit(t, stack, edits...)); err != nil {
				t.Error(err)
			}
		})
	}
}
