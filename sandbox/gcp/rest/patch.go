package rest

import (
	"regexp"
	"strings"
)

// patch changes the fields that it names, or else those that it has: an object
// is changed by field, and everything else as a whole.
func (r *request) patch() (any, error) {
	if err := r.checkChange(); err != nil {
		return nil, err
	}
	next, change := clone(r.old), clone(r.payload())
	mask := r.query.Get("updateMask")
	if text, ok := r.body["updateMask"].(string); ok {
		mask = text
	}
	if mask == "" {
		merge(next, change)
		return r.put(next)
	}
	for name := range strings.SplitSeq(mask, ",") {
		name, _, _ = strings.Cut(camelCase(name), ".")
		if value, given := change[name]; given {
			next[name] = value
		} else {
			delete(next, name)
		}
	}
	return r.put(next)
}

// camelCase is the name of a field in JSON. A mask, or a body, may have the one
// that it has in protocol buffers: display_name.
func camelCase(name string) string {
	return snakeCase.ReplaceAllStringFunc(name, func(part string) string { return strings.ToUpper(part[1:]) })
}

var snakeCase = regexp.MustCompile(`_[a-z]`)

// merge changes an object by field. What is null is taken away when the object
// is stored.
func merge(to, from object) {
	for name, value := range from {
		inner, isObject := value.(object)
		present, wasObject := to[name].(object)
		if isObject && wasObject {
			merge(present, inner)
		} else {
			to[name] = value
		}
	}
}
