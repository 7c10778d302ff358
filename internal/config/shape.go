package config

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// conform returns the part of value that has the shape of t, and an error for
// each part that has not: an unknown key, a wrong type, a required key that is
// absent. What has the shape is held to the rules, and stays even when it breaks
// one.
func conform(path *field.Path, value any, t reflect.Type, rules Rules) (any, field.ErrorList) {
	switch t.Kind() {
	case reflect.Pointer:
		return conform(path, value, t.Elem(), rules)
	case reflect.Struct:
		return conformStruct(path, value, t, rules)
	case reflect.Map:
		return conformMap(path, value, t, rules)
	case reflect.Slice:
		return conformSlice(path, value, t, rules)
	default:
		conforming, errs := conformScalar(path, value, t)
		if len(errs) == 0 {
			errs = rules.Value.check(path, value)
		}
		return conforming, errs
	}
}

func conformStruct(path *field.Path, value any, t reflect.Type, rules Rules) (any, field.ErrorList) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, field.ErrorList{wrongType(path, value, "must be an object")}
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

func conformMap(path *field.Path, value any, t reflect.Type, rules Rules) (any, field.ErrorList) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, field.ErrorList{wrongType(path, value, "must be an object")}
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
func keep(kept map[string]any, key string, path *field.Path, value any, property Property) field.ErrorList {
	conforming, errs := conform(path, value, property.Type, property.Rules)
	if conforming != nil {
		kept[key] = conforming
	}
	return errs
}

func conformSlice(path *field.Path, value any, t reflect.Type, rules Rules) (any, field.ErrorList) {
	list, ok := value.([]any)
	if !ok {
		return nil, field.ErrorList{wrongType(path, value, "must be a list")}
	}
	errs := rules.checkSize(path, len(list))
	kept := make([]any, 0, len(list))
	for i, item := range list {
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

func conformScalar(path *field.Path, value any, t reflect.Type) (any, field.ErrorList) {
	number, isNumber := asNumber(value)
	switch kind := t.Kind(); kind {
	case reflect.String:
		if _, ok := value.(string); ok {
			return value, nil
		}
		return nil, field.ErrorList{wrongType(path, value, "must be a string: put it in quotes")}
	case reflect.Bool:
		if _, ok := value.(bool); ok {
			return value, nil
		}
		return nil, field.ErrorList{wrongType(path, value, "must be true or false, without quotes")}
	case reflect.Int:
		if isNumber && number == math.Trunc(number) && math.Abs(number) <= math.MaxInt32 {
			return value, nil
		}
		return nil, field.ErrorList{wrongType(path, value, "must be a whole number, without quotes")}
	case reflect.Float64:
		if isNumber {
			return value, nil
		}
		return nil, field.ErrorList{wrongType(path, value, "must be a number, without quotes")}
	default:
		panic(fmt.Sprintf("config type %s: no shape is defined for kind %s", t, kind))
	}
}

func asNumber(value any) (float64, bool) {
	switch number := value.(type) {
	case int64:
		return float64(number), true
	case float64:
		return number, true
	default:
		return 0, false
	}
}

func wrongType(path *field.Path, value any, detail string) *field.Error {
	if value == nil {
		return field.Required(path, detail)
	}
	return field.TypeInvalid(path, value, detail)
}

func unknownKey(path *field.Path, key string, known map[string]Property) *field.Error {
	keys := slices.Sorted(maps.Keys(known))
	return field.Forbidden(path, "unknown key"+suggest(key, keys)+"; known are "+strings.Join(keys, ", "))
}

// suggest names the candidate that a misspelt value probably stands for.
func suggest(value string, candidates []string) string {
	const farthest = 2 // edits
	best, distance := "", farthest+1
	for _, candidate := range candidates {
		if d := levenshtein.Distance(strings.ToLower(value), strings.ToLower(candidate), nil); d < distance {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}
