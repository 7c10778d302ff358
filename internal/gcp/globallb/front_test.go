package globallb

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

// production is the fixture with TLS, a limited tenant, a canary, and clients that
// stay with their replica.
func production() Args {
	args := fixture()
	args.TLS = true
	args.LoadBalancer.CertificateMap = "projects/project/locations/global/certificateMaps/all"
	backends, hosts := args.LoadBalancer.Backends, args.LoadBalancer.VirtualHosts
	backends[0].Limits = []topology.RateLimit{{Tenant: "acme", Hosts: hosts[0].Hosts, PerMinute: 600, Priority: 1234}}
	backends[1].Workload.Affinity = true
	next := backends[0]
	next.Workload.Key = "chat-next"
	args.LoadBalancer.Backends = append(backends, next)
	hosts[0].Routes[0].Canary = &topology.Canary{Workload: "chat-next", Percent: 5}
	return args
}

func TestRegistrationsInProduction(t *testing.T) {
	t.Parallel()
	for mode, dryRun := range map[string]bool{"up": false, "preview": true} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			recording := recordOf(t, production(), dryRun)
			inventory, err := recording.Inventory()
			if err != nil {
				t.Fatal(err)
			}
			testkit.Golden(t, mode, inventory)
			for _, violation := range testkit.Violations(recording) {
				t.Error(violation)
			}
		})
	}
}

// Clients that come by plain HTTP repeat what they sent by HTTPS, and nothing of
// the routes is behind the rule of plain HTTP.
func TestPlainHTTPIsOnlyRedirected(t *testing.T) {
	t.Parallel()
	recording := recordOf(t, production(), false)
	want := map[string]any{"project": "project", "defaultUrlRedirect": map[string]any{
		"httpsRedirect": true, "redirectResponseCode": "PERMANENT_REDIRECT", "stripQuery": false,
	}}
	if diff := cmp.Diff(want, find(t, recording, "gcp:compute/uRLMap:URLMap", "global-redirect").Inputs.Mappable()); diff != "" {
		t.Errorf("redirect (-want +got):\n%s", diff)
	}
	proxies := map[string]any{
		"80":  find(t, recording, "gcp:compute/targetHttpProxy:TargetHttpProxy", "global").Inputs.Mappable()["urlMap"],
		"443": find(t, recording, "gcp:compute/targetHttpsProxy:TargetHttpsProxy", "global-https").Inputs.Mappable()["urlMap"],
	}
	if diff := cmp.Diff(map[string]any{"80": links + "urlMaps/global-redirect-0a1b2c3", "443": links + "urlMaps/global-0a1b2c3"}, proxies); diff != "" {
		t.Errorf("URL maps by port (-want +got):\n%s", diff)
	}
}

func TestBothRulesAnswerOnTheReservedAddress(t *testing.T) {
	t.Parallel()
	recording := recordOf(t, production(), false)
	ports := map[any]bool{}
	for _, rule := range recording.OfType("gcp:compute/globalForwardingRule:GlobalForwardingRule") {
		inputs := rule.Inputs.Mappable()
		if inputs["ipAddress"] != recording.Outputs.Mappable()["address"] {
			t.Errorf("port %v answers on %v", inputs["portRange"], inputs["ipAddress"])
		}
		ports[inputs["portRange"]] = true
	}
	if diff := cmp.Diff(map[any]bool{"80": true, "443": true}, ports); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
}

func TestOnlyWorkloadsOfLimitedTenantsHaveThePolicy(t *testing.T) {
	t.Parallel()
	recording := recordOf(t, production(), false)
	got := map[string]bool{}
	for _, service := range recording.OfType("gcp:compute/backendService:BackendService") {
		got[service.Name] = service.Inputs.HasValue("securityPolicy")
	}
	want := map[string]bool{"global": false, "global-chat": true, "global-chat-next": true, "global-globex-chat": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A load balancer whose tenants are all disabled still answers, and refuses.
func TestNoTenantsLeaveALegalLoadBalancer(t *testing.T) {
	t.Parallel()
	args := production()
	args.LoadBalancer = topology.GlobalLoadBalancer{CertificateMap: args.LoadBalancer.CertificateMap}
	got := find(t, recordOf(t, args, false), "gcp:compute/uRLMap:URLMap", "global").Inputs.Mappable()
	want := map[string]any{
		"project":        "project",
		"defaultService": links + "backendServices/global-0a1b2c3",
		"defaultRouteAction": map[string]any{"faultInjectionPolicy": map[string]any{
			"abort": map[string]any{"httpStatus": 404.0, "percentage": 100.0},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
