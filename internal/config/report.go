package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Refusal is the error of a stack file with mistakes. It has a line for each of
// them, with its place and its path. Nothing is registered because of one.
type Refusal struct{ text string }

func (r *Refusal) Error() string { return r.text }

// Report makes one [Refusal] of all that is wrong with the stack, or no error where
// nothing is.
func (c Config) Report(stack string, errs field.ErrorList) error {
	if c.source == nil {
		return source{stack: stack}.report(nil, errs)
	}
	return c.source.report(nil, errs)
}

func (s source) report(findings []finding, errs field.ErrorList) error {
	for _, err := range errs {
		findings = append(findings, s.finding(err))
	}
	if len(findings) == 0 {
		return nil
	}
	stackFile := fileName(s.stack)
	slices.SortFunc(findings, func(a, b finding) int {
		return cmp.Or(
			compareBool(b.file == stackFile, a.file == stackFile), // it comes first
			cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column), cmp.Compare(a.text, b.text))
	})
	findings = slices.Compact(findings)
	lines := make([]string, len(findings))
	for i, finding := range findings {
		lines[i] = fmt.Sprintf("  %s: %s", finding.place, finding.text)
	}
	noun := "errors"
	if len(lines) == 1 {
		noun = "error"
	}
	return &Refusal{fmt.Sprintf("stack %s has %d %s, and nothing was changed:\n%s", s.stack, len(lines), noun, strings.Join(lines, "\n"))}
}

// finding has the place of an error, and its path in that file.
func (s source) finding(err *field.Error) finding {
	at := s.locate(err)
	text := err.Error()
	if value, is := err.BadValue.(literal); is {
		text = fmt.Sprintf("%s: %s: %s: %s", err.Field, err.Type, value, err.Detail)
	}
	if at.file != fileName(s.stack) {
		text = strings.TrimPrefix(text, s.project+":") // files of tenants have no namespaces
	}
	return finding{at, text}
}

// compareBool puts false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
