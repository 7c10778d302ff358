package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// On returns what starts the server where a runtime has this of its own.
func (s Server) On(own Server) Server {
	result := Server{
		Image:             cmp.Or(own.Image, s.Image),
		Command:           s.Command,
		Args:              s.Args,
		User:              cmp.Or(own.User, s.User),
		Writable:          s.Writable,
		Scratch:           cmp.Or(own.Scratch, s.Scratch),
		SharedMemory:      cmp.Or(own.SharedMemory, s.SharedMemory),
		Weights:           cmp.Or(own.Weights, s.Weights),
		Environment:       merged(without(s.Environment, own.SecretEnvironment), own.Environment),
		SecretEnvironment: merged(without(s.SecretEnvironment, own.Environment), own.SecretEnvironment),
	}
	if own.Command != nil {
		result.Command = own.Command
	}
	if own.Args != nil {
		result.Args = own.Args
	}
	if own.Writable != nil {
		result.Writable = own.Writable
	}
	return result
}

// without are the variables that others do not have.
func without(variables, others map[string]string) map[string]string {
	left := maps.Clone(variables)
	maps.DeleteFunc(left, func(name, _ string) bool {
		_, taken := others[name]
		return taken
	})
	return left
}

// merged are variables with others in their place; nil for none.
func merged(variables, others map[string]string) map[string]string {
	if len(variables)+len(others) == 0 {
		return nil
	}
	all := map[string]string{}
	maps.Copy(all, variables)
	maps.Copy(all, others)
	return all
}

// runtime is where a model is served, with what it has of its own.
type runtime struct {
	keys []string // below the model
	own  Server
	// general is what the runtime has where own says nothing.
	general Server
}

// server is all that the runtime starts.
func (r runtime) server() Server { return r.general.On(r.own) }

// runtimes are those that run the model's container.
func (m Model) runtimes() []runtime {
	var all []runtime
	if m.Azure != nil && m.Azure.Containers != nil {
		containers := runtime{[]string{"azure", "containers"}, m.Azure.Containers.Server, m.Server}
		all = append(all, containers)
		if next := m.Azure.Containers.Next; next != nil {
			all = append(all, runtime{append(containers.keys, "next"), *next, containers.server()})
		}
	}
	if m.GCP != nil && m.GCP.Kubernetes != nil {
		all = append(all, runtime{[]string{"gcp", "kubernetes"}, m.GCP.Kubernetes.Server, m.Server})
	}
	if m.GCP != nil && m.GCP.Instances != nil {
		all = append(all, runtime{[]string{"gcp", "instances"}, m.GCP.Instances.Server, m.Server})
	}
	return all
}

func (m Model) validateServers(path *field.Path) field.ErrorList {
	errs := m.Server.validate(path)
	for key, absent := range map[string]bool{"port": m.Port == 0, "healthPath": m.HealthPath == ""} {
		if absent {
			errs = append(errs, field.Required(path.Child(key), "give it, or name a preset that has one: "+strings.Join(fullPresets, ", ")))
		}
	}
	imageless := false
	for _, runtime := range m.runtimes() {
		at := path.Child(runtime.keys[0], runtime.keys[1:]...)
		errs = append(errs, runtime.own.validate(at)...)
		errs = append(errs, validateNames(at, runtime.general, runtime.own)...)
		errs = append(errs, runtime.validateEffects(at)...)
		imageless = imageless || runtime.server().Image == ""
	}
	if imageless {
		errs = append(errs, field.Required(path.Child("image"), "name the image here, or under each runtime that serves the model"))
	}
	errs = append(errs, m.validateArguments(path)...)
	return append(errs, m.validateWhole(path)...)
}

// validateArguments refuses arguments that the program sets itself: of two the server
// would take the last one.
func (m Model) validateArguments(path *field.Path) field.ErrorList {
	preset := Presets[m.Preset]
	set := map[string][]string{"port": preset.Arguments.Port, "maxStreamSeconds": preset.Arguments.Drain}
	if m.Weights != "" {
		set["weights"] = preset.Arguments.Weights
	}
	own := map[string]string{}
	for key, arguments := range set {
		for _, argument := range arguments {
			if flag, _, _ := strings.Cut(argument, "="); strings.HasPrefix(flag, "-") {
				own[flag] = key
			}
		}
	}
	errs := refuseFlags(path.Child("args"), m.Args, own)
	for _, runtime := range m.runtimes() {
		errs = append(errs, refuseFlags(path.Child(runtime.keys[0], runtime.keys[1:]...).Child("args"), runtime.own.Args, own)...)
	}
	return errs
}

