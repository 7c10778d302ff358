// Package testkit runs a Pulumi program without an engine and records what it
// registers.
//
// A [Recording] holds every resource with its place in the tree, its inputs and
// its options. [Golden] compares its rendering with a file, and [Violations]
// holds it to the rules that every stack has to keep.
package testkit

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Program says under which circumstances a program runs.
type Program struct {
	Project, Stack string
	// DryRun is a preview: whatever a provider would compute is unknown.
	DryRun bool
	// Config is keyed by namespace and name: "gcp:project".
	Config map[string]string
	// Secrets are the keys of Config whose values are secret.
	Secrets []string
}

// exportsType is the type of a component whose inputs are the stack's outputs:
// the mocks do not show outputs, but they do show the inputs of resources,
// with what is secret or unknown in them.
const exportsType = "testkit:index:Exports"

// Run runs the program body and returns what it registered, also when it
// failed: the registrations until then stand beside the error.
func Run(program Program, body pulumi.RunFunc) (*Recording, error) {
	recorder := newRecorder(program)
	info := func(info *pulumi.RunInfo) {
		*info = pulumi.RunInfo{
			Project: program.Project, Stack: program.Stack, DryRun: program.DryRun,
			Config: program.Config, ConfigSecretKeys: program.Secrets,
			Mocks: recorder,
		}
	}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		if err := body(ctx); err != nil {
			return err
		}
		var exports pulumi.ResourceState
		return ctx.RegisterComponentResourceV2(exportsType, "exports", pulumi.Map(ctx.GetCurrentExportMap()), &exports)
	}, info)
	return recorder.recording(), err
}

// Recording is what a program registered.
type Recording struct {
	// Resources are sorted by path, then by type.
	Resources []Resource
	// Outputs are the stack's.
	Outputs resource.PropertyMap

	program Program
}

// Find returns the only resource of the type with the name, and whether there
// is one.
func (r *Recording) Find(token, name string) (Resource, bool) {
	i := slices.IndexFunc(r.Resources, func(found Resource) bool {
		return found.Type == token && found.Name == name
	})
	if i < 0 {
		return Resource{}, false
	}
	return r.Resources[i], true
}

// OfType returns the resources of the type.
func (r *Recording) OfType(token string) []Resource {
	return slices.DeleteFunc(slices.Clone(r.Resources), func(found Resource) bool {
		return found.Type != token
	})
}

// Resource is a registration.
type Resource struct {
	// Path is the logical names from the stack down, joined with slashes.
	Path string
	Type string
	Name string
	URN  resource.URN
	// Parent is the URN of the stack for what has no other.
	Parent resource.URN
	// Custom is false for a component.
	Custom bool
	// Provider is the URN of the explicit provider, "" without one.
	Provider     resource.URN
	Version      string
	Dependencies []resource.URN
	Options      Options
	// Inputs hold secrets and unknowns as such.
	Inputs resource.PropertyMap
}

// Package is the provider's name: "gcp" of "gcp:compute/network:Network".
func (r Resource) Package() string {
	name, _, _ := strings.Cut(r.Type, ":")
	return name
}

// Options are the resource options beside parent, provider and dependencies.
type Options struct {
	Protect             bool         `yaml:"protect,omitempty"`
	RetainOnDelete      bool         `yaml:"retainOnDelete,omitempty"`
	DeleteBeforeReplace bool         `yaml:"deleteBeforeReplace,omitempty"`
	DeletedWith         resource.URN `yaml:"deletedWith,omitempty"`
	IgnoreChanges       []string     `yaml:"ignoreChanges,omitempty,flow"`
	ReplaceOnChanges    []string     `yaml:"replaceOnChanges,omitempty,flow"`
	SecretOutputs       []string     `yaml:"secretOutputs,omitempty,flow"`
	Aliases             []string     `yaml:"aliases,omitempty"`
	Timeouts            Timeouts     `yaml:"timeouts,omitempty,flow"`
}

// Timeouts are how long the engine waits for the provider: "30m".
type Timeouts struct {
	Create string `yaml:"create,omitempty"`
	Update string `yaml:"update,omitempty"`
	Delete string `yaml:"delete,omitempty"`
}
