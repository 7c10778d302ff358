package main

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit"
	"ai-serving/internal/testkit/edge"
)

// balancer is a load balancer's frontend at a place.
type balancer struct {
	name string
	// place is "azure/<region>", "gcp/<region>", or "gcp" for the global one.
	place string
	// gateway is the number of a gateway, 0 for Google's.
	gateway int
	// address is that of the frontend: the id of a public one of Azure's, or "" for
	// a private one's; of Google's, the address itself.
	address string
	answer  func(edge.Request) (edge.Answer, error)
	parts   []string
	buckets func(edge.Backend) bool
}

func (b balancer) cloud() string {
	cloud, _, _ := strings.Cut(b.place, "/")
	return cloud
}

// balancersOf are all frontends of a recording.
func balancersOf(recording *testkit.Recording) ([]balancer, error) {
	gateways, errAzure := edge.Gateways(recording)
	google, errGoogle := edge.LoadBalancers(recording)
	if err := errors.Join(errAzure, errGoogle); err != nil {
		return nil, err
	}
	var all []balancer
	for _, gateway := range gateways {
		number := 1
		if suffix := strings.TrimPrefix(gateway.Name, gateway.Location); suffix != "" {
			number, _ = strconv.Atoi(strings.TrimPrefix(suffix, "-"))
		}
		public, id := gateway.PublicIP()
		for _, frontend := range gateway.Frontends() {
			at := balancer{
				name: "gateway " + gateway.Name, place: "azure/" + gateway.Location, gateway: number,
				answer:  func(request edge.Request) (edge.Answer, error) { return gateway.Answer(frontend, request) },
				parts:   gateway.Parts(),
				buckets: func(edge.Backend) bool { return false },
			}
			if frontend == public {
				at.address = id
			}
			all = append(all, at)
		}
	}
	for _, lb := range google {
		place := strings.TrimSuffix("gcp/"+lb.Region, "/")
		all = append(all, balancer{
			name: "load balancer of " + place, place: place, address: lb.Address,
			answer: lb.Answer, parts: lb.Parts(), buckets: lb.IsBucket,
		})
	}
	return all, nil
}

// audit asks every load balancer of a stack for every tenant's hosts and for others,
// and gathers what is not as the stack file says.
type audit struct {
	oracle
	fleet     *fleet
	balancers []balancer
	recording *testkit.Recording
	faults    []string
	// used are the parts of each load balancer's documents that decided about some
	// request.
	used map[string]map[string]bool
	// limits say whose each rate limit is.
	limits map[string]string
	// spares says that the requests that nobody expects to be served are sampled.
	spares bool
}

func newAudit(settings config.Config, recording *testkit.Recording) (*audit, error) {
	asked := oracle{settings}
	fleet, err := newFleet(recording, asked.drained)
	if err != nil {
		return nil, err
	}
	balancers, err := balancersOf(recording)
	if err != nil {
		return nil, err
	}
	return &audit{
		oracle: asked, fleet: fleet, balancers: balancers, recording: recording,
		used: map[string]map[string]bool{}, limits: map[string]string{},
	}, nil
}

func (a *audit) run() {
	for _, at := range a.balancers {
		if a.used[at.name] == nil {
			a.used[at.name] = map[string]bool{}
		}
		for _, id := range a.tenants() {
			a.tenant(id, at)
		}
		a.strangers(at)
	}
	a.profiles()
	a.pods()
	a.agreement()
}

func (a *audit) fault(format string, args ...any) {
	a.faults = append(a.faults, fmt.Sprintf(format, args...))
}

// scheme is that of the clients.
func (a *audit) scheme() string {
	if a.Platform.TLS == config.TLSCertificates {
		return "https"
	}
	return "http"
}

const tenantHeader = "X-Tenant-Id"

// ask sends a request as a client does that lies about who it is.
func (a *audit) ask(at balancer, scheme, host, path string) (edge.Answer, bool) {
	answer, err := at.answer(edge.Request{Scheme: scheme, Host: host, Path: path, Header: http.Header{tenantHeader: {"liar"}}})
	if err != nil {
		a.fault("%s: %s://%s%s: %v", at.name, scheme, host, path, err)
		return edge.Answer{}, false
	}
	for _, part := range answer.Used {
		a.used[at.name][part] = true
	}
	return answer, true
}

