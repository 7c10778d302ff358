package rest

import (
	"regexp"
	"slices"
	"strconv"
)

// machine is what a machine type has.
type machine struct {
	family    string // e2, the first part of the type
	cpus      int
	memoryMiB int
	gpus      int
	gpu       string // accelerator type, of those that come with the machine
}

// machineName is a predefined machine type: n2-highmem-8.
var machineName = regexp.MustCompile(`^([a-z][0-9][a-z]?)-([a-z]+)-([0-9]+)$`)

// customName is a machine type with its own numbers: n2-custom-4-8192.
var customName = regexp.MustCompile(`^(?:([a-z][0-9][a-z]?)-)?custom-([0-9]+)-([0-9]+)(?:-ext)?$`)

// gib is in MiB.
const gib = 1024

// memoryPerCPU is in MiB, by series and class (cloud.google.com/compute/docs/
// general-purpose-machines and its neighbours).
var memoryPerCPU = map[string]map[string]int{
	"c2":  {"standard": 4 * gib},
	"c2d": {"standard": 4 * gib, "highmem": 8 * gib, "highcpu": 2 * gib},
	"c3":  {"standard": 4 * gib, "highmem": 8 * gib, "highcpu": 2 * gib},
	"c3d": {"standard": 4 * gib, "highmem": 8 * gib, "highcpu": 2 * gib},
	"c4":  {"standard": 3840, "highmem": 7936, "highcpu": 2 * gib},
	"e2":  {"standard": 4 * gib, "highmem": 8 * gib, "highcpu": 1 * gib},
	"g2":  {"standard": 4 * gib},
	"n1":  {"standard": 3840, "highmem": 6656, "highcpu": 922},
	"n2":  {"standard": 4 * gib, "highmem": 8 * gib, "highcpu": 1 * gib},
	"n2d": {"standard": 4 * gib, "highmem": 8 * gib, "highcpu": 1 * gib},
	"n4":  {"standard": 4 * gib, "highmem": 8 * gib, "highcpu": 2 * gib},
	"t2d": {"standard": 4 * gib},
}

// cpuCounts are the sizes that a series comes in.
var cpuCounts = map[string][]int{
	"c2":  {4, 8, 16, 30, 60},
	"c2d": {2, 4, 8, 16, 32, 56, 112},
	"c3":  {4, 8, 22, 44, 88, 176, 192},
	"c3d": {4, 8, 16, 30, 60, 90, 180, 360},
	"c4":  {2, 4, 8, 16, 24, 32, 48, 96, 144, 192, 288},
	"e2":  {2, 4, 8, 16, 32},
	"g2":  {4, 8, 12, 16, 24, 32, 48, 96},
	"n1":  {1, 2, 4, 8, 16, 32, 64, 96},
	"n2":  {2, 4, 8, 16, 32, 48, 64, 80, 96, 128},
	"n2d": {2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224},
	"n4":  {2, 4, 8, 16, 32, 48, 64, 80},
	"t2d": {1, 2, 4, 8, 16, 32, 48, 60},
}

// singleMachines do not follow the rule of series, class and size.
var singleMachines = map[string]machine{
	"f1-micro":  {family: "f1", cpus: 1, memoryMiB: 614},
	"g1-small":  {family: "g1", cpus: 1, memoryMiB: 1740},
	"e2-micro":  {family: "e2", cpus: 2, memoryMiB: 1 * gib},
	"e2-small":  {family: "e2", cpus: 2, memoryMiB: 2 * gib},
	"e2-medium": {family: "e2", cpus: 2, memoryMiB: 4 * gib},

	"a2-highgpu-1g":  {family: "a2", cpus: 12, memoryMiB: 85 * gib, gpus: 1, gpu: "nvidia-tesla-a100"},
	"a2-highgpu-2g":  {family: "a2", cpus: 24, memoryMiB: 170 * gib, gpus: 2, gpu: "nvidia-tesla-a100"},
	"a2-highgpu-4g":  {family: "a2", cpus: 48, memoryMiB: 340 * gib, gpus: 4, gpu: "nvidia-tesla-a100"},
	"a2-highgpu-8g":  {family: "a2", cpus: 96, memoryMiB: 680 * gib, gpus: 8, gpu: "nvidia-tesla-a100"},
	"a2-ultragpu-1g": {family: "a2", cpus: 12, memoryMiB: 170 * gib, gpus: 1, gpu: "nvidia-a100-80gb"},
	"a2-ultragpu-8g": {family: "a2", cpus: 96, memoryMiB: 1360 * gib, gpus: 8, gpu: "nvidia-a100-80gb"},
	"a3-highgpu-8g":  {family: "a3", cpus: 208, memoryMiB: 1872 * gib, gpus: 8, gpu: "nvidia-h100-80gb"},
}

// l4s are the GPUs of g2 machines, by their number of CPUs.
var l4s = map[int]int{4: 1, 8: 1, 12: 1, 16: 1, 24: 2, 32: 1, 48: 4, 96: 8}

// machineType is what the machine type with this name, or URL, has. There are
// none but those that Google has.
func machineType(name string) (m machine, exists bool) {
	name = lastSegment(name)
	if m, exists = singleMachines[name]; exists {
		return m, true
	}
	if parts := customName.FindStringSubmatch(name); parts != nil {
		return customMachine(parts)
	}
	parts := machineName.FindStringSubmatch(name)
	if parts == nil {
		return machine{}, false
	}
	series, class := parts[1], parts[2]
	cpus, _ := strconv.Atoi(parts[3]) // digits only
	memory, exists := memoryPerCPU[series][class]
	m = machine{family: series, cpus: cpus, memoryMiB: cpus * memory}
	if series == "g2" {
		m.gpus, m.gpu = l4s[cpus], "nvidia-l4"
	}
	return m, exists && slices.Contains(cpuCounts[series], cpus)
}

// customMachine has whole CPUs and a multiple of 256 MiB.
func customMachine(parts []string) (machine, bool) {
	m := machine{family: parts[1]}
	if m.family == "" {
		m.family = "n1"
	}
	m.cpus, _ = strconv.Atoi(parts[2]) // digits only
	m.memoryMiB, _ = strconv.Atoi(parts[3])
	return m, m.cpus > 0 && m.memoryMiB > 0 && m.memoryMiB%256 == 0
}
