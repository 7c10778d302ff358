package topology

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit/stackfile"
)

// routed resolves [wider].
func routed(t *testing.T, traffic string, edits ...string) Topology {
	t.Helper()
	resolved, err := Resolve("ai-serving", "dev", wider(t, traffic, edits...))
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

// wider is the stack dev with a way of routing, in the form of the stack file,
// after edits: pairs of old and new. It has two regions of each cloud, two
// residencies with a tenant each, and a tenant of a second gateway.
func wider(t *testing.T, traffic string, edits ...string) config.Config {
	t.Helper()
	raw, err := os.ReadFile("../../Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	edits = append([]string{
		"    tls: none\n", "    tls: none\n" +
			"    residencies:\n" +
			"      west: [azure/eastus, gcp/us-central1]\n" +
			"      east: [azure/westeurope, gcp/europe-west4, gcp/us-central1]\n" +
			"    traffic: " + traffic + "\n",
		"      westeurope: {", "      eastus: {cidr: 10.11.0.0/16}\n      westeurope: {",
		"      europe-west4: {", "      us-central1: {cidr: 10.21.0.0/16}\n      europe-west4: {",
		"    initech: ", "    umbrella: {models: [chat], residency: west}\n" +
			"    wonka: {models: [chat], residency: east}\n" +
			"    tyrell: {models: [chat], gateway: 2}\n" +
			"    initech: ",
	}, edits...)
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			t.Fatalf("the stack file has no %q to edit", edits[i])
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	file, err := stackfile.Read("dev", text)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// texts describe the endpoints of a profile: the place, what tells it from the
// others, and in parentheses what a nested one routes to.
func texts(endpoints []Endpoint) []string {
	all := make([]string, len(endpoints))
	for i, endpoint := range endpoints {
		text := endpoint.Place.String()
		if endpoint.Weight > 0 {
			text += fmt.Sprint(" weighs ", endpoint.Weight)
		}
		for _, code := range endpoint.Geography {
			text += " " + code
		}
		for _, subnet := range endpoint.Subnets {
			text += " " + subnet.String()
		}
		if child := endpoint.Child; child != nil {
			text += fmt.Sprintf(" in %s, least %d (%s: %s)", endpoint.Location, endpoint.MinChildren, child.Routing, strings.Join(texts(child.Endpoints), ", "))
		}
		all[i] = text
	}
	return all
}

func profileOf(t *testing.T, resolved Topology, tenant string) Profile {
	t.Helper()
	for _, candidate := range resolved.Tenants {
		i := slices.IndexFunc(resolved.Profiles, func(p Profile) bool { return p.Key == candidate.Profile })
		if candidate.ID == tenant && i >= 0 {
			return resolved.Profiles[i]
		}
	}
	t.Fatalf("tenant %s has no profile", tenant)
	return Profile{}
}

func TestTheRoutingIsForTenantsThatNameNoRegions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		traffic string
		routing Routing
		// want are the endpoints of the tenants acme, which is served everywhere,
		// and umbrella, which has a residency.
		acme, umbrella []string
	}{
		"performance, by default": {
			"{}", Performance,
			[]string{"azure/eastus", "azure/westeurope", "gcp"},
			[]string{"azure/eastus", "gcp/us-central1"},
		},
		"priority": {
			"{routing: priority, places: {azure/eastus: {priority: 30}, azure/westeurope: {priority: 20}, gcp: {priority: 10}, gcp/europe-west4: {priority: 5}, gcp/us-central1: {priority: 7}}}",
			Priority,
			[]string{"gcp", "azure/westeurope", "azure/eastus"},
			[]string{"gcp/us-central1", "azure/eastus"},
		},
		"weighted": {
			"{routing: weighted, places: {azure/eastus: {weight: 1}, azure/westeurope: {weight: 2}, gcp: {weight: 1000}, gcp/europe-west4: {weight: 4}, gcp/us-central1: {weight: 5}}}",
			Weighted,
			[]string{"azure/eastus weighs 1", "azure/westeurope weighs 2", "gcp weighs 1000"},
			[]string{"azure/eastus weighs 1", "gcp/us-central1 weighs 5"},
		},
		"geographic": {
			"{routing: geographic, nested: true, places: {azure: {geography: [WORLD]}, gcp: {geography: [US, GEO-EU]}}}",
			Geographic,
			[]string{"azure WORLD in eastus, least 1 (Performance: azure/eastus, azure/westeurope)", "gcp GEO-EU US"},
			[]string{"azure/eastus WORLD", "gcp/us-central1 GEO-EU US"},
		},
		"subnet": {
			"{routing: subnet, places: {azure/eastus: {subnets: [203.0.113.0/24]}, azure/westeurope: {subnets: [198.51.100.0/24, 192.0.2.0/25]}, gcp/us-central1: {}, gcp/europe-west4: {subnets: ['2001:db8::/32']}}}",
			Subnet,
			[]string{"azure/eastus 203.0.113.0/24", "azure/westeurope 192.0.2.0/25 198.51.100.0/24", "gcp"},
			[]string{"azure/eastus 203.0.113.0/24", "gcp/us-central1"},
		},
		"multivalue": {
			"{routing: multivalue, endpoints: addresses}", MultiValue,
			[]string{"azure/eastus", "azure/westeurope", "gcp"},
			[]string{"azure/eastus", "gcp/us-central1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resolved := routed(t, test.traffic)
			acme, umbrella, globex := profileOf(t, resolved, "acme"), profileOf(t, resolved, "umbrella"), profileOf(t, resolved, "globex")
			if acme.Routing != test.routing || umbrella.Routing != test.routing {
				t.Errorf("the methods are %s and %s, want %s", acme.Routing, umbrella.Routing, test.routing)
			}
			if diff := cmp.Diff(test.acme, texts(acme.Endpoints)); diff != "" {
				t.Errorf("everywhere (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.umbrella, texts(umbrella.Endpoints)); diff != "" {
				t.Errorf("in a residency (-want +got)\n%s", diff)
			}
			if want := []string{"gcp/europe-west4", "azure/westeurope"}; globex.Routing != Priority || !slices.Equal(texts(globex.Endpoints), want) {
				t.Errorf("a tenant that names regions has %s of %q, want Priority of %q", globex.Routing, texts(globex.Endpoints), want)
			}
		})
	}
}

