package main

import (
	"path/filepath"
	"strings"
	"testing"

	"ai-serving/internal/config/schema"
	"ai-serving/internal/testkit"
	"ai-serving/internal/testkit/stackfile"
)

const (
	schemaFile        = "schema/stack.schema.json"
	tenantsSchemaFile = "schema/tenants.schema.json"
)

func sections(t *testing.T) []schema.Section {
	t.Helper()
	sections, err := schema.Sections("internal/config")
	if err != nil {
		t.Fatal(err)
	}
	return sections
}

func TestTheSchemaIsThatOfTheTypes(t *testing.T) {
	t.Parallel()
	text, err := schema.JSON("ai-serving", sections(t))
	if err != nil {
		t.Fatal(err)
	}
	testkit.GoldenFile(t, schemaFile, text)
}

func TestTheSchemaOfFilesOfTenantsIsThatOfTheTypes(t *testing.T) {
	t.Parallel()
	text, err := schema.TenantsJSON("ai-serving", filepath.Base(schemaFile))
	if err != nil {
		t.Fatal(err)
	}
	testkit.GoldenFile(t, tenantsSchemaFile, text)
}

func TestTheConfigurationPageIsThatOfTheTypes(t *testing.T) {
	t.Parallel()
	production, err := stackfile.Inline(".", "prod")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := schema.ReadExamples(production, read(t, "testdata/Pulumi.wide.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := schema.Markdown("ai-serving", sections(t), examples)
	if err != nil {
		t.Fatal(err)
	}
	testkit.GoldenFile(t, "docs/configuration.md", text)
}

func TestEveryKeyIsDescribed(t *testing.T) {
	t.Parallel()
	for _, section := range sections(t) {
		if section.Text == "" {
			t.Errorf("config.%s has no comment", section.Type)
		}
		for _, key := range section.Keys {
			if key.Text == "" {
				t.Errorf("config.%s.%s has no comment, and neither has its type", section.Type, key.Field)
			}
		}
	}
}

func TestEveryStackFileFitsTheSchemaThatItNames(t *testing.T) {
	t.Parallel()
	for pattern, schemaFile := range map[string]string{
		"Pulumi.*.yaml": schemaFile, "testdata/Pulumi.*.yaml": schemaFile, "tenants/*/*.yaml": tenantsSchemaFile,
	} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 {
			t.Errorf("no file is named %s", pattern)
		}
		for _, file := range files {
			t.Run(file, func(t *testing.T) {
				t.Parallel()
				text := read(t, file)
				named, found := strings.CutPrefix(strings.SplitN(text, "\n", 2)[0], "# yaml-language-server: $schema=")
				if !found || filepath.Join(filepath.Dir(file), named) != schemaFile {
					t.Errorf("the first line does not name %s, from where the file is", schemaFile)
				}
				fileSchema, err := stackfile.ReadSchema(schemaFile)
				if err != nil {
					t.Fatal(err)
				}
				if err := fileSchema.Check(text); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestTheSchemaOfFilesOfTenantsRefusesMistakes(t *testing.T) {
	t.Parallel()
	tenants, err := stackfile.ReadSchema(tenantsSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := tenants.Check("tenants: {acme: {models: [chat]}}"); err != nil {
		t.Error(err)
	}
	for _, text := range []string{
		"", "tenants: {}", "acme: {models: [chat]}", "tenants: {Acme: {models: [chat]}}", "tenants: {acme: {model: [chat]}}",
		"tenants: {acme: {models: [chat]}}\nmodels: {}",
	} {
		if tenants.Check(text) == nil {
			t.Errorf("accepts %q", text)
		}
	}
}
