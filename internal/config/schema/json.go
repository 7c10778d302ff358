package schema

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"

	"ai-serving/internal/config"
)

// node is a schema of JSON Schema's draft 2020-12.
type node struct {
	Schema               string           `json:"$schema,omitempty"`
	Title                string           `json:"title,omitempty"`
	Ref                  string           `json:"$ref,omitempty"`
	Description          string           `json:"description,omitempty"`
	Type                 any              `json:"type,omitempty"`
	AnyOf                []*node          `json:"anyOf,omitempty"`
	Enum                 []string         `json:"enum,omitempty"`
	Pattern              string           `json:"pattern,omitempty"`
	MinLength            int              `json:"minLength,omitempty"`
	MaxLength            int              `json:"maxLength,omitempty"`
	Minimum              *float64         `json:"minimum,omitempty"`
	ExclusiveMinimum     *float64         `json:"exclusiveMinimum,omitempty"`
	Maximum              *float64         `json:"maximum,omitempty"`
	Default              any              `json:"default,omitempty"`
	Items                *node            `json:"items,omitempty"`
	MinItems             int              `json:"minItems,omitempty"`
	MaxItems             int              `json:"maxItems,omitempty"`
	PropertyNames        *node            `json:"propertyNames,omitempty"`
	MinProperties        int              `json:"minProperties,omitempty"`
	MaxProperties        int              `json:"maxProperties,omitempty"`
	Properties           map[string]*node `json:"properties,omitempty"`
	PatternProperties    map[string]*node `json:"patternProperties,omitempty"`
	AdditionalProperties any              `json:"additionalProperties,omitempty"`
	Required             []string         `json:"required,omitempty"`
	Definitions          map[string]*node `json:"$defs,omitempty"`
}

// JSON is the JSON Schema of the stack files of a project.
func JSON(project string, sections []Section) (string, error) {
	root := file(project, sections[0])
	for _, section := range sections[1:] {
		root.Definitions[section.Type] = section.node()
	}
	for _, list := range config.Lists() {
		root.Definitions[list.Key] = &node{Description: "What the program knows: " + list.File + ".", Enum: list.Values}
	}
	return root.text()
}

// TenantsJSON is the JSON Schema of the files of tenants of a project. The schema of
// its stack files, which stands in the file of that name beside it, says what a
// tenant is.
func TenantsJSON(project, stackSchema string) (string, error) {
	return (&node{
		Schema: draft,
		Title:  "A file of tenants of " + project,
		Type:   "object",
		Properties: map[string]*node{
			"tenants": {Ref: stackSchema + "#/properties/config/properties/" + project + ":tenants", MinProperties: 1},
		},
		AdditionalProperties: false,
		Required:             []string{"tenants"},
	}).text()
}

const draft = "https://json-schema.org/draft/2020-12/schema"

func (n *node) text() (string, error) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(n)
	return text.String(), err
}

// file is the schema of the file itself, which is Pulumi's.
func file(project string, section Section) *node {
	settings := &node{
		Type:        "object",
		Description: "The settings of the program, and those of providers.",
		Properties:  map[string]*node{"gcp:project": valueNode(config.ProjectRule, "string")},
		// Keys of other namespaces are not the program's to judge.
		PatternProperties: map[string]*node{"^" + beside(project+":"): {}},
		AdditionalProperties: &node{
			Description:          "A secret that a section refers to: pulumi config set --secret.",
			Type:                 "object",
			Properties:           map[string]*node{"secure": {Type: "string"}},
			Required:             []string{"secure"},
			AdditionalProperties: false,
		},
		Required: []string{"gcp:project"},
		AnyOf:    []*node{{Required: []string{project + ":tenants"}}, {Required: []string{project + ":tenantFiles"}}},
	}
	settings.Properties["gcp:project"].Description = "The Google Cloud project that everything on that side is made in."
	own := section.node()
	for key, property := range own.Properties {
		settings.Properties[project+":"+key] = property
	}
	for _, key := range own.Required {
		settings.Required = append(settings.Required, project+":"+key)
	}
	return &node{
		Schema: draft,
		Title:  "A stack file of " + project,
		Type:   "object",
		Properties: map[string]*node{
			"config":          settings,
			"environment":     {Type: []string{"array", "object"}, Description: "Environments of Pulumi ESC."},
			"encryptionsalt":  {Type: "string", Description: "Written by Pulumi: the salt of the passphrase that secrets are encrypted with."},
			"encryptedkey":    {Type: "string", Description: "Written by Pulumi: the encrypted key that secrets are encrypted with."},
			"secretsprovider": {Type: "string", Description: "What secrets are encrypted with."},
		},
		AdditionalProperties: false,
		Required:             []string{"config"},
		Definitions:          map[string]*node{},
	}
}

