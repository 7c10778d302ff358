// Package azure is the sandbox's stand-in for the azure-native Pulumi provider
// 2.88.0 and the Azure behind it. It checks inputs against Microsoft's own type
// definitions of the API versions that the SDK uses, keeps what it made in a
// local store, and refuses what Azure Resource Manager would refuse, with its
// error codes.
package azure

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"ai-serving/sandbox/azure/bicep"
	"ai-serving/sandbox/store"
)

// Name is the name of the plugin.
const Name = "azure-native"

// Version is that of the SDK that the plugin serves.
var Version = semver.MustParse("2.88.0")

// Provider implements the azure-native provider over a local store.
type Provider struct {
	plugin.UnimplementedProvider

	library *bicep.Library
	config  config
	manager manager
}

// New makes a provider that takes Microsoft's type definitions from a library.
func New(library *bicep.Library) *Provider {
	return &Provider{library: library}
}

// Pkg is the package that the provider serves.
func (p *Provider) Pkg() tokens.Package { return Name }

// Handshake tells the engine what the provider understands. Like the
// azure-native provider it takes no secrets: the engine marks its outputs.
func (p *Provider) Handshake(context.Context, plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{SupportsAutonamingConfiguration: true}, nil
}

// GetPluginInfo gives the version of the plugin.
func (p *Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &Version}, nil
}

// Close has nothing to release: a store is open only while it is used.
func (p *Provider) Close() error { return nil }

// SignalCancellation has nothing to stop: every operation takes milliseconds.
func (p *Provider) SignalCancellation(context.Context) error { return nil }

// Configure opens the store of the sandbox that $SANDBOX_HOME names.
func (p *Provider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	home := os.Getenv("SANDBOX_HOME")
	if home == "" {
		return plugin.ConfigureResponse{}, fmt.Errorf("SANDBOX_HOME is not set: this is the sandbox's %s plugin, to be run by sandbox/pulumi", Name)
	}
	p.config = readConfig(req.Inputs)
	p.manager = manager{store.At(filepath.Join(home, "stores", "azure.db"))}
	return plugin.ConfigureResponse{}, nil
}

// kind gives what a token stands for and the definition of its body.
func (p *Provider) kind(token tokens.Type) (ResourceType, *bicep.Type, error) {
	t, err := typeOf(token)
	if err != nil {
		return ResourceType{}, nil, err
	}
	definition, err := p.library.Resource(t.Definition, t.APIVersion)
	return t, definition, err
}

// Check completes the inputs with a name and a location, and compares them with
// the definition of the type.
func (p *Provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	t, definition, err := p.kind(req.URN.Type())
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	inputs := req.News.Copy()
	if err := p.setName(t, inputs, req); err != nil {
		return plugin.CheckResponse{}, err
	}
	if err := p.setLocation(definition, inputs, req.Olds); err != nil {
		return plugin.CheckResponse{}, err
	}
	return plugin.CheckResponse{
		Properties: inputs,
		Failures:   checkInputs(t, definition, inputs).checkFailures(),
	}, nil
}

// Create makes the resource, or says what it will look like.
func (p *Provider) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	t, definition, err := p.kind(req.URN.Type())
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		return plugin.CreateResponse{Properties: previewOutputs(definition, req.Properties)}, nil
	}
	id, err := p.id(t, req.Properties)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	body, err := p.manager.put(t, definition, id, toBody(definition, req.Properties), true)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	return plugin.CreateResponse{
		ID:         resource.ID(id),
		Properties: outputs(t, definition, body, req.Properties),
		Status:     resource.StatusOK,
	}, nil
}

// Update changes the resource in place, or says what it will look like.
func (p *Provider) Update(_ context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	t, definition, err := p.kind(req.URN.Type())
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		preview := previewOutputs(definition, req.NewInputs)
		keepStable(preview, req.OldOutputs)
		return plugin.UpdateResponse{Properties: preview}, nil
	}
	body, err := p.manager.put(t, definition, string(req.ID), toBody(definition, req.NewInputs), false)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	return plugin.UpdateResponse{
		Properties: outputs(t, definition, body, req.NewInputs),
		Status:     resource.StatusOK,
	}, nil
}

// Read gives the resource as it is in the store. A resource that is being
// imported gets its inputs from there too.
func (p *Provider) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	t, definition, err := p.kind(req.URN.Type())
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	body, err := p.manager.get(string(req.ID))
	if err != nil || body == nil {
		return plugin.ReadResponse{}, err
	}
	id := text(body, "id")
	inputs := req.Inputs
	if len(inputs) == 0 {
		if inputs, err = importedInputs(t, definition, id, body); err != nil {
			return plugin.ReadResponse{}, err
		}
	} else {
		now := outputs(t, definition, body, inputs)
		inputs = drifted(inputs, toInputs(definition, req.State), toInputs(definition, now))
	}
	return plugin.ReadResponse{
		ReadResult: plugin.ReadResult{
			ID:      resource.ID(id),
			Inputs:  inputs,
			Outputs: outputs(t, definition, body, inputs),
		},
		Status: resource.StatusOK,
	}, nil
}

// Delete removes the resource.
func (p *Provider) Delete(_ context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	if _, _, err := p.kind(req.URN.Type()); err != nil {
		return plugin.DeleteResponse{}, err
	}
	return plugin.DeleteResponse{Status: resource.StatusOK}, p.manager.delete(string(req.ID))
}

// id builds the resource's id of inputs.
func (p *Provider) id(t ResourceType, inputs resource.PropertyMap) (string, error) {
	parameters, err := pathParameters(t, inputs)
	if err != nil {
		return "", err
	}
	return t.id(p.config.subscription, parameters), nil
}
