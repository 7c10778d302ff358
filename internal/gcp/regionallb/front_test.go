package regionallb

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/pathpattern"
	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

// production is the fixture with TLS, a limited tenant, a canary, clients that
// stay with their replica, and a workload of one tenant alone.
func production() Args {
	args := fixture()
	args.TLS = true
	args.LoadBalancer.Certificates = []string{"projects/project/locations/europe-west4/certificates/all"}
	backends, hosts := args.LoadBalancer.Backends, args.LoadBalancer.VirtualHosts
	backends[0].Limits = []topology.RateLimit{{Tenant: "acme", Hosts: hosts[0].Hosts, PerMinute: 600, Priority: 1234}}
	backends[0].Workload.Affinity = true
	next, own := backends[0], backends[1]
	next.Workload.Key = "chat-next"
	own.Workload.Key, own.Workload.Tenant = "globex-vision", "globex"
	args.LoadBalancer.Backends = append(backends, next, own)
	hosts[0].Routes[0].Canary = &topology.Canary{Workload: "chat-next", Percent: 5}
	args.LoadBalancer.VirtualHosts = append(hosts, topology.VirtualHost{
		Name: "globex", Hosts: []string{"globex.ai.example.com"},
		Routes: []topology.Route{{Workload: "globex-vision", Paths: []pathpattern.Pattern{"/v1/vision/*"}}},
	})
	return args
}

func TestRegistrationsInProduction(t *testing.T) {
	t.Parallel()
	for mode, dryRun := range map[string]bool{"up": false, "preview": true} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			recording := recordOf(t, production(), dryRun)
			// The subnetwork is the test's own, and not of the component.
			recording.Resources = slices.DeleteFunc(recording.Resources, func(r testkit.Resource) bool { return r.Name == "proxies" })
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
	want := map[string]any{"project": "project", "region": "europe-west4", "defaultUrlRedirect": map[string]any{
		"httpsRedirect": true, "redirectResponseCode": "PERMANENT_REDIRECT", "stripQuery": false,
	}}
	if diff := cmp.Diff(want, find(t, recording, "gcp:compute/regionUrlMap:RegionUrlMap", "europe-west4-redirect").Inputs.Mappable()); diff != "" {
		t.Errorf("redirect (-want +got):\n%s", diff)
	}
	proxies := map[string]any{
		"80":  find(t, recording, "gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy", "europe-west4").Inputs.Mappable()["urlMap"],
		"443": find(t, recording, "gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy", "europe-west4-https").Inputs.Mappable()["urlMap"],
	}
	if diff := cmp.Diff(map[string]any{"80": links + "urlMaps/europe-west4-redirect-0a1b2c3", "443": links + "urlMaps/europe-west4-0a1b2c3"}, proxies); diff != "" {
		t.Errorf("URL maps by port (-want +got):\n%s", diff)
	}
}

func TestEveryRuleWaitsForTheProxiesSubnetwork(t *testing.T) {
	t.Parallel()
	recording := recordOf(t, production(), false)
	proxies := find(t, recording, "gcp:compute/subnetwork:Subnetwork", "proxies")
	rules := recording.OfType("gcp:compute/forwardingRule:ForwardingRule")
	if len(rules) != 2 {
		t.Fatalf("%d forwarding rules, want 2", len(rules))
	}
	for _, rule := range rules {
		if !slices.Contains(rule.Dependencies, proxies.URN) {
			t.Errorf("%s does not wait for the proxies' subnetwork", rule.Name)
		}
	}
}

func TestOnlyWorkloadsOfLimitedTenantsHaveThePolicy(t *testing.T) {
	t.Parallel()
	recording := recordOf(t, production(), false)
	got := map[string]bool{}
	for _, service := range recording.OfType("gcp:compute/regionBackendService:RegionBackendService") {
		got[service.Name] = service.Inputs.HasValue("securityPolicy")
	}
	want := map[string]bool{
		"europe-west4": false, "europe-west4-chat": true, "europe-west4-chat-next": true,
		"europe-west4-globex-vision": false, "europe-west4-vision": false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A load balancer whose tenants are all disabled still answers, and refuses.
func TestNoTenantsLeaveALegalLoadBalancer(t *testing.T) {
	t.Parallel()
	args := production()
	args.LoadBalancer = topology.RegionalLoadBalancer{Certificates: args.LoadBalancer.Certificates}
	got := find(t, recordOf(t, args, false), "gcp:compute/regionUrlMap:RegionUrlMap", "europe-west4").Inputs.Mappable()
	want := map[string]any{
		"project": "project", "region": "europe-west4",
		"defaultService": links + "backendServices/europe-west4-0a1b2c3",
		"defaultRouteAction": map[string]any{"faultInjectionPolicy": map[string]any{
			"abort": map[string]any{"httpStatus": 404.0, "percentage": 100.0},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
