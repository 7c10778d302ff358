package topology

import (
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ai-serving/internal/config"
	"ai-serving/internal/pathpattern"
	"ai-serving/internal/testkit/stackfile"
)

// dev resolves the stack file of that name, after edits: pairs of old and new.
func dev(t *testing.T, edits ...string) Topology {
	t.Helper()
	resolved, err := resolveDev(t, edits...)
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

func resolveDev(t *testing.T, edits ...string) (Topology, error) {
	t.Helper()
	text, err := os.ReadFile("../../Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file, err := stackfile.Read("dev", strings.NewReplacer(edits...).Replace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return Resolve("ai-serving", "dev", loaded)
}

func TestTenantsGoToTheirPlaces(t *testing.T) {
	t.Parallel()
	westeurope, regional := Place{Azure, "westeurope"}, Place{GCloud, "europe-west4"}
	pinned := "gcp-europe-west4-3aa8d0"
	resolved := dev(t)
	wantTenants := []Tenant{
		{ID: "acme", Hosts: []string{"acme.ai.example.com"}, Models: []string{"chat", "embed"}, Profile: "default", Places: []Place{westeurope, global}, Isolation: "pool", Gateway: 1, Enabled: true},
		{ID: "globex", Hosts: []string{"globex.ai.example.com"}, Models: []string{"chat"}, Profile: pinned, Places: []Place{regional, westeurope}, Isolation: "bridge", Gateway: 1, Enabled: true, owner: "globex"},
		{ID: "initech", Hosts: []string{"initech.ai.example.com"}, Models: []string{"embed"}, Profile: "default", Places: []Place{westeurope, global}, Isolation: "pool", Gateway: 1, Enabled: true},
	}
	if diff := cmp.Diff(wantTenants, resolved.Tenants, cmp.AllowUnexported(Tenant{})); diff != "" {
		t.Errorf("tenants (-want +got)\n%s", diff)
	}
	wantProfiles := []Profile{
		{
			Key: "default", DNSName: "ai-serving-dev", Routing: Performance, Probe: Probe{"default", "/healthz/default", "chat"},
			Endpoints: []Endpoint{{Place: westeurope, Kind: ByID, Gateway: "westeurope"}, {Place: global, Kind: ByName, Host: "global.gcp.ai.example.com", Location: "westeurope"}},
		},
		{
			Key: pinned, DNSName: "ai-serving-dev-" + pinned, Routing: Priority, Probe: Probe{pinned, "/healthz/" + pinned, "globex-chat"},
			Endpoints: []Endpoint{{Place: regional, Kind: ByName, Host: "europe-west4.gcp.ai.example.com", Location: "westeurope"}, {Place: westeurope, Kind: ByID, Gateway: "westeurope"}},
		},
	}
	if diff := cmp.Diff(wantProfiles, resolved.Profiles); diff != "" {
		t.Errorf("profiles (-want +got)\n%s", diff)
	}
}

func TestTheGlobalLoadBalancerLeavesOutTenantsThatNameRegions(t *testing.T) {
	t.Parallel()
	resolved := dev(t)
	if got := hostNames(resolved.GCP.Global.VirtualHosts); !slices.Equal(got, []string{"acme", "initech"}) {
		t.Errorf("the global load balancer serves %q", got)
	}
	if got := hostNames(resolved.GCP.Regions[0].LoadBalancer.VirtualHosts); !slices.Equal(got, []string{"acme", "globex", "initech"}) {
		t.Errorf("the regional load balancer serves %q", got)
	}
}

func TestBackendsAreInstanceGroupsByRegionOrEndpointGroupsByZone(t *testing.T) {
	t.Parallel()
	got := map[string][]BackendGroup{}
	for _, backend := range dev(t).GCP.Regions[0].LoadBalancer.Backends {
		got[backend.Workload.Key] = backend.Groups
	}
	want := map[string][]BackendGroup{
		"chat":        {{Key: "europe-west4-a/chat", Kind: Endpoints}, {Key: "europe-west4-b/chat", Kind: Endpoints}},
		"embed":       {{Key: "europe-west4/embed", Kind: Instances}},
		"globex-chat": {{Key: "europe-west4-a/globex-chat", Kind: Endpoints}, {Key: "europe-west4-b/globex-chat", Kind: Endpoints}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestABridgeTenantHasReplicasAndLabelsOfItsOwn(t *testing.T) {
	t.Parallel()
	resolved := dev(t)
	var own []Deployment
	for _, deployment := range resolved.GCP.Regions[0].Cluster.Deployments {
		if deployment.Workload.Tenant == "globex" {
			own = append(own, deployment)
		}
	}
	if len(own) != 1 || own[0].Namespace != "tenant-globex" || own[0].Workload.Key != "globex-chat" {
		t.Fatalf("globex has %+v", own)
	}
	want := map[string]string{
		"project": "ai-serving", "stack": "dev", "managed-by": "pulumi",
		"model": "chat", "tenant": "globex", "tier": "bridge", "cost-center": "cc-2077",
	}
	if diff := cmp.Diff(want, own[0].Workload.Labels); diff != "" {
		t.Errorf("labels (-want +got)\n%s", diff)
	}
}

func TestAnEndpointAnswersTheProbesOfItsProfiles(t *testing.T) {
	t.Parallel()
	resolved := dev(t)
	const pinned = "gcp-europe-west4-3aa8d0"
	chat, own := Probe{"default", "/healthz/default", "chat"}, Probe{pinned, "/healthz/" + pinned, "globex-chat"}
	for name, test := range map[string]struct{ got, want []Probe }{
		"gateway":                {resolved.Azure[0].Gateways[0].Probes, []Probe{chat, own}},
		"regional load balancer": {resolved.GCP.Regions[0].LoadBalancer.Probes, []Probe{own}},
		"global load balancer":   {resolved.GCP.Global.Probes, []Probe{chat}},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestNoTenantsOwnReplicasDecideForASharedPlacement(t *testing.T) {
	t.Parallel()
	resolved := dev(t, "    acme: ", "    aardvark: {models: [chat], isolation: bridge}\n    acme: ")
	if got, want := resolved.Profiles[0].Probe, (Probe{"default", "/healthz/default", "chat"}); got != want {
		t.Errorf("the default profile asks %+v, want %+v", got, want)
	}
}

func TestAPlacementOnOneCloudKeepsItsNameWhenRegionsAreAdded(t *testing.T) {
	t.Parallel()
	azureOnly := []string{"initech: {models: [embed]", "initech: {models: [embed], regions: [azure]"}
	more := append(slices.Clone(azureOnly), "      westeurope: {cidr: 10.10.0.0/16}", "      westeurope: {cidr: 10.10.0.0/16}\n      uksouth: {cidr: 10.11.0.0/16}")
	for places, edits := range map[string][]string{"[azure/westeurope]": azureOnly, "[azure/uksouth azure/westeurope]": more} {
		tenants := dev(t, edits...).Tenants
		if got := tenants[len(tenants)-1]; got.ID != "initech" || got.Profile != "nearest-azure" || fmt.Sprint(got.Places) != places {
			t.Errorf("%s has profile %s and places %s, want nearest-azure and %s", got.ID, got.Profile, got.Places, places)
		}
	}
}

func TestATenantOfAllOfGooglesCloudIsServedByItsGlobalLoadBalancer(t *testing.T) {
	t.Parallel()
	resolved := dev(t, "initech: {models: [embed]", "initech: {models: [embed], regions: [gcp]")
	initech := resolved.Tenants[2]
	if want := []Place{global}; initech.Profile != "nearest-gcp" || !slices.Equal(initech.Places, want) {
		t.Errorf("initech has profile %s and places %s, want nearest-gcp and %s", initech.Profile, initech.Places, want)
	}
	if got := hostNames(resolved.GCP.Global.VirtualHosts); !slices.Contains(got, "initech") {
		t.Errorf("the global load balancer serves %q", got)
	}
	for _, access := range resolved.Azure[0].Gateways[0].Access {
		if slices.Contains(access.Hosts, "initech.ai.example.com") {
			t.Errorf("the gateway routes initech to %s", access.Workload)
		}
	}
}

func TestACloudOfAResidencyKeepsThePlacementOfATenantThatItAloneServes(t *testing.T) {
	t.Parallel()
	resolved := dev(t,
		"    tls: none\n", "    tls: none\n    residencies: {eu: [gcp/europe-west4, azure/westeurope]}\n",
		"initech: {models: [embed]}", "initech: {models: [embed], residency: eu, regions: [gcp]}")
	initech := resolved.Tenants[2]
	if want := []Place{{GCloud, "europe-west4"}}; initech.Profile != "residency-eu-gcp" || !slices.Equal(initech.Places, want) {
		t.Errorf("initech has profile %s and places %s, want residency-eu-gcp and %s", initech.Profile, initech.Places, want)
	}
	if got := hostNames(resolved.GCP.Global.VirtualHosts); slices.Contains(got, "initech") {
		t.Errorf("the global load balancer, which answers from everywhere, serves %q", got)
	}
}

// servedAtPlaces are the load balancers that answer for a tenant of the pool.
func (t Topology) servedAtPlaces(tenant, host string) map[Place]bool {
	served := map[Place]bool{global: slices.Contains(hostNames(t.GCP.Global.VirtualHosts), tenant)}
	for _, region := range t.GCP.Regions {
		served[Place{GCloud, region.Name}] = slices.Contains(hostNames(region.LoadBalancer.VirtualHosts), tenant)
	}
	for _, region := range t.Azure {
		served[Place{Azure, region.Name}] = slices.ContainsFunc(region.Gateways[0].Access, func(a Access) bool { return slices.Contains(a.Hosts, host) })
	}
	return served
}

// docs/operations.md says how: the hosts point to the old profile until people have
// changed them, and to the new one from then on.
func TestATenantThatIsServedEverywhereMovesWithoutAGap(t *testing.T) {
	t.Parallel()
	before := dev(t, "      europe-west4: {", "      us-central1: {cidr: 10.21.0.0/16}\n      europe-west4: {")
	during := dev(t, "      europe-west4: {", "      us-central1: {cidr: 10.21.0.0/16}\n      europe-west4: {",
		"initech: {models: [embed]}", "initech: {models: [embed], regions: [gcp/us-central1, azure/westeurope, gcp]}")
	served := during.servedAtPlaces("initech", "initech.ai.example.com")
	for name, tenant := range map[string]Tenant{"old": before.Tenants[2], "new": during.Tenants[2]} {
		for _, place := range tenant.Places {
			if !served[place] {
				t.Errorf("%s, of the %s profile, does not serve the tenant", place, name)
			}
		}
	}
}

func TestTheGlobalLoadBalancerServesATenantThatHasItInItsOrder(t *testing.T) {
	t.Parallel()
	resolved := dev(t, "regions: [gcp/europe-west4, azure/westeurope]", "regions: [gcp/europe-west4, azure/westeurope, gcp]")
	globex := resolved.Tenants[1]
	want := []Place{{GCloud, "europe-west4"}, {Azure, "westeurope"}, global}
	profile := resolved.Profiles[1]
	if !slices.Equal(globex.Places, want) || profile.Key != globex.Profile || profile.Routing != Priority || !slices.Equal(profile.places(), want) {
		t.Errorf("globex has places %s, and its profile %s of %s routing %s", globex.Places, profile.Key, profile.Routing, profile.places())
	}
	for name, hosts := range map[string][]VirtualHost{"global": resolved.GCP.Global.VirtualHosts, "regional": resolved.GCP.Regions[0].LoadBalancer.VirtualHosts} {
		if got := hostNames(hosts); !slices.Contains(got, "globex") {
			t.Errorf("the %s load balancer serves %q", name, got)
		}
	}
	for name, probes := range map[string][]Probe{"global": resolved.GCP.Global.Probes, "regional": resolved.GCP.Regions[0].LoadBalancer.Probes, "gateway": resolved.Azure[0].Gateways[0].Probes} {
		if !slices.Contains(probes, profile.Probe) {
			t.Errorf("%s does not answer the probe of globex: %+v", name, probes)
		}
	}
}

func TestReplicasAreSpreadOverTheZones(t *testing.T) {
	t.Parallel()
	var got []string
	for _, group := range dev(t, "replicas: 2}", "replicas: 4}").Azure[0].ContainerGroups {
		if group.Workload.Key == "chat" {
			got = append(got, group.Name+" in "+group.Zone)
		}
	}
	want := []string{"chat-0 in 1", "chat-1 in 2", "chat-2 in 3", "chat-3 in 1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestATenantThatComesOrGoesMovesNoOther(t *testing.T) {
	t.Parallel()
	without := dev(t)
	with := dev(t, "    initech: ", "    hooli: {models: [chat]}\n    initech: ")
	for _, listener := range without.Azure[0].Gateways[0].Listeners {
		if !slices.ContainsFunc(with.Azure[0].Gateways[0].Listeners, func(l Listener) bool { return cmp.Equal(l, listener) }) {
			t.Errorf("listener %s changed when hooli came", listener.Name)
		}
	}
	if diff := cmp.Diff(without.Profiles, with.Profiles); diff != "" {
		t.Errorf("profiles changed (-without +with)\n%s", diff)
	}
	if diff := cmp.Diff(without.GCP.Regions[0].Cluster, with.GCP.Regions[0].Cluster); diff != "" {
		t.Errorf("a pooled tenant changed the cluster (-without +with)\n%s", diff)
	}
}

// unplaced is the text of an error without the places of the stack file: its lines
// move with every edit.
func unplaced(err error) string {
	if err == nil {
		return ""
	}
	return regexp.MustCompile(`(?m)^  Pulumi\.dev\.yaml:\d+:\d+: `).ReplaceAllString(err.Error(), "  ")
}

func TestMoreThanAGatewayHoldsIsRefusedWithWhatIsUsed(t *testing.T) {
	t.Parallel()
	var tenants strings.Builder
	for i := range 100 {
		fmt.Fprintf(&tenants, "    t%d: {models: [embed], hosts: [t%d.example.com]}\n", i, i)
	}
	_, err := resolveDev(t, "    initech: {models: [embed]}\n", tenants.String(), "10.20.0.0/16", "10.20.0.0/19")
	want := "stack dev has 1 error, and nothing was changed:\n" +
		"  ai-serving:azure.regions.westeurope: Forbidden: gateway westeurope: 104 of 100 active listeners (one for each tenant with hosts or replicas of its own, and again for a private frontend): " +
		`give the tenants that are new another number of "gateway"`
	if unplaced(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestAHostTooLongForTheFirewallIsRefused(t *testing.T) {
	t.Parallel()
	host := strings.Repeat("a.", 90) + "example.com"
	_, err := resolveDev(t, "    initech: {models: [embed]}", "    initech: {models: [embed], hosts: ["+host+"]}")
	want := "stack dev has 1 error, and nothing was changed:\n" +
		`  ai-serving:tenants.initech.hosts: Invalid value: "` + host + `": ` +
		"a rule of the gateways' firewall would write it in 296 characters, of at most 256: choose a shorter one"
	if unplaced(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestAFurtherGatewayTakesTheTenantsThatNameIt(t *testing.T) {
	t.Parallel()
	before := dev(t)
	after := dev(t, "    initech: {", "    hooli: {models: [chat], gateway: 2}\n    initech: {")
	gateways := after.Azure[0].Gateways
	if len(gateways) != 2 || gateways[1].Name != "westeurope-2" || gateways[1].DNSLabel != "ai-serving-dev-westeurope-2" {
		t.Fatalf("the gateways are %+v", gateways)
	}
	if diff := cmp.Diff(before.Azure[0].Gateways[0], gateways[0], cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("the first gateway changed (-before +after)\n%s", diff)
	}
	if got := gateways[1].Access; len(got) != 1 || !slices.Equal(got[0].Hosts, []string{"hooli.ai.example.com"}) {
		t.Errorf("through the second gateway, access is %+v", got)
	}
	hooli := after.Tenants[slices.IndexFunc(after.Tenants, func(tenant Tenant) bool { return tenant.ID == "hooli" })]
	profile := after.Profiles[slices.IndexFunc(after.Profiles, func(p Profile) bool { return p.Key == hooli.Profile })]
	if profile.Endpoints[0].Gateway != "westeurope-2" {
		t.Errorf("hooli's profile routes to %+v", profile.Endpoints)
	}
}

func TestADisabledTenantIsServedNowhereAndKeepsItsGateway(t *testing.T) {
	t.Parallel()
	resolved := dev(t, "isolation: bridge\n", "isolation: bridge\n      gateway: 2\n      enabled: false\n")
	if len(resolved.Azure[0].Gateways) != 2 {
		t.Fatalf("the gateways are %+v", resolved.Azure[0].Gateways)
	}
	if got := resolved.Azure[0].Gateways[1]; len(got.Listeners)+len(got.Pools)+len(got.Probes) > 0 {
		t.Errorf("its gateway still has %+v", got)
	}
	if got := hostNames(resolved.GCP.Regions[0].LoadBalancer.VirtualHosts); slices.Contains(got, "globex") {
		t.Errorf("the regional load balancer serves %q", got)
	}
	for _, workload := range resolved.Azure[0].Workloads {
		if workload.Tenant != "" {
			t.Errorf("workload %s still runs", workload.Key)
		}
	}
}

func TestTheClusterStaysWhenTheLastTenantOnKubernetesIsDisabled(t *testing.T) {
	t.Parallel()
	const disabled = "isolation: silo\n      enabled: false\n"
	cluster := dev(t, "acme: {", "acme: {enabled: false, ", "isolation: bridge\n", disabled).GCP.Regions[0].Cluster
	want := &Cluster{Pools: []NodePool{{Name: SharedNodes, MachineType: "e2-standard-4", MinNodes: 2, MaxNodes: 6, Zones: []string{"europe-west4-a", "europe-west4-b"}, DiskGiB: 100}}}
	if diff := cmp.Diff(want, cluster); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	embeddings := []string{"acme: {models: [chat, embed]", "acme: {models: [embed]", "    globex:\n      models: [chat]", "    globex:\n      models: [embed]"}
	if cluster := dev(t, embeddings...).GCP.Regions[0].Cluster; cluster != nil {
		t.Errorf("where no tenant ever runs on Kubernetes, there is %+v", cluster)
	}
}

func TestADrainedRegionGetsNoClientsAndKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	before := dev(t)
	azure := dev(t, "{cidr: 10.10.0.0/16}", "{cidr: 10.10.0.0/16, drained: true}")
	google := dev(t, "zones: [a, b]}", "zones: [a, b], drained: true}")
	drained := func(resolved Topology) map[string]bool {
		places := map[string]bool{}
		for _, profile := range resolved.Profiles {
			for _, endpoint := range profile.Endpoints {
				places[endpoint.Place.String()] = endpoint.Drained
			}
		}
		return places
	}
	if diff := cmp.Diff(map[string]bool{"azure/westeurope": true, "gcp": false, "gcp/europe-west4": false}, drained(azure)); diff != "" {
		t.Errorf("endpoints, when Azure's region is drained (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[string]bool{"azure/westeurope": false, "gcp": true, "gcp/europe-west4": true}, drained(google)); diff != "" {
		t.Errorf("endpoints, when Google's region is drained (-want +got)\n%s", diff)
	}
	if !google.GCP.Global.Backends[0].Groups[0].Drained {
		t.Error("the global load balancer goes on")
	}
	if diff := cmp.Diff(before.Azure, azure.Azure, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
		t.Errorf("what stands in Azure changed (-before +after)\n%s", diff)
	}
}

func TestAResidencyHasAProfileOfItsOwnPlacesAlone(t *testing.T) {
	t.Parallel()
	resolved := dev(t,
		"    tls: none\n", "    tls: none\n    residencies: {eu: [gcp/europe-west4, azure/westeurope]}\n",
		"initech: {models: [embed]}", "initech: {models: [embed], residency: eu}")
	profile := resolved.Profiles[slices.IndexFunc(resolved.Profiles, func(p Profile) bool { return p.Key == "residency-eu" })]
	var places []string
	for _, endpoint := range profile.Endpoints {
		places = append(places, endpoint.Place.String())
	}
	if want := []string{"azure/westeurope", "gcp/europe-west4"}; !slices.Equal(places, want) || profile.Routing != Performance {
		t.Errorf("%s routing to %q, want Performance to %q", profile.Routing, places, want)
	}
	if got := hostNames(resolved.GCP.Global.VirtualHosts); slices.Contains(got, "initech") {
		t.Errorf("the global load balancer, which answers from everywhere, serves %q", got)
	}
}

func TestATenantsOwnReplicasTakeItsBoundsAndItsStream(t *testing.T) {
	t.Parallel()
	resolved := dev(t, "isolation: bridge\n", "isolation: bridge\n      maxStreamSeconds: 900\n      replicas: {min: 3, max: 5}\n")
	groups := 0
	for _, group := range resolved.Azure[0].ContainerGroups {
		if group.Workload.Key == "globex-chat" {
			groups++
		}
	}
	i := slices.IndexFunc(resolved.GCP.Regions[0].Cluster.Deployments, func(d Deployment) bool { return d.Workload.Key == "globex-chat" })
	got := resolved.GCP.Regions[0].Cluster.Deployments[i]
	if groups != 3 || got.MinReplicas != 3 || got.MaxReplicas != 5 || got.Workload.Timeouts != timeoutsOf(900) {
		t.Errorf("%d container groups, and %+v", groups, got)
	}
	if pooled := resolved.workloadTimeouts("chat"); pooled != timeoutsOf(300) {
		t.Errorf("the pool's time-outs are %+v", pooled)
	}
}

func (t Topology) workloadTimeouts(key string) Timeouts {
	i := slices.IndexFunc(t.Azure[0].Workloads, func(w Workload) bool { return w.Key == key })
	return t.Azure[0].Workloads[i].Timeouts
}

func TestAModelOnAnEarlierModelsPathsIsNotCarriedByThePool(t *testing.T) {
	t.Parallel()
	const second = `    chat-v2:
      image: us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0
      port: 8080
      healthPath: /
      paths: [/v1/chat/*]
      azure: {containers: {cpu: 1, memoryGiB: 1}}
      gcp: {kubernetes: {cpu: 500m, memory: 1Gi}}
`
	resolved := dev(t, "    embed:", second+"    embed:", "initech: {models: [embed]}", "initech: {models: [chat-v2]}")
	got := map[string][]Route{}
	for _, listener := range resolved.Azure[0].Gateways[0].Listeners {
		got[listener.Name] = listener.Routes
	}
	want := map[string][]Route{
		PoolListener: {{Workload: "chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}}, {Workload: "embed", Paths: []pathpattern.Pattern{"/v1/embeddings"}}},
		"globex":     {{Workload: "globex-chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}}},
		"initech":    {{Workload: "chat-v2", Paths: []pathpattern.Pattern{"/v1/chat/*"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes by listener (-want +got)\n%s", diff)
	}
}

func TestModelsThatMeetInOneCaseOnlyDoNotShareTheListenerOfThePool(t *testing.T) {
	t.Parallel()
	const second = `    loud:
      image: us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0
      port: 8080
      healthPath: /
      paths: [/V1/CHAT/loud/*]
      azure: {containers: {cpu: 1, memoryGiB: 1}}
      gcp: {kubernetes: {cpu: 500m, memory: 1Gi}}
`
	resolved := dev(t, "    embed:", second+"    embed:", "initech: {models: [embed]}", "initech: {models: [loud]}")
	got := map[string][]string{}
	for _, listener := range resolved.Azure[0].Gateways[0].Listeners {
		for _, route := range listener.Routes {
			got[listener.Name] = append(got[listener.Name], route.Workload)
		}
	}
	want := map[string][]string{PoolListener: {"chat", "embed"}, "globex": {"globex-chat"}, "initech": {"loud"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("workloads by listener (-want +got)\n%s", diff)
	}
}

func TestAListenerHasOneCertificate(t *testing.T) {
	t.Parallel()
	resolved := dev(t,
		"    tls: none\n", "    tls: certificates\n",
		"  ai-serving:azure:\n", `  ai-serving:azure:
    identity: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/a/providers/Microsoft.ManagedIdentity/userAssignedIdentities/gateways
    certificates:
      wildcard: {hosts: ['*.ai.example.com'], secret: 'https://serving.vault.azure.net/secrets/wildcard'}
      globex: {hosts: [chat.globex.com], secret: 'https://serving.vault.azure.net/secrets/globex'}
`,
		"  ai-serving:gcp:\n", "  ai-serving:gcp:\n    certificateMap: projects/ai-serving-dev/locations/global/certificateMaps/all\n",
		"zones: [a, b]}", "zones: [a, b], certificates: [projects/ai-serving-dev/locations/europe-west4/certificates/all]}",
		"isolation: bridge\n", "isolation: bridge\n      hosts: [globex.ai.example.com, chat.globex.com]\n")
	got := map[string]string{}
	for _, listener := range resolved.Azure[0].Gateways[0].Listeners {
		got[listener.Name] = listener.Certificate + " for " + strings.Join(listener.Hosts, " ")
	}
	want := map[string]string{
		PoolListener:      "wildcard for *.ai.example.com",
		"globex.globex":   "globex for chat.globex.com",
		"globex.wildcard": "wildcard for globex.ai.example.com",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("certificates by listener (-want +got)\n%s", diff)
	}
}

func TestARegionThatServesNobodyIsRefused(t *testing.T) {
	t.Parallel()
	_, err := resolveDev(t,
		"      westeurope: {cidr: 10.10.0.0/16}", "      westeurope: {cidr: 10.10.0.0/16}\n      uksouth: {cidr: 10.11.0.0/16}",
		"acme: {", "acme: {regions: [azure/westeurope], ", "initech: {", "initech: {regions: [azure/westeurope], ",
		"    globex:\n      models: [chat]\n      regions: [gcp/europe-west4, azure/westeurope]", "    globex:\n      models: [chat]\n      regions: [azure/westeurope]")
	want := "stack dev has 2 errors, and nothing was changed:\n" +
		`  ai-serving:azure.regions.uksouth: Invalid value: "uksouth": serves no tenant: add it to the "regions" of one, or take it out` + "\n" +
		`  ai-serving:gcp.regions.europe-west4: Invalid value: "europe-west4": serves no tenant: add it to the "regions" of one, or take it out`
	if unplaced(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestAnAddressSpaceTooSmallForItsMachinesIsRefused(t *testing.T) {
	t.Parallel()
	_, err := resolveDev(t,
		"{cidr: 10.20.0.0/16, zones: [a, b]}", "{cidr: 10.20.0.0/19, zones: [a, b], nodes: {count: {min: 1, max: 16}}}",
		"{cidr: 10.10.0.0/16}", "{cidr: 10.10.0.0/22}")
	want := "stack dev has 1 error, and nothing was changed:\n" +
		"  ai-serving:gcp.regions.europe-west4.cidr: Forbidden: gcp/europe-west4: 17 of 16 nodes that the range of the pods has room for: " +
		"give the region a larger address space, or lower the maxima"
	if unplaced(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestSubnetsAreDisjointPartsOfTheirSpace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		azure := azureNetwork(space(t, 12, 22))
		disjointParts(t, azure.VirtualNetwork, azure.Gateways, azure.Machines, containerSpace(azure.VirtualNetwork))
		whole := space(t, 12, 19)
		google := gcpNetwork(whole)
		disjointParts(t, whole, google.Nodes, google.Pods, google.Services, google.ProxyOnly, google.ControlPlane)
	})
}

func space(t *rapid.T, largest, smallest int) netip.Prefix {
	bits := rapid.IntRange(largest, smallest).Draw(t, "bits")
	second := rapid.Byte().Draw(t, "second")
	third := rapid.Byte().Draw(t, "third")
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, second, third, 0}), bits).Masked()
}

func disjointParts(t *rapid.T, whole netip.Prefix, parts ...netip.Prefix) {
	for i, part := range parts {
		if part != part.Masked() || !whole.Contains(part.Addr()) || part.Bits() <= whole.Bits() {
			t.Fatalf("%s is no part of %s", part, whole)
		}
		for _, other := range parts[:i] {
			if part.Overlaps(other) {
				t.Fatalf("%s and %s of %s overlap", part, other, whole)
			}
		}
	}
}

func TestEachLinkOfTheTimeoutsOutlastsTheOneBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		stream := rapid.IntRange(1, 3600).Draw(t, "stream")
		chain := timeoutsOf(stream)
		if chain.Backend <= chain.Stream || chain.Drain < chain.Stream || chain.Grace <= chain.PreStop+chain.Stream || chain.Drain > maxDrain {
			t.Fatalf("%+v", chain)
		}
	})
}

func TestSlotsAreOfOneNameEachAndInBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,8}`), 1, 99, rapid.ID).Draw(t, "names")
		const first, count = 2, 99
		seen := map[int]string{}
		for name, slot := range slots(names, first, count) {
			if other, taken := seen[slot]; taken || slot < first || slot >= first+count {
				t.Fatalf("%s has %d, as has %q", name, slot, other)
			}
			seen[slot] = name
		}
	})
}

func hostNames(hosts []VirtualHost) []string {
	names := make([]string, len(hosts))
	for i, host := range hosts {
		names[i] = host.Name
	}
	return names
}

func TestTenantsOfOneProfileHaveTheSameGateways(t *testing.T) {
	t.Parallel()
	profile := Profile{Key: "same", Endpoints: []Endpoint{{Place: Place{Azure, "westeurope"}, Gateway: "westeurope-2"}}}
	for number, want := range map[int]bool{1: false, 2: true} {
		if got := leadsTo(profile, Tenant{Places: []Place{{Azure, "westeurope"}}, Gateway: number}); got != want {
			t.Errorf("a profile of gateway 2 routes to a tenant of gateway %d: %t", number, got)
		}
	}
}

func TestAProfileIsClosedWhileAllItsTenantsAreDisabled(t *testing.T) {
	t.Parallel()
	resolved := dev(t, "isolation: bridge\n", "isolation: bridge\n      enabled: false\n")
	if len(resolved.Profiles) != 2 {
		t.Fatalf("the profiles are %+v", resolved.Profiles)
	}
	for _, endpoint := range resolved.Profiles[1].Endpoints {
		if !endpoint.Drained {
			t.Errorf("the profile still routes to %s", endpoint.Place)
		}
	}
	for _, region := range resolved.GCP.Regions {
		if len(region.LoadBalancer.Probes) > 0 {
			t.Errorf("%s still answers %+v", region.Name, region.LoadBalancer.Probes)
		}
	}
}

func TestAStackWhoseTenantsAreAllDisabledKeepsItsProfilesAndGateways(t *testing.T) {
	t.Parallel()
	resolved := dev(t, "{models: [chat, embed], ", "{enabled: false, models: [chat, embed], ", "isolation: bridge\n", "isolation: bridge\n      enabled: false\n", "initech: {", "initech: {enabled: false, ")
	if len(resolved.Profiles) != 2 || len(resolved.Azure[0].Gateways) != 1 || len(resolved.Azure[0].Workloads) != 0 {
		t.Errorf("it has %+v, %+v", resolved.Profiles, resolved.Azure[0])
	}
}

func TestTenantsOfOneProfileHaveTheSamePlaces(t *testing.T) {
	t.Parallel()
	here, there := Place{Azure, "westeurope"}, Place{GCloud, "europe-west4"}
	errs := checkPlacements("ai-serving", Topology{
		Profiles: []Profile{{Key: "same", Endpoints: []Endpoint{{Place: here}}}},
		Tenants:  []Tenant{{ID: "acme", Profile: "same", Places: []Place{here}, Enabled: true}, {ID: "globex", Profile: "same", Places: []Place{there}, Enabled: true}},
	})
	want := `ai-serving:tenants.globex: Invalid value: "[gcp/europe-west4]": ` +
		`the places would share the name "same" with others: list one region more or less, or rename the residency`
	if len(errs) != 1 || errs[0].Error() != want {
		t.Errorf("got  %v\nwant %s", errs, want)
	}
}

// An interface that a machine of another team has cannot be deleted.
func TestADisabledTenantKeepsItsNetworkInterfacesAndTheirPool(t *testing.T) {
	t.Parallel()
	onMachines := []string{
		"        containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}\n", "        containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}\n        networkInterfaces: [gpu-b]\n",
		"isolation: bridge\n", "isolation: bridge\n      enabled: true\n",
	}
	before := dev(t, onMachines...).Azure[0]
	after := dev(t, slices.Concat(onMachines[:3], []string{"isolation: bridge\n      enabled: false\n"})...).Azure[0]
	if diff := cmp.Diff(before.NetworkInterfaces, after.NetworkInterfaces); diff != "" {
		t.Errorf("network interfaces (-before +after):\n%s", diff)
	}
	i := slices.IndexFunc(after.NetworkInterfaces, func(n NetworkInterface) bool { return n.Name == "globex-chat.gpu-b" })
	if i < 0 || !slices.Equal(after.NetworkInterfaces[i].Gateways, []string{"westeurope"}) {
		t.Fatalf("the tenant's interface is not in its pool: %+v", after.NetworkInterfaces)
	}
	gateway := after.Gateways[0]
	if diff := cmp.Diff(before.Gateways[0].Pools, gateway.Pools); diff != "" {
		t.Errorf("pools (-before +after):\n%s", diff)
	}
	for _, listener := range gateway.Listeners {
		for _, route := range listener.Routes {
			if route.Workload == "globex-chat" {
				t.Errorf("listener %s routes to %s", listener.Name, route.Workload)
			}
		}
	}
	for _, access := range gateway.Access {
		if slices.Contains(access.Hosts, "globex.ai.example.com") {
			t.Errorf("the tenant's host may use %s", access.Workload)
		}
	}
	for _, group := range after.ContainerGroups {
		if group.Workload.Tenant != "" {
			t.Errorf("container group %s still runs", group.Name)
		}
	}
}

func TestTheInterfacesOfTheLastTenantOfTheirModelStayWhenItIsDisabled(t *testing.T) {
	t.Parallel()
	region := dev(t, "{models: [chat, embed], ", "{enabled: false, models: [chat, embed], ", "initech: {", "initech: {enabled: false, ").Azure[0]
	if len(region.NetworkInterfaces) != 1 || region.NetworkInterfaces[0].Name != "embed.gpu-a" {
		t.Errorf("network interfaces %+v", region.NetworkInterfaces)
	}
	if !slices.ContainsFunc(region.Gateways[0].Pools, func(w Workload) bool { return w.Key == "embed" }) {
		t.Errorf("pools %+v", region.Gateways[0].Pools)
	}
}

// The gateway is written after the firewall policies. So a policy admits a tenant to the
// pool's replicas before the tenant enters the pool, and still does after it has left.
func TestATenantWithItsOwnReplicasIsAdmittedToThePoolsOfTheSameModel(t *testing.T) {
	t.Parallel()
	admitted := func(resolved Topology, workload string) []string {
		for _, access := range resolved.Azure[0].Gateways[0].Access {
			if access.Workload == workload {
				return access.Hosts
			}
		}
		return nil
	}
	for name, test := range map[string]struct {
		edits       []string
		chat, embed []string
	}{
		"a tenant of one model": {nil, []string{"acme.ai.example.com", "globex.ai.example.com"}, []string{"acme.ai.example.com", "initech.ai.example.com"}},
		"a disabled tenant": {
			[]string{"isolation: bridge", "isolation: bridge\n      enabled: false"},
			[]string{"acme.ai.example.com"},
			[]string{"acme.ai.example.com", "initech.ai.example.com"},
		},
		"a model that no tenant of the pool has": {
			[]string{"acme: {models: [chat, embed]", "acme: {models: [embed]"},
			nil,
			[]string{"acme.ai.example.com", "initech.ai.example.com"},
		},
	} {
		resolved := dev(t, test.edits...)
		if got := admitted(resolved, "chat"); !slices.Equal(got, test.chat) {
			t.Errorf("%s: chat admits %q, want %q", name, got, test.chat)
		}
		if got := admitted(resolved, "embed"); !slices.Equal(got, test.embed) {
			t.Errorf("%s: embed admits %q, want %q", name, got, test.embed)
		}
	}
}
