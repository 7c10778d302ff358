// Package gke is the Google Kubernetes Engine cluster of a region: a private
// cluster, node pools that scale themselves, and a provider of Kubernetes objects
// in it.
//
// A protected cluster is guarded twice, by the engine and by Google. To tear
// one down, set "protect: false" under "platform" in the stack file, run
// "pulumi up", and only then take the cluster out or run "pulumi destroy".
package gke

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/account"
	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:gcp:Cluster"

// Args describe the cluster of a region.
type Args struct {
	Project pulumi.StringInput
	// Stack begins the names that are unique in a project.
	Stack string
	// Region is one that has a cluster.
	Region                  topology.GCPRegion
	NetworkID, SubnetworkID pulumi.StringInput
	// PodsRange and ServicesRange name secondary ranges of the subnetwork.
	PodsRange, ServicesRange string
	// AuthorizedNetworks may reach the cluster's API server, and no others.
	AuthorizedNetworks []topology.AuthorizedNetwork
	Labels             map[string]string
	// Protect guards the cluster against deletion.
	Protect bool
}

// Cluster is a GKE cluster with nodes.
type Cluster struct {
	pulumi.ResourceState

	Name pulumi.StringOutput
	// Provider makes objects in the cluster.
	Provider *kubernetes.Provider
	// Resource is the cluster itself: with it goes what is in it.
	Resource pulumi.Resource
	// NodePools have to be there before pods can run on them; by the names that the
	// topology has for them.
	NodePools map[string]pulumi.Resource
}

// New registers the cluster.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Cluster, error) {
	c := &Cluster{}
	if err := ctx.RegisterComponentResource(Type, name, c, opts...); err != nil {
		return nil, fmt.Errorf("cluster %q: %w", name, err)
	}
	child := pulumi.Parent(c)
	nodes, err := account.New(ctx, name, accountArgs(args), child)
	if err != nil {
		return nil, fmt.Errorf("cluster %q: %w", name, err)
	}
	cluster, err := container.NewCluster(ctx, name, clusterArgs(args, nodes.Email), append(clusterOptions(args.Protect), child)...)
	if err != nil {
		return nil, fmt.Errorf("cluster %q: %w", name, err)
	}
	if c.NodePools, err = newNodePools(ctx, name, args, cluster.Name, nodes, child); err != nil {
		return nil, fmt.Errorf("cluster %q: %w", name, err)
	}
	provider, err := kubernetes.NewProvider(ctx, name, providerArgs(cluster), child)
	if err != nil {
		return nil, fmt.Errorf("cluster %q: Kubernetes provider: %w", name, err)
	}
	c.Name, c.Provider, c.Resource = cluster.Name, provider, cluster
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"name": c.Name})
}

// providerArgs refer to the cluster.
func providerArgs(cluster *container.Cluster) *kubernetes.ProviderArgs {
	access := pulumi.All(cluster.Name, cluster.Endpoint, cluster.MasterAuth.ClusterCaCertificate().Elem()).
		ApplyT(func(values []any) (string, error) {
			return kubeconfig(values[0].(string), values[1].(string), values[2].(string))
		}).(pulumi.StringOutput)
	return &kubernetes.ProviderArgs{
		Kubeconfig: pulumi.ToSecret(access).(pulumi.StringOutput),
		// Without an identifier, a kubeconfig that a preview does not know is
		// taken for another cluster, and every object in this one for lost. The
		// name is always known, and Pulumi makes a new one when, and only when,
		// it replaces the cluster.
		ClusterIdentifier:     cluster.Name,
		EnableServerSideApply: pulumi.Bool(true),
	}
}
