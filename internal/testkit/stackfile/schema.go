package stackfile

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// Schema is a JSON Schema of stack files.
type Schema struct{ compiled *jsonschema.Schema }

// base is where the schemas of a directory are to the library, which makes a URL of a
// path: one with "#" is none.
const base = "https://schema.example/"

// ReadSchema reads a schema, which has to keep its own draft's. It may refer to those
// beside it by the names of their files.
func ReadSchema(file string) (Schema, error) {
	directory := filepath.Dir(file)
	beside, err := fs.Glob(os.DirFS(directory), "*.schema.json")
	if err != nil {
		return Schema{}, err
	}
	compiler := jsonschema.NewCompiler()
	for _, name := range beside {
		if err := addSchema(compiler, filepath.Join(directory, name)); err != nil {
			return Schema{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	compiled, err := compiler.Compile(base + filepath.Base(file))
	if err != nil {
		return Schema{}, fmt.Errorf("%s: %w", file, err)
	}
	return Schema{compiled}, nil
}

func addSchema(compiler *jsonschema.Compiler, path string) error {
	text, err := os.Open(path)
	if err != nil {
		return err
	}
	defer text.Close() // read only
	document, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		return err
	}
	return compiler.AddResource(base+filepath.Base(path), document)
}

// Check reports where the text of a stack file is not as the schema says.
func (s Schema) Check(text string) error {
	var file any
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		return fmt.Errorf("stack file: %w", err)
	}
	raw, err := json.Marshal(file)
	if err != nil {
		return fmt.Errorf("stack file: %w", err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		return fmt.Errorf("stack file: %w", err)
	}
	return s.compiled.Validate(document)
}
