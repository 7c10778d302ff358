package serving

import (
	"maps"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
	"ai-serving/internal/topology"
)

// newSecret registers the values of a workload's secret variables, and returns the name
// of what has them; nil where the workload has none.
//
// It cannot be changed, and its name is Pulumi's: another value makes another one, which
// the Deployment's pods refer to by its name, so that they are replaced like those of
// another image, and the one that the old pods have goes last.
// See kubernetes.io/docs/concepts/configuration/secret/#secret-immutable.
func (o objects) newSecret(ctx *pulumi.Context, name string, d topology.Deployment, ready []pulumi.Resource) (pulumi.StringPtrInput, error) {
	if len(d.Server.SecretEnvironment) == 0 {
		return nil, nil
	}
	values := pulumi.StringMap{}
	for variable, key := range d.Server.SecretEnvironment {
		values[variable] = o.args.Secrets[key]
	}
	meta := metadata(d)
	meta.Name = nil
	secret, err := corev1.NewSecret(ctx, name, &corev1.SecretArgs{
		Metadata:   meta,
		Immutable:  pulumi.Bool(true),
		StringData: values,
	}, o.gone(ready...)...)
	if err != nil {
		return nil, err
	}
	return secret.Metadata.Name(), nil
}

// environment lists the server's variables, those that are secrets last.
func environment(server config.Server, secret pulumi.StringPtrInput) corev1.EnvVarArray {
	var all corev1.EnvVarArray
	for _, name := range slices.Sorted(maps.Keys(server.Environment)) {
		all = append(all, corev1.EnvVarArgs{Name: pulumi.String(name), Value: pulumi.String(server.Environment[name])})
	}
	for _, name := range slices.Sorted(maps.Keys(server.SecretEnvironment)) {
		all = append(all, corev1.EnvVarArgs{
			Name: pulumi.String(name),
			ValueFrom: corev1.EnvVarSourceArgs{SecretKeyRef: corev1.SecretKeySelectorArgs{
				Name: secret, Key: pulumi.String(name),
			}},
		})
	}
	return all
}

// given is a list of texts; nil, and not an empty one, where there is none.
func given(texts []string) pulumi.StringArrayInput {
	if len(texts) == 0 {
		return nil
	}
	return pulumi.ToStringArray(texts)
}
