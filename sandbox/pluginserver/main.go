package pluginserver

import (
	"context"
	"os"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"ai-serving/sandbox/faults"
	"ai-serving/sandbox/home"
	"ai-serving/sandbox/latency"
)

// Plugin is a provider plugin of the sandbox.
type Plugin struct {
	// Name is the package that it serves.
	Name string
	// Types are the types of the package that it serves.
	Types []string
	// Serve makes the server over the sandbox in that directory. There is no host when
	// the engine attaches to a plugin that somebody else has started.
	Serve func(home string, host *provider.HostClient) (pulumirpc.ResourceProviderServer, error)
}

// Main serves the plugin until the engine is done with it, or gone, with the
// faults and the latencies that are set for the sandbox.
func Main(plugin Plugin) error {
	directory, err := home.Get("")
	if err == nil && directory != "" { // else the provider says what is missing
		err = home.Check(directory)
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		orphaned(ctx, os.Getppid())
		cancel() // which lets the operations under way finish
	}()
	return provider.MainContext(ctx, plugin.Name, func(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		server, err := plugin.Serve(directory, host)
		if err != nil {
			return nil, err
		}
		factor, err := latency.Factor(os.Getenv(latency.Variable))
		if err != nil {
			return nil, err
		}
		return faults.Wrap(directory, plugin.Name, plugin.Types, latency.Wrap(factor, server))
	})
}

// orphaned returns when the process has another parent: a plugin whose engine
// was killed has. The SDK's own check of the engine is made every five minutes.
func orphaned(ctx context.Context, parent int) {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for os.Getppid() == parent {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}
