package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

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
}

// projectKey is where the Google provider itself takes its project from.
const projectKey = "gcp:project"

// Load decodes and validates a stack file.
//
// Pulumi's own accessors pass unknown keys, other spellings and duplicates, so
// the values are read strictly here. The error lists all that is wrong with the
// file, one line each: the path, the value, what is allowed.
func Load(file File) (Config, error) {
	loader := loader{file: file, document: map[string]any{}}
	loader.checkNames()
	for key, section := range fields(reflect.TypeFor[Config]()) {
		loader.read(key, section)
	}
	config, err := loader.decode()
	if err != nil {
		return Config{}, fmt.Errorf("decode the configuration of stack %s: %w", file.Stack, err)
	}
	loader.checkKeys(config.secretReferences(file.path))
	loader.errs = append(loader.errs, besides(loader.errs, config.validate(file.path))...)
	return config, Report(file.Stack, loader.errs)
}

// path is the path of a key in the project's namespace.
func (f File) path(key string) *field.Path { return field.NewPath(f.Project + ":" + key) }

// loader gathers the sections of a stack file, and what is wrong with their
// shape.
type loader struct {
	file     File
	document map[string]any
	errs     field.ErrorList
}

// checkNames holds the names of project and stack to what can be a label and
// begin a name on both clouds.
func (l *loader) checkNames() {
	for what, name := range map[string]string{"project": l.file.Project, "stack": l.file.Stack} {
		l.errs = append(l.errs, identifier.check(field.NewPath(what), name)...)
	}
}

// read takes one section into the document, without what is wrong in it.
func (l *loader) read(key string, section Property) {
	path := l.file.path(key)
	raw, set := l.file.Values[l.file.Project+":"+key]
	if !set {
		l.errs = append(l.errs, field.Required(path, "add the object to "+fileName(l.file.Stack)))
		return
	}
	if l.isSecret(key) {
		l.errs = append(l.errs, field.Forbidden(path, "holds a secret; objects are plain: set a secret as a key of its own"))
		return
	}
	var value any
	duplicates, err := strictjson.UnmarshalStrict([]byte(raw), &value)
	if err != nil {
		// The value is not quoted: it is whatever was set in the object's place.
		l.errs = append(l.errs, field.TypeInvalid(path, raw, "must be an object"))
		return
	}
	for _, duplicate := range duplicates {
		l.errs = append(l.errs, field.Forbidden(path, duplicate.Error()))
	}
	kept, errs := conform(path, value, section.Type, section.Rules)
	l.errs = append(l.errs, errs...)
	l.document[key] = kept
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

// Report makes one error of all that is wrong with the file of a stack, a line
// each, or none.
func Report(stack string, errs field.ErrorList) error {
	if len(errs) == 0 {
		return nil
	}
	lines := make([]string, 0, len(errs))
	for _, err := range errs {
		lines = append(lines, "  "+err.Error())
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	noun := "errors"
	if len(lines) == 1 {
		noun = "error"
	}
	return fmt.Errorf("%s has %d %s, and nothing was changed:\n%s", fileName(stack), len(lines), noun, strings.Join(lines, "\n"))
}
