package testkit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// recorder stands in for the engine's resource monitor. It refuses what this
// program does not do: to read resources, and to call functions of providers.
// Registrations reach it from many goroutines at once.
type recorder struct {
	pulumirpc.UnimplementedResourceMonitorServer

	program Program

	mutex     sync.Mutex
	resources map[resource.URN]Resource
	outputs   resource.PropertyMap
}

func newRecorder(program Program) *recorder {
	return &recorder{program: program, resources: map[resource.URN]Resource{}}
}

// values are what properties may hold on their way to the program and back.
var values = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}

// GetDeploymentInfo names the features that the program's options need.
func (r *recorder) GetDeploymentInfo(context.Context, *emptypb.Empty) (*pulumirpc.DeploymentInfo, error) {
	return &pulumirpc.DeploymentInfo{
		Project: r.program.Project,
		Stack:   r.program.Stack,
		SupportedFeatures: []pulumirpc.ResourceMonitorFeature{
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_SECRETS,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_DELETED_WITH,
		},
	}, nil
}

// RegisterResource records a registration and answers as the provider would:
// with the inputs and, unless this is a preview, with what it computes.
func (r *recorder) RegisterResource(_ context.Context, request *pulumirpc.RegisterResourceRequest) (*pulumirpc.RegisterResourceResponse, error) {
	inputs, err := plugin.UnmarshalProperties(request.GetObject(), values)
	if err != nil {
		return nil, fmt.Errorf("inputs of %s %q: %w", request.GetType(), request.GetName(), err)
	}
	recorded := r.resource(request, inputs)
	response := &pulumirpc.RegisterResourceResponse{Urn: string(recorded.URN)}
	if recorded.Type == string(resource.RootStackType) {
		return response, nil
	}
	if recorded.Custom {
		recorded.ID, recorded.Outputs, err = provide(r.program, recorded)
		if err != nil {
			return nil, err
		}
	}
	if err := r.add(recorded); err != nil {
		return nil, err
	}
	if !recorded.Custom {
		return response, nil
	}
	response.Id = recorded.ID
	response.Object, err = plugin.MarshalProperties(recorded.Outputs, values)
	return response, err
}

// RegisterResourceOutputs keeps the outputs of the stack.
func (r *recorder) RegisterResourceOutputs(_ context.Context, request *pulumirpc.RegisterResourceOutputsRequest) (*emptypb.Empty, error) {
	if resource.URN(request.GetUrn()).QualifiedType() != resource.RootStackType {
		return &emptypb.Empty{}, nil
	}
	outputs, err := plugin.UnmarshalProperties(request.GetOutputs(), values)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.outputs = outputs
	return &emptypb.Empty{}, err
}

// log takes the program's messages and drops them: what matters is returned.
type log struct {
	pulumirpc.UnimplementedEngineServer
}

func (log) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// add puts the resource under its parent, which was registered before it.
func (r *recorder) add(recorded Resource) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if other, taken := r.resources[recorded.URN]; taken {
		return fmt.Errorf("duplicate URN %s: %s", recorded.URN, other.Path)
	}
	recorded.Path = recorded.Name
	if !recorded.Custom {
		recorded.Path = strings.TrimPrefix(recorded.Type, r.program.Project+":") + " " + recorded.Name
	}
	if parent, ok := r.resources[recorded.Parent]; ok {
		recorded.Path = parent.Path + "/" + recorded.Path
	}
	r.resources[recorded.URN] = recorded
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
	var parentType tokens.Type
	if parent != "" {
		parentType = parent.QualifiedType()
	}
	return Resource{
		Type: request.GetType(),
		Name: request.GetName(),
		URN: resource.NewURN(tokens.QName(r.program.Stack), tokens.PackageName(r.program.Project),
			parentType, tokens.Type(request.GetType()), request.GetName()),
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
		spec := alias.GetSpec()
		switch {
		case alias.GetUrn() != "":
			options.Aliases = append(options.Aliases, alias.GetUrn())
		case spec.GetName() != "" || spec.GetParentUrn() != "" || spec.GetNoParent():
			options.Aliases = append(options.Aliases, fmt.Sprintf("%s %s::%s", spec.GetParentUrn(), spec.GetType(), spec.GetName()))
		}
		// A type alone is an older version of the type: the SDKs' business.
	}
	return options
}
