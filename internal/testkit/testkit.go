// Package testkit runs a Pulumi program without an engine and records what it
// registers.
//
// A recorder answers the program in the engine's place, over the engine's own
// protocol, which shows more than the SDK's mocks do: options, unknown and
// secret values, and the outputs of the stack.
//
// A [Recording] holds every resource with its place in the tree, its inputs and
// its options. [Golden] compares its rendering with a file, and [Violations]
// holds it to the rules that every stack has to keep.
package testkit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
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

// Run runs the program body and returns what it registered, also when it
// failed: the registrations until then stand beside the error.
func Run(program Program, body pulumi.RunFunc) (*Recording, error) {
	recorder := newRecorder(program)
	stop := make(chan bool)
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stop,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterResourceMonitorServer(server, recorder)
			pulumirpc.RegisterEngineServer(server, log{})
			return nil
		},
	})
	if err != nil {
		return nil, fmt.Errorf("start the recorder: %w", err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", server.Port)
	err = pulumi.RunErr(body, func(info *pulumi.RunInfo) {
		*info = pulumi.RunInfo{
			Project: program.Project, Stack: program.Stack, DryRun: program.DryRun,
			Config: program.Config, ConfigSecretKeys: program.Secrets,
			MonitorAddr: address, EngineAddr: address,
		}
	})
	close(stop)
	return recorder.recording(), errors.Join(err, <-server.Done)
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
	// Path is the logical names from the stack down, joined with slashes. A
	// component's has its type before it: "gcp:GlobalLB global/global-chat".
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
	// ID and Outputs are what the provider answered; a preview knows no ID, and a
	// component has neither.
	ID      string
	Outputs resource.PropertyMap
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
