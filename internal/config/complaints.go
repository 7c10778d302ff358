package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	// mostAlike is how many tenants may have one complaint each in the report. An
	// edit of the catalogue can give the same one to hundreds.
	mostAlike = 5
	// mostNamed is how many of many are named.
	mostNamed = 3
)

// complaint is what is wrong between a tenant and the catalogue. It can be put
// right at either end: in the tenant's entry, or in the model's for all tenants
// that have the same complaint.
type complaint struct {
	tenant string
	// own is the error at the tenant's entry.
	own *field.Error
	// entry is the path in the catalogue, what says what is wrong there, and fix what
	// to do about it: "add it".
	entry     *field.Path
	what, fix string
	// remedy is what to do in the tenant's entry, without "the entry" at its end:
	// `write "regions: [gcp]" in`.
	remedy string
}

// gather reports complaints: each by itself, or the same one of many tenants once,
// at the catalogue's entry.
func gather(complaints []complaint) field.ErrorList {
	alike := map[string][]complaint{}
	for _, c := range complaints {
		key := c.entry.String() + " " + c.what
		alike[key] = append(alike[key], c)
	}
	var errs field.ErrorList
	for _, key := range slices.Sorted(maps.Keys(alike)) {
		if len(alike[key]) > mostAlike {
			errs = append(errs, together(alike[key]))
			continue
		}
		for _, c := range alike[key] {
			errs = append(errs, c.own)
		}
	}
	return errs
}

// together is the error of all that have the same complaint. It says what to write
// in whose entry, the remedy of most tenants first.
func together(alike []complaint) *field.Error {
	tenants := map[string][]string{}
	for _, c := range alike {
		tenants[c.remedy] = append(tenants[c.remedy], c.tenant)
	}
	remedies := slices.SortedFunc(maps.Keys(tenants), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(tenants[b]), len(tenants[a])), cmp.Compare(a, b))
	})
	var todo, others []string
	for i, remedy := range remedies {
		if i < mostNamed {
			todo = append(todo, remedy+" the entries of "+some(tenants[remedy]))
		} else {
			others = append(others, tenants[remedy]...)
		}
	}
	if len(others) > 0 {
		todo = append(todo, "the like in those of "+some(others))
	}
	first := alike[0]
	return field.Forbidden(first.entry, fmt.Sprintf("%s (%d of them): %s, or %s", first.what, len(alike), first.fix, strings.Join(todo, ", ")))
}

// some names the first of many.
func some(names []string) string {
	if len(names) <= mostNamed+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNamed], ", "), len(names)-mostNamed)
}
