package config

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	// tenantsKey is the section of the tenants, in a stack file and in a file of
	// tenants.
	tenantsKey = "tenants"
	// tenantFilesKey is the section that names the files of tenants.
	tenantFilesKey = "tenantFiles"
)

// tenantFiles adds the tenants of the files that the stack file names to those
// that it has itself.
//
// The Pulumi engine hands a program its settings in one environment variable, of
// which Linux takes 128 KiB. The files are read by the program itself, and so have
// no such limit.
type tenantFiles struct {
	root     fs.FS
	path     *field.Path // of the patterns
	tenants  *yaml.Node  // a mapping, of all
	owners   map[string]place
	files    map[string]document // by tenant
	errs     field.ErrorList
	findings []finding
}

// newTenantFiles begins with the tenants of the stack file, which may have none.
func newTenantFiles(root fs.FS, path *field.Path, stackFile string, inline *yaml.Node) *tenantFiles {
	t := &tenantFiles{
		root: root, path: path,
		tenants: &yaml.Node{Kind: yaml.MappingNode},
		owners:  map[string]place{}, files: map[string]document{},
	}
	if inline != nil {
		t.tenants.Content = slices.Clone(inline.Content)
		for i := 0; i < len(inline.Content); i += 2 {
			t.owners[inline.Content[i].Value] = document{name: stackFile}.at(inline.Content[i])
		}
	}
	return t
}

// read adds the tenants of all files that the patterns match, in the order of the
// files' names.
func (t *tenantFiles) read(patterns []any) {
	names := map[string]bool{}
	for i, value := range patterns {
		pattern, _ := value.(string)
		if !filePattern.MatchString(pattern) {
			continue // refused already
		}
		matched, err := t.match(pattern)
		if err != nil {
			t.errs = append(t.errs, field.Invalid(t.path.Index(i), pattern, err.Error()))
		}
		for _, name := range matched {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		t.readFile(name)
	}
}

// match lists the files of a pattern. There has to be one at least: a pattern
// without files is a misspelt one.
func (t *tenantFiles) match(pattern string) ([]string, error) {
	if !fs.ValidPath(pattern) || strings.Contains(pattern, "**") {
		return nil, fmt.Errorf(`must be a path below the project, without "..", and without "**": * stands for a part of one name`)
	}
	if t.root == nil {
		return nil, fmt.Errorf("the project's directory is not known")
	}
	matched, err := fs.Glob(t.root, pattern)
	switch {
	case err != nil:
		return nil, fmt.Errorf("is not a pattern: %w", err)
	case len(matched) == 0:
		return nil, fmt.Errorf("matches no file of the project: add one, or take the pattern out")
	}
	return matched, nil
}

// readFile adds the tenants of a file.
func (t *tenantFiles) readFile(name string) {
	text, err := t.text(name)
	if err != nil {
		t.findings = append(t.findings, finding{place{file: name}, err.Error()})
		return
	}
	file, findings := parse(name, text)
	if file.root != nil {
		findings = append(findings, file.checkKeys(file.root)...)
	}
	t.findings = append(t.findings, findings...)
	if len(findings) == 0 {
		t.add(file)
	}
}

// text reads a file that belongs to the project: a symbolic link may lead out of
// it, and to other files on the next machine.
func (t *tenantFiles) text(name string) ([]byte, error) {
	for at := name; at != "."; at = path.Dir(at) {
		info, err := fs.Lstat(t.root, at)
		if err != nil {
			return nil, err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return nil, fmt.Errorf("%s is a symbolic link: put the file itself into the project", at)
		}
		if at == name && !info.Mode().IsRegular() {
			return nil, fmt.Errorf("is not a file: the pattern has to match files only")
		}
	}
	return fs.ReadFile(t.root, name)
}

// add takes the tenants of a file, which has them under one key.
func (t *tenantFiles) add(file document) {
	_, tenants := lookUp(file.root, tenantsKey)
	if tenants == nil || tenants.Kind != yaml.MappingNode || len(tenants.Content) == 0 {
		t.findings = append(t.findings, finding{place{file: file.name}, "has no tenants: name at least one, below the key tenants"})
		return
	}
	for i := 0; i < len(file.root.Content); i += 2 {
		if key := file.root.Content[i]; key.Value != tenantsKey {
			t.findings = append(t.findings, finding{file.at(key), fmt.Sprintf("%s: unknown key; a file of tenants has the key tenants and no other", key.Value)})
		}
	}
	for i := 0; i < len(tenants.Content); i += 2 {
		key, value := tenants.Content[i], tenants.Content[i+1]
		at := file.at(key)
		if other, taken := t.owners[key.Value]; taken {
			t.findings = append(t.findings, finding{at, fmt.Sprintf("tenants.%s: the tenant is in %s already: take one of the two out", key.Value, other)})
			continue
		}
		t.owners[key.Value] = at
		t.files[key.Value] = file
		t.tenants.Content = append(t.tenants.Content, key, value)
	}
}
