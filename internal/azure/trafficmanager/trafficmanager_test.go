package trafficmanager

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

func fixture(routing topology.Routing) Args {
	return Args{
		Location:   "northeurope",
		Labels:     map[string]string{"stack": "test"},
		Protect:    true,
		HealthHost: "health.ai.example.com",
		Profiles: []topology.Profile{{
			Key: "default", DNSName: "ai-serving-test", Routing: routing, Probe: topology.Probe{Name: "default", Path: "/healthz/default", Workload: "chat"},
			Endpoints: []topology.Endpoint{
				{Place: topology.Place{Cloud: topology.Azure, Region: "westeurope"}, Gateway: "westeurope"},
				{Place: topology.Place{Cloud: topology.GCloud}, Host: "gcp.ai.example.com", Location: "uksouth"},
			},
		}},
		GatewayPublicIPs: map[string]pulumi.StringInput{"westeurope": pulumi.String("id of the address")},
	}
}

func record(t *testing.T, args Args) *testkit.Recording {
	t.Helper()
	recording, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test"}, func(ctx *pulumi.Context) error {
		manager, err := New(ctx, "traffic-manager", args)
		if err != nil {
			return err
		}
		for key, name := range manager.DNSNames {
			ctx.Export(key, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func profile(t *testing.T, recording *testkit.Recording) testkit.Resource {
	t.Helper()
	found, ok := recording.Find("azure-native:network:Profile", "traffic-manager-default")
	if !ok {
		t.Fatal("no profile traffic-manager-default")
	}
	return found
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		routing    topology.Routing
		priorities [2]any
	}{
		"have their places as priorities where these count": {topology.Priority, [2]any{1.0, 2.0}},
		"have none where the nearest answers":               {topology.Performance, [2]any{nil, nil}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			azure := map[string]any{
				"name": "azure-westeurope", "type": "Microsoft.Network/trafficManagerProfiles/azureEndpoints",
				"targetResourceId": "id of the address",
			}
			google := map[string]any{
				"name": "gcp", "type": "Microsoft.Network/trafficManagerProfiles/externalEndpoints",
				"target": "gcp.ai.example.com", "endpointLocation": "uksouth",
			}
			for i, endpoint := range []map[string]any{azure, google} {
				if test.priorities[i] != nil {
					endpoint["priority"] = test.priorities[i]
				}
			}
			got := profile(t, record(t, fixture(test.routing))).Inputs.Mappable()
			if diff := cmp.Diff([]any{azure, google}, got["endpoints"]); diff != "" {
				t.Errorf("endpoints (-want +got):\n%s", diff)
			}
		})
	}
}

func TestProbesAskForTheHealthHost(t *testing.T) {
	t.Parallel()
	want := map[string]any{
		"protocol": "HTTP", "port": 80.0, "path": "/healthz/default",
		"customHeaders":     []any{map[string]any{"name": "Host", "value": "health.ai.example.com"}},
		"intervalInSeconds": 10.0, "timeoutInSeconds": 5.0, "toleratedNumberOfFailures": 2.0,
	}
	got := profile(t, record(t, fixture(topology.Priority))).Inputs.Mappable()
	if diff := cmp.Diff(want, got["monitorConfig"]); diff != "" {
		t.Errorf("monitor (-want +got):\n%s", diff)
	}
}

func TestDNSNames(t *testing.T) {
	t.Parallel()
	want := map[string]any{"default": "ai-serving-test.trafficmanager.net"}
	if diff := cmp.Diff(want, record(t, fixture(topology.Priority)).Outputs.Mappable()); diff != "" {
		t.Errorf("DNS names (-want +got):\n%s", diff)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	recording := record(t, fixture(topology.Priority))
	got := profile(t, recording).Options
	got.Aliases = nil // those of the SDK: the type in other API versions
	want := testkit.Options{
		Protect:          true,
		ReplaceOnChanges: []string{"dnsConfig.relativeName"},
		IgnoreChanges:    []string{"endpoints[*].endpointMonitorStatus", "monitorConfig.profileMonitorStatus"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("options of the profile (-want +got):\n%s", diff)
	}
	group, ok := recording.Find("azure-native:resources:ResourceGroup", "traffic-manager")
	if !ok {
		t.Fatal("no resource group traffic-manager")
	}
	if diff := cmp.Diff([]string{"location"}, group.Options.IgnoreChanges); diff != "" {
		t.Errorf("what the resource group ignores (-want +got):\n%s", diff)
	}
}
