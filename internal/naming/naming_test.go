package naming

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestJoin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit int
		parts []string
		want  string
	}{
		"short names are kept":             {limit: 20, parts: []string{"dev", "chat"}, want: "dev-chat"},
		"a name of the limit is kept":      {limit: 8, parts: []string{"dev", "chat"}, want: "dev-chat"},
		"a longer one ends with a hash":    {limit: 14, parts: []string{"dev", "chat", "europe"}, want: "dev-cha-259309"},
		"no hyphen stands before the hash": {limit: 11, parts: []string{"dev", "chat", "europe"}, want: "dev-259309"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Join(test.limit, test.parts...); got != test.want {
				t.Errorf("Join(%d, %q) = %q, want %q", test.limit, test.parts, got, test.want)
			}
		})
	}
}

func TestJoinedNamesFitAndStayDistinct(t *testing.T) {
	t.Parallel()
	label := regexp.MustCompile(`^[a-z]([a-z0-9-]*[a-z0-9])?$`)
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringMatching(`[a-z][a-z0-9]{0,30}`)
		limit := rapid.IntRange(12, 63).Draw(t, "limit")
		one := rapid.SliceOfN(part, 1, 4).Draw(t, "one")
		other := rapid.SliceOfN(part, 1, 4).Draw(t, "other")
		name := Join(limit, one...)
		if len(name) > limit || !label.MatchString(name) {
			t.Fatalf("Join(%d, %q) = %q: not a name of at most %d characters", limit, one, name, limit)
		}
		if strings.Join(one, "-") != strings.Join(other, "-") && name == Join(limit, other...) {
			t.Fatalf("%q and %q both became %q", one, other, name)
		}
	})
}
