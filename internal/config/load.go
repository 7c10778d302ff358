package config

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation/field"
	strictjson "sigs.k8s.io/json"
)

// File is a stack file as the engine hands it to the program.
type File struct {
	Project string
	Stack   string
	// Values are by full key ("ai-serving:tenants"); objects are JSON.
	Values map[string]string
	// SecretKeys are the keys whose value is, or holds, a secret.
	SecretKeys []string
	// Root is the project's directory: it has the stack file itself, for the
	// places of errors, and the files of tenants. Without it errors have no
	// places, and there are no files.
	Root fs.FS
}

// MaxSettings is how many bytes of settings the Pulumi engine can hand to a program.
// It puts them into one environment variable, of which Linux takes 128 KiB, its name
// and its end included. With more, the engine cannot start the program: "argument
// list too long".
//
// Sources: EnvConfig in pulumi/sdk/go/pulumi/run.go; MAX_ARG_STRLEN in Linux's
// include/uapi/linux/binfmts.h.
const MaxSettings = 128<<10 - len("PULUMI_CONFIG=\x00")

// Settings is how many bytes of settings the engine hands over.
func (f File) Settings() (int, error) {
	text, err := json.Marshal(f.Values)
	return len(text), err
}

// projectKey is where the Google provider itself takes its project from.
const projectKey = "gcp:project"

// Load decodes and validates a stack file, and the files of tenants that it names.
//
// Pulumi's own accessors pass unknown keys, other spellings and duplicates, so
// the values are read strictly here. The error lists all that is wrong with the
// files, one line each: the place, the path, the value, what is allowed.
func Load(file File) (Config, error) {
	loader := newLoader(file)
	loader.checkNames()
	loader.readSections()
	config, err := loader.decode()
	if err != nil {
		return Config{}, fmt.Errorf("decode the configuration of stack %s: %w", file.Stack, err)
	}
	config.source = &loader.source
	loader.checkKeys(config.secretReferences(file.path))
	loader.errs = append(loader.errs, besides(loader.errs, config.validate(file.path))...)
	return config, loader.source.report(loader.findings, loader.errs)
}

// path is the path of a key in the project's namespace.
func (f File) path(key string) *field.Path { return field.NewPath(f.Project + ":" + key) }

// loader gathers the sections of a stack file, and what is wrong with their
// shape.
type loader struct {
	file     File
	source   source
	document map[string]any
	findings []finding
	errs     field.ErrorList
}

func newLoader(file File) loader {
	source, findings := readSource(file)
	return loader{file: file, source: source, findings: findings, document: map[string]any{}}
}

// checkNames holds the names of project and stack to what can be a label and
// begin a name on both clouds.
func (l *loader) checkNames() {
	for what, name := range map[string]string{"project": l.file.Project, "stack": l.file.Stack} {
		l.errs = append(l.errs, identifier.check(field.NewPath(what), name)...)
	}
}

// readSections takes the sections into the document, without what is wrong in
// them. The tenants come last: the stack file may name files that have more.
func (l *loader) readSections() {
	sections := fields(reflect.TypeFor[Config]())
	for key, section := range sections {
		if l.read(key, section) && key != tenantsKey {
			l.take(key, section)
		}
	}
	if l.readTenantFiles() {
		l.take(tenantsKey, sections[tenantsKey])
	}
}

// take holds a section to its type and its rules.
func (l *loader) take(key string, section Property) {
	kept, errs := conform(l.file.path(key), l.source.sections[key].value, section.Type, section.Rules)
	l.errs = append(l.errs, errs...)
	l.document[key] = kept
}

// read gives the source the value of a section, and reports whether there is one.
func (l *loader) read(key string, section Property) bool {
	path := l.file.path(key)
	raw, set := l.file.Values[l.file.Project+":"+key]
	if !set {
		delete(l.source.sections, key)
		if section.Required {
			l.errs = append(l.errs, field.Required(path, "add the object to "+fileName(l.file.Stack)))
		}
		return false
	}
	if l.isSecret(key) {
		if section, written := l.source.sections[key]; written {
			l.source.sections[key] = pair{section.key, section.key} // what it holds is not for errors
		}
		l.errs = append(l.errs, field.Forbidden(path, "holds a secret; objects are plain: set a secret as a key of its own"))
		return false
	}
	var value any
	duplicates, err := strictjson.UnmarshalStrict([]byte(raw), &value)
	if err != nil {
		value = raw // text, which the engine does not quote
	}
	for _, duplicate := range duplicates {
		l.errs = append(l.errs, field.Forbidden(path, duplicate.Error()))
	}
	if !l.source.agrees(key, value) {
		var node yaml.Node
		if err := node.Encode(value); err != nil {
			l.errs = append(l.errs, field.InternalError(path, err))
			return false
		}
		l.source.sections[key] = pair{nil, &node}
	}
	return true
}

// readTenantFiles gives the source the tenants of all files in one mapping, and
// reports whether there are any to look at.
func (l *loader) readTenantFiles() bool {
	inline, isSet := l.source.sections[tenantsKey]
	_, named := l.file.Values[l.file.Project+":"+tenantFilesKey]
	if l.isSecret(tenantsKey) {
		return false // refused already
	}
	if !isSet && !named {
		l.errs = append(l.errs, field.Required(l.file.path(tenantsKey),
			fmt.Sprintf("add the object to %s, or name files of tenants with %s", fileName(l.file.Stack), l.file.path(tenantFilesKey))))
	}
	patterns, _ := l.document[tenantFilesKey].([]any)
	if len(patterns) == 0 || isSet && inline.value.Kind != yaml.MappingNode {
		return isSet
	}
	files := newTenantFiles(l.file.Root, l.file.path(tenantFilesKey), fileName(l.file.Stack), inline.value)
	files.read(patterns)
	l.source.files = files.files
	l.source.sections[tenantsKey] = pair{inline.key, files.tenants}
	l.findings = append(l.findings, files.findings...)
	l.errs = append(l.errs, files.errs...)
	return len(files.tenants.Content) > 0
}

// decode turns what conforms into a Config, defaults included.
func (l *loader) decode() (Config, error) {
	var config Config
	raw, err := json.Marshal(l.document)
	if err != nil {
		return Config{}, err
	}
	if err := json.Unmarshal(raw, &config); err != nil {
		return Config{}, err
	}
	config.GCP.Project = l.file.Values[projectKey]
	config.setKeyedDefaults()
	return config, nil
}

// fileName is the name that Pulumi gives the file of a stack.
func fileName(stack string) string { return "Pulumi." + stack + ".yaml" }

// besides leaves out the errors at or below a path that an earlier error names:
// what follows from a value that was not understood tells nobody anything.
func besides(earlier, later field.ErrorList) field.ErrorList {
	return slices.DeleteFunc(later, func(err *field.Error) bool {
		return slices.ContainsFunc(earlier, func(cause *field.Error) bool { return within(err.Field, cause.Field) })
	})
}

func within(path, parent string) bool {
	rest, below := strings.CutPrefix(path, parent)
	return below && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
