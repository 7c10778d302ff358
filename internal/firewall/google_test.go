package firewall

import (
	"regexp"
	"strings"
	"testing"
)

// Source of the limits: cloud.google.com/armor/quotas.
func TestGooglesRulesAreWithinItsLimits(t *testing.T) {
	t.Parallel()
	// What can be true or false by itself.
	part := regexp.MustCompile(`has\(|[.]matches\(|evaluatePreconfiguredWaf\(`)
	names := map[string]bool{}
	for _, rule := range GoogleRules() {
		if n := len(part.FindAllString(rule.Expression, -1)); n < 1 || n > 5 {
			t.Errorf("%s: %d subexpressions, want 1 to 5: %s", rule.Name, n, rule.Expression)
		}
		if len(rule.Expression) > 2048 {
			t.Errorf("%s: %d characters, want 2,048 at most", rule.Name, len(rule.Expression))
		}
		if names[rule.Name] {
			t.Errorf("%s: there are two rules of the name", rule.Name)
		}
		names[rule.Name] = true
	}
}

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

func TestThePatternsAreRegularExpressions(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{JSONType, OddQuery, OddPath, OddCookie, OddHeader} {
		if _, err := regexp.Compile(pattern); err != nil {
			t.Error(err)
		}
	}
}