// beside is a regular expression for what does not begin with a prefix, in a form
// that every dialect has.
func beside(prefix string) string {
	others := make([]string, 0, len(prefix))
	for i := range prefix {
		others = append(others, prefix[:i]+"[^"+prefix[i:i+1]+"]")
	}
	return "(" + strings.Join(others, "|") + ")"
}

func (s Section) node() *node {
	object := &node{Type: "object", Description: s.Text, Properties: map[string]*node{}, AdditionalProperties: false}
	for _, key := range s.Keys {
		property := typeNode(key.Type, key.Rules)
		property.Description, property.Default = key.Text, key.Default
		object.Properties[key.Key] = property
		if key.Required {
			object.Required = append(object.Required, key.Key)
		}
	}
	return object
}

func typeNode(t reflect.Type, rules config.Rules) *node {
	inner := config.Rules{Value: rules.Value}
	least := 0
	if rules.Empty != "" {
		least = 1
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeNode(t.Elem(), rules)
	case reflect.Struct:
		if t == reflect.TypeFor[config.Range]() {
			return rangeNode(t, rules)
		}
		return &node{Ref: "#/$defs/" + t.Name()}
	case reflect.Map:
		keys := valueNode(rules.Keys, "")
		if reflect.DeepEqual(keys, &node{}) {
			keys = nil
		}
		return &node{Type: "object", PropertyNames: keys, MinProperties: least, MaxProperties: rules.Most, AdditionalProperties: typeNode(t.Elem(), inner)}
	case reflect.Slice:
		return &node{Type: "array", MinItems: least, MaxItems: rules.Most, Items: typeNode(t.Elem(), inner)}
	default:
		return valueNode(rules.Value, typeNames[t.Kind()])
	}
}

var typeNames = map[reflect.Kind]string{
	reflect.Bool: "boolean", reflect.Float64: "number", reflect.Int: "integer", reflect.Int64: "integer", reflect.String: "string",
}

// rangeNode has the rules that the key has for the bounds.
func rangeNode(t reflect.Type, rules config.Rules) *node {
	object := &node{Type: "object", Properties: map[string]*node{}, AdditionalProperties: false}
	for _, property := range config.Properties(t) {
		object.Properties[property.Key] = typeNode(property.Type, rules.Parts[property.Key])
		object.Required = append(object.Required, property.Key)
	}
	return object
}

func valueNode(rule config.Rule, kind string) *node {
	value := &node{Enum: rule.Values, MinLength: rule.Shortest, MaxLength: rule.Longest}
	if kind != "" {
		value.Type = kind
	}
	// Dialects of regular expressions have no common form for this flag.
	if rule.Pattern != nil && !strings.HasPrefix(rule.Pattern.String(), "(?i)") {
		value.Pattern = rule.Pattern.String()
	}
	// An editor completes what is known; what is newer may be allowed.
	if list := rule.List; list != nil {
		value.AnyOf = []*node{{Ref: "#/$defs/" + list.Key}, {Pattern: list.Form.String()}}
	}
	if bounds := rule.Bounds; bounds != nil {
		if bounds.Open {
			value.ExclusiveMinimum = &bounds.Least
		} else {
			value.Minimum = &bounds.Least
		}
		if !math.IsInf(bounds.Most, 1) {
			value.Maximum = &bounds.Most
		}
	}
	return value
}
