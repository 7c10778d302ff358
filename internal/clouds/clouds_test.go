package clouds

import (
	"regexp"
	"slices"
	"testing"
)

// The facts of each list name values of the others.
func TestTheListsAgree(t *testing.T) {
	t.Parallel()
	for name, region := range GoogleRegions {
		if _, known := AzureRegions[region.Nearest]; !known {
			t.Errorf("%s is nearest to %q, which is no region of Azure", name, region.Nearest)
		}
	}
	for kind, accelerator := range Accelerators {
		for name, count := range accelerator.Machines {
			if machine, known := MachineType(name); !known || machine.GPU != kind || machine.GPUs != count {
				t.Errorf("%s comes %d to a %s, which is %+v", kind, count, name, machine)
			}
		}
	}
}

func TestNoListHasAValueTwice(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]string{
		"geographies": Geographies(), "storage locations": StorageLocations(), "machine types": MachineTypes(), "rule sets": RuleSets,
	} {
		for i, value := range values {
			if slices.Contains(values[:i], value) {
				t.Errorf("%s has %q twice", name, value)
			}
		}
		if !slices.IsSorted(values) {
			t.Errorf("%s are not sorted", name)
		}
	}
}

func TestGeographiesAreCodes(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^(WORLD|GEO-[A-Z]{2}|[A-Z]{2}|(AU|CA|GB|US)-[A-Z]{2,3})$`)
	for _, code := range Geographies() {
		if !form.MatchString(code) {
			t.Errorf("%q is no code", code)
		}
	}
	for _, code := range []string{"WORLD", "GEO-EU", "DE", "US-DC", "CA-QC", "GB-SCT", "AU-NSW", "XK"} {
		if !slices.Contains(Geographies(), code) {
			t.Errorf("%q is not among them", code)
		}
	}
}

func TestMachineTypesWithNumbersOfTheirOwn(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"custom-1-1024":            true, // of N1
		"custom-3-4096":            false,
		"n1-custom-2-13312":        true,
		"n1-custom-2-13568":        false, // 6.5 GiB for each CPU
		"n1-custom-2-13568-ext":    true,
		"n2-custom-4-8192":         true,
		"n2-custom-5-8192":         false,
		"n2-custom-34-65536":       false, // multiples of 4 beyond 32
		"n2-custom-36-65536":       true,
		"n2-custom-4-1000":         false, // no multiple of 256 MiB
		"n2-custom-4-1024":         false, // half a GiB for each CPU
		"n2d-custom-6-8192":        false,
		"n2d-custom-48-98304":      true,
		"e2-custom-34-65536":       false,
		"e2-custom-32-131072":      true,
		"e2-custom-16-262144-ext":  false,
		"n4-custom-80-655360":      true,
		"c3-custom-4-8192":         false,
		"e2-standard-4":            true,
		"e2-standard-64":           false,
		"n2-custom-4-999999999999": false,
	} {
		if _, got := MachineType(name); got != want {
			t.Errorf("MachineType(%q) is there: %v, want %v", name, got, want)
		}
	}
}

func TestPerMachine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind, machine string
		want          []int
	}{
		{"nvidia-l4", "g2-standard-48", []int{4}},
		{"nvidia-l4", "n1-standard-8", nil},
		{"nvidia-tesla-t4", "n1-standard-8", []int{1, 2, 4}},
		{"nvidia-tesla-t4", "n1-standard-64", []int{4}},
		{"nvidia-tesla-v100", "n1-standard-8", []int{1, 2, 4, 8}},
		{"nvidia-tesla-v100", "n1-highmem-16", []int{2, 4, 8}},
		{"nvidia-tesla-v100", "n1-standard-96", []int{8}},
		{"nvidia-tesla-p4", "e2-standard-8", nil},
	} {
		if got := Accelerators[test.kind].PerMachine(test.machine); !slices.Equal(got, test.want) {
			t.Errorf("a %s may have %v of %s, want %v", test.machine, got, test.kind, test.want)
		}
	}
}
