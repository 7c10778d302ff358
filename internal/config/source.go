package config

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// source is where the values of a configuration are written.
type source struct {
	project, stack string
	// sections are what the stack file sets, by key without the project's namespace.
	sections map[string]pair
	// files are those that tenants are written in, by tenant; the stack file has
	// all others.
	files map[string]document
}

// pair is a key with its value. The key is nil where nothing names the value.
type pair struct{ key, value *yaml.Node }

// readSource reads the stack file for the places of its values. The values
// themselves come from the engine, which may have read another file, by its option
// --config-file.
func readSource(file File) (source, []finding) {
	read := source{file.Project, file.Stack, map[string]pair{}, map[string]document{}}
	if file.Root == nil {
		return read, nil
	}
	name := fileName(file.Stack)
	text, err := fs.ReadFile(file.Root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return read, nil
	}
	if err != nil {
		return read, []finding{{place{file: name}, err.Error()}}
	}
	parsed, findings := parse(name, text)
	if parsed.root == nil {
		return read, findings
	}
	_, settings := lookUp(parsed.root, "config")
	if settings == nil || settings.Kind != yaml.MappingNode {
		return read, findings
	}
	for i := 0; i < len(settings.Content); i += 2 {
		// The engine takes a key without a namespace for one of the project.
		key := strings.TrimPrefix(settings.Content[i].Value, file.Project+":")
		if value := settings.Content[i+1]; len(parsed.checkKeys(value)) == 0 {
			read.sections[key] = pair{settings.Content[i], value}
		}
	}
	return read, findings
}

// agrees reports whether the stack file has the value under a key that the engine
// has: an environment of Pulumi ESC or a flag may have set it too.
func (s source) agrees(key string, value any) bool {
	section, found := s.sections[key]
	if !found {
		return false
	}
	var written any
	err := section.value.Decode(&written)
	return err == nil && reflect.DeepEqual(asEngine(written), asEngine(value))
}

// asEngine is a value as the Pulumi engine reads it from YAML, with numbers of
// one type: a date becomes text.
//
// Source: unmarshalObject in pulumi/sdk/go/common/resource/config/object.go.
func asEngine(value any) any {
	switch value := value.(type) {
	case int:
		return float64(value)
	case int64:
		return float64(value)
	case time.Time:
		return value.String()
	case []any:
		all := make([]any, len(value))
		for i, element := range value {
			all[i] = asEngine(element)
		}
		return all
	case map[string]any:
		all := map[string]any{}
		for key, element := range value {
			all[key] = asEngine(element)
		}
		return all
	case map[any]any:
		all := map[string]any{}
		for key, element := range value {
			all[fmt.Sprint(key)] = asEngine(element)
		}
		return all
	default:
		return value
	}
}

// locate finds what an error is about: the value, or the key where that is what is
// wrong, or else the innermost object that does not have the key.
func (s source) locate(err *field.Error) place {
	at := place{file: fileName(s.stack)}
	steps := pathSteps(strings.TrimPrefix(err.Field, s.project+":"))
	found := s.sections[steps[0]]
	if steps[0] == tenantsKey && len(steps) > 1 {
		if file, inFile := s.files[steps[1]]; inFile {
			at.file = file.name
		}
	}
	for _, step := range steps[1:] {
		inner := found.child(step)
		if inner.value == nil {
			break
		}
		found = inner
	}
	if node := found.subject(err); node != nil {
		at.line, at.column = node.Line, node.Column
	}
	return at
}

// subject is the part of a pair that an error is about.
func (p pair) subject(err *field.Error) *yaml.Node {
	aboutKey := err.Type == field.ErrorTypeForbidden || err.Type == field.ErrorTypeRequired
	if p.key != nil && (aboutKey || p.value.Kind != yaml.ScalarNode || err.BadValue == p.key.Value) {
		return p.key
	}
	return p.value
}

// child is what a mapping has under a key, or a list at an index; it has no value
// where there is none.
func (p pair) child(step string) pair {
	if p.value == nil {
		return pair{}
	}
	if p.value.Kind != yaml.SequenceNode {
		key, value := lookUp(p.value, step)
		return pair{key, value}
	}
	index, err := strconv.Atoi(step)
	if err != nil || index >= len(p.value.Content) {
		return pair{}
	}
	return pair{nil, p.value.Content[index]}
}

// pathSteps are the keys and indexes of a path such as "tenants.acme.hosts[0]" or
// "azure.registries[docker.io].password".
func pathSteps(path string) []string {
	return strings.FieldsFunc(bracketed(path), func(r rune) bool { return r == '\x00' })
}

// bracketed is a path with a zero byte for each separator.
func bracketed(path string) string {
	inside := false
	return strings.Map(func(r rune) rune {
		switch {
		case r == '[':
			inside = true
			return '\x00'
		case r == ']':
			inside = false
			return '\x00'
		case r == '.' && !inside:
			return '\x00'
		default:
			return r
		}
	}, path)
}
