package config

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// secretName is the name of a key that holds a secret. A colon would end the
// project's namespace, a dot or a bracket would make a path of it.
var secretName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,62}$`)

// Secrets are the keys, without the project's namespace, that the stack file
// refers to as secrets, sorted. Each is set by itself, with
// "pulumi config set --secret": an object of the stack file that held one would be
// encrypted as a whole.
func (c Config) Secrets() []string {
	names := map[string]bool{}
	for _, reference := range c.secretReferences(func(section string) *field.Path { return field.NewPath(section) }) {
		names[reference.name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// secretReference is a place that names the key of a secret.
type secretReference struct {
	path *field.Path
	name string
	// inFile says that the value reaches a server by a file of variables.
	inFile bool
}

// secretReferences are in the order of their paths.
func (c Config) secretReferences(path pathOf) []secretReference {
	var references []secretReference
	if logs := c.Azure.LogAnalytics; logs != nil {
		references = append(references, secretReference{path: path("azure").Child("logAnalytics", "workspaceKey"), name: logs.WorkspaceKey})
	}
	for _, id := range slices.Sorted(maps.Keys(c.Models)) {
		model := c.Models[id]
		at := path("models").Child(id)
		first := len(references)
		for _, runtime := range model.runtimes() {
			references = append(references, runtime.own.secretReferences(at.Child(runtime.keys[0], runtime.keys[1:]...))...)
		}
		references = append(references, model.Server.secretReferences(at)...)
		onInstances := model.instancesSecrets()
		for i := first; i < len(references); i++ {
			references[i].inFile = onInstances[references[i].name]
		}
	}
	for _, server := range slices.Sorted(maps.Keys(c.Platform.Registries)) {
		if password := c.Platform.Registries[server].Password; password != "" {
			references = append(references, secretReference{path: path("platform").Child("registries").Key(server).Child("password"), name: password})
		}
	}
	return references
}

// instancesSecrets are the keys of the secrets that a model's server has on instances.
func (m Model) instancesSecrets() map[string]bool {
	keys := map[string]bool{}
	if m.GCP != nil && m.GCP.Instances != nil {
		for _, key := range m.Server.On(m.GCP.Instances.Server).SecretEnvironment {
			keys[key] = true
		}
	}
	return keys
}

// maxFileSecret is what Docker reads of a line of such a file, 64 KiB, less the longest name
// of a variable. Secret Manager keeps 64 KiB too.
// Source: github.com/docker/cli, pkg/kvfile, which scans lines;
// docs.cloud.google.com/secret-manager/quotas.
const maxFileSecret = 64<<10 - 65

// checkFiles refuses values that a file of variables cannot have: it has a line for
// each, without quotes.
func (l *loader) checkFiles(references []secretReference) field.ErrorList {
	var errs field.ErrorList
	checked := map[string]bool{}
	for _, reference := range references {
		if !reference.inFile || checked[reference.name] {
			continue
		}
		checked[reference.name] = true
		value := l.file.Values[l.file.Project+":"+reference.name]
		switch {
		case strings.ContainsAny(value, "\r\n"):
			errs = append(errs, field.Forbidden(l.file.path(reference.name), fmt.Sprintf("%s refers to it, and its value has a line break, which no variable on an instance can have: encode it, as by base64, or serve the model on gcp.kubernetes", reference.path)))
		case len(value) > maxFileSecret:
			errs = append(errs, field.TooLong(l.file.path(reference.name), nil, maxFileSecret))
		}
	}
	return errs
}

func (s Server) secretReferences(path *field.Path) []secretReference {
	var references []secretReference
	for _, variable := range slices.Sorted(maps.Keys(s.SecretEnvironment)) {
		references = append(references, secretReference{path: path.Child("secretEnvironment", variable), name: s.SecretEnvironment[variable]})
	}
	return references
}

// checkKeys holds the keys of the project's namespace to being a section or a
// secret that something refers to, and what is referred to as a secret to being
// one. No value is ever part of an error.
func (l *loader) checkKeys(references []secretReference) {
	misshapen := len(l.errs) > 0
	known := fields(reflect.TypeFor[Config]())
	var errs field.ErrorList
	referred := map[string]bool{}
	for _, reference := range references {
		if err := l.checkReference(reference, known, referred); err != nil {
			errs = append(errs, err)
		}
		referred[reference.name] = true
	}
	errs = append(errs, l.checkFiles(references)...)
	for _, full := range slices.Sorted(maps.Keys(l.file.Values)) {
		key, ours := strings.CutPrefix(full, l.file.Project+":")
		_, section := known[key]
		switch {
		case !ours || section || referred[key]:
		case !l.isSecret(key):
			// A misspelt one would otherwise be ignored.
			errs = append(errs, unknownKey(field.NewPath(full), key, known))
		case !misshapen: // what was not understood may refer to it
			errs = append(errs, field.Forbidden(field.NewPath(full),
				fmt.Sprintf("nothing refers to this secret: run: pulumi config rm %s --stack %s", key, l.file.Stack)))
		}
	}
	if slices.Contains(l.file.SecretKeys, projectKey) {
		errs = append(errs, field.Forbidden(field.NewPath(projectKey), "is part of many names and no secret: run: pulumi config set --plaintext gcp:project <project id>"))
	}
	l.errs = append(l.errs, besides(l.errs, errs)...)
}

// checkReference reports what is wrong with a reference, and, at the first that
// there is to a key, what is wrong with the key.
func (l *loader) checkReference(reference secretReference, sections map[string]Property, referred map[string]bool) *field.Error {
	path, name := reference.path, reference.name
	if _, section := sections[name]; section || !secretName.MatchString(name) {
		return field.Invalid(path, name, secret.Says)
	}
	value, set := l.file.Values[l.file.Project+":"+name]
	command := fmt.Sprintf("run: pulumi config set --secret %s --stack %s", name, l.file.Stack)
	switch {
	case referred[name]:
		return nil
	case !set:
		return field.Required(l.file.path(name), fmt.Sprintf("%s refers to it: %s", path, command))
	case !l.isSecret(name):
		return field.Forbidden(l.file.path(name), fmt.Sprintf("%s refers to it as a secret, and its value is in plain text: take another value, and %s", path, command))
	case strings.TrimSpace(value) == "":
		return field.Required(l.file.path(name), fmt.Sprintf("%s refers to it, and its value is empty: %s", path, command))
	}
	return nil
}

func (l *loader) isSecret(key string) bool {
	return slices.Contains(l.file.SecretKeys, l.file.Project+":"+key)
}
