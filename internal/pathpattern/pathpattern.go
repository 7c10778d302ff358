// Package pathpattern compares the path patterns of models, as each cloud does.
//
// Application Gateway takes no notice of case, Google's URL maps do. Whoever
// compares two patterns, or a pattern with a path, therefore says for which of
// the two: [Gateway] or [URLMap].
package pathpattern

import (
	"cmp"
	"slices"
	"strings"
)

// Pattern is a pattern of request paths: exact ("/v1/models"), or a prefix with
// "/*" at its end ("/v1/chat/*"), which matches every path below it and not the
// path that it is below. Both clouds take these two forms.
//
// Sources: learn.microsoft.com/azure/application-gateway/url-route-overview#pathpattern;
// "pathRules" of PathMatcher in cloud.google.com/compute/docs/reference/rest/v1/urlMaps.
type Pattern string

// Every matches every path.
const Every Pattern = "/*"

const wildcard = "*"

// String is the pattern as a stack file and both clouds write it.
func (p Pattern) String() string { return string(p) }

// Prefix is what the paths begin with that the pattern matches, the slash at the
// end included, and whether it matches more than one path. Of an exact pattern it
// is the path.
func (p Pattern) Prefix() (string, bool) {
	if !strings.HasSuffix(string(p), string(Every)) {
		return string(p), false
	}
	return strings.TrimSuffix(string(p), wildcard), true
}

// Root is the path that the pattern stands for to people: "/v1/chat" of "/v1/chat"
// and of "/v1/chat/*"; "" of [Every].
func (p Pattern) Root() string { return strings.TrimSuffix(string(p), string(Every)) }

// BySpecificity orders patterns by how closely they match, the closest first:
// exact ones before prefixes, and long before short. It is 0 for patterns that
// match equally closely. A URL map prefers the closest whatever the order; a
// gateway takes the first that matches.
func BySpecificity(a, b Pattern) int {
	many := func(p Pattern) int {
		if _, isPrefix := p.Prefix(); isPrefix {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(many(a), many(b)), cmp.Compare(len(b), len(a)))
}

// Same reports whether two lists have the same patterns, in any order.
func Same(a, b []Pattern) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// Texts are the patterns as text.
func Texts(patterns []Pattern) []string {
	texts := make([]string, len(patterns))
	for i, pattern := range patterns {
		texts[i] = string(pattern)
	}
	return texts
}

// Comparison is how a load balancer compares patterns with paths.
type Comparison struct{ foldCase bool }

var (
	// Gateway is how Application Gateway does: path rules are case-insensitive.
	// Source: learn.microsoft.com/azure/application-gateway/url-route-overview#pathpattern.
	Gateway = Comparison{foldCase: true}
	// URLMap is how Google's URL maps do: case counts. Route rules could ignore it
	// ("ignoreCase"), path rules could not.
	// Source: PathMatcher and HttpRouteRuleMatch in cloud.google.com/compute/docs/reference/rest/v1/urlMaps.
	URLMap = Comparison{}
)

// fold is a text without what the comparison takes no notice of.
func (c Comparison) fold(text string) string {
	if c.foldCase {
		return strings.ToLower(text)
	}
	return text
}

// Matches reports whether a pattern matches a path, which has no query.
func (c Comparison) Matches(pattern Pattern, path string) bool {
	prefix, isPrefix := pattern.Prefix()
	prefix, path = c.fold(prefix), c.fold(path)
	return path == prefix || isPrefix && strings.HasPrefix(path, prefix)
}

// Covers reports whether a pattern matches every path that another one matches.
func (c Comparison) Covers(wide, narrow Pattern) bool {
	prefix, isPrefix := wide.Prefix()
	if !isPrefix {
		return c.fold(string(wide)) == c.fold(string(narrow))
	}
	within, _ := narrow.Prefix()
	return strings.HasPrefix(c.fold(within), c.fold(prefix))
}

// Overlap reports whether some path matches both patterns. One of them then
// covers the other.
func (c Comparison) Overlap(a, b Pattern) bool { return c.Covers(a, b) || c.Covers(b, a) }

// Alike reports whether two patterns have the same root: they are equal, or one is
// of a path and the other of all that is below it.
func (c Comparison) Alike(a, b Pattern) bool { return c.fold(a.Root()) == c.fold(b.Root()) }

// Meet reports whether two patterns overlap or are alike.
func (c Comparison) Meet(a, b Pattern) bool { return c.Overlap(a, b) || c.Alike(a, b) }

// AnyMeet reports whether a pattern of one list meets a pattern of the other.
func (c Comparison) AnyMeet(a, b []Pattern) bool {
	return slices.ContainsFunc(a, func(one Pattern) bool {
		return slices.ContainsFunc(b, func(other Pattern) bool { return c.Meet(one, other) })
	})
}

// DifferInCase reports whether two patterns meet on Application Gateway and not
// on a URL map: a part that they have in common is not spelled alike. The clouds
// may then route a request to different ones of them. Patterns of which no two
// differ in case route every request that is spelled as they are, with anything
// after it that none of them has, to the same one on both clouds.
func DifferInCase(a, b Pattern) bool { return Gateway.Meet(a, b) && !URLMap.Meet(a, b) }
