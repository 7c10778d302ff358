package firewall

import (
	"strings"
	"testing"
)

// Each set is on once for what is no prompt.
func TestEachOfGooglesSetsIsOn(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, rule := range GoogleRules() {
		all.WriteString(rule.Expression + "\n")
	}
	for _, set := range sets {
		want := "evaluatePreconfiguredWaf('" + set.name + "-v422-stable', {'sensitivity': 1})"
		if n := strings.Count(all.String(), want); n != 1 {
			t.Errorf("%s is there %d times, want once", want, n)
		}
	}
}
