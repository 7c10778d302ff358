package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	// vision is a model that runs on Google's cloud alone, and ranking one that runs on
	// Azure alone.
	vision  = "    vision: {image: registry.example.com/vision:1, port: 8080, healthPath: /, paths: [/v1/vision], gcp: {instances: {machineType: e2-standard-2}}}\n"
	ranking = "    ranking: {image: registry.example.com/ranking:1, port: 8080, healthPath: /, paths: [/v1/rank], azure: {networkInterfaces: [gpu-r]}}\n"
)

// withModels gives the good stack file two models that run on one cloud each, and
// edits it then.
func withModels(edits ...string) []string {
	return append([]string{"    embed:\n", vision + ranking + "    embed:\n"}, edits...)
}

// withoutGoogle takes from the model chat what serves it on Google's cloud.
func withoutGoogle(edits ...string) []string {
	return append([]string{"      gcp: {kubernetes: {cpu: 500m, memory: 1Gi}}\n", ""}, edits...)
}

var placeRefusals = map[string]refusal{
	"a model that comes to a tenant and takes a cloud away": {
		edits: withModels("{models: [chat, embed]}", "{models: [chat, embed, vision]}"),
		want: []string{
			`ai-serving:tenants.acme.models[2]: Invalid value: "vision": has no azure runtime in the catalogue, so azure/northcentralus, azure/westeurope cannot serve the tenant, which names no regions: add models.vision.azure, or write "regions: [gcp]"`,
		},
	},
	"a runtime that goes from a model and takes a cloud away": {
		edits: withoutGoogle(),
		want: []string{
			`ai-serving:tenants.acme.models[0]: Invalid value: "chat": has no gcp runtime in the catalogue, so gcp cannot serve the tenant, which names no regions: add models.chat.gcp, or write "regions: [azure]"`,
			`ai-serving:tenants.globex.models[0]: Invalid value: "chat": has no gcp runtime in the catalogue, so gcp cannot serve the tenant, which names no regions: add models.chat.gcp, or write "regions: [azure]"`,
		},
	},
	"a disabled tenant, whose placement is kept": {
		edits: withoutGoogle("{models: [chat, embed]}", "{models: [embed]}", "isolation: bridge", "enabled: false"),
		want: []string{
			`ai-serving:tenants.globex.models[0]: Invalid value: "chat": has no gcp runtime in the catalogue, so gcp cannot serve the tenant, which names no regions: add models.chat.gcp, or write "regions: [azure]"`,
		},
	},
	"a canary beside a model that Google's cloud does not run": {
		edits: append(withCanary("canary: {model: chat-v2, percent: 5}"), withoutGoogle("{models: [chat, embed]}", "{models: [embed]}")...),
		want: []string{
			`ai-serving:tenants.globex.models[0]: Invalid value: "chat": has no gcp runtime in the catalogue, so gcp cannot serve the tenant, which names no regions: add models.chat.gcp, or write "regions: [azure]"`,
		},
	},
	"several models that take a cloud away": {
		edits: withModels("      azure: {networkInterfaces: [gpu-a]}\n", "", "{models: [chat, embed]}", "{models: [vision, chat, embed]}"),
		want: []string{
			`ai-serving:tenants.acme.models: Invalid value: ["vision","chat","embed"]: models "embed", "vision" have no azure runtime in the catalogue, so azure/northcentralus, azure/westeurope cannot serve the tenant, which names no regions: add models.embed.azure and models.vision.azure, or write "regions: [gcp]"`,
		},
	},
	"models that no cloud has together": {
		edits: withModels("{models: [chat, embed]}", "{models: [vision, ranking]}"),
		want: []string{
			`ai-serving:tenants.acme.models: Invalid value: ["vision","ranking"]: model "vision" has no azure runtime and model "ranking" has no gcp runtime in the catalogue, so azure/northcentralus, azure/westeurope, gcp cannot serve the tenant, which names no regions: add models.vision.azure and models.ranking.gcp, or divide the models among several tenants`,
		},
	},
	"more places than can be named": {
		edits: withModels("{models: [chat, embed]}", "{models: [vision]}", "      westeurope:",
			"      uksouth: {cidr: 10.12.0.0/16}\n      francecentral: {cidr: 10.13.0.0/16}\n      swedencentral: {cidr: 10.14.0.0/16}\n      westeurope:"),
		want: []string{
			`ai-serving:tenants.acme.models[0]: Invalid value: "vision": has no azure runtime in the catalogue, so azure/francecentral, azure/northcentralus, azure/swedencentral and 2 more cannot serve the tenant, which names no regions: add models.vision.azure, or write "regions: [gcp]"`,
		},
	},
	"a residency of which a part falls away": {
		edits: append(withModels("isolation: bridge", "residency: eu", "models: [chat], ", "models: [chat, vision], "), withResidency()...),
		want: []string{
			`ai-serving:tenants.globex.models[1]: Invalid value: "vision": has no azure runtime in the catalogue, so azure/westeurope cannot serve the tenant, which has the residency eu: add models.vision.azure, or write "regions: [gcp]"`,
		},
	},
	"a residency inside of which there is another": {
		edits: append(withModels("isolation: bridge", "residency: eu", "models: [chat], ", "models: [chat, vision], "),
			withResidency("residencies: {", "residencies: {eu-google: [gcp/europe-west4], us: [gcp/us-central1], ")...),
		want: []string{
			`ai-serving:tenants.globex.models[1]: Invalid value: "vision": has no azure runtime in the catalogue, so azure/westeurope cannot serve the tenant, which has the residency eu: add models.vision.azure, or write "regions: [gcp]" or "residency: eu-google"`,
		},
	},
	"a residency that serves none of the models": {
		edits: withoutGoogle(append(withResidency("isolation: bridge", "residency: eu", "{models: [chat, embed]}", "{models: [embed]}"),
			"residencies: {eu: [azure/westeurope, gcp/europe-west4]}", "residencies: {eu: [gcp/europe-west4]}")...),
		want: []string{
			`ai-serving:tenants.globex.models[0]: Invalid value: "chat": has no gcp runtime in the catalogue, so gcp/europe-west4 cannot serve the tenant, which has the residency eu: add models.chat.gcp, or choose another residency`,
		},
	},
	"regions that lack a model": {
		edits: withModels("{models: [chat, embed]}", "{models: [vision], regions: [azure/westeurope, gcp/us-central1, azure/northcentralus, gcp/europe-west4]}"),
		want: []string{
			`ai-serving:tenants.acme.regions: Invalid value: ["azure/westeurope","gcp/us-central1","azure/northcentralus","gcp/europe-west4"]: model "vision" has no azure runtime in the catalogue, so azure/westeurope, azure/northcentralus cannot serve the tenant: add models.vision.azure, or write "regions: [gcp/us-central1, gcp/europe-west4]"`,
		},
	},
	"regions that all lack a model": {
		edits: withModels("{models: [chat, embed]}", "{models: [vision], regions: [azure/westeurope]}"),
		want: []string{
			`ai-serving:tenants.acme.regions[0]: Invalid value: "azure/westeurope": model "vision" has no azure runtime in the catalogue, so azure/westeurope cannot serve the tenant: add models.vision.azure, or name other regions`,
		},
	},
	"a cloud that lacks a model": {
		edits: withModels("{models: [chat, embed]}", "{models: [vision], regions: [azure]}"),
		want: []string{
			`ai-serving:tenants.acme.regions[0]: Invalid value: "azure": model "vision" has no azure runtime in the catalogue, so azure/northcentralus, azure/westeurope cannot serve the tenant: add models.vision.azure, or name other regions`,
		},
	},
	"Google's global load balancer among regions that lack a model": {
		edits: withModels("{models: [chat, embed]}", "{models: [ranking], regions: [gcp, azure/westeurope]}"),
		want: []string{
			`ai-serving:tenants.acme.regions[0]: Invalid value: "gcp": model "ranking" has no gcp runtime in the catalogue, so gcp cannot serve the tenant: add models.ranking.gcp, or write "regions: [azure/westeurope]"`,
		},
	},
	"places that cannot serve a tenant": {
		edits: []string{
			"      gcp: {instances: {machineType: e2-standard-2}}\n", "",
			"acme: {models: [chat, embed]}", "acme: {models: [chat, embed], regions: [gcp/europe-west4, azure/westeuropa, azure/westeurope, azure/westeurope]}",
		},
		want: []string{
			`ai-serving:tenants.acme.regions[0]: Invalid value: "gcp/europe-west4": model "embed" has no gcp runtime in the catalogue, so gcp/europe-west4 cannot serve the tenant: add models.embed.gcp, or write "regions: [azure/westeurope]"`,
			`ai-serving:tenants.acme.regions[1]: Invalid value: "azure/westeuropa": is not in the stack's regions and clouds (did you mean "azure/westeurope"?): azure, azure/northcentralus, azure/westeurope, gcp, gcp/europe-west4, gcp/us-central1`,
			`ai-serving:tenants.acme.regions[3]: Duplicate value: "azure/westeurope"`,
		},
	},
	"all of Azure in an order": {
		edits: []string{"isolation: bridge", "regions: [gcp, azure]"},
		want: []string{
			`ai-serving:tenants.globex.regions[1]: Invalid value: "azure": stands for all of Azure's regions, the nearest first, and has no place in an order: name it alone, or the regions one by one`,
		},
	},
	"a cloud that the residency does not have": {
		edits: withResidency("isolation: bridge", "residency: eu, regions: [gcp]", "residencies: {eu: [azure/westeurope, gcp/europe-west4]}", "residencies: {eu: [azure/westeurope]}"),
		want: []string{
			`ai-serving:tenants.globex.regions[0]: Invalid value: "gcp": has no region in the residency eu, which has azure/westeurope`,
		},
	},
	"Google's global load balancer in a residency": {
		edits: withResidency("isolation: bridge", "residency: eu, regions: [azure/westeurope, gcp]"),
		want: []string{
			`ai-serving:tenants.globex.regions[1]: Invalid value: "gcp": is outside of the residency eu, which has azure/westeurope, gcp/europe-west4`,
		},
	},
	"a cloud with a canary that it cannot serve": {
		edits: withCanary("canary: {model: chat-v2, percent: 5}, regions: [azure]"),
		want: []string{
			"ai-serving:tenants.globex.canary: Forbidden: the tenant is served by Azure alone, whose gateways cannot divide requests: add a region of gcp, or leave the canary out",
		},
	},
	"a gateway for a tenant of Google's cloud": {
		edits: []string{"isolation: bridge", "gateway: 2, regions: [gcp]"},
		want: []string{
			"ai-serving:tenants.globex.gateway: Forbidden: no region of Azure serves the tenant: leave the key out",
		},
	},
	"everywhere in a cloud that is drained": {
		edits: []string{"europe-west4: {cidr: 10.20.0.0/16}", "europe-west4: {cidr: 10.20.0.0/16, drained: true}", "us-central1: {cidr: 10.21.0.0/16}", "us-central1: {cidr: 10.21.0.0/16, drained: true}", "isolation: bridge", "regions: [gcp]"},
		want: []string{
			"ai-serving:tenants.globex: Forbidden: all of its places are drained: gcp/europe-west4, gcp/us-central1",
		},
	},
	"an edit of the catalogue that concerns many tenants": {
		edits: withoutGoogle(append(withResidency("residencies: {", "residencies: {us: [gcp/us-central1], "),
			"    acme: {models: [chat, embed]}\n    globex: {models: [chat], isolation: bridge}\n",
			manyTenants(20, "{models: [chat]}")+
				"    u0: {models: [chat], residency: eu}\n"+
				"    v0: {models: [chat], regions: [azure/westeurope, gcp/us-central1]}\n    v1: {models: [chat], regions: [azure/westeurope, gcp/us-central1]}\n"+
				"    w0: {models: [chat], regions: [azure/northcentralus, gcp]}\n    w1: {models: [embed]}\n    w2: {models: [chat], residency: us}\n"+
				"    x0: {models: [chat], regions: [azure/northcentralus, azure/westeurope, gcp]}\n    x1: {models: [chat], regions: [gcp, azure/westeurope, azure/northcentralus]}\n")...),
		want: []string{
			`ai-serving:models.chat.gcp: Forbidden: model "chat" has no gcp runtime in the catalogue, so tenants are served in fewer places than their entries say (26 of them): add models.chat.gcp, or write "regions: [azure]" in the entries of t00, t01, t02 and 18 more, write "regions: [azure/westeurope]" in the entries of v0, v1, write "regions: [azure/northcentralus, azure/westeurope]" in the entries of x0, the like in those of w0, x1`,
			`ai-serving:tenants.w2.models[0]: Invalid value: "chat": has no gcp runtime in the catalogue, so gcp/us-central1 cannot serve the tenant, which has the residency us: add models.chat.gcp, or choose another residency`,
		},
	},
	"a canary's runtime that goes from many tenants": {
		edits: append(withCanary("canary: {model: chat-v2, percent: 5}"), "gcp: {kubernetes: {cpu: 250m, memory: 1Gi}}", "azure: {containers: {cpu: 1, memoryGiB: 1}}",
			"    acme: ", manyTenants(10, "{models: [chat], canary: {model: chat-v2, percent: 1}}")+"    acme: "),
		want: []string{
			`ai-serving:models.chat-v2.gcp: Forbidden: tenants try the model on a part of their requests, which only Google's load balancers divide, and it has no gcp runtime (11 of them): add it, or take the canary out of the entries of globex, t00, t01 and 8 more`,
		},
	},
}

