package mutants

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// breakAll makes every mistake in a lab. Before, each resource is made without a
// mistake: a lab that refuses that proves nothing.
func (l *lab) breakAll(ctx context.Context, series <-chan []mutant) ([]result, error) {
	var results []result
	for mutants := range series {
		right := mutants[0]
		s, err := l.scene(ctx, right.urn)
		if err != nil {
			return nil, err
		}
		for _, m := range mutants {
			met, err := s.try(ctx, m.registration)
			switch {
			case m.mutator != "":
				results = append(results, judge(m, met, err))
			case err != nil:
				return nil, &unfounded{m.urn, met, err}
			}
		}
	}
	return results, nil
}

// breakAll makes every mistake in a cluster.
func (c *cluster) breakAll(ctx context.Context, series <-chan []mutant) ([]result, error) {
	var results []result
	for mutants := range series {
		right := mutants[0]
		for _, m := range mutants {
			err := c.try(ctx, right.registration, m)
			switch {
			case m.mutator != "":
				results = append(results, judge(m, m.urn, err))
			case err != nil:
				return nil, &unfounded{m.urn, m.urn, err}
			}
		}
	}
	return results, nil
}

// unfounded is a refusal of what is right.
type unfounded struct {
	urn, met resource.URN
	err      error
}

func (u *unfounded) Error() string {
	return string(u.urn) + " without a mistake is refused, by " + string(u.met) + ": " + u.err.Error()
}
func (u *unfounded) Unwrap() error { return u.err }
