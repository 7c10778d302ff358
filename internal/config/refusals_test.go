package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// refusal is a stack file that must not get as far as a resource: what is edited
// in the good one, as pairs of old and new, and the lines of the error.
type refusal struct {
	edits []string
	want  []string
}

var refusals = map[string]refusal{
	"a misspelt section": {
		edits: []string{"ai-serving:tenants:", "ai-serving:tenant:"},
		want: []string{
			`ai-serving:tenant: Forbidden: unknown key (did you mean "tenants"?); known are azure, gcp, models, platform, tenantFiles, tenants`,
			"ai-serving:tenants: Required value: add the object to Pulumi.test.yaml, or name files of tenants with ai-serving:tenantFiles",
		},
	},
	"a misspelt key": {
		edits: []string{"dnsLabel:", "dnslabel:"},
		want: []string{
			"ai-serving:platform.dnsLabel: Required value",
			`ai-serving:platform.dnslabel: Forbidden: unknown key (did you mean "dnsLabel"?); known are allow, dnsLabel, domain, labels, protect, registries, residencies, tls, traffic`,
		},
	},
	"a misspelt nested key": {
		edits: []string{"memoryGiB:", "memoryGib:"},
		want: []string{
			"ai-serving:models.chat.azure.containers.memoryGiB: Required value",
			`ai-serving:models.chat.azure.containers.memoryGib: Forbidden: unknown key (did you mean "memoryGiB"?); known are args, command, cpu, environment, image, memoryGiB, next, replicas, scratch, secretEnvironment, sharedMemory, user, weights, writable`,
		},
	},
	"an unknown key of a tenant": {
		edits: []string{"acme: {models: [chat, embed]}", "acme: {models: [chat], quota: 5}"},
		want: []string{
			"ai-serving:tenants.acme.quota: Forbidden: unknown key; known are canary, costCenter, enabled, gateway, hosts, isolation, maxStreamSeconds, models, rateLimitPerMinute, regions, replicas, residency",
		},
	},
	"a number in quotes": {
		edits: []string{"port: 8080", `port: "8080"`},
		want: []string{
			`ai-serving:models.chat.port: Invalid value: "8080": must be a whole number, without quotes`,
		},
	},
	"a fraction where a whole number is due": {
		edits: []string{"port: 8080", "port: 8080.5"},
		want: []string{
			"ai-serving:models.chat.port: Invalid value: 8080.5: must be a whole number, without quotes",
		},
	},
	"a number where a string is due": {
		edits: []string{"image: registry.example.com/chat:1", "image: 1"},
		want: []string{
			"ai-serving:models.chat.image: Invalid value: 1: must be a string: put it in quotes",
		},
	},
	"a string where a boolean is due": {
		edits: []string{"tls: none", "tls: none\n    protect: \"yes\""},
		want: []string{
			`ai-serving:platform.protect: Invalid value: "yes": must be true or false, without quotes`,
		},
	},
	"a string where a list is due": {
		edits: []string{"models: [chat, embed]", "models: chat"},
		want: []string{
			`ai-serving:tenants.acme.models: Invalid value: "chat": must be a list`,
		},
	},
	"a list where an object is due": {
		edits: []string{"gcp: {kubernetes: {cpu: 500m, memory: 1Gi}}", "gcp: [kubernetes]"},
		want: []string{
			`ai-serving:models.chat.gcp: Invalid value: ["kubernetes"]: must be an object`,
		},
	},
	"an empty entry": {
		edits: []string{"acme: {models: [chat, embed]}", "acme:"},
		want: []string{
			"ai-serving:tenants.acme: Required value: must be an object",
		},
	},
	"a section that is text": {
		edits: []string{"    acme: {models: [chat, embed]}\n    globex: {models: [chat], isolation: bridge}", "    acme"},
		want: []string{
			`ai-serving:tenants: Invalid value: "acme": must be an object`,
		},
	},
	"no project of Google's": {
		edits: []string{"  gcp:project: ai-serving-test\n", ""},
		want: []string{
			"gcp:project: Required value: run: pulumi config set gcp:project <project id>",
		},
	},
	"a project that is none": {
		edits: []string{"gcp:project: ai-serving-test", "gcp:project: AI"},
		want: []string{
			`gcp:project: Invalid value: "AI": must be a project id: 6 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen last`,
		},
	},
	"a domain of one label": {
		edits: []string{"domain: ai.example.com", "domain: localhost"},
		want: []string{
			`ai-serving:platform.domain: Invalid value: "localhost": must be a DNS name of two labels or more, of 63 characters at most each and 222 in all, in lower case, such as ai.example.com`,
		},
	},
	"a DNS label in upper case": {
		edits: []string{"dnsLabel: ai-serving-test", "dnsLabel: AI-Serving"},
		want: []string{
			`ai-serving:platform.dnsLabel: Invalid value: "AI-Serving": must be 2 to 37 lower-case letters, digits and hyphens, a letter first, no hyphen last`,
		},
	},
	"a DNS label with no room for a region": {
		edits: []string{"dnsLabel: ai-serving-test", "dnsLabel: a-very-long-label-for-the-whole-ai-platform"},
		want: []string{
			`ai-serving:platform.dnsLabel: Invalid value: "a-very-long-label-for-the-whole-ai-platform": must be 2 to 37 lower-case letters, digits and hyphens, a letter first, no hyphen last`,
		},
	},
	"labels that the clouds refuse": {
		edits: []string{"dnsLabel: ai-serving-test", `dnsLabel: ai-serving-test
    labels: {Team: ml, team: ML, stack: mine, owner: ""}`},
		want: []string{
			`ai-serving:platform.labels.Team: Invalid value: "Team": the key must be 1 to 63 lower-case letters, digits, hyphens and underscores, a letter first, a letter or digit last`,
			`ai-serving:platform.labels.owner: Invalid value: "": the value must be 1 to 63 lower-case letters, digits, hyphens and underscores, a letter or digit first and last`,
			"ai-serving:platform.labels.stack: Forbidden: the program sets this label itself, as it does project, stack, managed-by, tenant, tier, model, cost-center",
			`ai-serving:platform.labels.team: Invalid value: "ML": the value must be 1 to 63 lower-case letters, digits, hyphens and underscores, a letter or digit first and last`,
		},
	},
	"no models": {
		edits: []string{"models:\n    chat:", "models: {}\n  other:models:\n    chat:"},
		want: []string{
			"ai-serving:models: Required value: name at least one model to serve",
		},
	},
	"a model whose name is none": {
		edits: []string{"    chat:\n", "    Chat_1:\n", "models: [chat, embed]", "models: [embed]", "models: [chat]", "models: [embed]"},
		want: []string{
			`ai-serving:models.Chat_1: Invalid value: "Chat_1": the name must be 1 to 30 lower-case letters, digits and single hyphens, a letter first, no hyphen last`,
		},
	},
	"an image that is none": {
		edits: []string{"image: registry.example.com/chat:1", `image: "registry.example.com/Chat One"`},
		want: []string{
			`ai-serving:models.chat.image: Invalid value: "registry.example.com/Chat One": must name a container image, as registry/repository:tag or @digest: invalid reference format: repository name (Chat One) must be lowercase`,
		},
	},
	"a port out of range": {
		edits: []string{"port: 8080", "port: 70000"},
		want: []string{
			"ai-serving:models.chat.port: Invalid value: 70000: must be between 1 and 65535",
		},
	},
	"an explicit zero is not a default": {
		edits: []string{"port: 8080", "port: 8080\n      startupSeconds: 0"},
		want: []string{
			"ai-serving:models.chat.startupSeconds: Invalid value: 0: must be between 1 and 3600",
		},
	},
	"a stream longer than any drain": {
		edits: []string{"port: 8080", "port: 8080\n      maxStreamSeconds: 7200"},
		want: []string{
			"ai-serving:models.chat.maxStreamSeconds: Invalid value: 7200: must be between 1 and 3600",
		},
	},
	"a health path with a query": {
		edits: []string{"healthPath: /health", "healthPath: /health?deep=1"},
		want: []string{
			`ai-serving:models.chat.healthPath: Invalid value: "/health?deep=1": must be a path that starts with / and has no query, in the characters of a URL, of 1024 at most`,
		},
	},
	"paths of a wrong form": {
		edits: []string{"paths: [/v1/chat/*]", "paths: [v1/chat, /v1/*/chat, /v1/chat*, /static/*, /ok, /ok]"},
		want: []string{
			`ai-serving:models.chat.paths[0]: Invalid value: "v1/chat": must be a path that starts with /, either exact or with "/*" at its end, of letters, digits and -._~!$'()+,;=:@ between the slashes, 1024 characters at most`,
			`ai-serving:models.chat.paths[1]: Invalid value: "/v1/*/chat": must be a path that starts with /, either exact or with "/*" at its end, of letters, digits and -._~!$'()+,;=:@ between the slashes, 1024 characters at most`,
			`ai-serving:models.chat.paths[2]: Invalid value: "/v1/chat*": must be a path that starts with /, either exact or with "/*" at its end, of letters, digits and -._~!$'()+,;=:@ between the slashes, 1024 characters at most`,
			"ai-serving:models.chat.paths[3]: Forbidden: /static/* is kept for static content",
			`ai-serving:models.chat.paths[5]: Duplicate value: "/ok"`,
		},
	},
	"a model that nothing serves": {
		edits: []string{"      azure: {networkInterfaces: [gpu-a]}\n      gcp: {instances: {machineType: e2-standard-2}}\n", ""},
		want: []string{
			"ai-serving:models.embed: Required value: say what serves the model: azure, gcp or both",
		},
	},
	"two runtimes on Google's cloud": {
		edits: []string{"gcp: {kubernetes: {cpu: 500m, memory: 1Gi}}", "gcp: {kubernetes: {cpu: 500m, memory: 1Gi}, instances: {machineType: e2-standard-2}}"},
		want: []string{
			"ai-serving:models.chat.gcp: Required value: give either kubernetes or instances: a backend service cannot mix the two",
		},
	},
	"quantities that are none": {
		edits: []string{"{cpu: 500m, memory: 1Gi}", `{cpu: half, memory: "0", replicas: {min: 4, max: 2}}`},
		want: []string{
			`ai-serving:models.chat.gcp.kubernetes.cpu: Invalid value: "half": must be a number of cores, of three places at most, or of thousandths with m, such as "2", "0.5" or "500m"`,
			`ai-serving:models.chat.gcp.kubernetes.memory: Invalid value: "0": must be a number above 0 with its unit, Mi, Gi, Ti, M, G or T, such as "512Mi" or "8Gi"`,
			"ai-serving:models.chat.gcp.kubernetes.replicas.max: Invalid value: 2: must not be less than min, 4",
		},
	},
	"half a range": {
		edits: []string{"{cpu: 500m, memory: 1Gi}", "{cpu: 500m, memory: 1Gi, replicas: {min: 4}}"},
		want: []string{
			"ai-serving:models.chat.gcp.kubernetes.replicas.max: Required value",
		},
	},
	"a machine type that is none": {
		edits: []string{"machineType: e2-standard-2", "machineType: Standard_D2s_v5"},
		want: []string{
			`ai-serving:models.embed.gcp.instances.machineType: Invalid value: "Standard_D2s_v5": is not a machine type of Compute Engine, such as e2-standard-4: internal/machinetype/types.go lists them, and platform.allow.machineTypes allows a newer one`,
		},
	},
	"an unknown region of Azure": {
		edits: []string{"westeurope:", "westeuropa:"},
		want: []string{
			`ai-serving:azure.regions.westeuropa: Invalid value: "westeuropa": is not a region of Azure (did you mean "westeurope"?): internal/clouds/azure_regions.go lists them, and platform.allow.azureRegions allows a newer one`,
		},
	},
	"an unknown region of Google's": {
		edits: []string{"europe-west4:", "europe-west5:"},
		want: []string{
			`ai-serving:gcp.regions.europe-west5: Invalid value: "europe-west5": is not a region of Google's cloud (did you mean "europe-west1"?): internal/clouds/google_regions.go lists them, and platform.allow.gcpRegions allows a newer one`,
		},
	},
	"no region of Azure": {
		edits: []string{"      westeurope: {cidr: 10.10.0.0/16}\n      northcentralus: {cidr: 10.11.0.0/16}", "      {}"},
		want: []string{
			"ai-serving:azure.regions: Required value: name at least one region of Azure",
		},
	},
	"an overlapping address space": {
		edits: []string{"10.21.0.0/16", "10.20.128.0/17"},
		want: []string{
			`ai-serving:gcp.regions.us-central1.cidr: Invalid value: "10.20.128.0/17": overlaps 10.20.0.0/16 of gcp/europe-west4`,
		},
	},
	"address spaces of a wrong form": {
		edits: []string{"10.10.0.0/16", "10.10.0.1/16", "10.11.0.0/16", "8.8.0.0/16", "10.20.0.0/16", "10.20.0.0/24"},
		want: []string{
			`ai-serving:azure.regions.northcentralus.cidr: Invalid value: "8.8.0.0/16": must be a private IPv4 network in CIDR form, such as 10.10.0.0/16`,
			`ai-serving:azure.regions.westeurope.cidr: Invalid value: "10.10.0.1/16": must be a private IPv4 network in CIDR form, such as 10.10.0.0/16`,
			`ai-serving:gcp.regions.europe-west4.cidr: Invalid value: "10.20.0.0/24": must be between /12 and /19`,
		},
	},
	"zones that a region has not": {
		edits: []string{
			"westeurope: {cidr: 10.10.0.0/16}", `westeurope: {cidr: 10.10.0.0/16, zones: ["1", "4"]}`,
			"northcentralus: {cidr: 10.11.0.0/16}", `northcentralus: {cidr: 10.11.0.0/16, zones: ["1"]}`,
			"us-central1: {cidr: 10.21.0.0/16}", "us-central1: {cidr: 10.21.0.0/16, zones: []}",
		},
		want: []string{
			"ai-serving:azure.regions.northcentralus.zones: Forbidden: northcentralus has no availability zones: leave the key out",
			`ai-serving:azure.regions.westeurope.zones[1]: Unsupported value: "4": supported values: "1", "2", "3"`,
			"ai-serving:gcp.regions.us-central1.zones: Required value: name at least one zone, or leave the key out to use a, b, c, f",
		},
	},
	"zones of container groups that a region has not, or has twice": {
		edits: []string{
			"westeurope: {cidr: 10.10.0.0/16}", `westeurope: {cidr: 10.10.0.0/16, containerZones: ["1", "4", "1"]}`,
			"northcentralus: {cidr: 10.11.0.0/16}", `northcentralus: {cidr: 10.11.0.0/16, containerZones: ["1"]}`,
		},
		want: []string{
			"ai-serving:azure.regions.northcentralus.containerZones: Forbidden: northcentralus has no availability zones: leave the key out",
			`ai-serving:azure.regions.westeurope.containerZones[1]: Unsupported value: "4": supported values: "1", "2", "3"`,
			`ai-serving:azure.regions.westeurope.containerZones[2]: Duplicate value: "1"`,
		},
	},
	"a gateway that cannot scale": {
		edits: []string{"westeurope: {cidr: 10.10.0.0/16}", `westeurope: {cidr: 10.10.0.0/16, gateway: {capacity: {min: -1, max: 200}}}`},
		want: []string{
			"ai-serving:azure.regions.westeurope.gateway.capacity.max: Invalid value: 200: must be between 2 and 125",
			"ai-serving:azure.regions.westeurope.gateway.capacity.min: Invalid value: -1: must be between 0 and 100",
		},
	},
	"a gateway without room to scale": {
		edits: []string{"westeurope: {cidr: 10.10.0.0/16}", `westeurope: {cidr: 10.10.0.0/16, gateway: {capacity: {min: 3, max: 3}}}`},
		want: []string{
			"ai-serving:azure.regions.westeurope.gateway.capacity.max: Invalid value: 3: must be above min, 3: an autoscaled gateway has room to scale",
		},
	},
	"fewer nodes than zones": {
		edits: []string{"us-central1: {cidr: 10.21.0.0/16}", "us-central1: {cidr: 10.21.0.0/16, nodes: {count: {min: 1, max: 3}}}"},
		want: []string{
			"ai-serving:gcp.regions.us-central1.nodes.count.max: Invalid value: 3: must be between 4 and 1000",
		},
	},
	"maintenance windows that are none": {
		edits: []string{"us-central1: {cidr: 10.21.0.0/16}", `us-central1: {cidr: 10.21.0.0/16, maintenance: {days: [], start: "3:00", hours: 3, exclusions: {Launch: {start: 2027-01-11, end: "2027-02-30T00:00:00Z", scope: all}}}}`},
		want: []string{
			"ai-serving:gcp.regions.us-central1.maintenance.days: Required value: name at least one day of the week, or leave the window out: GKE upgrades at any time then",
			`ai-serving:gcp.regions.us-central1.maintenance.exclusions.Launch.scope: Unsupported value: "all": supported values: "no-upgrades", "no-minor-or-node-upgrades", "no-minor-upgrades"`,
			"ai-serving:gcp.regions.us-central1.maintenance.exclusions.Launch.start: Invalid value: 2027-01-11: must be a string: put it in quotes",
			`ai-serving:gcp.regions.us-central1.maintenance.exclusions.Launch: Invalid value: "Launch": the name must be 1 to 30 lower-case letters, digits and single hyphens, a letter first, no hyphen last`,
			"ai-serving:gcp.regions.us-central1.maintenance.hours: Invalid value: 3: must be between 4 and 24",
			`ai-serving:gcp.regions.us-central1.maintenance.start: Invalid value: "3:00": must be a time of day in UTC, in quotes, such as "03:00"`,
		},
	},
	"maintenance that GKE refuses": {
		edits: []string{"us-central1: {cidr: 10.21.0.0/16}", `us-central1: {cidr: 10.21.0.0/16, maintenance: {days: [monday, monday], start: "03:00", hours: 5, exclusions: {long: {start: "2027-01-11T00:00:00Z", end: "2027-03-01T00:00:00Z", scope: no-upgrades}, none: {start: "2027-01-11T00:00:00Z", end: "2027-01-11T00:00:00Z", scope: no-minor-upgrades}, never: {start: "2027-02-30T00:00:00Z", end: "2027-03-01T00:00:00Z", scope: no-upgrades}}}}`},
		want: []string{
			`ai-serving:gcp.regions.us-central1.maintenance.days[1]: Duplicate value: "monday"`,
			`ai-serving:gcp.regions.us-central1.maintenance.exclusions.long.end: Invalid value: "2027-03-01T00:00:00Z": is 49 days after the start: GKE allows 30 without any upgrade: end it earlier, or take the scope no-minor-or-node-upgrades`,
			`ai-serving:gcp.regions.us-central1.maintenance.exclusions.never.start: Invalid value: "2027-02-30T00:00:00Z": is no day of the calendar, or no time of the day`,
			`ai-serving:gcp.regions.us-central1.maintenance.exclusions.none.end: Invalid value: "2027-01-11T00:00:00Z": must be after the start, 2027-01-11T00:00:00Z`,
			"ai-serving:gcp.regions.us-central1.maintenance.hours: Invalid value: 5: are 10 in a week with 2 days: GKE asks for 12 at least: name more days, or take more hours",
		},
	},
	"clusters open to everybody": {
		edits: []string{"{office: 203.0.113.0/24}", "{everybody: 0.0.0.0/0, typo: 203.0.113.1/24}"},
		want: []string{
			"ai-serving:gcp.authorizedNetworks.everybody: Forbidden: 0.0.0.0/0 would open the clusters' API servers to everybody",
			`ai-serving:gcp.authorizedNetworks.typo: Invalid value: "203.0.113.1/24": must be an IPv4 network in CIDR form, such as 203.0.113.0/24`,
		},
	},
	"no tenants": {
		edits: []string{"    acme: {models: [chat, embed]}\n    globex: {models: [chat], isolation: bridge}", "    {}"},
		want: []string{
			"ai-serving:tenants: Required value: name at least one tenant",
		},
	},
	"an unknown model": {
		edits: []string{"models: [chat, embed]", "models: [chta]"},
		want: []string{
			`ai-serving:tenants.acme.models[0]: Invalid value: "chta": is not in the model catalogue (did you mean "chat"?): chat, embed`,
		},
	},
	"a model twice": {
		edits: []string{"models: [chat, embed]", "models: [chat, chat]"},
		want: []string{
			`ai-serving:tenants.acme.models[1]: Duplicate value: "chat"`,
		},
	},
	"an unknown isolation": {
		edits: []string{"isolation: bridge", "isolation: shared"},
		want: []string{
			`ai-serving:tenants.globex.isolation: Unsupported value: "shared": supported values: "pool", "bridge", "silo"`,
		},
	},
	"ids that begin with a digit": {
		edits: []string{"    globex:", "    7globex:"},
		want: []string{
			`ai-serving:tenants.7globex: Invalid value: "7globex": the name must be 1 to 30 lower-case letters, digits and single hyphens, a letter first, no hyphen last`,
		},
	},
	"ports that the runtimes cannot take": {
		edits: []string{"port: 8080", "port: 80", "port: 8081", "port: 22"},
		want: []string{
			"ai-serving:models.chat.port: Invalid value: 80: must be 1024 or more on Kubernetes, where the server is not root",
			"ai-serving:models.embed.port: Invalid value: 22: is the machine's own, for SSH",
		},
	},
	"the port of HTTPS": {
		edits: []string{"port: 8081", "port: 443"},
		want: []string{
			"ai-serving:models.embed.port: Invalid value: 443: is for HTTPS only on Application Gateway, which speaks HTTP to models: use another port, such as 8080",
		},
	},
	"the network of the containers' bridge": {
		edits: []string{"10.11.0.0/16", "172.17.0.0/20"},
		want: []string{
			`ai-serving:azure.regions.northcentralus.cidr: Invalid value: "172.17.0.0/20": overlaps 172.17.0.0/16, which machines keep for their containers`,
		},
	},
	"empty paths": {
		edits: []string{"paths: [/v1/chat/*]", `paths: ["", //v1]`},
		want: []string{
			`ai-serving:models.chat.paths[0]: Invalid value: "": must be a path that starts with /, either exact or with "/*" at its end, of letters, digits and -._~!$'()+,;=:@ between the slashes, 1024 characters at most`,
			`ai-serving:models.chat.paths[1]: Invalid value: "//v1": must be a path that starts with /, either exact or with "/*" at its end, of letters, digits and -._~!$'()+,;=:@ between the slashes, 1024 characters at most`,
		},
	},
	"replicas of one name": {
		edits: []string{"    embed:\n", "    globex-chat:\n", "models: [chat, embed]", "models: [globex-chat]"},
		want: []string{
			`ai-serving:tenants.globex.models[0]: Invalid value: "chat": the tenant's own replicas would be named "globex-chat", as those of model "globex-chat" are: rename the tenant or the model`,
		},
	},
	"a cost centre that is no label": {
		edits: []string{"isolation: bridge", `costCenter: "CC 1042"`},
		want: []string{
			`ai-serving:tenants.globex.costCenter: Invalid value: "CC 1042": must be 1 to 63 letters, digits, hyphens and underscores, a letter or digit first and last: it becomes a label`,
		},
	},
	"a long tenant name": {
		edits: []string{"globex:", "globex-corporation-of-springfield:"},
		want: []string{
			`ai-serving:tenants.globex-corporation-of-springfield: Invalid value: "globex-corporation-of-springfield": the name must be 1 to 30 lower-case letters, digits and single hyphens, a letter first, no hyphen last`,
		},
	},
	"nothing said of TLS": {
		edits: []string{"    tls: none\n", ""},
		want: []string{
			"ai-serving:platform.tls: Required value: say certificates, or none for plain HTTP",
		},
	},
	"TLS of an unknown kind": {
		edits: []string{"tls: none", "tls: optional"},
		want: []string{
			`ai-serving:platform.tls: Unsupported value: "optional": supported values: "certificates", "none"`,
		},
	},
	"TLS without certificates": {
		edits: []string{"tls: none", "tls: certificates"},
		want: []string{
			"ai-serving:azure.certificates: Required value: name at least the certificate for *.ai.example.com",
			"ai-serving:azure.identity: Required value: name the user-assigned identity that may read the certificates (role Key Vault Secrets User)",
			"ai-serving:gcp.certificateMap: Required value: name the certificate map of the global load balancer: projects/<project>/locations/global/certificateMaps/<name>",
			"ai-serving:gcp.regions.europe-west4.certificates: Required value: name at least one certificate of the region's load balancer: projects/<project>/locations/europe-west4/certificates/<name>",
			"ai-serving:gcp.regions.us-central1.certificates: Required value: name at least one certificate of the region's load balancer: projects/<project>/locations/us-central1/certificates/<name>",
		},
	},
	"certificates and no TLS": {
		edits: []string{"  ai-serving:azure:\n", "  ai-serving:azure:\n    identity: " + testIdentity + "\n    certificates: {wildcard: {hosts: ['*.ai.example.com'], secret: 'https://vault.vault.azure.net/secrets/a'}}\n"},
		want: []string{
			"ai-serving:azure.certificates: Forbidden: platform.tls is none: set it to certificates, or leave this out",
			"ai-serving:azure.identity: Forbidden: platform.tls is none: set it to certificates, or leave this out",
		},
	},
	"an identity that is none": {
		edits: withTLS("identity: "+testIdentity, "identity: ai-serving-gateways"),
		want: []string{
			`ai-serving:azure.identity: Invalid value: "ai-serving-gateways": must be the resource id of a user-assigned identity: /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>`,
		},
	},
	"a certificate with a version": {
		edits: withTLS("secrets/wildcard", "secrets/wildcard/0123456789abcdef"),
		want: []string{
			`ai-serving:azure.certificates.wildcard.secret: Invalid value: "https://serving.vault.azure.net/secrets/wildcard/0123456789abcdef": must be the identifier of a secret in Key Vault: https://<vault>.vault.azure.net/secrets/<name>, without a version: a gateway would never take a renewed certificate`,
		},
	},
	"a certificate of no vault": {
		edits: withTLS("https://serving.vault.azure.net/secrets/wildcard", "https://example.com/wildcard.pfx"),
		want: []string{
			`ai-serving:azure.certificates.wildcard.secret: Invalid value: "https://example.com/wildcard.pfx": must be the identifier of a secret in Key Vault: https://<vault>.vault.azure.net/secrets/<name>`,
		},
	},
	"a certificate for nobody": {
		edits: withTLS("hosts: ['*.ai.example.com']", "hosts: []"),
		want: []string{
			"ai-serving:azure.certificates.wildcard.hosts: Required value: name at least one host",
			"ai-serving:azure.certificates: Required value: one has to be for *.ai.example.com, or for health.ai.example.com at least: Traffic Manager's probes ask for that host",
			`ai-serving:tenants.acme.hosts[0]: Invalid value: "acme.ai.example.com": no certificate of azure.certificates is for this host: add one, or a wildcard of one label`,
			`ai-serving:tenants.globex.hosts[0]: Invalid value: "globex.ai.example.com": no certificate of azure.certificates is for this host: add one, or a wildcard of one label`,
		},
	},
	"two certificates for one host": {
		edits: withTLS("certificates: {", "certificates: {again: {hosts: ['*.ai.example.com'], secret: 'https://serving.vault.azure.net/secrets/again'}, "),
		want: []string{
			`ai-serving:azure.certificates.wildcard.hosts[0]: Invalid value: "*.ai.example.com": is a host of certificate "again"`,
		},
	},
	"a host that no certificate is for": {
		edits: withTLS("isolation: bridge}", "isolation: bridge, hosts: [chat.globex.com, deep.down.ai.example.com]}"),
		want: []string{
			`ai-serving:tenants.globex.hosts[0]: Invalid value: "chat.globex.com": no certificate of azure.certificates is for this host: add one, or a wildcard of one label`,
			`ai-serving:tenants.globex.hosts[1]: Invalid value: "deep.down.ai.example.com": no certificate of azure.certificates is for this host: add one, or a wildcard of one label`,
		},
	},
	"an old rule set": {
		edits: []string{"  ai-serving:azure:\n", "  ai-serving:azure:\n    firewall: {ruleSet: '3.2'}\n"},
		want: []string{
			`ai-serving:azure.firewall.ruleSet: Invalid value: "3.2": is not a version of Microsoft's default rule set, such as 2.2: internal/clouds/rule_sets.go lists them, and platform.allow.ruleSets allows a newer one`,
		},
	},
	"exclusions of a wrong form": {
		edits: []string{"  ai-serving:azure:\n", "  ai-serving:azure:\n    firewall: {exclusions: [{variable: Body, operator: Equals, selector: a}, {variable: RequestArgNames, operator: Like}, {variable: RequestArgNames, operator: EqualsAny, selector: a}, {variable: RequestArgNames, operator: Equals}]}\n"},
		want: []string{
			`ai-serving:azure.firewall.exclusions[0].variable: Unsupported value: "Body": supported values: "RequestArgKeys", "RequestArgNames", "RequestArgValues", "RequestCookieKeys", "RequestCookieNames", "RequestCookieValues", "RequestHeaderKeys", "RequestHeaderNames", "RequestHeaderValues"`,
			`ai-serving:azure.firewall.exclusions[1].operator: Unsupported value: "Like": supported values: "EqualsAny", "Contains", "EndsWith", "Equals", "StartsWith"`,
			"ai-serving:azure.firewall.exclusions[2].selector: Forbidden: EqualsAny is for all of them: leave the selector out",
			"ai-serving:azure.firewall.exclusions[3].selector: Required value: say what to compare with, or use the operator EqualsAny",
		},
	},
	"residencies of a wrong form": {
		edits: []string{"tls: none", "tls: none\n    residencies: {eu: [azure/westeurope, azure/westeurope, azure/northeurope], us: [], EU_1: [gcp/us-central1]}"},
		want: []string{
			`ai-serving:platform.residencies.EU_1: Invalid value: "EU_1": the name must be 1 to 30 lower-case letters, digits and single hyphens, a letter first, no hyphen last`,
			`ai-serving:platform.residencies.eu[1]: Duplicate value: "azure/westeurope"`,
			`ai-serving:platform.residencies.eu[2]: Invalid value: "azure/northeurope": is not in the stack's regions: azure/northcentralus, azure/westeurope, gcp/europe-west4, gcp/us-central1`,
			"ai-serving:platform.residencies.us: Required value: name at least one place, as <cloud>/<region>",
		},
	},
	"a residency on a platform without": {
		edits: []string{"isolation: bridge", "residency: eu"},
		want: []string{
			`ai-serving:tenants.globex.residency: Invalid value: "eu": the platform has no residencies: add them to platform.residencies`,
		},
	},
	"an unknown residency": {
		edits: withResidency("isolation: bridge", "residency: ue"),
		want: []string{
			`ai-serving:tenants.globex.residency: Invalid value: "ue": is not in platform.residencies (did you mean "eu"?): eu`,
		},
	},
	"a place outside of the residency": {
		edits: withResidency("isolation: bridge", "residency: eu, regions: [gcp/europe-west4, gcp/us-central1]"),
		want: []string{
			`ai-serving:tenants.globex.regions[1]: Invalid value: "gcp/us-central1": is outside of the residency eu, which has azure/westeurope, gcp/europe-west4`,
		},
	},
	"a limit that no cloud counts to": {
		edits: []string{"isolation: bridge", "rateLimitPerMinute: 2000000"},
		want: []string{
			"ai-serving:tenants.globex.rateLimitPerMinute: Invalid value: 2000000: must be between 0 and 1000000",
		},
	},
	"streams and replicas of a tenant that has none of its own": {
		edits: []string{"isolation: bridge", "maxStreamSeconds: 600, replicas: {min: 1, max: 2}"},
		want: []string{
			"ai-serving:tenants.globex.maxStreamSeconds: Forbidden: the tenant shares replicas: leave the key out, or give it its own with isolation: bridge",
			"ai-serving:tenants.globex.replicas: Forbidden: the tenant shares replicas: leave the key out, or give it its own with isolation: bridge",
		},
	},
	"streams and replicas out of range": {
		edits: []string{"isolation: bridge", "isolation: silo, maxStreamSeconds: 3601, replicas: {min: 101, max: 2}"},
		want: []string{
			"ai-serving:tenants.globex.maxStreamSeconds: Invalid value: 3601: must be between 1 and 3600",
			"ai-serving:tenants.globex.replicas.max: Invalid value: 2: must not be less than min, 101",
		},
	},
	"half a range of a tenant's own": {
		edits: []string{"isolation: bridge", "isolation: bridge, replicas: {max: 2}"},
		want: []string{
			"ai-serving:tenants.globex.replicas.min: Required value",
		},
	},
	"a gateway with a number of three digits": {
		edits: []string{"isolation: bridge", "gateway: 100"},
		want: []string{
			"ai-serving:tenants.globex.gateway: Invalid value: 100: must be between 1 and 99",
		},
	},
	"a gateway for a tenant that Azure does not serve": {
		edits: []string{"isolation: bridge", "gateway: 2, regions: [gcp/europe-west4]"},
		want: []string{
			"ai-serving:tenants.globex.gateway: Forbidden: no region of Azure serves the tenant: leave the key out",
		},
	},
	"a name in the place of a number": {
		edits: []string{"isolation: bridge", "gateway: second"},
		want: []string{
			`ai-serving:tenants.globex.gateway: Invalid value: "second": must be a whole number, without quotes`,
		},
	},
	"a switch in quotes": {
		edits: []string{"isolation: bridge", "enabled: 'no'"},
		want: []string{
			`ai-serving:tenants.globex.enabled: Invalid value: "no": must be true or false, without quotes`,
		},
	},
	"a canary of more than half": {
		edits: withCanary("canary: {model: chat-v2, percent: 51}"),
		want: []string{
			"ai-serving:tenants.globex.canary.percent: Invalid value: 51: must be between 0 and 50",
		},
	},
	"a canary of an unknown model": {
		edits: withCanary("canary: {model: chat-v3, percent: 5}"),
		want: []string{
			`ai-serving:tenants.globex.canary.model: Invalid value: "chat-v3": is not in the model catalogue (did you mean "chat-v2"?): chat, chat-v2, embed`,
		},
	},
	"a canary of the tenant's own model": {
		edits: withCanary("canary: {model: chat, percent: 5}"),
		want: []string{
			`ai-serving:tenants.globex.canary.model: Invalid value: "chat": is one of the tenant's models already`,
		},
	},
	"a canary with affinity": {
		edits: withCanary("canary: {model: chat-v2, percent: 5}", "chat:2\n", "chat:2\n      affinity: true\n"),
		want: []string{
			`ai-serving:tenants.globex.canary.model: Invalid value: "chat-v2": model chat-v2 has affinity, which Google's load balancers do not keep where they divide requests: leave the canary out, or write affinity: false for chat-v2`,
		},
	},
	"a canary beside a model with affinity": {
		edits: withCanary("canary: {model: chat-v2, percent: 5}", "    chat:\n", "    chat:\n      affinity: true\n"),
		want: []string{
			`ai-serving:tenants.globex.canary.model: Invalid value: "chat-v2": model chat has affinity, which Google's load balancers do not keep where they divide requests: leave the canary out, or write affinity: false for chat`,
		},
	},
	"a canary on other paths": {
		edits: withCanary("canary: {model: embed, percent: 5}"),
		want: []string{
			`ai-serving:tenants.globex.canary.model: Invalid value: "embed": has other paths than each of the tenant's models: it has /v1/embeddings`,
		},
	},
	"a canary where nothing divides requests": {
		edits: withCanary("canary: {model: chat-v2, percent: 5}, regions: [azure/westeurope]"),
		want: []string{
			"ai-serving:tenants.globex.canary: Forbidden: the tenant is served by Azure alone, whose gateways cannot divide requests: add a region of gcp, or leave the canary out",
		},
	},
	"a canary that Google's cloud does not run": {
		edits: append(withCanary("canary: {model: chat-v2, percent: 5}"), "gcp: {kubernetes: {cpu: 250m, memory: 1Gi}}", "azure: {containers: {cpu: 1, memoryGiB: 1}}"),
		want: []string{
			`ai-serving:tenants.globex.canary.model: Invalid value: "chat-v2": has no gcp runtime in the catalogue, and only Google's load balancers divide requests`,
		},
	},
	"half a canary": {
		edits: withCanary("canary: {model: chat-v2}"),
		want: []string{
			"ai-serving:tenants.globex.canary.percent: Required value",
		},
	},
	"everywhere that a tenant is served is drained": {
		edits: []string{
			"westeurope: {cidr: 10.10.0.0/16}", "westeurope: {cidr: 10.10.0.0/16, drained: true}",
			"europe-west4: {cidr: 10.20.0.0/16}", "europe-west4: {cidr: 10.20.0.0/16, drained: true}",
			"isolation: bridge", "regions: [azure/westeurope, gcp/europe-west4]",
		},
		want: []string{
			"ai-serving:tenants.globex: Forbidden: all of its places are drained: azure/westeurope, gcp/europe-west4",
		},
	},
	"several errors are told at once": {
		edits: []string{
			"port: 8080", `port: "8080"`,
			"westeurope:", "westeuropa:",
			"models: [chat, embed]", "models: [chta]",
			"isolation: bridge", "isolaton: bridge",
		},
		want: []string{
			`ai-serving:azure.regions.westeuropa: Invalid value: "westeuropa": is not a region of Azure (did you mean "westeurope"?): internal/clouds/azure_regions.go lists them, and platform.allow.azureRegions allows a newer one`,
			`ai-serving:models.chat.port: Invalid value: "8080": must be a whole number, without quotes`,
			`ai-serving:tenants.acme.models[0]: Invalid value: "chta": is not in the model catalogue (did you mean "chat"?): chat, embed`,
			`ai-serving:tenants.globex.isolaton: Forbidden: unknown key (did you mean "isolation"?); known are canary, costCenter, enabled, gateway, hosts, isolation, maxStreamSeconds, models, rateLimitPerMinute, regions, replicas, residency`,
		},
	},
}

