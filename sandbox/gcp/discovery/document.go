// Package discovery reads Google's own descriptions of its APIs: which methods
// there are, at which addresses, and what their bodies hold.
//
// Google publishes one discovery document per API; they come with the module
// google.golang.org/api. What the sandbox needs of them is copied from the
// module cache when it is built, and is not kept in the repository.
package discovery

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"
)

//go:generate go run ./extract documents
//go:embed all:documents
var documents embed.FS

// Document describes an API.
type Document struct {
	RootURL     string             `json:"rootUrl"`
	ServicePath string             `json:"servicePath"`
	Methods     map[string]*Method `json:"methods"` // by id: compute.networks.insert
	Schemas     map[string]*Schema `json:"schemas"`
	Parameters  map[string]*Schema `json:"parameters"` // of every method
}

// Method is something that an API does.
type Method struct {
	ID         string             `json:"id"`
	HTTPMethod string             `json:"httpMethod"`
	Path       string             `json:"path"`
	FlatPath   string             `json:"flatPath,omitempty"`
	Parameters map[string]*Schema `json:"parameters,omitempty"`
	Request    *Schema            `json:"request,omitempty"`
	Response   *Schema            `json:"response,omitempty"`
}

// Schema describes a value.
type Schema struct {
	Ref                  string             `json:"$ref,omitempty"`
	Type                 string             `json:"type,omitempty"`
	Format               string             `json:"format,omitempty"`
	Pattern              string             `json:"pattern,omitempty"`
	Enum                 []string           `json:"enum,omitempty"`
	Default              string             `json:"default,omitempty"`
	Description          string             `json:"description,omitempty"`
	Location             string             `json:"location,omitempty"` // of a parameter: path or query
	ReadOnly             bool               `json:"readOnly,omitempty"`
	Repeated             bool               `json:"repeated,omitempty"`
	Properties           map[string]*Schema `json:"properties,omitempty"`
	Items                *Schema            `json:"items,omitempty"`
	AdditionalProperties *Schema            `json:"additionalProperties,omitempty"`
	Annotations          *Annotations       `json:"annotations,omitempty"`
}

// Annotations are what a document says of a property beside its type.
type Annotations struct {
	Required []string `json:"required,omitempty"` // ids of the methods that need it
}

// Load reads the documents of all [APIs], by name. Without go generate there
// are none.
var Load = sync.OnceValues(func() (map[string]*Document, error) {
	loaded := map[string]*Document{}
	for _, api := range APIs {
		raw, err := documents.ReadFile("documents/" + api.Name + ".json")
		if err != nil {
			return nil, fmt.Errorf("built without go generate: %w", err)
		}
		document := new(Document)
		if err := json.Unmarshal(raw, document); err != nil {
			return nil, fmt.Errorf("discovery document of %s: %w", api.Name, err)
		}
		loaded[api.Name] = document
	}
	return loaded, nil
})

// Resolve follows a reference to the schema that it names.
func (d *Document) Resolve(s *Schema) *Schema {
	if s != nil && s.Ref != "" {
		return d.Schemas[s.Ref]
	}
	return s
}
