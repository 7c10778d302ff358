package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/internal/testkit"
	"ai-serving/internal/testkit/edge"
)

// directory finds what DNS answers with: profiles and load balancers.
type directory struct {
	profiles map[string]testkit.Resource // by id and by DNS name
	// balancers are by the id, the address and the DNS names of a frontend.
	balancers map[string]balancer
	records   map[string]string // of the team's zone: values by name
}

func (a *audit) directory() directory {
	d := directory{profiles: map[string]testkit.Resource{}, balancers: map[string]balancer{}, records: map[string]string{}}
	for _, profile := range a.recording.OfType("azure-native:network:Profile") {
		d.profiles[profile.ID] = profile
		d.profiles[object(profile.Outputs["dnsConfig"])["fqdn"].StringValue()] = profile
	}
	for _, at := range a.balancers {
		if at.address != "" {
			d.balancers[at.address] = at
		}
	}
	for _, address := range a.recording.OfType("azure-native:network:PublicIPAddress") {
		if at, found := d.balancers[address.ID]; found {
			d.balancers[address.Outputs["ipAddress"].StringValue()] = at
			d.balancers[object(address.Outputs["dnsSettings"])["fqdn"].StringValue()] = at
		}
	}
	for _, record := range list(a.recording.Outputs["dns_records"]) {
		d.records[object(record)["name"].StringValue()] = object(record)["value"].StringValue()
	}
	return d
}

// endpoint is a load balancer that a profile may answer with, and what it is asked
// to find out whether it is well.
type endpoint struct {
	balancer
	probe edge.Request
}

// endpoints of a profile, those of nested profiles in the place of them, in the
// order of their priorities where they have some.
func (d directory) endpoints(profile testkit.Resource) ([]endpoint, error) {
	entries := list(profile.Inputs["endpoints"])
	slices.SortStableFunc(entries, func(a, b resource.PropertyValue) int { return priority(a) - priority(b) })
	var all []endpoint
	for _, entry := range entries {
		found, err := d.endpoint(object(entry), probeOf(profile))
		if err != nil {
			return nil, fmt.Errorf("profile %q: endpoint %v: %w", profile.Name, entry, err)
		}
		all = append(all, found...)
	}
	return all, nil
}

func priority(entry resource.PropertyValue) int {
	if value := object(entry)["priority"]; value.IsNumber() {
		return int(value.NumberValue())
	}
	return 0
}

func (d directory) endpoint(entry resource.PropertyMap, probe edge.Request) ([]endpoint, error) {
	if !enabled(entry) {
		return nil, nil
	}
	target := entry["targetResourceId"]
	if !target.IsString() {
		target = entry["target"]
	}
	name := target.StringValue()
	if strings.HasSuffix(entry["type"].StringValue(), "/nestedEndpoints") {
		return d.endpoints(d.profiles[name])
	}
	if value, recorded := d.records[name]; recorded {
		name = value
	}
	at, found := d.balancers[name]
	if !found {
		return nil, fmt.Errorf("no load balancer is %q", name)
	}
	return []endpoint{{at, probe}}, nil
}

// probeOf is the request that a profile asks each of its endpoints.
func probeOf(profile testkit.Resource) edge.Request {
	monitor := object(profile.Inputs["monitorConfig"])
	request := edge.Request{Scheme: strings.ToLower(monitor["protocol"].StringValue()), Path: monitor["path"].StringValue()}
	for _, header := range list(monitor["customHeaders"]) {
		if object(header)["name"].StringValue() == "Host" {
			request.Host = object(header)["value"].StringValue()
		}
	}
	return request
}

