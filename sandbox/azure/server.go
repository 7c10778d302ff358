package azure

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Server serves a provider to the engine.
func Server(p *Provider) pulumirpc.ResourceProviderServer {
	return server{plugin.NewProviderServer(p)}
}

// server tells the engine of the detailed differences, which the SDK's server
// sends without the mark that they are there.
type server struct {
	pulumirpc.ResourceProviderServer
}

// Diff marks the answer's detailed differences.
func (s server) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	diff, err := s.ResourceProviderServer.Diff(ctx, req)
	if err == nil {
		diff.HasDetailedDiff = len(diff.GetDetailedDiff()) > 0
	}
	return diff, err
}
