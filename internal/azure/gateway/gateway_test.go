package gateway

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/pathpattern"
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

// fixture serves two tenants of the pool by one listener, and one with replicas of
// its own, by two workloads of the pool and one of the tenant's.
func fixture() Args {
	chat, vision, own := workload("chat"), workload("vision"), workload("globex-chat")
	limit := topology.RateLimit{Tenant: "acme", Hosts: []string{"acme.ai.example.com"}, PerMinute: 60, Priority: 7}
	return Args{
		Region: topology.AzureRegion{
			Name:     "westeurope",
			Zones:    []string{"1", "2", "3"},
			Identity: "identity",
			Certificates: []topology.Certificate{
				{Name: "globex", Secret: "https://vault.vault.azure.net/secrets/globex"},
				{Name: "platform", Secret: "https://vault.vault.azure.net/secrets/platform"},
				{Name: "unused", Secret: "https://vault.vault.azure.net/secrets/unused"},
			},
			Firewall: topology.Firewall{RuleSet: "2.2"},
		},
		ResourceGroupName: pulumi.String("group"),
		SubnetID:          pulumi.String("subnet"),
		PublicIPID:        pulumi.String("address"),
		Labels:            map[string]string{"stack": "test"},
		TLS:               true,
		Domain:            "ai.example.com",
		HealthHost:        "health.ai.example.com",
		Gateway: topology.Gateway{
			Name:        "westeurope",
			MinCapacity: 1, MaxCapacity: 3,
			HTTP2:  true,
			Pools:  []topology.Workload{chat, own, vision},
			Probes: []topology.Probe{{Name: "default", Path: "/healthz/default", Workload: "chat"}},
			Listeners: []topology.Listener{
				{
					Name: "globex", Tenant: "globex", Hosts: []string{"chat.globex.com"}, Priority: 4710, Certificate: "globex", Own: true,
					Routes: []topology.Route{{Workload: "globex-chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}}},
					Limit:  &topology.RateLimit{Tenant: "globex", Hosts: []string{"chat.globex.com"}, PerMinute: 600, Priority: 2},
				},
				{
					Name: topology.PoolListener, Hosts: []string{"*.ai.example.com"}, Priority: 19000, Certificate: "platform",
					Routes: []topology.Route{{Workload: "chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}}, {Workload: "vision", Paths: []pathpattern.Pattern{"/v1/vision/*"}}},
				},
			},
			Access: []topology.Access{
				{Workload: "chat", Hosts: []string{"acme.ai.example.com", "hooli.ai.example.com"}, Limits: []topology.RateLimit{limit}},
				{Workload: "vision", Hosts: []string{"acme.ai.example.com"}},
			},
			HealthCertificate: "platform",
		},
		Addresses: map[string][]pulumi.StringInput{
			"chat": {pulumi.String("10.0.1.4"), pulumi.String("10.0.1.5")},
		},
	}
}

// withoutTLS takes the certificates away.
func withoutTLS(args Args) Args {
	args.TLS = false
	args.Region.Identity, args.Region.Certificates = "", nil
	args.Gateway.HealthCertificate = ""
	args.Gateway.Listeners = slices.Clone(args.Gateway.Listeners)
	for i := range args.Gateway.Listeners {
		args.Gateway.Listeners[i].Certificate = ""
	}
	return args
}

// withPrivate adds a private frontend.
func withPrivate(args Args) Args {
	args.Gateway.PrivateAddress = netip.MustParseAddr("10.10.0.254")
	return args
}

// fixtures are the forms that a gateway has.
func fixtures() map[string]Args {
	return map[string]Args{
		"tls":     fixture(),
		"plain":   withoutTLS(fixture()),
		"private": withPrivate(fixture()),
	}
}

// fataler is a test, or a run of a property.
type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// record registers the gateway of args as an update would.
func record(t fataler, args Args) *testkit.Recording {
	t.Helper()
	recording, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test"}, func(ctx *pulumi.Context) error {
		_, err := New(ctx, args.Gateway.Name, args)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func inputs(t fataler, recording *testkit.Recording, token, name string) map[string]any {
	t.Helper()
	found, ok := recording.Find(token, name)
	if !ok {
		t.Fatalf("no %s %q", token, name)
	}
	return found.Inputs.Mappable()
}

const gatewayToken = "azure-native:network:ApplicationGateway"

func TestGoldens(t *testing.T) {
	t.Parallel()
	for name, args := range fixtures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := record(t, args).Inventory()
			if err != nil {
				t.Fatal(err)
			}
			testkit.Golden(t, name, text)
		})
	}
}

func TestAGatewaySpeaksTLSOrNotAtAll(t *testing.T) {
	t.Parallel()
	certificates := func(args Args) []string {
		return partNames(inputs(t, record(t, args), gatewayToken, "westeurope")["sslCertificates"])
	}
	if diff := cmp.Diff([]string{"globex", "platform"}, certificates(fixture())); diff != "" {
		t.Errorf("certificates, of those that listeners use (-want +got):\n%s", diff)
	}
	plain := inputs(t, record(t, withoutTLS(fixture())), gatewayToken, "westeurope")
	for _, input := range []string{"identity", "sslCertificates", "sslPolicy", "redirectConfigurations"} {
		if plain[input] != nil {
			t.Errorf("without TLS, %s is %v", input, plain[input])
		}
	}
}

func TestResponsesAreNotHeldBack(t *testing.T) {
	t.Parallel()
	gateway := inputs(t, record(t, fixture()), gatewayToken, "westeurope")
	want := map[string]any{"enableRequestBuffering": true, "enableResponseBuffering": false}
	if diff := cmp.Diff(want, gateway["globalConfiguration"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
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
		map[string]any{"name": "globex-chat", "backendAddresses": []any{}},
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

func TestAWorkloadWithAffinityHasACookieOfItsOwn(t *testing.T) {
	t.Parallel()
	sticky := workload("chat")
	sticky.Affinity = true
	got := workloadSettings(sticky)
	if got.CookieBasedAffinity != network.ApplicationGatewayCookieBasedAffinityEnabled || got.AffinityCookieName != pulumi.String("affinity-chat") {
		t.Errorf("affinity %v, cookie %v", got.CookieBasedAffinity, got.AffinityCookieName)
	}
}

func TestARegionWithoutZonesNamesNone(t *testing.T) {
	t.Parallel()
	args := fixture()
	args.Region.Zones = nil
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
