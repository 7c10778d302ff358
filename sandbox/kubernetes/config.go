package kubernetes

import (
	"context"
	"errors"
	"os"
	"reflect"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// CheckConfig refuses arguments that the provider does not have, or has and the
// sandbox does not.
func (p *Provider) CheckConfig(_ context.Context, request plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	return plugin.CheckConfigResponse{Properties: request.News, Failures: failures(checkSettings(request.News))}, nil
}

// checkSettings says what is wrong with the provider's arguments.
func checkSettings(arguments resource.PropertyMap) []error {
	parsed, problems := parseSettings(arguments)
	for _, key := range parsed.unsupported() {
		problems = append(problems, propertyError{key, servedSetting.Refuse("the sandbox does not know this setting of %s", key)})
	}
	if parsed.Kubeconfig != "" {
		if _, err := parseKubeconfig(parsed.Kubeconfig); err != nil {
			problems = append(problems, propertyError{"kubeconfig", err})
		}
	}
	return problems
}

// DiffConfig plans the replacement of the provider, and with it of every object,
// when it refers to another cluster. A cluster is another when its identifier
// changes; with no identifier, when the active entry of the kubeconfig changes
// or is not known yet.
func (p *Provider) DiffConfig(_ context.Context, request plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	old := withoutSecrets(resource.NewProperty(request.OldInputs)).ObjectValue()
	changed := withoutSecrets(resource.NewProperty(request.NewInputs)).ObjectValue()
	diff := old.Diff(changed)
	if diff == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	result := plugin.DiffResult{Changes: plugin.DiffSome, ChangedKeys: diff.ChangedKeys()}
	switch {
	case diff.Updated("clusterIdentifier"):
		result.ReplaceKeys = []resource.PropertyKey{"clusterIdentifier"}
	case changed.HasValue("clusterIdentifier") && diff.Same("clusterIdentifier"):
		// The program says that it is the same cluster.
	default:
		result.ReplaceKeys = clusterChange(diff, old, changed)
	}
	return result, nil
}

// clusterChange returns those of the arguments that select a cluster which have
// changed, if they select another one now.
func clusterChange(diff *resource.ObjectDiff, old, changed resource.PropertyMap) []resource.PropertyKey {
	var keys, unknown []resource.PropertyKey
	for _, key := range []resource.PropertyKey{"kubeconfig", "context", "cluster"} {
		if diff.Changed(key) {
			keys = append(keys, key)
		}
		if changed[key].ContainsUnknowns() {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) > 0 {
		return unknown
	}
	before, knownBefore := activeCluster(old)
	after, knownAfter := activeCluster(changed)
	if !knownBefore || !knownAfter || reflect.DeepEqual(before, after) {
		return nil
	}
	return keys
}

// activeCluster finds the entry of the cluster that the arguments select.
func activeCluster(arguments resource.PropertyMap) (clientcmdapi.Cluster, bool) {
	parsed, _ := parseSettings(arguments)
	kubeconfig, err := parseKubeconfig(parsed.Kubeconfig)
	if err != nil {
		return clientcmdapi.Cluster{}, false
	}
	name := kubeconfig.CurrentContext
	if parsed.Context != "" {
		name = parsed.Context
	}
	active, ok := kubeconfig.Contexts[name]
	if !ok {
		return clientcmdapi.Cluster{}, false
	}
	name = active.Cluster
	if parsed.Cluster != "" {
		name = parsed.Cluster
	}
	cluster, ok := kubeconfig.Clusters[name]
	if !ok {
		return clientcmdapi.Cluster{}, false
	}
	return *cluster, true
}

// Configure connects to the cluster. One that does not answer is no error yet:
// what can be planned without it is.
func (p *Provider) Configure(ctx context.Context, request plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	if os.Getenv("SANDBOX_HOME") == "" {
		return plugin.ConfigureResponse{}, errors.New(
			"SANDBOX_HOME is not set: start Pulumi with sandbox/pulumi, which prepares the sandbox's environment")
	}
	parsed, problems := parseSettings(request.Inputs)
	if len(problems) > 0 {
		return plugin.ConfigureResponse{}, errors.Join(problems...)
	}
	if keys := parsed.unsupported(); len(keys) > 0 {
		return plugin.ConfigureResponse{}, servedSetting.Refuse("the sandbox does not know this setting of %s", joinKeys(keys))
	}
	p.settings = parsed
	ctx, done := p.operation(ctx)
	defer done()
	connection, err := connect(ctx, parsed)
	p.cluster = connection
	return plugin.ConfigureResponse{}, err
}

func joinKeys(keys []resource.PropertyKey) string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = string(key)
	}
	return strings.Join(names, ", ")
}
