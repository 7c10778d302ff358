package azure

import (
	"slices"
	"strings"
)

// dig follows keys into nested objects and gives nil where one is missing.
func dig(v any, keys ...string) any {
	for _, key := range keys {
		object, _ := v.(map[string]any)
		v = object[key]
	}
	return v
}

// text is the string that keys refer to, or "".
func text(v any, keys ...string) string {
	s, _ := dig(v, keys...).(string)
	return s
}

// number is the number that keys refer to, and whether there is one.
func number(v any, keys ...string) (float64, bool) {
	n, ok := dig(v, keys...).(float64)
	return n, ok
}

// flag is the boolean that keys refer to, or false.
func flag(v any, keys ...string) bool {
	b, _ := dig(v, keys...).(bool)
	return b
}

// texts lists the strings of the list that keys refer to.
func texts(v any, keys ...string) []string {
	list, _ := dig(v, keys...).([]any)
	var found []string
	for _, item := range list {
		if s, ok := item.(string); ok {
			found = append(found, s)
		}
	}
	return found
}

// sameElements says whether two lists have the same elements, in any order.
func sameElements(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// objects lists the objects of the list that keys refer to.
func objects(v any, keys ...string) []map[string]any {
	list, _ := dig(v, keys...).([]any)
	var found []map[string]any
	for _, item := range list {
		if object, ok := item.(map[string]any); ok {
			found = append(found, object)
		}
	}
	return found
}

// put sets what keys refer to and makes the objects on the way.
func put(object map[string]any, value any, keys ...string) {
	for _, key := range keys[:len(keys)-1] {
		inner, _ := object[key].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			object[key] = inner
		}
		object = inner
	}
	object[keys[len(keys)-1]] = value
}

// opaque are the properties whose text is the user's own: Azure does not read
// it, whatever it looks like.
var opaque = []string{"tags", "environmentVariables", "command"}

// eachText calls f for every string in v that Azure reads, the keys of maps
// included.
func eachText(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case []any:
		for _, item := range v {
			eachText(item, f)
		}
	case map[string]any:
		for key, item := range v {
			if !slices.Contains(opaque, key) {
				f(key)
				eachText(item, f)
			}
		}
	}
}

// replaceText gives v with what f makes of every string in it.
func replaceText(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case []any:
		for i, item := range v {
			v[i] = replaceText(item, f)
		}
	case map[string]any:
		for key, item := range v {
			v[key] = replaceText(item, f)
		}
	}
	return v
}

// findPart gives the element of a resource's body that parts refer to, and nil
// where there is none.
func findPart(body map[string]any, parts []part) map[string]any {
	for _, p := range parts {
		if body = element(body, p); body == nil {
			return nil
		}
	}
	return body
}

// element gives the element of one of the body's lists, by its name.
func element(body map[string]any, p part) map[string]any {
	for _, e := range objects(body, nested, collectionName(body, p.collection)) {
		if strings.EqualFold(text(e, "name"), p.name) && (!isEndpointType(p.collection) || endpointTypeOf(e) == canonicalEndpointType(p.collection)) {
			return e
		}
	}
	return nil
}

// collectionName is the property of the body that holds what an id calls a
// collection. A profile keeps its endpoints of all types in one list.
func collectionName(body map[string]any, collection string) string {
	if isEndpointType(collection) {
		return "endpoints"
	}
	inner, _ := body[nested].(map[string]any)
	for name := range inner {
		if strings.EqualFold(name, collection) {
			return name
		}
	}
	return collection
}

func isEndpointType(collection string) bool { return canonicalEndpointType(collection) != "" }

// canonicalEndpointType spells an endpoint type as Azure does; "" for any other.
func canonicalEndpointType(name string) string {
	for _, t := range endpointTypes {
		if strings.EqualFold(t, name) {
			return t
		}
	}
	return ""
}

// endpointTypeOf is the short type of an endpoint in a profile's body, whose
// "type" is Microsoft.Network/trafficManagerProfiles/<short type>.
func endpointTypeOf(endpoint map[string]any) string {
	full := text(endpoint, "type")
	return canonicalEndpointType(full[strings.LastIndex(full, "/")+1:])
}