func TestNestedProfilesChooseTheCloudFirst(t *testing.T) {
	t.Parallel()
	const both = "{nested: true, minChildEndpoints: 2}"
	for name, test := range map[string]struct {
		tenant  string
		entry   string
		traffic string
		routing Routing
		want    []string
	}{
		"everywhere, where Google's cloud has a load balancer of its own": {
			"acme", "", both, Performance,
			[]string{"azure in eastus, least 2 (Performance: azure/eastus, azure/westeurope)", "gcp"},
		},
		"in a residency with several of Google's regions": {
			"wonka", "", both, Performance,
			[]string{"azure/westeurope", "gcp in westeurope, least 2 (Performance: gcp/europe-west4, gcp/us-central1)"},
		},
		"by weight": {
			"acme", "", "{nested: true, routing: weighted, places: {azure: {weight: 9}, gcp: {weight: 1}}}", Weighted,
			[]string{"azure weighs 9 in eastus, least 1 (Performance: azure/eastus, azure/westeurope)", "gcp weighs 1"},
		},
		"by priority": {
			"acme", "", "{nested: true, routing: priority, places: {azure: {priority: 2}, gcp: {priority: 1}}}", Priority,
			[]string{"gcp", "azure in eastus, least 1 (Performance: azure/eastus, azure/westeurope)"},
		},
		"not of one cloud, of which the nearest region answers": {
			"nexus", "{models: [vision], regions: [azure]}", "{nested: true, routing: weighted, places: {azure: {weight: 9}, gcp: {weight: 1}}}", Performance,
			[]string{"azure/eastus", "azure/westeurope"},
		},
		"in the order of a tenant that goes through one cloud and then the other": {
			"nexus", "{models: [chat], regions: [gcp/us-central1, gcp/europe-west4, azure/westeurope]}", both, Priority,
			[]string{"gcp in centralus, least 1 (Priority: gcp/us-central1, gcp/europe-west4)", "azure/westeurope"},
		},
		"in an order with all of Google's cloud": {
			"nexus", "{models: [chat], regions: [gcp/us-central1, gcp, azure/westeurope]}", both, Priority,
			[]string{"gcp in centralus, least 1 (Priority: gcp/us-central1, gcp)", "azure/westeurope"},
		},
		"not of a part of a residency in one cloud": {
			"nexus", "{models: [chat], residency: east, regions: [gcp]}", both, Performance,
			[]string{"gcp/europe-west4", "gcp/us-central1"},
		},
		"not against the order of a tenant that goes to and fro": {
			"nexus", "{models: [chat], regions: [azure/westeurope, gcp/us-central1, gcp/europe-west4, azure/eastus]}", both, Priority,
			[]string{"azure/westeurope", "gcp/us-central1", "gcp/europe-west4", "azure/eastus"},
		},
		"not of one place, which is all that there is": {
			"nexus", "{models: [chat], regions: [azure/westeurope]}", both, Priority,
			[]string{"azure/westeurope"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edits := []string{
				"    embed:", "    vision: {image: registry.example.com/vision, port: 8080, healthPath: /, paths: [/v1/vision], azure: {networkInterfaces: [gpu-v]}}\n    embed:",
			}
			if test.entry != "" {
				edits = append(edits, "    acme: ", "    "+test.tenant+": "+test.entry+"\n    acme: ")
			}
			got := profileOf(t, routed(t, test.traffic, edits...), test.tenant)
			if got.Routing != test.routing {
				t.Errorf("the method is %s, want %s", got.Routing, test.routing)
			}
			if diff := cmp.Diff(test.want, texts(got.Endpoints)); diff != "" {
				t.Errorf("endpoints (-want +got)\n%s", diff)
			}
		})
	}
}

