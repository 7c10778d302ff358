package rest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"ai-serving/sandbox/gcp/discovery"
	"ai-serving/sandbox/rules"
)

const documentsSource = "schemas of Google's discovery documents (module google.golang.org/api)"

var (
	knownField = Rules.Add(rules.Rule{
		Name: "gcp/body/field", Asks: "A body has only the fields of its schema.",
		Status: http.StatusBadRequest, Code: "badRequest", Source: documentsSource,
	})
	fieldType = Rules.Add(rules.Rule{
		Name: "gcp/body/type", Asks: "A field's value has the type of its schema.",
		Status: http.StatusBadRequest, Code: "badRequest", Source: documentsSource,
	})
	fieldEnum = Rules.Add(rules.Rule{
		Name: "gcp/body/enum", Asks: "A field with listed values has one of them.",
		Status: http.StatusBadRequest, Code: "invalid", Source: documentsSource,
	})
	fieldPattern = Rules.Add(rules.Rule{
		Name: "gcp/body/pattern", Asks: "A field whose schema has a pattern matches it.",
		Status: http.StatusBadRequest, Code: "invalid", Source: documentsSource,
	})
	fieldRequired = Rules.Add(rules.Rule{
		Name: "gcp/body/required", Asks: "A body has the fields that its method requires.",
		Status: http.StatusBadRequest, Code: "required", Source: "annotations.required in the " + documentsSource,
	})
)

// check holds a body to its schema, and gives it as Google understands it:
// without what only Google may set, and without nulls except in a patch.
func (r route) check(body object) (object, error) {
	if r.method.Request == nil {
		if len(body) > 0 {
			return nil, knownField.Refuse("%s takes no body.", r.method.ID)
		}
		return nil, nil
	}
	checked, err := r.checkValue("resource", r.method.Request, body)
	if err != nil {
		return nil, err
	}
	return checked.(object), nil
}

func (r route) checkValue(path string, s *discovery.Schema, value any) (any, error) {
	s = r.document.Resolve(s)
	switch s.Type {
	case "object":
		return r.checkObject(path, s, value)
	case "array":
		return r.checkArray(path, s, value)
	case "string":
		return checkString(path, s, value)
	case "integer", "number":
		return checkNumber(path, value)
	case "boolean":
		if _, ok := value.(bool); !ok {
			return nil, wrongType(path, s, value)
		}
	}
	return value, nil // of any type
}

func wrongType(path string, s *discovery.Schema, value any) error {
	return fieldType.Refuse("Invalid value at '%s' (%s), %v", path, s.Type, value)
}

func (r route) checkObject(path string, s *discovery.Schema, value any) (any, error) {
	given, ok := value.(object)
	if !ok {
		return nil, wrongType(path, s, value)
	}
	checked := object{}
	for name, element := range given {
		if s.Properties[name] == nil && s.Properties[camelCase(name)] != nil {
			name = camelCase(name)
		}
		own := s.Properties[name]
		if own == nil {
			own = s.AdditionalProperties
		}
		switch {
		case own == nil:
			return nil, knownField.Refuse("Invalid JSON payload received. Unknown name \"%s\" at '%s': Cannot find field.", name, path)
		case own.ReadOnly:
			continue
		case element == nil:
			if r.method.HTTPMethod == http.MethodPatch {
				checked[name] = nil // takes away what is there
			}
			continue
		}
		var err error
		if checked[name], err = r.checkValue(path+"."+name, own, element); err != nil {
			return nil, err
		}
	}
	if r.method.HTTPMethod == http.MethodPatch {
		return checked, nil // what is not said stays
	}
	for name, own := range s.Properties {
		_, given := checked[name]
		given = given || own.Type == "array" // clients leave out an empty one
		if own.Annotations != nil && slices.Contains(own.Annotations.Required, r.method.ID) && !given {
			return nil, fieldRequired.Refuse("Required field '%s.%s' not specified", path, name)
		}
	}
	return checked, nil
}

func (r route) checkArray(path string, s *discovery.Schema, value any) (any, error) {
	given, ok := value.([]any)
	if !ok {
		return nil, wrongType(path, s, value)
	}
	checked := make([]any, 0, len(given))
	for i, element := range given {
		element, err := r.checkValue(fmt.Sprintf("%s[%d]", path, i), s.Items, element)
		if err != nil {
			return nil, err
		}
		checked = append(checked, element)
	}
	return checked, nil
}

// checkString also takes the numbers that are strings in JSON because they have
// 64 bits. An empty text is none.
func checkString(path string, s *discovery.Schema, value any) (any, error) {
	text, ok := value.(string)
	if number, isNumber := value.(float64); isNumber && (s.Format == "int64" || s.Format == "uint64") {
		return strconv.FormatInt(int64(number), 10), nil
	}
	if !ok {
		return nil, wrongType(path, s, value)
	}
	if text == "" {
		return text, nil
	}
	if s.Format == "int64" || s.Format == "uint64" {
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return nil, wrongType(path, s, value)
		}
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, text) {
		return nil, fieldEnum.Refuse("Invalid value for field '%s': '%s'. Must be one of %v.", path, text, s.Enum)
	}
	if s.Pattern != "" && !matches(s.Pattern, text) {
		return nil, fieldPattern.Refuse("Invalid value for field '%s': '%s'. Must be a match of regex '%s'", path, text, s.Pattern)
	}
	return text, nil
}

func checkNumber(path string, value any) (any, error) {
	switch value := value.(type) {
	case float64:
		return value, nil
	case string: // as protocol buffers allow in JSON
		if number, err := strconv.ParseFloat(value, 64); err == nil {
			return number, nil
		}
	}
	return nil, wrongType(path, &discovery.Schema{Type: "number"}, value)
}

// patterns are those that were compiled, by their text.
var patterns sync.Map

func matches(pattern, text string) bool {
	compiled, found := patterns.Load(pattern)
	if !found {
		compiled, _ = patterns.LoadOrStore(pattern, regexp.MustCompile("^(?:"+pattern+")$"))
	}
	return compiled.(*regexp.Regexp).MatchString(text)
}
