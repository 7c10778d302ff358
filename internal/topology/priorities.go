package topology

import (
	"cmp"
	"hash/fnv"
	"slices"
)

// slots gives each name a number of its own from first on, of so many as count
// says, that depends on the name: the one that its hash points to, or else the next
// that is free. Names that come or go then leave the others' numbers alone, but
// for the rare ones whose hashes meet. There must not be more names than numbers.
func slots(names []string, first, count int) map[string]int {
	return freeSlots(func(int) bool { return true }, names, first, count)
}

// freeSlots is [slots] with those numbers alone, counted from 0, that are free.
func freeSlots(free func(slot int) bool, names []string, first, count int) map[string]int {
	wanted := map[string]int{}
	for _, name := range names {
		hash := fnv.New32a()
		hash.Write([]byte(name)) // never fails
		wanted[name] = int(hash.Sum32() % uint32(count))
	}
	ordered := slices.SortedFunc(slices.Values(names), func(a, b string) int {
		return cmp.Or(cmp.Compare(wanted[a], wanted[b]), cmp.Compare(a, b))
	})
	taken, given := map[int]bool{}, map[string]int{}
	for _, name := range ordered {
		slot := wanted[name]
		for taken[slot] || !free(slot) {
			slot = (slot + 1) % count
		}
		taken[slot] = true
		given[name] = first + slot
	}
	return given
}
