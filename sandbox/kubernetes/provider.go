// Package kubernetes is the sandbox's stand-in for the Pulumi provider of the
// same name, version 4.30.0. It serves any Kubernetes object by server-side
// apply to a real API server, the control plane of one of the sandbox's GKE
// clusters, and waits until the cluster says that the object is ready.
//
// It behaves as the original where a program can see it, and is stricter in one
// thing: a field that the object's type does not have is an error, where the
// original drops it. It also tells more: a preview warns of what the cluster would
// not admit, of the pods of a workload too. It has no Helm, YAML, Kustomize, Patch
// and List resources. What it and the API server refuse is listed in [Rules].
//
// As long as the kubeconfig is not known, because the cluster is part of the plan,
// the engine configures no provider and calls neither Check nor Create (Pulumi's
// sdk/go/common/resource/plugin, provider_plugin.go). So the first preview of a
// stack checks no object; up checks each one before it makes it.
package kubernetes

import (
	"context"
	"fmt"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Name is the provider's package, the first part of every resource type.
const Name = "kubernetes"

// Version is the version of the SDK and of the provider that is stood in for.
var Version = semver.MustParse("4.30.0")

// Log carries messages to the user. The engine's host client is one.
type Log interface {
	// Log prints a message beside the resource.
	Log(ctx context.Context, severity diag.Severity, urn resource.URN, message string) error
	// LogStatus replaces what the progress display says of the resource.
	LogStatus(ctx context.Context, severity diag.Severity, urn resource.URN, message string) error
}

// Provider is one provider resource of a program: the connection to one cluster.
type Provider struct {
	plugin.UnimplementedProvider

	log      Log
	settings settings
	cluster  cluster
	patience patience

	running context.Context // ends when the engine signals cancellation
	cancel  context.CancelFunc
}

// New returns a provider that is yet to be configured. With a nil log it says
// nothing.
func New(log Log) *Provider {
	if log == nil {
		log = silence{}
	}
	running, cancel := context.WithCancel(context.Background())
	return &Provider{log: log, cluster: cluster{unreachable: errNoKubeconfig}, patience: usualPatience, running: running, cancel: cancel}
}

// Handshake says which forms of a value the provider understands.
func (p *Provider) Handshake(context.Context, plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{
		AcceptSecrets:                   true,
		AcceptResources:                 false,
		SupportsAutonamingConfiguration: true,
	}, nil
}

// GetPluginInfo tells the version.
func (p *Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &Version}, nil
}

// SignalCancellation ends every request and every wait that is under way. What
// has been created stays in the cluster and in the state.
func (p *Provider) SignalCancellation(context.Context) error {
	p.cancel()
	return nil
}

// Close releases nothing: connections end with the process.
func (p *Provider) Close() error { return nil }

// Construct refuses component resources, which are charts and manifests.
func (p *Provider) Construct(_ context.Context, request plugin.ConstructRequest) (plugin.ConstructResponse, error) {
	return plugin.ConstructResponse{}, unknownType(request.Type)
}

// Invoke refuses functions, which read charts and manifests.
func (p *Provider) Invoke(_ context.Context, request plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	return plugin.InvokeResponse{}, fmt.Errorf("the sandbox does not know the function %s", request.Tok)
}

// Call refuses methods of component resources.
func (p *Provider) Call(_ context.Context, request plugin.CallRequest) (plugin.CallResponse, error) {
	return plugin.CallResponse{}, fmt.Errorf("the sandbox does not know the method %s", request.Tok)
}

// operation derives the context of one request, which also ends when the engine
// signals cancellation.
func (p *Provider) operation(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(p.running, cancel)
	return ctx, func() { stop(); cancel() }
}

// warn prints a warning beside the resource. Failing to print is no failure.
func (p *Provider) warn(ctx context.Context, urn resource.URN, format string, args ...any) {
	_ = p.log.Log(ctx, diag.Warning, urn, fmt.Sprintf(format, args...))
}

// progress returns a function that replaces what the progress display says of the
// resource, and says nothing twice. An empty message clears the display.
func (p *Provider) progress(ctx context.Context, urn resource.URN) func(message string) {
	last := ""
	return func(message string) {
		if message != last {
			last = message
			_ = p.log.LogStatus(ctx, diag.Info, urn, message)
		}
	}
}

// silence is the log of a provider that was started without an engine.
type silence struct{}

func (silence) Log(context.Context, diag.Severity, resource.URN, string) error       { return nil }
func (silence) LogStatus(context.Context, diag.Severity, resource.URN, string) error { return nil }