const testIdentity = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/security/providers/Microsoft.ManagedIdentity/userAssignedIdentities/gateways"

// withTLS gives the good stack file certificates, and edits it then.
func withTLS(edits ...string) []string {
	return append([]string{
		"tls: none", "tls: certificates",
		"  ai-serving:azure:\n", "  ai-serving:azure:\n    identity: " + testIdentity + "\n    certificates: {wildcard: {hosts: ['*.ai.example.com'], secret: 'https://serving.vault.azure.net/secrets/wildcard'}}\n",
		"  ai-serving:gcp:\n", "  ai-serving:gcp:\n    certificateMap: projects/ai-serving-test/locations/global/certificateMaps/all\n",
		"europe-west4: {cidr: 10.20.0.0/16}", "europe-west4: {cidr: 10.20.0.0/16, certificates: [projects/ai-serving-test/locations/europe-west4/certificates/all]}",
		"us-central1: {cidr: 10.21.0.0/16}", "us-central1: {cidr: 10.21.0.0/16, certificates: [projects/ai-serving-test/locations/us-central1/certificates/all]}",
	}, edits...)
}

// withResidency gives the good stack file a residency, and edits it then.
func withResidency(edits ...string) []string {
	return append([]string{"tls: none", "tls: none\n    residencies: {eu: [azure/westeurope, gcp/europe-west4]}"}, edits...)
}

// withCanary gives the good stack file a second version of a model, and a tenant
// more keys.
func withCanary(keys string, more ...string) []string {
	const second = `    chat-v2:
      image: registry.example.com/chat:2
      port: 8080
      healthPath: /health
      paths: [/v1/chat/*]
      gcp: {kubernetes: {cpu: 250m, memory: 1Gi}}
`
	return append([]string{"    embed:\n", second + "    embed:\n", "isolation: bridge", keys}, more...)
}

var refusalTables = []map[string]refusal{refusals, serverRefusals, runtimeRefusals, containerRefusals, googleRefusals, hostRefusals, pathRefusals, placeRefusals, trafficRefusals, listRefusals, limitRefusals}

func TestABadStackFileIsRefusedWithEveryReason(t *testing.T) {
	t.Parallel()
	for _, table := range refusalTables {
		for name, refused := range table {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				_, err := load(t, edit(t, stack, refused.edits...))
				if err == nil {
					t.Fatal("the stack file was accepted")
				}
				if diff := cmp.Diff(refused.want, lines(err)); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
		}
	}
}
