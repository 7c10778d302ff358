package config

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// conform returns the part of a YAML value that has the shape of t, and an error
// for each part that does not: an unknown key, a wrong type, a required key that is
// absent. What has the shape is held to the rules, and stays even when it breaks
// one.
func conform(path *field.Path, node *yaml.Node, t reflect.Type, rules Rules) (any, field.ErrorList) {
	switch t.Kind() {
	case reflect.Pointer:
		conforming, errs := conform(path, node, t.Elem(), rules)
		if conforming == nil && t.Elem().Kind() == reflect.Struct {
			// The object is there, though it does not conform: nothing else is wrong
			// for want of it.
			conforming = map[string]any{}
		}
		return conforming, errs
	case reflect.Struct:
		return conformStruct(path, node, t, rules)
	case reflect.Map:
		return conformMap(path, node, t, rules)
	case reflect.Slice:
		return conformSlice(path, node, t, rules)
	default:
		value, err := conformScalar(path, node, t)
		if err != nil {
			return nil, field.ErrorList{err}
		}
		return value, rules.Value.check(path, value)
	}
}

func conformStruct(path *field.Path, node *yaml.Node, t reflect.Type, rules Rules) (any, field.ErrorList) {
	object, err := mapping(path, node)
	if err != nil {
		return nil, field.ErrorList{err}
	}
	var errs field.ErrorList
	known := fields(t)
	kept := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		child, ok := known[key]
		if reason, named := declined[t][key]; named {
			errs = append(errs, field.Forbidden(path.Child(key), reason))
			continue
		}
		if !ok {
			errs = append(errs, unknownKey(path.Child(key), key, known))
			continue
		}
		if part, ok := rules.Parts[key]; ok {
			child.Rules = part
		}
		errs = append(errs, keep(kept, key, path.Child(key), object[key], child)...)
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if _, set := object[key]; known[key].Required && !set {
			errs = append(errs, field.Required(path.Child(key), hints[known[key].Type]))
		}
	}
	return kept, errs
}

// hints say what to give where a required key of a type is absent.
var hints = map[reflect.Type]string{
	reflect.TypeFor[TLS](): "say certificates, or none for plain HTTP",
}

// mapping is what an object has, by key.
func mapping(path *field.Path, node *yaml.Node) (map[string]*yaml.Node, *field.Error) {
	if node.Kind != yaml.MappingNode {
		return nil, wrongType(path, node, "must be an object")
	}
	object := map[string]*yaml.Node{}
	for i := 0; i < len(node.Content); i += 2 {
		object[node.Content[i].Value] = node.Content[i+1]
	}
	return object, nil
}

func conformMap(path *field.Path, node *yaml.Node, t reflect.Type, rules Rules) (any, field.ErrorList) {
	object, err := mapping(path, node)
	if err != nil {
		return nil, field.ErrorList{err}
	}
	errs := rules.checkSize(path, len(object))
	kept := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		at := entry(path, key)
		errs = append(errs, rules.Keys.check(at, key)...)
		// The key stays even when its value does not conform: what refers to
		// the entry is not wrong because the entry is.
		kept[key] = reflect.Zero(t.Elem()).Interface()
		errs = append(errs, keep(kept, key, at, object[key], Property{Type: t.Elem(), Rules: rules.ofElements()})...)
	}
	return kept, errs
}

// entry is the path of what a map has under a key.
func entry(path *field.Path, key string) *field.Path {
	if strings.Contains(key, ".") {
		return path.Key(key)
	}
	return path.Child(key)
}

// keep puts what conforms of value under key, if anything does.
func keep(kept map[string]any, key string, path *field.Path, node *yaml.Node, property Property) field.ErrorList {
	conforming, errs := conform(path, node, property.Type, property.Rules)
	if conforming != nil {
		kept[key] = conforming
	}
	return errs
}