// profiles holds each tenant's hosts to resolve, by DNS, to its places alone, and to all
// of them that are not drained: what is lost of them, the others stay.
func (a *audit) profiles() {
	d, voters := a.directory(), map[string][]voter{}
	for _, id := range a.tenants() {
		if !a.Tenants[id].Enabled {
			continue
		}
		name := a.cname(id)
		for _, host := range a.Tenants[id].Hosts {
			if d.records[host] != name {
				a.fault("the record of %s routes to %q, not to %q", host, d.records[host], name)
			}
		}
		endpoints, err := d.endpoints(d.profiles[name])
		if err != nil {
			a.fault("%s: %v", id, err)
			continue
		}
		a.placement(id, endpoints)
		for _, endpoint := range endpoints {
			for _, frontend := range a.frontendsOf(endpoint.balancer) {
				a.probe(id, frontend, endpoint.probe)
			}
		}
		if voters[name] == nil {
			voters[name] = a.voters(d, d.profiles[name])
			a.health(id, voters[name])
		}
	}
}

// cname is what the records of a tenant's hosts are to name.
func (a *audit) cname(id string) string {
	return object(object(a.recording.Outputs["tenants"])[resource.PropertyKey(id)])["cname"].StringValue()
}

func (a *audit) placement(id string, endpoints []endpoint) {
	var got []string
	for _, endpoint := range endpoints {
		got = append(got, endpoint.place)
		if endpoint.cloud() == "azure" && endpoint.gateway != a.Tenants[id].Gateway {
			a.fault("%s is routed to %s, and is served by gateway %d", id, endpoint.name, a.Tenants[id].Gateway)
		}
	}
	wanted := slices.DeleteFunc(slices.Clone(a.places(id)), a.drained)
	got = slices.Compact(got) // a place that profiles ask for a model each
	if !a.ordered(id) {
		slices.Sort(got)
		slices.Sort(wanted)
	}
	if !slices.Equal(got, wanted) {
		a.fault("%s is routed to %q, and is to be served at %q", id, got, wanted)
	}
	for _, place := range got {
		if residency := a.Tenants[id].Residency; residency != "" && !slices.Contains(a.Platform.Residencies[residency], place) {
			a.fault("%s is routed to %s, out of its residency %s", id, place, residency)
		}
	}
}

// frontendsOf are a load balancer's: a gateway's private one answers probes as the
// public one does, to whoever asks inside the network.
func (a *audit) frontendsOf(one balancer) []balancer {
	return slices.DeleteFunc(slices.Clone(a.balancers), func(other balancer) bool { return other.name != one.name })
}

// probe holds a frontend to ask the replicas of some workload for the health path
// of their model.
func (a *audit) probe(id string, at balancer, probe edge.Request) {
	answer, ok := a.ask(at, probe.Scheme, probe.Host, probe.Path)
	if !ok {
		return
	}
	if answer.Status != 0 || len(answer.Backends) != 1 {
		a.fault("%s: the probe %s of %s is answered with status %d by [%s]", at.name, probe.Path, id, answer.Status, a.named(at, answer))
		return
	}
	if lie := answer.Forwarded.Header.Get(tenantHeader); lie != "" {
		a.fault("%s: the probe %s of %s arrives as a request of %q", at.name, probe.Path, id, lie)
	}
	if _, known := a.serving(at, answer); !known {
		a.fault("%s: the probe %s of %s asks %q for %s", at.name, probe.Path, id, a.members(answer.Backends[0]), answer.Forwarded.Path)
	}
}

// asked is the workload that a frontend asks for its health when it is probed.
func (a *audit) asked(at balancer, probe edge.Request) (workload, bool) {
	answer, ok := a.ask(at, probe.Scheme, probe.Host, probe.Path)
	if !ok || len(answer.Backends) != 1 {
		return workload{}, false
	}
	return a.serving(at, answer)
}

// serving is the workload whose replicas are asked for the health path of their model.
func (a *audit) serving(at balancer, answer edge.Answer) (workload, bool) {
	members := a.members(answer.Backends[0])
	for model, entry := range a.Models {
		for _, owner := range append(a.tenants(), "") {
			replicas := a.fleet.at(at.place, workload{owner, model})
			if len(members) > 0 && slices.Equal(members, replicas) && answer.Forwarded.Path == entry.HealthPath {
				return workload{owner, model}, true
			}
		}
	}
	return workload{}, false
}
