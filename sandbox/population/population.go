// Package population writes stack files with many tenants, to measure what a
// stack costs as it grows and what a change of one tenant touches.
package population

import (
	"fmt"
	"strings"
)

// Population is how many tenants of each kind a stack has.
type Population struct{ Pooled, Bridge, Silo int }

// perGateway is how many pooled tenants name the same gateway.
const perGateway = 500

// In gives the stack file in which the population stands in the place of the
// tenants of another one. That has to have the models chat and embed, and its
// tenants last.
func (p Population) In(file string) (string, error) {
	const tenants = "  ai-serving:tenants:\n"
	before, _, found := strings.Cut(file, tenants)
	if !found {
		return "", fmt.Errorf("the stack file has no line %q", tenants)
	}
	var text strings.Builder
	text.WriteString(before + tenants)
	for number := range p.Pooled {
		text.WriteString(Pooled(number))
	}
	for number := range p.Bridge {
		text.WriteString(Bridge(number))
	}
	for number := range p.Silo {
		text.WriteString(Silo(number))
	}
	return text.String(), nil
}

// Pooled is the entry of a pooled tenant. A third of them has each of the models
// alone, and a third has both.
func Pooled(number int) string {
	models := []string{"chat", "embed", "chat, embed"}[number%3]
	return fmt.Sprintf("    pooled-%04d: {models: [%s], gateway: %d}\n", number, models, 1+number/perGateway)
}

// Bridge is the entry of a bridge tenant.
func Bridge(number int) string {
	return fmt.Sprintf("    bridge-%04d: {models: [chat], isolation: bridge}\n", number)
}

// Silo is the entry of a silo tenant.
func Silo(number int) string {
	return fmt.Sprintf("    silo-%04d: {models: [chat], isolation: silo}\n", number)
}
