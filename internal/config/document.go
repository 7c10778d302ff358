package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	goyaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
	"go.yaml.in/yaml/v3"
)

// document is a YAML file of the project.
type document struct {
	// name is the path of the file from the project's directory.
	name string
	// root is what the file holds; nil for a file that holds nothing.
	root *yaml.Node
}

// place is a position in a file. Line and column count from 1; they are 0 where
// the position is not known.
type place struct {
	file         string
	line, column int
}

// String is in the form that compilers use and terminals link:
// "tenants/acme.yaml:3:12".
func (p place) String() string {
	if p.line == 0 {
		return p.file
	}
	return fmt.Sprintf("%s:%d:%d", p.file, p.line, p.column)
}

func (d document) at(node *yaml.Node) place { return place{d.name, node.Line, node.Column} }

// finding is what is wrong at a place of a file.
type finding struct {
	place
	text string
}

// parse reads the first YAML document of a file. A second one is a mistake: the
// Pulumi engine, which reads stack files the same way, ignores it silently.
func parse(name string, text []byte) (document, []finding) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var first, second yaml.Node
	switch err := decoder.Decode(&first); {
	case errors.Is(err, io.EOF):
		return document{name: name}, nil
	case err != nil:
		return document{name: name}, []finding{syntaxError(name, text, err)}
	}
	parsed := document{name, first.Content[0]}
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
		return parsed, nil
	case err != nil:
		return parsed, []finding{syntaxError(name, text, err)}
	}
	return parsed, []finding{{parsed.at(&second), `a second YAML document begins here and would be ignored: join it with the first, and remove the line "---"`}}
}

// CheckSyntax reports why a file is not one YAML document, with the place of the
// mistake.
func CheckSyntax(name string, text []byte) error {
	_, findings := parse(name, text)
	var errs []error
	for _, finding := range findings {
		errs = append(errs, fmt.Errorf("%s: %s", finding.place, finding.text))
	}
	return errors.Join(errs...)
}

// syntaxError says why a file is not YAML. The parser that the engine uses names the
// line where the block begins that it did not understand; a second parser names the
// place where it stopped.
func syntaxError(name string, text []byte, err error) finding {
	at, message := place{file: name}, strings.TrimPrefix(err.Error(), "yaml: ")
	_, exact := parser.ParseBytes(text, 0)
	var syntax *goyaml.SyntaxError
	if errors.As(exact, &syntax) {
		position := syntax.Token.Position
		at.line, at.column, message = position.Line, position.Column, syntax.Message
	}
	return finding{at, "is not YAML: " + message}
}

// checkKeys reports keys that a mapping has twice, at any depth, and aliases:
// what an alias stands for has a place of its own, which errors would name.
func (d document) checkKeys(node *yaml.Node) []finding {
	if node.Kind == yaml.AliasNode {
		return []finding{{d.at(node), fmt.Sprintf("*%s is a YAML alias: write the value itself", node.Value)}}
	}
	var findings []finding
	lines := map[string]int{}
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			if line, taken := lines[child.Value]; taken {
				findings = append(findings, finding{d.at(child), fmt.Sprintf("the key %q is in line %d already", child.Value, line)})
			}
			lines[child.Value] = child.Line
		}
		findings = append(findings, d.checkKeys(child)...)
	}
	return findings
}

// lookUp finds a key of a mapping, and its value; nil where there is none.
func lookUp(node *yaml.Node, key string) (name, value *yaml.Node) {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i], node.Content[i+1]
		}
	}
	return nil, nil
}
