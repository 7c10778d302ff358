package main

import (
	"context"
	"time"

	"ai-serving/sandbox/latency"
)

// scale is the factor of the deployment that takes its time: a minute takes a
// second.
const scale = 1.0 / 60

// slow is a deployment in clouds that take their time.
type slow struct {
	Wall time.Duration
	// Chain is the longest chain of creations, by the model alone.
	Chain []latency.Link
}

// Least is what the deployment takes by the model alone, scaled.
func (s slow) Least() time.Duration {
	return time.Duration(scale * float64(s.Chain[len(s.Chain)-1].Ends))
}

// Ratio is of what the deployment took to that.
func (s slow) Ratio() float64 { return float64(s.Wall) / float64(s.Least()) }

// slowUp deploys the dev stack in clouds that take their time.
func (b benchmark) slowUp(ctx context.Context) (slow, error) {
	used, err := b.run(ctx, []string{latency.Variable + "=1/60"}, "up", "--yes", "--skip-preview", "--stack", "dev")
	if err != nil {
		return slow{}, err
	}
	state, err := b.sandbox.Pulumi(ctx, "stack", "export", "--stack", "dev")
	if err != nil {
		return slow{}, err
	}
	chain, err := latency.Longest([]byte(state))
	return slow{used.Wall, chain}, err
}
