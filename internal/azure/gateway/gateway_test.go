package gateway

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

func workload(key string) topology.Workload {
	return topology.Workload{
		Key: key, Port: 8080, HealthPath: "/health",
		Labels:   map[string]string{"model": key},
		Timeouts: topology.Timeouts{Backend: 75, Drain: 76},
	}
}

// fixture serves two tenants by two workloads.
func fixture() Args {
	chat, vision := workload("chat"), workload("vision")
	return Args{
		Location:          "westeurope",
		ResourceGroupName: pulumi.String("group"),
		SubnetID:          pulumi.String("subnet"),
		PublicIPID:        pulumi.String("address"),
		Zones:             []string{"1", "2", "3"},
		Labels:            map[string]string{"stack": "test"},
		HealthHost:        "health.ai.example.com",
		Gateway: topology.Gateway{
			MinCapacity: 1, MaxCapacity: 3,
			Pools:  []topology.Workload{chat, vision},
			Probes: []topology.Probe{{Name: "chat", Path: "/healthz/chat", Workload: "chat"}},
			Listeners: []topology.Listener{
				listenerOf("acme", 4711, topology.Route{Workload: "chat", Paths: []string{"/v1/chat/*"}}),
				listenerOf("globex", 815, topology.Route{Workload: "vision", Paths: []string{"/v1/vision/*"}}),
			},
		},
		Addresses: map[string][]pulumi.StringInput{
			"chat": {pulumi.String("10.0.1.4"), pulumi.String("10.0.1.5")},
		},
	}
}

func listenerOf(tenant string, priority int, routes ...topology.Route) topology.Listener {
	return topology.Listener{Name: tenant, Tenant: tenant, Hosts: []string{tenant + ".ai.example.com"}, Routes: routes, Priority: priority}
}

// record registers the gateway of args as an update would.
func record(t *testing.T, args Args) *testkit.Recording {
	t.Helper()
	recording, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test"}, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "westeurope", args)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func inputs(t *testing.T, recording *testkit.Recording, token, name string) map[string]any {
	t.Helper()
	found, ok := recording.Find(token, name)
	if !ok {
		t.Fatalf("no %s %q", token, name)
	}
	return found.Inputs.Mappable()
}

const gatewayToken = "azure-native:network:ApplicationGateway"

func TestEveryReferenceInsideOfTheGatewayResolves(t *testing.T) {
	t.Parallel()
	gateway := inputs(t, record(t, fixture()), gatewayToken, "westeurope")
	references := references(gateway)
	if len(references) == 0 {
		t.Fatal("no references")
	}
	for _, reference := range references {
		segment, name, _ := strings.Cut(strings.TrimPrefix(reference, "$self/"), "/")
		if names := partNames(gateway[segment]); !slices.Contains(names, name) {
			t.Errorf("%s: the gateway's %s are %q", reference, segment, names)
		}
	}
}

func TestThePartsOfAKindHaveDistinctNames(t *testing.T) {
	t.Parallel()
	gateway := inputs(t, record(t, fixture()), gatewayToken, "westeurope")
	for segment, parts := range gateway {
		names := partNames(parts)
		if distinct := slices.Compact(slices.Sorted(slices.Values(names))); len(distinct) != len(names) {
			t.Errorf("%s: %q", segment, names)
		}
	}
}

