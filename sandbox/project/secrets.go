package project

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// own are the keys of a stack file that are about its own secrets provider.
var own = []string{"encryptionsalt", "encryptedkey", "secretsprovider"}

// secret is "made up by the sandbox", as the sandbox's provider encrypts it.
const secret = "v1:nl6rY+GJ6GkTBaBj:+mH/I+iow8z8sQ+k/nWrtpydpFB5MXMMZUghgnRed35742KhjVg="

// secretsOf are the encrypted values below a node: Pulumi takes a mapping for a
// secret whose one key is "secure", and whose value is text
// (sdk/go/common/resource/config/object.go of github.com/pulumi/pulumi).
func secretsOf(node *yaml.Node) []*yaml.Node {
	if node.Kind == yaml.MappingNode && len(node.Content) == 2 && node.Content[0].Value == "secure" && isText(node.Content[1]) {
		return node.Content[1:]
	}
	var found []*yaml.Node
	for _, child := range node.Content { // an alias has none
		found = append(found, secretsOf(child)...)
	}
	return found
}

func isText(node *yaml.Node) bool {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!str"
}

// replace gives a stack file with the sandbox's secrets instead of the stack's
// own, and without its secrets provider. It has the lines that it had.
func replace(text []byte, document *yaml.Node) ([]byte, error) {
	source := source{slices.Collect(bytes.Lines(text))}
	for i := len(document.Content) - 2; i >= 0; i -= 2 { // from the end: what comes before stays where it is
		key, value := document.Content[i], document.Content[i+1]
		if slices.Contains(own, key.Value) {
			if err := source.replace(key.Line, key.Column, value, ""); err != nil {
				return nil, err
			}
			continue
		}
		for _, node := range slices.Backward(secretsOf(value)) {
			if err := source.replace(node.Line, node.Column, node, secret); err != nil {
				return nil, err
			}
		}
	}
	return bytes.Join(source.lines, nil), nil
}

// source is the text of a YAML document.
type source struct{ lines [][]byte }

// replace replaces what stands from a line and a column, which count from 1, to the
// end of a scalar or an alias.
func (s source) replace(line, column int, until *yaml.Node, with string) error {
	if line == until.Line {
		if start, end := s.offset(line, column), s.end(until); start >= 0 && end >= start {
			text := s.lines[line-1]
			s.lines[line-1] = slices.Concat(text[:start], []byte(with), text[end:])
			return nil
		}
	}
	return fmt.Errorf("line %d: write this key and its value on one line, as Pulumi does", line)
}

// offset is where the character of a column is in a line, or -1.
func (s source) offset(line, column int) int {
	if line > len(s.lines) {
		return -1
	}
	offset := 0
	for range column - 1 {
		_, size := utf8.DecodeRune(s.lines[line-1][offset:])
		offset += size
	}
	return offset
}

// quoted is a quoted scalar, and properties the anchor and the tag before a value.
var (
	quoted     = regexp.MustCompile(`^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')`)
	properties = regexp.MustCompile(`^(?:[&!]\S*\s+)*`)
)

// end is where in its line a scalar or an alias ends, or -1 if it is on several.
func (s source) end(node *yaml.Node) int {
	start := s.offset(node.Line, node.Column)
	if start < 0 {
		return -1
	}
	start += len(properties.Find(s.lines[node.Line-1][start:]))
	rest := s.lines[node.Line-1][start:]
	plain := node.Value
	switch {
	case node.Kind == yaml.AliasNode:
		plain = "*" + node.Value
	case node.Kind != yaml.ScalarNode, node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return -1
	case node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		plain = string(quoted.Find(rest))
		if plain == "" {
			return -1
		}
	}
	if !strings.HasPrefix(string(rest), plain) {
		return -1
	}
	return start + len(plain)
}
