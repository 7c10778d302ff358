package config_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit/stackfile"
)

func readSchema(t *testing.T) stackfile.Schema {
	t.Helper()
	schema, err := stackfile.ReadSchema("../../schema/stack.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// foldsCase ends the errors of the only pattern that is not in the schema, which
// cannot say that case does not matter.
const foldsCase = "userAssignedIdentities/<name>"

// compare reports a file on which the schema and the program disagree: one that
// loads and that the schema refuses, or one that it accepts although a section is
// not as its type and the rules are.
func compare(t *testing.T, schema stackfile.Schema, text string) {
	t.Helper()
	file, err := stackfile.Read("test", text)
	if err != nil {
		t.Fatal(err)
	}
	if refused := schema.Check(text); refused != nil {
		if _, err := config.Load(file); err == nil {
			t.Errorf("loads, and the schema refuses it: %v", refused)
		}
		return
	}
	for _, err := range config.Shape(file) {
		if !strings.HasSuffix(err.Detail, foldsCase) {
			t.Errorf("the schema accepts it, in spite of: %v", err)
		}
	}
}

func TestTheSchemaRefusesWhatTypesAndRulesRefuse(t *testing.T) {
	t.Parallel()
	schema := readSchema(t)
	if err := schema.Check(stack); err != nil {
		t.Errorf("the good stack file: %v", err)
	}
	for _, table := range refusalTables {
		for name, refused := range table {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				compare(t, schema, edit(t, stack, refused.edits...))
			})
		}
	}
}

// samples take the place of a value in turn: one of each type, and more of its own.
func samples(value any) []any {
	all := []any{nil, true, "x", 1, 1.5, []any{}, []any{"x"}, map[string]any{}, map[string]any{"x": "x"}}
	switch value.(type) {
	case string:
		return append(all, "", "X", "a.b", "/a", "10.0.0.0/8", "*.a.b", strings.Repeat("a", 31), strings.Repeat("a", 64))
	case int, float64:
		for _, bound := range []int{-1, 1, 2, 9, 31, 50, 100, 125, 240, 1000, 2000, 3600, 65535, 100_000, 1_000_000} {
			all = append(all, bound, bound+1)
		}
		return all
	case []any:
		return append(all, []any{1}, []any{nil}, []any{map[string]any{}}, []any{"a.b", "c.d", "e.f", "g.h", "i.j", "k.l"})
	case map[string]any:
		return append(all, map[string]any{"X y": "x"}, map[string]any{"x": map[string]any{}}, map[string]any{"secure": "v1:x"},
			map[string]any{"min": 1, "max": 2}, map[string]any{"min": 0, "max": 1}, map[string]any{"min": 1, "max": 2, "least": 1})
	default:
		return all
	}
}

func TestTheSchemaAndTheProgramAgreeOnEveryValue(t *testing.T) {
	t.Parallel()
	schema := readSchema(t)
	text, err := stackfile.Inline("../..", "prod")
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	vary(document["config"].(map[string]any), "config", seen, func(path string) {
		changed, err := json.Marshal(document) // which is YAML
		if err != nil {
			t.Fatal(err)
		}
		t.Run(path, func(t *testing.T) { compare(t, schema, string(changed)) })
	})
	if len(seen) < 50 {
		t.Errorf("only %d values were changed", len(seen))
	}
}

// vary changes an object in place, one key at a time, and what is in it: to each of
// the samples, to another key, and to none. Of entries alike it changes one.
func vary(object map[string]any, path string, seen map[string]bool, try func(path string)) {
	for _, key := range slices.Sorted(maps.Keys(object)) {
		at := path + "." + key
		value := object[key]
		if inner, ok := value.(map[string]any); ok {
			vary(inner, at, seen, try)
		}
		if list, ok := value.([]any); ok {
			if inner, ok := list[0].(map[string]any); ok {
				vary(inner, at+"[0]", seen, try)
			}
		}
		alike := withoutNames(at)
		if seen[alike] {
			continue
		}
		seen[alike] = true
		for _, sample := range samples(value) {
			object[key] = sample
			try(at + "=" + show(sample))
		}
		delete(object, key)
		try(at + " absent")
		for _, other := range []string{key + "x", "A_b"} {
			object[other] = value
			try(at + " as " + other)
			delete(object, other)
		}
		object[key] = value
	}
}

// withoutNames is a path with no names of entries in it.
func withoutNames(path string) string {
	parts := strings.Split(path, ".")
	for i := 1; i < len(parts); i++ {
		switch parts[i-1] {
		case "ai-serving:models", "ai-serving:tenants", "regions", "certificates", "residencies", "labels", "gpus", "authorizedNetworks":
			parts[i] = "<name>"
		}
	}
	return strings.Join(parts, ".")
}

func show(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
