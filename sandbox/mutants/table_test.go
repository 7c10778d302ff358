package mutants

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// row is what was found out of a resource type.
type row struct {
	token string
	// verdicts counts mistakes, and later those that were refused by what uses
	// the resource.
	verdicts map[verdict]int
	later    int
	// optional counts the properties that may be taken away.
	optional int
	// reasons counts mistakes that the cloud accepts, by why it does, and holes
	// those that it would refuse.
	reasons map[string]int
	holes   int
	// deletions and immutables are what was tried and what was kept.
	deletions, deletionsKept   int
	immutables, immutablesKept int
	lived                      bool
}

func (r row) mistakes() int {
	total := 0
	for _, n := range r.verdicts {
		total += n
	}
	return total
}

// table collects the rows, and what is not explained.
type table struct {
	rows     map[string]*row
	faults   []string
	reasons  []string // why the clouds accept mistakes, in the order of the file
	spared   map[string]string
	holes    map[string]int
	crashes  map[string]int
	survivor *explanations
	hole     *explanations
	crash    *explanations
	deletion *explanations
}

func newTable(j judgement) (*table, error) {
	survivor, err := compile(j.Survivors)
	if err != nil {
		return nil, err
	}
	hole, err := compile(j.Holes)
	if err != nil {
		return nil, err
	}
	crash, err := compile(j.Crashes)
	if err != nil {
		return nil, err
	}
	deletion, err := compile(j.Deletions)
	if err != nil {
		return nil, err
	}
	t := &table{
		rows: map[string]*row{}, spared: map[string]string{}, holes: map[string]int{}, crashes: map[string]int{},
		survivor: survivor, hole: hole, crash: crash, deletion: deletion,
	}
	for _, class := range j.Survivors {
		if !slices.Contains(t.reasons, class.Why) { // of another cloud too
			t.reasons = append(t.reasons, class.Why)
		}
	}
	return t, nil
}

func (t *table) row(token string) *row {
	if t.rows[token] == nil {
		t.rows[token] = &row{token: token, verdicts: map[verdict]int{}, reasons: map[string]int{}}
	}
	return t.rows[token]
}

func (t *table) fault(format string, args ...any) {
	t.faults = append(t.faults, fmt.Sprintf(format, args...))
}

// add takes in what was measured in a cloud.
func (t *table) add(m *measured) {
	for _, r := range m.results {
		t.addResult(r)
	}
	for _, a := range m.deletions {
		t.addDeletion(a)
	}
	for _, a := range m.immutables {
		r := t.row(string(a.urn.Type()))
		r.immutables++
		if a.kept {
			r.immutablesKept++
		} else {
			t.fault("%s %s is immutable and was %s", a.urn.Type(), a.path, a.what)
		}
	}
	for token := range m.lived {
		t.row(token).lived = true
	}
}

func (t *table) addResult(found result) {
	r := t.row(found.token())
	r.verdicts[found.verdict]++
	switch {
	case found.verdict == crashed:
		why := t.crash.why(found.token(), found.path, found.mutator)
		if why == "" {
			t.fault("%s: %v", found.mutant, found.err)
		}
		t.crashes[why]++
	case found.verdict == survived && found.mutator == optionalRemoved:
		r.optional++
	case found.verdict == survived:
		if why := t.survivor.why(found.token(), found.path, found.mutator); why != "" {
			r.reasons[why]++
		} else if why := t.hole.why(found.token(), found.path, found.mutator); why != "" {
			r.holes++
			t.holes[why]++
		} else {
			t.fault("not refused: %s", found.mutant)
		}
	case found.verdict != equivalent && found.met != found.urn:
		r.later++
	}
}

func (t *table) addDeletion(a attempt) {
	r := t.row(string(a.urn.Type()))
	r.deletions++
	if a.kept {
		r.deletionsKept++
		return
	}
	why := t.deletion.why(r.token)
	if why == "" {
		t.fault("deleted while in use: %s (%s)", a.urn, a.what)
	}
	t.spared[r.token] = why
}

// check completes the faults: types that the program has and nothing was done
// with, and explanations of nothing.
func (t *table) check(types []string) {
	for _, token := range types {
		r := t.rows[token]
		if r == nil || r.mistakes() == 0 && alone[token] == "" || !r.lived {
			t.fault("%s: no mistakes were made, or it did not come to its end", token)
		}
	}
	for _, text := range slices.Concat(t.survivor.unused(), t.hole.unused(), t.crash.unused(), t.deletion.unused()) {
		t.fault("the explanation %q explains nothing", text)
	}
}

