package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ai-serving/sandbox/population"
	"ai-serving/sandbox/stacks"
)

// growthRounds is how often each stack is previewed; the median counts.
const growthRounds = 3

var (
	// pooledSizes and bridgeSizes are how many tenants the stacks have that are
	// measured. The plot has those that are a step apart.
	pooledSizes = []int{10, 100, 1000, 2500, 5000, 7500, 10_000}
	bridgeSizes = []int{10, 50}
)

// plotStep is the distance of the plot's points: its axis has no other scale.
const plotStep = 2500

// grown is what a stack of one size takes.
type grown struct {
	Tenants int
	// Preview is that of a stack that is not deployed, by the engine and all that
	// it starts.
	Preview usage
	Program alone
}

// grow measures stacks of all sizes, whose other settings are the dev stack's.
func (b benchmark) grow(ctx context.Context, progress func(string)) (pooled, bridge []grown, err error) {
	text, err := os.ReadFile(filepath.Join(b.sandbox.Root, "Pulumi.dev.yaml"))
	if err != nil {
		return nil, nil, err
	}
	// Fifty bridge tenants have more container groups than Azure gives at first.
	const region = "{cidr: 10.10.0.0/16"
	base := strings.Replace(string(text), region, region+", containerQuota: {groups: 500, cores: 500}", 1)
	if base == string(text) {
		return nil, nil, fmt.Errorf("the dev stack has no region %q", region)
	}
	progress("the program alone")
	program, err := b.buildProgram(ctx)
	if err != nil {
		return nil, nil, err
	}
	all := func(sizes []int, of func(int) population.Population) ([]grown, error) {
		var measured []grown
		for _, size := range sizes {
			tenants := of(size)
			name := fmt.Sprintf("pooled-%d-bridge-%d", tenants.Pooled, tenants.Bridge)
			progress("previews of a stack with tenants: " + name)
			one, err := b.growTo(ctx, program, name, tenants, base)
			if err != nil {
				return nil, err
			}
			one.Tenants = size
			measured = append(measured, one)
		}
		return measured, nil
	}
	if pooled, err = all(pooledSizes, func(n int) population.Population { return population.Population{Pooled: n} }); err != nil {
		return nil, nil, err
	}
	// Two of the pool, for there to be a pool of each model.
	bridge, err = all(bridgeSizes, func(n int) population.Population { return population.Population{Pooled: 2, Bridge: n} })
	return pooled, bridge, err
}

func (b benchmark) growTo(ctx context.Context, program, stack string, tenants population.Population, base string) (grown, error) {
	if err := b.write(stack, tenants, base); err != nil {
		return grown{}, err
	}
	if _, err := b.sandbox.Pulumi(ctx, "stack", "init", stack); err != nil {
		return grown{}, err
	}
	var previews []usage
	var programs []alone
	for range growthRounds {
		preview, err := b.pulumi(ctx, "preview", "--stack", stack)
		if err != nil {
			return grown{}, err
		}
		program, err := b.runAlone(ctx, program, stack)
		if err != nil {
			return grown{}, err
		}
		previews, programs = append(previews, preview), append(programs, program)
	}
	return grown{Preview: median(previews), Program: medianAlone(programs)}, nil
}

// write writes a stack of the population, in place of the one before it: the files
// of tenants have the same paths.
func (b benchmark) write(stack string, tenants population.Population, base string) error {
	file, files, err := tenants.In(base)
	if err != nil {
		return err
	}
	if err := b.sandbox.RemoveFiles(); err != nil {
		return err
	}
	files[stacks.FileName(stack)] = file
	for path, text := range files {
		if err := b.sandbox.WriteFile(path, text); err != nil {
			return err
		}
	}
	return nil
}

// slope is what a tenant more adds, by least squares.
func slope(all []grown, of func(grown) float64) float64 {
	var tenants, figures float64
	for _, one := range all {
		tenants += float64(one.Tenants) / float64(len(all))
		figures += of(one) / float64(len(all))
	}
	var above, below float64
	for _, one := range all {
		distance := float64(one.Tenants) - tenants
		above += distance * (of(one) - figures)
		below += distance * distance
	}
	return above / below
}

// perTenant is the ratio of what a tenant takes among the most to what one takes
// among so many: 1 if all grows with the tenants, less if a part of it is fixed.
func perTenant(all []grown, among int, of func(grown) float64) float64 {
	most := all[len(all)-1]
	for _, one := range all {
		if one.Tenants == among {
			return of(most) / float64(most.Tenants) / (of(one) / float64(among))
		}
	}
	return 0
}

// plotted are the points of the plot.
func plotted(all []grown) []grown {
	var points []grown
	for _, one := range all {
		if one.Tenants%plotStep == 0 {
			points = append(points, one)
		}
	}
	return points
}

func previewWall(g grown) float64 { return g.Preview.Wall.Seconds() }

func programWall(g grown) float64 { return g.Program.Wall.Seconds() }

func previewMemory(g grown) float64 { return float64(g.Preview.Total) }

// seconds rounds a duration for people.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
