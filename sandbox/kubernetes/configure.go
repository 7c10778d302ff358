package kubernetes

import (
	"context"
	"errors"
	"net"
	"net/url"
	"os"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/client-go/tools/clientcmd"

	"ai-serving/sandbox/rules"
)

// Rules are what a request for an object has to keep: one is the sandbox's own, the
// rest the API server itself enforces, and a test shows through the provider that it
// does.
var Rules rules.Set

var localServer = Rules.Add(rules.Rule{
	Name:   "kubernetes/provider/server",
	Asks:   "The provider has a kubeconfig, and its clusters are on this machine.",
	Status: 403, Code: "Forbidden",
	Source: "the sandbox's own: a program under test must not touch a real cluster; with no kubeconfig the provider would take the user's",
})

// Configure connects to the cluster of a kubeconfig, unless it is not the sandbox's.
func (p *Plugin) Configure(ctx context.Context, request *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	//lint:ignore SA1019 the provider reads this form, and no other
	kubeconfig := request.GetVariables()["kubernetes:config:kubeconfig"]
	if err := checkServers(kubeconfig); err != nil {
		return nil, err
	}
	return p.to.Configure(ctx, request)
}

// checkServers refuses a kubeconfig with a cluster that is not on this machine. Errors
// do not quote the document, which may hold credentials.
func checkServers(kubeconfig string) error {
	if kubeconfig == "" {
		return localServer.Refuse("the provider has no kubeconfig, and the sandbox uses none from the environment")
	}
	document := []byte(kubeconfig)
	if content, err := os.ReadFile(kubeconfig); err == nil { // it may be a path
		document = content
	}
	config, err := clientcmd.Load(document)
	if err != nil || len(config.Clusters) == 0 {
		return localServer.Refuse("kubeconfig: not a kubeconfig document with a cluster")
	}
	var refused []error
	for name, cluster := range config.Clusters {
		if !isLocal(cluster.Server) {
			refused = append(refused, localServer.Refuse("kubeconfig: the server %s of %s is not one of the sandbox's, which are on this machine", cluster.Server, name))
		}
	}
	return errors.Join(refused...)
}

// isLocal reports whether a server's address is on the loopback interface.
func isLocal(server string) bool {
	address, err := url.Parse(server)
	if err != nil {
		return false
	}
	ip := net.ParseIP(address.Hostname())
	return address.Hostname() == "localhost" || ip.IsLoopback()
}
