package trafficmanager

import (
	"strings"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// How soon clients turn away from a place that has failed: after three missed
// probes, 10 s apart, the last of which times out after 5 s, and at most 20 s
// more until their resolvers ask again. That is 55 s, against about 190 s with
// the defaults (30 s apart, four missed, 60 s to live), for one or two dollars
// an endpoint and month.
// Source: learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring
// and the announcement of fast failover of June 2017.
const (
	timeToLiveSeconds = 20
	intervalSeconds   = 10
	timeoutSeconds    = 5
	toleratedFailures = 2
)

// The kinds of endpoints, in the form that a profile's own list takes.
const (
	azureEndpoint    = "Microsoft.Network/trafficManagerProfiles/azureEndpoints"
	externalEndpoint = "Microsoft.Network/trafficManagerProfiles/externalEndpoints"
)

// profileArgs hold the endpoints inside of the profile. Writing a profile
// without them deletes those that were made on the side
// (terraform-provider-azurerm#7470).
func profileArgs(args Args, profile topology.Profile, group pulumi.StringInput) *network.ProfileArgs {
	return &network.ProfileArgs{
		ResourceGroupName:    group,
		Location:             pulumi.String("global"),
		TrafficRoutingMethod: pulumi.String(string(profile.Routing)),
		DnsConfig: &network.DnsConfigArgs{
			RelativeName: pulumi.String(profile.DNSName),
			Ttl:          pulumi.Float64(timeToLiveSeconds),
		},
		MonitorConfig: monitor(profile.Probe.Path, args.HealthHost),
		Endpoints:     endpoints(profile, args.GatewayPublicIPs),
		Tags:          pulumi.ToStringMap(args.Labels),
	}
}

// monitor asks every endpoint for the same host: left alone, Traffic Manager
// asks for the endpoint's own DNS name, which no listener serves.
func monitor(path, host string) *network.MonitorConfigArgs {
	return &network.MonitorConfigArgs{
		Protocol: network.MonitorProtocolHTTP,
		Port:     pulumi.Float64(80),
		Path:     pulumi.String(path),
		CustomHeaders: network.MonitorConfigCustomHeadersArray{
			&network.MonitorConfigCustomHeadersArgs{Name: pulumi.String("Host"), Value: pulumi.String(host)},
		},
		IntervalInSeconds:         pulumi.Float64(intervalSeconds),
		TimeoutInSeconds:          pulumi.Float64(timeoutSeconds),
		ToleratedNumberOfFailures: pulumi.Float64(toleratedFailures),
	}
}

// endpoints are in the profile's order of preference, which is also their
// priority where that is how it chooses. The two kinds may stand beside each
// other. Source: learn.microsoft.com/azure/traffic-manager/traffic-manager-endpoint-types.
func endpoints(profile topology.Profile, gateways map[string]pulumi.StringInput) network.EndpointTypeArray {
	result := make(network.EndpointTypeArray, len(profile.Endpoints))
	for i, endpoint := range profile.Endpoints {
		args := endpointArgs(endpoint, gateways)
		if profile.Routing == topology.Priority {
			args.Priority = pulumi.Float64(i + 1)
		}
		result[i] = args
	}
	return result
}

func endpointArgs(endpoint topology.Endpoint, gateways map[string]pulumi.StringInput) *network.EndpointTypeArgs {
	name := pulumi.String(endpointName(endpoint.Place))
	if endpoint.Place.Cloud == topology.Azure {
		return &network.EndpointTypeArgs{
			Name: name,
			Type: pulumi.String(azureEndpoint),
			// The address, not the gateway: Traffic Manager takes no gateway's id.
			TargetResourceId: gateways[endpoint.Gateway].ToStringOutput(),
		}
	}
	return &network.EndpointTypeArgs{
		Name: name,
		Type: pulumi.String(externalEndpoint),
		// A name, since an address cannot stand beside endpoints of Azure.
		Target:           pulumi.String(endpoint.Host),
		EndpointLocation: pulumi.String(endpoint.Location),
	}
}

// endpointName is "azure-westeurope", "gcp-europe-west4", or "gcp" for Google's
// global load balancer.
func endpointName(place topology.Place) string {
	return strings.TrimSuffix(string(place.Cloud)+"-"+place.Region, "-")
}
