package topology

import (
	"cmp"
	"slices"
)

// nearlyFull is the share of a limit from which on it is time to act.
const nearlyFull = 0.8

// Limit is a limit of a cloud, and what the stack uses of it.
type Limit struct {
	// Text says both: "gateway westeurope: 47 of 100 active listeners".
	Text string
	// Share is the part that is used, up to 1.
	Share float64
	// Advice says what to do when it is full.
	Advice string
}

// NearlyFull says whether four fifths are used.
func (l Limit) NearlyFull() bool { return l.Share >= nearlyFull }

// limitsOf lists the limits of which something is used, the fullest first.
func limitsOf(project string, t Topology) []Limit {
	var all []Limit
	for _, u := range usages(project, t) {
		if u.used > 0 {
			all = append(all, Limit{u.String(), float64(u.used) / float64(u.most), u.todo})
		}
	}
	slices.SortFunc(all, func(a, b Limit) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Text, b.Text))
	})
	return all
}
