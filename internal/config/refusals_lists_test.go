package config_test

import "testing"

// listRefusals are of values that are in no list of what the clouds have, and of
// what a stack file adds to the lists.
var listRefusals = map[string]refusal{
	"a region by its display name": {
		edits: []string{
			"westeurope: {cidr: 10.10.0.0/16}", `"West Europe": {cidr: 10.10.0.0/16}`,
			"globex: {models: [chat], isolation: bridge}", "globex: {models: [chat], regions: [azure/westeurope]}",
		},
		want: []string{
			`ai-serving:azure.regions.West Europe: Invalid value: "West Europe": is not a region of Azure (did you mean "westeurope"?): internal/clouds/azure_regions.go lists them, and platform.allow.azureRegions allows a newer one`,
		},
	},
	"a region by its display name, in a reference too": {
		edits: []string{
			"westeurope: {cidr: 10.10.0.0/16}", `"West Europe": {cidr: 10.10.0.0/16}`,
			"globex: {models: [chat], isolation: bridge}", `globex: {models: [chat], regions: ["azure/West Europe", azure/northcentralus]}`,
			"tls: none", "tls: none\n    residencies: {eu: [\"azure/West Europe\"]}",
		},
		want: []string{
			`ai-serving:azure.regions.West Europe: Invalid value: "West Europe": is not a region of Azure (did you mean "westeurope"?): internal/clouds/azure_regions.go lists them, and platform.allow.azureRegions allows a newer one`,
			`ai-serving:platform.residencies.eu[0]: Invalid value: "azure/West Europe": is not in the stack's regions (did you mean "azure/westeurope"?): azure/northcentralus, azure/westeurope, gcp/europe-west4, gcp/us-central1`,
			`ai-serving:tenants.globex.regions[0]: Invalid value: "azure/West Europe": is not in the stack's regions and clouds (did you mean "azure/westeurope"?): azure, azure/northcentralus, azure/westeurope, gcp, gcp/europe-west4, gcp/us-central1`,
		},
	},
	"a misspelt region with other mistakes in it": {
		edits: []string{"europe-west4: {cidr: 10.20.0.0/16}", "europe-west-4: {cidr: 10.10.0.0/16, zones: [z]}"},
		want: []string{
			`ai-serving:gcp.regions.europe-west-4: Invalid value: "europe-west-4": is not a region of Google's cloud (did you mean "europe-west4"?): internal/clouds/google_regions.go lists them, and platform.allow.gcpRegions allows a newer one`,
		},
	},
	"locations of Cloud Storage that are none": {
		edits: []string{"  ai-serving:gcp:\n", "  ai-serving:gcp:\n    staticLocation: EUROPE\n"},
		want: []string{
			`ai-serving:gcp.staticLocation: Invalid value: "EUROPE": is not a location of Cloud Storage in upper case, such as EU, US, EUR4 or EUROPE-WEST4: internal/clouds/storage_locations.go lists them, and platform.allow.storageLocations allows a newer one`,
		},
	},
	"a region of another cloud as a location": {
		edits: []string{"  ai-serving:gcp:\n", "  ai-serving:gcp:\n    staticLocation: EU-WEST-1\n"},
		want: []string{
			`ai-serving:gcp.staticLocation: Invalid value: "EU-WEST-1": is not a location of Cloud Storage in upper case, such as EU, US, EUR4 or EUROPE-WEST4: internal/clouds/storage_locations.go lists them, and platform.allow.storageLocations allows a newer one`,
		},
	},
	"a location in lower case": {
		edits: []string{"  ai-serving:gcp:\n", "  ai-serving:gcp:\n    staticLocation: eu\n"},
		want: []string{
			`ai-serving:gcp.staticLocation: Invalid value: "eu": is not a location of Cloud Storage in upper case, such as EU, US, EUR4 or EUROPE-WEST4 (did you mean "EU"?): internal/clouds/storage_locations.go lists them, and platform.allow.storageLocations allows a newer one`,
		},
	},
	"an empty location": {
		edits: []string{"  ai-serving:gcp:\n", "  ai-serving:gcp:\n    staticLocation: ''\n"},
		want: []string{
			`ai-serving:gcp.staticLocation: Invalid value: "": is not a location of Cloud Storage in upper case, such as EU, US, EUR4 or EUROPE-WEST4 (did you mean "EU"?): internal/clouds/storage_locations.go lists them, and platform.allow.storageLocations allows a newer one`,
		},
	},
	"machine types with sizes that no series has": {
		edits: []string{
			"machineType: e2-standard-2", "machineType: e2-standard-3",
			"europe-west4: {cidr: 10.20.0.0/16}", "europe-west4: {cidr: 10.20.0.0/16, nodes: {machineType: n2-custom-5-8192}}",
			"us-central1: {cidr: 10.21.0.0/16}", "us-central1: {cidr: 10.21.0.0/16, nodes: {machineType: n9-standard-4}}",
		},
		want: []string{
			`ai-serving:gcp.regions.europe-west4.nodes.machineType: Invalid value: "n2-custom-5-8192": is not a machine type of Compute Engine, such as e2-standard-4: internal/machinetype/types.go lists them, and platform.allow.machineTypes allows a newer one`,
			`ai-serving:gcp.regions.us-central1.nodes.machineType: Invalid value: "n9-standard-4": is not a machine type of Compute Engine, such as e2-standard-4 (did you mean "n1-standard-4"?): internal/machinetype/types.go lists them, and platform.allow.machineTypes allows a newer one`,
			`ai-serving:models.embed.gcp.instances.machineType: Invalid value: "e2-standard-3": is not a machine type of Compute Engine, such as e2-standard-4 (did you mean "e2-standard-2"?): internal/machinetype/types.go lists them, and platform.allow.machineTypes allows a newer one`,
		},
	},
	"machines with accelerators, and with processors of another kind, for everybody": {
		edits: []string{
			"machineType: e2-standard-2", "machineType: g2-standard-8",
			"europe-west4: {cidr: 10.20.0.0/16}", "europe-west4: {cidr: 10.20.0.0/16, nodes: {machineType: a2-highgpu-1g}}",
			"us-central1: {cidr: 10.21.0.0/16}", "us-central1: {cidr: 10.21.0.0/16, nodes: {machineType: c4a-standard-8}}",
		},
		want: []string{
			`ai-serving:gcp.regions.europe-west4.nodes.machineType: Invalid value: "a2-highgpu-1g": comes with nvidia-tesla-a100, which pods ask for in a pool of gpus only: choose another type here`,
			`ai-serving:gcp.regions.us-central1.nodes.machineType: Invalid value: "c4a-standard-8": has Arm processors: GKE taints such nodes with kubernetes.io/arch=arm64, which the replicas do not tolerate: choose an x86 type, such as e2-standard-4`,
			`ai-serving:models.embed.gcp.instances.scaling: Required value: the use of the CPU says nothing of the load of a GPU: name another metric with its target, or set replicas.max to replicas.min`,
		},
	},
	"Arm processors for an image for x86": {
		edits: []string{"machineType: e2-standard-2", "machineType: t2a-standard-4"},
		want: []string{
			`ai-serving:models.embed.gcp.instances.machineType: Invalid value: "t2a-standard-4": has Arm processors: the instances boot an image for x86: choose an x86 type, such as e2-standard-4`,
		},
	},
	"machines too large for so few accelerators": {
		edits: []string{"cidr: 10.21.0.0/16}", "cidr: 10.21.0.0/16, gpus: {nvidia-tesla-v100: {machineType: n1-standard-16, perNode: 1, quota: 8}}}"},
		want: []string{
			"ai-serving:gcp.regions.us-central1.gpus.nvidia-tesla-v100.perNode: Invalid value: 1: must be one of [2 4 8], as many as a n1-standard-16 has",
		},
	},
	"a version of rules that is none": {
		edits: []string{"  ai-serving:azure:\n", "  ai-serving:azure:\n    firewall: {ruleSet: latest}\n"},
		want: []string{
			`ai-serving:azure.firewall.ruleSet: Invalid value: "latest": is not a version of Microsoft's default rule set, such as 2.2: internal/clouds/rule_sets.go lists them, and platform.allow.ruleSets allows a newer one`,
		},
	},
	"allowances of what is known": {
		edits: withAllowance(`
      azureRegions: {westeurope: {zonal: true}}
      gcpRegions: {europe-west4: {zones: [a], nearest: westeurope}}
      machineTypes: {e2-standard-2: {cpu: 2, memoryGiB: 8}}
      accelerators: {nvidia-l4: {machines: {g2-standard-4: 1}}}
      storageLocations: [EU]
      geographies: [DE]
      ruleSets: ["2.2"]`),
		want: []string{
			"ai-serving:platform.allow.accelerators.nvidia-l4: Forbidden: internal/clouds/accelerators.go has it already: leave it out",
			"ai-serving:platform.allow.azureRegions.westeurope: Forbidden: internal/clouds/azure_regions.go has it already: leave it out",
			"ai-serving:platform.allow.gcpRegions.europe-west4: Forbidden: internal/clouds/google_regions.go has it already: leave it out",
			"ai-serving:platform.allow.geographies[0]: Forbidden: internal/clouds/geographies.go has it already: leave it out",
			"ai-serving:platform.allow.machineTypes.e2-standard-2: Forbidden: internal/machinetype/types.go has it already: leave it out",
			"ai-serving:platform.allow.ruleSets[0]: Forbidden: internal/clouds/rule_sets.go has it already: leave it out",
			"ai-serving:platform.allow.storageLocations[0]: Forbidden: internal/clouds/storage_locations.go has it already: leave it out",
		},
	},
	"allowances that nothing needs": {
		edits: withAllowance(`
      azureRegions: {marsnorth: {zonal: true}}
      machineTypes: {z9-standard-2: {cpu: 2, memoryGiB: 8}}
      storageLocations: [MARS]`),
		want: []string{
			"ai-serving:platform.allow.azureRegions.marsnorth: Forbidden: nothing in the file names it: leave it out",
			"ai-serving:platform.allow.machineTypes.z9-standard-2: Forbidden: nothing in the file names it: leave it out",
			"ai-serving:platform.allow.storageLocations[0]: Forbidden: nothing in the file names it: leave it out",
		},
	},
	"allowances of a wrong form, and without the facts": {
		edits: withAllowance(`
      azureRegions: {"Mars North": {zonal: true}}
      gcpRegions: {mars-north1: {zones: [], nearest: marsnorth}}
      machineTypes: {z9-standard-2: {cpu: 0, memoryGiB: 0}}
      accelerators: {nvidia-mars: {machines: {}}}
      storageLocations: [mars]
      geographies: [Mars]
      ruleSets: [newest]`,
			"europe-west4: {cidr: 10.20.0.0/16}", "mars-north1: {cidr: 10.20.0.0/16}",
			"machineType: e2-standard-2", "machineType: z9-standard-2",
			"us-central1: {cidr: 10.21.0.0/16}", "us-central1: {cidr: 10.21.0.0/16, gpus: {nvidia-mars: {machineType: z9-standard-2, perNode: 1, quota: 1}}}"),
		want: []string{
			`ai-serving:platform.allow.accelerators.nvidia-mars.machines: Required value: name at least one machine type`,
			`ai-serving:platform.allow.azureRegions.Mars North: Invalid value: "Mars North": must be 3 to 18 lower-case letters and digits, a letter first, such as westeurope`,
			`ai-serving:platform.allow.gcpRegions.mars-north1.nearest: Invalid value: "marsnorth": is not a region of Azure: internal/clouds/azure_regions.go lists them, and platform.allow.azureRegions allows a newer one`,
			`ai-serving:platform.allow.gcpRegions.mars-north1.zones: Required value: name at least one zone`,
			`ai-serving:platform.allow.geographies[0]: Invalid value: "Mars": must be a code in upper case, such as DE, US-CA or GEO-EU`,
			`ai-serving:platform.allow.machineTypes.z9-standard-2.cpu: Invalid value: 0: must be 1 or more`,
			`ai-serving:platform.allow.machineTypes.z9-standard-2.memoryGiB: Invalid value: 0: must be more than 0 and at most 32768 GiB`,
			`ai-serving:platform.allow.ruleSets[0]: Invalid value: "newest": must be a version, such as 2.2`,
			`ai-serving:platform.allow.storageLocations[0]: Invalid value: "mars": must be a name in upper case, such as EUROPE-WEST4`,
		},
	},
}

