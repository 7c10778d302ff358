// Package globallb is Google's global external Application Load Balancer: one
// anycast address, over the workloads of all regions and a bucket of static
// content.
package globallb

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
	"ai-serving/internal/gcp/urlmap"
	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:gcp:GlobalLB"

// scheme is the load balancer's kind. The default of the provider is the
// classic one, which can neither rewrite a path nor refuse a request.
const scheme = "EXTERNAL_MANAGED"

// Args describe the load balancer.
type Args struct {
	Project      pulumi.StringInput
	LoadBalancer topology.GlobalLoadBalancer
	// TLS says whether the load balancer ends TLS, and redirects plain HTTP to it.
	TLS bool
	// HealthHost is the host of health probes.
	HealthHost string
	// Groups are the URLs of instance and endpoint groups, by the keys of the
	// load balancer's backend groups.
	Groups map[string]pulumi.StringInput
	// Static is the URL of the backend bucket of static content.
	Static pulumi.StringInput
	Labels map[string]string
	// Protect guards the address against deletion.
	Protect bool
}

// GlobalLB is the load balancer.
type GlobalLB struct {
	pulumi.ResourceState

	// Address is the reserved address.
	Address pulumi.StringOutput
	// ForwardingRuleAddress is the same address, once requests to it are
	// answered.
	ForwardingRuleAddress pulumi.StringOutput
}

// New registers the load balancer.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*GlobalLB, error) {
	lb := &GlobalLB{}
	if err := ctx.RegisterComponentResource(Type, name, lb, opts...); err != nil {
		return nil, fmt.Errorf("global load balancer %q: %w", name, err)
	}
	if err := lb.register(ctx, name, args); err != nil {
		return nil, fmt.Errorf("global load balancer %q: %w", name, err)
	}
	return lb, ctx.RegisterResourceOutputs(lb, pulumi.Map{
		"address":               lb.Address,
		"forwardingRuleAddress": lb.ForwardingRuleAddress,
	})
}

func (lb *GlobalLB) register(ctx *pulumi.Context, name string, args Args) error {
	routes, err := urlmap.New(urlmap.Spec{
		VirtualHosts: args.LoadBalancer.VirtualHosts,
		Backends:     args.LoadBalancer.Backends,
		Probes:       args.LoadBalancer.Probes,
		HealthHost:   args.HealthHost,
		StaticPath:   config.StaticPath,
	})
	if err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	child := pulumi.Parent(lb)
	address, err := compute.NewGlobalAddress(ctx, name, addressArgs(args), child, pulumi.Protect(args.Protect))
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	targets, err := newTargets(ctx, name, args, child)
	if err != nil {
		return err
	}
	urlMap, err := compute.NewURLMap(ctx, name, urlMapArgs(args.Project, routes, targets), child)
	if err != nil {
		return fmt.Errorf("URL map: %w", err)
	}
	lb.Address = address.Address
	lb.ForwardingRuleAddress, err = newFront(ctx, name, args, address.Address, urlMap.SelfLink, child)
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
	targets[urlmap.Static] = args.Static
	refusal, err := newRefusal(ctx, name, args, opts...)
	if err != nil {
		return nil, fmt.Errorf("refusal: %w", err)
	}
	targets[urlmap.Refusal] = refusal
	return targets, nil
}

func addressArgs(args Args) *compute.GlobalAddressArgs {
	return &compute.GlobalAddressArgs{
		Project:     args.Project,
		AddressType: pulumi.String("EXTERNAL"),
		IpVersion:   pulumi.String("IPV4"),
		Labels:      pulumi.ToStringMap(args.Labels),
	}
}
