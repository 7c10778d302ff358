package main

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/azure/containers"
	"ai-serving/internal/azure/gateway"
	"ai-serving/internal/azure/machines"
	"ai-serving/internal/azure/network"
	"ai-serving/internal/azure/trafficmanager"
	"ai-serving/internal/topology"
)

// azureSide is what stands in Azure: a map entry per region, and the Traffic
// Manager over both clouds.
type azureSide struct {
	containers map[string]*containers.Containers
	gateways   map[string]*gateway.Gateway // by the name of the gateway
	machines   map[string]*machines.Machines
	traffic    *trafficmanager.TrafficManager
}

func deployAzure(ctx *pulumi.Context, plan topology.Topology, google googleSide, secrets map[string]pulumi.StringInput) (azureSide, error) {
	side := azureSide{containers: map[string]*containers.Containers{}, gateways: map[string]*gateway.Gateway{}, machines: map[string]*machines.Machines{}}
	frontends := map[string]trafficmanager.Frontend{}
	balancers := google.balancers(plan)
	for _, region := range plan.Azure {
		net, err := network.New(ctx, region.Name, network.Args{
			Region:       region,
			Labels:       plan.Labels,
			Protect:      plan.Protect,
			TLS:          plan.TLS,
			MachinePorts: machinePorts(region.NetworkInterfaces),
		})
		if err != nil {
			return side, err
		}

		groups, err := containers.New(ctx, region.Name, containers.Args{
			Location:          region.Name,
			ResourceGroupName: net.ResourceGroupName,
			SubnetIDs:         inputs(net.ContainerSubnetIDs),
			Groups:            region.ContainerGroups,
			LogAnalytics:      region.LogAnalytics,
			Secrets:           secrets,
		})
		if err != nil {
			return side, err
		}
		side.containers[region.Name] = groups

		for _, wanted := range region.Gateways {
			frontends[wanted.Name] = trafficmanager.Frontend{
				ID:      net.PublicIPIDs[wanted.Name],
				Name:    net.PublicIPFQDNs[wanted.Name],
				Address: net.PublicIPAddresses[wanted.Name],
			}
			made, err := gateway.New(ctx, wanted.Name, gateway.Args{
				Region:            region,
				Gateway:           wanted,
				ResourceGroupName: net.ResourceGroupName,
				SubnetID:          net.GatewaySubnetID,
				PublicIPID:        net.PublicIPIDs[wanted.Name],
				Labels:            plan.Labels,
				TLS:               plan.TLS,
				Domain:            plan.Domain,
				HealthHost:        plan.HealthHost,
				Addresses:         addressesByWorkload(region.ContainerGroups, groups.Addresses),
			})
			if err != nil {
				return side, err
			}
			side.gateways[wanted.Name] = made
			balancers = append(balancers, made)
		}

		members, err := machines.New(ctx, region.Name, machines.Args{
			Location:          region.Name,
			ResourceGroupName: net.ResourceGroupName,
			SubnetID:          net.MachineSubnetID,
			GatewaySubnet:     region.Network.Gateways,
			Gateways:          side.gatewayIDs(region),
			Interfaces:        region.NetworkInterfaces,
		})
		if err != nil {
			return side, err
		}
		side.machines[region.Name] = members
	}
	var err error
	side.traffic, err = trafficmanager.New(ctx, "traffic-manager", trafficmanager.Args{
		Location:   plan.Azure[0].Name,
		Labels:     plan.Labels,
		Protect:    plan.Protect,
		HealthHost: plan.HealthHost,
		TLS:        plan.TLS,
		Profiles:   plan.Profiles,
		Failover:   plan.Failover,
		Gateways:   frontends,
		Balancers:  google.addresses(plan),
		Ready:      balancers,
	})
	return side, err
}

// gatewayIDs are those of a region's gateways, by name.
func (a azureSide) gatewayIDs(region topology.AzureRegion) map[string]pulumi.StringInput {
	ids := map[string]pulumi.StringInput{}
	for _, wanted := range region.Gateways {
		ids[wanted.Name] = a.gateways[wanted.Name].ID
	}
	return ids
}

// machinePorts lists the ports that the machines of other teams listen on, each once.
func machinePorts(interfaces []topology.NetworkInterface) []int {
	ports := map[int]bool{}
	for _, each := range interfaces {
		ports[each.Workload.Port] = true
	}
	return slices.Sorted(maps.Keys(ports))
}

// inputs are outputs of one component as what another one takes.
func inputs(outputs map[string]pulumi.StringOutput) map[string]pulumi.StringInput {
	all := map[string]pulumi.StringInput{}
	for key, output := range outputs {
		all[key] = output
	}
	return all
}

// addressesByWorkload gathers the addresses of each workload's replicas.
func addressesByWorkload(groups []topology.ContainerGroup, addresses map[string]pulumi.StringOutput) map[string][]pulumi.StringInput {
	byWorkload := map[string][]pulumi.StringInput{}
	for _, group := range groups {
		key := group.Workload.Key
		byWorkload[key] = append(byWorkload[key], addresses[group.Name])
	}
	return byWorkload
}
