package trafficmanager

import (
	"maps"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

var (
	westeurope = topology.Place{Cloud: topology.Azure, Region: "westeurope"}
	uksouth    = topology.Place{Cloud: topology.Azure, Region: "uksouth"}
	global     = topology.Place{Cloud: topology.GCloud}
)

// The endpoints of the fixtures, and what becomes of them.
var (
	gateway  = topology.Endpoint{Place: westeurope, Kind: topology.ByID, Gateway: "westeurope"}
	balancer = topology.Endpoint{Place: global, Kind: topology.ByName, Host: "gcp.ai.example.com", Location: "uksouth"}

	gatewayMade = map[string]any{
		"endpointStatus": "Enabled", "name": "azure-westeurope", "type": "Microsoft.Network/trafficManagerProfiles/azureEndpoints",
		"targetResourceId": "id of westeurope",
	}
	balancerMade = map[string]any{
		"endpointStatus": "Enabled", "name": "gcp", "type": "Microsoft.Network/trafficManagerProfiles/externalEndpoints",
		"target": "gcp.ai.example.com", "endpointLocation": "uksouth",
	}
)

func fixture(routing topology.Routing, endpoints ...topology.Endpoint) Args {
	return Args{
		Location:   "northeurope",
		Labels:     map[string]string{"stack": "test"},
		Protect:    true,
		HealthHost: "health.ai.example.com",
		Failover:   topology.Failover{TimeToLive: 20, Interval: 10, Timeout: 5, ToleratedFailures: 2},
		Profiles: []topology.Profile{{
			Key: "default", DNSName: "ai-serving-test", Routing: routing, Endpoints: endpoints,
			Probe: topology.Probe{Name: "default", Path: "/healthz/default", Workload: "chat"},
		}},
		Gateways: map[string]Frontend{
			"westeurope":   frontend("westeurope", "203.0.113.1"),
			"westeurope-2": frontend("westeurope-2", "203.0.113.2"),
			"uksouth":      frontend("uksouth", "203.0.113.3"),
		},
		Balancers: map[topology.Place]pulumi.StringInput{global: pulumi.String("198.51.100.7")},
	}
}

func frontend(name, address string) Frontend {
	return Frontend{ID: pulumi.String("id of " + name), Name: pulumi.String(name + ".example.net"), Address: pulumi.String(address)}
}

// nested is a fixture whose first endpoint is a profile over two gateways.
func nested() Args {
	args := fixture(topology.Performance, topology.Endpoint{
		Place: topology.Place{Cloud: topology.Azure}, Kind: topology.Nested, Location: "uksouth", MinChildren: 2,
		Child: &topology.Profile{
			Key: "nested-azure-default", DNSName: "ai-serving-test-nested-azure-default", Routing: topology.Performance,
			Probe:     topology.Probe{Name: "default", Path: "/healthz/default", Workload: "chat"},
			Endpoints: []topology.Endpoint{{Place: uksouth, Kind: topology.ByID, Gateway: "uksouth"}, gateway},
		},
	}, balancer)
	return args
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

func profile(t *testing.T, recording *testkit.Recording, key string) testkit.Resource {
	t.Helper()
	found, ok := recording.Find("azure-native:network:Profile", "traffic-manager-"+key)
	if !ok {
		t.Fatal("no profile traffic-manager-" + key)
	}
	return found
}

// with is a map with more in it.
func with(made map[string]any, key string, value any) map[string]any {
	more := maps.Clone(made)
	more[key] = value
	return more
}

func TestARoutingMethodTellsEndpointsApartByItsOwnMeans(t *testing.T) {
	t.Parallel()
	weighted := func(e topology.Endpoint, weight int) topology.Endpoint {
		e.Weight = weight
		return e
	}
	mapped := func(e topology.Endpoint, codes ...string) topology.Endpoint {
		e.Geography = codes
		return e
	}
	network := gateway
	network.Subnets = []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32")}
	for name, test := range map[string]struct {
		routing   topology.Routing
		endpoints []topology.Endpoint
		want      []any
	}{
		"performance, by what Azure knows, or a location": {
			topology.Performance, []topology.Endpoint{gateway, balancer}, []any{gatewayMade, balancerMade},
		},
		"priority, by the order": {
			topology.Priority,
			[]topology.Endpoint{balancer, gateway},
			[]any{with(balancerMade, "priority", 1.0), with(gatewayMade, "priority", 2.0)},
		},
		"weighted": {
			topology.Weighted,
			[]topology.Endpoint{weighted(gateway, 1000), weighted(balancer, 1)},
			[]any{with(gatewayMade, "weight", 1000.0), with(balancerMade, "weight", 1.0)},
		},
		"geographic": {
			topology.Geographic,
			[]topology.Endpoint{mapped(gateway, "GEO-EU", "IS"), mapped(balancer, "WORLD")},
			[]any{with(gatewayMade, "geoMapping", []any{"GEO-EU", "IS"}), with(balancerMade, "geoMapping", []any{"WORLD"})},
		},
		"subnet, where what has none gets the rest": {
			topology.Subnet,
			[]topology.Endpoint{network, balancer},
			[]any{with(gatewayMade, "subnets", []any{
				map[string]any{"first": "203.0.113.0", "scope": 24.0}, map[string]any{"first": "2001:db8::", "scope": 32.0},
			}), balancerMade},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := profile(t, record(t, fixture(test.routing, test.endpoints...)), "default").Inputs.Mappable()
			if got["trafficRoutingMethod"] != string(test.routing) {
				t.Errorf("the method is %v, want %s", got["trafficRoutingMethod"], test.routing)
			}
			if diff := cmp.Diff(test.want, got["endpoints"]); diff != "" {
				t.Errorf("endpoints (-want +got):\n%s", diff)
			}
			if most, given := got["maxReturn"]; given {
				t.Errorf("maxReturn is %v, and is for MultiValue", most)
			}
		})
	}
}

func TestAnEndpointIsKnownByIDOrNameOrAddress(t *testing.T) {
	t.Parallel()
	second, external := gateway, gateway
	second.Gateway = "westeurope-2"
	external.Location = "westeurope"
	const externalType = "Microsoft.Network/trafficManagerProfiles/externalEndpoints"
	for name, test := range map[string]struct {
		endpoint topology.Endpoint
		kind     topology.EndpointKind
		want     map[string]any
	}{
		"a gateway by id":             {gateway, topology.ByID, gatewayMade},
		"a second gateway by id":      {second, topology.ByID, with(with(gatewayMade, "name", "azure-westeurope-2"), "targetResourceId", "id of westeurope-2")},
		"a gateway by name":           {external, topology.ByName, map[string]any{"endpointStatus": "Enabled", "name": "azure-westeurope", "type": externalType, "target": "westeurope.example.net", "endpointLocation": "westeurope"}},
		"a gateway by address":        {external, topology.ByAddress, map[string]any{"endpointStatus": "Enabled", "name": "azure-westeurope", "type": externalType, "target": "203.0.113.1", "endpointLocation": "westeurope"}},
		"a load balancer by name":     {balancer, topology.ByName, balancerMade},
		"a load balancer by address":  {balancer, topology.ByAddress, with(balancerMade, "target", "198.51.100.7")},
		"a regional one by its place": {topology.Endpoint{Place: topology.Place{Cloud: topology.GCloud, Region: "europe-west4"}, Host: "europe-west4.gcp.ai.example.com", Location: "westeurope"}, topology.ByName, map[string]any{"endpointStatus": "Enabled", "name": "gcp-europe-west4", "type": externalType, "target": "europe-west4.gcp.ai.example.com", "endpointLocation": "westeurope"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.endpoint.Kind = test.kind
			got := profile(t, record(t, fixture(topology.Performance, test.endpoint)), "default").Inputs.Mappable()
			if diff := cmp.Diff([]any{test.want}, got["endpoints"]); diff != "" {
				t.Errorf("endpoints (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADrainedEndpointIsDisabled(t *testing.T) {
	t.Parallel()
	drained := gateway
	drained.Drained = true
	got := profile(t, record(t, fixture(topology.Performance, drained, balancer)), "default").Inputs.Mappable()
	if diff := cmp.Diff([]any{with(gatewayMade, "endpointStatus", "Disabled"), balancerMade}, got["endpoints"]); diff != "" {
		t.Errorf("endpoints (-want +got):\n%s", diff)
	}
}

func TestMultiValueAnswersWithAllEndpointsUpToEight(t *testing.T) {
	t.Parallel()
	for count, want := range map[int]float64{2: 2, 8: 8, 12: 8} {
		endpoints := make([]topology.Endpoint, count)
		for i := range endpoints {
			endpoints[i] = balancer
			endpoints[i].Kind = topology.ByAddress
		}
		got := profile(t, record(t, fixture(topology.MultiValue, endpoints...)), "default").Inputs.Mappable()
		if got["maxReturn"] != want {
			t.Errorf("of %d endpoints %v are answered, want %v", count, got["maxReturn"], want)
		}
	}
}

func TestANestedEndpointLeadsToAProfileOfItsOwn(t *testing.T) {
	t.Parallel()
	recording := record(t, nested())
	child := profile(t, recording, "nested-azure-default")
	const group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/traffic-manager-0a1b2c3"
	want := []any{map[string]any{
		"endpointStatus": "Enabled", "name": "azure", "type": "Microsoft.Network/trafficManagerProfiles/nestedEndpoints",
		"targetResourceId":  group + "/providers/Microsoft.Network/trafficManagerProfiles/traffic-manager-nested-azure-default-0a1b2c3",
		"minChildEndpoints": 2.0, "endpointLocation": "uksouth",
	}, balancerMade}
	parent := profile(t, recording, "default").Inputs.Mappable()
	if diff := cmp.Diff(want, parent["endpoints"]); diff != "" {
		t.Errorf("endpoints of the parent (-want +got):\n%s", diff)
	}
	own := child.Inputs.Mappable()
	wantOwn := []any{
		with(with(gatewayMade, "name", "azure-uksouth"), "targetResourceId", "id of uksouth"), gatewayMade,
	}
	if diff := cmp.Diff(wantOwn, own["endpoints"]); diff != "" {
		t.Errorf("endpoints of the child (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(parent["monitorConfig"], own["monitorConfig"]); diff != "" {
		t.Errorf("the child is monitored otherwise (-parent +child):\n%s", diff)
	}
}

// judged is a gateway that is healthy only if two models are, each asked by a profile.
func judged() topology.Endpoint {
	every := topology.Profile{Key: "every-westeurope--chat--embed", DNSName: "every", Routing: topology.Priority, Probe: topology.Probe{Path: "/healthz/model-embed"}}
	for _, judge := range []string{"chat", "embed"} {
		every.Endpoints = append(every.Endpoints, topology.Endpoint{
			Place: westeurope, Gateway: "westeurope", Kind: topology.Nested, Location: "westeurope", Judge: judge, MinChildren: 1,
			Child: &topology.Profile{
				Key: "health-westeurope--" + judge, DNSName: "health-" + judge, Routing: topology.Priority,
				Probe: topology.Probe{Path: "/healthz/model-" + judge}, Endpoints: []topology.Endpoint{gateway},
			},
		})
	}
	return topology.Endpoint{Place: westeurope, Gateway: "westeurope", Kind: topology.Nested, Location: "westeurope", MinChildren: 2, Child: &every}
}

func TestPlacementsShareTheProfilesThatAskForModels(t *testing.T) {
	t.Parallel()
	args := fixture(topology.Performance, judged(), balancer)
	other := args.Profiles[0]
	other.Key, other.DNSName = "nearest-azure", "ai-serving-test-nearest-azure"
	args.Profiles = append(args.Profiles, other)
	recording := record(t, args)
	if made := len(recording.OfType("azure-native:network:Profile")); made != 5 {
		t.Errorf("%d profiles are registered, want 2, and 3 that they share", made)
	}
	every := profile(t, recording, "every-westeurope--chat--embed").Inputs.Mappable()
	var names, paths []any
	for _, endpoint := range every["endpoints"].([]any) {
		names = append(names, endpoint.(map[string]any)["name"])
	}
	for _, judge := range []string{"chat", "embed"} {
		asks := profile(t, recording, "health-westeurope--"+judge).Inputs.Mappable()
		paths = append(paths, asks["monitorConfig"].(map[string]any)["path"])
	}
	if diff := cmp.Diff([]any{"azure-westeurope-chat", "azure-westeurope-embed"}, names); diff != "" {
		t.Errorf("endpoints of the profile that needs both (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{"/healthz/model-chat", "/healthz/model-embed"}, paths); diff != "" {
		t.Errorf("paths that are asked for (-want +got):\n%s", diff)
	}
	for _, key := range []string{"default", "nearest-azure"} {
		endpoint := profile(t, recording, key).Inputs.Mappable()["endpoints"].([]any)[0].(map[string]any)
		if endpoint["minChildEndpoints"] != 2.0 || endpoint["endpointLocation"] != "westeurope" || endpoint["name"] != "azure-westeurope" {
			t.Errorf("the endpoint of %s is %v", key, endpoint)
		}
	}
}

func TestProbesAskForTheHealthHost(t *testing.T) {
	t.Parallel()
	slow := fixture(topology.Priority, gateway)
	slow.TLS = true
	slow.Failover = topology.Failover{TimeToLive: 60, Interval: 30, Timeout: 10, ToleratedFailures: 3}
	for name, test := range map[string]struct {
		args       Args
		monitor    map[string]any
		timeToLive float64
	}{
		"in plain, often": {fixture(topology.Priority, gateway), map[string]any{
			"protocol": "HTTP", "port": 80.0, "intervalInSeconds": 10.0, "timeoutInSeconds": 5.0, "toleratedNumberOfFailures": 2.0,
		}, 20},
		"by TLS, seldom": {slow, map[string]any{
			"protocol": "HTTPS", "port": 443.0, "intervalInSeconds": 30.0, "timeoutInSeconds": 10.0, "toleratedNumberOfFailures": 3.0,
		}, 60},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := with(with(test.monitor, "path", "/healthz/default"), "customHeaders", []any{map[string]any{"name": "Host", "value": "health.ai.example.com"}})
			got := profile(t, record(t, test.args), "default").Inputs.Mappable()
			if diff := cmp.Diff(want, got["monitorConfig"]); diff != "" {
				t.Errorf("monitor (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(map[string]any{"relativeName": "ai-serving-test", "ttl": test.timeToLive}, got["dnsConfig"]); diff != "" {
				t.Errorf("DNS (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDNSNamesAreThoseOfThePlacements(t *testing.T) {
	t.Parallel()
	want := map[string]any{"default": "ai-serving-test.trafficmanager.net"}
	if diff := cmp.Diff(want, record(t, nested()).Outputs.Mappable()); diff != "" {
		t.Errorf("DNS names (-want +got):\n%s", diff)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	recording := record(t, nested())
	want := testkit.Options{
		ReplaceOnChanges: []string{"dnsConfig.relativeName"},
		IgnoreChanges:    []string{"endpoints[*].endpointMonitorStatus", "monitorConfig.profileMonitorStatus"},
	}
	for _, key := range []string{"default", "nested-azure-default"} {
		got := profile(t, recording, key).Options
		got.Aliases = nil // those of the SDK: the type in other API versions
		if got.Protect != (key == topology.DefaultProfile) {
			t.Errorf("the profile %s is protected: %t", key, got.Protect)
		}
		got.Protect = false
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("options of the profile %s (-want +got):\n%s", key, diff)
		}
	}
	group, ok := recording.Find("azure-native:resources:ResourceGroup", "traffic-manager")
	if !ok {
		t.Fatal("no resource group traffic-manager")
	}
	if diff := cmp.Diff([]string{"location"}, group.Options.IgnoreChanges); diff != "" {
		t.Errorf("what the resource group ignores (-want +got):\n%s", diff)
	}
}
