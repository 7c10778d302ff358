package topology

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// asked lists what a profile asks for at each of its places: "<place> <judges>", where the
// place needs all of them.
func asked(p Profile) []string {
	var all []string
	for _, endpoint := range p.Endpoints {
		switch {
		case endpoint.Child == nil:
			all = append(all, endpoint.Place.String()+" "+p.Probe.Workload)
		case endpoint.MinChildren == len(endpoint.Child.Endpoints) && endpoint.Child.Endpoints[0].Judge != "":
			var judges []string
			for _, one := range endpoint.Child.Endpoints {
				judges = append(judges, one.Child.Probe.Workload)
			}
			all = append(all, endpoint.Place.String()+" "+strings.Join(judges, "+"))
		default:
			all = append(all, asked(*endpoint.Child)...)
		}
	}
	return all
}

func TestAPlaceIsHealthyWhenAllHealthModelsThatItsTenantsShareAre(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		models string
		edits  []string
		want   []string
	}{
		"none named: the first by name":  {"", nil, []string{"azure/westeurope chat", "gcp chat"}},
		"one":                            {"[embed]", nil, []string{"azure/westeurope embed", "gcp embed"}},
		"two":                            {"[embed, chat]", nil, []string{"azure/westeurope chat+embed", "gcp chat+embed"}},
		"one that no tenant shares":      {"[chat]", []string{"acme: {models: [chat, embed]", "acme: {models: [embed]"}, []string{"azure/westeurope embed", "gcp embed"}},
		"two, of which one has a tenant": {"[chat, embed]", []string{"acme: {models: [chat, embed]", "acme: {models: [embed]"}, []string{"azure/westeurope embed", "gcp embed"}},
		"two, of disabled tenants": {
			"[chat, embed]", []string{"costCenter: CC-1042}", "costCenter: CC-1042, enabled: false}"}, []string{"azure/westeurope embed", "gcp embed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edits := test.edits
			if test.models != "" {
				edits = append(edits, "    tls: none\n", "    tls: none\n    traffic: {healthModels: "+test.models+"}\n")
			}
			got := profileOf(t, dev(t, edits...), "acme")
			if diff := cmp.Diff(test.want, asked(got)); diff != "" {
				t.Errorf("asked (-want +got)\n%s", diff)
			}
		})
	}
}

// TestLoadBalancersAnswerForEveryHealthModel: each profile asks for a path that the load
// balancers of its places answer.
func TestLoadBalancersAnswerForEveryHealthModel(t *testing.T) {
	t.Parallel()
	resolved := dev(t, "    tls: none\n", "    tls: none\n    traffic: {healthModels: [chat, embed]}\n")
	want := []Probe{
		{Name: "default", Path: "/healthz/default", Workload: "chat"},
		{Name: "model-chat", Path: "/healthz/model-chat", Workload: "chat"},
		{Name: "model-embed", Path: "/healthz/model-embed", Workload: "embed"},
	}
	if diff := cmp.Diff(want, resolved.GCP.Global.Probes); diff != "" {
		t.Errorf("the global load balancer answers (-want +got)\n%s", diff)
	}
	for _, probe := range want {
		if !slices.Contains(resolved.Azure[0].Gateways[0].Probes, probe) {
			t.Errorf("the gateway of %s does not answer %s", resolved.Azure[0].Name, probe.Path)
		}
	}
}

