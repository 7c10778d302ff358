package gke

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// clusterArgs are the cluster's. Its first node pool exists only while it is
// being made.
func clusterArgs(args Args, nodes pulumi.StringInput) *container.ClusterArgs {
	return &container.ClusterArgs{
		Project:               args.Project,
		Location:              pulumi.String(args.Region.Name),
		NodeLocations:         pulumi.ToStringArray(args.Region.Zones),
		InitialNodeCount:      pulumi.Int(1),
		RemoveDefaultNodePool: pulumi.Bool(true),
		NodeConfig:            firstNodes(nodes),
		DeletionProtection:    pulumi.Bool(args.Protect),
		ResourceLabels:        pulumi.ToStringMap(args.Labels),

		Network:            args.NetworkID.ToStringOutput(),
		Subnetwork:         args.SubnetworkID.ToStringOutput(),
		NetworkingMode:     pulumi.String("VPC_NATIVE"),
		IpAllocationPolicy: ipAllocation(args),
		PrivateClusterConfig: &container.ClusterPrivateClusterConfigArgs{
			EnablePrivateNodes: pulumi.Bool(true),
			// The pipeline that deploys the stack comes from outside the network:
			// the API server has a public address, closed to all but the
			// authorized networks.
			EnablePrivateEndpoint: pulumi.Bool(false),
			MasterIpv4CidrBlock:   pulumi.String(args.Region.Network.ControlPlane.String()),
		},
		MasterAuthorizedNetworksConfig: authorizedNetworks(args.AuthorizedNetworks),
		// Dataplane V2 enforces network policies by itself, and is refused
		// together with the older NetworkPolicy setting.
		DatapathProvider: pulumi.String("ADVANCED_DATAPATH"),

		ReleaseChannel:      &container.ClusterReleaseChannelArgs{Channel: pulumi.String("REGULAR")},
		MaintenancePolicy:   maintenancePolicy(args.Region.Cluster.Maintenance),
		EnableShieldedNodes: pulumi.Bool(true),
		WorkloadIdentityConfig: &container.ClusterWorkloadIdentityConfigArgs{
			WorkloadPool: pulumi.Sprintf("%s.svc.id.goog", args.Project),
		},
		// The add-on holds the controller of the network endpoint groups that
		// the load balancers use.
		AddonsConfig: &container.ClusterAddonsConfigArgs{
			HttpLoadBalancing: &container.ClusterAddonsConfigHttpLoadBalancingArgs{Disabled: pulumi.Bool(false)},
			// Pods mount their weights by it. It is always there: were it turned off with the
			// last weights, their pods would lose them before they end.
			GcsFuseCsiDriverConfig: &container.ClusterAddonsConfigGcsFuseCsiDriverConfigArgs{Enabled: pulumi.Bool(true)},
		},
		// Autoscalers depend on both. What else GKE may collect, such as the state of
		// Kubernetes' objects, is charged by the sample.
		// See docs.cloud.google.com/stackdriver/docs/managed-prometheus/cost-controls.
		MonitoringConfig: &container.ClusterMonitoringConfigArgs{
			EnableComponents:  pulumi.ToStringArray([]string{"SYSTEM_COMPONENTS"}),
			ManagedPrometheus: &container.ClusterMonitoringConfigManagedPrometheusArgs{Enabled: pulumi.Bool(true)},
		},
		// Bills say which namespace, and so which tenant, a cost belongs to.
		CostManagementConfig: &container.ClusterCostManagementConfigArgs{Enabled: pulumi.Bool(true)},
	}
}

// firstNodes are the nodes of the first pool. They have the account of all nodes:
// Compute Engine's default account, which they would have else, is deleted or
// disabled in many organizations, and GKE refuses the cluster then.
// See github.com/hashicorp/terraform-provider-google/issues/4435.
func firstNodes(account pulumi.StringInput) *container.ClusterNodeConfigArgs {
	return &container.ClusterNodeConfigArgs{
		ServiceAccount:         account.ToStringOutput(),
		OauthScopes:            pulumi.StringArray{pulumi.String(cloudPlatform)},
		WorkloadMetadataConfig: &container.ClusterNodeConfigWorkloadMetadataConfigArgs{Mode: pulumi.String("GKE_METADATA")},
		ShieldedInstanceConfig: &container.ClusterNodeConfigShieldedInstanceConfigArgs{
			EnableIntegrityMonitoring: pulumi.Bool(true),
			EnableSecureBoot:          pulumi.Bool(true),
		},
	}
}

func clusterOptions(protect bool) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{
		pulumi.Protect(protect),
		// Both are of the pool that has been removed, and would replace the cluster.
		pulumi.IgnoreChanges([]string{"initialNodeCount", "nodeConfig"}),
		// Two clusters cannot have the same range for their control planes, nor
		// for their services.
		pulumi.DeleteBeforeReplace(true),
		// 4 to 9 minutes are usual; an upgrade of the control plane that is under
		// way holds other changes up.
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "45m", Update: "60m", Delete: "45m"}),
	}
}

func ipAllocation(args Args) *container.ClusterIpAllocationPolicyArgs {
	return &container.ClusterIpAllocationPolicyArgs{
		ClusterSecondaryRangeName:  pulumi.String(args.PodsRange),
		ServicesSecondaryRangeName: pulumi.String(args.ServicesRange),
	}
}

// authorizedNetworks is never left out: without the block, all the world may
// knock at the API server; with an empty one, nobody outside the network.
func authorizedNetworks(networks []topology.AuthorizedNetwork) *container.ClusterMasterAuthorizedNetworksConfigArgs {
	blocks := container.ClusterMasterAuthorizedNetworksConfigCidrBlockArray{}
	for _, network := range networks {
		blocks = append(blocks, container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs{
			CidrBlock:   pulumi.String(network.CIDR.String()),
			DisplayName: pulumi.String(network.Name),
		})
	}
	return &container.ClusterMasterAuthorizedNetworksConfigArgs{
		CidrBlocks: blocks,
		// Otherwise any machine in Google's cloud could try.
		GcpPublicCidrsAccessEnabled: pulumi.Bool(false),
	}
}
