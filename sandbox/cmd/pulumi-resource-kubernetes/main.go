// Command pulumi-resource-kubernetes is the sandbox's Kubernetes provider plugin, which
// the Pulumi engine starts: Pulumi's own, behind the sandbox's faults and latencies.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/client-go/kubernetes/scheme"

	"ai-serving/sandbox/kubernetes"
	"ai-serving/sandbox/latency"
	"ai-serving/sandbox/pluginserver"
)

func main() {
	var running *kubernetes.Plugin
	err := pluginserver.Main(pluginserver.Plugin{
		Name: kubernetes.Name, Types: types(),
		Serve: func(home string, _ *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
			factor, err := latency.Factor(os.Getenv(latency.Variable))
			if err != nil {
				return nil, err
			}
			running, err = kubernetes.Start(home, flag.Arg(0))
			if err != nil {
				return nil, err
			}
			go endWith(running)
			return kubernetes.Shorten(factor, running), nil
		},
	})
	if running != nil {
		closing.Store(true)
		err = errors.Join(err, running.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// closing is set when the provider ends because this process does.
var closing atomic.Bool

// endWith ends this process when the provider has ended, so that the engine learns of
// it at once.
func endWith(running *kubernetes.Plugin) {
	<-running.Ended()
	if !closing.Load() {
		fmt.Fprintln(os.Stderr, errors.Join(errors.New("the Kubernetes provider has ended"), running.Close()))
		os.Exit(1)
	}
}

// types are those of Kubernetes itself. Which others a cluster has, it alone
// knows.
func types() []string {
	// These are registered with the API server by others than Kubernetes.
	all := []string{
		kubernetes.Name + ":apiregistration.k8s.io/v1:APIService",
		kubernetes.Name + ":monitoring.googleapis.com/v1:PodMonitoring",
	}
	for kind := range scheme.Scheme.AllKnownTypes() {
		group := cmp.Or(kind.Group, "core")
		all = append(all, kubernetes.Name+":"+group+"/"+kind.Version+":"+kind.Kind)
	}
	return all
}
