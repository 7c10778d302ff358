package globallb

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/pathpattern"
	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

const links = "https://www.googleapis.com/compute/v1/projects/project/global/"

// fixture serves two tenants: one by the pool's instances, one by pods of its
// own.
func fixture() Args {
	timeouts := topology.Timeouts{Backend: 615, Drain: 600}
	return Args{
		Project: pulumi.String("project"),
		LoadBalancer: topology.GlobalLoadBalancer{
			Backends: []topology.Backend{
				{
					Workload: topology.Workload{Key: "chat", HealthPath: "/ready", Timeouts: timeouts},
					Groups: []topology.BackendGroup{
						{Key: "europe-west4/chat", Kind: topology.Instances},
						{Key: "us-east1/chat", Kind: topology.Instances},
					},
				},
				{
					Workload: topology.Workload{Key: "globex-chat", Tenant: "globex", HealthPath: "/ready", Timeouts: timeouts},
					Groups:   []topology.BackendGroup{{Key: "europe-west4-a/globex-chat", Kind: topology.Endpoints}},
				},
			},
			VirtualHosts: []topology.VirtualHost{
				{
					Name: "acme", Hosts: []string{"acme.ai.example.com"},
					Routes: []topology.Route{{Workload: "chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}}},
				},
				{
					Name: "globex", Hosts: []string{"globex.ai.example.com"},
					Routes: []topology.Route{{Workload: "globex-chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}}},
				},
			},
			Probes: []topology.Probe{{Path: "/healthz/chat", Workload: "chat"}},
		},
		HealthHost: "health.ai.example.com",
		Groups: map[string]pulumi.StringInput{
			"europe-west4/chat":          pulumi.String("instances-europe"),
			"us-east1/chat":              pulumi.String("instances-america"),
			"europe-west4-a/globex-chat": pulumi.String("endpoints"),
		},
		Static:  pulumi.String(links + "backendBuckets/static"),
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
		lb, err := New(ctx, "global", args)
		if err != nil {
			return err
		}
		ctx.Export("address", lb.Address)
		ctx.Export("rule", lb.ForwardingRuleAddress)
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
	got := find(t, record(t), "gcp:compute/uRLMap:URLMap", "global").Inputs.Mappable()
	const (
		chat    = links + "backendServices/global-chat-0a1b2c3"
		globex  = links + "backendServices/global-globex-chat-0a1b2c3"
		refusal = links + "backendServices/global-0a1b2c3"
		bucket  = links + "backendBuckets/static"

		acmeMatcher   = "routes-05bb735f605cb927"
		globexMatcher = "routes-cde30ebcdd6d4f05"
	)
	notFound := map[string]any{"faultInjectionPolicy": map[string]any{
		"abort": map[string]any{"httpStatus": 404.0, "percentage": 100.0},
	}}
	rule := func(path, service string) map[string]any {
		return map[string]any{"paths": []any{path}, "service": service}
	}
	refused := rule("/*", refusal)
	refused["routeAction"] = notFound
	probe := rule("/healthz/chat", chat)
	probe["routeAction"] = map[string]any{"urlRewrite": map[string]any{"pathPrefixRewrite": "/ready"}}
	stripped := map[string]any{"requestHeadersToRemoves": []any{"X-Tenant-Id"}}
	named := map[string]any{"requestHeadersToAdds": []any{
		map[string]any{"headerName": "X-Tenant-Id", "headerValue": "globex", "replace": true},
	}}
	matcher := func(name, description string, header any, rules ...any) map[string]any {
		return map[string]any{"name": name, "description": description, "defaultService": refusal, "headerAction": header, "pathRules": rules}
	}
	host := func(host, matcher string) map[string]any {
		return map[string]any{"hosts": []any{host}, "pathMatcher": matcher}
	}
	test := func(host, service string) map[string]any {
		return map[string]any{"host": host, "path": "/v1/chat/url-map-test", "service": service}
	}
	want := map[string]any{
		"project":            "project",
		"defaultService":     refusal,
		"defaultRouteAction": notFound,
		"hostRules": []any{
			host("health.ai.example.com", "health"),
			host("acme.ai.example.com", acmeMatcher),
			host("globex.ai.example.com", globexMatcher),
		},
		"pathMatchers": []any{
			matcher("health", "workload chat, refusal", stripped, probe, refused),
			matcher(acmeMatcher, "workload chat, static content, refusal", stripped, rule("/v1/chat/*", chat), rule("/static/*", bucket), refused),
			matcher(globexMatcher, "workload globex-chat, static content, refusal", named, rule("/v1/chat/*", globex), rule("/static/*", bucket), refused),
		},
		"tests": []any{test("acme.ai.example.com", chat), test("globex.ai.example.com", globex)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestBackendServices(t *testing.T) {
	t.Parallel()
	recording := record(t)
	service := func(name string, rest map[string]any) map[string]any {
		all := map[string]any{
			"project": "project", "loadBalancingScheme": "EXTERNAL_MANAGED", "protocol": "HTTP", "sessionAffinity": "NONE",
			"healthChecks": links + "healthChecks/" + name + "-0a1b2c3",
			"logConfig":    map[string]any{"enable": true, "sampleRate": 0.1},
		}
		for key, value := range rest {
			all[key] = value
		}
		return all
	}
	instances := func(url string) map[string]any {
		return map[string]any{"group": url, "balancingMode": "RATE", "capacityScaler": 1.0, "maxRatePerInstance": 100.0}
	}
	for name, want := range map[string]map[string]any{
		"global-chat": service("global-chat", map[string]any{
			"timeoutSec": 615.0, "connectionDrainingTimeoutSec": 600.0, "portName": "http",
			"backends": []any{instances("instances-europe"), instances("instances-america")},
		}),
		"global-globex-chat": service("global-globex-chat", map[string]any{
			"timeoutSec": 615.0, "connectionDrainingTimeoutSec": 600.0,
			"backends": []any{
				map[string]any{"group": "endpoints", "balancingMode": "RATE", "capacityScaler": 1.0, "maxRatePerEndpoint": 100.0},
			},
		}),
		"global": service("global", map[string]any{
			"description": "No backends: the URL map refuses what it routes here",
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := find(t, recording, "gcp:compute/backendService:BackendService", name).Inputs.Mappable()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDrainedGroupsLoseTheirCapacityWhereOthersKeepSome(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		drained []bool
		want    []float64
	}{
		"none":                        {[]bool{false, false}, []float64{1, 1}},
		"some":                        {[]bool{true, false, true}, []float64{0, 1, 0}},
		"all":                         {[]bool{true, true}, []float64{1, 1}},
		"the only one of the service": {[]bool{true}, []float64{1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backend, groups := topology.Backend{}, map[string]pulumi.StringInput{}
			for i, drained := range test.drained {
				key := strconv.Itoa(i)
				backend.Groups = append(backend.Groups, topology.BackendGroup{Key: key, Kind: topology.Endpoints, Drained: drained})
				groups[key] = pulumi.String(key)
			}
			backends, err := backendArgs(backend, groups)
			if err != nil {
				t.Fatal(err)
			}
			var got []float64
			for _, made := range backends {
				got = append(got, float64(made.(compute.BackendServiceBackendArgs).CapacityScaler.(pulumi.Float64)))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("capacities %v, want %v", got, test.want)
			}
		})
	}
}

func TestHealthChecksAskOnTheServingPort(t *testing.T) {
	t.Parallel()
	got := find(t, record(t), "gcp:compute/healthCheck:HealthCheck", "global-chat").Inputs.Mappable()
	want := map[string]any{"portSpecification": "USE_SERVING_PORT", "requestPath": "/ready"}
	if diff := cmp.Diff(want, got["httpHealthCheck"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What is replaced while it is in use has to have another name than its
// replacement.
func TestNothingHasAFixedName(t *testing.T) {
	t.Parallel()
	for _, registered := range record(t).Resources {
		if registered.Inputs.HasValue("name") {
			t.Errorf("%s (%s) is named %v", registered.Path, registered.Type, registered.Inputs["name"])
		}
	}
}

func TestProtectGuardsWhatCannotBeHadAgain(t *testing.T) {
	t.Parallel()
	var got []string
	for _, registered := range record(t).Resources {
		if registered.Options.Protect {
			got = append(got, registered.Type)
		}
	}
	want := []string{"gcp:compute/globalAddress:GlobalAddress"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTheRuleAnswersOnTheReservedAddress(t *testing.T) {
	t.Parallel()
	recording := record(t)
	outputs := recording.Outputs.Mappable()
	rule := find(t, recording, "gcp:compute/globalForwardingRule:GlobalForwardingRule", "global").Inputs.Mappable()
	if rule["ipAddress"] != outputs["address"] || outputs["rule"] != outputs["address"] {
		t.Errorf("reserved %v, the rule answers on %v and says %v", outputs["address"], rule["ipAddress"], outputs["rule"])
	}
	if rule["loadBalancingScheme"] != "EXTERNAL_MANAGED" || rule["portRange"] != "80" {
		t.Errorf("unexpected rule: %v", rule)
	}
}

func TestNewRefusesAWorkloadWithoutItsGroup(t *testing.T) {
	t.Parallel()
	args := fixture()
	delete(args.Groups, "us-east1/chat")
	_, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test"}, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "global", args)
		const want = `global load balancer "global": workload "chat": no group "us-east1/chat"`
		if err == nil || err.Error() != want {
			t.Errorf("got error %v, want %q", err, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
