package stackfile

import (
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// Inline is the text of a stack's file with the tenants of the files that it names,
// for tests that change them all in one text.
func Inline(directory, stack string) (string, error) {
	text, err := os.ReadFile(filepath.Join(directory, fileName(stack)))
	if err != nil {
		return "", err
	}
	var file yaml.Node
	if err := yaml.Unmarshal(text, &file); err != nil {
		return "", err
	}
	settings := file.Content[0].Content[1] // the config
	tenants := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i < len(settings.Content); i += 2 {
		if settings.Content[i].Value != project+":tenantFiles" {
			continue
		}
		for _, pattern := range settings.Content[i+1].Content {
			if err := appendTenants(tenants, filepath.Join(directory, pattern.Value)); err != nil {
				return "", err
			}
		}
		settings.Content[i].Value, settings.Content[i+1] = project+":tenants", tenants
	}
	if len(tenants.Content) == 0 {
		return "", fmt.Errorf("stack %s has no files of tenants", stack)
	}
	inlined, err := yaml.Marshal(&file)
	return string(inlined), err
}

// appendTenants adds the tenants of the files that a pattern matches.
func appendTenants(tenants *yaml.Node, pattern string) error {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var content struct{ Tenants yaml.Node }
		if err := yaml.Unmarshal(text, &content); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		tenants.Content = append(tenants.Content, content.Tenants.Content...)
	}
	return nil
}
