package machinetype

// What Compute Engine has, as of 2026-08-21. A new type is a line here: of a class,
// if its memory follows from its CPUs, or else among the exceptions.
//
// Source: the list of Google Kubernetes Engine's own autoscaler,
// github.com/GoogleCloudPlatform/cluster-autoscaler, pkg/cloudprovider/gke/machinetypes
// (deprecated_machine_types_config.go), compared with
// docs.cloud.google.com/compute/docs/general-purpose-machines and its neighbours,
// which are right where the two differ: g2-standard-24 has 24 CPUs, and
// n2d-highmem-96 has 768 GiB. Machines without a hypervisor (-metal), with TPUs, and
// those of the Z4D and A4X series are left out.

// class is what the types <series>-<class>-<CPUs> have in common.
type class struct {
	gibPerCPU float64
	cpus      []int
}

// classes are by "<series>-<class>".
var classes = map[string]class{
	"c2-standard":  {4, []int{4, 8, 16, 30, 60}},
	"c2d-highcpu":  {2, []int{2, 4, 8, 16, 32, 56, 112}},
	"c2d-highmem":  {8, []int{2, 4, 8, 16, 32, 56, 112}},
	"c2d-standard": {4, []int{2, 4, 8, 16, 32, 56, 112}},
	"c3-highcpu":   {2, []int{4, 8, 22, 44, 88, 176}},
	"c3-highmem":   {8, []int{4, 8, 22, 44, 88, 176}},
	"c3-standard":  {4, []int{4, 8, 22, 44, 88, 176}},
	"c3d-highcpu":  {59.0 / 30, []int{4, 8, 16, 30, 60, 90, 180, 360}},
	"c3d-highmem":  {8, []int{4, 8, 16, 30, 60, 90, 180, 360}},
	"c3d-standard": {4, []int{4, 8, 16, 30, 60, 90, 180, 360}},
	"c4-highcpu":   {2, []int{2, 4, 8, 16, 24, 32, 48, 64, 96, 144, 192, 288}},
	"c4-highmem":   {7.75, []int{2, 4, 8, 16, 24, 32, 48, 64, 96, 144, 192, 288}},
	"c4-standard":  {3.75, []int{2, 4, 8, 16, 24, 32, 48, 64, 96, 144, 192, 288}},
	"c4a-highcpu":  {2, []int{1, 2, 4, 8, 16, 32, 36, 48, 64, 72}},
	"c4a-highmem":  {8, []int{1, 2, 4, 8, 16, 32, 36, 48, 64, 72}},
	"c4a-standard": {4, []int{1, 2, 4, 8, 16, 32, 36, 48, 64, 72}},
	"c4d-highcpu":  {1.875, []int{2, 4, 8, 16, 32, 48, 64, 96, 192, 384}},
	"c4d-highmem":  {7.875, []int{2, 4, 8, 16, 32, 48, 64, 96, 192, 384}},
	"c4d-standard": {3.875, []int{2, 4, 8, 16, 32, 48, 64, 96, 192, 384}},
	"c4n-highcpu":  {2, []int{2, 4, 8, 16, 24, 32, 48, 96, 192}},
	"c4n-highmem":  {7.75, []int{2, 4, 8, 16, 24, 32, 48, 96, 192}},
	"c4n-standard": {3.75, []int{2, 4, 8, 16, 24, 32, 48, 96, 192}},
	"e2-highcpu":   {1, []int{2, 4, 8, 16, 32}},
	"e2-highmem":   {8, []int{2, 4, 8, 16}},
	"e2-standard":  {4, []int{2, 4, 8, 16, 32}},
	"e4-highcpu":   {1, []int{2, 4, 8, 16, 32}},
	"e4-highmem":   {8, []int{2, 4, 8, 16}},
	"e4-standard":  {4, []int{2, 4, 8, 16, 32}},
	"g2-standard":  {4, []int{4, 8, 12, 16, 24, 32, 48, 96}},
	"g4-standard":  {3.75, []int{48, 96, 192, 384}},
	"h3-standard":  {4, []int{88}},
	"h4d-highmem":  {7.75, []int{192}},
	"h4d-standard": {3.75, []int{192}},
	"m1-ultramem":  {24.025, []int{40, 80, 160}},
	"m3-megamem":   {15.25, []int{64, 128}},
	"m3-ultramem":  {30.5, []int{32, 64, 128}},
	"m4-megamem":   {93.0 / 7, []int{28, 56, 112, 224}},
	"m4-ultramem":  {186.0 / 7, []int{56, 112, 224}},
	"n1-highcpu":   {0.9, []int{2, 4, 8, 16, 32, 64, 96}},
	"n1-highmem":   {6.5, []int{2, 4, 8, 16, 32, 64, 96}},
	"n1-standard":  {3.75, []int{1, 2, 4, 8, 16, 32, 64, 96}},
	"n2-highcpu":   {1, []int{2, 4, 8, 16, 32, 48, 64, 80, 96, 128}},
	"n2-highmem":   {8, []int{2, 4, 8, 16, 32, 48, 64, 80, 96, 128}},
	"n2-standard":  {4, []int{2, 4, 8, 16, 32, 48, 64, 80, 96, 128}},
	"n2d-highcpu":  {1, []int{2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224}},
	"n2d-highmem":  {8, []int{2, 4, 8, 16, 32, 48, 64, 80, 96}},
	"n2d-standard": {4, []int{2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224}},
	"n4-highcpu":   {2, []int{2, 4, 8, 16, 32, 48, 64, 80}},
	"n4-highmem":   {8, []int{2, 4, 8, 16, 32, 48, 64, 80}},
	"n4-standard":  {4, []int{2, 4, 8, 16, 32, 48, 64, 80}},
	"n4a-highcpu":  {2, []int{1, 2, 4, 8, 16, 32, 48, 64}},
	"n4a-highmem":  {8, []int{1, 2, 4, 8, 16, 32, 48, 64}},
	"n4a-standard": {4, []int{1, 2, 4, 8, 16, 32, 48, 64}},
	"n4d-highcpu":  {2, []int{2, 4, 8, 16, 32, 48, 64, 80, 96}},
	"n4d-highmem":  {8, []int{2, 4, 8, 16, 32, 48, 64, 80, 96}},
	"n4d-standard": {4, []int{2, 4, 8, 16, 32, 48, 64, 80, 96}},
	"t2a-standard": {4, []int{1, 2, 4, 8, 16, 32, 48}},
	"t2d-standard": {4, []int{1, 2, 4, 8, 16, 32, 48, 60}},
	"z3-highmem":   {8, []int{8, 14, 16, 22, 30, 32, 36, 44, 88, 176}},
}

