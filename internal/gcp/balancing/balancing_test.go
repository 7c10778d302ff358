package balancing

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/topology"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind     topology.GroupKind
		affinity bool
		want     Balancing
	}{
		"instances by their use":                       {topology.Instances, false, Balancing{Mode: "UTILIZATION", CapacityScaler: 1, MaxUtilization: new(0.8)}},
		"endpoints by requests":                        {topology.Endpoints, false, Balancing{Mode: "RATE", CapacityScaler: 1, MaxRatePerEndpoint: new(100.0)}},
		"instances that clients stay with by requests": {topology.Instances, true, Balancing{Mode: "RATE", CapacityScaler: 1, MaxRatePerInstance: new(100.0)}},
		"endpoints that clients stay with by requests": {topology.Endpoints, true, Balancing{Mode: "RATE", CapacityScaler: 1, MaxRatePerEndpoint: new(100.0)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, Of(topology.Workload{Affinity: test.affinity}, test.kind)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
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
