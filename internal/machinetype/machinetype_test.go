package machinetype

import (
	"slices"
	"testing"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for _, want := range []Type{
		{Name: "e2-medium", Series: "e2", CPUs: 2, MemoryMiB: 4096},
		{Name: "n1-standard-4", Series: "n1", CPUs: 4, MemoryMiB: 15360},
		{Name: "n1-highcpu-16", Series: "n1", CPUs: 16, MemoryMiB: 14746},
		{Name: "n2-highmem-8", Series: "n2", CPUs: 8, MemoryMiB: 65536},
		{Name: "n2-highmem-128", Series: "n2", CPUs: 128, MemoryMiB: 884736},
		{Name: "c3-highcpu-22", Series: "c3", CPUs: 22, MemoryMiB: 45056},
		{Name: "c3-standard-8-lssd", Series: "c3", CPUs: 8, MemoryMiB: 32768},
		{Name: "c3d-highcpu-360", Series: "c3d", CPUs: 360, MemoryMiB: 708 * 1024},
		{Name: "c4-standard-2", Series: "c4", CPUs: 2, MemoryMiB: 7168},
		{Name: "m4-megamem-28", Series: "m4", CPUs: 28, MemoryMiB: 372 * 1024},
		{Name: "g2-standard-48", Series: "g2", CPUs: 48, MemoryMiB: 196608, GPU: "nvidia-l4", GPUs: 4},
		{Name: "a2-highgpu-1g", Series: "a2", CPUs: 12, MemoryMiB: 87040, GPU: "nvidia-tesla-a100", GPUs: 1},
		{Name: "a2-ultragpu-2g-nolssd", Series: "a2", CPUs: 24, MemoryMiB: 340 * 1024, GPU: "nvidia-a100-80gb", GPUs: 2},
		{Name: "a3-megagpu-8g", Series: "a3", CPUs: 208, MemoryMiB: 1872 * 1024, GPU: "nvidia-h100-mega-80gb", GPUs: 8},
		{Name: "t2a-standard-4", Series: "t2a", CPUs: 4, MemoryMiB: 16384, Arm: true},
		{Name: "n2-custom-6-10240", Series: "n2", CPUs: 6, MemoryMiB: 10240},
		{Name: "custom-4-8192", Series: "n1", CPUs: 4, MemoryMiB: 8192},
		{Name: "n1-custom-2-16384-ext", Series: "n1", CPUs: 2, MemoryMiB: 16384},
	} {
		if got, there := Of(want.Name); !there || got != want {
			t.Errorf("Of(%q) = %+v, %v; want %+v", want.Name, got, there, want)
		}
	}
	for _, name := range []string{
		"", "e2", "e2-standard-3", "e2-highmem-32", "z9-standard-4", "c3-custom-4-8192", "e2-gigantic-4", "n2-custom-6-1000", "n2-standard-8-lssd",
		"Standard_D2s_v5", "n2-standard-99999999999999999999", "n2-custom-99999999999999999999-1024",
	} {
		if got, there := Of(name); there {
			t.Errorf("Of(%q) = %+v, want none", name, got)
		}
	}
}

func TestMachinesOfNewSeriesStartFromHyperdisk(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"e2-standard-4": "pd-balanced", "n2-custom-4-8192": "pd-balanced", "custom-4-8192": "pd-balanced", "c3-standard-8-lssd": "pd-balanced",
		"n4-standard-4": "hyperdisk-balanced", "n4-custom-4-8192": "hyperdisk-balanced", "c4a-standard-4": "hyperdisk-balanced", "c4-standard-4": "hyperdisk-balanced",
	} {
		if got := BootDisk(name); got != want {
			t.Errorf("BootDisk(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestEveryAcceleratorOfAMachineIsCounted(t *testing.T) {
	t.Parallel()
	with := 0
	for _, listed := range All() {
		if (listed.GPU == "") != (listed.GPUs == 0) {
			t.Errorf("%s has %d of %q", listed.Name, listed.GPUs, listed.GPU)
		}
		if listed.GPU != "" {
			with++
		}
	}
	if with < 25 {
		t.Errorf("%d types have accelerators, want those of the A2, A3, A4, G2 and G4 series", with)
	}
}

func TestSiblings(t *testing.T) {
	t.Parallel()
	names := func(name string) (all []string) {
		of, _ := Of(name)
		for _, sibling := range of.Siblings() {
			all = append(all, sibling.Name)
		}
		return all
	}
	if got, want := names("e2-standard-4"), []string{"e2-standard-2", "e2-standard-4", "e2-standard-8", "e2-standard-16", "e2-standard-32"}; !slices.Equal(got, want) {
		t.Errorf("siblings of e2-standard-4: %q, want %q", got, want)
	}
	if got := names("n2-custom-6-10240"); got != nil {
		t.Errorf("siblings of a custom type: %q, want none", got)
	}
}