// TestJudgesNeedEveryOneOfThem: a place is answered if and only if all of its judges are
// healthy, under any number of them and in either cloud.
func TestJudgesNeedEveryOneOfThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		judges := slices.Sorted(slices.Values(rapid.SliceOfNDistinct(rapid.StringMatching("[a-z][a-z0-9-]{0,18}[a-z0-9]"), 1, 6, rapid.ID).Draw(t, "judges")))
		healthy := map[string]bool{}
		for _, judge := range judges {
			healthy[judge] = rapid.Bool().Draw(t, judge)
		}
		place := rapid.SampledFrom([]Endpoint{
			{Place: Place{Azure, "westeurope"}, Gateway: "westeurope-2", Kind: ByID},
			{Place: Place{GCloud, "europe-west4"}, Host: "host", Location: "westeurope", Kind: ByName},
			{Place: global, Host: "host", Location: "westeurope", Kind: ByName},
		}).Draw(t, "place")
		profile := Profile{Key: "it", Probe: Probe{Workload: judges[0]}, Endpoints: []Endpoint{resolver{}.judged(place, judges)}}
		all := !slices.ContainsFunc(judges, func(judge string) bool { return !healthy[judge] })
		if got := answers(profile, healthy) == 1; got != all {
			t.Fatalf("%v: the place is answered: %t, want %t", healthy, got, all)
		}
		if leaves := profile.leaves(); len(leaves) != 1 || leaves[0].Place != place.Place || leaves[0].Gateway != place.Gateway {
			t.Fatalf("the profile answers with %v", leaves)
		}
		if want := 1 + map[bool]int{true: 1 + len(judges)}[len(judges) > 1]; len(profile.parts()) != want {
			t.Fatalf("%d profiles, want %d", len(profile.parts()), want)
		}
	})
}

// answers is how many endpoints of a profile are healthy, as Traffic Manager counts them.
func answers(p Profile, healthy map[string]bool) (count int) {
	for _, endpoint := range p.Endpoints {
		switch {
		case endpoint.Child == nil && healthy[p.Probe.Workload]:
			count++
		case endpoint.Child != nil && answers(*endpoint.Child, healthy) >= endpoint.MinChildren:
			count++
		}
	}
	return count
}

func TestPlacementsShareTheProfilesOfAPlace(t *testing.T) {
	t.Parallel()
	count := func(tenants int) int {
		edits := []string{"    tls: none\n", "    tls: none\n    traffic: {healthModels: [chat, embed]}\n"}
		entries := "    initech: {models: [embed]}\n"
		more := entries
		for i := range tenants {
			more += fmt.Sprintf("    more%d: {models: [chat, embed], regions: [azure/westeurope, gcp]}\n", i)
		}
		parts := map[string]bool{}
		for _, profile := range dev(t, append(edits, entries, more)...).Profiles {
			for key := range profile.parts() {
				parts[key] = true
			}
		}
		return len(parts)
	}
	none, one, ten := count(0), count(1), count(10)
	if one != none+1 || ten != one {
		t.Errorf("%d profiles, %d with a tenant that orders the places, %d with ten: want one more, and no more", none, one, ten)
	}
}

// TestAThousandTenantsOfThePoolShareTheProfilesOfTheirPlaces: what healthModels cost
// depends on the places, the gateways and the models, and not on how many tenants there are.
func TestAThousandTenantsOfThePoolShareTheProfilesOfTheirPlaces(t *testing.T) {
	t.Parallel()
	few, many := partsOfMany(t, 3), partsOfMany(t, 1000)
	// Its placement's, and of each of its two places one that needs both models and one for each.
	if few != 7 || many != few {
		t.Errorf("3 tenants need %d profiles and 1,000 need %d, want 7 of both", few, many)
	}
}

// partsOfMany counts the profiles of so many tenants with two health models.
func partsOfMany(t *testing.T, tenants int) int {
	t.Helper()
	resolved, err := resolveMany(t, tenants, pooledEntry(1000), "    tls: none\n", "    tls: none\n    traffic: {healthModels: [chat, embed]}\n")
	if err != nil {
		t.Fatal(unplaced(err))
	}
	parts := map[string]Profile{}
	for _, profile := range resolved.Profiles {
		maps.Copy(parts, profile.parts())
	}
	return len(parts)
}

// TestJudgesWithHyphensAreToldApart: the names of models may have hyphens, and what joins
// them has one too.
func TestJudgesWithHyphensAreToldApart(t *testing.T) {
	t.Parallel()
	place := Endpoint{Place: Place{Azure, "westus"}, Gateway: "westus", Kind: ByID}
	key := func(judges ...string) string { return resolver{}.judged(place, judges).Child.Key }
	if one, other := key("a", "b-c"), key("a-b", "c"); one == other {
		t.Errorf("both have the key %s", one)
	}
}
