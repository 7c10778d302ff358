// Package machinetype says what Compute Engine's machine types have, and what
// Google Kubernetes Engine leaves of it for the pods of its users.
//
// It has plain data and pure functions only. The program refuses by it what fits on
// no node; the sandbox gives its nodes what it says.
package machinetype

import (
	"cmp"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Type is what a machine type has.
type Type struct {
	Name string
	// Series is the first part of the name, "n2".
	Series string
	// CPUs are virtual ones.
	CPUs int
	// MemoryMiB is the memory of the machine. Its operating system has less.
	MemoryMiB int
	// GPU is the type of the accelerators that come with the machine, and GPUs is
	// their number; "" and 0 where none do.
	GPU  string
	GPUs int
	// Arm says that the processor is not an x86 one.
	Arm bool
}

var (
	// general is a type of a series, a class and a size: n2-highmem-8.
	general = regexp.MustCompile(`^([a-z][0-9]+[a-z]?-[a-z]+)-([0-9]{1,3})$`)
	// custom is a type with its own numbers, of CPUs and of MiB: n2-custom-4-8192.
	// Those of the N1 series may leave its name out.
	custom = regexp.MustCompile(`^(?:([a-z][0-9]+[a-z]?)-)?custom-([0-9]{1,3})-([0-9]{1,8})(?:-ext)?$`)
	// numberOfGPUs ends the name of a type of the A series: a2-highgpu-4g.
	numberOfGPUs = regexp.MustCompile(`-([0-9]+)g$`)
)

const (
	mibPerGiB = 1024
	// customStep is what the memory of a custom type is a multiple of, in MiB.
	// Source: docs.cloud.google.com/compute/docs/instances/creating-instance-with-custom-machine-type.
	customStep = 256
)

// Of says what the machine type with this name has, and whether there is one: in
// types.go, or with numbers of its own.
func Of(name string) (Type, bool) {
	if parts := custom.FindStringSubmatch(name); parts != nil {
		return ofCustom(name, parts)
	}
	bare := withoutLocalSSDs(name)
	t := Type{Name: name, Series: series(bare)}
	if exceptional, found := exceptions[bare]; found {
		t.CPUs, t.MemoryMiB = exceptional.cpus, int(exceptional.gib*mibPerGiB)
	} else if !t.size(bare) {
		return Type{}, false
	}
	t.Arm = slices.Contains(armSeries, t.Series)
	t.GPU = accelerators[bare[:max(0, strings.LastIndexByte(bare, '-'))]]
	if t.GPU != "" {
		t.GPUs = gpus(bare)
	}
	return t, true
}

// size fills in what follows from the name, and reports whether the class has the size.
func (t *Type) size(name string) bool {
	parts := general.FindStringSubmatch(name)
	if parts == nil {
		return false
	}
	class := classes[parts[1]]
	t.CPUs, _ = strconv.Atoi(parts[2]) // digits only
	t.MemoryMiB = int(math.Round(class.gibPerCPU * float64(t.CPUs) * mibPerGiB))
	return slices.Contains(class.cpus, t.CPUs)
}

// ofCustom has whole CPUs and a multiple of [customStep].
func ofCustom(name string, parts []string) (Type, bool) {
	t := Type{Name: name, Series: cmp.Or(parts[1], "n1")}
	t.CPUs, _ = strconv.Atoi(parts[2])
	t.MemoryMiB, _ = strconv.Atoi(parts[3]) // digits only
	t.Arm = slices.Contains(armSeries, t.Series)
	return t, slices.Contains(customSeries, t.Series) && t.CPUs > 0 && t.MemoryMiB > 0 && t.MemoryMiB%customStep == 0
}

// BootDisk is the type of disk that machines of a type start from: Persistent Disk
// where the series takes it, for it comes with its performance, and Hyperdisk else.
func BootDisk(name string) string {
	if slices.Contains(hyperdiskSeries, series(name)) {
		return "hyperdisk-balanced"
	}
	return "pd-balanced"
}

func series(name string) string {
	series, _, _ := strings.Cut(name, "-")
	return series
}

// withoutLocalSSDs is the type with the same CPUs and memory.
func withoutLocalSSDs(name string) string {
	if !slices.Contains(localSSDSeries, series(name)) {
		return name
	}
	for _, suffix := range localSSDs {
		name = strings.TrimSuffix(name, suffix)
	}
	return name
}

func gpus(name string) int {
	if parts := numberOfGPUs.FindStringSubmatch(name); parts != nil {
		count, _ := strconv.Atoi(parts[1]) // of a name in the list
		return count
	}
	return acceleratorCounts[name]
}

// Siblings are the types of the same series and class, the smallest first; none of a
// custom type.
func (t Type) Siblings() []Type {
	var all []Type
	prefix := withoutLocalSSDs(t.Name)
	prefix = prefix[:max(0, strings.LastIndexByte(prefix, '-'))]
	for _, cpus := range classes[prefix].cpus {
		if sibling, there := Of(prefix + "-" + strconv.Itoa(cpus)); there {
			all = append(all, sibling)
		}
	}
	return all
}

// All are the types that types.go lists, by name.
func All() []Type {
	names := map[string]bool{}
	for name := range exceptions {
		names[name] = true
	}
	for prefix, class := range classes {
		for _, cpus := range class.cpus {
			names[prefix+"-"+strconv.Itoa(cpus)] = true
		}
	}
	var all []Type
	for _, name := range slices.Sorted(maps.Keys(names)) {
		t, _ := Of(name) // it is in the list
		all = append(all, t)
	}
	return all
}
