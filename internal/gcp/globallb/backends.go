package globallb

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/balancing"
	"ai-serving/internal/naming"
	"ai-serving/internal/topology"
)

// newService registers the backend service of a workload with its health check,
// and returns the service's URL. Neither has a fixed name: a replacement is made
// before what it replaces goes, and both are in use meanwhile. The policy is set
// on the service where a tenant's requests to the workload are limited.
func newService(ctx *pulumi.Context, name string, args Args, backend topology.Backend, policy pulumi.StringPtrInput, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	name = naming.Join(naming.MaxComputeEngine, name, backend.Workload.Key)
	backends, err := backendArgs(backend, args.Groups)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	check, err := compute.NewHealthCheck(ctx, name, healthCheckArgs(args.Project, backend.Workload.HealthPath), opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("health check: %w", err)
	}
	service := serviceArgs(args.Project, backend, backends, check.SelfLink)
	if len(backend.Limits) > 0 {
		service.SecurityPolicy = policy
	}
	made, err := compute.NewBackendService(ctx, name, service, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("backend service: %w", err)
	}
	return made.SelfLink, nil
}

// newRefusal registers the backend service that stands where a URL map has to
// name one though no request reaches it: the map answers 404 itself. A service
// of some tenant in its place would change with the tenants.
func newRefusal(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	check, err := compute.NewHealthCheck(ctx, name, healthCheckArgs(args.Project, "/"), opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("health check: %w", err)
	}
	service, err := compute.NewBackendService(ctx, name, &compute.BackendServiceArgs{
		Project:             args.Project,
		Description:         pulumi.String("No backends: the URL map refuses what it routes here"),
		LoadBalancingScheme: pulumi.String(scheme),
		Protocol:            pulumi.String("HTTP"),
		HealthChecks:        check.SelfLink,
		SessionAffinity:     pulumi.String(balancing.NoAffinity.Kind),
		LogConfig:           logConfig(),
	}, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("backend service: %w", err)
	}
	return service.SelfLink, nil
}

// healthCheckArgs describe a check on the port that requests are sent to: the
// named port of an instance group, or the endpoints' own.
func healthCheckArgs(project pulumi.StringInput, path string) *compute.HealthCheckArgs {
	return &compute.HealthCheckArgs{
		Project:            project,
		CheckIntervalSec:   pulumi.Int(balancing.HealthCheckSeconds),
		TimeoutSec:         pulumi.Int(balancing.HealthCheckSeconds),
		HealthyThreshold:   pulumi.Int(balancing.HealthyThreshold),
		UnhealthyThreshold: pulumi.Int(balancing.UnhealthyThreshold),
		HttpHealthCheck: &compute.HealthCheckHttpHealthCheckArgs{
			PortSpecification: pulumi.String("USE_SERVING_PORT"),
			RequestPath:       pulumi.String(path),
		},
	}
}

// serviceArgs describe a workload's backend service. The provider's time-out of
// 30 s would cut streamed answers.
func serviceArgs(project pulumi.StringInput, backend topology.Backend, backends compute.BackendServiceBackendArray, check pulumi.StringInput) *compute.BackendServiceArgs {
	affinity := balancing.AffinityOf(backend.Workload)
	service := &compute.BackendServiceArgs{
		Project:                      project,
		LoadBalancingScheme:          pulumi.String(scheme),
		Protocol:                     pulumi.String("HTTP"),
		Backends:                     backends,
		HealthChecks:                 check,
		TimeoutSec:                   pulumi.Int(backend.Workload.Timeouts.Backend),
		ConnectionDrainingTimeoutSec: pulumi.Int(backend.Workload.Timeouts.Drain),
		SessionAffinity:              pulumi.String(affinity.Kind),
		AffinityCookieTtlSec:         pulumi.IntPtrFromPtr(affinity.CookieSeconds),
		LogConfig:                    logConfig(),
	}
	if balancing.HasNamedPort(backend) {
		service.PortName = pulumi.String(balancing.PortName)
	}
	return service
}

func backendArgs(backend topology.Backend, groups map[string]pulumi.StringInput) (compute.BackendServiceBackendArray, error) {
	var backends compute.BackendServiceBackendArray
	drains := canDrain(backend.Groups)
	for _, group := range backend.Groups {
		url, ok := groups[group.Key]
		if !ok {
			return nil, fmt.Errorf("no group %q", group.Key)
		}
		share := balancing.Of(group.Kind)
		backends = append(backends, compute.BackendServiceBackendArgs{
			Group:              url,
			BalancingMode:      pulumi.String(share.Mode),
			CapacityScaler:     pulumi.Float64(capacity(group.Drained && drains, share)),
			MaxRatePerEndpoint: pulumi.Float64PtrFromPtr(share.MaxRatePerEndpoint),
			MaxRatePerInstance: pulumi.Float64PtrFromPtr(share.MaxRatePerInstance),
		})
	}
	return backends, nil
}

// canDrain says whether groups may be without capacity: some has to have some left.
// Compute refuses to take it from the only backend of a service, and the provider
// says that the capacity of all together must not be zero. Where all groups are
// drained, none is: Traffic Manager, which no longer names the load balancer, keeps
// clients away alone, and those that still have its address are answered.
// See "capacityScaler" in cloud.google.com/compute/docs/reference/rest/v1/backendServices.
func canDrain(groups []topology.BackendGroup) bool {
	return slices.ContainsFunc(groups, func(g topology.BackendGroup) bool { return !g.Drained })
}

// capacity is the part of a group's capacity that may be used: none of what is
// drained.
func capacity(drained bool, share balancing.Balancing) float64 {
	if drained {
		return 0
	}
	return share.CapacityScaler
}

func logConfig() *compute.BackendServiceLogConfigArgs {
	return &compute.BackendServiceLogConfigArgs{
		Enable:     pulumi.Bool(true),
		SampleRate: pulumi.Float64(balancing.LogSampleRate),
	}
}