// refused holds a request to being refused: not by an error of the load balancer's,
// and not by anybody else.
func (a *audit) refused(at balancer, host, path, why string) {
	answer, ok := a.ask(at, a.scheme(), host, path)
	if ok && answer.Status != http.StatusForbidden && answer.Status != http.StatusNotFound {
		a.fault("%s: %s%s %s: answered with status %d by %s", at.name, host, path, why, answer.Status, a.named(at, answer))
	}
}

// named are the workloads behind an answer, for people.
func (a *audit) named(at balancer, answer edge.Answer) string {
	var names []string
	for _, backend := range answer.Backends {
		name := "pool or service " + backend.ID
		for w := range a.fleet.members[at.place] {
			if members := a.members(backend); len(members) > 0 && slices.Equal(a.fleet.at(at.place, w), members) {
				name = w.String()
			}
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// members of a backend, with the network interfaces that say so themselves.
func (a *audit) members(backend edge.Backend) []string {
	return slices.Sorted(slices.Values(slices.Concat(backend.Members, a.fleet.interfaces[backend.ID])))
}

// tenant asks for everything at a tenant's hosts.
func (a *audit) tenant(id string, at balancer) {
	hosts, paths := a.Tenants[id].Hosts, a.paths()
	if !a.serves(id, at) {
		if a.spares {
			paths = paths[:1]
		}
		for _, host := range hosts {
			for _, path := range append(paths, a.sample(id)) {
				a.refused(at, host, path, "of "+id+", which is not served there")
			}
		}
		return
	}
	for _, host := range hosts {
		for _, path := range paths {
			a.request(id, at, host, path)
		}
		a.request(id, at, strings.ToUpper(host), a.sample(id))
		if at.cloud() == "azure" { // Google does not say how it compares ports
			a.request(id, at, host+":8443", a.sample(id))
		}
		a.static(id, at, host)
		if a.scheme() == "https" {
			a.redirected(at, host)
		}
	}
}

// sample is a path that a tenant has a model for.
func (a *audit) sample(id string) string {
	return strings.ReplaceAll(a.patterns(a.Tenants[id].Models[0])[0], "*", "sample")
}

// request holds an answer to be that of the tenant's workload for the path, or a
// refusal if it has none.
func (a *audit) request(id string, at balancer, host, path string) {
	model := a.model(id, path, at.cloud() == "azure")
	if model == "" {
		a.refused(at, host, path, "of "+id+", which has no model for it")
		return
	}
	answer, ok := a.ask(at, a.scheme(), host, path)
	if !ok {
		return
	}
	where := fmt.Sprintf("%s: %s%s of %s", at.name, host, path, id)
	shares := a.shares(id, model, at)
	if answer.Status != 0 || len(answer.Backends) != len(shares) {
		a.fault("%s: answered with status %d by [%s], not by %v", where, answer.Status, a.named(at, answer), shares)
		return
	}
	for i, share := range shares {
		a.backend(where, at, answer.Backends[i], share)
	}
	a.identity(where, id, at, answer.Forwarded)
	if answer.Forwarded.Host != host || answer.Forwarded.Path != path {
		a.fault("%s: arrives as %s%s", where, answer.Forwarded.Host, answer.Forwarded.Path)
	}
	a.limit(where, id, answer.Limits)
}

func (a *audit) backend(where string, at balancer, backend edge.Backend, wanted share) {
	members := a.members(backend)
	if len(members) == 0 || !slices.Equal(members, a.fleet.at(at.place, wanted.workload)) {
		a.fault("%s: goes to %q, not to the replicas of %s: %q", where, members, wanted.workload, a.fleet.at(at.place, wanted.workload))
	}
	if math.Abs(backend.Part-wanted.part) > 1e-9 {
		a.fault("%s: %s gets %v of the requests, not %v", where, wanted.workload, backend.Part, wanted.part)
	}
	stream := a.stream(wanted.workload)
	if backend.TimeoutSeconds < stream || backend.DrainSeconds < stream {
		a.fault("%s: a response of %d s is cut by the time-out of %d s or the drain of %d s", where, stream, backend.TimeoutSeconds, backend.DrainSeconds)
	}
}

// identity holds the tenant's header to name the tenant or nobody: the gateways
// name all, but have no way to do so for a host in capitals; Google's load balancers
// name those with replicas of their own.
func (a *audit) identity(where, id string, at balancer, forwarded edge.Request) {
	got, wanted := forwarded.Header.Get(tenantHeader), ""
	if at.cloud() == "azure" || a.owner(id) != "" {
		wanted = id
	}
	inCapitals := forwarded.Host != strings.ToLower(forwarded.Host)
	if got != wanted && (got != "" || !inCapitals) {
		a.fault("%s: arrives as a request of %q, not of %q", where, got, wanted)
	}
}

func (a *audit) limit(where, id string, limits []edge.Limit) {
	perMinute := a.Tenants[id].RateLimitPerMinute
	switch {
	case perMinute == 0 && len(limits) > 0:
		a.fault("%s: is limited by %v, and the tenant is not", where, limits)
	case perMinute == 0:
	case len(limits) == 0:
		a.fault("%s: is not limited", where)
	}
	for _, limit := range limits {
		if limit.Each || limit.Requests*60 != perMinute*limit.Seconds {
			a.fault("%s: is limited by %v, not to %d a minute", where, limit, perMinute)
		}
		if owner, known := a.limits[limit.Name]; known && owner != id {
			a.fault("%s: is limited by %v, which is also %s's", where, limit, owner)
		}
		a.limits[limit.Name] = id
	}
}

// static content is on every host of the global load balancer, and nowhere else.
func (a *audit) static(id string, at balancer, host string) {
	if at.place != "gcp" {
		return
	}
	answer, ok := a.ask(at, a.scheme(), host, "/static/logo.svg")
	if ok && (len(answer.Backends) != 1 || !at.buckets(answer.Backends[0])) {
		a.fault("%s: static content of %s is answered with status %d by [%s]", at.name, id, answer.Status, a.named(at, answer))
	}
}

// redirected holds plain HTTP to be routed to the same by TLS.
func (a *audit) redirected(at balancer, host string) {
	for _, path := range []string{"/", "/v1/models?all=yes"} {
		answer, ok := a.ask(at, "http", host, path)
		keepsMethod := answer.Status == http.StatusTemporaryRedirect || answer.Status == http.StatusPermanentRedirect
		if ok && (!keepsMethod || answer.Location != "https://"+host+path) {
			a.fault("%s: http://%s%s is answered with status %d, location %q", at.name, host, path, answer.Status, answer.Location)
		}
	}
}

// strangers asks for what nobody has.
func (a *audit) strangers(at balancer) {
	domain := a.Platform.Domain
	hosts := []string{
		"nobody." + domain, "pool." + domain, "global.gcp." + domain, domain, "x" + domain, domain + ".example.org",
		"www.example.org", "203.0.113.9", "nobody.health." + domain,
	}
	for _, id := range a.tenants() {
		hosts = append(hosts, "x"+a.Tenants[id].Hosts[0], a.Tenants[id].Hosts[0]+".example.org", "deeper."+a.Tenants[id].Hosts[0])
		if own := id + "." + domain; !slices.Contains(a.Tenants[id].Hosts, own) {
			hosts = append(hosts, own)
		}
	}
	taken := map[string]bool{}
	for _, tenant := range a.Tenants {
		for _, host := range tenant.Hosts {
			taken[host] = true
		}
	}
	paths := a.paths()
	if a.spares {
		paths = []string{paths[0], a.sample(a.tenants()[0])}
	}
	for _, host := range hosts {
		for _, path := range paths {
			if !taken[host] {
				a.refused(at, host, path, "of nobody")
			}
		}
	}
	for _, path := range a.paths() {
		if path != "/healthz/default" {
			a.refused(at, a.Platform.HealthHost(), path, "of the probes' host")
		}
	}
	if a.scheme() == "https" {
		a.redirected(at, "nobody."+domain)
	}
}

// pods holds each pod to outlive its longest response.
func (a *audit) pods() {
	const margin = 15 // seconds
	for w, graces := range a.fleet.grace {
		for _, grace := range graces {
			if least := grace.preStop + a.stream(w) + margin; grace.total < least {
				a.fault("a pod of %s is killed after %d s, and needs %d s", w, grace.total, least)
			}
		}
	}
}

// agreement holds the clouds to route a request that is spelled as a path of a
// tenant's to the same model.
func (a *audit) agreement() {
	for _, id := range a.tenants() {
		for _, model := range a.Tenants[id].Models {
			for _, pattern := range a.patterns(model) {
				root := strings.TrimSuffix(pattern, "/*")
				for _, path := range []string{root, root + "/", root + "/below/it"} {
					if azure, google := a.model(id, path, true), a.model(id, path, false); azure != google {
						a.fault("%s of %s is for %q on Azure, and for %q on Google's cloud", path, id, azure, google)
					}
				}
			}
		}
	}
}

// coverage names the parts of the documents that no request has been decided by.
func (a *audit) coverage() []string {
	var missed []string
	for _, at := range a.balancers {
		for _, part := range at.parts {
			if !a.used[at.name][part] {
				missed = append(missed, at.name+": "+part)
			}
		}
	}
	slices.Sort(missed)
	return slices.Compact(missed)
}

// auditOf deploys a stack file under the recorder and audits it.
func auditOf(file config.File, spares bool) (*audit, error) {
	settings, err := config.Load(file)
	if err != nil {
		return nil, err
	}
	recording, err := testkit.Run(testkit.Program{Project: file.Project, Stack: file.Stack, Config: file.Values, Secrets: file.SecretKeys},
		func(ctx *pulumi.Context) error { return deploy(ctx, file) })
	if err != nil {
		return nil, err
	}
	audited, err := newAudit(settings, recording)
	if err != nil {
		return nil, err
	}
	audited.spares = spares
	audited.run()
	return audited, nil
}

func TestEveryRequestReachesItsTenantsReplicasAndNoOthers(t *testing.T) {
	t.Parallel()
	for stack, text := range stacks(t) {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			audited, err := auditOf(stackOf(t, stack, text), false)
			if err != nil {
				t.Fatal(err)
			}
			report(t, audited.faults)
			for _, missed := range audited.coverage() {
				t.Errorf("no request is decided by %s", missed)
			}
		})
	}
}

// mostFaults are reported of a stack.
const mostFaults = 25

func report(t interface{ Errorf(string, ...any) }, faults []string) {
	for i, fault := range faults {
		if i == mostFaults {
			t.Errorf("and %d more", len(faults)-mostFaults)
			return
		}
		t.Errorf("%s", fault)
	}
}

// overLimit is a line of a refusal that counts what a cloud does not take.
var overLimit = regexp.MustCompile(`\d+ of \d+ `)

// beyondLimits says whether nothing but limits is wrong with a stack.
func beyondLimits(err error) bool {
	lines := strings.Split(err.Error(), "\n")
	return len(lines) > 1 && !slices.ContainsFunc(lines[1:], func(line string) bool { return !overLimit.MatchString(line) })
}

// TestEveryRequestOfAnyStackReachesItsTenantsReplicas draws a hundred stacks with
// TLS and a hundred without. One that is beyond a cloud's limit shows nothing.
func TestEveryRequestOfAnyStackReachesItsTenantsReplicas(t *testing.T) {
	t.Parallel()
	for _, mode := range []config.TLS{config.TLSCertificates, config.TLSNone} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			drawn, refused := 0, 0
			rapid.Check(t, func(t *rapid.T) {
				file := stackFile(t, mode)
				drawn++
				audited, err := auditOf(file, true)
				if err != nil && beyondLimits(err) {
					refused++
					return
				}
				if err != nil {
					t.Fatalf("%v\n%s", err, rendered(file))
				}
				if report(t, audited.faults); len(audited.faults) > 0 {
					t.Fatalf("%s", rendered(file))
				}
			})
			if refused > drawn/10 {
				t.Errorf("%d of %d stacks are beyond a limit", refused, drawn)
			}
		})
	}
}

func rendered(file config.File) string {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(file.Values)) {
		fmt.Fprintf(&text, "%s: %s\n", key, file.Values[key])
	}
	return text.String()
}
