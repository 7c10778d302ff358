package bicep

import (
	"errors"
	"fmt"
	"regexp"
)

// The bits of a property's flags.
const (
	flagRequired  = 1 << 0
	flagReadOnly  = 1 << 1
	flagWriteOnly = 1 << 2
)

// definition is one entry of a types.json, of whichever $type.
type definition struct {
	Type string `json:"$type"`
	Name string `json:"name"`

	Body *Reference `json:"body"` // of a ResourceType

	Properties           map[string]property `json:"properties"`
	AdditionalProperties *Reference          `json:"additionalProperties"`

	Discriminator  string              `json:"discriminator"`
	BaseProperties map[string]property `json:"baseProperties"`

	ItemType *Reference `json:"itemType"`

	// Elements is a list of references for a union, and a map of references
	// by discriminator for a discriminated object.
	Elements elements `json:"elements"`

	Value string `json:"value"` // of a StringLiteralType

	MinLength *int   `json:"minLength"`
	MaxLength *int   `json:"maxLength"`
	Pattern   string `json:"pattern"`
	MinValue  *int   `json:"minValue"`
	MaxValue  *int   `json:"maxValue"`
	Sensitive bool   `json:"sensitive"`
}

type property struct {
	Type  Reference `json:"type"`
	Flags int       `json:"flags"`
}

// definitions is one file. Definitions refer to one another by position, in
// circles too, so a definition is linked when it is first asked for.
type definitions struct {
	raw    []definition
	linked map[int]*Type
}

// resource gives the type of the body of the resource at a position.
func (d *definitions) resource(position int) (*Type, error) {
	if position >= len(d.raw) || d.raw[position].Type != "ResourceType" || d.raw[position].Body == nil {
		return nil, fmt.Errorf("#/%d is not a resource type", position)
	}
	return d.link(*d.raw[position].Body)
}

// link gives the type that a reference points to.
func (d *definitions) link(r Reference) (*Type, error) {
	file, position, err := r.split()
	if err != nil {
		return nil, err
	}
	if file != "" || position >= len(d.raw) {
		return nil, fmt.Errorf("reference %q leaves its file", r.Ref)
	}
	if t, ok := d.linked[position]; ok {
		return t, nil
	}
	t := &Type{}
	d.linked[position] = t
	if err := d.fill(t, d.raw[position]); err != nil {
		return nil, fmt.Errorf("#/%d: %w", position, err)
	}
	return t, nil
}

// fill makes t what the definition says.
func (d *definitions) fill(t *Type, def definition) error {
	t.Name, t.Sensitive = def.Name, def.Sensitive
	t.MinLength, t.MaxLength = def.MinLength, def.MaxLength
	t.MinValue, t.MaxValue = def.MinValue, def.MaxValue
	switch def.Type {
	case "AnyType":
		t.Kind = Any
		return nil
	case "BooleanType":
		t.Kind = Boolean
		return nil
	case "IntegerType":
		t.Kind = Integer
		return nil
	case "StringType":
		return fillString(t, def)
	case "StringLiteralType":
		t.Kind, t.Values = Enum, []string{def.Value}
		return nil
	case "UnionType":
		return d.fillEnum(t, def)
	case "ArrayType":
		return d.fillArray(t, def)
	case "ObjectType":
		return d.fillObject(t, def.Properties, def.AdditionalProperties)
	case "DiscriminatedObjectType":
		return d.fillVariants(t, def)
	default:
		return fmt.Errorf("unknown kind of type %q", def.Type)
	}
}

func fillString(t *Type, def definition) (err error) {
	t.Kind = String
	if def.Pattern != "" {
		t.Pattern, err = regexp.Compile(def.Pattern)
	}
	return err
}

// fillEnum makes t an enumeration. A union that also names the plain string is
// one whose list may grow with later API versions; at this one, the list is
// what Azure knows.
func (d *definitions) fillEnum(t *Type, def definition) error {
	t.Kind = Enum
	for _, r := range def.Elements.list {
		element, err := d.link(r)
		if err != nil {
			return err
		}
		switch element.Kind {
		case Enum:
			t.Values = append(t.Values, element.Values...)
		case String:
		default:
			return errors.New("a union of something else than strings")
		}
	}
	return nil
}

func (d *definitions) fillArray(t *Type, def definition) (err error) {
	t.Kind = Array
	if def.ItemType == nil {
		return errors.New("an array without a type of items")
	}
	t.Items, err = d.link(*def.ItemType)
	return err
}

func (d *definitions) fillObject(t *Type, properties map[string]property, additional *Reference) (err error) {
	t.Kind = Object
	t.Properties = make(map[string]Property, len(properties))
	for name, p := range properties {
		linked, err := d.link(p.Type)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		t.Properties[name] = Property{
			Type:      linked,
			Required:  p.Flags&flagRequired != 0,
			ReadOnly:  p.Flags&flagReadOnly != 0,
			WriteOnly: p.Flags&flagWriteOnly != 0,
		}
	}
	if additional != nil {
		t.Additional, err = d.link(*additional)
	}
	return err
}

func (d *definitions) fillVariants(t *Type, def definition) error {
	if err := d.fillObject(t, def.BaseProperties, nil); err != nil {
		return err
	}
	t.Discriminator = def.Discriminator
	t.Variants = make(map[string]*Type, len(def.Elements.byName))
	for value, r := range def.Elements.byName {
		variant, err := d.link(r)
		if err != nil {
			return fmt.Errorf("%s %s: %w", def.Discriminator, value, err)
		}
		t.Variants[value] = variant
	}
	return nil
}
