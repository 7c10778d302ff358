package config_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ai-serving/internal/config"
	"ai-serving/internal/pathpattern"
	"ai-serving/internal/testkit/stackfile"
)

// stack is a stack file that says no more than it has to.
const stack = `
config:
  gcp:project: ai-serving-test
  ai-serving:platform:
    domain: ai.example.com
    dnsLabel: ai-serving-test
    tls: none
  ai-serving:models:
    chat:
      image: registry.example.com/chat:1
      port: 8080
      healthPath: /health
      paths: [/v1/chat/*]
      azure: {containers: {cpu: 1, memoryGiB: 1.5}}
      gcp: {kubernetes: {cpu: 500m, memory: 1Gi}}
    embed:
      image: registry.example.com/embed:1
      port: 8081
      healthPath: /health
      paths: [/v1/embeddings]
      azure: {networkInterfaces: [gpu-a]}
      gcp: {instances: {machineType: e2-standard-2}}
  ai-serving:azure:
    regions:
      westeurope: {cidr: 10.10.0.0/16}
      northcentralus: {cidr: 10.11.0.0/16}
  ai-serving:gcp:
    authorizedNetworks: {office: 203.0.113.0/24}
    regions:
      europe-west4: {cidr: 10.20.0.0/16}
      us-central1: {cidr: 10.21.0.0/16}
  ai-serving:tenants:
    acme: {models: [chat, embed]}
    globex: {models: [chat], isolation: bridge}
`

func load(t *testing.T, text string) (config.Config, error) {
	t.Helper()
	file, err := stackfile.Read("test", text)
	if err != nil {
		t.Fatal(err)
	}
	return config.Load(file)
}

