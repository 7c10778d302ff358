package main

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/gke"
	"ai-serving/internal/gcp/globallb"
	"ai-serving/internal/gcp/instances"
	"ai-serving/internal/gcp/metricsadapter"
	"ai-serving/internal/gcp/network"
	"ai-serving/internal/gcp/podidentity"
	"ai-serving/internal/gcp/project"
	"ai-serving/internal/gcp/regionallb"
	"ai-serving/internal/gcp/static"
	"ai-serving/internal/serving"
	"ai-serving/internal/topology"
)

// googleSide is what stands in Google's cloud.
type googleSide struct {
	regional map[string]*regionallb.RegionalLB // by region
	global   *globallb.GlobalLB
}

// balancers are the load balancers that the team's names route to.
func (g googleSide) balancers(plan topology.Topology) []pulumi.Resource {
	all := []pulumi.Resource{g.global}
	for _, region := range plan.GCP.Regions {
		all = append(all, g.regional[region.Name])
	}
	return all
}

// addresses are those of the load balancers, by the place that each serves.
func (g googleSide) addresses(plan topology.Topology) map[topology.Place]pulumi.StringInput {
	all := map[topology.Place]pulumi.StringInput{{Cloud: topology.GCloud}: g.global.Address}
	for _, region := range plan.GCP.Regions {
		all[topology.Place{Cloud: topology.GCloud, Region: region.Name}] = g.regional[region.Name].Address
	}
	return all
}

func deployGoogle(ctx *pulumi.Context, plan topology.Topology, secrets map[string]pulumi.StringInput) (googleSide, error) {
	side := googleSide{regional: map[string]*regionallb.RegionalLB{}}
	apis, err := project.New(ctx, "google", project.Args{Project: plan.GCP.Project})
	if err != nil {
		return side, err
	}
	net, err := network.New(ctx, "google", network.Args{Project: apis.ID, Regions: plan.GCP.Regions, Protect: plan.Protect})
	if err != nil {
		return side, err
	}
	content, err := static.New(ctx, "static", static.Args{
		Project: apis.ID, Location: plan.GCP.StaticLocation, Labels: plan.Labels, Protect: plan.Protect,
	})
	if err != nil {
		return side, err
	}
	clusters, identities, err := deployClusters(ctx, plan, apis, net, content.ProjectNumber)
	if err != nil {
		return side, err
	}
	groups := map[string]pulumi.StringInput{} // by topology.BackendGroup.Key
	for _, region := range plan.GCP.Regions {
		own, err := deployGoogleRegion(ctx, plan, region, apis, net, clusters[region.Name], identities, secrets)
		if err != nil {
			return side, err
		}
		maps.Copy(groups, own)
		side.regional[region.Name], err = regionallb.New(ctx, region.Name, regionallb.Args{
			Project:         apis.ID,
			Region:          region.Name,
			NetworkID:       net.NetworkID,
			ProxyOnlySubnet: net.Subnets[region.Name].ProxyOnly,
			LoadBalancer:    region.LoadBalancer,
			TLS:             plan.TLS,
			HealthHost:      plan.HealthHost,
			Groups:          own,
			Labels:          plan.Labels,
			Protect:         plan.Protect,
		})
		if err != nil {
			return side, err
		}
	}
	side.global, err = globallb.New(ctx, "global", globallb.Args{
		Project:      apis.ID,
		LoadBalancer: plan.GCP.Global,
		TLS:          plan.TLS,
		HealthHost:   plan.HealthHost,
		Groups:       groups,
		Static:       content.Backend,
		Labels:       plan.Labels,
		Protect:      plan.Protect,
	})
	return side, err
}

// deployClusters makes the clusters, by region, and lets their pods do what they have to.
func deployClusters(ctx *pulumi.Context, plan topology.Topology, apis *project.Project, net *network.Network, projectNumber pulumi.IntInput) (map[string]*gke.Cluster, *podidentity.PodIdentity, error) {
	clusters := map[string]*gke.Cluster{}
	var made []pulumi.Resource
	for _, region := range plan.GCP.Regions {
		if region.Cluster == nil {
			continue
		}
		subnet := net.Subnets[region.Name]
		cluster, err := gke.New(ctx, region.Name, gke.Args{
			Project:            apis.ID,
			Stack:              plan.Name,
			Region:             region,
			NetworkID:          net.NetworkID,
			SubnetworkID:       subnet.ID,
			PodsRange:          subnet.PodsRange,
			ServicesRange:      subnet.ServicesRange,
			AuthorizedNetworks: plan.GCP.AuthorizedNetworks,
			Labels:             plan.Labels,
			Protect:            plan.Protect,
		})
		if err != nil {
			return nil, nil, err
		}
		clusters[region.Name] = cluster
		made = append(made, cluster.Resource)
	}
	identities, err := podidentity.New(ctx, "google", podidentity.Args{
		Project:       apis.ID,
		ProjectID:     plan.GCP.Project,
		ProjectNumber: projectNumber,
		Readers:       plan.GCP.Readers(),
		ByMetric:      plan.GCP.ByMetric(),
		Clusters:      made,
	})
	return clusters, identities, err
}

// deployGoogleRegion makes what runs in a region, and returns the groups that
// load balancers reach it by.
func deployGoogleRegion(ctx *pulumi.Context, plan topology.Topology, region topology.GCPRegion, apis *project.Project, net *network.Network, cluster *gke.Cluster, identities *podidentity.PodIdentity, secrets map[string]pulumi.StringInput) (map[string]pulumi.StringInput, error) {
	groups := map[string]pulumi.StringInput{}
	machines, err := instances.New(ctx, region.Name, instances.Args{
		Project:      apis.ID,
		Stack:        plan.Name,
		Region:       region.Name,
		Zones:        region.Zones,
		SubnetworkID: net.Subnets[region.Name].ID,
		Groups:       region.InstanceGroups,
		Secrets:      secrets,
	})
	if err != nil {
		return nil, err
	}
	for workload, group := range machines.Groups {
		groups[region.Name+"/"+workload] = group
	}
	if cluster == nil {
		return groups, nil
	}
	if region.Cluster.ByMetric() {
		_, err := metricsadapter.New(ctx, region.Name, metricsadapter.Args{
			Labels:       plan.Labels,
			ControlPlane: region.Network.ControlPlane,
			Provider:     cluster.Provider,
			Cluster:      cluster.Resource,
			Ready:        []pulumi.Resource{cluster.NodePools[topology.SharedNodes], identities.Metrics},
		})
		if err != nil {
			return nil, err
		}
	}
	workloads, err := serving.New(ctx, region.Name, serving.Args{
		ClusterName:  cluster.Name,
		Project:      plan.GCP.Project,
		Deployments:  region.Cluster.Deployments,
		Secrets:      secrets,
		Weights:      identities.Weights,
		Accelerators: region.Accelerators(),
		Zones:        region.Zones,
		ProxyRange:   region.Network.ProxyOnly,
		Labels:       plan.Labels,
		Provider:     cluster.Provider,
		Cluster:      cluster.Resource,
		NodePools:    cluster.NodePools,
	})
	if err != nil {
		return nil, err
	}
	for key, group := range workloads.EndpointGroups {
		groups[key] = group
	}
	return groups, nil
}
