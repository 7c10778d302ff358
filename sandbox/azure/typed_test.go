package azure

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/sandbox/azure/bicep"
	"ai-serving/sandbox/rules"
)

// TestEveryPropertyIsChecked breaks every property that a served type has at
// its API version, one at a time, in every way that its definition tells of, and
// looks for the failure at the property's path.
func TestEveryPropertyIsChecked(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	for _, served := range Served() {
		t.Run(string(served.Token), func(t *testing.T) {
			t.Parallel()
			_, definition, err := s.kind(served.Token)
			if err != nil {
				t.Fatal(err)
			}
			b := breaker{t: t, served: served, definition: definition}
			b.object(nil, nil, bodyFields(definition))
			if b.tried == 0 {
				t.Error("nothing was broken")
			}
			t.Logf("%d mistakes", b.tried)
		})
	}
}

// breaker makes mistakes in inputs of a type.
type breaker struct {
	t          *testing.T
	served     ResourceType
	definition *bicep.Type
	tried      int
}

// wants tries inputs that hold value at a path and nothing else.
func (b *breaker) wants(rule *rules.Rule, path resource.PropertyPath, value any) {
	b.t.Helper()
	b.tried++
	inputs := resource.NewPropertyMapFromMap(placed(path, value).(object))
	failures := checkInputs(b.served, b.definition, inputs).failures
	if !slices.ContainsFunc(failures, func(f failure) bool { return f.Rule == rule && f.path.String() == path.String() }) {
		b.t.Errorf("%s = %v is not refused by %s", path, value, rule.Name)
	}
}

// placed builds the objects and lists that a path leads through.
func placed(path resource.PropertyPath, value any) any {
	if len(path) == 0 {
		return value
	}
	if name, ok := path[0].(string); ok {
		return object{name: placed(path[1:], value)}
	}
	return list{placed(path[1:], value)}
}

// object breaks the properties of an object. What contains itself is broken
// once.
func (b *breaker) object(path resource.PropertyPath, around []*bicep.Type, t *bicep.Type) {
	if slices.Contains(around, t) {
		return
	}
	around = append(slices.Clone(around), t)
	if t.Additional == nil {
		b.wants(knownProperty, child(path, "noSuchProperty"), "x")
	}
	for name, f := range fieldsOf(t) {
		at := child(path, name)
		switch {
		case len(path) == 0 && slices.Contains(b.served.parameters(), name):
		case f.ReadOnly:
			b.wants(givenProperty, at, "x")
		default:
			if f.Required {
				b.wantsMissing(path, at)
			}
			b.value(at, around, f.Type)
		}
	}
}

// wantsMissing tries the object at path without the property at.
func (b *breaker) wantsMissing(path, at resource.PropertyPath) {
	b.t.Helper()
	b.tried++
	inputs := resource.NewPropertyMapFromMap(placed(path, object{}).(object))
	failures := checkInputs(b.served, b.definition, inputs).failures
	if !slices.ContainsFunc(failures, func(f failure) bool { return f.Rule == requiredProperty && f.path.String() == at.String() }) {
		b.t.Errorf("%s is missing, and not refused", at)
	}
}

func (b *breaker) value(path resource.PropertyPath, around []*bicep.Type, t *bicep.Type) {
	if isIdentitySet(t) {
		b.wants(propertyType, path, object{"x": object{}})
		return
	}
	switch t.Kind {
	case bicep.Any:
		return
	case bicep.Array:
		b.bounds(path, t, func(n int) any { return slices.Repeat(list{nil}, n) })
		b.value(child(path, 0), around, t.Items)
	case bicep.Object:
		b.object(path, around, t)
		if t.Additional != nil {
			b.value(child(path, "x"), append(slices.Clone(around), t), t.Additional)
		}
	case bicep.Enum:
		b.wants(propertyEnum, path, "no such value")
	case bicep.Integer:
		b.number(path, t)
	case bicep.String:
		b.bounds(path, t, func(n int) any { return strings.Repeat("a", n) })
		if t.Pattern != nil {
			b.wants(propertyPattern, path, "\n")
		}
	}
	b.wants(propertyType, path, otherType(t))
}

// otherType is a value of another type.
func otherType(t *bicep.Type) any {
	if t.Kind == bicep.Boolean {
		return "true"
	}
	return true
}

func (b *breaker) number(path resource.PropertyPath, t *bicep.Type) {
	if t.MinValue != nil {
		b.wants(propertyRange, path, *t.MinValue-1)
	}
	if t.MaxValue != nil {
		b.wants(propertyRange, path, *t.MaxValue+1)
	}
	if !takesFractions(path) {
		b.wants(wholeNumber, path, 1.5)
	}
}

func (b *breaker) bounds(path resource.PropertyPath, t *bicep.Type, of func(int) any) {
	if t.MinLength != nil && *t.MinLength > 0 {
		b.wants(propertyLength, path, of(*t.MinLength-1))
	}
	if t.MaxLength != nil {
		b.wants(propertyLength, path, of(*t.MaxLength+1))
	}
}
