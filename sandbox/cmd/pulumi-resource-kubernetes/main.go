// Command pulumi-resource-kubernetes is the sandbox's Kubernetes provider
// plugin. The Pulumi engine starts it.
package main

import (
	"cmp"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/client-go/kubernetes/scheme"

	"ai-serving/sandbox/kubernetes"
	"ai-serving/sandbox/pluginserver"
)

func main() {
	if err := pluginserver.Main(pluginserver.Plugin{Name: kubernetes.Name, Types: types(), Serve: serve}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// types are those of Kubernetes itself. Which others a cluster has, it alone
// knows.
func types() []string {
	var all []string
	for kind := range scheme.Scheme.AllKnownTypes() {
		group := cmp.Or(kind.Group, "core")
		all = append(all, kubernetes.Name+":"+group+"/"+kind.Version+":"+kind.Kind)
	}
	return all
}

// serve makes the provider. There is no host when the engine attaches to a
// plugin that somebody else has started.
func serve(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
	if host == nil {
		return pluginserver.New(kubernetes.New(nil)), nil
	}
	return pluginserver.New(kubernetes.New(host)), nil
}
