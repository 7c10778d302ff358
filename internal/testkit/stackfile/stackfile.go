// Package stackfile reads stack files for tests.
package stackfile

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"

	"ai-serving/internal/config"
)

// Read reads the text of a stack's file as the engine hands it to the program:
// by full key, a scalar as it stands, an object as JSON. In the place of what is
// encrypted stands [Secret].
func Read(stack, text string) (config.File, error) {
	var document struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return config.File{}, fmt.Errorf("stack file: %w", err)
	}
	file := config.File{Project: "ai-serving", Stack: stack, Values: map[string]string{}}
	for _, key := range slices.Sorted(maps.Keys(document.Config)) {
		value, secret := decrypt(key, document.Config[key])
		if secret {
			file.SecretKeys = append(file.SecretKeys, key)
		}
		if scalar, ok := value.(string); ok {
			file.Values[key] = scalar
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return config.File{}, fmt.Errorf("stack file: %s: %w", key, err)
		}
		file.Values[key] = string(raw)
	}
	return file, nil
}

// Secret is what stands for the encrypted value of a full key.
func Secret(key string) string { return "plaintext of " + key }

// decrypt replaces what is encrypted in the value of a key, "secure" with a
// text, and says whether anything is.
func decrypt(key string, value any) (any, bool) {
	object, ok := value.(map[string]any)
	if !ok {
		return value, false
	}
	if ciphertext, ok := object["secure"].(string); ok && len(object) == 1 && ciphertext != "" {
		return Secret(key), true
	}
	plain, secret := map[string]any{}, false
	for name, inner := range object {
		var found bool
		plain[name], found = decrypt(key, inner)
		secret = secret || found
	}
	return plain, secret
}
