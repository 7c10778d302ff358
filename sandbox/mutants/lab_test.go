package mutants

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/given"
	"ai-serving/sandbox/store"
)

// lab is a cloud in which a stack's resources are made again and again, each
// time with another mistake.
type lab struct {
	provider
	cloud string
	home  string
	store store.Store
	// order is the stack: what the cloud has, and the clusters' Services, which
	// make things in Google Cloud by themselves.
	order []made
	// groups are what they make.
	groups documents
	// given is what others own.
	given documents
}

// newLab prepares a lab in a home of its own. The stack's clusters are shared: a
// cluster that runs already is not started again.
func newLab(home string, s *stack, cloud string, p provider) (*lab, error) {
	if err := os.Symlink(filepath.Join(s.home, "control-plane"), filepath.Join(home, "control-plane")); err != nil {
		return nil, err
	}
	original, err := read(storeOf(s.home, cloud))
	if err != nil {
		return nil, err
	}
	if err := given.Lay(home); err != nil {
		return nil, err
	}
	given, err := read(storeOf(home, cloud))
	if err != nil {
		return nil, err
	}
	return &lab{p, cloud, home, storeOf(home, cloud), s.inOrder(), original.endpointGroups(), given}, nil
}

// kubernetesService is the type of what makes network endpoint groups.
const kubernetesService = "kubernetes:core/v1:Service"

// scene is a lab in which all is made that does not depend on a resource, and
// the resource is next.
type scene struct {
	*lab
	next   made // as it was made at first
	before documents
	made   map[resource.URN]made
	// renamed is how what is made differs from how it was made at first.
	renamed renames
	// rest is what depends on the resource.
	rest []made
	// right is what there is after the resource was made without a mistake.
	right documents
}

// scene makes all that does not depend on a resource. With the URN "" that is
// everything.
func (l *lab) scene(ctx context.Context, urn resource.URN) (*scene, error) {
	s := &scene{lab: l, made: map[resource.URN]made{}, renamed: renames{}}
	if err := l.given.write(l.store); err != nil {
		return nil, err
	}
	dependent := dependents(l.order, urn)
	for _, m := range l.order {
		switch {
		case m.urn == urn:
			s.next = m
		case dependent[m.urn]:
			s.rest = append(s.rest, m)
		default:
			again, err := l.again(ctx, m, s.renamed)
			if err != nil {
				return nil, fmt.Errorf("%s once more: %w", m.urn, err)
			}
			s.made[m.urn] = again
		}
	}
	var err error
	s.before, err = read(l.store)
	return s, err
}

// dependents are a resource and all that depends on it.
func dependents(order []made, urn resource.URN) map[resource.URN]bool {
	found := map[resource.URN]bool{urn: true}
	for _, m := range order {
		if slices.ContainsFunc(m.dependencies, func(urn resource.URN) bool { return found[urn] }) {
			found[m.urn] = true
		}
	}
	return found
}

// again makes a resource of the stack once more.
func (l *lab) again(ctx context.Context, m made, renamed renames) (made, error) {
	if m.token() == kubernetesService {
		return m, l.receive()
	}
	if m.cloud() != l.cloud {
		return m, nil
	}
	again, err := l.create(ctx, renamed.in(m.registration), false)
	if err == nil {
		renamed.add(m, again)
	}
	return again, err
}

// receive puts the endpoint groups there.
func (l *lab) receive() error {
	if len(l.groups) == 0 {
		return nil
	}
	return l.store.Update(func(tx store.Tx) error { return l.groups.add(tx, func(string) bool { return true }) })
}

// errSame says that a mistake makes the same resource as the right inputs do.
var errSame = errors.New("the resource is the same")

