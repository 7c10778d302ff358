// Package bicep reads Microsoft's definitions of Azure resource types, in the
// format that the Bicep compiler uses: what properties a resource has, of which
// type, which are required, and which only Azure sets.
package bicep

import "regexp"

// Kind says which of its fields a [Type] uses.
type Kind int

// The kinds of a type.
const (
	Any Kind = iota
	Boolean
	Integer // also any other number: the format does not tell them apart
	String
	Enum
	Array
	Object
)

// Type is the definition of a value.
type Type struct {
	Kind Kind

	// Name is an object's name in Microsoft's specification.
	Name string

	// Properties are an object's own, by name.
	Properties map[string]Property
	// Additional is the type of the values under any other key. An object
	// without it has no other keys.
	Additional *Type
	// Discriminator names the property that selects one of Variants, whose
	// properties then add to the object's own.
	Discriminator string
	Variants      map[string]*Type

	// Items is the type of an array's elements.
	Items *Type

	// Values are an enumeration's, in the order of the specification.
	Values []string

	// MinLength and MaxLength bound a string's characters or an array's
	// elements; nil is no bound.
	MinLength, MaxLength *int
	// Pattern is what a string has to match, or nil.
	Pattern *regexp.Regexp

	// MinValue and MaxValue bound a number; nil is no bound.
	MinValue, MaxValue *int

	// Sensitive strings are accepted and never shown again.
	Sensitive bool
}

// Property is a named part of an object.
type Property struct {
	Type *Type
	// Required properties have to be given.
	Required bool
	// ReadOnly properties are Azure's to set.
	ReadOnly bool
	// WriteOnly properties are accepted and never shown again.
	WriteOnly bool
}

// IsMap says whether t is an object with arbitrary keys only.
func (t *Type) IsMap() bool {
	return t.Kind == Object && t.Additional != nil && len(t.Properties) == 0
}