func TestAPlaceAloneLeavesNothingToChoose(t *testing.T) {
	t.Parallel()
	resolved := routed(t, "{routing: multivalue, endpoints: addresses}",
		"      west: [", "      south: [azure/eastus]\n      west: [", "    initech: {models: [embed]", "    initech: {models: [embed], residency: south")
	got := profileOf(t, resolved, "initech")
	if want := []string{"azure/eastus"}; got.Routing != Priority || !slices.Equal(texts(got.Endpoints), want) {
		t.Errorf("got %s of %q, want Priority of %q", got.Routing, texts(got.Endpoints), want)
	}
}

func TestEndpointsAreKnownToTrafficManagerAsThePlatformSays(t *testing.T) {
	t.Parallel()
	global := Endpoint{Place: global, Host: "global.gcp.ai.example.com", Location: "westeurope"}
	gateway := Endpoint{Place: Place{Azure, "eastus"}, Gateway: "eastus-2"}
	for kind, want := range map[string][2]EndpointKind{
		"azure":     {ByID, ByName},
		"external":  {ByName, ByName},
		"addresses": {ByAddress, ByAddress},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			first, last := gateway, global
			first.Kind, last.Kind = want[0], want[1]
			if first.Kind != ByID {
				first.Location = "eastus" // Azure knows where an id is
			}
			endpoints := profileOf(t, routed(t, "{endpoints: "+kind+"}"), "tyrell").Endpoints
			if diff := cmp.Diff([]Endpoint{first, last}, []Endpoint{endpoints[0], endpoints[2]}); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDrainedPlacesStayInTheirProfiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edits []string
		want  []string
	}{
		"a region of each cloud, of which Google's leaves another": {
			[]string{"us-central1: {", "us-central1: {drained: true, ", "westeurope: {", "westeurope: {drained: true, "},
			[]string{"acme at azure/westeurope", "wonka at azure/westeurope", "wonka at gcp/us-central1"},
		},
		"all of Google's regions": {
			[]string{"us-central1: {", "us-central1: {drained: true, ", "europe-west4: {", "europe-west4: {drained: true, "},
			[]string{"acme at gcp", "wonka at gcp/europe-west4", "wonka at gcp/us-central1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resolved := routed(t, "{}", test.edits...)
			var got []string
			for _, tenant := range []string{"acme", "wonka"} {
				for _, endpoint := range profileOf(t, resolved, tenant).Endpoints {
					if endpoint.Drained {
						got = append(got, tenant+" at "+endpoint.Place.String())
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("drained (-want +got)\n%s", diff)
			}
		})
	}
}

func TestChildrenAskWhatTheirParentDoes(t *testing.T) {
	t.Parallel()
	resolved := routed(t, "{nested: true}")
	parent := profileOf(t, resolved, "acme")
	child := parent.Endpoints[0].Child
	if child == nil || child.Probe != parent.Probe {
		t.Fatalf("the profile asks %+v and its child is %+v", parent.Probe, child)
	}
	for _, region := range resolved.Azure {
		asked := func(p Probe) bool { return p == parent.Probe }
		if got := region.Gateways[0].Probes; !slices.ContainsFunc(got, asked) {
			t.Errorf("the gateway of %s answers %+v, and not the probe of the child", region.Name, got)
		}
	}
	if got := resolved.GCP.Global.Probes; !slices.Equal(got, []Probe{parent.Probe, profileOf(t, resolved, "tyrell").Probe}) {
		t.Errorf("the global load balancer answers %+v: it is in no profile but those of tenants that are served everywhere", got)
	}
}

// shared are models that drawn tenants may have, and that may be health models.
var shared = []string{"chat", "embed", "rank"}

// TestProfilesKeepToTheirPlacements draws tenants and ways of routing: whatever
// they are, a profile answers with the places of its tenants, and with no other.
func TestProfilesKeepToTheirPlacements(t *testing.T) {
	t.Parallel()
	base := wider(t, "{}", "    embed:", "    rank: {image: registry.example.com/rank, port: 8080, healthPath: /, paths: [/v1/rank], azure: {containers: {cpu: 1, memoryGiB: 1}}, gcp: {kubernetes: {cpu: 500m, memory: 1Gi}}}\n    embed:")
	regions := []string{"azure/eastus", "azure/westeurope", "gcp/europe-west4", "gcp/us-central1"}
	rapid.Check(t, func(t *rapid.T) {
		drawn := base
		drawn.Platform.Traffic = drawTraffic(t, regions)
		drawn.Platform.DNSLabel = strings.Repeat("a", 37) // the longest
		drawn.Tenants = map[string]config.Tenant{}
		for i := range rapid.IntRange(1, 12).Draw(t, "tenants") {
			models := rapid.SliceOfNDistinct(rapid.SampledFrom(shared), 1, len(shared), rapid.ID).Draw(t, "models")
			tenant := config.Tenant{Models: models, Hosts: []string{fmt.Sprintf("t%d.ai.example.com", i)}, Isolation: config.Pool}
			tenant.Gateway = rapid.IntRange(1, 3).Draw(t, "gateway")
			tenant.Enabled = rapid.IntRange(1, 5).Draw(t, "enabled") > 1
			placement := rapid.SampledFrom([]string{"everywhere", "residency", "cloud", "cloud of a residency", "regions"}).Draw(t, "placement")
			if strings.Contains(placement, "residency") {
				tenant.Residency = rapid.SampledFrom([]string{"west", "east"}).Draw(t, "residency")
			}
			if strings.Contains(placement, "cloud") {
				tenant.Regions = []string{rapid.SampledFrom([]string{"azure", "gcp"}).Draw(t, "cloud")}
			}
			if placement == "regions" {
				tenant.Regions = rapid.SliceOfNDistinct(rapid.SampledFrom(append(regions, "gcp")), 1, 5, rapid.ID).Draw(t, "regions")
			}
			drawn.Tenants[fmt.Sprintf("t%d", i)] = tenant
		}
		resolved, _ := Resolve("ai-serving", "dev", drawn) // regions may serve nobody
		checkProfiles(t, drawn, resolved)
	})
}

func drawTraffic(t *rapid.T, regions []string) config.Traffic {
	traffic := config.Traffic{
		Routing:           rapid.SampledFrom([]config.Routing{config.Performance, config.Priority, config.Weighted, config.Geographic, config.Subnet, config.MultiValue}).Draw(t, "routing"),
		Nested:            rapid.Bool().Draw(t, "nested"),
		MinChildEndpoints: rapid.IntRange(1, 2).Draw(t, "least"),
		Endpoints:         rapid.SampledFrom([]config.EndpointKind{config.AzureEndpoints, config.ExternalEndpoints, config.AddressEndpoints}).Draw(t, "endpoints"),
		Failover:          config.FastFailover,
		Places:            map[string]config.TrafficPlace{},
	}
	most := len(shared)
	if traffic.Routing == config.MultiValue {
		most = 1 // it cannot choose among profiles
	}
	traffic.HealthModels = rapid.SliceOfNDistinct(rapid.SampledFrom(shared), 0, most, rapid.ID).Draw(t, "health models")
	for i, key := range append([]string{"azure", "gcp"}, regions...) {
		traffic.Places[key] = config.TrafficPlace{
			Priority: (i*3)%7 + 1, Weight: i + 1, Geography: []string{"DE"}, Subnets: []string{fmt.Sprintf("192.0.2.%d/32", i)},
		}
	}
	return traffic
}

func checkProfiles(t *rapid.T, c config.Config, resolved Topology) {
	dnsNames := map[string]string{}
	byKey, registered := map[string]Profile{}, map[string]Profile{}
	for _, profile := range resolved.Profiles {
		byKey[profile.Key] = profile
		for _, part := range profile.parts() {
			if other, made := registered[part.Key]; made && !cmp.Equal(other, part) {
				t.Fatalf("two profiles have the key %s, and one only is registered\n%s", part.Key, cmp.Diff(other, part))
			}
			registered[part.Key] = part
			if other, taken := dnsNames[part.DNSName]; taken && other != part.Key || len(part.DNSName) > 63 {
				t.Fatalf("the DNS name %s of %s is too long, or that of %q", part.DNSName, part.Key, other)
			}
			dnsNames[part.DNSName] = part.Key
			checkEndpoints(t, part)
		}
	}
	for _, tenant := range resolved.Tenants {
		profile := byKey[tenant.Profile]
		if diff := cmp.Diff(tenant.Places, profile.places()); diff != "" {
			t.Fatalf("%s is served at other places than its own (-own +profile)\n%s", tenant.ID, diff)
		}
		allowed := c.Platform.Residencies[tenant.Residency]
		for _, endpoint := range profile.leaves() {
			if tenant.Residency != "" && !slices.Contains(allowed, endpoint.Place.String()) {
				t.Fatalf("%s may not be served at %s", tenant.ID, endpoint.Place)
			}
			if endpoint.Place.Cloud == Azure && endpoint.Gateway != gatewayName(endpoint.Place.Region, tenant.Gateway) {
				t.Fatalf("%s is routed to gateway %s", tenant.ID, endpoint.Gateway)
			}
		}
	}
}

// checkEndpoints holds the endpoints of one profile to what Traffic Manager asks
// of its method, and to nothing that another one asks.
func checkEndpoints(t *rapid.T, profile Profile) {
	addresses := 0
	for _, endpoint := range profile.leaves() {
		if endpoint.Kind == ByAddress {
			addresses++
		}
	}
	if addresses > 0 && addresses < len(profile.leaves()) {
		t.Fatalf("profile %s mixes addresses with names: %+v", profile.Key, profile.leaves())
	}
	for _, endpoint := range profile.Endpoints {
		switch {
		case (endpoint.Weight > 0) != (profile.Routing == Weighted),
			(len(endpoint.Geography) > 0) != (profile.Routing == Geographic),
			len(endpoint.Subnets) > 0 && profile.Routing != Subnet:
			t.Fatalf("%s routing knows the wrong things of %+v", profile.Routing, endpoint)
		case endpoint.Location == "" && endpoint.Kind != ByID:
			t.Fatalf("the endpoint %s of kind %s is nowhere", endpoint.Place, endpoint.Kind)
		case endpoint.Judge != "" && (len(endpoint.Child.Endpoints) != 1 || endpoint.Child.Probe.Workload != endpoint.Judge):
			t.Fatalf("%s is asked for %s by %+v", endpoint.Place, endpoint.Judge, endpoint.Child)
		case endpoint.Child != nil && endpoint.Judge == "" && (len(endpoint.Child.Endpoints) < 2 || endpoint.MinChildren < 1 || endpoint.MinChildren > len(endpoint.Child.Endpoints)):
			t.Fatalf("%s needs %d of %d regions", endpoint.Place, endpoint.MinChildren, len(endpoint.Child.Endpoints))
		}
	}
}

func TestMoreProfilesOrEndpointsThanTrafficManagerHoldsAreRefused(t *testing.T) {
	t.Parallel()
	var parents []Profile
	for i := range 67 {
		nested := func(cloud Cloud) Endpoint {
			return Endpoint{Place: Place{Cloud: cloud}, Kind: Nested, Child: &Profile{Key: fmt.Sprint(cloud, i)}}
		}
		parents = append(parents, Profile{Key: fmt.Sprint("p", i), Endpoints: []Endpoint{nested(Azure), nested(GCloud)}})
	}
	for name, test := range map[string]struct {
		profiles []Profile
		want     string
	}{
		"profiles, their children counted": {
			parents,
			"ai-serving:tenants: Forbidden: Traffic Manager: 201 of 200 profiles of the subscription (one for each distinct order of places, where they nest one for each cloud with several, and those of healthModels): " +
				"give tenants the same regions in the same order, or a residency, or name fewer healthModels",
		},
		"endpoints": {
			[]Profile{{Key: "wide", Endpoints: make([]Endpoint, 201)}},
			"ai-serving:tenants: Forbidden: Traffic Manager: 201 of 200 endpoints of a profile: give the tenants that have most regions fewer",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			errs := checkLimits("ai-serving", Topology{Profiles: test.profiles})
			if len(errs) != 1 || errs[0].Error() != test.want {
				t.Errorf("got  %v\nwant %s", errs, test.want)
			}
		})
	}
}

func TestFailoverTakesAsLongAsItsDocumentationSays(t *testing.T) {
	t.Parallel()
	for name, want := range map[config.Failover]int{config.FastFailover: 55, config.StandardFailover: 190} {
		if got := failovers[name].Seconds(); got != want {
			t.Errorf("%s failover takes %d s, want %d", name, got, want)
		}
	}
}
