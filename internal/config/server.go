package config

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// On returns what starts the server where a runtime has this of its own.
func (s Server) On(own Server) Server {
	result := Server{
		Image:             cmp.Or(own.Image, s.Image),
		Command:           s.Command,
		Args:              s.Args,
		Environment:       without(s.Environment, own.SecretEnvironment),
		SecretEnvironment: without(s.SecretEnvironment, own.Environment),
	}
	if own.Command != nil {
		result.Command = own.Command
	}
	if own.Args != nil {
		result.Args = own.Args
	}
	maps.Copy(result.Environment, own.Environment)
	maps.Copy(result.SecretEnvironment, own.SecretEnvironment)
	return result
}

// without are the variables that others do not have.
func without(variables, others map[string]string) map[string]string {
	left := map[string]string{}
	for name, value := range variables {
		if _, taken := others[name]; !taken {
			left[name] = value
		}
	}
	return left
}

// runtime is where a model is served, with what it has of its own.
type runtime struct {
	keys []string // below the model
	own  Server
}

// runtimes are those that run the model's container.
func (m Model) runtimes() []runtime {
	var all []runtime
	if m.Azure != nil && m.Azure.Containers != nil {
		all = append(all, runtime{[]string{"azure", "containers"}, m.Azure.Containers.Server})
	}
	if m.GCP != nil && m.GCP.Kubernetes != nil {
		all = append(all, runtime{[]string{"gcp", "kubernetes"}, m.GCP.Kubernetes.Server})
	}
	if m.GCP != nil && m.GCP.Instances != nil {
		all = append(all, runtime{[]string{"gcp", "instances"}, m.GCP.Instances.Server})
	}
	return all
}

func (m Model) validateServers(path *field.Path) field.ErrorList {
	errs := m.Server.validate(path)
	imageless := false
	for _, runtime := range m.runtimes() {
		at := path.Child(runtime.keys[0], runtime.keys[1:]...)
		errs = append(errs, runtime.own.validate(at)...)
		errs = append(errs, validateNames(at, m.Server, runtime.own)...)
		imageless = imageless || m.Server.On(runtime.own).Image == ""
	}
	if imageless {
		errs = append(errs, field.Required(path.Child("image"), "name the image here, or under each runtime that serves the model"))
	}
	return append(errs, m.validateWhole(path)...)
}

// validateWhole refuses what a runtime cannot do.
func (m Model) validateWhole(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, runtime := range m.runtimes() {
		whole := m.Server.On(runtime.own)
		at := path.Child(runtime.keys[0], runtime.keys[1:]...)
		switch kind := runtime.keys[1]; {
		case kind == "containers" && len(whole.Args) > 0 && len(whole.Command) == 0:
			// Source: learn.microsoft.com/azure/container-instances/container-instances-start-command.
			errs = append(errs, field.Required(at.Child("command"), "Container Instances do not pass args to an image's entry point: name what is started, as the image's documentation does"))
		case kind == "instances" && len(whole.SecretEnvironment) > 0:
			errs = append(errs, field.Forbidden(at.Child("secretEnvironment"), "what starts an instance can be read by all who may look at it: serve a model with secrets on gcp.kubernetes"))
		}
	}
	return errs
}

func (s Server) validate(path *field.Path) field.ErrorList {
	return append(s.validateImage(path.Child("image")), s.validateEnvironment(path)...)
}

func (s Server) validateImage(path *field.Path) field.ErrorList {
	if s.Image == "" {
		return nil // of another level
	}
	if _, err := reference.ParseNormalizedNamed(s.Image); err != nil {
		return field.ErrorList{field.Invalid(path, s.Image, "must name a container image, as registry/repository:tag or @digest: "+err.Error())}
	}
	host, _, _ := strings.Cut(RegistryOf(s.Image), ":")
	if address, err := netip.ParseAddr(host); host == "localhost" || err == nil && (address.IsLoopback() || address.IsPrivate()) {
		return field.ErrorList{field.Invalid(path, s.Image, "is in a registry that the clouds do not reach: push it to one that they do")}
	}
	return nil
}

// validateEnvironment holds variables to being there once: Azure compares their
// names without regard to case.
func (s Server) validateEnvironment(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	taken := map[string]bool{}
	for _, environment := range []struct {
		key       string
		variables map[string]string
	}{{"environment", s.Environment}, {"secretEnvironment", s.SecretEnvironment}} {
		for _, name := range slices.Sorted(maps.Keys(environment.variables)) {
			at := path.Child(environment.key, name)
			if taken[strings.ToLower(name)] {
				errs = append(errs, field.Duplicate(at, name))
			}
			taken[strings.ToLower(name)] = true
		}
	}
	return errs
}

// validateNames refuses a variable of a runtime that differs from one of the model in
// case alone: it would be there twice, or, on Azure, be refused.
func validateNames(path *field.Path, model, own Server) field.ErrorList {
	names := map[string]string{}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(model.Environment)), slices.Collect(maps.Keys(model.SecretEnvironment))) {
		names[strings.ToLower(name)] = name
	}
	var errs field.ErrorList
	for key, variables := range map[string]map[string]string{"environment": own.Environment, "secretEnvironment": own.SecretEnvironment} {
		for _, name := range slices.Sorted(maps.Keys(variables)) {
			if other, is := names[strings.ToLower(name)]; is && other != name {
				errs = append(errs, field.Invalid(path.Child(key), name, "is spelt "+other+" in the model: spell them alike"))
			}
		}
	}
	return errs
}
