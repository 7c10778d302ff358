package topology

import (
	"strings"
	"testing"
)

func TestTheFullestLimitComesFirstAndFourFifthsAreNearlyAll(t *testing.T) {
	t.Parallel()
	resolved := dev(t, "{cidr: 10.20.0.0/16, zones: [a, b]}", "{cidr: 10.20.0.0/19, zones: [a, b], nodes: {count: {min: 2, max: 12}}}")
	first, second := resolved.Limits[0], resolved.Limits[1]
	const want = "gcp/europe-west4: 13 of 16 nodes that the range of the pods has room for"
	if first.Text != want || !first.NearlyFull() || !strings.Contains(first.Advice, "larger address space") {
		t.Errorf("first comes %+v, want %q", first, want)
	}
	if second.NearlyFull() || second.Share > first.Share {
		t.Errorf("then comes %+v", second)
	}
}
