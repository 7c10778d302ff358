package config_test

import (
	"strings"
	"testing"
)

const formOfHosts = "must be a DNS name of two labels or more, of 63 characters at most each, in lower case, such as ai.example.com"

var hostRefusals = map[string]refusal{
	"a host of two tenants": {
		edits: []string{"isolation: bridge}", "hosts: [acme.ai.example.com]}"},
		want: []string{
			`ai-serving:tenants.globex.hosts[0]: Invalid value: "acme.ai.example.com": is taken by tenant "acme"`,
		},
	},
	"a disabled tenant's host": {
		edits: []string{"acme: {models: [chat, embed]}", "acme: {models: [chat, embed], enabled: false}", "isolation: bridge}", "hosts: [acme.ai.example.com]}"},
		want: []string{
			`ai-serving:tenants.globex.hosts[0]: Invalid value: "acme.ai.example.com": is taken by tenant "acme"`,
		},
	},
	"a host that another tenant has by its name": {
		edits: []string{"{models: [chat, embed]}", "{models: [chat, embed], hosts: [globex.ai.example.com]}"},
		want: []string{
			`ai-serving:tenants.globex: Invalid value: "globex.ai.example.com": the host that the tenant has by its name is taken by tenant "acme": rename the tenant, or give it other hosts`,
		},
	},
	"hosts of the platform": {
		edits: []string{"isolation: bridge}", "hosts: [health.ai.example.com, us-central1.gcp.ai.example.com, global.gcp.ai.example.com, ai.example.com, '*.globex.com', globex]}"},
		want: []string{
			`ai-serving:tenants.globex.hosts: Too many: 6: must have at most 5 items`,
			`ai-serving:tenants.globex.hosts[4]: Invalid value: "*.globex.com": ` + formOfHosts,
			`ai-serving:tenants.globex.hosts[5]: Invalid value: "globex": ` + formOfHosts,
		},
	},
	"hosts at which the platform answers": {
		edits: []string{"isolation: bridge}", "hosts: [health.ai.example.com, us-central1.gcp.ai.example.com, global.gcp.ai.example.com, ai.example.com]}"},
		want: []string{
			`ai-serving:tenants.globex.hosts[0]: Invalid value: "health.ai.example.com": is taken by the platform's health probes`,
			`ai-serving:tenants.globex.hosts[1]: Invalid value: "us-central1.gcp.ai.example.com": is taken by the load balancer of gcp/us-central1`,
			`ai-serving:tenants.globex.hosts[2]: Invalid value: "global.gcp.ai.example.com": is taken by Google's global load balancer`,
			`ai-serving:tenants.globex.hosts[3]: Invalid value: "ai.example.com": is taken by the platform's own domain`,
		},
	},
	"hosts at which the platform will answer once it has the region": {
		edits: []string{"isolation: bridge}", "hosts: [asia-east1.gcp.ai.example.com, a.b.gcp.ai.example.com]}"},
		want: []string{
			`ai-serving:tenants.globex.hosts[0]: Invalid value: "asia-east1.gcp.ai.example.com": is taken by the platform, as all names under gcp.ai.example.com, for Google's load balancers`,
			`ai-serving:tenants.globex.hosts[1]: Invalid value: "a.b.gcp.ai.example.com": is taken by the platform, as all names under gcp.ai.example.com, for Google's load balancers`,
		},
	},
	"tenants whose names are those of the platform's hosts": {
		edits: []string{"    acme:", "    health:", "    globex:", "    gcp:"},
		want: []string{
			`ai-serving:tenants.gcp: Invalid value: "gcp.ai.example.com": the host that the tenant has by its name is taken by the platform, as all names under gcp.ai.example.com, for Google's load balancers: rename the tenant, or give it other hosts`,
			`ai-serving:tenants.health: Invalid value: "health.ai.example.com": the host that the tenant has by its name is taken by the platform's health probes: rename the tenant, or give it other hosts`,
		},
	},
	"hosts that are no DNS names": {
		edits: []string{"isolation: bridge}", "hosts: [192.0.2.1, a-label-that-is-quite-a-bit-longer-than-the-sixty-three-characters.example.com]}"},
		want: []string{
			`ai-serving:tenants.globex.hosts[0]: Invalid value: "192.0.2.1": ` + formOfHosts,
			`ai-serving:tenants.globex.hosts[1]: Invalid value: "a-label-that-is-quite-a-bit-longer-than-the-sixty-three-characters.example.com": ` + formOfHosts,
		},
	},
	"too many hosts": {
		edits: []string{"isolation: bridge}", "hosts: [a.globex.com, b.globex.com, c.globex.com, d.globex.com, e.globex.com, f.globex.com]}"},
		want: []string{
			"ai-serving:tenants.globex.hosts: Too many: 6: must have at most 5 items",
		},
	},
	"hosts that are the apex of a domain": {
		edits: []string{"isolation: bridge}", "hosts: [globex.com, globex.co.uk, xn--mnchen-3ya.de]}"},
		want: []string{
			`ai-serving:tenants.globex.hosts[0]: Invalid value: "globex.com": is the apex of a domain, where DNS allows no CNAME record: use a name under it, such as www.globex.com or chat.globex.com`,
			`ai-serving:tenants.globex.hosts[1]: Invalid value: "globex.co.uk": is the apex of a domain, where DNS allows no CNAME record: use a name under it, such as www.globex.co.uk or chat.globex.co.uk`,
			`ai-serving:tenants.globex.hosts[2]: Invalid value: "xn--mnchen-3ya.de": is the apex of a domain, where DNS allows no CNAME record: use a name under it, such as www.xn--mnchen-3ya.de or chat.xn--mnchen-3ya.de`,
		},
	},
	"a host under which others register domains": {
		edits: []string{"isolation: bridge}", "hosts: [co.uk]}"},
		want: []string{
			`ai-serving:tenants.globex.hosts[0]: Invalid value: "co.uk": is a public suffix, under which others register domains: use a name in a domain of the tenant's own`,
		},
	},
	"hosts of the clouds": {
		edits: []string{"isolation: bridge}", "hosts: [globex.trafficmanager.net, trafficmanager.net, globex.westeurope.cloudapp.azure.com, globex.run.app, 4.3.2.34.bc.googleusercontent.com]}"},
		want: []string{
			`ai-serving:tenants.globex.hosts[0]: Invalid value: "globex.trafficmanager.net": is in trafficmanager.net, where Microsoft alone makes records: use a name in a domain of the tenant's own`,
			`ai-serving:tenants.globex.hosts[1]: Invalid value: "trafficmanager.net": is in trafficmanager.net, where Microsoft alone makes records: use a name in a domain of the tenant's own`,
			`ai-serving:tenants.globex.hosts[2]: Invalid value: "globex.westeurope.cloudapp.azure.com": is in azure.com, where Microsoft alone makes records: use a name in a domain of the tenant's own`,
			`ai-serving:tenants.globex.hosts[3]: Invalid value: "globex.run.app": is in run.app, where Google alone makes records: use a name in a domain of the tenant's own`,
			`ai-serving:tenants.globex.hosts[4]: Invalid value: "4.3.2.34.bc.googleusercontent.com": is in googleusercontent.com, where Google alone makes records: use a name in a domain of the tenant's own`,
		},
	},
	"hosts of the stack's own profiles and gateways": {
		edits: []string{"isolation: bridge}", "hosts: [ai-serving-test.trafficmanager.net, ai-serving-test-residency-eu.trafficmanager.net, ai-serving-test-westeurope.westeurope.cloudapp.azure.com]}"},
		want: []string{
			`ai-serving:tenants.globex.hosts[0]: Invalid value: "ai-serving-test.trafficmanager.net": is in trafficmanager.net, where Microsoft alone makes records: use a name in a domain of the tenant's own`,
			`ai-serving:tenants.globex.hosts[1]: Invalid value: "ai-serving-test-residency-eu.trafficmanager.net": is in trafficmanager.net, where Microsoft alone makes records: use a name in a domain of the tenant's own`,
			`ai-serving:tenants.globex.hosts[2]: Invalid value: "ai-serving-test-westeurope.westeurope.cloudapp.azure.com": is in azure.com, where Microsoft alone makes records: use a name in a domain of the tenant's own`,
		},
	},
	"a platform's domain that a cloud owns": {
		edits: []string{"domain: ai.example.com", "domain: ai-serving.azurewebsites.net"},
		want: []string{
			`ai-serving:platform.domain: Invalid value: "ai-serving.azurewebsites.net": is in azurewebsites.net, where Microsoft alone makes records: choose a domain that is yours`,
		},
	},
	"a platform's domain under which others register theirs": {
		edits: []string{"domain: ai.example.com", "domain: com.au"},
		want: []string{
			`ai-serving:platform.domain: Invalid value: "com.au": is a public suffix, under which others register domains: choose a domain that is yours`,
		},
	},
}

