// Command bench measures what it takes to preview and to deploy the dev stack, and
// to preview stacks with many tenants, and writes the figures to
// docs/benchmarks.md.
//
// The preview is measured beside that of an empty program on the same engine,
// in turns, because the absolute times of a shared machine mean little.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"time"

	"ai-serving/sandbox/temporary"
)

// rounds is how often each preview is measured; the median counts.
const rounds = 5

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	home, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(home) // a temporary directory
	sandbox, err := temporary.New(home)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sandbox.Close()) }()
	results, err := measure(ctx, sandbox)
	if err != nil {
		return err
	}
	document, err := report(results)
	if err != nil {
		return err
	}
	fmt.Print(document)
	return os.WriteFile(filepath.Join(sandbox.Root, "docs", "benchmarks.md"), []byte(document), 0o644)
}

// results are what was measured.
type results struct {
	up             usage
	resources      int
	preview, empty usage
	slow           slow
	pooled, bridge []grown
}

func measure(ctx context.Context, sandbox temporary.Sandbox) (results, error) {
	var r results
	bench := benchmark{sandbox}
	begin := time.Now()
	progress := func(what string) { fmt.Fprintf(os.Stderr, "%5.0f s  %s\n", time.Since(begin).Seconds(), what) }

	progress("the empty program")
	empty, err := bench.emptyProject(ctx)
	if err != nil {
		return r, err
	}
	progress("up of the dev stack")
	if _, err := sandbox.Pulumi(ctx, "stack", "init", "dev"); err != nil {
		return r, err
	}
	if r.up, err = bench.pulumi(ctx, "up", "--yes", "--skip-preview", "--stack", "dev"); err != nil {
		return r, err
	}
	if r.resources, err = sandbox.Resources(ctx, "dev"); err != nil {
		return r, err
	}
	var full, bare []usage
	for round := range rounds + 1 {
		progress(fmt.Sprintf("previews, round %d of %d", round, rounds))
		one, err := bench.pulumi(ctx, "preview", "--stack", "dev")
		if err != nil {
			return r, err
		}
		other, err := bench.pulumi(ctx, "preview", "--stack", "empty", "--cwd", empty)
		if err != nil {
			return r, err
		}
		if round > 0 { // the first round warms the caches
			full, bare = append(full, one), append(bare, other)
		}
	}
	r.preview, r.empty = median(full), median(bare)
	progress("destroy")
	if err := bench.destroy(ctx); err != nil {
		return r, err
	}
	progress("up of the dev stack in clouds that take their time, and destroy")
	if r.slow, err = bench.slowUp(ctx); err != nil {
		return r, err
	}
	if err := bench.destroy(ctx); err != nil {
		return r, err
	}
	r.pooled, r.bridge, err = bench.grow(ctx, progress)
	return r, err
}

func (b benchmark) destroy(ctx context.Context) error {
	_, err := b.pulumi(ctx, "destroy", "--yes", "--skip-preview", "--stack", "dev")
	return err
}

// median takes each figure's median by itself.
func median(all []usage) usage {
	var wall []time.Duration
	var total, program []uint64
	for _, one := range all {
		wall, total, program = append(wall, one.Wall), append(total, one.Total), append(program, one.Program)
	}
	slices.Sort(wall)
	slices.Sort(total)
	slices.Sort(program)
	middle := len(all) / 2
	return usage{wall[middle], total[middle], program[middle]}
}
