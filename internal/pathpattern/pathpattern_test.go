package pathpattern

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAPatternIsExactOrAPrefix(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[Pattern]struct {
		prefix string
		many   bool
		root   string
	}{
		"/v1/models": {"/v1/models", false, "/v1/models"},
		"/v1/chat/*": {"/v1/chat/", true, "/v1/chat"},
		"/*":         {"/", true, ""},
	} {
		prefix, many := pattern.Prefix()
		if prefix != want.prefix || many != want.many || pattern.Root() != want.root {
			t.Errorf("%s has the prefix %q (many: %t) and the root %q, want %+v", pattern, prefix, many, pattern.Root(), want)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pattern         Pattern
		path            string
		gateway, urlMap bool
	}{
		"an exact path":                 {"/v1/models", "/v1/models", true, true},
		"nothing below an exact path":   {"/v1/models", "/v1/models/a", false, false},
		"an exact path in another case": {"/v1/models", "/v1/Models", true, false},
		"what is below a prefix":        {"/v1/chat/*", "/v1/chat/a/b", true, true},
		"a slash alone":                 {"/v1/chat/*", "/v1/chat/", true, true},
		"not the path itself":           {"/v1/chat/*", "/v1/chat", false, false},
		"not what begins alike":         {"/v1/chat/*", "/v1/chats/a", false, false},
		"a prefix in another case":      {"/v1/chat/*", "/V1/CHAT/a", true, false},
		"a pattern in another case":     {"/V1/chat/*", "/v1/chat/a", true, false},
		"everything":                    {Every, "/", true, true},
	} {
		if got := Gateway.Matches(test.pattern, test.path); got != test.gateway {
			t.Errorf("%s: on a gateway, %s matches %s: %t", name, test.pattern, test.path, got)
		}
		if got := URLMap.Matches(test.pattern, test.path); got != test.urlMap {
			t.Errorf("%s: on a URL map, %s matches %s: %t", name, test.pattern, test.path, got)
		}
	}
}

func TestPatternsThatMeet(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b            Pattern
		gateway, urlMap bool
	}{
		{"/v1/*", "/v1/chat/*", true, true},
		{"/v1/*", "/V1/chat/*", true, false},
		{"/V1/chat/*", "/v1/chat/long/*", true, false},
		{"/v1/chat", "/v1/chat/*", true, true},
		{"/v1/Chat", "/v1/chat/*", true, false},
		{"/v1/chat", "/v1/CHAT", true, false},
		{"/v1/chat", "/v1/chats", false, false},
		{"/v1/chat/*", "/v1/chats/*", false, false},
		{"/*", "/Anything", true, true},
	} {
		for _, pair := range [][2]Pattern{{test.a, test.b}, {test.b, test.a}} {
			if got := Gateway.Meet(pair[0], pair[1]); got != test.gateway {
				t.Errorf("on a gateway, %s and %s meet: %t", pair[0], pair[1], got)
			}
			if got := URLMap.Meet(pair[0], pair[1]); got != test.urlMap {
				t.Errorf("on a URL map, %s and %s meet: %t", pair[0], pair[1], got)
			}
			if got := DifferInCase(pair[0], pair[1]); got != (test.gateway && !test.urlMap) {
				t.Errorf("%s and %s differ in case: %t", pair[0], pair[1], got)
			}
		}
	}
}

// somePattern is one of few letters in either case, so that many are close to each
// other.
func somePattern() *rapid.Generator[Pattern] {
	return rapid.Custom(func(t *rapid.T) Pattern {
		root := rapid.StringMatching(`(/[aAb]){0,3}`).Draw(t, "root")
		if root == "" || rapid.Bool().Draw(t, "prefix") {
			return Pattern(root) + Every
		}
		return Pattern(root)
	})
}

func comparisons() map[string]Comparison {
	return map[string]Comparison{"gateway": Gateway, "URL map": URLMap}
}

// What patterns say of each other is what they say of paths.
func TestCoversAndOverlapFollowFromMatches(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := somePattern().Draw(t, "a"), somePattern().Draw(t, "b")
		path := rapid.StringMatching(`(/[aAbB]){1,4}/?`).Draw(t, "path")
		for name, c := range comparisons() {
			both := c.Matches(a, path) && c.Matches(b, path)
			if both && !c.Overlap(a, b) {
				t.Fatalf("%s: %s matches %s and %s, which do not overlap", name, path, a, b)
			}
			if c.Covers(a, b) && c.Matches(b, path) && !c.Matches(a, path) {
				t.Fatalf("%s: %s covers %s, and does not match %s", name, a, b, path)
			}
			if c.Overlap(a, b) != c.Overlap(b, a) || c.Meet(a, b) != c.Meet(b, a) {
				t.Fatalf("%s: %s and %s meet in one order only", name, a, b)
			}
			if sample := sample(b); c.Covers(a, b) != c.Matches(a, sample) {
				t.Fatalf("%s: %s covers %s: %t, and matches %s: %t", name, a, b, c.Covers(a, b), sample, c.Matches(a, sample))
			}
		}
	})
}

// sample is a path that a pattern matches, and that no longer one does.
func sample(p Pattern) string {
	prefix, many := p.Prefix()
	if many {
		return prefix + "zzz"
	}
	return prefix
}

// Of patterns that match a path, the one that is closest covers no other.
func TestThePatternThatIsClosestIsCoveredByTheOthers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		patterns := rapid.SliceOfNDistinct(somePattern(), 1, 6, rapid.ID).Draw(t, "patterns")
		path := sample(patterns[0])
		for name, c := range comparisons() {
			matching := slices.DeleteFunc(slices.Clone(patterns), func(p Pattern) bool { return !c.Matches(p, path) })
			closest := slices.MinFunc(matching, BySpecificity)
			for _, other := range matching {
				if !c.Covers(other, closest) {
					t.Fatalf("%s: %s is closer to %s than %s, and is not covered by it", name, closest, path, other)
				}
			}
		}
	})
}

// TestPatternsThatDoNotDifferInCaseMatchAlikeOnBothClouds is the reason for
// [DifferInCase]: it says what sets of patterns can be served by both clouds.
func TestPatternsThatDoNotDifferInCaseMatchAlikeOnBothClouds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var patterns []Pattern
		for _, next := range rapid.SliceOfN(somePattern(), 1, 8).Draw(t, "patterns") {
			if !slices.ContainsFunc(patterns, func(p Pattern) bool { return DifferInCase(p, next) }) {
				patterns = append(patterns, next)
			}
		}
		for _, made := range patterns {
			for _, path := range []string{made.Root(), made.Root() + "/", made.Root() + "/zzz", sample(made)} {
				for _, p := range patterns {
					if Gateway.Matches(p, path) != URLMap.Matches(p, path) {
						t.Fatalf("%s, made from %s, matches %s on one cloud only, among %q", path, made, p, patterns)
					}
				}
			}
		}
	})
}

func TestSameTakesNoNoticeOfTheOrder(t *testing.T) {
	t.Parallel()
	if !Same([]Pattern{"/a", "/b/*"}, []Pattern{"/b/*", "/a"}) {
		t.Error("the order counts")
	}
	if Same([]Pattern{"/a"}, []Pattern{"/A"}) || Same([]Pattern{"/a"}, []Pattern{"/a", "/b"}) {
		t.Error("patterns that differ are the same")
	}
}

func TestTextsAreThePatterns(t *testing.T) {
	t.Parallel()
	if got := strings.Join(Texts([]Pattern{"/a", Every}), " "); got != "/a /*" {
		t.Errorf("got %s", got)
	}
}
