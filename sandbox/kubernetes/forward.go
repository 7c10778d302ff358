package kubernetes

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// forward is a provider's server that passes every request on. Methods that are not
// here are not implemented by the Kubernetes provider.
type forward struct {
	pulumirpc.UnimplementedResourceProviderServer
	to pulumirpc.ResourceProviderClient
}

func (f forward) Handshake(ctx context.Context, r *pulumirpc.ProviderHandshakeRequest) (*pulumirpc.ProviderHandshakeResponse, error) {
	return f.to.Handshake(ctx, r)
}

func (f forward) Parameterize(ctx context.Context, r *pulumirpc.ParameterizeRequest) (*pulumirpc.ParameterizeResponse, error) {
	return f.to.Parameterize(ctx, r)
}

func (f forward) GetSchema(ctx context.Context, r *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return f.to.GetSchema(ctx, r)
}

func (f forward) CheckConfig(ctx context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return f.to.CheckConfig(ctx, r)
}

func (f forward) DiffConfig(ctx context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return f.to.DiffConfig(ctx, r)
}

func (f forward) Invoke(ctx context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return f.to.Invoke(ctx, r)
}

func (f forward) Construct(ctx context.Context, r *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	return f.to.Construct(ctx, r)
}

func (f forward) Check(ctx context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return f.to.Check(ctx, r)
}

func (f forward) Diff(ctx context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return f.to.Diff(ctx, r)
}

func (f forward) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	return f.to.Create(ctx, r)
}

func (f forward) Read(ctx context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	return f.to.Read(ctx, r)
}

func (f forward) Update(ctx context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	return f.to.Update(ctx, r)
}

func (f forward) Delete(ctx context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return f.to.Delete(ctx, r)
}

func (f forward) Cancel(ctx context.Context, r *emptypb.Empty) (*emptypb.Empty, error) {
	return f.to.Cancel(ctx, r)
}

func (f forward) GetPluginInfo(ctx context.Context, r *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return f.to.GetPluginInfo(ctx, r)
}

func (f forward) Attach(ctx context.Context, r *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return f.to.Attach(ctx, r)
}

func (f forward) GetMapping(ctx context.Context, r *pulumirpc.GetMappingRequest) (*pulumirpc.GetMappingResponse, error) {
	return f.to.GetMapping(ctx, r)
}

func (f forward) GetMappings(ctx context.Context, r *pulumirpc.GetMappingsRequest) (*pulumirpc.GetMappingsResponse, error) {
	return f.to.GetMappings(ctx, r)
}
