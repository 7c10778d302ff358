package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	kjson "sigs.k8s.io/json"
)

// settings are the arguments of a provider resource.
type settings struct {
	Kubeconfig        string `json:"kubeconfig"` // a document or the path of a file
	Context           string `json:"context"`
	Cluster           string `json:"cluster"`
	ClusterIdentifier string `json:"clusterIdentifier"`
	Namespace         string `json:"namespace"`

	DeleteUnreachable      *bool `json:"deleteUnreachable"`
	SkipUpdateUnreachable  *bool `json:"skipUpdateUnreachable"`
	EnablePatchForce       *bool `json:"enablePatchForce"`
	UpsertExistingObjects  *bool `json:"upsertExistingObjects"`
	EnableConfigMapMutable *bool `json:"enableConfigMapMutable"`
	EnableSecretMutable    *bool `json:"enableSecretMutable"`

	KubeClientSettings struct {
		Burst   int     `json:"burst"`
		QPS     float32 `json:"qps"`     // requests a second
		Timeout int     `json:"timeout"` // seconds a request
	} `json:"kubeClientSettings"`

	// Warnings that the sandbox does not give.
	SuppressDeprecationWarnings bool `json:"suppressDeprecationWarnings"`
	SuppressHelmHookWarnings    bool `json:"suppressHelmHookWarnings"`

	// Arguments that select what the sandbox does not have.
	EnableServerSideApply *bool  `json:"enableServerSideApply"`
	RenderYamlToDirectory string `json:"renderYamlToDirectory"`
	AlwaysRender          bool   `json:"alwaysRender"`
	HelmReleaseSettings   any    `json:"helmReleaseSettings"`
}

// textual are the arguments that are text. Any other may come as text that holds
// its JSON form, for a provider's stack configuration knows only text.
var textual = []resource.PropertyKey{
	"kubeconfig", "context", "cluster", "clusterIdentifier", "namespace", "renderYamlToDirectory",
}

// parseSettings reads the arguments strictly. An unknown value counts as absent.
// Errors name the argument and never its value, which may be a secret.
func parseSettings(arguments resource.PropertyMap) (settings, []error) {
	plain := map[string]any{}
	for key, value := range arguments {
		value = withoutSecrets(value)
		if key == "version" || value.IsNull() || value.ContainsUnknowns() {
			continue // the version is the engine's own
		}
		plain[string(key)] = decodeText(key, value)
	}
	document, err := json.Marshal(plain)
	if err != nil {
		return settings{}, []error{errors.New("the arguments are not JSON")}
	}
	var parsed settings
	strict, err := kjson.UnmarshalStrict(document, &parsed)
	if err != nil {
		strict = append(strict, err)
	}
	return parsed, strict
}

func decodeText(key resource.PropertyKey, value resource.PropertyValue) any {
	plain := value.MapRepl(nil, toPlain)
	text, isText := plain.(string)
	if !isText || slices.Contains(textual, key) {
		return plain
	}
	var decoded any
	if json.Unmarshal([]byte(text), &decoded) == nil {
		return decoded
	}
	return plain
}

// unsupported lists the arguments that ask for what the sandbox does not have.
func (s settings) unsupported() []resource.PropertyKey {
	var keys []resource.PropertyKey
	if s.EnableServerSideApply != nil && !*s.EnableServerSideApply {
		keys = append(keys, "enableServerSideApply")
	}
	if s.RenderYamlToDirectory != "" {
		keys = append(keys, "renderYamlToDirectory")
	}
	if s.AlwaysRender {
		keys = append(keys, "alwaysRender")
	}
	if s.HelmReleaseSettings != nil {
		keys = append(keys, "helmReleaseSettings")
	}
	return keys
}

// enabled is the value of an argument that an environment variable stands in for.
func enabled(argument *bool, variable string) bool {
	if argument != nil {
		return *argument
	}
	return os.Getenv(variable) == "true"
}

func (s settings) deleteUnreachable() bool {
	return enabled(s.DeleteUnreachable, "PULUMI_K8S_DELETE_UNREACHABLE")
}

func (s settings) skipUpdateUnreachable() bool {
	return enabled(s.SkipUpdateUnreachable, "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE")
}

func (s settings) patchForce() bool {
	return enabled(s.EnablePatchForce, "PULUMI_K8S_ENABLE_PATCH_FORCE")
}

func (s settings) upsert() bool {
	return enabled(s.UpsertExistingObjects, "PULUMI_K8S_UPSERT_EXISTING_OBJECTS")
}

func (s settings) configMapMutable() bool {
	return enabled(s.EnableConfigMapMutable, "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE")
}

func (s settings) secretMutable() bool {
	return enabled(s.EnableSecretMutable, "PULUMI_K8S_ENABLE_SECRET_MUTABLE")
}

// CheckConfig refuses arguments that the provider does not have, or has and the
// sandbox does not.
func (p *Provider) CheckConfig(_ context.Context, request plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	parsed, problems := parseSettings(request.News)
	response := plugin.CheckConfigResponse{Properties: request.News, Failures: failures(problems)}
	for _, key := range parsed.unsupported() {
		response.Failures = append(response.Failures, plugin.CheckFailure{
			Property: key, Reason: fmt.Sprintf("the sandbox does not know this setting of %s", key),
		})
	}
	if parsed.Kubeconfig != "" {
		if _, err := parseKubeconfig(parsed.Kubeconfig); err != nil {
			response.Failures = append(response.Failures, plugin.CheckFailure{Property: "kubeconfig", Reason: err.Error()})
		}
	}
	return response, nil
}

// DiffConfig plans the replacement of the provider, and with it of every object,
// when it leads to another cluster. A cluster is another when its identifier
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
		return plugin.ConfigureResponse{}, fmt.Errorf("the sandbox does not know this setting of %s", joinKeys(keys))
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
