// Package population writes stacks with many tenants, to measure what a stack costs
// as it grows and what a change of one tenant touches.
package population

import (
	"fmt"
	"strings"
)

// Population is how many tenants of each kind a stack has.
type Population struct{ Pooled, Bridge, Silo int }

const (
	// perGateway is how many pooled tenants name the same gateway: as many fill about
	// half of the values that a firewall's rule has for their names.
	perGateway = 700
	// perFile is how many tenants are in a file.
	perFile = 500
	// length is the length of a pooled tenant's entry, in characters.
	length = 137
)

// directory is where the files of tenants are, in the project.
const directory = "tenants/population/"

// In gives the stack file in which the population replaces the tenants of another
// one, and the files of tenants that it names, by path. The other one has to have the
// models chat and embed, and its tenants last.
func (p Population) In(file string) (stackFile string, files map[string]string, err error) {
	const tenants = "  ai-serving:tenants:\n"
	before, _, found := strings.Cut(file, tenants)
	if !found {
		return "", nil, fmt.Errorf("the stack file has no line %q", tenants)
	}
	files = map[string]string{}
	for _, kind := range []struct {
		name  string
		count int
		entry func(int) string
	}{{"pooled", p.Pooled, Pooled}, {"bridge", p.Bridge, Bridge}, {"silo", p.Silo, Silo}} {
		for number := range kind.count {
			path := fmt.Sprintf("%s%s-%02d.yaml", directory, kind.name, number/perFile)
			if files[path] == "" {
				files[path] = "tenants:\n"
			}
			files[path] += kind.entry(number)
		}
	}
	return before + "  ai-serving:tenantFiles: [" + directory + "*.yaml]\n", files, nil
}

// Pooled is the entry of a pooled tenant. A third of them has each of the models
// alone, and a third has both.
func Pooled(number int) string {
	models := []string{"chat", "embed", "chat, embed"}[number%3]
	entry := fmt.Sprintf("  pooled-%05d: {models: [%s], isolation: pool, enabled: true, gateway: %d, costCenter: CC-%05d-", number, models, 1+number/perGateway, number)
	const end = "}\n"
	return entry + strings.Repeat("x", length-len(entry)-len(end)) + end
}

// Bridge is the entry of a bridge tenant.
func Bridge(number int) string {
	return fmt.Sprintf("  bridge-%04d: {models: [chat], isolation: bridge}\n", number)
}

// Silo is the entry of a silo tenant.
func Silo(number int) string {
	return fmt.Sprintf("  silo-%04d: {models: [chat], isolation: silo}\n", number)
}
