package machinetype

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// nodeOf is a node of the type with GKE's own disk and number of pods.
func nodeOf(t *testing.T, name string) Node {
	t.Helper()
	of, there := Of(name)
	if !there {
		t.Fatalf("there is no %s", name)
	}
	return NodeOf(of, of.GPUs)
}

// TestAllocatableIsWhatNodesWereSeenWith holds the numbers to those of real nodes: no
// more than is there, lest a replica is accepted that fits on none, and little less.
// Sources: github.com/2i2c-org/infrastructure, instance_capacities.yaml (GKE 1.27 and
// 1.29, the lowest of several clusters), and kubectl describe node of GKE 1.36.3 for
// n2-standard-4.
func TestAllocatableIsWhatNodesWereSeenWith(t *testing.T) {
	t.Parallel()
	const mostUnused = 0.01
	for name, seen := range map[string]struct {
		milliCPU int64
		gib      float64
	}{
		"n1-standard-2":  {1930, 5.483},
		"n1-standard-8":  {7910, 25.888},
		"n1-standard-16": {15890, 53.571},
		"n1-highmem-4":   {3920, 22.192},
		"n2-standard-4":  {3920, 13591652.0 / (1 << 20)},
		"n2-highmem-2":   {1930, 12.972},
		"n2-highmem-4":   {3920, 27.738},
		"n2-highmem-8":   {7910, 57.27},
		"n2-highmem-16":  {15890, 116.549},
		"n2-highmem-32":  {31850, 240.079},
		"e2-highmem-16":  {15890, 116.549},
	} {
		got := nodeOf(t, name).Allocatable()
		if got.MilliCPU != seen.milliCPU {
			t.Errorf("%s: %dm of CPU, seen with %dm", name, got.MilliCPU, seen.milliCPU)
		}
		memory := float64(got.Memory) / gib
		if memory > seen.gib || memory < seen.gib*(1-mostUnused) {
			t.Errorf("%s: %.3f GiB of memory, seen with %.3f", name, memory, seen.gib)
		}
	}
}

// The nodes of GKE 1.36.3, and in Google's documentation, have a disk of 100 GiB.
func TestEphemeralStorage(t *testing.T) {
	t.Parallel()
	const seen = 47060071478
	got := nodeOf(t, "e2-standard-4").Allocatable().EphemeralStorage
	if math.Abs(float64(got-seen)) > 0.005*seen {
		t.Errorf("%d bytes of a disk of 100 GiB, seen with %d", got, int64(seen))
	}
	small, large := nodeOf(t, "e2-standard-4"), nodeOf(t, "e2-standard-4")
	small.DiskGiB, large.DiskGiB = 10, 1000
	if got := reservedDisk(10); got != 5 {
		t.Errorf("%d GiB of 10 are reserved, want half", got)
	}
	if got := reservedDisk(1000); got != 100 {
		t.Errorf("%d GiB of 1000 are reserved, want 100", got)
	}
	if got := small.Allocatable().EphemeralStorage; got <= 0 || got > 5*gib {
		t.Errorf("%d bytes of a disk of 10 GiB", got)
	}
	if got := large.Allocatable().EphemeralStorage / gib; got < 770 || got > 800 {
		t.Errorf("%d GiB of a disk of 1000 GiB", got)
	}
}

// The cases come from GKE's own autoscaler, pkg/cloudprovider/gke/reserved_test.go.
func TestReserved(t *testing.T) {
	t.Parallel()
	for mib, want := range map[int64]int64{600: 255, 2000: 500, 8000: 1800, 200_000: 10760} {
		if got := reservedMemory(mib); got != want {
			t.Errorf("%d MiB of %d are reserved, want %d", got, mib, want)
		}
	}
	for name, want := range map[string]int64{"e2-standard-4": 80, "e2-micro": 1060, "e2-small": 1060, "e2-medium": 1060} {
		if got := nodeOf(t, name).reservedCPU(); got != want {
			t.Errorf("%s: %dm of CPU are reserved, want %dm", name, got, want)
		}
	}
	many := nodeOf(t, "e2-standard-8")
	many.MaxPods = 256
	if got := many.reservedCPU(); got != 490 {
		t.Errorf("%dm of CPU are reserved where there are 256 pods, want 490m", got)
	}
}

func TestRoomIsBesideTheAgents(t *testing.T) {
	t.Parallel()
	plain, accelerated := nodeOf(t, "n2-standard-8"), nodeOf(t, "g2-standard-8")
	if got, want := plain.Room().MilliCPU, int64(7910-504); got != want {
		t.Errorf("%dm of CPU are left, want %dm", got, want)
	}
	if got, want := accelerated.Room().MilliCPU, int64(7910-504-250); got != want {
		t.Errorf("%dm of CPU are left beside an accelerator's agents, want %dm", got, want)
	}
	if got := nodeOf(t, "e2-micro").Room(); got.Memory != 0 {
		t.Errorf("an e2-micro has %d bytes left, want none: GKE's own pods request more than it has", got.Memory)
	}
}

func TestNothingIsNegativeNorMoreThanThereIs(t *testing.T) {
	t.Parallel()
	types := All()
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.SampledFrom(types).Draw(t, "type")
		node := Node{Type: of, GPUs: of.GPUs, DiskGiB: rapid.IntRange(10, 65536).Draw(t, "disk"), MaxPods: rapid.IntRange(8, 256).Draw(t, "pods")}
		capacity, allocatable, room := node.Capacity(), node.Allocatable(), node.Room()
		if !capacity.Holds(allocatable) || !allocatable.Holds(room) || !room.Holds(Amounts{}) {
			t.Fatalf("%+v: capacity %+v, allocatable %+v, room %+v", node, capacity, allocatable, room)
		}
	})
}
