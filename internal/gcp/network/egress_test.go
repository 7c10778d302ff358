package network

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/topology"
)

func TestEgressRules(t *testing.T) {
	t.Parallel()
	with := region("europe-west4", "10.20.2.0/23")
	with.InstanceGroups[0].Egress = []topology.Egress{
		{CIDR: netip.MustParsePrefix("10.9.0.0/24"), Port: 5432},
		{CIDR: netip.MustParsePrefix("10.9.1.0/24"), Port: 5432},
		{CIDR: netip.MustParsePrefix("198.51.100.0/24"), Port: 80},
	}
	clusters := region("us-east1", "10.40.2.0/23")
	clusters.InstanceGroups = nil
	general := []egressRule{
		{"private", "model-instances", 2000, []string{"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"}, 0},
		{"internet", "model-instances", 3000, []string{"0.0.0.0/0"}, 443},
		{"closed", "model-instances", 4000, []string{"0.0.0.0/0"}, 0},
	}
	for name, test := range map[string]struct {
		regions []topology.GCPRegion
		want    []egressRule
	}{
		"only HTTPS goes out":                 {[]topology.GCPRegion{region("europe-west4", "10.20.2.0/23"), clusters}, general},
		"clusters have policies of their own": {[]topology.GCPRegion{clusters}, nil},
		"what a model lists, once for all regions": {
			[]topology.GCPRegion{with, with},
			append(general[:3:3],
				egressRule{"embed-80", "model-embed", 1000, []string{"198.51.100.0/24"}, 80},
				egressRule{"embed-5432", "model-embed", 1000, []string{"10.9.0.0/24", "10.9.1.0/24"}, 5432}),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, egressRules(test.regions), cmp.AllowUnexported(egressRule{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWhatGoesOutIsTheInstances(t *testing.T) {
	t.Parallel()
	recording := record(t, fixture())
	got := inputs(t, recording, "gcp:compute/firewall:Firewall", "google-egress-internet")
	want := map[string]any{
		"project": "project", "network": "projects/project/global/networks/google-0a1b2c3",
		"direction": "EGRESS", "priority": 3000.0, "destinationRanges": []any{"0.0.0.0/0"}, "targetTags": []any{"model-instances"},
		"allows": []any{map[string]any{"protocol": "tcp", "ports": []any{"443"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	got = inputs(t, recording, "gcp:compute/firewall:Firewall", "google-egress-closed")
	if diff := cmp.Diff([]any{map[string]any{"protocol": "all"}}, got["denies"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A tag of a rule that no instance has would let everything through.
func TestTheRulesAreForTagsThatInstancesHave(t *testing.T) {
	t.Parallel()
	tags := InstanceTags(topology.Workload{Key: "embed"})
	if diff := cmp.Diff([]string{ServingTag, instancesTag, egressTag("embed")}, tags); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
