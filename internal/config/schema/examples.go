package schema

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Examples are the stack files that examples are taken from.
type Examples []*yaml.Node

// ReadExamples parses stack files.
func ReadExamples(texts ...string) (Examples, error) {
	var examples Examples
	for _, text := range texts {
		var file yaml.Node
		if err := yaml.Unmarshal([]byte(text), &file); err != nil {
			return nil, fmt.Errorf("schema: an example: %w", err)
		}
		examples = append(examples, file.Content[0])
	}
	return examples, nil
}

// longest is how many lines an example may have.
const longest = 16

// of is the example that shows most keys of a section, under its own key; "" if
// no file has one that is short enough.
func (e Examples) of(project string, section Section) (string, error) {
	path := append([]string{"config"}, strings.Split(section.Path, ".")...)
	path[1] = project + ":" + path[1]
	best, most := "", 1
	for _, file := range e {
		for _, found := range under(file, path) {
			text, err := render(found)
			if err != nil {
				return "", fmt.Errorf("schema: the example of %s: %w", section.Path, err)
			}
			if keys := len(found.Content[1].Content); keys > most && strings.Count(text, "\n") <= longest {
				best, most = text, keys
			}
		}
	}
	return best, nil
}

// under lists what stands at a path, each as an object with its key alone.
func under(object *yaml.Node, path []string) []*yaml.Node {
	if object.Kind != yaml.MappingNode {
		return nil
	}
	var found []*yaml.Node
	for i := 0; i < len(object.Content); i += 2 {
		key, value := object.Content[i], object.Content[i+1]
		switch {
		case path[0] != key.Value && path[0] != "<name>":
		case len(path) > 1:
			found = append(found, under(value, path[1:])...)
		case value.Kind == yaml.MappingNode:
			found = append(found, &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, value}})
		}
	}
	return found
}

func render(object *yaml.Node) (string, error) {
	var text strings.Builder
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(object); err != nil {
		return "", err
	}
	return text.String(), encoder.Close()
}
