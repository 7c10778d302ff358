package config_test

import "testing"

// trafficRefusals are about platform.traffic.
var trafficRefusals = map[string]refusal{
	"words of traffic that there are not": {
		edits: withTraffic("{routing: nearest, endpoints: ids, failover: slow}"),
		want: []string{
			`ai-serving:platform.traffic.endpoints: Unsupported value: "ids": supported values: "azure", "external", "addresses"`,
			`ai-serving:platform.traffic.failover: Unsupported value: "slow": supported values: "fast", "standard"`,
			`ai-serving:platform.traffic.routing: Unsupported value: "nearest": supported values: "performance", "priority", "weighted", "geographic", "subnet", "multivalue"`,
		},
	},
	"health models that the catalogue does not have, or twice": {
		edits: withTraffic("{healthModels: [chat, caht, embed, chat]}"),
		want: []string{
			`ai-serving:platform.traffic.healthModels[1]: Invalid value: "caht": is not in models (did you mean "chat"?): chat, embed`,
			`ai-serving:platform.traffic.healthModels[3]: Duplicate value: "chat"`,
		},
	},
	"a health model without a name, and the tenants' in their place": {
		edits: withTraffic(`{healthModels: ["", acme]}`),
		want: []string{
			`ai-serving:platform.traffic.healthModels[0]: Invalid value: "": is not in models: chat, embed`,
			`ai-serving:platform.traffic.healthModels[1]: Invalid value: "acme": is not in models: chat, embed`,
		},
	},
	"a health model by number": {
		edits: withTraffic("{healthModels: [1]}"),
		want:  []string{"ai-serving:platform.traffic.healthModels[0]: Invalid value: 1: must be a string: put it in quotes"},
	},
	"a health model outside of a list": {
		edits: withTraffic("{healthModels: chat}"),
		want:  []string{`ai-serving:platform.traffic.healthModels: Invalid value: "chat": must be a list`},
	},
	"one health model twice, which a profile with several addresses may have once": {
		edits: withTraffic("{routing: multivalue, endpoints: addresses, healthModels: [chat, chat]}"),
		want:  []string{`ai-serving:platform.traffic.healthModels[1]: Duplicate value: "chat"`},
	},
	"several health models where a profile answers with several addresses": {
		edits: withTraffic("{routing: multivalue, endpoints: addresses, healthModels: [chat, embed]}"),
		want: []string{
			"ai-serving:platform.traffic.healthModels: Forbidden: multivalue routing cannot choose among profiles, which several models need: name one, or choose another routing",
		},
	},
	"a place that the stack does not have": {
		edits: withTraffic("{routing: weighted, places: {azure/westeuropa: {weight: 1}}}"),
		want: []string{
			`ai-serving:platform.traffic.places.azure/westeuropa: Invalid value: "azure/westeuropa": is not in the stack's regions, or gcp for Google's global load balancer (did you mean "azure/westeurope"?): azure/northcentralus, azure/westeurope, gcp, gcp/europe-west4, gcp/us-central1`,
		},
	},
	"all of Azure where profiles are not nested": {
		edits: withTraffic("{routing: weighted, places: {azure: {weight: 1}, gcp: {weight: 1}}}"),
		want: []string{
			`ai-serving:platform.traffic.places.azure: Invalid value: "azure": is not in the stack's regions, or gcp for Google's global load balancer: azure/northcentralus, azure/westeurope, gcp, gcp/europe-west4, gcp/us-central1`,
		},
	},
	"a region where nested profiles choose among clouds": {
		edits: withTraffic("{nested: true, routing: weighted, places: {azure/westeurope: {weight: 1}, gcp: {weight: 1}}}"),
		want: []string{
			`ai-serving:platform.traffic.places.azure/westeurope: Invalid value: "azure/westeurope": is not in the clouds, among which nested profiles choose: azure, gcp`,
		},
	},
	"keys of other routing methods": {
		edits: withTraffic("{places: {azure/westeurope: {weight: 5, priority: 1}, gcp: {geography: [WORLD], subnets: [203.0.113.0/24]}}}"),
		want: []string{
			"ai-serving:platform.traffic.places.azure/westeurope.priority: Forbidden: is for priority routing, and the platform's is performance: leave it out, or choose the other routing",
			"ai-serving:platform.traffic.places.azure/westeurope.weight: Forbidden: is for weighted routing, and the platform's is performance: leave it out, or choose the other routing",
			"ai-serving:platform.traffic.places.gcp.geography: Forbidden: is for geographic routing, and the platform's is performance: leave it out, or choose the other routing",
			"ai-serving:platform.traffic.places.gcp.subnets: Forbidden: is for subnet routing, and the platform's is performance: leave it out, or choose the other routing",
		},
	},
	"weights that Traffic Manager does not take": {
		edits: withTraffic("{routing: weighted, places: {azure/westeurope: {weight: 1001}, azure/northcentralus: {weight: 0}}}"),
		want: []string{
			"ai-serving:platform.traffic.places.azure/northcentralus.weight: Invalid value: 0: must be between 1 and 1000",
			"ai-serving:platform.traffic.places.azure/westeurope.weight: Invalid value: 1001: must be between 1 and 1000",
			"ai-serving:platform.traffic.places.gcp.weight: Required value: weighted routing needs it of each place that serves tenants without regions of their own: 1 to 1000",
		},
	},
	"a weight that a residency lacks": {
		edits: withTraffic("{routing: weighted, places: {azure/westeurope: {weight: 1}, azure/northcentralus: {weight: 1}, gcp: {weight: 1}}}",
			"isolation: bridge", "residency: eu", "    tls: none\n", "    tls: none\n    residencies: {eu: [azure/westeurope, gcp/europe-west4]}\n"),
		want: []string{
			"ai-serving:platform.traffic.places.gcp/europe-west4.weight: Required value: weighted routing needs it of each place that serves tenants without regions of their own: 1 to 1000",
		},
	},
	"priorities that leave the order open": {
		edits: withTraffic("{routing: priority, places: {azure/westeurope: {priority: 2}, azure/northcentralus: {priority: 2}}}"),
		want: []string{
			"ai-serving:platform.traffic.places.azure/westeurope.priority: Invalid value: 2: is that of azure/northcentralus too, which serves the same tenants",
			"ai-serving:platform.traffic.places.gcp.priority: Required value: priority routing needs it of each place that serves tenants without regions of their own: 1, the first, to 1000",
		},
	},
	"a geography with gaps and doubles": {
		edits: withTraffic("{routing: geographic, places: {azure/northcentralus: {geography: [GEO-NA, US-CA, GEO-NA]}, azure/westeurope: {geography: [GEO-EU]}, gcp: {}}}"),
		want: []string{
			`ai-serving:platform.traffic.places.azure/northcentralus.geography[2]: Duplicate value: "GEO-NA"`,
		},
	},
	"a region of the world at two places, and the rest at none": {
		edits: withTraffic("{routing: geographic, places: {azure/northcentralus: {geography: [GEO-NA, DE]}, azure/westeurope: {geography: [GEO-EU, DE]}}}"),
		want: []string{
			`ai-serving:platform.traffic.places.azure/westeurope.geography[1]: Invalid value: "DE": is routed to azure/northcentralus too, which serves the same tenants`,
			"ai-serving:platform.traffic.places.gcp.geography: Required value: geographic routing needs it of each place that serves tenants without regions of their own: the regions of the world to route there",
			"ai-serving:platform.traffic.places: Required value: give WORLD to one of azure/northcentralus, azure/westeurope, gcp: clients from a region that none of them has get no answer",
		},
	},
	"codes that are none of Traffic Manager's": {
		edits: withTraffic("{nested: true, routing: geographic, places: {azure: {geography: [WORLD, GEO-XX]}, gcp: {geography: [Germany, FR-IDF]}}}"),
		want: []string{
			`ai-serving:platform.traffic.places.azure.geography[1]: Invalid value: "GEO-XX": is not a code of Traffic Manager's, such as WORLD, GEO-EU, DE or US-CA: internal/clouds/geographies.go lists them, and platform.allow.geographies allows a newer one`,
			`ai-serving:platform.traffic.places.gcp.geography[0]: Invalid value: "Germany": is not a code of Traffic Manager's, such as WORLD, GEO-EU, DE or US-CA: internal/clouds/geographies.go lists them, and platform.allow.geographies allows a newer one`,
			`ai-serving:platform.traffic.places.gcp.geography[1]: Invalid value: "FR-IDF": is not a code of Traffic Manager's, such as WORLD, GEO-EU, DE or US-CA: internal/clouds/geographies.go lists them, and platform.allow.geographies allows a newer one`,
		},
	},
	"subnets that are none": {
		edits: withTraffic("{routing: subnet, places: {azure/westeurope: {subnets: [203.0.113.1/24, 203.0.113.0]}}}"),
		want: []string{
			`ai-serving:platform.traffic.places.azure/westeurope.subnets[0]: Invalid value: "203.0.113.1/24": must be a network in CIDR form, such as 203.0.113.0/24`,
			`ai-serving:platform.traffic.places.azure/westeurope.subnets[1]: Invalid value: "203.0.113.0": must be a network in CIDR form, such as 203.0.113.0/24`,
		},
	},
	"subnets at two places, and the rest at two places too": {
		edits: withTraffic("{routing: subnet, places: {azure/northcentralus: {subnets: [203.0.113.0/24, 203.0.113.128/25]}, azure/westeurope: {subnets: [198.51.100.0/24, 203.0.112.0/23]}}}"),
		want: []string{
			`ai-serving:platform.traffic.places.azure/northcentralus.subnets[1]: Invalid value: "203.0.113.128/25": overlaps 203.0.113.0/24 of azure/northcentralus`,
			`ai-serving:platform.traffic.places.azure/westeurope.subnets[1]: Invalid value: "203.0.112.0/23": overlaps 203.0.113.0/24 of azure/northcentralus`,
		},
	},
	"two places for the clients of no subnet": {
		edits: withTraffic("{routing: subnet, places: {azure/westeurope: {subnets: [203.0.113.0/24]}}}"),
		want: []string{
			"ai-serving:platform.traffic.places.gcp.subnets: Required value: one place only takes all that no other has, and azure/northcentralus does",
		},
	},
	"several values that are names": {
		edits: withTraffic("{routing: multivalue, nested: true}"),
		want: []string{
			`ai-serving:platform.traffic.endpoints: Invalid value: "azure": must be "addresses" with multivalue routing: it answers with several addresses, never with names`,
			"ai-serving:platform.traffic.nested: Forbidden: multivalue routing cannot choose among profiles: leave it out, or choose another routing",
		},
	},
	"children of profiles that have none": {
		edits: withTraffic("{minChildEndpoints: 2}"),
		want: []string{
			`ai-serving:platform.traffic.minChildEndpoints: Forbidden: is for nested profiles: add "nested: true", or leave it out`,
		},
	},
	"no healthy region": {
		edits: withTraffic("{nested: true, minChildEndpoints: 0}"),
		want: []string{
			"ai-serving:platform.traffic.minChildEndpoints: Invalid value: 0: must be 1 or more",
		},
	},
	"more healthy regions than a cloud has": {
		edits: withTraffic("{nested: true, minChildEndpoints: 3}"),
		want: []string{
			"ai-serving:platform.traffic.minChildEndpoints: Invalid value: 3: must be at most 2, the number of azure's regions in azure/northcentralus, azure/westeurope, gcp: the cloud would never be chosen",
		},
	},
}

