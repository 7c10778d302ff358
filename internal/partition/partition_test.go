package partition

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// names are distinct.
func names(t *rapid.T) []string {
	return rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,4}`), 1, 60, rapid.ID[string]).Draw(t, "names")
}

func TestEveryNameIsInOnePartThatFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := names(t)
		most := rapid.IntRange(1, 20).Draw(t, "most")
		parts := ByHash(all, func(part []string) bool { return len(part) <= most })
		for _, part := range parts {
			if len(part) == 0 || len(part) > most {
				t.Errorf("a part has %d names, of at most %d", len(part), most)
			}
		}
		slices.Sort(all)
		if joined := slices.Concat(parts...); !slices.Equal(slices.Sorted(slices.Values(joined)), all) {
			t.Errorf("parts have %v, want %v", joined, all)
		}
	})
}

// A name more is in one part more, or in one that had room.
func TestANameMoreLeavesTheOtherPartsAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := names(t)
		most := rapid.IntRange(1, 20).Draw(t, "most")
		fits := func(part []string) bool { return len(part) <= most }
		without, with := ByHash(all[1:], fits), ByHash(all, fits)
		changed := 0
		for _, part := range without {
			if !slices.ContainsFunc(with, func(other []string) bool { return slices.Equal(part, other) }) {
				changed++
			}
		}
		if changed > 1 {
			t.Errorf("%d parts change with %q: from %v to %v", changed, all[0], without, with)
		}
	})
}

func TestANameThatDoesNotFitIsAPartOfItsOwn(t *testing.T) {
	t.Parallel()
	parts := ByHash([]string{"a", "long", "b"}, func(part []string) bool { return !slices.Contains(part, "long") })
	if !slices.ContainsFunc(parts, func(part []string) bool { return slices.Equal(part, []string{"long"}) }) {
		t.Errorf("parts %v", parts)
	}
	if ByHash(nil, func([]string) bool { return true }) != nil {
		t.Error("no names have parts")
	}
}
