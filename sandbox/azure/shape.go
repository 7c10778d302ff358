package azure

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/sandbox/azure/bicep"
)

// The SDK shows a resource's body in another shape than Azure Resource Manager
// (ARM) takes it: what ARM has in an object's "properties" stands in the object
// itself, at every level, and the user-assigned identities, which ARM takes as
// the keys of a map, are a list.

// nested is the property that the SDK merges into its parent.
const nested = "properties"

// field is a property as the SDK shows it.
type field struct {
	bicep.Property
	// nested says that ARM has it in the object's "properties".
	nested bool
}

// items is the type of the field's elements, nil unless they are objects.
func (f field) items() *bicep.Type {
	if f.Type.Kind != bicep.Array || f.Type.Items.Kind != bicep.Object {
		return nil
	}
	return f.Type.Items
}

// fieldsOf lists the properties of an object as the SDK shows them, by name.
func fieldsOf(t *bicep.Type) map[string]field {
	fields := make(map[string]field, len(t.Properties))
	for name, p := range t.Properties {
		if !merges(name, p) {
			fields[name] = field{Property: p}
			continue
		}
		for inner, q := range p.Type.Properties {
			q.ReadOnly = q.ReadOnly || p.ReadOnly
			fields[inner] = field{Property: q, nested: true}
		}
	}
	return fields
}

// merges says whether the SDK shows the parts of a property in place of it.
func merges(name string, p bicep.Property) bool {
	return name == nested && p.Type.Kind == bicep.Object && !p.Type.IsMap()
}

// isIdentitySet says whether t is a map from identities to what Azure tells of
// them, which the SDK takes as a list of identities.
func isIdentitySet(t *bicep.Type) bool {
	return t.IsMap() && t.Additional.Kind == bicep.Object && !t.Additional.IsMap() &&
		len(t.Additional.Properties) > 0 && allReadOnly(t.Additional.Properties)
}

func allReadOnly(properties map[string]bicep.Property) bool {
	for _, p := range properties {
		if !p.ReadOnly {
			return false
		}
	}
	return true
}

// toBody turns inputs in the SDK's shape, known and checked, into ARM's.
func toBody(t *bicep.Type, inputs resource.PropertyMap) map[string]any {
	body := map[string]any{}
	fields := fieldsOf(t)
	for key, value := range inputs {
		f, ok := fields[string(key)]
		switch {
		case value.IsNull():
		case !ok && t.Additional != nil:
			body[string(key)] = toValue(t.Additional, value)
		case !ok: // a path parameter, or an internal key
		case f.nested:
			inner, _ := body[nested].(map[string]any)
			if inner == nil {
				inner = map[string]any{}
				body[nested] = inner
			}
			inner[string(key)] = toValue(f.Type, value)
		default:
			body[string(key)] = toValue(f.Type, value)
		}
	}
	return body
}

func toValue(t *bicep.Type, value resource.PropertyValue) any {
	switch {
	case value.IsSecret():
		return toValue(t, value.SecretValue().Element)
	case value.IsOutput():
		return toValue(t, value.OutputValue().Element)
	case value.IsObject() && t.Kind == bicep.Object:
		return toBody(t, value.ObjectValue())
	case value.IsArray() && t.Kind == bicep.Array:
		list := make([]any, len(value.ArrayValue()))
		for i, item := range value.ArrayValue() {
			list[i] = toValue(t.Items, item)
		}
		return list
	case value.IsArray() && isIdentitySet(t):
		set := map[string]any{}
		for _, identity := range value.ArrayValue() {
			set[identity.StringValue()] = map[string]any{}
		}
		return set
	default:
		return value.Mappable()
	}
}

// toOutputs turns a body as ARM answers it into the SDK's shape.
func toOutputs(t *bicep.Type, body map[string]any) resource.PropertyMap {
	outputs := resource.PropertyMap{}
	for key, value := range body {
		p, ok := t.Properties[key]
		switch {
		case !ok && t.Additional != nil:
			outputs[resource.PropertyKey(key)] = toOutput(t.Additional, value)
		case !ok || p.WriteOnly || p.Type.Sensitive:
		case merges(key, p):
			inner, _ := value.(map[string]any)
			maps.Copy(outputs, toOutputs(p.Type, inner))
		default:
			outputs[resource.PropertyKey(key)] = toOutput(p.Type, value)
		}
	}
	return outputs
}

func toOutput(t *bicep.Type, value any) resource.PropertyValue {
	switch value := value.(type) {
	case map[string]any:
		if t.Kind == bicep.Object {
			return resource.NewProperty(toOutputs(t, value))
		}
	case []any:
		if t.Kind == bicep.Array {
			list := make([]resource.PropertyValue, len(value))
			for i, item := range value {
				list[i] = toOutput(t.Items, item)
			}
			return resource.NewProperty(list)
		}
	}
	return resource.NewPropertyValue(value)
}

// toInputs keeps of outputs what a program could have given.
func toInputs(t *bicep.Type, outputs resource.PropertyMap) resource.PropertyMap {
	inputs := resource.PropertyMap{}
	fields := fieldsOf(t)
	for key, value := range outputs {
		f, ok := fields[string(key)]
		switch {
		case !ok && t.Additional != nil:
			inputs[key] = toInput(t.Additional, value)
		case ok && !f.ReadOnly:
			inputs[key] = toInput(f.Type, value)
		}
	}
	return inputs
}

func toInput(t *bicep.Type, value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsObject() && isIdentitySet(t):
		list := []resource.PropertyValue{}
		for _, identity := range slices.Sorted(maps.Keys(value.ObjectValue())) {
			list = append(list, resource.NewProperty(string(identity)))
		}
		return resource.NewProperty(list)
	case value.IsObject() && t.Kind == bicep.Object:
		return resource.NewProperty(toInputs(t, value.ObjectValue()))
	case value.IsArray() && t.Kind == bicep.Array:
		list := make([]resource.PropertyValue, len(value.ArrayValue()))
		for i, item := range value.ArrayValue() {
			list[i] = toInput(t.Items, item)
		}
		return resource.NewProperty(list)
	default:
		return value
	}
}

// toPreview fills what a program did not give with unknown values: until Azure
// has answered, any of it may come back.
func toPreview(t *bicep.Type, inputs resource.PropertyMap) resource.PropertyMap {
	preview := resource.PropertyMap{}
	for key, f := range fieldsOf(t) {
		switch given, ok := inputs[resource.PropertyKey(key)]; {
		case f.WriteOnly || f.Type.Sensitive:
		case ok:
			preview[resource.PropertyKey(key)] = toPreviewValue(f.Type, given)
		default:
			preview[resource.PropertyKey(key)] = unknown
		}
	}
	if t.Additional != nil {
		for key, value := range inputs {
			preview[key] = toPreviewValue(t.Additional, value)
		}
	}
	return preview
}

// unknown stands for a value that only Azure can give.
var unknown = resource.MakeComputed(resource.NewProperty(""))

func toPreviewValue(t *bicep.Type, value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsArray() && isIdentitySet(t):
		return unknown
	case value.IsObject() && t.Kind == bicep.Object:
		return resource.NewProperty(toPreview(t, value.ObjectValue()))
	case value.IsArray() && t.Kind == bicep.Array:
		list := make([]resource.PropertyValue, len(value.ArrayValue()))
		for i, item := range value.ArrayValue() {
			list[i] = toPreviewValue(t.Items, item)
		}
		return resource.NewProperty(list)
	default:
		return value
	}
}
