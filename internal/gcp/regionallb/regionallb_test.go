package regionallb

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/pathpattern"
	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

const links = "https://www.googleapis.com/compute/v1/projects/project/regions/europe-west4/"

// fixture serves a tenant by instances and by pods. The proxy-only subnetwork is
// left to who uses it.
func fixture() Args {
	timeouts := topology.Timeouts{Backend: 615, Drain: 600}
	return Args{
		Project:   pulumi.String("project"),
		Region:    "europe-west4",
		NetworkID: pulumi.String("network"),
		LoadBalancer: topology.RegionalLoadBalancer{
			Backends: []topology.Backend{
				{
					Workload: topology.Workload{Key: "chat", HealthPath: "/ready", Timeouts: timeouts},
					Groups:   []topology.BackendGroup{{Key: "europe-west4/chat", Kind: topology.Instances}},
				},
				{
					Workload: topology.Workload{Key: "vision", HealthPath: "/health", Timeouts: timeouts},
					Groups:   []topology.BackendGroup{{Key: "europe-west4-a/vision", Kind: topology.Endpoints}},
				},
			},
			VirtualHosts: []topology.VirtualHost{{
				Name: "acme", Hosts: []string{"acme.ai.example.com"},
				Routes: []topology.Route{
					{Workload: "chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}},
					{Workload: "vision", Paths: []pathpattern.Pattern{"/v1/vision/*"}},
				},
			}},
			Probes: []topology.Probe{{Path: "/healthz/vision", Workload: "vision"}},
		},
		HealthHost: "health.ai.example.com",
		Groups: map[string]pulumi.StringInput{
			"europe-west4/chat":     pulumi.String("instances"),
			"europe-west4-a/vision": pulumi.String("endpoints"),
		},
		Labels:  map[string]string{"stack": "test"},
		Protect: true,
	}
}

func record(t *testing.T) *testkit.Recording {
	t.Helper()
	return recordOf(t, fixture(), false)
}

func recordOf(t *testing.T, args Args, dryRun bool) *testkit.Recording {
	t.Helper()
	recording, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test", DryRun: dryRun}, func(ctx *pulumi.Context) error {
		var err error
		args.ProxyOnlySubnet, err = compute.NewSubnetwork(ctx, "proxies", &compute.SubnetworkArgs{
			Project: args.Project, Region: pulumi.String(args.Region), Network: args.NetworkID, IpCidrRange: pulumi.String("10.20.2.0/23"),
		})
		if err != nil {
			return err
		}
		lb, err := New(ctx, "europe-west4", args)
		if err != nil {
			return err
		}
		ctx.Export("address", lb.Address)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func find(t *testing.T, recording *testkit.Recording, token, name string) testkit.Resource {
	t.Helper()
	found, ok := recording.Find(token, name)
	if !ok {
		t.Fatalf("no %s %q", token, name)
	}
	return found
}

func TestURLMap(t *testing.T) {
	t.Parallel()
	got := find(t, record(t), "gcp:compute/regionUrlMap:RegionUrlMap", "europe-west4").Inputs.Mappable()
	const (
		chat    = links + "backendServices/europe-west4-chat-0a1b2c3"
		vision  = links + "backendServices/europe-west4-vision-0a1b2c3"
		refusal = links + "backendServices/europe-west4-0a1b2c3"

		acmeMatcher = "routes-0d1ed54603aeb40e"
	)
	notFound := map[string]any{"faultInjectionPolicy": map[string]any{
		"abort": map[string]any{"httpStatus": 404.0, "percentage": 100.0},
	}}
	rule := func(priority float64, kind, path, service string) map[string]any {
		return map[string]any{
			"priority": priority, "service": service, "matchRules": []any{map[string]any{kind: path}},
			"headerAction": map[string]any{"requestHeadersToRemoves": []any{"X-Tenant-Id"}},
		}
	}
	refused := func(priority float64) map[string]any {
		all := rule(priority, "prefixMatch", "/", refusal)
		all["routeAction"] = notFound
		return all
	}
	probe := rule(1, "fullPathMatch", "/healthz/vision", vision)
	probe["routeAction"] = map[string]any{"urlRewrite": map[string]any{"pathPrefixRewrite": "/health"}}
	want := map[string]any{
		"project": "project", "region": "europe-west4",
		"defaultService":     refusal,
		"defaultRouteAction": notFound,
		"hostRules": []any{
			map[string]any{"hosts": []any{"health.ai.example.com"}, "pathMatcher": "health"},
			map[string]any{"hosts": []any{"acme.ai.example.com"}, "pathMatcher": acmeMatcher},
		},
		"pathMatchers": []any{
			map[string]any{
				"name": "health", "description": "workload vision, refusal",
				"defaultService": refusal, "routeRules": []any{probe, refused(2)},
			},
			map[string]any{
				"name": acmeMatcher, "description": "workload chat, workload vision, refusal",
				"defaultService": refusal, "routeRules": []any{
					rule(1, "prefixMatch", "/v1/vision/", vision), rule(2, "prefixMatch", "/v1/chat/", chat), refused(3),
				},
			},
		},
		"tests": []any{map[string]any{"host": "acme.ai.example.com", "path": "/v1/chat/url-map-test", "service": chat}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestBackendServices(t *testing.T) {
	t.Parallel()
	recording := record(t)
	for name, want := range map[string]map[string]any{
		"europe-west4-chat": {
			"project": "project", "region": "europe-west4", "loadBalancingScheme": "EXTERNAL_MANAGED", "protocol": "HTTP", "sessionAffinity": "NONE",
			"healthChecks": links + "healthChecks/europe-west4-chat-0a1b2c3",
			"logConfig":    map[string]any{"enable": true, "sampleRate": 0.1},
			"timeoutSec":   615.0, "connectionDrainingTimeoutSec": 600.0, "portName": "http",
			"backends": []any{
				map[string]any{"group": "instances", "balancingMode": "RATE", "capacityScaler": 1.0, "maxRatePerInstance": 100.0},
			},
		},
		"europe-west4-vision": {
			"project": "project", "region": "europe-west4", "loadBalancingScheme": "EXTERNAL_MANAGED", "protocol": "HTTP", "sessionAffinity": "NONE",
			"healthChecks": links + "healthChecks/europe-west4-vision-0a1b2c3",
			"logConfig":    map[string]any{"enable": true, "sampleRate": 0.1},
			"timeoutSec":   615.0, "connectionDrainingTimeoutSec": 600.0,
			"backends": []any{
				map[string]any{"group": "endpoints", "balancingMode": "RATE", "capacityScaler": 1.0, "maxRatePerEndpoint": 100.0},
			},
		},
		"europe-west4": {
			"project": "project", "region": "europe-west4", "loadBalancingScheme": "EXTERNAL_MANAGED", "protocol": "HTTP", "sessionAffinity": "NONE",
			"description":  "No backends: the URL map refuses what it routes here",
			"healthChecks": links + "healthChecks/europe-west4-0a1b2c3",
			"logConfig":    map[string]any{"enable": true, "sampleRate": 0.1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := find(t, recording, "gcp:compute/regionBackendService:RegionBackendService", name).Inputs.Mappable()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestTheRuleWaitsForTheProxiesSubnetwork(t *testing.T) {
	t.Parallel()
	recording := record(t)
	rule := find(t, recording, "gcp:compute/forwardingRule:ForwardingRule", "europe-west4")
	proxies := find(t, recording, "gcp:compute/subnetwork:Subnetwork", "proxies")
	if !slices.Contains(rule.Dependencies, proxies.URN) {
		t.Errorf("the rule depends on %v only", rule.Dependencies)
	}
}

func TestTheRuleAnswersOnTheReservedAddress(t *testing.T) {
	t.Parallel()
	recording := record(t)
	address := find(t, recording, "gcp:compute/address:Address", "europe-west4")
	rule := find(t, recording, "gcp:compute/forwardingRule:ForwardingRule", "europe-west4").Inputs.Mappable()
	want := map[string]any{
		"project": "project", "region": "europe-west4", "network": "network", "networkTier": "PREMIUM",
		"loadBalancingScheme": "EXTERNAL_MANAGED", "ipProtocol": "TCP", "portRange": "80",
		"ipAddress": recording.Outputs.Mappable()["address"],
		"target":    links + "targetHttpProxies/europe-west4-0a1b2c3",
		"labels":    map[string]any{"stack": "test"},
	}
	if diff := cmp.Diff(want, rule); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := address.Inputs.Mappable()["networkTier"]; got != rule["networkTier"] {
		t.Errorf("the address is of the tier %v, the rule of %v", got, rule["networkTier"])
	}
	if !address.Options.Protect {
		t.Error("the address is not protected")
	}
}

// A regional load balancer takes regional parts only, and what is replaced while
// it is in use has to have another name than its replacement.
func TestEverythingIsInTheRegionAndHasNoFixedName(t *testing.T) {
	t.Parallel()
	for _, registered := range record(t).Resources {
		if registered.Custom && registered.Inputs.Mappable()["region"] != "europe-west4" {
			t.Errorf("%s (%s) is not in the region", registered.Path, registered.Type)
		}
		if registered.Inputs.HasValue("name") {
			t.Errorf("%s (%s) is named %v", registered.Path, registered.Type, registered.Inputs["name"])
		}
	}
}

func TestNewRefusesAWorkloadWithoutItsGroup(t *testing.T) {
	t.Parallel()
	args := fixture()
	delete(args.Groups, "europe-west4/chat")
	_, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test"}, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "europe-west4", args)
		const want = `regional load balancer "europe-west4": workload "chat": no group "europe-west4/chat"`
		if err == nil || err.Error() != want {
			t.Errorf("got error %v, want %q", err, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
