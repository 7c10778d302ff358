package clouds

import (
	"regexp"
	"strconv"
	"strings"

	"ai-serving/internal/machinetype"
)

// MachineTypes are the predefined types of Compute Engine, sorted. Package
// machinetype has the list, with what each of them has.
func MachineTypes() []string {
	var names []string
	for _, known := range machinetype.All() {
		names = append(names, known.Name)
	}
	return names
}

// MachineType is what Compute Engine's machine type of the name has, and whether
// there is one: a predefined one, or one with numbers of its own that its series
// allows.
func MachineType(name string) (machinetype.Type, bool) {
	known, there := machinetype.Of(name)
	if there && strings.Contains(name, "custom-") {
		there = customFits(name)
	}
	return known, there
}

// customName is a type with numbers of its own, of CPUs and MiB. Without a series it
// is of N1.
var customName = regexp.MustCompile(`^(?:([a-z0-9]+)-)?custom-([0-9]+)-([0-9]+)(-ext)?$`)

// customSeries is what a series allows of custom types.
type customSeries struct {
	// mostCPUs is the largest number of CPUs, and allows says which others there are.
	mostCPUs int
	allows   func(cpus int) bool
	// leastMiB and mostMiB are of memory per CPU. Extended memory, -ext, goes beyond.
	leastMiB, mostMiB int
	// mostGiB bounds the memory of the whole machine; 0 for by CPUs only.
	mostGiB int
}

// customSeriesByName are the series with custom types.
// Source: cloud.google.com/compute/docs/general-purpose-machines, the sections on
// custom machine types, as of November 2026.
var customSeriesByName = map[string]customSeries{
	"e2":  {mostCPUs: 32, allows: even, leastMiB: 512, mostMiB: 8192, mostGiB: 128},
	"n1":  {mostCPUs: 96, allows: func(cpus int) bool { return cpus == 1 || even(cpus) }, leastMiB: 922, mostMiB: 6656, mostGiB: 624},
	"n2":  {mostCPUs: 128, allows: func(cpus int) bool { return even(cpus) && (cpus <= 32 || cpus%4 == 0) }, leastMiB: 512, mostMiB: 8192, mostGiB: 864},
	"n2d": {mostCPUs: 96, allows: func(cpus int) bool { return cpus%16 == 0 || cpus == 2 || cpus == 4 || cpus == 8 }, leastMiB: 512, mostMiB: 8192, mostGiB: 768},
	"n4":  {mostCPUs: 80, allows: even, leastMiB: 2048, mostMiB: 8192, mostGiB: 640},
	"n4d": {mostCPUs: 96, allows: even, leastMiB: 2048, mostMiB: 8192, mostGiB: 768},
}

func even(cpus int) bool { return cpus%2 == 0 }

// customFits reports whether a series allows the numbers of a custom type.
func customFits(name string) bool {
	parts := customName.FindStringSubmatch(name)
	if parts == nil {
		return false
	}
	series := parts[1]
	if series == "" {
		series = "n1"
	}
	allowed, known := customSeriesByName[series]
	cpus, _ := strconv.Atoi(parts[2])   // digits, or 0 where there are too many
	memory, _ := strconv.Atoi(parts[3]) // likewise
	switch {
	case !known || cpus < 1 || cpus > allowed.mostCPUs || !allowed.allows(cpus):
		return false
	case memory < cpus*allowed.leastMiB || memory > allowed.mostGiB*1024:
		return false
	}
	return parts[4] != "" || memory <= cpus*allowed.mostMiB
}
