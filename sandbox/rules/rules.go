// Package rules names what the clouds refuse. A sandbox's plugin refuses a
// request by a [Rule], so that each refusal has a documented reason, and
// [ai-serving/sandbox/rules/rulestest] holds each rule to a test of its own.
package rules

import (
	"cmp"
	"fmt"
	"slices"
)

// Rule is something that a cloud asks of a request.
type Rule struct {
	// Name is unique: cloud, area and what is asked for, as in
	// azure/gateway/rule-priority.
	Name string
	// Asks is what is right, in one sentence.
	Asks string
	// Status is that of the cloud's HTTP response.
	Status int
	// Code is the cloud's error code: ARM's, such as InvalidResourceReference,
	// Google's reason, such as invalid, or the reason of a Kubernetes Status.
	Code string
	// Source says where the rule is on record: an address, or the place in the
	// provider's code.
	Source string
}

// Refuse makes the refusal of a request that breaks the rule. The message says
// what in the request does, with its path and value.
func (r *Rule) Refuse(format string, args ...any) *Refusal {
	return &Refusal{Rule: r, Message: fmt.Sprintf(format, args...)}
}

// Refusal is the cloud's answer to a request that breaks a rule.
type Refusal struct {
	Rule    *Rule
	Message string
}

// Error gives the cloud's code and the message.
func (r *Refusal) Error() string { return r.Rule.Code + ": " + r.Message }

// Set is the rules of one cloud. Each is added where it is enforced:
//
//	var rulePriority = Rules.Add(rules.Rule{Name: …})
type Set struct{ rules []*Rule }

// Add puts a rule into the set.
func (s *Set) Add(rule Rule) *Rule {
	s.rules = append(s.rules, &rule)
	return &rule
}

// All gives the rules by name.
func (s *Set) All() []*Rule {
	return slices.SortedFunc(slices.Values(s.rules), func(a, b *Rule) int { return cmp.Compare(a.Name, b.Name) })
}