func conformSlice(path *field.Path, node *yaml.Node, t reflect.Type, rules Rules) (any, field.ErrorList) {
	if node.Kind != yaml.SequenceNode {
		return nil, field.ErrorList{wrongType(path, node, "must be a list")}
	}
	errs := rules.checkSize(path, len(node.Content))
	kept := make([]any, 0, len(node.Content))
	for i, item := range node.Content {
		conforming, itemErrs := conform(path.Index(i), item, t.Elem(), rules.ofElements())
		errs = append(errs, itemErrs...)
		// A place is kept for an item that does not conform, so that the
		// indexes in later errors are those of the file.
		if conforming == nil {
			conforming = reflect.Zero(t.Elem()).Interface()
		}
		kept = append(kept, conforming)
	}
	return kept, errs
}

// largest are the bounds of whole numbers: most are for fields of 32 bits of the clouds'
// APIs; others may have as many digits as a float64 keeps.
var largest = map[reflect.Kind]float64{reflect.Int: math.MaxInt32, reflect.Int64: 1 << 53}

func conformScalar(path *field.Path, node *yaml.Node, t reflect.Type) (any, *field.Error) {
	switch kind := t.Kind(); kind {
	case reflect.String:
		if isTagged(node, "!!str") {
			return node.Value, nil
		}
		return nil, wrongType(path, node, "must be a string: put it in quotes")
	case reflect.Bool:
		var value bool
		if isTagged(node, "!!bool") && node.Decode(&value) == nil {
			return value, nil
		}
		return nil, wrongType(path, node, "must be true or false, without quotes")
	case reflect.Int, reflect.Int64:
		if number, is := numberOf(node); is && number == math.Trunc(number) && math.Abs(number) <= largest[kind] {
			return int64(number), nil
		}
		return nil, wrongType(path, node, "must be a whole number, without quotes")
	case reflect.Float64:
		if number, is := numberOf(node); is {
			return number, nil
		}
		return nil, wrongType(path, node, "must be a number, without quotes")
	default:
		panic(fmt.Sprintf("config type %s: no shape is defined for kind %s", t, kind))
	}
}

func isTagged(node *yaml.Node, tag string) bool {
	return node.Kind == yaml.ScalarNode && node.ShortTag() == tag
}

// numberOf is a finite number.
func numberOf(node *yaml.Node) (float64, bool) {
	var number float64
	if !isTagged(node, "!!int") && !isTagged(node, "!!float") || node.Decode(&number) != nil {
		return 0, false
	}
	return number, !math.IsInf(number, 0) && !math.IsNaN(number)
}

func wrongType(path *field.Path, node *yaml.Node, detail string) *field.Error {
	switch {
	case isTagged(node, "!!null"):
		return field.Required(path, detail)
	case isTagged(node, "!!str"):
		return field.TypeInvalid(path, node.Value, detail)
	case node.Kind == yaml.ScalarNode:
		return field.TypeInvalid(path, literal(node.Value), detail)
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return field.InternalError(path, err)
	}
	return field.TypeInvalid(path, value, detail)
}

// literal is a scalar that is not text, as the file has it: YAML reads 0123 as 83,
// and 2024-08-06 as a time of day.
type literal string

func unknownKey(path *field.Path, key string, known map[string]Property) *field.Error {
	keys := slices.Sorted(maps.Keys(known))
	return field.Forbidden(path, "unknown key"+suggest(key, keys)+"; known are "+strings.Join(keys, ", "))
}

// suggest names the candidate that a misspelt value probably stands for.
func suggest(value string, candidates []string) string {
	best := closest(value, candidates)
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// closest is the candidate that a misspelt value probably stands for; "" for none.
func closest(value string, candidates []string) string {
	const farthest = 2 // edits
	best, distance := "", farthest+1
	for _, candidate := range candidates {
		if d := levenshtein.Distance(strings.ToLower(value), strings.ToLower(candidate), nil); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}
