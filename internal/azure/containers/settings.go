package containers

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-azure-native-sdk/containerinstance/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
	"ai-serving/internal/topology"
)

// command is what is started in place of the image's entry point and arguments, which
// Container Instances have one key for; nil for these.
func command(server config.Server) pulumi.StringArrayInput {
	if len(server.Command) == 0 {
		return nil
	}
	return pulumi.ToStringArray(slices.Concat(server.Command, server.Args))
}

// environment lists the server's variables, those that are secrets last. Azure
// never gives a secure value back.
func environment(group topology.ContainerGroup, secrets map[string]pulumi.StringInput) containerinstance.EnvironmentVariableArray {
	var result containerinstance.EnvironmentVariableArray
	for _, name := range slices.Sorted(maps.Keys(group.Server.Environment)) {
		result = append(result, &containerinstance.EnvironmentVariableArgs{
			Name: pulumi.String(name), Value: pulumi.String(group.Server.Environment[name]),
		})
	}
	for _, name := range slices.Sorted(maps.Keys(group.Server.SecretEnvironment)) {
		result = append(result, &containerinstance.EnvironmentVariableArgs{
			Name: pulumi.String(name), SecureValue: secrets[group.Server.SecretEnvironment[name]].ToStringOutput(),
		})
	}
	return result
}

// credential signs in to a registry.
func credential(registry topology.Registry, secrets map[string]pulumi.StringInput) *containerinstance.ImageRegistryCredentialArgs {
	result := &containerinstance.ImageRegistryCredentialArgs{Server: pulumi.String(registry.Server)}
	if registry.Identity != "" {
		result.Identity = pulumi.String(registry.Identity)
		return result
	}
	result.Username = pulumi.String(registry.Username)
	result.Password = secrets[registry.Password].ToStringOutput()
	return result
}

// identity is what a group signs in as. One that Azure makes with the group would
// come too late: the image is pulled before anybody can let it.
//
// Source: learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi.
func identity(id string) *containerinstance.ContainerGroupIdentityArgs {
	return &containerinstance.ContainerGroupIdentityArgs{
		Type:                   containerinstance.ResourceIdentityTypeUserAssigned,
		UserAssignedIdentities: pulumi.StringArray{pulumi.String(id)},
	}
}

// diagnostics send what the servers print to the workspace.
func diagnostics(workspace topology.LogAnalytics, secrets map[string]pulumi.StringInput) *containerinstance.ContainerGroupDiagnosticsArgs {
	return &containerinstance.ContainerGroupDiagnosticsArgs{LogAnalytics: &containerinstance.LogAnalyticsArgs{
		WorkspaceId:  pulumi.String(workspace.WorkspaceID),
		WorkspaceKey: secrets[workspace.WorkspaceKey].ToStringOutput(),
	}}
}
