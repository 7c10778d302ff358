package balancing

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/topology"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for kind, want := range map[topology.GroupKind]Balancing{
		topology.Instances: {Mode: "RATE", CapacityScaler: 1, MaxRatePerInstance: new(100.0)},
		topology.Endpoints: {Mode: "RATE", CapacityScaler: 1, MaxRatePerEndpoint: new(100.0)},
	} {
		if diff := cmp.Diff(want, Of(kind)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", kind, diff)
		}
	}
}

func TestAffinityIsStatedWhereClientsAreNotKept(t *testing.T) {
	t.Parallel()
	for affinity, want := range map[bool]Affinity{
		true:  {"GENERATED_COOKIE", new(86400)},
		false: {"NONE", nil},
	} {
		if diff := cmp.Diff(want, AffinityOf(topology.Workload{Affinity: affinity})); diff != "" {
			t.Errorf("affinity %t: -want +got:\n%s", affinity, diff)
		}
	}
}

func TestHasNamedPort(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		groups []topology.BackendGroup
		want   bool
	}{
		"instance groups name their port": {[]topology.BackendGroup{{Key: "europe-west4/chat", Kind: topology.Instances}}, true},
		"endpoint groups do not":          {[]topology.BackendGroup{{Key: "europe-west4-a/chat", Kind: topology.Endpoints}}, false},
		"no groups name none":             {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := HasNamedPort(topology.Backend{Groups: test.groups}); got != test.want {
				t.Errorf("HasNamedPort(%v) = %t, want %t", test.groups, got, test.want)
			}
		})
	}
}
