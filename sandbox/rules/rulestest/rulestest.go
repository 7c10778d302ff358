// Package rulestest holds rules to tests: each refuses a mistake, and accepts
// the right form.
package rulestest

import (
	"errors"
	"testing"

	"ai-serving/sandbox/rules"
)

// Example is a rule at work. Both functions send a request, which differ in the
// mistake only, and give what the sandbox answers.
type Example struct {
	// Wrong makes the mistake.
	Wrong func(t *testing.T) error
	// Right does what the rule asks for.
	Right func(t *testing.T) error
}

// Run runs the example of every rule of the set, each in a parallel subtest by
// the rule's name. A rule without an example fails, and so does one that lacks
// its source, and a mistake that another rule refuses.
func Run(t *testing.T, set *rules.Set, examples map[*rules.Rule]Example) {
	t.Helper()
	seen := map[string]bool{}
	for _, rule := range set.All() {
		if seen[rule.Name] {
			t.Errorf("two rules are named %s", rule.Name)
		}
		seen[rule.Name] = true
		t.Run(rule.Name, func(t *testing.T) {
			t.Parallel()
			run(t, rule, examples[rule])
		})
	}
}

func run(t *testing.T, rule *rules.Rule, example Example) {
	t.Helper()
	if rule.Asks == "" || rule.Code == "" || rule.Status == 0 || rule.Source == "" {
		t.Errorf("the rule is not complete: %+v", *rule)
	}
	if example.Wrong == nil || example.Right == nil {
		t.Fatal("the rule has no example of the mistake and of the right form")
	}
	err := example.Wrong(t)
	if refusal := (*rules.Refusal)(nil); !errors.As(err, &refusal) || refusal.Rule != rule {
		t.Errorf("the mistake is answered by %v, want a refusal by this rule", err)
	}
	if err := example.Right(t); err != nil {
		t.Errorf("the right form is refused: %v", err)
	}
}
