package mutants

import (
	"context"
	"encoding/json"
	"os"
	"sync"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"ai-serving/sandbox/azure"
	"ai-serving/sandbox/azure/bicep"
	"ai-serving/sandbox/azure/bicep/module"
	"ai-serving/sandbox/gcp"
	"ai-serving/sandbox/kubernetes"
	"ai-serving/sandbox/pluginserver"
)

// library is Microsoft's, from the module cache.
var library = sync.OnceValues(func() (*bicep.Library, error) {
	definitions, err := module.Definitions()
	if err != nil {
		return nil, err
	}
	return bicep.Open(definitions)
})

// startCloud starts the plugin of a cloud over the stores of a sandbox.
func startCloud(ctx context.Context, home, cloud, project string) (provider, error) {
	if cloud == azureCloud {
		return startAzure(ctx, home)
	}
	return startGoogle(ctx, home, project)
}

// startAzure starts the azure-native plugin over the stores of a sandbox.
func startAzure(ctx context.Context, home string) (provider, error) {
	opened, err := library()
	if err != nil {
		return provider{}, err
	}
	return configured(ctx, home, azureCloud, pluginserver.New(azure.New(opened)), nil)
}

// startGoogle starts the gcp plugin over the stores of a sandbox.
func startGoogle(ctx context.Context, home, project string) (provider, error) {
	info := gcp.Provider(home)
	server := tfbridge.NewProvider(ctx, nil, gcp.Name, gcp.Version, info.P, info, nil)
	return configured(ctx, home, googleCloud, server, resource.PropertyMap{"project": resource.NewProperty(project)})
}

// startKubernetes starts the kubernetes plugin with the arguments of one of the
// program's provider resources.
func (s *stack) startKubernetes(ctx context.Context, arguments resource.PropertyMap) (provider, error) {
	plugin, ctx := &restarting{home: s.home}, context.WithoutCancel(ctx) // which ends with the registration
	plugin.configure = func() error {
		_, err := configured(ctx, s.home, kubernetesCloud, plugin.Plugin, arguments)
		return err
	}
	s.mutex.Lock()
	s.running = append(s.running, plugin)
	s.mutex.Unlock()
	return provider{plugin}, plugin.restart()
}

// restarting is a plugin that is a process of its own.
type restarting struct {
	*kubernetes.Plugin
	home      string
	configure func() error
}

// restart starts the plugin, and ends the one before if there is one.
func (r *restarting) restart() error {
	if r.Plugin != nil {
		if err := r.Close(); err != nil {
			return err
		}
	}
	started, err := kubernetes.Start(r.home, "")
	if err != nil {
		return err
	}
	r.Plugin = started
	return r.configure()
}

// configured configures a plugin. It reads the sandbox's home from the
// environment, which all plugins of this process share: they are started one
// after the other.
func configured(ctx context.Context, home, pkg string, server pulumirpc.ResourceProviderServer, arguments resource.PropertyMap) (provider, error) {
	starting.Lock()
	defer starting.Unlock()
	if err := os.Setenv("SANDBOX_HOME", home); err != nil {
		return provider{}, err
	}
	texts := resource.PropertyMap{}
	for name, value := range arguments {
		if !value.IsString() { // the engine sends the rest as JSON
			raw, err := json.Marshal(value.Mappable())
			if err != nil {
				return provider{}, err
			}
			value = resource.NewProperty(string(raw))
		}
		texts[name] = value
	}
	variables := map[string]string{}
	for name, value := range texts {
		variables[pkg+":config:"+string(name)] = value.StringValue()
	}
	_, err := server.Configure(ctx, &pulumirpc.ConfigureRequest{
		Args: marshal(texts),
		//lint:ignore SA1019 the provider for Kubernetes reads this form
		Variables:     variables,
		AcceptSecrets: true,
	})
	return provider{server}, err
}

var starting sync.Mutex
