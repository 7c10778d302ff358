// Package inventory tells which types of resources the program's stacks have,
// for the tests that hold the sandbox to knowing all of them.
package inventory

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// clouds are the packages whose resources are in a cloud: components and
// providers exist in the state alone.
var clouds = []string{"azure-native", "gcp", "kubernetes"}

// Types are the types, sorted, by the goldens of the program's own tests in the
// checkout at root. There is one for each of its stacks, of which it has two.
func Types(root string) ([]string, error) {
	goldens, err := filepath.Glob(filepath.Join(root, "testdata", "*.up.golden.yaml"))
	if err != nil || len(goldens) < 2 {
		return nil, errors.Join(fmt.Errorf("%s has the golden files %v, want two or more", root, goldens), err)
	}
	types := map[string]bool{}
	for _, golden := range goldens {
		text, err := os.ReadFile(golden)
		if err != nil {
			return nil, err
		}
		var inventory struct{ Counts map[string]int }
		if err := yaml.Unmarshal(text, &inventory); err != nil {
			return nil, fmt.Errorf("%s: %w", golden, err)
		}
		for token := range inventory.Counts {
			if name, _, _ := strings.Cut(token, ":"); slices.Contains(clouds, name) {
				types[token] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(types)), nil
}
