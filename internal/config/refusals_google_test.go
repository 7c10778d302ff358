package config_test

import "testing"

// googleRefusals are stack files that must not get as far as a resource, for
// what they say of Google's certificates and accelerators.
var googleRefusals = map[string]refusal{
	"a certificate map and no TLS": {
		edits: []string{"  ai-serving:gcp:\n", "  ai-serving:gcp:\n    certificateMap: projects/ai-serving-test/locations/global/certificateMaps/all\n"},
		want: []string{
			"ai-serving:gcp.certificateMap: Forbidden: platform.tls is none: set it to certificates, or leave this out",
		},
	},
	"certificates of a region and no TLS": {
		edits: []string{"us-central1: {cidr: 10.21.0.0/16}", "us-central1: {cidr: 10.21.0.0/16, certificates: [projects/ai-serving-test/locations/us-central1/certificates/all]}"},
		want: []string{
			"ai-serving:gcp.regions.us-central1.certificates: Forbidden: platform.tls is none: set it to certificates, or leave this out",
		},
	},
	"TLS without a certificate map": {
		edits: withTLS("    certificateMap: projects/ai-serving-test/locations/global/certificateMaps/all\n", ""),
		want: []string{
			"ai-serving:gcp.certificateMap: Required value: name the certificate map of the global load balancer: projects/<project>/locations/global/certificateMaps/<name>",
		},
	},
	"a certificate map of a region": {
		edits: withTLS("locations/global/certificateMaps", "locations/europe-west4/certificateMaps"),
		want: []string{
			`ai-serving:gcp.certificateMap: Invalid value: "projects/ai-serving-test/locations/europe-west4/certificateMaps/all": must be the id of a certificate map: projects/<project>/locations/global/certificateMaps/<name>`,
		},
	},
	"a certificate map with the name of its service": {
		edits: withTLS("certificateMap: projects", "certificateMap: //certificatemanager.googleapis.com/projects"),
		want: []string{
			`ai-serving:gcp.certificateMap: Invalid value: "//certificatemanager.googleapis.com/projects/ai-serving-test/locations/global/certificateMaps/all": must be the id of a certificate map: projects/<project>/locations/global/certificateMaps/<name>`,
		},
	},
	"a region without certificates": {
		edits: withTLS(", certificates: [projects/ai-serving-test/locations/us-central1/certificates/all]", ""),
		want: []string{
			"ai-serving:gcp.regions.us-central1.certificates: Required value: name at least one certificate of the region's load balancer: projects/<project>/locations/us-central1/certificates/<name>",
		},
	},
	"a certificate of another region": {
		edits: withTLS("locations/us-central1", "locations/europe-west4"),
		want: []string{
			`ai-serving:gcp.regions.us-central1.certificates[0]: Invalid value: "projects/ai-serving-test/locations/europe-west4/certificates/all": is in europe-west4: a load balancer of us-central1 takes certificates of its own region only`,
		},
	},
	"certificates that are none, or stand twice": {
		edits: withTLS("[projects/ai-serving-test/locations/us-central1/certificates/all]", "[all, projects/42/locations/us-central1/certificates/a, projects/42/locations/us-central1/certificates/a]"),
		want: []string{
			`ai-serving:gcp.regions.us-central1.certificates[0]: Invalid value: "all": must be the id of a regional certificate of Certificate Manager: projects/<project>/locations/<region>/certificates/<name>`,
			`ai-serving:gcp.regions.us-central1.certificates[2]: Duplicate value: "projects/42/locations/us-central1/certificates/a"`,
		},
	},
	"an accelerator for reservations alone": {
		edits: []string{"cidr: 10.21.0.0/16}", "cidr: 10.21.0.0/16, gpus: {nvidia-h200-141gb: {machineType: a3-ultragpu-8g, perNode: 8, quota: 8}}}"},
		want: []string{
			`ai-serving:gcp.regions.us-central1.gpus.nvidia-h200-141gb: Invalid value: "nvidia-h200-141gb": is not an accelerator that Compute Engine has on demand: internal/clouds/accelerators.go lists them, and platform.allow.accelerators allows a newer one`,
		},
	},
	"a machine that there is only as Spot": {
		edits: []string{"cidr: 10.21.0.0/16}", "cidr: 10.21.0.0/16, gpus: {nvidia-h100-80gb: {machineType: a3-highgpu-4g, perNode: 4, quota: 8}}}"},
		want: []string{
			`ai-serving:gcp.regions.us-central1.gpus.nvidia-h100-80gb.machineType: Invalid value: "a3-highgpu-4g": cannot have nvidia-h100-80gb on demand: use a3-highgpu-8g`,
		},
	},
	"accelerators in zones that the cluster has none in, or twice": {
		edits: []string{"cidr: 10.21.0.0/16}", "cidr: 10.21.0.0/16, zones: [a, b], gpus: {nvidia-l4: {machineType: g2-standard-8, perNode: 1, quota: 8, zones: [a, f, a]}}}"},
		want: []string{
			`ai-serving:gcp.regions.us-central1.gpus.nvidia-l4.zones[1]: Invalid value: "f": is not a zone of the region's entry, which are a, b: add it there, or take it out`,
			`ai-serving:gcp.regions.us-central1.gpus.nvidia-l4.zones[2]: Duplicate value: "a"`,
		},
	},
	"accelerators in no zone": {
		edits: []string{"cidr: 10.21.0.0/16}", "cidr: 10.21.0.0/16, zones: [a, b], gpus: {nvidia-l4: {machineType: g2-standard-8, perNode: 1, quota: 8, zones: []}}}"},
		want: []string{
			"ai-serving:gcp.regions.us-central1.gpus.nvidia-l4.zones: Required value: name at least one zone, or leave the key out to use the region's: a, b",
		},
	},
	"an accelerator that nobody has": {
		edits: []string{"cidr: 10.21.0.0/16}", "cidr: 10.21.0.0/16, gpus: {nvidia-l5: {machineType: g2-standard-8, perNode: 1, quota: 8}}}"},
		want: []string{
			`ai-serving:gcp.regions.us-central1.gpus.nvidia-l5: Invalid value: "nvidia-l5": is not an accelerator that Compute Engine has on demand (did you mean "nvidia-l4"?): internal/clouds/accelerators.go lists them, and platform.allow.accelerators allows a newer one`,
		},
	},
	"a machine that cannot have the accelerator": {
		edits: []string{"cidr: 10.21.0.0/16}", "cidr: 10.21.0.0/16, gpus: {nvidia-tesla-t4: {machineType: e2-standard-8, perNode: 1, quota: 8}}}"},
		want: []string{
			`ai-serving:gcp.regions.us-central1.gpus.nvidia-tesla-t4.machineType: Invalid value: "e2-standard-8": cannot have nvidia-tesla-t4 on demand: use an N1 machine, such as n1-standard-8`,
		},
	},
	"a machine of another accelerator": {
		edits: []string{"cidr: 10.21.0.0/16}", "cidr: 10.21.0.0/16, gpus: {nvidia-a100-80gb: {machineType: g2-standard-8, perNode: 1, quota: 8}}}"},
		want: []string{
			`ai-serving:gcp.regions.us-central1.gpus.nvidia-a100-80gb.machineType: Invalid value: "g2-standard-8": cannot have nvidia-a100-80gb on demand: use a2-ultragpu-1g, a2-ultragpu-2g, a2-ultragpu-4g, a2-ultragpu-8g`,
		},
	},
	"another number of accelerators than the machine has": {
		edits: []string{"cidr: 10.21.0.0/16}", "cidr: 10.21.0.0/16, gpus: {nvidia-l4: {machineType: g2-standard-48, perNode: 8, quota: 8}}}"},
		want: []string{
			`ai-serving:gcp.regions.us-central1.gpus.nvidia-l4.perNode: Invalid value: 8: must be one of [4], as many as a g2-standard-48 has`,
		},
	},
	"no nodes and no quota": {
		edits: []string{"cidr: 10.21.0.0/16}", "cidr: 10.21.0.0/16, gpus: {nvidia-l4: {machineType: g2-standard-8, perNode: 1, count: {min: 0, max: 0}, quota: 0}}}"},
		want: []string{
			"ai-serving:gcp.regions.us-central1.gpus.nvidia-l4.count.max: Invalid value: 0: must be between 1 and 1000",
			"ai-serving:gcp.regions.us-central1.gpus.nvidia-l4.quota: Invalid value: 0: must be how many the project may have in the region: ask Google for some where it has none",
		},
	},
	"a model with an accelerator in regions without": {
		edits: []string{
			"      azure: {containers: {cpu: 1, memoryGiB: 1.5}}\n", "", "kubernetes: {cpu: 500m, memory: 1Gi}", "kubernetes: {cpu: 500m, memory: 1Gi, replicas: {min: 2, max: 2}, gpu: {type: nvidia-l4, count: 1}}",
			"{models: [chat, embed]}", "{models: [chat, embed], regions: [gcp]}", "isolation: bridge", "regions: [gcp]",
		},
		want: []string{
			`ai-serving:gcp.regions.europe-west4.gpus.nvidia-l4: Required value: model "chat" is served in the region, and needs nodes with this accelerator`,
			`ai-serving:gcp.regions.us-central1.gpus.nvidia-l4: Required value: model "chat" is served in the region, and needs nodes with this accelerator`,
		},
	},
	"a model with an unknown accelerator": {
		edits: withGPU("gpu: {type: nvidia-l4, count: 1}", "gpu: {type: nvidia-a100, count: 1}"),
		want: []string{
			`ai-serving:models.chat.gcp.kubernetes.gpu.type: Invalid value: "nvidia-a100": is not an accelerator that Compute Engine has on demand: internal/clouds/accelerators.go lists them, and platform.allow.accelerators allows a newer one`,
		},
	},
	"a model with no accelerators": {
		edits: withGPU("gpu: {type: nvidia-l4, count: 1}", "gpu: {type: nvidia-l4, count: 0}"),
		want: []string{
			"ai-serving:models.chat.gcp.kubernetes.gpu.count: Invalid value: 0: must be 1 or more: leave gpu out for a model that needs none",
		},
	},
	"accelerators that no replica could use": {
		edits: withGPU("gpu: {type: nvidia-l4, count: 1}", "gpu: {type: nvidia-l4, count: 3}"),
		want: []string{
			"ai-serving:models.chat.gcp.kubernetes.gpu.count: Invalid value: 3: does not divide the 4 of a node in europe-west4, and would leave some of them unused: change it, or the machine type",
			"ai-serving:models.chat.gcp.kubernetes.gpu.count: Invalid value: 3: does not divide the 4 of a node in us-central1, and would leave some of them unused: change it, or the machine type",
		},
	},
}

// withGPU gives a model of the good stack file accelerators, and edits it then.
func withGPU(edits ...string) []string {
	const pools = "gpus: {nvidia-l4: {machineType: g2-standard-48, perNode: 4, quota: 16}}"
	return append([]string{
		"      azure: {containers: {cpu: 1, memoryGiB: 1.5}}\n", "      azure: {networkInterfaces: [gpu-b]}\n",
		"kubernetes: {cpu: 500m, memory: 1Gi}", "kubernetes: {cpu: 500m, memory: 1Gi, replicas: {min: 2, max: 2}, gpu: {type: nvidia-l4, count: 1}}",
		"cidr: 10.20.0.0/16}", "cidr: 10.20.0.0/16, " + pools + "}",
		"cidr: 10.21.0.0/16}", "cidr: 10.21.0.0/16, " + pools + "}",
	}, edits...)
}

func TestAcceleratorsAndCertificatesOfGoogleAreAccepted(t *testing.T) {
	t.Parallel()
	for name, edits := range map[string][]string{"accelerators": withGPU(), "certificates": withTLS()} {
		if _, err := load(t, edit(t, stack, edits...)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