// exception is what a type has that does not follow from its name.
type exception struct {
	cpus int
	gib  float64
}

// exceptions are by name.
var exceptions = map[string]exception{
	"c3d-highcpu-4":  {4, 8},
	"c3d-highcpu-8":  {8, 16},
	"c3d-highcpu-16": {16, 32},
	"c4-standard-2":  {2, 7},
	"c4-highmem-2":   {2, 15},
	"c4d-highcpu-2":  {2, 3},
	"c4d-highcpu-4":  {4, 7},
	"c4d-standard-2": {2, 7},
	"c4d-standard-4": {4, 15},
	"c4d-highmem-2":  {2, 15},
	"c4d-highmem-4":  {4, 31},
	"c4n-standard-2": {2, 7},
	"c4n-highmem-2":  {2, 15},
	"n2-highmem-128": {128, 864},

	"e2-micro":  {2, 1},
	"e2-small":  {2, 2},
	"e2-medium": {2, 4},
	"e4-medium": {2, 4},
	"f1-micro":  {1, 0.6},
	"g1-small":  {1, 1.7},

	"a2-highgpu-1g":  {12, 85},
	"a2-highgpu-2g":  {24, 170},
	"a2-highgpu-4g":  {48, 340},
	"a2-highgpu-8g":  {96, 680},
	"a2-megagpu-16g": {96, 1360},
	"a2-ultragpu-1g": {12, 170},
	"a2-ultragpu-2g": {24, 340},
	"a2-ultragpu-4g": {48, 680},
	"a2-ultragpu-8g": {96, 1360},
	"a3-highgpu-1g":  {26, 234},
	"a3-highgpu-2g":  {52, 468},
	"a3-highgpu-4g":  {104, 936},
	"a3-highgpu-8g":  {208, 1872},
	"a3-edgegpu-8g":  {208, 1872},
	"a3-megagpu-8g":  {208, 1872},
	"a3-ultragpu-8g": {224, 2952},
	"a4-highgpu-8g":  {224, 3968},

	"h4d-megamem-192": {192, 3024},
	"m1-megamem-96":   {96, 1433.6},
	"m2-hypermem-416": {416, 8832},
	"m2-megamem-416":  {416, 5888},
	"m2-ultramem-208": {208, 5888},
	"m2-ultramem-416": {416, 11776},
}

// accelerators are those that come with machines: the series and class, or the
// series, and the type of accelerator.
var accelerators = map[string]string{
	"a2-highgpu":  "nvidia-tesla-a100",
	"a2-megagpu":  "nvidia-tesla-a100",
	"a2-ultragpu": "nvidia-a100-80gb",
	"a3-highgpu":  "nvidia-h100-80gb",
	"a3-edgegpu":  "nvidia-h100-80gb",
	"a3-megagpu":  "nvidia-h100-mega-80gb",
	"a3-ultragpu": "nvidia-h200-141gb",
	"a4-highgpu":  "nvidia-b200",
	"g2-standard": "nvidia-l4",
	"g4-standard": "nvidia-rtx-pro-6000",
}

// acceleratorCounts are how many come with a machine whose name does not say it.
var acceleratorCounts = map[string]int{
	"g2-standard-4": 1, "g2-standard-8": 1, "g2-standard-12": 1, "g2-standard-16": 1,
	"g2-standard-24": 2, "g2-standard-32": 1, "g2-standard-48": 4, "g2-standard-96": 8,
	"g4-standard-48": 1, "g4-standard-96": 2, "g4-standard-192": 4, "g4-standard-384": 8,
}

// hyperdiskSeries take no Persistent Disk. Source, of 2026-11-29:
// docs.cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support, and the
// pages of the series that it refers to; the refusal is in github.com/DataBiosphere/dsub/issues/301.
var hyperdiskSeries = []string{"a4", "c4", "c4a", "c4d", "c4n", "e4", "g4", "h4d", "m4", "n4", "n4a", "n4d", "x4"}

// Series with Arm processors; those with custom types; those whose types there are with
// local SSDs too, or without, and how their names end: CPUs and memory are the same.
var (
	armSeries      = []string{"c4a", "n4a", "t2a"}
	localSSDSeries = []string{"a2", "a3", "a4", "c3", "c3d", "c4", "c4a", "c4d", "c4n", "h4d", "z3"}
	customSeries   = []string{"e2", "g2", "n1", "n2", "n2d", "n4", "n4a", "n4d"}
	localSSDs      = []string{"-lssd", "-nolssd", "-standardlssd", "-highlssd"}
)

// sharedCore are the types whose CPUs are shared with other machines. They have two,
// of which all but a part is for bursts.
var sharedCore = []string{"e2-micro", "e2-small", "e2-medium"}
