package stackfile

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// Schema is a JSON Schema of stack files.
type Schema struct{ compiled *jsonschema.Schema }

// schemaName is what the library knows the schema by.
const schemaName = "urn:ai-serving:stack"

// ReadSchema reads a schema, which has to keep its own draft's.
func ReadSchema(file string) (Schema, error) {
	text, err := os.Open(file)
	if err != nil {
		return Schema{}, err
	}
	defer text.Close() // read only
	document, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		return Schema{}, fmt.Errorf("%s: %w", file, err)
	}
	// Under a name of its own: of its path the library makes a URL, which a path with
	// "#" is not.
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schemaName, document); err != nil {
		return Schema{}, fmt.Errorf("%s: %w", file, err)
	}
	compiled, err := compiler.Compile(schemaName)
	if err != nil {
		return Schema{}, fmt.Errorf("%s: %w", file, err)
	}
	return Schema{compiled}, nil
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