// try makes the next resource with a mistake, and, if the cloud takes it, what
// depends on it. It gives the refusal and who met it. The first time, without a
// mistake, it notes what comes of it.
func (s *scene) try(ctx context.Context, broken registration) (resource.URN, error) {
	if err := s.before.write(s.store); err != nil {
		return "", err
	}
	accepted, err := s.create(ctx, s.renamed.in(broken), false)
	if err != nil {
		return broken.urn, err
	}
	defer s.stopOthers(ctx, accepted)
	now, err := read(s.store)
	switch {
	case err != nil:
		return "", err
	case s.right == nil:
		s.right = now
	case s.right.same(now):
		return broken.urn, errSame
	}
	renamed := maps.Clone(s.renamed)
	renamed.add(s.next, accepted)
	for _, later := range s.rest {
		if _, err := s.again(ctx, later, renamed); err != nil {
			return later.urn, err
		}
	}
	return "", nil
}

// stopOthers stops a cluster that was made by mistake.
func (s *scene) stopOthers(ctx context.Context, accepted made) {
	if accepted.token() == googleCluster && accepted.id != s.next.id {
		_ = controlplane.At(s.home).Delete(ctx, accepted.id)
	}
}

// googleCluster is the type of what starts processes.
const googleCluster = "gcp:container/cluster:Cluster"

// renames are what is told differently of resources that were made again: the
// old text and the new one, by resource.
type renames map[resource.URN][]string

// add compares a resource with how it was made before.
func (r renames) add(before, after made) {
	var pairs []string
	note := func(old, now string) {
		if old != now && old != "" {
			pairs = append(pairs, old, now)
		}
	}
	note(before.id, after.id)
	compare(resource.NewProperty(before.outputs), resource.NewProperty(after.outputs), resource.NewProperty(before.inputs), note)
	if len(pairs) > 0 {
		r[before.urn] = pairs
	}
}

// compare notes the texts that differ in two outputs and are not in the inputs.
func compare(before, after, inputs resource.PropertyValue, note func(before, after string)) {
	switch {
	case before.IsObject():
		for key, value := range before.ObjectValue() {
			var now, given resource.PropertyValue
			if after.IsObject() {
				now = after.ObjectValue()[key]
			}
			if inputs.IsObject() && key != "name" {
				given = inputs.ObjectValue()[key]
			}
			if !strings.HasPrefix(string(key), "__") {
				compare(value, now, given, note)
			}
		}
	case before.IsArray():
		for i, value := range before.ArrayValue() {
			var now, given resource.PropertyValue
			if after.IsArray() && i < len(after.ArrayValue()) {
				now = after.ArrayValue()[i]
			}
			if inputs.IsArray() && i < len(inputs.ArrayValue()) {
				given = inputs.ArrayValue()[i]
			}
			compare(value, now, given, note)
		}
	case before.IsString() && !inputs.IsString():
		now := ""
		if after.IsString() {
			now = after.StringValue()
		}
		note(before.StringValue(), now)
	}
}

// in gives a registration with the new texts where it uses the resources.
func (r renames) in(old registration) registration {
	now := old
	now.inputs = resource.PropertyMap{}
	for key, value := range old.inputs {
		var pairs []string
		for _, urn := range old.uses[key] {
			pairs = append(pairs, r[urn]...)
		}
		if len(pairs) > 0 {
			value = replaceTexts(value, longestFirst(pairs))
		}
		now.inputs[key] = value
	}
	return now
}

// longestFirst sorts pairs by the first of each, so that a text is replaced
// before its beginning is.
func longestFirst(pairs []string) *strings.Replacer {
	sorted := slices.Collect(slices.Chunk(pairs, 2))
	slices.SortStableFunc(sorted, func(a, b []string) int { return len(b[0]) - len(a[0]) })
	return strings.NewReplacer(slices.Concat(sorted...)...)
}

func replaceTexts(value resource.PropertyValue, replacer *strings.Replacer) resource.PropertyValue {
	switch {
	case value.IsString():
		return resource.NewProperty(replacer.Replace(value.StringValue()))
	case value.IsObject():
		object := resource.PropertyMap{}
		for key, inner := range value.ObjectValue() {
			object[key] = replaceTexts(inner, replacer)
		}
		return resource.NewProperty(object)
	case value.IsArray():
		var list []resource.PropertyValue
		for _, inner := range value.ArrayValue() {
			list = append(list, replaceTexts(inner, replacer))
		}
		return resource.NewProperty(list)
	}
	return value
}
