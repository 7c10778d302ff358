package testkit

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// recorder stands in for the engine. Registrations reach it from many
// goroutines at once.
type recorder struct {
	program Program

	mutex     sync.Mutex
	resources map[resource.URN]Resource
	outputs   resource.PropertyMap
}

var _ pulumi.MockResourceMonitor = (*recorder)(nil)

func newRecorder(program Program) *recorder {
	return &recorder{program: program, resources: map[resource.URN]Resource{}}
}

// Call refuses: this program asks no provider for anything.
func (r *recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	return nil, fmt.Errorf("unexpected call of the function %s", args.Token)
}

// NewResource records a registration and answers as the provider would: with
// the inputs and, unless this is a preview, with what it computes from them.
func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	if args.RegisterRPC == nil {
		return "", nil, fmt.Errorf("unexpected reading of %s %q", args.TypeToken, args.Name)
	}
	inputs, err := plugin.UnmarshalProperties(args.RegisterRPC.GetObject(), plugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true, KeepResources: true,
	})
	if err != nil {
		return "", nil, fmt.Errorf("inputs of %s %q: %w", args.TypeToken, args.Name, err)
	}
	if args.TypeToken == exportsType {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.outputs = inputs
		return "", nil, nil
	}
	recorded := r.resource(args.RegisterRPC, inputs)
	if err := r.add(&recorded); err != nil {
		return "", nil, err
	}
	if !recorded.Custom {
		return "", nil, nil
	}
	// args.Inputs are without the unknowns, which the SDK takes for unknown
	// outputs in a preview.
	id, state, err := provide(r.program, recorded, args.Inputs)
	if r.program.DryRun {
		id = ""
	}
	return id, state, err
}

// add puts the resource under its parent, which was registered before it.
func (r *recorder) add(recorded *Resource) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if other, taken := r.resources[recorded.URN]; taken {
		return fmt.Errorf("duplicate URN %s: %s", recorded.URN, other.Path)
	}
	recorded.Path = recorded.Name
	if parent, ok := r.resources[recorded.Parent]; ok {
		recorded.Path = parent.Path + "/" + recorded.Name
	}
	r.resources[recorded.URN] = *recorded
	return nil
}

func (r *recorder) recording() *Recording {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	recording := &Recording{Outputs: r.outputs, program: r.program}
	for _, recorded := range r.resources {
		recording.Resources = append(recording.Resources, recorded)
	}
	slices.SortFunc(recording.Resources, func(a, b Resource) int {
		return strings.Compare(a.Path+" "+a.Type, b.Path+" "+b.Type)
	})
	return recording
}

func (r *recorder) resource(request *pulumirpc.RegisterResourceRequest, inputs resource.PropertyMap) Resource {
	parent := resource.URN(request.GetParent())
	return Resource{
		Type: request.GetType(),
		Name: request.GetName(),
		URN: resource.NewURN(tokens.QName(r.program.Stack), tokens.PackageName(r.program.Project),
			parent.QualifiedType(), tokens.Type(request.GetType()), request.GetName()),
		Parent:       parent,
		Custom:       request.GetCustom(),
		Provider:     providerURN(request.GetProvider()),
		Version:      request.GetVersion(),
		Dependencies: sortedURNs(request.GetDependencies()),
		Options:      optionsOf(request),
		Inputs:       inputs,
	}
}

// providerURN is the URN in a provider reference, <URN>::<id>.
func providerURN(reference string) resource.URN {
	if i := strings.LastIndex(reference, resource.URNNameDelimiter); i >= 0 {
		return resource.URN(reference[:i])
	}
	return ""
}

func sortedURNs(texts []string) []resource.URN {
	var urns []resource.URN
	for _, text := range texts {
		urns = append(urns, resource.URN(text))
	}
	slices.Sort(urns)
	return urns
}

func optionsOf(request *pulumirpc.RegisterResourceRequest) Options {
	timeouts := request.GetCustomTimeouts()
	options := Options{
		Protect:             request.GetProtect(),
		RetainOnDelete:      request.GetRetainOnDelete(),
		DeleteBeforeReplace: request.GetDeleteBeforeReplace(),
		DeletedWith:         resource.URN(request.GetDeletedWith()),
		IgnoreChanges:       request.GetIgnoreChanges(),
		ReplaceOnChanges:    request.GetReplaceOnChanges(),
		SecretOutputs:       request.GetAdditionalSecretOutputs(),
		Timeouts: Timeouts{
			Create: timeouts.GetCreate(), Update: timeouts.GetUpdate(), Delete: timeouts.GetDelete(),
		},
	}
	for _, alias := range request.GetAliases() {
		former := alias.GetUrn()
		if spec := alias.GetSpec(); former == "" {
			former = strings.Join([]string{spec.GetParentUrn(), spec.GetType(), spec.GetName()}, resource.URNNameDelimiter)
		}
		options.Aliases = append(options.Aliases, former)
	}
	return options
}
