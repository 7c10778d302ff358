package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Property is a key that an object of the stack file takes.
type Property struct {
	// Key is as the stack file has it, Field as the Go type does.
	Key, Field string
	// Owner is the name of the Go type that has the field: the struct's, or that of
	// one that is embedded in it.
	Owner string
	Type  reflect.Type
	// Required keys are those whose fields have no omitempty or omitzero.
	Required bool
	Rules    Rules
}

// Properties lists the keys that a struct takes, in the order of its fields.
func Properties(t reflect.Type) []Property {
	var all []Property
	for structField := range t.Fields() {
		if structField.Anonymous {
			all = append(all, Properties(structField.Type)...)
			continue
		}
		key, options, _ := strings.Cut(structField.Tag.Get("json"), ",")
		if key == "-" || !structField.IsExported() {
			continue
		}
		rules := rules[t.Name()+"."+key]
		if values := valuesOf(structField.Type); values != nil {
			rules.Value = oneOf(values)
		}
		all = append(all, Property{Key: key, Field: structField.Name, Owner: t.Name(), Type: structField.Type, Required: options == "", Rules: rules})
	}
	return all
}

// valuesOf lists the values of an enum, or of what a list, a map or a pointer has
// of it; none for other types.
func valuesOf(t reflect.Type) []string {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	values, listed := enums[t]
	ours := t.PkgPath() == reflect.TypeFor[Config]().PkgPath()
	if t.Kind() == reflect.String && ours && !listed {
		panic(fmt.Sprintf("config type %s: enums does not list its values", t))
	}
	return values
}

// fields are the keys that a struct takes.
func fields(t reflect.Type) map[string]Property {
	known := map[string]Property{}
	for _, property := range Properties(t) {
		known[property.Key] = property
	}
	return known
}
