package project

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"

	"ai-serving/sandbox/stacks"
)

// provider is the line of a stack file that makes its secrets provider the
// sandbox's. There is nothing to keep secret in a sandbox: the passphrase, which is
// "sandbox", and its salt are known to all.
const provider = "encryptionsalt: v1:5vsF63RmweM=:v1:yPc8Dixm/uTKS5Si:S2JA/eDIHO22hNsIiO4CCN5Y4CtpJQ==\n"

// Passphrase is the one of the sandbox's secrets provider.
const Passphrase = "sandbox"

// patternsKey is the configuration that names the files of tenants.
const patternsKey = stacks.Project + ":tenantFiles"

// copyStack gives the copy of a stack file, and the patterns of tenants' files in
// it. A file that Pulumi could not read, or not all of, is an error.
func copyStack(text []byte) (copied []byte, patterns []string, err error) {
	document, err := parse(text)
	if err != nil {
		return nil, nil, err
	}
	copied = text
	if document != nil {
		if copied, err = replace(text, document); err != nil {
			return nil, nil, err
		}
	}
	if len(copied) > 0 && !bytes.HasSuffix(copied, []byte("\n")) {
		copied = append(copied, '\n')
	}
	copied = append(copied, provider...)
	if err := check(copied); err != nil {
		return nil, nil, err
	}
	return copied, patternsIn(document), nil
}

// parse reads the one document of a stack file: its mapping, or nil if it is
// empty.
func parse(text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var first, second yaml.Node
	if err := decoder.Decode(&first); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := decoder.Decode(&second); err == nil {
		return nil, fmt.Errorf("line %d: another YAML document begins here, which Pulumi does not read: keep one, without \"---\" in between", second.Line)
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	mapping := first.Content[0]
	switch {
	case mapping.Kind == yaml.ScalarNode && mapping.ShortTag() == "!!null":
		return nil, nil
	case mapping.Kind != yaml.MappingNode:
		return nil, fmt.Errorf("line %d: must be a mapping with the key \"config\"", mapping.Line)
	case mapping.Style&yaml.FlowStyle != 0:
		return nil, fmt.Errorf("line %d: write the outermost mapping without braces, a key on each line, as Pulumi does", mapping.Line)
	}
	return mapping, nil
}

// check refuses a copy with another provider or other secrets than the sandbox's.
func check(copied []byte) error {
	errProvider := errors.New("the sandbox cannot put its secrets provider at the end of it: remove what ends the document, such as \"...\"")
	document, err := parse(copied)
	if err != nil {
		return errProvider
	}
	var providers []string
	for i := 0; i < len(document.Content); i += 2 {
		if key := document.Content[i].Value; slices.Contains(own, key) {
			providers = append(providers, key+": "+document.Content[i+1].Value+"\n")
		}
	}
	if !slices.Equal(providers, []string{provider}) {
		return errProvider
	}
	for _, node := range secretsOf(document) {
		if node.Value != secret {
			return fmt.Errorf("line %d: the sandbox cannot replace this secret: write it on a line of its own, as Pulumi does", node.Line)
		}
	}
	return nil
}

// patternsIn are the patterns of tenants' files in a stack file. Whatever has
// another form is for the program to refuse.
func patternsIn(document *yaml.Node) []string {
	var patterns []string
	if list := value(value(document, "config"), patternsKey); list != nil && list.Kind == yaml.SequenceNode {
		for _, pattern := range list.Content {
			patterns = append(patterns, pattern.Value)
		}
	}
	return patterns
}

// value is the value of a key of a mapping, or nil.
func value(mapping *yaml.Node, key string) *yaml.Node {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}
