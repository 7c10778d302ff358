package gateway

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit/stackfile"
	"ai-serving/internal/topology"
)

// stack is a stack file with one region of each cloud, whose tenants are its
// entries by their ids.
type stack struct {
	tls, private bool
	tenants      map[string]string
}

// Two of the models have a path in common, so that tenants of the second need
// listeners of their own; the path of another is around those of both.
const models = `  ai-serving:models:
    chat: {image: "a/chat:1", port: 8080, healthPath: /health, paths: [/v1/chat/*, /v1/models], affinity: true, azure: {containers: {cpu: 1, memoryGiB: 1, replicas: 1}}, gcp: {kubernetes: {cpu: 100m, memory: 1Gi}}}
    chat-next: {image: "a/chat:2", port: 8080, healthPath: /health, paths: [/v1/chat/*], azure: {containers: {cpu: 1, memoryGiB: 1, replicas: 1}}, gcp: {kubernetes: {cpu: 100m, memory: 1Gi}}}
    embed: {image: "a/embed:1", port: 8081, healthPath: /, paths: [/v1/embeddings], azure: {containers: {cpu: 1, memoryGiB: 1, replicas: 1}}, gcp: {kubernetes: {cpu: 100m, memory: 1Gi}}}
    rest: {image: "a/rest:1", port: 8082, healthPath: /, paths: [/v1/*], azure: {containers: {cpu: 1, memoryGiB: 1, replicas: 1}}, gcp: {kubernetes: {cpu: 100m, memory: 1Gi}}}
`

const withCertificates = `
    identity: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/security/providers/Microsoft.ManagedIdentity/userAssignedIdentities/gateways
    certificates:
      platform: {hosts: ["*.ai.example.com"], secret: "https://vault.vault.azure.net/secrets/platform"}
      others: {hosts: ["*.example.net"], secret: "https://vault.vault.azure.net/secrets/others"}`

func (s stack) String() string {
	tls, azure, global, region := "none", "", "", ""
	if s.tls {
		tls, azure = "certificates", withCertificates
		global = "\n    certificateMap: projects/test-project/locations/global/certificateMaps/test"
		region = ", certificates: [projects/test-project/locations/europe-west4/certificates/test]"
	}
	var text strings.Builder
	fmt.Fprintf(&text, `config:
  gcp:project: test-project
  ai-serving:platform: {domain: ai.example.com, dnsLabel: test, tls: %s}
%s  ai-serving:azure:%s
    regions: {westeurope: {cidr: 10.10.0.0/16, gateway: {private: %t}}}
  ai-serving:gcp:%s
    authorizedNetworks: {office: 203.0.113.0/24}
    regions: {europe-west4: {cidr: 10.20.0.0/16%s}}
  ai-serving:tenants:
`, tls, models, azure, s.private, global, region)
	for _, id := range slices.Sorted(maps.Keys(s.tenants)) {
		fmt.Fprintf(&text, "    %s: %s\n", id, s.tenants[id])
	}
	return text.String()
}

// args are those of the region's gateway.
func (s stack) args(t fataler) Args {
	t.Helper()
	file, err := stackfile.Read("test", s.String())
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := topology.Resolve(file.Project, file.Stack, loaded)
	if err != nil {
		t.Fatal(err)
	}
	return Args{
		Region: resolved.Azure[0], Gateway: resolved.Azure[0].Gateways[0],
		ResourceGroupName: pulumi.String("group"), SubnetID: pulumi.String("subnet"), PublicIPID: pulumi.String("address"),
		Labels: resolved.Labels, TLS: resolved.TLS, Domain: resolved.Domain, HealthHost: resolved.HealthHost,
	}
}

func (s stack) documents(t fataler) map[string]any {
	t.Helper()
	return documents(t, record(t, s.args(t)), "westeurope")
}