// Where records can be made, hosts may be: a domain that its owner has put on the
// list of public suffixes, to keep its customers apart, is the owner's all the same,
// and the platform's own domain may be one that is registered.
func TestHostsThatRecordsCanBeMadeFor(t *testing.T) {
	t.Parallel()
	for name, edits := range map[string][]string{
		"under a registered domain":           {"isolation: bridge}", "hosts: [chat.globex.com, www.globex.co.uk, a.b.c.globex.com]}"},
		"under a suffix that a company lists": {"isolation: bridge}", "hosts: [globex.github.io, chat.globex.github.io]}"},
		"where no suffix is known":            {"isolation: bridge}", "hosts: [chat.globex.example]}"},
		"what only looks like a cloud's":      {"isolation: bridge}", "hosts: [www.mytrafficmanager.net, trafficmanager.net.globex.com]}"},
		"a registered domain of the platform": {"domain: ai.example.com", "domain: example.com"},
		"a domain of the platform with customers' names": {
			"domain: ai.example.com", "domain: github.io", "isolation: bridge}", "hosts: [globex.github.io, chat.globex.com]}",
		},
		"the longest domain of the platform": {"domain: ai.example.com", "domain: " + strings.Repeat("a.", 105) + "aexample.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := load(t, edit(t, stack, edits...)); err != nil {
				t.Error(err)
			}
		})
	}
}
