package stacktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Rewrite changes the inputs and outputs of resources in the state, as if an
// earlier program had asked for something else. The key of values is a type; the
// first resource of it, by URN, that has the property gets the value.
func (s Stack) Rewrite(values map[string]Property) {
	s.T.Helper()
	decoder := json.NewDecoder(bytes.NewReader(s.State()))
	decoder.UseNumber()
	var exported map[string]any
	if err := decoder.Decode(&exported); err != nil {
		s.T.Fatal(err)
	}
	deployment, _ := exported["deployment"].(map[string]any)
	resources, _ := deployment["resources"].([]any)
	rewritten := map[string]bool{}
	for _, element := range slices.SortedFunc(slices.Values(resources), byURN) {
		resource, _ := element.(map[string]any)
		token, _ := resource["type"].(string)
		property, wanted := values[token]
		if !wanted || rewritten[token] {
			continue
		}
		rewritten[token] = property.in(resource)
	}
	for token, property := range values {
		if !rewritten[token] {
			s.T.Errorf("no resource of type %s has a property %s", token, property.Name)
		}
	}
	text, err := json.Marshal(exported)
	if err != nil {
		s.T.Fatal(err)
	}
	s.Import(text)
}

// byURN orders resources of a state, whose own order differs from run to run.
func byURN(a, b any) int {
	one, _ := a.(map[string]any)
	other, _ := b.(map[string]any)
	return strings.Compare(fmt.Sprint(one["urn"]), fmt.Sprint(other["urn"]))
}

// Import puts a state in the place of the one that there is.
func (s Stack) Import(state []byte) {
	s.T.Helper()
	file := filepath.Join(s.Sandbox.Home, "imported.json")
	if err := os.WriteFile(file, state, 0o600); err != nil {
		s.T.Fatal(err)
	}
	s.Pulumi("stack", "import", "--file", file)
}

// Property is a property of a resource, and a value that it is to have had.
type Property struct {
	Name  string
	Value any
}

// in sets the property of a resource that has it.
func (p Property) in(resource map[string]any) bool {
	inputs, _ := resource["inputs"].(map[string]any)
	outputs, _ := resource["outputs"].(map[string]any)
	if _, has := inputs[p.Name]; !has {
		return false
	}
	inputs[p.Name], outputs[p.Name] = p.Value, p.Value
	return true
}
