package config

import (
	"maps"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateLists holds values to the lists of what the clouds have, and what a stack
// file adds to those to being new and of use.
func (c Config) validateLists(path pathOf) field.ErrorList {
	var errs field.ErrorList
	used := map[*List]map[string]bool{}
	for _, list := range lists {
		used[list] = map[string]bool{}
	}
	visit := func(at *field.Path, value string, list *List) {
		used[list][value] = true
		if !list.knows(value) && !slices.Contains(c.Platform.Allow.values(list), value) {
			errs = append(errs, list.unlisted(at, value))
		}
	}
	for _, section := range Properties(reflect.TypeFor[Config]()) {
		eachListed(path(section.Key), reflect.ValueOf(c).FieldByName(section.Field), section.Rules, visit)
	}
	for _, list := range lists {
		errs = append(errs, c.Platform.Allow.validate(path("platform").Child("allow", list.Key), list, used[list])...)
	}
	return errs
}

// validate refuses what a list has already, and what nothing in the file names.
func (a Allow) validate(path *field.Path, list *List, used map[string]bool) field.ErrorList {
	var errs field.ErrorList
	inMap := a.of(list).Kind() == reflect.Map
	for i, value := range a.values(list) {
		at := path.Index(i)
		if inMap {
			at = entry(path, value)
		}
		switch {
		case list.knows(value):
			errs = append(errs, field.Forbidden(at, list.File+" has it already: leave it out"))
		case !used[value]:
			errs = append(errs, field.Forbidden(at, "nothing in the file names it: leave it out"))
		}
	}
	return errs
}

// values are what is added to a list: in the order of the file, or sorted.
func (a Allow) values(list *List) []string {
	added := a.of(list)
	if added.Kind() == reflect.Map {
		return keysOf(added)
	}
	return added.Interface().([]string)
}

// of is the field that adds to a list.
func (a Allow) of(list *List) reflect.Value {
	return reflect.ValueOf(a).FieldByName(fields(reflect.TypeFor[Allow]())[list.Key].Field)
}

// visitor is called for a value that is held to a list.
type visitor func(at *field.Path, value string, list *List)

// eachListed visits the values below a path that are held to lists, in order.
func eachListed(at *field.Path, value reflect.Value, rules Rules, visit visitor) {
	if !hasLists(value.Type(), rules) {
		return
	}
	switch value.Kind() {
	case reflect.Pointer:
		if !value.IsNil() {
			eachListed(at, value.Elem(), rules, visit)
		}
	case reflect.Struct:
		for _, property := range Properties(value.Type()) {
			eachListed(at.Child(property.Key), value.FieldByName(property.Field), property.Rules, visit)
		}
	case reflect.Map:
		for _, key := range keysOf(value) {
			if rules.Keys.List != nil {
				visit(entry(at, key), key, rules.Keys.List)
			}
			eachListed(entry(at, key), value.MapIndex(reflect.ValueOf(key)), rules.ofElements(), visit)
		}
	case reflect.Slice:
		for i := range value.Len() {
			eachListed(at.Index(i), value.Index(i), rules.ofElements(), visit)
		}
	default:
		visit(at, value.String(), rules.Value.List)
	}
}

// keysOf are the keys of a map, sorted.
func keysOf(object reflect.Value) []string {
	keys := make([]string, 0, object.Len())
	for _, key := range object.MapKeys() {
		keys = append(keys, key.String())
	}
	slices.Sort(keys)
	return keys
}

// hasLists reports whether values of a type may be held to lists: the thousands of
// tenants are not.
func hasLists(t reflect.Type, rules Rules) bool {
	if rules.Keys.List != nil {
		return true
	}
	switch t.Kind() {
	case reflect.Pointer:
		return hasLists(t.Elem(), rules)
	case reflect.Map, reflect.Slice:
		return hasLists(t.Elem(), rules.ofElements())
	case reflect.Struct:
		return slices.ContainsFunc(Properties(t), func(property Property) bool { return hasLists(property.Type, property.Rules) })
	case reflect.String:
		return rules.Value.List != nil
	default:
		return false
	}
}

// withRegionsMeant is the configuration with each region that is misspelt under the
// name that it probably stands for: what refers to it by that name is right. The
// errors are at the paths that the stack file does not have for that reason.
func (c Config) withRegionsMeant(path pathOf) (Config, field.ErrorList) {
	azure, google := path("azure").Child("regions"), path("gcp").Child("regions")
	var renamed []*field.Path
	c.Azure.Regions, renamed = meant(c.Azure.Regions, azure, azureRegionList, c.Platform.Allow.values(azureRegionList))
	paths := renamed
	c.GCP.Regions, renamed = meant(c.GCP.Regions, google, gcpRegionList, c.Platform.Allow.values(gcpRegionList))
	var errs field.ErrorList
	for _, at := range append(paths, renamed...) {
		errs = append(errs, field.NotFound(at, ""))
	}
	return c, errs
}

func meant[T any](regions map[string]T, path *field.Path, list *List, allowed []string) (map[string]T, []*field.Path) {
	right := maps.Clone(regions)
	var renamed []*field.Path
	for _, name := range slices.Sorted(maps.Keys(regions)) {
		guess := closest(name, list.Values)
		_, taken := right[guess]
		if list.knows(name) || slices.Contains(allowed, name) || guess == "" || taken {
			continue
		}
		right[guess] = right[name]
		delete(right, name)
		renamed = append(renamed, path.Child(guess))
	}
	return right, renamed
}
