package gateway

import (
	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// pools hold the workloads' container groups. Network interfaces are members
// too, but say so themselves, by [PoolID].
func pools(workloads []topology.Workload, addresses map[string][]pulumi.StringInput) network.ApplicationGatewayBackendAddressPoolArray {
	result := network.ApplicationGatewayBackendAddressPoolArray{pool(nothingName, nil)}
	for _, workload := range workloads {
		result = append(result, pool(workload.Key, addresses[workload.Key]))
	}
	return result
}

// PoolID is the id of the pool of a workload on the gateway with the id.
func PoolID(gatewayID pulumi.StringInput, workload string) pulumi.StringOutput {
	return pulumi.Sprintf("%s/%s/%s", gatewayID, poolSegment, workload)
}

func pool(name string, addresses []pulumi.StringInput) *network.ApplicationGatewayBackendAddressPoolArgs {
	members := make(network.ApplicationGatewayBackendAddressArray, len(addresses))
	for i, address := range addresses {
		members[i] = &network.ApplicationGatewayBackendAddressArgs{IpAddress: address.ToStringOutput()}
	}
	return &network.ApplicationGatewayBackendAddressPoolArgs{Name: pulumi.String(name), BackendAddresses: members}
}

// settings say how to speak to each workload.
func settings(workloads []topology.Workload) network.ApplicationGatewayBackendHttpSettingsArray {
	result := network.ApplicationGatewayBackendHttpSettingsArray{&network.ApplicationGatewayBackendHttpSettingsArgs{
		Name:                pulumi.String(nothingName),
		Port:                pulumi.Int(80),
		Protocol:            network.ApplicationGatewayProtocolHttp,
		CookieBasedAffinity: network.ApplicationGatewayCookieBasedAffinityDisabled,
	}}
	for _, workload := range workloads {
		result = append(result, workloadSettings(workload))
	}
	return result
}

func workloadSettings(workload topology.Workload) *network.ApplicationGatewayBackendHttpSettingsArgs {
	result := &network.ApplicationGatewayBackendHttpSettingsArgs{
		Name:                pulumi.String(workload.Key),
		Port:                pulumi.Int(workload.Port),
		Protocol:            network.ApplicationGatewayProtocolHttp,
		CookieBasedAffinity: network.ApplicationGatewayCookieBasedAffinityDisabled,
		// Up to a day, because the backends have private addresses.
		RequestTimeout: pulumi.Int(workload.Timeouts.Backend),
		// Every update of the gateway ends the connections that outlast this.
		ConnectionDraining: &network.ApplicationGatewayConnectionDrainingArgs{
			Enabled:           pulumi.Bool(true),
			DrainTimeoutInSec: pulumi.Int(workload.Timeouts.Drain),
		},
		Probe: self(probeSegment, workload.Key),
	}
	if workload.Affinity {
		result.CookieBasedAffinity = network.ApplicationGatewayCookieBasedAffinityEnabled
		// Workloads share hosts, and with them cookies: under the name that all
		// gateways use, one would send a client to replicas of another.
		result.AffinityCookieName = pulumi.String("affinity-" + workload.Key)
	}
	return result
}

// probes find out within half a minute that a replica is gone.
func probes(workloads []topology.Workload, host string) network.ApplicationGatewayProbeArray {
	result := make(network.ApplicationGatewayProbeArray, len(workloads))
	for i, workload := range workloads {
		result[i] = &network.ApplicationGatewayProbeArgs{
			Name:     pulumi.String(workload.Key),
			Protocol: network.ApplicationGatewayProtocolHttp,
			// A pool of addresses has no host to take.
			Host:               pulumi.String(host),
			Path:               pulumi.String(workload.HealthPath),
			Interval:           pulumi.Int(10),
			Timeout:            pulumi.Int(5),
			UnhealthyThreshold: pulumi.Int(3),
		}
	}
	return result
}
