package gateway

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/pathpattern"
	"ai-serving/internal/topology"
)

func TestRewritesOfHeaders(t *testing.T) {
	t.Parallel()
	header := func(name, value string) network.ApplicationGatewayHeaderConfigurationArray {
		return network.ApplicationGatewayHeaderConfigurationArray{&network.ApplicationGatewayHeaderConfigurationArgs{
			HeaderName: pulumi.String(name), HeaderValue: pulumi.String(value),
		}}
	}
	year := header("Strict-Transport-Security", "max-age=31536000")
	for name, test := range map[string]struct {
		got, want network.ApplicationGatewayRewriteRuleArray
	}{
		"exact hosts name their tenant, whatever the client says": {
			ownRewrites("acme", false),
			network.ApplicationGatewayRewriteRuleArray{&network.ApplicationGatewayRewriteRuleArgs{
				Name: pulumi.String("tenant"), RuleSequence: pulumi.Int(100),
				ActionSet: &network.ApplicationGatewayRewriteRuleActionSetArgs{RequestHeaderConfigurations: header("X-Tenant-Id", "acme")},
			}},
		},
		"the wildcard takes the header out, and the tenant from the host": {
			hostRewrites("ai.example.com", true),
			network.ApplicationGatewayRewriteRuleArray{
				&network.ApplicationGatewayRewriteRuleArgs{
					Name: pulumi.String("no-tenant"), RuleSequence: pulumi.Int(100),
					ActionSet: &network.ApplicationGatewayRewriteRuleActionSetArgs{
						RequestHeaderConfigurations: header("X-Tenant-Id", ""), ResponseHeaderConfigurations: year,
					},
				},
				&network.ApplicationGatewayRewriteRuleArgs{
					Name: pulumi.String("tenant"), RuleSequence: pulumi.Int(200),
					Conditions: network.ApplicationGatewayRewriteRuleConditionArray{&network.ApplicationGatewayRewriteRuleConditionArgs{
						Variable: pulumi.String("http_req_Host"), Pattern: pulumi.String(`^([a-z0-9-]+)\.ai\.example\.com(:[0-9]+)?$`),
					}},
					ActionSet: &network.ApplicationGatewayRewriteRuleActionSetArgs{RequestHeaderConfigurations: header("X-Tenant-Id", "{http_req_Host_1}")},
				},
			},
		},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAProbeReachesTheHealthPathOfItsModel(t *testing.T) {
	t.Parallel()
	probe := topology.Probe{Name: "default", Path: "/healthz/default", Workload: "vision"}
	pools := []topology.Workload{{Key: "chat", HealthPath: "/v2/health/ready"}, {Key: "vision", HealthPath: "/health"}}
	got := healthPaths([]topology.Probe{probe})[0]
	routed := path{workload: "vision", patterns: []pathpattern.Pattern{"/healthz/default"}, policy: healthPolicy, rewrites: "health_default"}
	if diff := cmp.Diff(routed, got, cmp.AllowUnexported(path{})); diff != "" {
		t.Errorf("the probe's path (-want +got):\n%s", diff)
	}
	want := network.ApplicationGatewayRewriteRuleArray{&network.ApplicationGatewayRewriteRuleArgs{
		Name:         pulumi.String("health-path"),
		RuleSequence: pulumi.Int(100),
		ActionSet: &network.ApplicationGatewayRewriteRuleActionSetArgs{
			RequestHeaderConfigurations: network.ApplicationGatewayHeaderConfigurationArray{
				&network.ApplicationGatewayHeaderConfigurationArgs{HeaderName: pulumi.String("X-Tenant-Id"), HeaderValue: pulumi.String("")},
			},
			UrlConfiguration: &network.ApplicationGatewayUrlConfigurationArgs{
				ModifiedPath: pulumi.String("/health"),
				Reroute:      pulumi.Bool(false),
			},
		},
	}}
	if diff := cmp.Diff(want, healthRewrites(pools, probe)); diff != "" {
		t.Errorf("rewrites (-want +got):\n%s", diff)
	}
}