// markdown is the table as a document.
func (t *table) markdown() string {
	var b strings.Builder
	b.WriteString(introduction)
	total := row{verdicts: map[verdict]int{}, reasons: map[string]int{}}
	for _, token := range slices.Sorted(maps.Keys(t.rows)) {
		r := t.rows[token]
		t.line(&b, "`"+token+"`", *r)
		for v, n := range r.verdicts {
			total.verdicts[v] += n
		}
		for why, n := range r.reasons {
			total.reasons[why] += n
		}
		total.later += r.later
		total.holes += r.holes
		total.optional += r.optional
		total.deletions += r.deletions
		total.deletionsKept += r.deletionsKept
		total.immutables += r.immutables
		total.immutablesKept += r.immutablesKept
	}
	total.lived = true
	t.line(&b, "**all**", total)
	b.WriteString("\n## Why the clouds accept what survives\n\n")
	for i, why := range t.reasons {
		fmt.Fprintf(&b, "%d. %s (%d)\n", i+1, why, total.reasons[why])
	}
	list(&b, "What the clouds would refuse and the sandbox does not", t.holes)
	list(&b, "What is refused by no one, because the provider ends first", t.crashes)
	listTypes(&b, "What is deleted while it is used", t.spared)
	listTypes(&b, "What no mistakes are made in, because none can be made beside it", alone)
	return b.String()
}

// listTypes writes types with a reason each.
func listTypes(b *strings.Builder, title string, reasons map[string]string) {
	fmt.Fprintf(b, "\n## %s\n\n", title)
	for _, token := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(b, "- `%s`: %s\n", token, reasons[token])
	}
}

// list writes reasons with how often each holds.
func list(b *strings.Builder, title string, reasons map[string]int) {
	fmt.Fprintf(b, "\n## %s\n\n", title)
	for _, why := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(b, "- %s (%d)\n", why, reasons[why])
	}
}

const introduction = `# Mistakes, and what the sandbox says

Generated by the test of package mutants, which deploys two stacks, the dev stack for
Azure and Kubernetes and one with certificates and limits for Google's cloud, and makes
each resource again with one mistake at a time. The mistakes are made of the inputs that the program gives and of the clouds' types: a property is taken
away, misspelt, given a wrong type, or a value out of its range or beyond another
that bounds it; a reference refers to nothing, or to something of another kind. The
same mistake is made once per property of a type. What is not refused at once is
made, and then all that depends on it: a mistake has survived only if the whole
stack is made with it.

- **types**, **references**, **rules**: refused by the check of the inputs
  against the types, because of a reference, or by another rule of the cloud.
  *Later* are those of them that were refused when something was made that uses
  the resource.
- **same**: what is made is the same as without the mistake, such as by a value
  that is the default.
- **optional**: an optional property was taken away, and the stack was made
  without it.
- **accepted**: survived, for the reasons below.
- **holes**: survived, and the cloud would refuse it.
- **in use**: how often a resource that others use was not deleted.
- **fixed**: how often a property that cannot be changed caused a replacement or
  was refused.
- **life**: made, refreshed and planned again without a difference, and deleted.

| type | mistakes | types | references | rules | later | same | optional | accepted | holes | in use | fixed | life |
|---|--:|--:|--:|--:|--:|--:|--:|---|--:|---|---|---|
`

func (t *table) line(b *strings.Builder, title string, r row) {
	accepted := r.verdicts[survived] - r.optional - r.holes
	fmt.Fprintf(b, "| %s | %d | %d | %d | %d | %d | %d | %d | %d%s | %d | %s | %s | %s |\n",
		title, r.mistakes(), r.verdicts[byType], r.verdicts[byReference], r.verdicts[byRule], r.later,
		r.verdicts[equivalent], r.optional, accepted, t.footnotes(r), r.holes, ratio(r.deletionsKept, r.deletions),
		ratio(r.immutablesKept, r.immutables), map[bool]string{true: "yes", false: "no"}[r.lived])
}

// footnotes names the reasons for what is accepted, with how often each holds.
func (t *table) footnotes(r row) string {
	var notes []string
	for i, why := range t.reasons {
		if n := r.reasons[why]; n > 0 {
			notes = append(notes, fmt.Sprintf("[%d] %d", i+1, n))
		}
	}
	if len(notes) == 0 {
		return ""
	}
	return ": " + strings.Join(notes, ", ")
}

// ratio is how many of how many, and a dash for none of none.
func ratio(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return fmt.Sprintf("%d of %d", part, whole)
}

// sorted puts faults in order, so that a run's list can be compared with another.
func sorted(faults []string) []string {
	slices.SortFunc(faults, cmp.Compare[string])
	return faults
}
