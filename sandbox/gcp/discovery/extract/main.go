// Command extract copies what the sandbox needs of Google's discovery documents
// from the module cache into a directory, for the sandbox to embed.
//
//	extract DIRECTORY
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"ai-serving/sandbox/gcp/discovery"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: extract DIRECTORY")
		os.Exit(2)
	}
	if err := extract(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

func extract(directory string) error {
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		return fmt.Errorf("find the module with the documents: %w", err)
	}
	for _, api := range discovery.APIs {
		raw, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(module)), filepath.FromSlash(api.File)))
		if err != nil {
			return err
		}
		var from source
		if err := json.Unmarshal(raw, &from); err != nil {
			return fmt.Errorf("%s: %w", api.File, err)
		}
		reduced, err := reduce(from, api)
		if err != nil {
			return fmt.Errorf("%s: %w", api.File, err)
		}
		if raw, err = json.Marshal(reduced); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(directory, api.Name+".json"), raw, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// source is a document as Google publishes it: its methods are in a tree.
type source struct {
	RootURL     string                       `json:"rootUrl"`
	ServicePath string                       `json:"servicePath"`
	Schemas     map[string]*discovery.Schema `json:"schemas"`
	Parameters  map[string]*discovery.Schema `json:"parameters"`
	tree
}

type tree struct {
	Methods   map[string]*discovery.Method `json:"methods"`
	Resources map[string]tree              `json:"resources"`
}

// reduce leaves the methods that the sandbox answers, and the schemas that they
// need.
func reduce(from source, api discovery.API) (discovery.Document, error) {
	to := discovery.Document{
		RootURL:     from.RootURL,
		ServicePath: from.ServicePath,
		Methods:     map[string]*discovery.Method{},
		Schemas:     map[string]*discovery.Schema{},
		Parameters:  from.Parameters,
	}
	if manager, found := from.Schemas["InstanceGroupManager"]; found {
		// Said to be output only, but insert takes it, and the provider sends it.
		manager.Properties["namedPorts"].Description = ""
	}
	r := reduction{from.Schemas, to.Schemas}
	r.keepAll(to.Parameters)
	for collection, verbs := range api.Methods {
		place := from.tree
		for _, name := range strings.Split(collection, ".") {
			place = place.Resources[name]
		}
		for _, verb := range verbs {
			method, found := place.Methods[verb]
			if !found {
				return to, fmt.Errorf("there is no method %s of %s", verb, collection)
			}
			r.keepAll(method.Parameters)
			r.keep(method.Request)
			r.keep(method.Response)
			to.Methods[method.ID] = method
		}
	}
	return to, nil
}

// reduction copies schemas from a document into another.
type reduction struct{ from, to map[string]*discovery.Schema }

// keep copies the schemas that one refers to, and takes the prose out of all.
func (r reduction) keep(s *discovery.Schema) {
	if s == nil {
		return
	}
	// The documents of Compute Engine say it in prose only.
	prose := strings.ToLower(s.Description)
	s.ReadOnly = s.ReadOnly || strings.HasPrefix(prose, "[output only]") || strings.HasPrefix(prose, "output only")
	s.Description = ""
	if _, kept := r.to[s.Ref]; s.Ref != "" && !kept {
		r.to[s.Ref] = r.from[s.Ref]
		r.keep(r.from[s.Ref])
	}
	r.keepAll(s.Properties)
	r.keep(s.Items)
	r.keep(s.AdditionalProperties)
}

func (r reduction) keepAll(schemas map[string]*discovery.Schema) {
	for _, s := range schemas {
		r.keep(s)
	}
}
