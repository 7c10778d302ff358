// Command pulumi-resource-azure-native is the sandbox's azure-native plugin.
package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"ai-serving/sandbox/azure"
	"ai-serving/sandbox/azure/bicep"
	"ai-serving/sandbox/pluginserver"
)

// types holds Microsoft's definitions of the served types. They are copied from
// the module cache when the plugin is built, and are not kept in the repository.
//
//go:generate go run ai-serving/sandbox/azure/bicep/extract types
//go:embed all:types
var types embed.FS

func main() {
	plugin := pluginserver.Plugin{Name: azure.Name, Serve: serve}
	for _, served := range azure.Served() {
		plugin.Types = append(plugin.Types, string(served.Token))
	}
	if err := pluginserver.Main(plugin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(string, *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
	files, err := fs.Sub(types, "types")
	if err != nil {
		return nil, err
	}
	library, err := bicep.Open(files)
	if err != nil {
		return nil, fmt.Errorf("this plugin was built without go generate: %w", err)
	}
	return pluginserver.New(azure.New(library)), nil
}
