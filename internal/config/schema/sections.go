// Package schema writes down what a stack file takes: as JSON Schema, for editors,
// and as a page, for people.
//
// Both come from the types of package config: their doc comments, their rules and
// their defaults. The comments are read from the source, so this is for tests,
// which hold the files to it, and not for the program.
package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"ai-serving/internal/config"
)

// Section is an object of the stack file.
type Section struct {
	// Path is where it stands, without the project's name: "tenants.<name>". The
	// first section, which has the others, has none.
	Path string
	// Type is the name of its Go type.
	Type string
	Text string
	Keys []Key
}

// Key is a key of a section.
type Key struct {
	config.Property
	Text string
	// Default is nil where there is none.
	Default any
}

// Sections lists the objects of the stack file in the order of the types, what is
// within one after it. The directory is that of package config.
func Sections(directory string) ([]Section, error) {
	comments, err := readComments(directory)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	walk := walk{comments: comments}
	err = walk.into("", reflect.TypeFor[config.Config](), reflect.Value{})
	return walk.sections, err
}

type walk struct {
	comments comments
	sections []Section
}

// into adds the section at a path, and those within it. Its defaults are what an
// empty object becomes, in one that has the given ones for it.
func (w *walk) into(path string, t reflect.Type, defaults reflect.Value) error {
	for t.Kind() != reflect.Struct {
		switch t.Kind() {
		case reflect.Map:
			path += ".<name>"
		case reflect.Slice:
			path += "[]"
		case reflect.Pointer:
		default:
			return nil
		}
		t, defaults = t.Elem(), reflect.Value{}
	}
	if t == reflect.TypeFor[config.Range]() {
		return nil // part of the section that has it
	}
	empty := reflect.New(t)
	if defaults.IsValid() {
		empty.Elem().Set(defaults)
	}
	if err := json.Unmarshal([]byte("{}"), empty.Interface()); err != nil {
		return fmt.Errorf("schema: defaults of %s: %w", t, err)
	}
	return w.add(path, t, empty.Elem())
}

func (w *walk) add(path string, t reflect.Type, defaults reflect.Value) error {
	section := Section{Path: path, Type: t.Name(), Text: w.text(t.Name(), subject(path))}
	properties := config.Properties(t)
	for _, property := range properties {
		section.Keys = append(section.Keys, Key{
			Property: property,
			Text:     w.describe(t, property),
			Default:  defaultOf(property, defaults.FieldByName(property.Field)),
		})
	}
	w.sections = append(w.sections, section)
	for _, property := range properties {
		value := defaults.FieldByName(property.Field)
		if err := w.into(strings.TrimPrefix(path+"."+property.Key, "."), property.Type, value); err != nil {
			return err
		}
	}
	return nil
}

// subject is what the sentence on a section begins with.
func subject(path string) string {
	key := path[strings.LastIndex(path, ".")+1:]
	if key == "<name>" || strings.HasSuffix(key, "[]") {
		return "Each"
	}
	return "`" + key + "`"
}

// defaultOf is the value of a key that a stack file leaves out, nil if there is
// none, or if it is that of an object's own keys.
func defaultOf(property config.Property, value reflect.Value) any {
	switch {
	case property.Required:
		return nil
	case value.Kind() == reflect.Bool:
		return value.Bool()
	case value.IsZero() || value.Kind() == reflect.Struct && value.Type() != reflect.TypeFor[config.Range]():
		return nil
	}
	return value.Interface()
}

// describe is what is said of a key: by its field, or else by its type.
func (w *walk) describe(t reflect.Type, property config.Property) string {
	named, each := element(property.Type)
	text := w.text(property.Owner+"."+property.Field, "`"+property.Key+"`")
	if text == "" && each {
		text = w.text(named.Name(), "Each")
	} else if text == "" {
		text = w.text(named.Name(), "`"+property.Key+"`")
	}
	if named.PkgPath() != "" && named.Kind() == reflect.String {
		for _, value := range property.Rules.Value.Values {
			if meaning := w.comments[named.Name()+" "+value]; meaning != "" {
				text += fmt.Sprintf(" `%s` %s", value, meaning)
			}
		}
	}
	return text
}

// element is what a list, a map or a pointer has, and whether it may have more
// than one.
func element(t reflect.Type) (of reflect.Type, several bool) {
	for t.Kind() == reflect.Map || t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		several = several || t.Kind() != reflect.Pointer
		t = t.Elem()
	}
	return t, several
}

// fieldLink is a mention of another key, as Go's doc comments link fields.
var fieldLink = regexp.MustCompile(`\[(\w+)\.(\w+)\]`)

// text is the comment of a type or a field, with another word for the Go name that
// it begins with, and the keys that it mentions as the stack file
// has them.
func (w *walk) text(name, subject string) string {
	text := w.comments[name]
	_, field, isField := strings.Cut(name, ".")
	if !isField {
		field = name
	}
	if rest, found := strings.CutPrefix(text, field+" "); found {
		text = subject + " " + rest
	}
	return fieldLink.ReplaceAllStringFunc(text, func(link string) string {
		_, field, _ := strings.Cut(strings.Trim(link, "[]"), ".")
		return "`" + strings.ToLower(field[:1]) + field[1:] + "`"
	})
}
