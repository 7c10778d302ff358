// Command pulumi-resource-gcp is the sandbox's Google Cloud provider plugin.
// The Pulumi engine starts it.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"ai-serving/sandbox/gcp"
	"ai-serving/sandbox/pluginserver"
)

func main() {
	info := gcp.Provider(os.Getenv("SANDBOX_HOME"))
	plugin := pluginserver.Plugin{Name: gcp.Name}
	for _, resource := range info.Resources {
		plugin.Types = append(plugin.Types, string(resource.Tok))
	}
	// Programs in Go need no package schema at run time: the engine asks for
	// one only to generate code and for programs in YAML.
	plugin.Serve = func(_ string, host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		info.P.InitLogging(context.Background())
		return tfbridge.NewProvider(context.Background(), host, gcp.Name, gcp.Version, info.P, info, nil), nil
	}
	if err := pluginserver.Main(plugin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
