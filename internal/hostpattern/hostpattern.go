// Package hostpattern writes lists of hosts as regular expressions, for the rules
// of Azure's web application firewall, which take few and short values.
package hostpattern

import (
	"crypto/sha256"
	"regexp"
	"slices"
	"strings"
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
	return append(under.values(0), others.values(0)...)
}

// pattern is what the hosts of a value begin with, and the end that they share.
type pattern struct {
	stems  []string
	suffix string
}

func (p pattern) String() string {
	quoted := make([]string, len(p.stems))
	for i, stem := range p.stems {
		quoted[i] = regexp.QuoteMeta(stem)
	}
	return "^(" + strings.Join(quoted, "|") + ")" + regexp.QuoteMeta(p.suffix) + "(:[0-9]+)?$"
}

// values divides a pattern that is too long by a bit of the stems' hashes, and
// its halves by the next.
func (p pattern) values(bit int) []string {
	if len(p.stems) == 0 {
		return nil
	}
	if whole := p.String(); len(whole) <= MaxLength || len(p.stems) == 1 {
		return []string{whole}
	}
	halves := [2]pattern{{suffix: p.suffix}, {suffix: p.suffix}}
	for _, stem := range p.stems {
		half := hashBit(stem, bit)
		halves[half].stems = append(halves[half].stems, stem)
	}
	return append(halves[0].values(bit+1), halves[1].values(bit+1)...)
}

// hashBit is a bit of a text's hash, of which there are 256: no two texts have
// them all in common.
func hashBit(text string, bit int) int {
	sum := sha256.Sum256([]byte(text))
	return int(sum[bit/8]>>(bit%8)) & 1
}
