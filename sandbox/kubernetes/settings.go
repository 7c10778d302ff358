package kubernetes

import (
	"encoding/json"
	"errors"
	"os"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
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
	for i, problem := range strict {
		strict[i] = knownSetting.Refuse("%v", problem)
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
