package rest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// makeGroup makes a managed instance group of this size, with a backend service.
func makeGroup(name, size string) []string {
	return []string{
		`POST compute projects/p/regions/europe-west4/instanceGroupManagers {"name": "` + name + `", "baseInstanceName": "vm", "targetSize": ` + size + `, "versions": [{"instanceTemplate": "global/instanceTemplates/vm"}]}`,
		`POST compute projects/p/global/backendServices {"name": "` + name + `", "protocol": "HTTP", "loadBalancingScheme": "EXTERNAL_MANAGED", "healthChecks": ["global/healthChecks/http"],
			"backends": [{"group": "regions/europe-west4/instanceGroups/` + name + `", "balancingMode": "RATE", "maxRatePerInstance": 1, "capacityScaler": 1}]}`,
	}
}

func TestARouteToNothingHealthyIsRecorded(t *testing.T) {
	t.Parallel()
	c := newCloud(t, makeNetwork, makeSubnetwork,
		`POST compute projects/p/global/healthChecks {"name": "http", "type": "HTTP", "httpHealthCheck": {"portSpecification": "USE_SERVING_PORT"}}`,
		`POST compute projects/p/global/instanceTemplates {"name": "vm", "properties": {"machineType": "e2-standard-2", "networkInterfaces": [{"subnetwork": "regions/europe-west4/subnetworks/nodes"}],
			"disks": [{"boot": true, "initializeParams": {"sourceImage": "projects/cos-cloud/global/images/family/cos-stable"}}]}}`)
	c.must(makeGroup("ready", "1")...)
	c.must(makeGroup("empty", "0")...)
	const urlMap = `"hostRules": [{"hosts": ["acme.example.com"], "pathMatcher": "acme"}], "pathMatchers": [{"name": "acme", "defaultService": "global/backendServices/`

	c.must(`POST compute projects/p/global/urlMaps {"name": "urls", "defaultService": "global/backendServices/ready"}`)
	expectUnready(c, "")
	c.must(`PUT compute projects/p/global/urlMaps/urls {"name": "urls", "defaultService": "global/backendServices/ready", ` + urlMap + `empty"}]}`)
	first := "projects/p/global/urlMaps/urls begins to refer to projects/p/global/backendServices/empty: projects/p/regions/europe-west4/instanceGroups/empty: no instance that is verified\n"
	expectUnready(c, first)
	c.must(`PUT compute projects/p/global/backendServices/ready {"name": "ready", "protocol": "HTTP", "loadBalancingScheme": "EXTERNAL_MANAGED", "healthChecks": ["global/healthChecks/http"],
		"backends": [{"group": "regions/europe-west4/instanceGroups/empty", "balancingMode": "RATE", "maxRatePerInstance": 1, "capacityScaler": 1}]}`)
	expectUnready(c, first+"projects/p/global/backendServices/ready changes its backends: projects/p/regions/europe-west4/instanceGroups/empty: no instance that is verified\n")
}

// expectUnready compares what was recorded.
func expectUnready(c cloud, want string) {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.home, UnreadyRoutes))
	if err != nil && !os.IsNotExist(err) {
		c.t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		c.t.Errorf("recorded (-want +got)\n%s", diff)
	}
}
