// Package regionallb is Google's regional external Application Load Balancer:
// its proxies, like its backends, are in one region, where tenants whose
// requests may not leave the region are served.
package regionallb

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/urlmap"
	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:gcp:RegionalLB"

const (
	// scheme is the load balancer's kind. The provider's default is an internal
	// one.
	scheme = "EXTERNAL_MANAGED"
	// networkTier is that of the address and of the rule, which have to agree.
	// It is stated because a project may have another default.
	networkTier = "PREMIUM"
)

// Args describe the load balancer.
type Args struct {
	Project   pulumi.StringInput
	Region    string
	NetworkID pulumi.StringInput
	// ProxyOnlySubnet is where the balancer's proxies get their addresses.
	ProxyOnlySubnet pulumi.Resource
	LoadBalancer    topology.RegionalLoadBalancer
	// TLS says whether the load balancer ends TLS, and redirects plain HTTP to it.
	TLS bool
	// HealthHost is the host of health probes.
	HealthHost string
	// Groups are the URLs of instance and endpoint groups, by the keys of the
	// load balancer's backend groups.
	Groups map[string]pulumi.StringInput
	Labels map[string]string
	// Protect guards the address against deletion.
	Protect bool
}

// RegionalLB is the load balancer.
type RegionalLB struct {
	pulumi.ResourceState

	// Address is the reserved address, once requests to it are answered.
	Address pulumi.StringOutput
}

// New registers the load balancer.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*RegionalLB, error) {
	lb := &RegionalLB{}
	if err := ctx.RegisterComponentResource(Type, name, lb, opts...); err != nil {
		return nil, fmt.Errorf("regional load balancer %q: %w", name, err)
	}
	if err := lb.register(ctx, name, args); err != nil {
		return nil, fmt.Errorf("regional load balancer %q: %w", name, err)
	}
	return lb, ctx.RegisterResourceOutputs(lb, pulumi.Map{"address": lb.Address})
}

func (lb *RegionalLB) register(ctx *pulumi.Context, name string, args Args) error {
	routes, err := urlmap.New(urlmap.Spec{
		VirtualHosts: args.LoadBalancer.VirtualHosts,
		Backends:     args.LoadBalancer.Backends,
		Probes:       args.LoadBalancer.Probes,
		HealthHost:   args.HealthHost,
	})
	if err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	child := pulumi.Parent(lb)
	address, err := compute.NewAddress(ctx, name, addressArgs(args), child, pulumi.Protect(args.Protect))
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	targets, err := newTargets(ctx, name, args, child)
	if err != nil {
		return err
	}
	urlMap, err := compute.NewRegionUrlMap(ctx, name, urlMapArgs(args, routes, targets), child)
	if err != nil {
		return fmt.Errorf("URL map: %w", err)
	}
	lb.Address, err = newFront(ctx, name, args, address.Address, urlMap.SelfLink, child)
	return err
}

// newTargets registers everything that requests may be routed to, and returns
// their URLs.
func newTargets(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (map[urlmap.Target]pulumi.StringInput, error) {
	targets := map[urlmap.Target]pulumi.StringInput{}
	policy, err := newPolicy(ctx, name, args, opts...)
	if err != nil {
		return nil, fmt.Errorf("security policy: %w", err)
	}
	for _, backend := range args.LoadBalancer.Backends {
		service, err := newService(ctx, name, args, backend, policy, opts...)
		if err != nil {
			return nil, fmt.Errorf("workload %q: %w", backend.Workload.Key, err)
		}
		targets[urlmap.Workload(backend.Workload.Key)] = service
	}
	refusal, err := newRefusal(ctx, name, args, opts...)
	if err != nil {
		return nil, fmt.Errorf("refusal: %w", err)
	}
	targets[urlmap.Refusal] = refusal
	return targets, nil
}

func addressArgs(args Args) *compute.AddressArgs {
	return &compute.AddressArgs{
		Project:     args.Project,
		Region:      pulumi.String(args.Region),
		AddressType: pulumi.String("EXTERNAL"),
		NetworkTier: pulumi.String(networkTier),
		Labels:      pulumi.ToStringMap(args.Labels),
	}
}
