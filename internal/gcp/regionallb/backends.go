package regionallb

import (
	"fmt"

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
	check, err := compute.NewRegionHealthCheck(ctx, name, healthCheckArgs(args, backend.Workload.HealthPath), opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("health check: %w", err)
	}
	service := serviceArgs(args, backend, backends, check.SelfLink)
	if len(backend.Limits) > 0 {
		service.SecurityPolicy = policy
	}
	made, err := compute.NewRegionBackendService(ctx, name, service, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("backend service: %w", err)
	}
	return made.SelfLink, nil
}

// newRefusal registers the backend service that stands where a URL map has to
// name one though no request reaches it: the map answers 404 itself. A service
// of some tenant in its place would change with the tenants.
func newRefusal(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	check, err := compute.NewRegionHealthCheck(ctx, name, healthCheckArgs(args, "/"), opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("health check: %w", err)
	}
	service, err := compute.NewRegionBackendService(ctx, name, &compute.RegionBackendServiceArgs{
		Project:             args.Project,
		Region:              pulumi.String(args.Region),
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
func healthCheckArgs(args Args, path string) *compute.RegionHealthCheckArgs {
	return &compute.RegionHealthCheckArgs{
		Project:            args.Project,
		Region:             pulumi.String(args.Region),
		CheckIntervalSec:   pulumi.Int(balancing.HealthCheckSeconds),
		TimeoutSec:         pulumi.Int(balancing.HealthCheckSeconds),
		HealthyThreshold:   pulumi.Int(balancing.HealthyThreshold),
		UnhealthyThreshold: pulumi.Int(balancing.UnhealthyThreshold),
		HttpHealthCheck: &compute.RegionHealthCheckHttpHealthCheckArgs{
			PortSpecification: pulumi.String("USE_SERVING_PORT"),
			RequestPath:       pulumi.String(path),
		},
	}
}

// serviceArgs describe a workload's backend service. The provider's time-out of
// 30 s would cut streamed answers, and a drain that is left out is none.
func serviceArgs(args Args, backend topology.Backend, backends compute.RegionBackendServiceBackendArray, check pulumi.StringInput) *compute.RegionBackendServiceArgs {
	affinity := balancing.AffinityOf(backend.Workload)
	service := &compute.RegionBackendServiceArgs{
		Project:                      args.Project,
		Region:                       pulumi.String(args.Region),
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

func backendArgs(backend topology.Backend, groups map[string]pulumi.StringInput) (compute.RegionBackendServiceBackendArray, error) {
	var backends compute.RegionBackendServiceBackendArray
	for _, group := range backend.Groups {
		url, ok := groups[group.Key]
		if !ok {
			return nil, fmt.Errorf("no group %q", group.Key)
		}
		share := balancing.Of(group.Kind)
		backends = append(backends, compute.RegionBackendServiceBackendArgs{
			Group:              url,
			BalancingMode:      pulumi.String(share.Mode),
			CapacityScaler:     pulumi.Float64(share.CapacityScaler),
			MaxRatePerEndpoint: pulumi.Float64PtrFromPtr(share.MaxRatePerEndpoint),
			MaxRatePerInstance: pulumi.Float64PtrFromPtr(share.MaxRatePerInstance),
		})
	}
	return backends, nil
}

func logConfig() *compute.RegionBackendServiceLogConfigArgs {
	return &compute.RegionBackendServiceLogConfigArgs{
		Enable:     pulumi.Bool(true),
		SampleRate: pulumi.Float64(balancing.LogSampleRate),
	}
}
