// Package stackfile reads stack files for tests.
package stackfile

import (
	"encoding/json"
	"fmt"

	"gopkg.in/yaml.v3"
)

// Settings reads the text of a stack file as the engine hands it to a program:
// by full key, a scalar as it stands, an object as JSON.
func Settings(text string) (map[string]string, error) {
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		return nil, fmt.Errorf("stack file: %w", err)
	}
	settings := map[string]string{}
	for key, value := range file.Config {
		if scalar, ok := value.(string); ok {
			settings[key] = scalar
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("stack file: %s: %w", key, err)
		}
		settings[key] = string(raw)
	}
	return settings, nil
}
