package topology

import (
	"slices"
	"strings"
	"testing"
)

// allowing gives the dev stack what is newer than the program, and names it.
func allowing(edits ...string) []string {
	return append([]string{
		"    tls: none\n", `    tls: none
    allow:
      azureRegions: {marsnorth: {zonal: true}}
      gcpRegions: {mars-north1: {zones: [a, d], nearest: marsnorth}}
      machineTypes: {z9-standard-4: {cpu: 4, memoryGiB: 16}, z9-highgpu-1g: {cpu: 12, memoryGiB: 85}}
      accelerators: {nvidia-z9: {machines: {z9-highgpu-1g: 1}}}
`,
		"      westeurope: {cidr: 10.10.0.0/16}", "      marsnorth: {cidr: 10.10.0.0/16}",
		"europe-west4: {cidr: 10.20.0.0/16, zones: [a, b]}",
		"mars-north1: {cidr: 10.20.0.0/16, nodes: {machineType: z9-standard-4}, gpus: {nvidia-z9: {machineType: z9-highgpu-1g, perNode: 1, quota: 8}}}",
		"regions: [gcp/europe-west4, azure/westeurope]", "regions: [gcp/mars-north1, azure/marsnorth]",
	}, edits...)
}

func TestWhatAStackFileAllowsIsUsed(t *testing.T) {
	t.Parallel()
	resolved := dev(t, allowing()...)
	region := resolved.GCP.Regions[0]
	if region.Name != "mars-north1" || !slices.Equal(region.Zones, []string{"mars-north1-a", "mars-north1-d"}) {
		t.Errorf("Google's region is %s with %v", region.Name, region.Zones)
	}
	if azure := resolved.Azure[0]; azure.Name != "marsnorth" || len(azure.Zones) != 3 {
		t.Errorf("Azure's region is %s with %v", azure.Name, azure.Zones)
	}
	for _, profile := range resolved.Profiles {
		for _, endpoint := range profile.leaves() {
			if endpoint.Place.Cloud == GCloud && endpoint.Place.Region != "" && endpoint.Location != "marsnorth" {
				t.Errorf("%s is taken to be in %q", endpoint.Place, endpoint.Location)
			}
		}
	}
}

func TestAReplicaFitsOnMachinesThatAreAllowed(t *testing.T) {
	t.Parallel()
	_, err := resolveDev(t, allowing("kubernetes: {cpu: 500m, memory: 1Gi, ", `kubernetes: {cpu: "5", memory: 1Gi, `)...)
	want := `ai-serving:models.chat.gcp.kubernetes.cpu: Invalid value: "5": a node of gcp/mars-north1 (z9-standard-4) has 3.92 CPU of 4 for pods`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = resolveDev(t, allowing(
		"kubernetes: {cpu: 500m, memory: 1Gi, replicas: {min: 2, max: 6}}", `kubernetes: {cpu: "20", memory: 1Gi, replicas: {min: 2, max: 2}, gpu: {type: nvidia-z9, count: 1}}`,
		"containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}", "networkInterfaces: [gpu-z]",
	)...)
	want = `ai-serving:models.chat.gcp.kubernetes.cpu: Invalid value: "20": a node of gcp/mars-north1 (z9-highgpu-1g) has 11.9 CPU of 12 for pods`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
