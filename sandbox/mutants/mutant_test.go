package mutants

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// mutant is a resource of the program with one mistake.
type mutant struct {
	registration
	// path is where the property is, without the positions of list elements:
	// containers[].ports[].port.
	path    string
	mutator string
	// change says what was made of the value.
	change string
}

func (m mutant) String() string {
	return fmt.Sprintf("%s %s %s: %s (%s)", m.token(), m.path, m.mutator, m.change, m.urn.Name())
}

// generator breaks the resources of a stack. It makes each mistake once: the
// same property of another resource of the type is broken in the same way only
// if it has another form there.
type generator struct {
	// made is what there is besides.
	made map[resource.URN]made
	seen map[string]bool
}

func newGenerator() *generator {
	return &generator{made: map[resource.URN]made{}, seen: map[string]bool{}}
}

// series gives the mutants of each resource that a cloud has in the stack,
// after the resource as it is right.
func series(order []made, cloud string) (<-chan []mutant, error) {
	var all [][]mutant
	g := newGenerator()
	for _, m := range order {
		if m.cloud() != cloud {
			continue
		}
		g.beside(order, m.urn)
		mutants, err := g.mutants(m)
		if err != nil {
			return nil, err
		}
		if len(mutants) > 0 {
			all = append(all, append([]mutant{{registration: m.registration}}, mutants...))
		}
	}
	given := make(chan []mutant, len(all))
	for _, mutants := range all {
		given <- mutants
	}
	close(given)
	return given, nil
}

// beside sets what there is besides a resource: all that does not depend on it.
func (g *generator) beside(order []made, urn resource.URN) {
	dependent := dependents(order, urn)
	g.made = map[resource.URN]made{}
	for _, m := range order {
		if !dependent[m.urn] {
			g.made[m.urn] = m
		}
	}
}

// others are the other resources of the type, by URN.
func (g *generator) others(m made) []made {
	var others []made
	for _, urn := range slices.Sorted(maps.Keys(g.made)) {
		if urn != m.urn && string(urn.Type()) == m.token() {
			others = append(others, g.made[urn])
		}
	}
	return others
}

// mutants are the mistakes that can be made in a resource, and have not been.
func (g *generator) mutants(m made) ([]mutant, error) {
	s, err := shapeOf(m.token())
	if err != nil {
		return nil, err
	}
	var found []mutant
	root := site{g: g, made: m, value: resource.NewProperty(m.inputs), shape: s}
	root.walk(func(at site) {
		for _, mutate := range mutators {
			for _, c := range mutate.changes(at) {
				if broken, isNew := g.apply(m, mutate.name, c); isNew {
					found = append(found, broken)
				}
			}
		}
	})
	return found, nil
}

func shapeOf(token string) (shape, error) {
	switch tokens.Type(token).Package() {
	case azureCloud:
		return azureShape(token)
	case googleCloud:
		return googleShape(token), nil
	default:
		return kubernetesShape(token), nil
	}
}

// change is what a mutator does to a property.
type change struct {
	at   resource.PropertyPath
	path string
	// to is the new value; nil takes the property away.
	to *resource.PropertyValue
	// rename is the property's new name, if it gets one.
	rename string
}

func (g *generator) apply(m made, mutator string, c change) (mutant, bool) {
	key := m.token() + " " + c.path + " " + mutator
	if g.seen[key] {
		return mutant{}, false
	}
	g.seen[key] = true
	broken := mutant{registration: m.registration, path: c.path, mutator: mutator}
	inputs := resource.NewProperty(unmarshal(marshal(m.inputs))) // a copy
	old, _ := c.at.Get(inputs)
	switch {
	case c.rename != "":
		c.at.Delete(inputs)
		renamed := append(slices.Clone(c.at[:len(c.at)-1]), c.rename)
		renamed.Set(inputs, old)
		broken.change = c.rename
	case c.to == nil:
		c.at.Delete(inputs)
		broken.change = "without " + short(old)
	default:
		c.at.Set(inputs, *c.to)
		broken.change = short(old) + " → " + short(*c.to)
	}
	broken.inputs = inputs.ObjectValue()
	return broken, true
}

// short is a value in a message.
func short(value resource.PropertyValue) string {
	text := fmt.Sprint(value.Mappable())
	if runes := []rune(text); len(runes) > 60 {
		text = string(runes[:60]) + "…"
	}
	return text
}

// site is a value in the inputs of a resource.
type site struct {
	g     *generator
	made  made
	at    resource.PropertyPath
	path  string
	key   string // the name of the property, or of the list that the value is in
	value resource.PropertyValue
	shape shape
	// property says that the value is an object's property, not an element of a
	// list, and listed that the type has it.
	property, listed bool
	// fixed says that the type has the value, or the list or map that it is in,
	// as immutable. Terraform's types say that of a block for its parts apart.
	fixed bool
}

// walk visits a value and all that is in it. Of the elements of a list, it goes
// into those that have properties which the others before them have not.
func (s site) walk(visit func(site)) {
	visit(s)
	switch {
	case s.value.IsObject():
		for _, name := range slices.Sorted(maps.Keys(s.value.ObjectValue())) {
			s.child(string(name)).walk(visit)
			if s.shape.open {
				break // the other keys of labels and the like are no different
			}
		}
	case s.value.IsArray():
		for i := range s.value.ArrayValue() {
			s.element(i).walk(visit)
		}
	}
}

func (s site) child(name string) site {
	child := s
	child.at = append(slices.Clone(s.at), name)
	child.path = name
	if s.path != "" {
		child.path = s.path + "." + name
	}
	child.key, child.property = name, true
	child.value = s.value.ObjectValue()[resource.PropertyKey(name)]
	child.shape = s.shape.property(name)
	child.listed = !s.shape.open
	child.fixed = child.shape.immutable || s.shape.open && s.fixed
	return child
}

func (s site) element(i int) site {
	element := s
	element.at = append(slices.Clone(s.at), i)
	element.path = s.path + "[]"
	element.property, element.listed = false, false
	element.value = s.value.ArrayValue()[i]
	element.shape = s.shape.elements()
	return element
}

// to is a change of the value itself.
func (s site) to(value any) []change {
	v, isValue := value.(resource.PropertyValue)
	if !isValue {
		v = resource.NewPropertyValue(value)
	}
	return []change{{at: s.at, path: s.path, to: &v}}
}
