package main

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit"
)

// voter is an endpoint of a profile as Traffic Manager finds it healthy or not: by what
// its load balancer answers for a workload, or by how many endpoints of another profile
// are healthy.
type voter struct {
	place  string
	asked  workload
	voters []voter // of the other profile
	least  int     // of them that have to be healthy
}

// outage is a workload without a healthy replica at a place.
type outage struct {
	place string
	workload
}

func (v voter) healthy(lost outage) bool {
	if v.voters == nil {
		return lost != outage{v.place, v.asked}
	}
	return len(healthy(v.voters, lost)) >= v.least
}

// healthy are the voters that Traffic Manager chooses among.
func healthy(voters []voter, lost outage) []voter {
	return slices.DeleteFunc(slices.Clone(voters), func(v voter) bool { return !v.healthy(lost) })
}

// answered are the places that a profile answers with, sorted.
func answered(voters []voter, lost outage) []string {
	var places []string
	for _, v := range healthy(voters, lost) {
		if v.voters == nil {
			places = append(places, v.place)
			continue
		}
		places = append(places, answered(v.voters, lost)...)
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// outages are the workloads that some voter asks for.
func outages(voters []voter) []outage {
	var all []outage
	for _, v := range voters {
		if v.voters == nil {
			all = append(all, outage{v.place, v.asked})
			continue
		}
		all = append(all, outages(v.voters)...)
	}
	return all
}

// voters of a profile. What a probe asks for that no workload answers is a fault already.
func (a *audit) voters(d directory, profile testkit.Resource) []voter {
	var all []voter
	for _, entry := range list(profile.Inputs["endpoints"]) {
		entry := object(entry)
		if strings.HasSuffix(entry["type"].StringValue(), "/nestedEndpoints") {
			if enabled(entry) {
				child := d.profiles[entry["targetResourceId"].StringValue()]
				all = append(all, voter{voters: a.voters(d, child), least: int(entry["minChildEndpoints"].NumberValue())})
			}
			continue
		}
		found, err := d.endpoint(entry, probeOf(profile))
		if err != nil {
			a.fault("%v", err)
			continue
		}
		for _, one := range found {
			asked, _ := a.asked(one.balancer, one.probe)
			all = append(all, voter{place: one.place, asked: asked})
		}
	}
	return all
}

func enabled(endpoint resource.PropertyMap) bool {
	status := endpoint["endpointStatus"]
	return !status.IsString() || status.StringValue() == "Enabled"
}

// judges are the health models that enabled tenants share, of those whose hosts are aliases
// of one profile.
func (a *audit) judges(cname string) []workload {
	var judges []workload
	for _, model := range slices.Sorted(slices.Values(a.Platform.Traffic.HealthModels)) {
		if slices.ContainsFunc(a.tenants(), func(id string) bool {
			return a.Tenants[id].Enabled && a.cname(id) == cname && a.Tenants[id].Isolation == config.Pool && slices.Contains(a.Tenants[id].Models, model)
		}) {
			judges = append(judges, workload{"", model})
		}
	}
	return judges
}

// health holds the profile of a tenant to leave out a place exactly if one of the models
// is lost there that have to answer, and to keep the others: one workload stands for all
// where no model has to.
func (a *audit) health(id string, voters []voter) {
	wanted := a.judges(a.cname(id))
	all := answered(voters, outage{})
	deciding := map[string][]workload{}
	for _, lost := range outages(voters) {
		left := answered(voters, lost)
		if slices.Contains(left, lost.place) {
			continue
		}
		deciding[lost.place] = append(deciding[lost.place], lost.workload)
		for _, place := range all {
			if place != lost.place && !slices.Contains(left, place) && !a.lostTogether(id, place, lost.place) {
				a.fault("%s is not routed to %s when %s is lost at %s", id, place, lost.workload, lost.place)
			}
		}
	}
	for _, place := range all {
		got := slices.CompactFunc(slices.SortedFunc(slices.Values(deciding[place]), func(v, w workload) int {
			return strings.Compare(v.String(), w.String())
		}), func(v, w workload) bool { return v == w })
		if len(wanted) == 0 && len(got) == 1 {
			continue
		}
		if !slices.Equal(got, wanted) {
			a.fault("%s is routed to %s as long as %v answer, and not %v", id, place, got, wanted)
		}
	}
}

// lostTogether says whether two places are of a cloud that needs several regions.
func (a *audit) lostTogether(id, place, other string) bool {
	cloud, _, _ := strings.Cut(place, "/")
	return a.Platform.Traffic.Nested && !a.ordered(id) && a.Platform.Traffic.MinChildEndpoints > 1 && strings.HasPrefix(other, cloud+"/")
}