// withAllowance gives the good stack file more than the lists have, after other
// edits.
func withAllowance(allow string, edits ...string) []string {
	return append(edits, "    tls: none\n", "    tls: none\n    allow:"+allow+"\n")
}

func TestWhatIsNewerThanTheListsIsAllowed(t *testing.T) {
	t.Parallel()
	got, err := load(t, edit(t, stack, withAllowance(`
      azureRegions: {marsnorth: {zonal: true}, marssouth: {zonal: false}}
      gcpRegions: {mars-north1: {zones: [a, d], nearest: marsnorth}}
      machineTypes: {z9-standard-2: {cpu: 2, memoryGiB: 8.5}, z9-highgpu-2g: {cpu: 24, memoryGiB: 170}}
      accelerators: {nvidia-z9: {machines: {z9-highgpu-2g: 2}}}
      storageLocations: [MARS-NORTH1]
      geographies: [XM]
      ruleSets: ["3.0"]`,
		"    tls: none\n", "    tls: none\n    traffic: {routing: geographic, places: {azure/marsnorth: {geography: [WORLD]}, azure/marssouth: {geography: [XM]}, gcp: {geography: [GEO-EU]}}}\n",
		"westeurope: {cidr: 10.10.0.0/16}", "marsnorth: {cidr: 10.10.0.0/16}",
		"northcentralus: {cidr: 10.11.0.0/16}", "marssouth: {cidr: 10.11.0.0/16}",
		"europe-west4: {cidr: 10.20.0.0/16}", "mars-north1: {cidr: 10.20.0.0/16, nodes: {machineType: z9-standard-2}, gpus: {nvidia-z9: {machineType: z9-highgpu-2g, perNode: 2, quota: 8}}}",
		"  ai-serving:gcp:\n", "  ai-serving:gcp:\n    staticLocation: MARS-NORTH1\n",
		"  ai-serving:azure:\n", "  ai-serving:azure:\n    firewall: {ruleSet: '3.0'}\n",
	)...))
	if err != nil {
		t.Fatal(err)
	}
	if zones := got.Azure.Regions["marsnorth"].Zones; len(zones) != 3 {
		t.Errorf("a new region of Azure has the zones %v", zones)
	}
	if zones := got.Azure.Regions["marssouth"].Zones; len(zones) != 0 {
		t.Errorf("a new region of Azure without zones has %v", zones)
	}
	if zones := got.GCP.Regions["mars-north1"].Zones; len(zones) != 2 {
		t.Errorf("a new region of Google Cloud has the zones %v", zones)
	}
	if nearest := got.NearestAzureRegion("mars-north1"); nearest != "marsnorth" {
		t.Errorf("the nearest region of Azure is %q", nearest)
	}
	if machine, known := got.MachineType("z9-standard-2"); !known || machine.CPUs != 2 || machine.MemoryMiB != 8704 {
		t.Errorf("a new machine type is %+v, %v", machine, known)
	}
	if machine, known := got.MachineType("z9-highgpu-2g"); !known || machine.GPU != "nvidia-z9" || machine.GPUs != 2 {
		t.Errorf("a new machine type with accelerators is %+v, %v", machine, known)
	}
	if machine, known := got.MachineType("e2-standard-4"); !known || machine.CPUs != 4 {
		t.Errorf("a known machine type is %+v, %v", machine, known)
	}
}
