package instances

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/naming"
	"ai-serving/internal/topology"
)

// maxSecretID is that of a secret's id.
// Source: the description of projects.secrets.create in Secret Manager's discovery
// document.
const maxSecretID = 255

// secret is a version of a secret, and the variable that gets its value.
type secret struct {
	Name string
	// Version is its full name, with its number: instances of another value are made of
	// another template, and so replace those of before. "latest" would leave them.
	Version string
}

// newSecrets registers a secret for each secret variable of a group's server, which the
// member may read and nobody else is told of, and returns the versions by variable, and
// the grants.
//
// A version is never changed. Another value makes another version, before the instances
// are replaced, and the one of before is destroyed when the update is over, which waits
// for the last instance that was started with it.
func newSecrets(ctx *pulumi.Context, name string, args Args, group topology.InstanceGroup, member pulumi.StringInput, opts ...pulumi.ResourceOption) (map[string]pulumi.StringOutput, []pulumi.Resource, error) {
	versions := map[string]pulumi.StringOutput{}
	var grants []pulumi.Resource
	for _, variable := range slices.Sorted(maps.Keys(group.Server.SecretEnvironment)) {
		value, known := args.Secrets[group.Server.SecretEnvironment[variable]]
		if !known {
			return nil, nil, fmt.Errorf("the secret %q of the variable %s has no value", group.Server.SecretEnvironment[variable], variable)
		}
		logical := naming.Join(naming.MaxComputeEngine, name, variable)
		registered, err := secretmanager.NewSecret(ctx, logical, secretArgs(args, group, variable), opts...)
		if err != nil {
			return nil, nil, fmt.Errorf("secret of %s: %w", variable, err)
		}
		id := registered.ID().ToStringOutput()
		version, err := secretmanager.NewSecretVersion(ctx, logical, &secretmanager.SecretVersionArgs{
			Secret: id, SecretData: value, DeletionPolicy: pulumi.String("DELETE"),
		}, opts...)
		if err != nil {
			return nil, nil, fmt.Errorf("version of the secret of %s: %w", variable, err)
		}
		grant, err := secretmanager.NewSecretIamMember(ctx, logical, &secretmanager.SecretIamMemberArgs{
			Project: args.Project, SecretId: id,
			Role: pulumi.String("roles/secretmanager.secretAccessor"), Member: member,
		}, opts...)
		if err != nil {
			return nil, nil, fmt.Errorf("role on the secret of %s: %w", variable, err)
		}
		versions[variable] = version.Name
		grants = append(grants, grant)
	}
	return versions, grants, nil
}

// secretArgs describe a secret. Its values are kept in the region of the instances: they
// need no other, and a tenant's residency may allow none.
func secretArgs(args Args, group topology.InstanceGroup, variable string) *secretmanager.SecretArgs {
	return &secretmanager.SecretArgs{
		Project:  args.Project,
		SecretId: pulumi.String(naming.Join(maxSecretID, args.Stack, args.Region, group.Workload.Key, variable)),
		Replication: &secretmanager.SecretReplicationArgs{
			UserManaged: &secretmanager.SecretReplicationUserManagedArgs{
				Replicas: secretmanager.SecretReplicationUserManagedReplicaArray{
					secretmanager.SecretReplicationUserManagedReplicaArgs{Location: pulumi.String(args.Region)},
				},
			},
		},
		Labels: pulumi.ToStringMap(group.Workload.Labels),
	}
}

// userData is the user data of a group's instances, which name the versions.
func userData(group topology.InstanceGroup, versions map[string]pulumi.StringOutput) (pulumi.StringInput, error) {
	if len(versions) == 0 {
		text, err := cloudInit(group, nil)
		return pulumi.String(text), err
	}
	variables := slices.Sorted(maps.Keys(versions))
	var names []any
	for _, variable := range variables {
		names = append(names, versions[variable])
	}
	return pulumi.All(names...).ApplyT(func(names []any) (string, error) {
		var secrets []secret
		for i, variable := range variables {
			secrets = append(secrets, secret{variable, names[i].(string)})
		}
		return cloudInit(group, secrets)
	}).(pulumi.StringOutput), nil
}
