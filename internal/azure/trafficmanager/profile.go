package trafficmanager

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// The kinds of endpoints, in the form that a profile's own list takes.
const (
	azureEndpoint    = "Microsoft.Network/trafficManagerProfiles/azureEndpoints"
	externalEndpoint = "Microsoft.Network/trafficManagerProfiles/externalEndpoints"
	nestedEndpoint   = "Microsoft.Network/trafficManagerProfiles/nestedEndpoints"
)

// maxReturn is the most places in an answer. Traffic Manager's pages say 10, the
// schema of azurerm says 8: both take this.
// Sources: learn.microsoft.com/azure/traffic-manager/traffic-manager-faqs;
// terraform-provider-azurerm, max_return of azurerm_traffic_manager_profile.
const maxReturn = 8

// profileArgs hold the endpoints inside of the profile. Writing a profile
// without them deletes those that were made on the side
// (terraform-provider-azurerm#7470). The children are the ids of the profiles of
// nested endpoints, by key.
func profileArgs(args Args, profile topology.Profile, group pulumi.StringInput, children map[string]pulumi.StringInput) *network.ProfileArgs {
	result := &network.ProfileArgs{
		ResourceGroupName:    group,
		Location:             pulumi.String("global"),
		TrafficRoutingMethod: pulumi.String(string(profile.Routing)),
		DnsConfig: &network.DnsConfigArgs{
			RelativeName: pulumi.String(profile.DNSName),
			Ttl:          pulumi.Float64(args.Failover.TimeToLive),
		},
		MonitorConfig: monitor(args, profile.Probe.Path),
		Endpoints:     endpoints(args, profile, children),
		Tags:          pulumi.ToStringMap(args.Labels),
	}
	if profile.Routing == topology.MultiValue {
		result.MaxReturn = pulumi.Float64(min(len(profile.Endpoints), maxReturn))
	}
	return result
}

// monitor asks every endpoint for the same host: left alone, Traffic Manager
// asks for the endpoint's own DNS name, which no listener serves. Where the load
// balancers speak TLS it asks them so, since plain HTTP is redirected, and takes
// a redirect for a failure. It checks no certificate. A parent's endpoints that
// are profiles are not asked: they are as healthy as their own endpoints.
func monitor(args Args, path string) *network.MonitorConfigArgs {
	protocol, port := network.MonitorProtocolHTTP, 80.0
	if args.TLS {
		protocol, port = network.MonitorProtocolHTTPS, 443
	}
	return &network.MonitorConfigArgs{
		Protocol: protocol,
		Port:     pulumi.Float64(port),
		Path:     pulumi.String(path),
		CustomHeaders: network.MonitorConfigCustomHeadersArray{
			&network.MonitorConfigCustomHeadersArgs{Name: pulumi.String("Host"), Value: pulumi.String(args.HealthHost)},
		},
		IntervalInSeconds:         pulumi.Float64(args.Failover.Interval),
		TimeoutInSeconds:          pulumi.Float64(args.Failover.Timeout),
		ToleratedNumberOfFailures: pulumi.Float64(args.Failover.ToleratedFailures),
	}
}

// endpoints are in the profile's order of preference, which is also their
// priority where that is how it chooses.
func endpoints(args Args, profile topology.Profile, children map[string]pulumi.StringInput) network.EndpointTypeArray {
	result := make(network.EndpointTypeArray, len(profile.Endpoints))
	for i, endpoint := range profile.Endpoints {
		made := target(args, endpoint, children)
		made.Name = pulumi.String(endpointName(endpoint))
		made.EndpointStatus = network.EndpointStatusEnabled
		if endpoint.Drained {
			made.EndpointStatus = network.EndpointStatusDisabled
		}
		if endpoint.Location != "" {
			made.EndpointLocation = pulumi.String(endpoint.Location)
		}
		if profile.Routing == topology.Priority {
			made.Priority = pulumi.Float64(i + 1)
		}
		if endpoint.Weight > 0 {
			made.Weight = pulumi.Float64(endpoint.Weight)
		}
		if len(endpoint.Geography) > 0 {
			made.GeoMapping = pulumi.ToStringArray(endpoint.Geography)
		}
		if len(endpoint.Subnets) > 0 {
			made.Subnets = subnets(endpoint)
		}
		result[i] = made
	}
	return result
}

// target is what an endpoint routes to.
func target(args Args, endpoint topology.Endpoint, children map[string]pulumi.StringInput) *network.EndpointTypeArgs {
	frontend := args.Gateways[endpoint.Gateway]
	switch endpoint.Kind {
	case topology.ByID:
		// The address, not the gateway: Traffic Manager takes no gateway's id.
		return &network.EndpointTypeArgs{Type: pulumi.String(azureEndpoint), TargetResourceId: frontend.ID.ToStringOutput()}
	case topology.Nested:
		return &network.EndpointTypeArgs{
			Type:              pulumi.String(nestedEndpoint),
			TargetResourceId:  children[endpoint.Child.Key].ToStringOutput(),
			MinChildEndpoints: pulumi.Float64(endpoint.MinChildren),
		}
	case topology.ByAddress:
		address := frontend.Address
		if endpoint.Gateway == "" {
			address = args.Balancers[endpoint.Place]
		}
		return &network.EndpointTypeArgs{Type: pulumi.String(externalEndpoint), Target: address.ToStringOutput()}
	default:
		var name pulumi.StringInput = pulumi.String(endpoint.Host)
		if endpoint.Gateway != "" {
			name = frontend.Name
		}
		return &network.EndpointTypeArgs{Type: pulumi.String(externalEndpoint), Target: name.ToStringOutput()}
	}
}

func subnets(endpoint topology.Endpoint) network.EndpointPropertiesSubnetsArray {
	result := make(network.EndpointPropertiesSubnetsArray, len(endpoint.Subnets))
	for i, subnet := range endpoint.Subnets {
		result[i] = &network.EndpointPropertiesSubnetsArgs{
			First: pulumi.String(subnet.Addr().String()),
			Scope: pulumi.Int(subnet.Bits()),
		}
	}
	return result
}

// endpointName is "azure-westeurope", "azure-westeurope-2" for the region's second
// gateway, "gcp-europe-west4", or the cloud alone for a profile over its places
// and for Google's global load balancer. The workload that a profile of a place asks for
// follows: "azure-westeurope-chat".
func endpointName(endpoint topology.Endpoint) string {
	place := endpoint.Gateway
	if place == "" {
		place = endpoint.Place.Region
	}
	parts := []string{string(endpoint.Place.Cloud), place, endpoint.Judge}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "-")
}
