package gcp

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	transport "github.com/hashicorp/terraform-provider-google-beta/google-beta/transport"

	"ai-serving/sandbox/store"
)

func TestMachineType(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]machine{
		"e2-medium":         {family: "e2", cpus: 2, memoryMiB: 4096},
		"n1-standard-4":     {family: "n1", cpus: 4, memoryMiB: 15360},
		"n2-highmem-8":      {family: "n2", cpus: 8, memoryMiB: 65536},
		"c3-highcpu-22":     {family: "c3", cpus: 22, memoryMiB: 45056},
		"g2-standard-48":    {family: "g2", cpus: 48, memoryMiB: 196608, gpus: 4, gpu: "nvidia-l4"},
		"a2-highgpu-1g":     {family: "a2", cpus: 12, memoryMiB: 87040, gpus: 1, gpu: "nvidia-tesla-a100"},
		"n2-custom-6-10240": {family: "n2", cpus: 6, memoryMiB: 10240},
		computeURL + "projects/p/zones/us-east1-b/machineTypes/e2-small": {family: "e2", cpus: 2, memoryMiB: 2048},
	} {
		if got, exists := machineType(name); !exists || got != want {
			t.Errorf("machineType(%q) = %+v, %v; want %+v", name, got, exists, want)
		}
	}
	for _, name := range []string{"", "e2", "e2-standard-3", "z9-standard-4", "e2-gigantic-4", "n2-custom-6-1000"} {
		if got, exists := machineType(name); exists {
			t.Errorf("machineType(%q) = %+v", name, got)
		}
	}
}

func TestParseLink(t *testing.T) {
	t.Parallel()
	o := &operation{kind: networkKinds()[0], config: &transport.Config{}}
	o.data = o.kind.resource.TestResourceData()
	o.set("project", "own")
	for link, want := range map[string]target{
		"https://www.googleapis.com/compute/v1/projects/p/global/networks/n":             {"projects/p/global/networks/n", "global/networks", false},
		"https://compute.googleapis.com/compute/beta/projects/p/regions/r/subnetworks/s": {"projects/p/regions/r/subnetworks/s", "regions/subnetworks", false},
		"projects/p/zones/z/networkEndpointGroups/g":                                     {"projects/p/zones/z/networkEndpointGroups/g", "zones/networkEndpointGroups", false},
		"global/networks/n": {"projects/own/global/networks/n", "global/networks", false},
		"projects/p/global/instanceTemplates/t?uniqueId=12":                                   {"projects/p/global/instanceTemplates/t", "global/instanceTemplates", true},
		"//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/map": {"projects/p/locations/global/certificateMaps/map", "locations/certificateMaps", true},
	} {
		if got, found := o.parse(link); !found || got != want {
			t.Errorf("parse(%q) = %+v, %v; want %+v", link, got, found, want)
		}
	}
	for _, text := range []string{"", "n", "a description/with a slash", "projects/cos-cloud/global/images/cos-121", "projects/cos-cloud/global/images/family/cos-stable"} {
		if got, found := o.parse(text); found {
			t.Errorf("parse(%q) = %+v", text, got)
		}
	}
}

// TestFrontDoor is what the provider's own code gets when it asks Google.
func TestFrontDoor(t *testing.T) {
	t.Parallel()
	s := store.At(filepath.Join(t.TempDir(), "gcp.db"))
	const cluster = "projects/p/locations/europe-west4/clusters/serving"
	if err := s.Update(func(tx store.Tx) error { return tx.Put(cluster, record{}) }); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: frontDoor{s}}
	got := map[string]string{}
	for _, url := range []string{
		"https://compute.googleapis.com/compute/beta/projects/debian-cloud/global/images/family/debian-12",
		"https://compute.googleapis.com/compute/beta/projects/debian-cloud/global/images/debian-12-bookworm-v20250610",
		"https://compute.googleapis.com/compute/beta/projects/debian-cloud/global/images/family/debian-10",
		"https://container.googleapis.com/v1beta1/" + cluster,
		"https://container.googleapis.com/v1beta1/projects/p/locations/europe-west4/clusters/other",
		"https://compute.googleapis.com/compute/beta/projects/p/zones",
	} {
		response, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Fatal(err)
		}
		got[url[strings.LastIndexByte(url, '/')+1:]] = response.Status + " " + string(body)
	}
	want := map[string]string{
		"debian-12":                    `OK {"name":"debian-12"}`,
		"debian-12-bookworm-v20250610": `OK {"name":"debian-12-bookworm-v20250610"}`,
		"debian-10":                    `Not Found {"error":{"code":404,"errors":[{"reason":"notFound","message":"The resource 'projects/debian-cloud/global/images/debian-10' was not found"}],"message":"The resource 'projects/debian-cloud/global/images/debian-10' was not found"}}`,
		"serving":                      `OK {"name":"serving","status":"RUNNING"}`,
		"other":                        `Not Found {"error":{"code":404,"errors":[{"reason":"notFound","message":"The resource 'projects/p/locations/europe-west4/clusters/other' was not found"}],"message":"The resource 'projects/p/locations/europe-west4/clusters/other' was not found"}}`,
		"zones":                        `Not Implemented {"error":{"code":501,"errors":[{"reason":"notImplemented","message":"the sandbox does not answer GET https://compute.googleapis.com/compute/beta/projects/p/zones"}],"message":"the sandbox does not answer GET https://compute.googleapis.com/compute/beta/projects/p/zones"}}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestPoolSize is how many nodes a pool has in each of two zones.
func TestPoolSize(t *testing.T) {
	t.Parallel()
	scaling := func(limits in) in { return in{"initial_node_count": 1, "autoscaling": []any{limits}} }
	for _, c := range []struct {
		attributes in
		want       int
	}{
		{in{"node_count": 0, "initial_node_count": 0}, 1},
		{in{"node_count": 0, "initial_node_count": 2}, 2},
		{in{"node_count": 3, "initial_node_count": 2}, 3},
		{scaling(in{"min_node_count": 0, "max_node_count": 3}), 1},
		{scaling(in{"min_node_count": 2, "max_node_count": 3}), 2},
		{scaling(in{"total_min_node_count": 5, "total_max_node_count": 8}), 3},
	} {
		if got := poolOf(c.attributes, []string{"europe-west4-a", "europe-west4-b"}).perZone; got != c.want {
			t.Errorf("a pool with %v has %d nodes in a zone, want %d", c.attributes, got, c.want)
		}
	}
}