// someStack has up to a dozen tenants of every kind.
func someStack(t *rapid.T) stack {
	s := stack{tls: rapid.Bool().Draw(t, "tls"), private: rapid.Bool().Draw(t, "private"), tenants: map[string]string{}}
	for _, id := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-f]{1,2}(-[a-c])?`), 1, 12, rapid.ID).Draw(t, "tenants") {
		s.tenants[id] = someTenant(t, id)
	}
	// The default placement is served by something whoever else there is.
	s.tenants["zz"] = "{models: [chat, embed]}"
	return s
}

func someTenant(t *rapid.T, id string) string {
	chosen := rapid.SampledFrom([]string{"[chat]", "[chat-next]", "[embed]", "[chat, embed]", "[chat, rest]", "[chat-next, embed, rest]"}).Draw(t, "models")
	isolation := rapid.SampledFrom([]string{"pool", "pool", "pool", "bridge", "silo"}).Draw(t, "isolation")
	hosts := rapid.SampledFrom([]string{
		"", "", ", hosts: [%[1]s.example.net]", ", hosts: [%[1]s.ai.example.com, %[1]s.example.net]", ", hosts: [also-%[1]s.ai.example.com]",
	}).Draw(t, "hosts")
	limit := rapid.SampledFrom([]string{"", ", rateLimitPerMinute: 600"}).Draw(t, "limit")
	enabled := rapid.SampledFrom([]string{"", "", ", enabled: false"}).Draw(t, "enabled")
	if hosts != "" {
		hosts = fmt.Sprintf(hosts, id)
	}
	return "{models: " + chosen + ", isolation: " + isolation + hosts + limit + enabled + "}"
}

// invariants hold for the documents of every gateway. They give the first place
// where they do not.
var invariants = map[string]func(parts map[string]any) string{
	"every reference names a part or a policy":        danglingReference,
	"no two listeners answer for one host":            collidingListeners,
	"priorities differ, and exact hosts' come first":  wrongPriority,
	"every path map ends with what refuses all paths": openPathMap,
}

func TestInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := someStack(t).documents(t)
		for name, broken := range invariants {
			if where := broken(parts); where != "" {
				t.Fatalf("%s: %s", name, where)
			}
		}
	})
}

func danglingReference(parts map[string]any) string {
	for key, part := range parts {
		for _, reference := range references(part) {
			if parts[named(reference)] == nil {
				return fmt.Sprintf("%s refers to %s", key, reference)
			}
		}
	}
	return ""
}

// of are the parts of a kind, by name.
func of(parts map[string]any, kind string) map[string]map[string]any {
	result := map[string]map[string]any{}
	for key, part := range parts {
		if name, is := strings.CutPrefix(key, kind+"/"); is {
			result[name] = part.(map[string]any)
		}
	}
	return result
}

func collidingListeners(parts map[string]any) string {
	owners := map[string]string{}
	for name, listener := range of(parts, "httpListeners") {
		hosts, _ := listener["hostNames"].([]any)
		if len(hosts) == 0 {
			hosts = []any{"any"}
		}
		for _, host := range hosts {
			at := fmt.Sprint(references(listener["frontendIPConfiguration"]), references(listener["frontendPort"]), host)
			if owners[at] != "" {
				return fmt.Sprintf("%s and %s for %s", owners[at], name, at)
			}
			owners[at] = name
		}
	}
	return ""
}

func wrongPriority(parts map[string]any) string {
	// Exact hosts go before a wildcard, and that before all hosts.
	breadth := func(rule string) int {
		hosts, _ := parts["httpListeners/"+rule].(map[string]any)["hostNames"].([]any)
		switch {
		case len(hosts) == 0:
			return 2
		case strings.Contains(fmt.Sprint(hosts), "*"):
			return 1
		default:
			return 0
		}
	}
	rules := of(parts, "requestRoutingRules")
	for one := range rules {
		first := rules[one]["priority"].(float64)
		if first < 1 || first > 20000 {
			return fmt.Sprintf("%s has %v", one, first)
		}
		for other := range rules {
			second := rules[other]["priority"].(float64)
			if one != other && first == second || breadth(one) < breadth(other) && first > second {
				return fmt.Sprintf("%s has %v, %s %v", one, first, other, second)
			}
		}
	}
	return ""
}

func openPathMap(parts map[string]any) string {
	for name, paths := range of(parts, "urlPathMaps") {
		rules := paths["pathRules"].([]any)
		last := rules[len(rules)-1].(map[string]any)
		policy := references(last["firewallPolicy"])
		if len(policy) != 1 || named(policy[0]) != "policies/westeurope-refusal" || fmt.Sprint(last["paths"]) != "[/*]" {
			return name
		}
	}
	return ""
}

// shared are the documents that tenants have in common: those of the pool and
// those of its workloads.
func shared(key string) bool {
	name := key[strings.Index(key, "/")+1:]
	return strings.HasPrefix(name, topology.PoolListener) || strings.HasPrefix(name, "westeurope-workload-") ||
		slices.Contains([]string{"chat", "chat-next", "embed", "rest"}, name)
}

func TestATenantMoreChangesNothingOfTheOthers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := someStack(t)
		before := s.documents(t)
		// Two names in a thousand have a hash that points to the priority of another.
		// No two of these, all of which sort before others, do at once.
		var changed string
		for _, id := range []string{"a0", "b0"} {
			more := stack{s.tls, s.private, maps.Clone(s.tenants)}
			more.tenants[id] = someTenant(t, id)
			if changed = firstChange(before, more.documents(t)); changed == "" {
				return
			}
		}
		t.Fatal(changed)
	})
}

// firstChange is of a document that tenants do not have in common.
func firstChange(before, after map[string]any) string {
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if diff := cmp.Diff(before[key], after[key]); diff != "" && !shared(key) {
			return fmt.Sprintf("%s changed (-before +after):\n%s", key, diff)
		}
	}
	return ""
}

func TestATenantOfThePoolAddsNoResourceAndNoPart(t *testing.T) {
	t.Parallel()
	s := stack{tls: true, tenants: map[string]string{"acme": "{models: [chat, embed]}"}}
	before := s.documents(t)
	s.tenants["hooli"] = "{models: [chat]}"
	after := s.documents(t)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after))); diff != "" {
		t.Errorf("documents (-before +after):\n%s", diff)
	}
	var changed []string
	for key := range before {
		if !cmp.Equal(before[key], after[key]) {
			changed = append(changed, key)
		}
	}
	if !slices.Equal(changed, []string{"policies/westeurope-workload-chat"}) {
		t.Errorf("changed: %q", changed)
	}
}

func TestOnlyHostsOfTheTenantsNameAreTheWildcards(t *testing.T) {
	t.Parallel()
	s := stack{tenants: map[string]string{"acme": "{models: [chat], hosts: [acme.ai.example.com, chat.ai.example.com]}", "hooli": "{models: [chat]}"}}
	parts := s.documents(t)
	got := map[string]any{}
	for key, part := range parts {
		if name, isListener := strings.CutPrefix(key, "httpListeners/"); isListener {
			got[name] = part.(map[string]any)["hostNames"]
		}
	}
	want := map[string]any{
		"health_probes": []any{"health.ai.example.com"},
		"acme":          []any{"chat.ai.example.com"},
		"pool_tenants":  []any{"*.ai.example.com"},
		"unknown_hosts": nil,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
}
