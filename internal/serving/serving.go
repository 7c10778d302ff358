// Package serving is the models that run on one Kubernetes cluster: for each
// workload a Deployment that scales itself, and a Service whose pods Google's
// load balancers reach directly.
package serving

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:serving:Serving"

// Args describe the workloads of a cluster.
type Args struct {
	// ClusterName is unique in the project, and a new one when the cluster is
	// replaced.
	ClusterName pulumi.StringInput
	// Project and Zones, full names, are where the cluster's nodes are.
	Project     string
	Zones       []string
	Deployments []topology.Deployment
	// Secrets are the values of the stack file's secrets, by their key.
	Secrets map[string]pulumi.StringInput
	// Weights let the pods of workloads read their weights; by the workload's key.
	Weights map[string]pulumi.Resource
	// Accelerators is how many the project may have in the region, of all types.
	Accelerators int
	// ProxyRange is where the region's load balancer connects from.
	ProxyRange netip.Prefix
	// Labels are for what serves all workloads.
	Labels map[string]string
	// Provider makes objects in the cluster. It is not the component's own: to
	// register a component is to wait for its providers, and with this one for
	// the whole cluster, before anything else is begun.
	Provider pulumi.ProviderResource
	// Cluster is what the objects go away with.
	Cluster pulumi.Resource
	// NodePools have to be there before pods can run on them; by the names that the
	// deployments have for them.
	NodePools map[string]pulumi.Resource
}

// Serving is the workloads of a cluster.
type Serving struct {
	pulumi.ResourceState

	// EndpointGroups are the self-links of the network endpoint groups, by
	// "<zone>/<workload key>". Each is known once the workload is ready: then GKE has
	// made the group, and load balancers reach replicas.
	EndpointGroups map[string]pulumi.StringOutput
}

// New registers the workloads.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Serving, error) {
	s := &Serving{EndpointGroups: map[string]pulumi.StringOutput{}}
	if err := ctx.RegisterComponentResource(Type, name, s, opts...); err != nil {
		return nil, fmt.Errorf("serving %q: %w", name, err)
	}
	objects := objects{name: name, args: args, parent: s}
	spaces := map[string][]pulumi.Resource{} // what has to be there first, by namespace
	for _, space := range namespaces(args.Deployments) {
		made, err := objects.newNamespace(ctx, space)
		if err != nil {
			return nil, fmt.Errorf("serving %q: namespace %q: %w", name, space.name, err)
		}
		spaces[space.name] = made
	}
	links := pulumi.StringMap{}
	for _, deployment := range args.Deployments {
		key := deployment.Workload.Key
		group := endpointGroup(args.ClusterName, key)
		ready, err := objects.newWorkload(ctx, deployment, group, spaces[deployment.Namespace])
		if err != nil {
			return nil, fmt.Errorf("serving %q: workload %q: %w", name, key, err)
		}
		for _, zone := range args.Zones {
			link := endpointGroupLink(ready, args.Project, zone, group)
			s.EndpointGroups[zone+"/"+key] = link
			links[zone+"/"+key] = link
		}
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"endpointGroups": links})
}

// objects registers what the workloads are made of.
type objects struct {
	// name begins the logical names.
	name   string
	args   Args
	parent pulumi.Resource
}

// made are the options of an object that needs others first.
func (o objects) made(after ...pulumi.Resource) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{
		pulumi.Parent(o.parent),
		pulumi.Provider(o.args.Provider),
		pulumi.DependsOn(append([]pulumi.Resource{o.args.NodePools[topology.SharedNodes]}, after...)),
	}
}

// gone are the options of an object that needs no deletion of its own where the
// whole cluster goes.
func (o objects) gone(after ...pulumi.Resource) []pulumi.ResourceOption {
	return append(o.made(after...), pulumi.DeletedWith(o.args.Cluster))
}