func TestListenersNameTheirHosts(t *testing.T) {
	t.Parallel()
	gateway := inputs(t, record(t, fixture()), gatewayToken, "westeurope")
	got := map[string]any{}
	for _, part := range gateway["httpListeners"].([]any) {
		listener := part.(map[string]any)
		got[listener["name"].(string)] = listener["hostNames"]
	}
	want := map[string]any{
		"health_probes": []any{"health.ai.example.com"},
		"acme":          []any{"acme.ai.example.com"},
		"globex":        []any{"globex.ai.example.com"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
}

func TestRulesHaveThePrioritiesOfTheTopology(t *testing.T) {
	t.Parallel()
	gateway := inputs(t, record(t, fixture()), gatewayToken, "westeurope")
	got := map[string]any{}
	for _, part := range gateway["requestRoutingRules"].([]any) {
		rule := part.(map[string]any)
		got[rule["name"].(string)] = rule["priority"]
	}
	want := map[string]any{"health_probes": 100.0, "acme": 4711.0, "globex": 815.0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("priorities (-want +got):\n%s", diff)
	}
}

func TestPoolsHoldTheAddressesOfTheirWorkload(t *testing.T) {
	t.Parallel()
	gateway := inputs(t, record(t, fixture()), gatewayToken, "westeurope")
	want := []any{
		map[string]any{"name": "no_backend", "backendAddresses": []any{}},
		map[string]any{"name": "chat", "backendAddresses": []any{
			map[string]any{"ipAddress": "10.0.1.4"}, map[string]any{"ipAddress": "10.0.1.5"},
		}},
		map[string]any{"name": "vision", "backendAddresses": []any{}},
	}
	if diff := cmp.Diff(want, gateway["backendAddressPools"]); diff != "" {
		t.Errorf("pools (-want +got):\n%s", diff)
	}
}

func TestSettingsOutlastTheLongestResponse(t *testing.T) {
	t.Parallel()
	gateway := inputs(t, record(t, fixture()), gatewayToken, "westeurope")
	settings := gateway["backendHttpSettingsCollection"].([]any)[1].(map[string]any)
	want := map[string]any{
		"name": "chat", "port": 8080.0, "protocol": "Http", "cookieBasedAffinity": "Disabled",
		"requestTimeout":     75.0,
		"connectionDraining": map[string]any{"enabled": true, "drainTimeoutInSec": 76.0},
		"probe":              map[string]any{"id": "$self/probes/chat"},
	}
	if diff := cmp.Diff(want, settings); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestATenantMoreChangesNothingOfTheOthers(t *testing.T) {
	t.Parallel()
	before, after := fixture(), fixture()
	after.Gateway.Listeners = slices.Insert(after.Gateway.Listeners, 1,
		listenerOf("contoso", 2000, topology.Route{Workload: "chat", Paths: []string{"/v1/chat/*"}}))
	old := parts(inputs(t, record(t, before), gatewayToken, "westeurope"))
	now := parts(inputs(t, record(t, after), gatewayToken, "westeurope"))
	for _, key := range []string{"httpListeners/contoso", "requestRoutingRules/contoso", "urlPathMaps/contoso"} {
		if now[key] == nil {
			t.Errorf("no %s", key)
		}
		delete(now, key)
	}
	if diff := cmp.Diff(old, now); diff != "" {
		t.Errorf("the other parts (-before +after):\n%s", diff)
	}
}

func TestARegionWithoutZonesNamesNone(t *testing.T) {
	t.Parallel()
	args := fixture()
	args.Zones = nil
	if zones, named := inputs(t, record(t, args), gatewayToken, "westeurope")["zones"]; named {
		t.Errorf("zones: %v", zones)
	}
}

func TestOptionsOfTheGateway(t *testing.T) {
	t.Parallel()
	gateway, _ := record(t, fixture()).Find(gatewayToken, "westeurope")
	if diff := cmp.Diff([]string{"zones"}, gateway.Options.ReplaceOnChanges); diff != "" {
		t.Errorf("replaceOnChanges (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(testkit.Timeouts{Create: "60m", Update: "60m"}, gateway.Options.Timeouts); diff != "" {
		t.Errorf("timeouts (-want +got):\n%s", diff)
	}
}

// references are the ids in a value that refer to parts of the gateway.
func references(value any) []string {
	var found []string
	switch value := value.(type) {
	case string:
		if strings.HasPrefix(value, "$self/") {
			found = append(found, value)
		}
	case []any:
		for _, inner := range value {
			found = append(found, references(inner)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			found = append(found, references(value[key])...)
		}
	}
	return found
}

// partNames are the names in a list of parts, nil for any other value.
func partNames(value any) []string {
	list, _ := value.([]any)
	var names []string
	for _, part := range list {
		if part, ok := part.(map[string]any); ok {
			names = append(names, fmt.Sprint(part["name"]))
		}
	}
	return names
}

// parts are the gateway's parts by segment and name.
func parts(gateway map[string]any) map[string]any {
	result := map[string]any{}
	for segment, value := range gateway {
		list, _ := value.([]any)
		for i, name := range partNames(value) {
			result[segment+"/"+name] = list[i]
		}
	}
	return result
}