// What the errors say to write is taken, and so is everything else that says what is
// meant.
func TestATenantMaySayThatItIsServedInPart(t *testing.T) {
	t.Parallel()
	inEurope := withResidency("{models: [chat, embed]}", "{models: [vision], residency: eu, regions: [gcp]}")
	for name, edits := range map[string][]string{
		"all of Google's cloud":                  {"{models: [chat, embed]}", "{models: [vision], regions: [gcp]}"},
		"all of Azure":                           {"{models: [chat, embed]}", "{models: [ranking], regions: [azure]}"},
		"a region":                               {"{models: [chat, embed]}", "{models: [vision], regions: [gcp/us-central1]}"},
		"a residency's part in one cloud":        inEurope,
		"an order with the global load balancer": {"{models: [chat, embed]}", "{models: [chat], regions: [gcp/us-central1, gcp, azure/westeurope]}"},
		"all regions, one by one":                {"{models: [chat, embed]}", "{models: [ranking], regions: [azure/westeurope, azure/northcentralus]}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := load(t, edit(t, stack, withModels(edits...)...)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPlacesOfATenant(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		"{models: [chat]}":                                             "azure/northcentralus azure/westeurope gcp",
		"{models: [chat], regions: [azure]}":                           "azure/northcentralus azure/westeurope",
		"{models: [chat], regions: [gcp]}":                             "gcp",
		"{models: [chat], regions: [gcp/us-central1, gcp]}":            "gcp/us-central1 gcp",
		"{models: [chat], residency: eu}":                              "azure/westeurope gcp/europe-west4",
		"{models: [chat], residency: eu, regions: [gcp]}":              "gcp/europe-west4",
		"{models: [chat], residency: eu, regions: [azure]}":            "azure/westeurope",
		"{models: [chat], residency: eu, regions: [gcp/europe-west4]}": "gcp/europe-west4",
		"{models: [chat], residency: eu, regions: [azure/westeurope]}": "azure/westeurope",
	} {
		settings, err := load(t, edit(t, stack, withResidency("{models: [chat, embed]}", entry)...))
		if err != nil {
			t.Errorf("%s: %v", entry, err)
			continue
		}
		if diff := cmp.Diff(want, strings.Join(settings.PlacesOf(settings.Tenants["acme"]), " ")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", entry, diff)
		}
	}
}
