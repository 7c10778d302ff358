package faults

import (
	"regexp"
	"strings"
)

// packages are those of the sandbox's plugins.
var packages = []string{"azure-native", "gcp", "kubernetes"}

// urnPrefix begins every URN and no type.
const urnPrefix = "urn:pulumi:"

// typeOf is the part of a pattern, or of a URN, that stands for the type: of
// urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME, TYPE.
func typeOf(pattern string) string {
	if !strings.HasPrefix(pattern, urnPrefix) {
		return pattern
	}
	parts := strings.Split(pattern, "::")
	if len(parts) < 4 {
		return ""
	}
	qualified := parts[2]
	return qualified[strings.LastIndex(qualified, "$")+1:]
}

func packageOf(pattern string) string {
	name, _, found := strings.Cut(typeOf(pattern), ":")
	if !found {
		return ""
	}
	return name
}

// matches says whether the fault is about the resource.
func (f Fault) matches(urn string) bool {
	if strings.HasPrefix(f.Resource, urnPrefix) {
		return wildcard(f.Resource).MatchString(urn)
	}
	return wildcard(f.Resource).MatchString(typeOf(urn))
}

// wildcard is the expression for a pattern in which * stands for any text.
func wildcard(pattern string) *regexp.Regexp {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$")
}