func TestWhatAFileLeavesOutGetsTheDefaults(t *testing.T) {
	t.Parallel()
	got, err := load(t, stack)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Platform: config.Platform{Domain: "ai.example.com", DNSLabel: "ai-serving-test", TLS: config.TLSNone, Traffic: config.Traffic{
			Routing: config.Performance, MinChildEndpoints: 1, Endpoints: config.AzureEndpoints, Failover: config.FastFailover,
		}},
		Models: map[string]config.Model{
			"chat": {
				Server: config.Server{Image: "registry.example.com/chat:1"}, Port: 8080, HealthPath: "/health", Paths: []pathpattern.Pattern{"/v1/chat/*"},
				StartupSeconds: 60, MaxStreamSeconds: 60,
				Azure: &config.ModelAzure{Containers: &config.Containers{CPU: 1, MemoryGiB: 1.5, Replicas: 2}},
				GCP:   &config.ModelGCP{Kubernetes: &config.Kubernetes{CPU: "500m", Memory: "1Gi", Replicas: config.Range{Min: 2, Max: 4}, Scaling: &config.Scaling{Metric: config.CPU, Target: 60}}},
			},
			"embed": {
				Server: config.Server{Image: "registry.example.com/embed:1"}, Port: 8081, HealthPath: "/health", Paths: []pathpattern.Pattern{"/v1/embeddings"},
				StartupSeconds: 60, MaxStreamSeconds: 60,
				Azure: &config.ModelAzure{NetworkInterfaces: []string{"gpu-a"}},
				GCP:   &config.ModelGCP{Instances: &config.Instances{MachineType: "e2-standard-2", Replicas: config.Range{Min: 2, Max: 4}, DiskGiB: 50, Scaling: &config.Scaling{Metric: config.CPU, Target: 60}}},
			},
		},
		Azure: config.Azure{Regions: map[string]config.AzureRegion{
			"westeurope":     {CIDR: "10.10.0.0/16", Zones: []string{"1", "2", "3"}, ContainerZones: []string{"1", "2", "3"}, Gateway: config.AzureGateway{Capacity: config.Range{Min: 2, Max: 3}}, ContainerQuota: config.ContainerQuota{Groups: 100, Cores: 100}},
			"northcentralus": {CIDR: "10.11.0.0/16", Gateway: config.AzureGateway{Capacity: config.Range{Min: 2, Max: 3}}, ContainerQuota: config.ContainerQuota{Groups: 100, Cores: 100}},
		}, Firewall: config.Firewall{RuleSet: "2.2"}, HTTP2: true},
		GCP: config.GCP{
			Project:            "ai-serving-test",
			AuthorizedNetworks: map[string]string{"office": "203.0.113.0/24"},
			StaticLocation:     "EU",
			Regions: map[string]config.GCPRegion{
				"europe-west4": {CIDR: "10.20.0.0/16", Zones: []string{"a", "b", "c"}, Nodes: config.Nodes{MachineType: "e2-standard-4", Count: config.Range{Min: 2, Max: 6}, DiskGiB: 100}},
				"us-central1":  {CIDR: "10.21.0.0/16", Zones: []string{"a", "b", "c", "f"}, Nodes: config.Nodes{MachineType: "e2-standard-4", Count: config.Range{Min: 2, Max: 6}, DiskGiB: 100}},
			},
		},
		Tenants: map[string]config.Tenant{
			"acme":   {Models: []string{"chat", "embed"}, Isolation: config.Pool, Hosts: []string{"acme.ai.example.com"}, Gateway: 1, Enabled: true},
			"globex": {Models: []string{"chat"}, Isolation: config.Bridge, Hosts: []string{"globex.ai.example.com"}, Gateway: 1, Enabled: true},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(config.Config{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAStackWhoseNameIsNoLabelIsRefused(t *testing.T) {
	t.Parallel()
	file, err := stackfile.Read("EU.prod", stack)
	if err != nil {
		t.Fatal(err)
	}
	_, err = config.Load(file)
	want := `stack: Invalid value: "EU.prod": the name must be 1 to 30 lower-case letters, digits and single hyphens, a letter first, no hyphen last`
	if err == nil || !slices.Equal(lines(err), []string{want}) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWhatAFileSaysIsKept(t *testing.T) {
	t.Parallel()
	got, err := load(t, edit(t, stack,
		"westeurope: {cidr: 10.10.0.0/16}", `westeurope: {cidr: 10.10.0.0/16, zones: [], gateway: {capacity: {min: 0, max: 10}}}`,
		"globex: {models: [chat], isolation: bridge}", "globex: {models: [chat], hosts: [chat.globex.com], regions: [gcp/us-central1]}",
	))
	if err != nil {
		t.Fatal(err)
	}
	if region := got.Azure.Regions["westeurope"]; len(region.Zones) != 0 || region.Gateway.Capacity != (config.Range{Min: 0, Max: 10}) {
		t.Errorf("westeurope = %+v", region)
	}
	want := config.Tenant{Models: []string{"chat"}, Isolation: config.Pool, Hosts: []string{"chat.globex.com"}, Regions: []string{"gcp/us-central1"}, Gateway: 1, Enabled: true}
	if diff := cmp.Diff(want, got.Tenants["globex"]); diff != "" {
		t.Errorf("globex (-want +got)\n%s", diff)
	}
}

// edit replaces texts, each of which must be there, by pairs of old and new.
func edit(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the stack file has no %q to edit", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// lines lists the lines of an error below its heading, sorted, without their places.
func lines(err error) []string {
	found := findings(err)
	all := make([]string, len(found))
	for i, finding := range found {
		all[i] = finding.text
	}
	slices.Sort(all)
	return all
}

// finding is a line of an error: a place, and what is wrong there.
type finding struct {
	file         string
	line, column int // 0 where there is none
	text         string
}

var placed = regexp.MustCompile(`^(\S+?\.yaml)(?::(\d+):(\d+))?: (.*)$`)

func findings(err error) []finding {
	var all []finding
	for _, line := range strings.Split(err.Error(), "\n")[1:] {
		match := placed.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil {
			panic("no place in " + line)
		}
		at := finding{file: match[1], text: match[4]}
		at.line, _ = strconv.Atoi(match[2])
		at.column, _ = strconv.Atoi(match[3])
		all = append(all, at)
	}
	return all
}
