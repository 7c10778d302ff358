package firewall

import (
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
)

// sample is a request with the row of the table that it counts in, and its name there.
type sample struct {
	row, name string
	request   Request
}

// tally counts the requests of a row.
type tally struct {
	row   string
	count int
	// cells are for the columns, in their order.
	cells []cell
}

type cell struct {
	before int
	// after are those that are refused after, and kept those of them that were before.
	after, kept int
	// lost are those that were refused before, and are not after.
	lost []string
	// refused are those that are refused after.
	refused []string
}

// count runs all samples through all columns, and counts them by row, in the order in
// which the rows come first.
func count(samples []sample, columns []column, workers int) ([]tally, error) {
	outcomes := make([][][2]bool, len(samples))
	var group errgroup.Group
	group.SetLimit(workers)
	for i, sample := range samples {
		group.Go(func() error {
			for _, column := range columns {
				before, after, err := column.compare(sample.request)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", column.name, sample.name, err)
				}
				outcomes[i] = append(outcomes[i], [2]bool{before, after})
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var tallies []tally
	for i, sample := range samples {
		at := slices.IndexFunc(tallies, func(t tally) bool { return t.row == sample.row })
		if at < 0 {
			at, tallies = len(tallies), append(tallies, tally{row: sample.row, cells: make([]cell, len(columns))})
		}
		tallies[at].add(sample.name, outcomes[i])
	}
	return tallies, nil
}

func (t *tally) add(name string, outcomes [][2]bool) {
	t.count++
	for i, outcome := range outcomes {
		t.cells[i].add(name, outcome[0], outcome[1])
	}
}

func (c *cell) add(name string, before, after bool) {
	if before {
		c.before++
	}
	if after {
		c.after++
		c.refused = append(c.refused, name)
	}
	switch {
	case before && after:
		c.kept++
	case before:
		c.lost = append(c.lost, name)
	}
}

func promptSamples(prompts []Prompt) []sample {
	samples := make([]sample, len(prompts))
	for i, prompt := range prompts {
		samples[i] = sample{prompt.Kind, prompt.Name, prompt.Request}
	}
	return samples
}

func attackSamples(attacks []Attack) []sample {
	samples := make([]sample, len(attacks))
	for i, attack := range attacks {
		samples[i] = sample{attack.Place, attack.name(), attack.Request}
	}
	return samples
}
