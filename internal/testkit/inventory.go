package testkit

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"go.yaml.in/yaml/v3"
)

// What stands for a value that must not, or cannot, be shown.
const (
	secretValue  = "[secret]"
	unknownValue = "[unknown]"
)

// inventory is a recording in the form of a golden file.
type inventory struct {
	// Counts are by type.
	Counts    map[string]int `yaml:"counts"`
	Outputs   map[string]any `yaml:"outputs,omitempty"`
	Resources []item         `yaml:"resources"`
}

// item is a resource in a golden file. Other resources are named by what tells
// them apart in a stack: the types from the outermost component down, and the
// logical name.
type item struct {
	Path     string `yaml:"path"`
	Type     string `yaml:"type"`
	Provider string `yaml:"provider,omitempty"`
	// Dependencies are the names, by types.
	Dependencies map[string]names `yaml:"dependencies,omitempty"`
	Options      Options          `yaml:"options,omitempty"`
	Inputs       map[string]any   `yaml:"inputs,omitempty"`
}

// Inventory renders the recording as YAML, in which equal recordings are equal.
func (r *Recording) Inventory() (string, error) {
	rendered := inventory{Counts: map[string]int{}, Outputs: Reveal(r.Outputs)}
	for _, registered := range r.Resources {
		rendered.Counts[registered.Type]++
		rendered.Resources = append(rendered.Resources, itemOf(registered))
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(rendered); err != nil {
		return "", fmt.Errorf("render the inventory: %w", err)
	}
	return text.String(), encoder.Close()
}

// names are rendered on one line.
type names []string

// MarshalYAML renders the names in the flow style.
func (n names) MarshalYAML() (any, error) {
	list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, name := range n {
		list.Content = append(list.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name})
	}
	return list, nil
}

func itemOf(registered Resource) item {
	result := item{
		Path:     registered.Path,
		Type:     registered.Type,
		Provider: short(registered.Provider),
		Options:  registered.Options,
		Inputs:   Reveal(registered.Inputs),

		Dependencies: map[string]names{},
	}
	result.Options.DeletedWith = resource.URN(short(registered.Options.DeletedWith))
	for _, dependency := range registered.Dependencies {
		types := string(dependency.QualifiedType())
		result.Dependencies[types] = append(result.Dependencies[types], dependency.Name())
	}
	return result
}

// short is a URN without the stack and the project, which are everywhere the
// same: <types>::<name>.
func short(urn resource.URN) string {
	if urn == "" {
		return ""
	}
	return strings.Join([]string{string(urn.QualifiedType()), urn.Name()}, resource.URNNameDelimiter)
}

// Reveal turns property values into plain ones, except secrets and unknowns, which
// it renders as "[secret]" and "[unknown]".
func Reveal(values resource.PropertyMap) map[string]any {
	return values.MapRepl(nil, func(value resource.PropertyValue) (any, bool) {
		switch {
		case value.IsSecret():
			return secretValue, true
		case value.IsComputed(), value.IsOutput():
			return unknownValue, true
		case value.IsResourceReference():
			return short(value.ResourceReferenceValue().URN), true
		case value.IsAsset():
			return value.AssetValue().Hash, true
		case value.IsArchive():
			return value.ArchiveValue().Hash, true
		}
		return nil, false
	})
}
