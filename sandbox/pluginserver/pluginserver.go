// Package pluginserver serves a provider to the engine.
package pluginserver

import (
	"context"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// New is the server of a provider. It tells the engine of the detailed
// differences, which the SDK's server sends without the mark that they are
// there, and as plain deletions those that replace the resource.
func New(provider plugin.Provider) pulumirpc.ResourceProviderServer {
	return server{plugin.NewProviderServer(provider)}
}

type server struct {
	pulumirpc.ResourceProviderServer
}

// Diff completes the answer's detailed differences.
func (s server) Diff(ctx context.Context, request *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	response, err := s.ResourceProviderServer.Diff(ctx, request)
	if err != nil {
		return nil, err
	}
	response.HasDetailedDiff = true
	response.Diffs = nil // whole paths, where the display looks for the names of properties
	for path, difference := range response.GetDetailedDiff() {
		if difference.GetKind() == pulumirpc.PropertyDiff_DELETE && slices.Contains(response.GetReplaces(), path) {
			difference.Kind = pulumirpc.PropertyDiff_DELETE_REPLACE
		}
	}
	return response, nil
}
