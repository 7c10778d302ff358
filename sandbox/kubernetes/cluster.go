package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// The original's limits on requests, unless the program sets others.
const (
	defaultBurst = 120
	defaultQPS   = 50
)

// probeTimeout bounds the first request, which finds out whether the API server
// answers.
const probeTimeout = 10 * time.Second

// errNoKubeconfig is why a provider without a kubeconfig reaches no cluster. The
// original would take the one of the user's environment.
var errNoKubeconfig = errors.New("the provider has no kubeconfig, and the sandbox uses none from the environment")

// cluster is the connection to an API server, or the reason why there is none.
type cluster struct {
	objects     dynamic.Interface
	mapper      *restmapper.DeferredDiscoveryRESTMapper
	namespace   string // of objects that do not say theirs
	unreachable error
}

// connect makes the clients for the cluster that the settings select and tries
// whether it answers. It fails for a cluster that is not the sandbox's: programs
// under test must not touch a real one.
func connect(ctx context.Context, s settings) (cluster, error) {
	if s.Kubeconfig == "" {
		return cluster{namespace: s.Namespace, unreachable: errNoKubeconfig}, nil
	}
	kubeconfig, err := parseKubeconfig(s.Kubeconfig)
	if err != nil {
		return cluster{namespace: s.Namespace, unreachable: err}, nil
	}
	client := clientcmd.NewDefaultClientConfig(*kubeconfig, &clientcmd.ConfigOverrides{
		CurrentContext: s.Context,
		Context:        clientcmdapi.Context{Cluster: s.Cluster, Namespace: s.Namespace},
	})
	namespace, _, err := client.Namespace()
	if err != nil {
		return cluster{namespace: s.Namespace, unreachable: fmt.Errorf("kubeconfig: %w", err)}, nil
	}
	config, err := client.ClientConfig()
	if err != nil {
		return cluster{namespace: namespace, unreachable: fmt.Errorf("kubeconfig: %w", err)}, nil
	}
	if !isLocal(config.Host) {
		return cluster{}, localServer.Refuse("kubeconfig: the server %s is not one of the sandbox's, which are on this machine", config.Host)
	}
	return dial(ctx, limit(config, s), namespace), nil
}

// limit sets how many requests are made and how long one may take.
func limit(config *rest.Config, s settings) *rest.Config {
	config.Burst, config.QPS = defaultBurst, defaultQPS
	if s.KubeClientSettings.Burst > 0 {
		config.Burst = s.KubeClientSettings.Burst
	}
	if s.KubeClientSettings.QPS > 0 {
		config.QPS = s.KubeClientSettings.QPS
	}
	config.Timeout = time.Duration(s.KubeClientSettings.Timeout) * time.Second
	config.UserAgent = "pulumi-resource-" + Name + "/" + Version.String() + " (sandbox)"
	config.WarningHandler = rest.NoWarnings{}
	return config
}

func dial(ctx context.Context, config *rest.Config, namespace string) cluster {
	unreachable := func(err error) cluster { return cluster{namespace: namespace, unreachable: err} }
	probe := rest.CopyConfig(config)
	probe.Timeout = probeTimeout
	client, err := discovery.NewDiscoveryClientForConfig(probe)
	if err != nil {
		return unreachable(err)
	}
	if _, err := client.RESTClient().Get().AbsPath("/version").DoRaw(ctx); err != nil {
		return unreachable(err)
	}
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return unreachable(err)
	}
	return cluster{
		objects:   objects,
		mapper:    restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client)),
		namespace: namespace,
	}
}

// isLocal says whether the server's address is a loopback one.
func isLocal(server string) bool {
	address, err := url.Parse(server)
	if err != nil {
		return false
	}
	if address.Hostname() == "localhost" {
		return true
	}
	ip := net.ParseIP(address.Hostname())
	return ip != nil && ip.IsLoopback()
}

// parseKubeconfig reads a kubeconfig from its text, or from the file at that path.
// The text holds credentials, so the error does not say what is wrong with it.
func parseKubeconfig(pathOrText string) (*clientcmdapi.Config, error) {
	if rest, inHome := strings.CutPrefix(pathOrText, "~/"); inHome {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("kubeconfig: %w", err)
		}
		pathOrText = filepath.Join(home, rest)
	}
	text := []byte(pathOrText)
	if content, err := os.ReadFile(pathOrText); err == nil {
		text = content
	}
	config, err := clientcmd.Load(text)
	if err != nil || len(config.Clusters) == 0 {
		return nil, readableKubeconfig.Refuse("kubeconfig: neither a readable file nor a kubeconfig document with a cluster")
	}
	return config, nil
}

// isNamespaced says whether objects of the kind live in a namespace.
func (c cluster) isNamespaced(kind schema.GroupVersionKind) (bool, error) {
	mapping, err := c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return false, err
	}
	return mapping.Scope.Name() == meta.RESTScopeNameNamespace, nil
}

// serves says whether the API server has the kind.
func (c cluster) serves(kind schema.GroupVersionKind) bool {
	if c.unreachable != nil {
		return false
	}
	_, err := c.isNamespaced(kind)
	return err == nil
}

// resource is the client for objects of that kind in that namespace.
func (c cluster) resource(object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind := object.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, err
	}
	client := c.objects.Resource(mapping.Resource)
	if mapping.Scope.Name() != meta.RESTScopeNameNamespace {
		return client, nil
	}
	if object.GetNamespace() == "" {
		return client.Namespace(c.namespace), nil
	}
	return client.Namespace(object.GetNamespace()), nil
}