// refuseFlags refuses the flags that the program sets by other keys.
func refuseFlags(path *field.Path, arguments []string, own map[string]string) field.ErrorList {
	var errs field.ErrorList
	for i, argument := range arguments {
		flag, _, _ := strings.Cut(argument, "=")
		if key, set := own[flag]; set {
			errs = append(errs, field.Invalid(path.Index(i), argument, "is what the program sets from the model's "+key+": set that, and leave this out"))
		}
	}
	return errs
}

// effectless are the keys that a runtime has no use for, with the reason.
var effectless = map[string]struct {
	keys   []string
	reason string
}{
	"containers": {[]string{"user", "writable", "scratch", "sharedMemory", "weights"}, "Container Instances run the image as it says, and take no such setting: leave it out here"},
	"instances":  {[]string{"scratch"}, "on an instance, the server may fill the disk: leave it out here"},
}

// validateEffects refuses keys that would change nothing where they stand.
func (r runtime) validateEffects(path *field.Path) field.ErrorList {
	given := map[string]bool{
		"user": r.own.User != 0, "writable": len(r.own.Writable) > 0, "scratch": r.own.Scratch != "", "sharedMemory": r.own.SharedMemory != "",
		"weights": r.own.Weights != "",
	}
	without := effectless[r.keys[1]]
	var errs field.ErrorList
	for _, key := range without.keys {
		if given[key] {
			errs = append(errs, field.Forbidden(path.Child(key), without.reason))
		}
	}
	return errs
}

// validateWhole refuses what a runtime cannot do.
func (m Model) validateWhole(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, runtime := range m.runtimes() {
		whole := runtime.server()
		at := path.Child(runtime.keys[0], runtime.keys[1:]...)
		switch kind := runtime.keys[1]; {
		case kind == "containers" && len(whole.Args) > 0 && len(whole.Command) == 0:
			// Source: learn.microsoft.com/azure/container-instances/container-instances-start-command.
			errs = append(errs, field.Required(at.Child("command"), "Container Instances do not pass args to an image's entry point: name what is started, as the image's documentation does"))
		case kind == "containers" && m.Weights != "" && m.Azure.Containers.Image == "" && runtime.own.Image == "":
			errs = append(errs, field.Required(at.Child("image"), "Container Instances mount no bucket: name an image here that has the model's weights in "+WeightsDirectory))
		case kind == "kubernetes" && tooMuchShared(whole.SharedMemory, m.GCP.Kubernetes.Memory):
			errs = append(errs, field.Invalid(at.Child("memory"), m.GCP.Kubernetes.Memory, fmt.Sprintf("has the sharedMemory of %s in it, and has to be more", whole.SharedMemory)))
		}
	}
	return errs
}

// tooMuchShared reports whether shared memory leaves nothing of a replica's memory.
func tooMuchShared(shared, memory string) bool {
	part, err := resource.ParseQuantity(shared)
	if err != nil {
		return false // none, or refused already
	}
	whole, err := resource.ParseQuantity(memory)
	return err == nil && part.Cmp(whole) >= 0
}

func (s Server) validate(path *field.Path) field.ErrorList {
	errs := append(s.validateImage(path.Child("image")), s.validateEnvironment(path)...)
	errs = append(errs, s.validateWeights(path.Child("weights"))...)
	for i, one := range s.Writable {
		if slices.ContainsFunc(ownDirectories, func(own string) bool { return one == own || strings.HasPrefix(one, own+"/") }) {
			errs = append(errs, field.Invalid(path.Child("writable").Index(i), one, "is mounted anyway, as are "+strings.Join(ownDirectories, ", ")))
		}
		for _, other := range s.Writable[:i] {
			if one == other || strings.HasPrefix(one, other+"/") || strings.HasPrefix(other, one+"/") {
				errs = append(errs, field.Invalid(path.Child("writable").Index(i), one, "is, is in or has in it "+other+": name one of the two"))
			}
		}
	}
	return errs
}

// maxUser is the largest number that Kubernetes takes for a user.
const maxUser = 1<<31 - 1

// directory matches one in which each name begins with a letter, a digit, a dot of a
// hidden one or an underscore.
var directory = regexp.MustCompile(`^(/(\.?[A-Za-z0-9_][A-Za-z0-9._-]*))+$`)

// ownDirectories are those that are mounted anyway.
var ownDirectories = []string{"/dev", "/proc", "/sys", "/tmp", WeightsDirectory}

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

// validateEnvironment refuses a variable that is given twice. Azure ignores the case of
// names, so names that differ in case only are the same.
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
