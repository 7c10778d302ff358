package serving

import (
	"encoding/base64"
	"encoding/json"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// newPullSecret registers what a workload's pods sign in to their registry with, and
// returns it; nil where they do not sign in. It has a name of its own, and changes in
// place: pods that run do not pull again.
func (o objects) newPullSecret(ctx *pulumi.Context, name string, d topology.Deployment, ready []pulumi.Resource) (pulumi.Resource, error) {
	if d.Registry == nil {
		return nil, nil
	}
	meta := metadata(d)
	meta.Name = pulumi.String(pullSecretName(d))
	return corev1.NewSecret(ctx, name+"-registry", &corev1.SecretArgs{
		Metadata:   meta,
		Type:       pulumi.String("kubernetes.io/dockerconfigjson"),
		StringData: pulumi.StringMap{".dockerconfigjson": dockerConfig(*d.Registry, o.args.Secrets[d.Registry.Password])},
	}, o.gone(ready...)...)
}

// pullSecretName is none of a workload's: these have no dot.
func pullSecretName(d topology.Deployment) string { return "registry." + d.Workload.Key }

// pullSecrets refer to the workload's own.
func pullSecrets(d topology.Deployment) corev1.LocalObjectReferenceArrayInput {
	if d.Registry == nil {
		return nil
	}
	return corev1.LocalObjectReferenceArray{corev1.LocalObjectReferenceArgs{Name: pulumi.String(pullSecretName(d))}}
}

// dockerConfig is the configuration of Docker with one registry, as a secret.
// See kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets.
func dockerConfig(registry topology.Registry, password pulumi.StringInput) pulumi.StringOutput {
	server := registry.Server
	if server == "index.docker.io" {
		server = "https://index.docker.io/v1/" // the key that the kubelet looks Docker Hub up by
	}
	return password.ToStringOutput().ApplyT(func(password string) (string, error) {
		auth := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s:%s", registry.Username, password))
		text, err := json.Marshal(map[string]any{"auths": map[string]any{server: map[string]string{"auth": auth}}})
		return string(text), err
	}).(pulumi.StringOutput)
}
