package refusals_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"ai-serving/sandbox/gcp/refusals"
)

// recorded is a resource as the program registers it.
type recorded struct {
	Path, Type string
	Inputs     map[string]any
}

// collections are the types whose inputs are named as Google's properties are,
// or nearly so, and where they are.
var collections = map[string]string{
	"gcp:compute/uRLMap:URLMap":                               "urlMaps",
	"gcp:compute/regionUrlMap:RegionUrlMap":                   "urlMaps",
	"gcp:compute/backendService:BackendService":               "backendServices",
	"gcp:compute/regionBackendService:RegionBackendService":   "backendServices",
	"gcp:compute/securityPolicy:SecurityPolicy":               "securityPolicies",
	"gcp:compute/healthCheck:HealthCheck":                     "healthChecks",
	"gcp:compute/regionHealthCheck:RegionHealthCheck":         "healthChecks",
	"gcp:compute/subnetwork:Subnetwork":                       "subnetworks",
	"gcp:compute/targetHttpProxy:TargetHttpProxy":             "targetHttpProxies",
	"gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy": "targetHttpProxies",
}

// recordings give the resources of a recorded stack, as bodies by links. Their
// names are those of the recording, which has a fixed hash in place of a random
// one.
func recordings(t *testing.T, stack string) project {
	t.Helper()
	text, err := os.ReadFile("../../../testdata/" + stack + ".up.golden.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct{ Resources []recorded }
	if err := yaml.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	p := project{}
	for _, r := range golden.Resources {
		collection, known := collections[r.Type]
		if !known {
			continue
		}
		scope := "global"
		if region, ok := r.Inputs["region"].(string); ok {
			scope = "regions/" + region
		}
		name := r.Path[strings.LastIndexByte(r.Path, '/')+1:] + "-0a1b2c3"
		body, err := json.Marshal(named(r.Inputs))
		if err != nil {
			t.Fatal(err)
		}
		p["projects/"+r.Inputs["project"].(string)+"/"+scope+"/"+collection+"/"+name] = string(body)
	}
	return p
}

// named turns inputs into a body, where the provider has names of its own.
func named(inputs map[string]any) map[string]any {
	if seconds, ok := inputs["connectionDrainingTimeoutSec"]; ok {
		inputs["connectionDraining"] = map[string]any{"drainingTimeoutSec": seconds}
	}
	if check, ok := inputs["healthChecks"].(string); ok {
		inputs["healthChecks"] = []any{check}
	}
	return inputs
}

// What the program makes of the recorded stacks is accepted, with the tests of
// its URL maps.
func TestTheRecordedStacksAreAccepted(t *testing.T) {
	t.Parallel()
	for name, least := range map[string]int{"dev": 20, "wide": 40, "prod": 55} {
		p := recordings(t, name)
		if len(p) < least {
			t.Errorf("%s: only %d resources are checked, want %d", name, len(p), least)
		}
		for link, body := range p {
			if err := refusals.Check(p, link, json.RawMessage(body), nil); err != nil {
				t.Errorf("%s: %s is refused: %v", name, link, err)
			}
		}
	}
}

// The recorded URL maps answer 404 to what they do not know, whatever the host.
func TestTheRecordedMapsRefuseTheRest(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"dev", "wide"} {
		p := recordings(t, name)
		maps := p.Each("urlMaps")
		if len(maps) < 2 {
			t.Errorf("%s has %d URL maps", name, len(maps))
		}
		for _, link := range maps {
			m := parseMap(t, p[link])
			if len(m.Tests) == 0 {
				t.Errorf("%s: %s has no tests", name, link)
			}
			hosts := []string{"stranger.example.com"}
			for _, rule := range m.HostRules {
				hosts = append(hosts, rule.Hosts...)
			}
			for _, host := range hosts {
				d, err := refusals.Route(m, host, "/no/such/path", nil)
				if err != nil || d.Abort != http.StatusNotFound {
					t.Errorf("%s: %s routes to %+v: %v", link, host, d, err)
				}
			}
		}
	}
}
