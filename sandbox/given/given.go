// Package given is what the stacks find in the sandbox's clouds: resources that
// they refer to and that other teams own, such as certificates and the identity
// that may read them.
package given

import (
	_ "embed" // the list
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"

	"ai-serving/sandbox/store"
)

//go:embed given.yaml
var list []byte

// All gives the resources' bodies by cloud and id, as the clouds' stores have
// them.
func All() (map[string]map[string]any, error) { return parse(list) }

// Lay puts those that are missing into the stores of the sandbox with this home.
// What is there stays as it is.
func Lay(home string) error {
	all, err := All()
	if err != nil {
		return err
	}
	var failures []error
	for cloud, resources := range all {
		failures = append(failures, store.At(filepath.Join(home, "stores", cloud+".db")).Update(func(tx store.Tx) error {
			for id, body := range resources {
				if tx.Has(id) {
					continue
				}
				if err := tx.Put(id, body); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return errors.Join(failures...)
}

// parse reads a list, and completes it with what follows from the ids.
func parse(text []byte) (map[string]map[string]any, error) {
	var written map[string]map[string]map[string]any
	if err := yaml.UnmarshalStrict(text, &written); err != nil {
		return nil, fmt.Errorf("given.yaml: %w", err)
	}
	all := map[string]map[string]any{}
	for cloud, resources := range written {
		complete, known := clouds[cloud]
		if !known {
			return nil, fmt.Errorf("given.yaml: the sandbox has no cloud %q, only azure and gcp", cloud)
		}
		all[cloud] = map[string]any{}
		for id, body := range resources {
			key, own := complete(id)
			maps.Copy(own, body)
			all[cloud][key] = own
		}
	}
	return all, nil
}

// clouds give what a resource is stored under, and what its body repeats of the
// id.
var clouds = map[string]func(id string) (string, map[string]any){
	// Azure's ids are the same in any case.
	"azure": func(id string) (string, map[string]any) {
		return strings.ToLower(id), map[string]any{"id": id, "name": path.Base(id)}
	},
	// Certificate Manager's names are whole.
	"gcp": func(id string) (string, map[string]any) { return id, map[string]any{"name": id} },
}
