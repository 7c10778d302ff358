// Command pulumi-resource-kubernetes is the sandbox's Kubernetes provider
// plugin. The Pulumi engine starts it.
package main

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"ai-serving/sandbox/kubernetes"
	"ai-serving/sandbox/pluginserver"
)

func main() {
	if err := provider.Main(kubernetes.Name, serve); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve makes the provider. There is no host when the engine attaches to a
// plugin that somebody else has started.
func serve(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
	if host == nil {
		return pluginserver.New(kubernetes.New(nil)), nil
	}
	return pluginserver.New(kubernetes.New(host)), nil
}
