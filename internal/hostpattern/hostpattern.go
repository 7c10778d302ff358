// Package hostpattern writes lists of hosts as regular expressions, for the rules
// of Azure's web application firewall, which take few and short values.
package hostpattern

import (
	"regexp"
	"slices"
	"strings"

	"ai-serving/internal/partition"
)

const (
	// MaxLength is the longest value of a condition, in characters. It is Front
	// Door's; Application Gateway, whose firewall has the other limits in common
	// with it, has none on record.
	// Source: learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-front-door-standard-and-premium-service-limits.
	MaxLength = 256
	// PerCondition is the most values of a condition, and Conditions the most
	// conditions of a rule.
	// Source: the same page, #azure-application-gateway-limits.
	PerCondition = 10
	Conditions   = 10
	// MaxValues is how many values a rule has room for.
	MaxValues = PerCondition * Conditions
)

// Values are regular expressions, of which one matches each of the hosts, in
// lower case and with or without a port, and none matches any other. Those under
// the domain are shortened to the label that they have before it.
//
// Hosts share a value until it would be longer than [MaxLength]. It is then
// divided by the hosts' hashes, so that a host that comes or goes changes one
// value, or divides one, and leaves the others alone. A host that is too long by
// itself has a value that is longer.
func Values(domain string, hosts []string) []string {
	under, others := pattern{suffix: "." + domain}, pattern{}
	for _, host := range slices.Sorted(slices.Values(hosts)) {
		label, isUnder := strings.CutSuffix(host, under.suffix)
		if isUnder && !strings.Contains(label, ".") {
			under.stems = append(under.stems, label)
		} else {
			others.stems = append(others.stems, host)
		}
	}
	return append(under.values(), others.values()...)
}

// pattern is what the hosts of a value begin with, and the end that they share.
type pattern struct {
	stems  []string
	suffix string
}

// of is the expression of some of the stems.
func (p pattern) of(stems []string) string {
	quoted := make([]string, len(stems))
	for i, stem := range stems {
		quoted[i] = regexp.QuoteMeta(stem)
	}
	return "^(" + strings.Join(quoted, "|") + ")" + regexp.QuoteMeta(p.suffix) + "(:[0-9]+)?$"
}

// values divides the stems of a pattern that is too long.
func (p pattern) values() []string {
	var values []string
	parts := partition.ByHash(p.stems, func(stems []string) bool { return len(p.of(stems)) <= MaxLength })
	for _, part := range parts {
		values = append(values, p.of(part))
	}
	return values
}
