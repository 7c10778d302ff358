package azure

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"ai-serving/sandbox/azure/bicep"
	"ai-serving/sandbox/rules"
)

// checker compares inputs in the SDK's shape with Microsoft's definitions and
// collects every failure. What is not known yet passes.
type checker struct{ failures []failure }

// failure is what is wrong with one property, and the rule that it breaks.
type failure struct {
	path resource.PropertyPath
	*rules.Refusal
}

func (c *checker) fail(rule *rules.Rule, path resource.PropertyPath, format string, args ...any) {
	c.failures = append(c.failures, failure{path, rule.Refuse(format, args...)})
}

// checkFailures are the failures as the engine takes them.
func (c *checker) checkFailures() []plugin.CheckFailure {
	var failures []plugin.CheckFailure
	for _, f := range c.failures {
		failures = append(failures, plugin.CheckFailure{Property: resource.PropertyKey(f.path.String()), Reason: f.Message})
	}
	return failures
}

// object checks the properties of an object against those that its definition
// shows in the SDK.
func (c *checker) object(path resource.PropertyPath, t *bicep.Type, values resource.PropertyMap) {
	fields := fieldsOf(t)
	c.variant(path, t, values, fields)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		at, value := child(path, string(key)), values[key]
		f, ok := fields[string(key)]
		switch {
		case value.IsNull():
		case !ok && t.Additional != nil:
			c.value(at, t.Additional, value)
		case !ok:
			c.fail(knownProperty, at, "%s", unknownProperty(string(key), fields))
		case f.ReadOnly:
			c.fail(givenProperty, at, "%q is set by Azure: it cannot be given", key)
		default:
			c.value(at, f.Type, value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		given, ok := values[resource.PropertyKey(name)]
		if fields[name].Required && !fields[name].ReadOnly && (!ok || given.IsNull()) {
			c.fail(requiredProperty, child(path, name), "required property %q is missing", name)
		}
	}
}

// variant adds the properties of the variant that the object's discriminator
// selects to fields.
func (c *checker) variant(path resource.PropertyPath, t *bicep.Type, values resource.PropertyMap, fields map[string]field) {
	if t.Discriminator == "" {
		return
	}
	selected := bare(values[resource.PropertyKey(t.Discriminator)])
	if !selected.IsString() {
		fields[t.Discriminator] = field{Property: bicep.Property{
			Type:     &bicep.Type{Kind: bicep.Enum, Values: slices.Sorted(maps.Keys(t.Variants))},
			Required: true,
		}}
		return
	}
	variant, ok := t.Variants[selected.StringValue()]
	if !ok {
		c.fail(knownVariant, child(path, t.Discriminator), "%s", notOneOf(selected.StringValue(), slices.Sorted(maps.Keys(t.Variants))))
		return
	}
	maps.Copy(fields, fieldsOf(variant))
}

// value checks one value, of whichever kind.
func (c *checker) value(path resource.PropertyPath, t *bicep.Type, v resource.PropertyValue) {
	v = bare(v)
	switch {
	case v.IsComputed():
	case v.IsArray() && isIdentitySet(t):
		c.elements(path, &bicep.Type{Kind: bicep.String}, v.ArrayValue())
	case !hasKind(t, v):
		c.fail(propertyType, path, "expected %s, got %s", expected(t), kindOf(v))
	case v.IsObject() && t.Kind == bicep.Object:
		c.object(path, t, v.ObjectValue())
	case v.IsArray() && t.Kind == bicep.Array:
		c.bounds(path, t, len(v.ArrayValue()), "element")
		c.elements(path, t.Items, v.ArrayValue())
	case t.Kind == bicep.String:
		c.text(path, t, v.StringValue())
	case t.Kind == bicep.Enum:
		c.enum(path, t, v.StringValue())
	case t.Kind == bicep.Integer:
		c.number(path, t, v.NumberValue())
	}
}

func (c *checker) elements(path resource.PropertyPath, t *bicep.Type, items []resource.PropertyValue) {
	for i, item := range items {
		c.value(child(path, i), t, item)
	}
}

// bounds checks the length of a string or a list.
func (c *checker) bounds(path resource.PropertyPath, t *bicep.Type, length int, unit string) {
	if t.MinLength != nil && length < *t.MinLength {
		c.fail(propertyLength, path, "has %d %ss, fewer than the least, %d", length, unit, *t.MinLength)
	}
	if t.MaxLength != nil && length > *t.MaxLength {
		c.fail(propertyLength, path, "has %d %ss, more than the most, %d", length, unit, *t.MaxLength)
	}
}

func (c *checker) text(path resource.PropertyPath, t *bicep.Type, value string) {
	c.bounds(path, t, utf8.RuneCountInString(value), "character")
	if t.Pattern != nil && !t.Pattern.MatchString(value) {
		c.fail(propertyPattern, path, "%q does not match %s", value, t.Pattern)
	}
}

// enum checks a value against a list. Azure takes any spelling of its case.
func (c *checker) enum(path resource.PropertyPath, t *bicep.Type, value string) {
	if !slices.ContainsFunc(t.Values, func(v string) bool { return strings.EqualFold(v, value) }) {
		c.fail(propertyEnum, path, "%s", notOneOf(value, t.Values))
	}
}

func (c *checker) number(path resource.PropertyPath, t *bicep.Type, value float64) {
	if value != math.Trunc(value) && !takesFractions(path) {
		c.fail(wholeNumber, path, "expected a whole number, got %v", value)
	}
	if t.MinValue != nil && value < float64(*t.MinValue) {
		c.fail(propertyRange, path, "%v is less than the least, %d", value, *t.MinValue)
	}
	if t.MaxValue != nil && value > float64(*t.MaxValue) {
		c.fail(propertyRange, path, "%v is more than the most, %d", value, *t.MaxValue)
	}
}

// takesFractions says whether a number may be a fraction. The format of the
// definitions calls every number an integer; of the served types' numbers only
// a container's requests and limits divide.
func takesFractions(path resource.PropertyPath) bool {
	name, _ := path[len(path)-1].(string)
	return name == "cpu" || name == "memoryInGB"
}

// bare removes what Pulumi wraps around a value.
func bare(v resource.PropertyValue) resource.PropertyValue {
	for {
		switch {
		case v.IsSecret():
			v = v.SecretValue().Element
		case v.IsOutput() && !v.OutputValue().Known:
			return unknown
		case v.IsOutput():
			v = v.OutputValue().Element
		default:
			return v
		}
	}
}

func hasKind(t *bicep.Type, v resource.PropertyValue) bool {
	if isIdentitySet(t) {
		return v.IsArray()
	}
	switch t.Kind {
	case bicep.Boolean:
		return v.IsBool()
	case bicep.Integer:
		return v.IsNumber()
	case bicep.String, bicep.Enum:
		return v.IsString()
	case bicep.Array:
		return v.IsArray()
	case bicep.Object:
		return v.IsObject()
	default:
		return true
	}
}

func expected(t *bicep.Type) string {
	if isIdentitySet(t) {
		return "a list"
	}
	return map[bicep.Kind]string{
		bicep.Boolean: "a boolean",
		bicep.Integer: "a number",
		bicep.String:  "a string",
		bicep.Enum:    "a string",
		bicep.Array:   "a list",
		bicep.Object:  "an object",
	}[t.Kind]
}

func kindOf(v resource.PropertyValue) string {
	switch {
	case v.IsNull():
		return "null"
	case v.IsBool():
		return "a boolean"
	case v.IsNumber():
		return "a number"
	case v.IsString():
		return "a string"
	case v.IsArray():
		return "a list"
	case v.IsObject():
		return "an object"
	default:
		return v.TypeString()
	}
}

func notOneOf(value string, values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = fmt.Sprintf("%q", v)
	}
	return fmt.Sprintf("%q is not one of %s", value, strings.Join(quoted, ", "))
}

// unknownProperty says that there is no such property, and which one may be meant.
func unknownProperty(name string, fields map[string]field) string {
	closest, least := "", len(name)
	for _, candidate := range slices.Sorted(maps.Keys(fields)) {
		if d := levenshtein.Distance(strings.ToLower(name), strings.ToLower(candidate), nil); d < least && !fields[candidate].ReadOnly {
			closest, least = candidate, d
		}
	}
	if closest == "" || least > 1+len(name)/3 {
		return fmt.Sprintf("unknown property %q", name)
	}
	return fmt.Sprintf("unknown property %q; the closest is %q", name, closest)
}

// child is the path of an element of what path names. It leaves path as it is.
func child(path resource.PropertyPath, element any) resource.PropertyPath {
	return append(slices.Clone(path), element)
}
