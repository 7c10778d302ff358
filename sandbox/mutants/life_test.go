package mutants

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// attempt is the deletion, or the change of an immutable property, of what
// exists.
type attempt struct {
	urn resource.URN
	// path is the property's, without the positions of list elements.
	path string
	// kept says that the deletion was refused, or that the change was refused or
	// makes another resource of it.
	kept bool
	what string
}

// deleteUsed tries to delete every resource that another one uses.
func (s *scene) deleteUsed(ctx context.Context) ([]attempt, error) {
	var attempts []attempt
	for _, m := range s.order {
		user := s.userOf(m)
		if m.cloud() != s.cloud || user == "" || startsProcesses(m) {
			continue
		}
		err := s.delete(ctx, s.made[m.urn])
		a := attempt{urn: m.urn, kept: err != nil, what: "in use by " + string(user)}
		if err != nil {
			a.what = err.Error()
		} else if err := s.before.write(s.store); err != nil {
			return nil, err
		}
		attempts = append(attempts, a)
	}
	return attempts, nil
}

// startsProcesses says whether a resource is more than a document in a store: it
// cannot be brought back by writing the store.
func startsProcesses(m made) bool { return strings.HasPrefix(m.token(), "gcp:container/") }

// userOf is a resource of the same cloud that has an output of this one in its
// inputs, and "" if there is none.
func (s *scene) userOf(m made) resource.URN {
	for _, other := range s.order {
		if other.cloud() != s.cloud {
			continue
		}
		for _, used := range other.uses {
			if slices.Contains(used, m.urn) {
				return other.urn
			}
		}
	}
	return ""
}

// changeImmutable changes every immutable property of a resource, once per type
// and path.
func (p provider) changeImmutable(ctx context.Context, m made, g *generator, declared []string, preview bool) ([]attempt, error) {
	s, err := shapeOf(m.token())
	if err != nil {
		return nil, err
	}
	var attempts []attempt
	var failed error
	root := site{g: g, made: m, value: resource.NewProperty(m.inputs), shape: s}
	root.walk(func(at site) {
		key := m.token() + " " + at.path
		varied := at.vary()
		if len(varied) == 0 || g.seen[key] || !at.isImmutable(declared) {
			return
		}
		inputs := resource.NewProperty(unmarshal(marshal(m.inputs)))
		varied[0].at.Set(inputs, *varied[0].to)
		kept, what, err := p.change(ctx, m, inputs.ObjectValue(), preview)
		if err != nil {
			failed = errors.Join(failed, err)
		}
		if what == "" {
			return // the other value is none that the type allows
		}
		g.seen[key] = true
		attempts = append(attempts, attempt{m.urn, at.path, kept, what})
	})
	return attempts, failed
}

// isImmutable says whether the type or one of the declared paths says that the
// value, or what it is in, cannot be changed.
func (s site) isImmutable(declared []string) bool {
	for _, path := range declared {
		if s.path == path || strings.HasPrefix(s.path, path+".") || strings.HasPrefix(s.path, path+"[]") {
			return true
		}
	}
	return s.fixed
}

// change asks for a change: whether the resource stays as it is, by refusal or
// by replacement, and how. It is "" when the new inputs are not valid as such.
func (p provider) change(ctx context.Context, m made, inputs resource.PropertyMap, preview bool) (kept bool, what string, err error) {
	checked, err := p.check(ctx, m.urn, m.checked, inputs)
	if err != nil {
		return false, "", nil
	}
	diff, err := p.diff(ctx, m, checked)
	if err != nil {
		return true, "refused: " + err.Error(), nil
	}
	if len(diff.GetReplaces()) > 0 || slices.ContainsFunc(kinds(diff), isReplacement) {
		return true, "replaced", nil
	}
	if err := p.update(ctx, m, checked, preview); err != nil {
		return true, "refused: " + err.Error(), nil
	}
	return false, "updated in place", nil
}

func kinds(diff *pulumirpc.DiffResponse) []pulumirpc.PropertyDiff_Kind {
	var found []pulumirpc.PropertyDiff_Kind
	for _, difference := range diff.GetDetailedDiff() {
		found = append(found, difference.GetKind())
	}
	return found
}

func isReplacement(kind pulumirpc.PropertyDiff_Kind) bool {
	switch kind {
	case pulumirpc.PropertyDiff_ADD_REPLACE, pulumirpc.PropertyDiff_DELETE_REPLACE, pulumirpc.PropertyDiff_UPDATE_REPLACE:
		return true
	}
	return false
}

// unchanged refreshes a resource and plans it again: neither may find a change.
func (p provider) unchanged(ctx context.Context, m made) error {
	answer, err := p.Read(ctx, &pulumirpc.ReadRequest{
		Id: m.id, Urn: string(m.urn), Type: m.token(), Name: m.urn.Name(),
		Properties: marshal(m.outputs), Inputs: marshal(m.checked),
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", m.urn, err)
	}
	if answer.GetId() != m.id {
		return fmt.Errorf("%s is read as %q, and was made as %q", m.urn, answer.GetId(), m.id)
	}
	read := made{m.registration, m.id, m.checked, unmarshal(answer.GetProperties())}
	for _, state := range []made{m, read} {
		checked, err := p.check(ctx, m.urn, state.checked, m.inputs)
		if err != nil {
			return fmt.Errorf("check %s again: %w", m.urn, err)
		}
		diff, err := p.diff(ctx, state, checked)
		if err != nil {
			return fmt.Errorf("plan %s again: %w", m.urn, err)
		}
		if diff.GetChanges() == pulumirpc.DiffResponse_DIFF_SOME {
			return fmt.Errorf("%s, planned again, differs in %v", m.urn, diff.GetDetailedDiff())
		}
	}
	return nil
}

// live leads every resource of a cloud to its end: it is refreshed, planned
// again and, last first, deleted. It gives the types that were.
func live(ctx context.Context, all []made, of func(made) provider) (map[string]bool, error) {
	lived := map[string]bool{}
	for _, m := range all {
		if err := of(m).unchanged(ctx, m); err != nil {
			return nil, err
		}
	}
	for _, m := range slices.Backward(all) {
		if err := of(m).delete(ctx, m); err != nil {
			return nil, fmt.Errorf("delete %s: %w", m.urn, err)
		}
		lived[m.token()] = true
	}
	return lived, nil
}