// withTraffic gives the good stack file a way of routing, after other edits.
func withTraffic(traffic string, edits ...string) []string {
	return append(edits, "    tls: none\n", "    tls: none\n    traffic: "+traffic+"\n")
}

func TestEveryWayOfRoutingIsTaken(t *testing.T) {
	t.Parallel()
	for name, traffic := range map[string]string{
		"performance": "{routing: performance, failover: standard, endpoints: external}",
		"priority":    "{routing: priority, places: {azure/westeurope: {priority: 1}, azure/northcentralus: {priority: 1000}, gcp: {priority: 2}, gcp/us-central1: {priority: 2}}}",
		"weighted":    "{routing: weighted, endpoints: addresses, places: {azure/westeurope: {weight: 1}, azure/northcentralus: {weight: 1000}, gcp: {weight: 1}}}",
		"geographic":  "{routing: geographic, places: {azure/westeurope: {geography: [GEO-EU, WORLD]}, azure/northcentralus: {geography: [US, CA-QC]}, gcp: {geography: [US-CA]}}}",
		"subnet":      "{routing: subnet, places: {azure/westeurope: {subnets: [203.0.113.0/24]}, azure/northcentralus: {subnets: ['2001:db8::/32']}}}",
		"multivalue":  "{routing: multivalue, endpoints: addresses}",
		"judged":      "{healthModels: [embed, chat]}",
		"judged once": "{routing: multivalue, endpoints: addresses, healthModels: [chat]}",
		"nested":      "{routing: geographic, nested: true, minChildEndpoints: 2, places: {azure: {geography: [WORLD]}, gcp: {geography: [GEO-EU]}}}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := load(t, edit(t, stack, withTraffic(traffic)...)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAPlaceThatStandsAloneNeedsNothing(t *testing.T) {
	t.Parallel()
	// Tenants that one cloud serves are not routed to the other, and one that is
	// served at one place leaves nothing to choose.
	edits := withTraffic("{routing: geographic, nested: true}",
		"      gcp: {kubernetes: {cpu: 500m, memory: 1Gi}}\n", "", "{models: [chat, embed]}", "{models: [embed], regions: [gcp/europe-west4]}",
		"{models: [chat], isolation: bridge}", "{models: [chat], regions: [azure]}")
	if _, err := load(t, edit(t, stack, edits...)); err != nil {
		t.Error(err)
	}
}
