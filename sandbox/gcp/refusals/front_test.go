package refusals

import (
	"fmt"
	"testing"

	compute "google.golang.org/api/compute/v0.beta"
	"pgregory.net/rapid"
)

// Two rules overlap when some port is of both.
func TestOverlapIsACommonPort(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		port := rapid.IntRange(1, 120)
		ports := func(label string) (int, int, *compute.ForwardingRule) {
			first := port.Draw(t, label)
			last := rapid.IntRange(first, 130).Draw(t, label)
			return first, last, &compute.ForwardingRule{PortRange: fmt.Sprintf("%d-%d", first, last)}
		}
		first, last, a := ports("a")
		from, to, b := ports("b")
		common := false
		for p := first; p <= last; p++ {
			common = common || from <= p && p <= to
		}
		if got := overlap(a, b); got != common || overlap(b, a) != got {
			t.Fatalf("%s and %s overlap: %v, want %v", a.PortRange, b.PortRange, got, common)
		}
	})
}
