// Package containers runs workloads in Azure Container Instances: a fixed
// number of container groups, each one replica, in a subnet of the workload's own.
package containers

import (
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/containerinstance/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/naming"
	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:azure:Containers"

// maxLogicalName leaves room for Pulumi's suffix in the 63 characters of a
// container group's name.
const maxLogicalName = 54

// Args say what runs, and where.
type Args struct {
	// Location is a region of Azure.
	Location          string
	ResourceGroupName pulumi.StringInput
	// SubnetIDs are of subnets that are delegated to container groups, by their names in the
	// topology.
	SubnetIDs map[string]pulumi.StringInput
	Groups    []topology.ContainerGroup
	// LogAnalytics takes what the groups print; nil for nothing.
	LogAnalytics *topology.LogAnalytics
	// Secrets are by the key of the stack file that holds them: all that Groups
	// and LogAnalytics refer to.
	Secrets map[string]pulumi.StringInput
}

// Containers are a region's container groups.
type Containers struct {
	pulumi.ResourceState

	// Addresses are private, by the name of the group. One changes when Azure
	// moves a group to another host; "pulumi up --refresh" then brings it to
	// whoever was given it.
	Addresses map[string]pulumi.StringOutput
}

// New registers the groups.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Containers, error) {
	containers := &Containers{Addresses: map[string]pulumi.StringOutput{}}
	if err := ctx.RegisterComponentResource(Type, name, containers, opts...); err != nil {
		return nil, fmt.Errorf("containers %q: %w", name, err)
	}
	outputs := pulumi.StringMap{}
	for _, group := range args.Groups {
		logicalName := naming.Join(maxLogicalName, name, group.Name)
		registered, err := containerinstance.NewContainerGroup(ctx, logicalName, groupArgs(args, group),
			pulumi.Parent(containers), replaced, ignored)
		if err != nil {
			return nil, fmt.Errorf("containers %q: container group %q: %w", name, group.Name, err)
		}
		address := registered.IpAddress.Ip().Elem()
		containers.Addresses[group.Name] = address
		outputs[group.Name] = address
	}
	if err := ctx.RegisterResourceOutputs(containers, pulumi.Map{"addresses": outputs}); err != nil {
		return nil, fmt.Errorf("containers %q: outputs: %w", name, err)
	}
	return containers, nil
}

// replaced is everything that says what runs. Azure refuses some changes of it
// ("updates ... are invalid") and answers the others by restarting the group in
// place: all replicas of a workload at once, as nothing orders their updates. A
// new group instead is started before the gateway turns to it, and the old one
// goes last. The groups' names are left to Pulumi for that. Azure does not wait
// for the readiness probe: a model that is slow to load answers 502 meanwhile.
//
// Source: learn.microsoft.com/azure/container-instances/container-instances-update.
var replaced = pulumi.ReplaceOnChanges([]string{
	"containers", "diagnostics", "identity", "imageRegistryCredentials", "ipAddress.ports", "ipAddress.type",
	"osType", "restartPolicy", "subnetIds", "zones",
})

// ignored is the address: a refresh reads a changed one back as if it had been
// asked for.
var ignored = pulumi.IgnoreChanges([]string{"ipAddress.ip"})
