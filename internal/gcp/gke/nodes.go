package gke

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/account"
	"ai-serving/internal/gcp/network"
	"ai-serving/internal/naming"
	"ai-serving/internal/topology"
)

const (
	// maxPoolName is the longest logical name of a node pool: of GKE's 40
	// characters, nine are for the random end.
	maxPoolName = 31
	// cloudPlatform is the scope of nodes: what they may do is settled by the roles of
	// their account alone.
	cloudPlatform = "https://www.googleapis.com/auth/cloud-platform"
	// PoolLabel is on nodes that are not for all, and says which pool they are of.
	PoolLabel = "pool"
	// TenantTaint keeps all pods but one tenant's off a node.
	TenantTaint = "tenant"
)

// newNodePools registers the pools, by their names in the topology. The first,
// which all share, goes before the others: what GKE itself runs in the cluster has
// no place on nodes with accelerators, nor on a tenant's own.
func newNodePools(ctx *pulumi.Context, name string, args Args, cluster pulumi.StringInput, nodes account.Account, opts ...pulumi.ResourceOption) (map[string]pulumi.Resource, error) {
	pools := map[string]pulumi.Resource{}
	before := nodes.Grants
	for _, pool := range args.Region.Cluster.Pools {
		made, err := container.NewNodePool(ctx, logicalName(name, pool), nodePoolArgs(args, pool, cluster, nodes.Email),
			append(nodePoolOptions(before), opts...)...)
		if err != nil {
			return nil, fmt.Errorf("node pool %q: %w", pool.Name, err)
		}
		pools[pool.Name] = made
		if pool.Name == topology.SharedNodes {
			before = append(before, made)
		}
	}
	return pools, nil
}

// logicalName is the cluster's for the pool that all share.
func logicalName(cluster string, pool topology.NodePool) string {
	if pool.Name == topology.SharedNodes {
		return cluster
	}
	return naming.Join(maxPoolName, cluster, pool.Name)
}

func nodePoolArgs(args Args, pool topology.NodePool, cluster, email pulumi.StringInput) *container.NodePoolArgs {
	return &container.NodePoolArgs{
		Project:  args.Project,
		Cluster:  cluster,
		Location: pulumi.String(args.Region.Name),
		// GKE refuses accelerators in zones that have none. The zones of other pools are
		// the cluster's, and stated too: a pool does not follow the cluster to others.
		// See cloud.google.com/kubernetes-engine/docs/how-to/gpus and
		// docs.cloud.google.com/kubernetes-engine/docs/how-to/managing-clusters.
		NodeLocations:    pulumi.ToStringArray(pool.Zones),
		InitialNodeCount: pulumi.Int(initialNodes(pool)),
		Autoscaling:      autoscaling(pool),
		// Google refuses to leave upgrades out on a release channel.
		Management: &container.NodePoolManagementArgs{
			AutoRepair:  pulumi.Bool(true),
			AutoUpgrade: pulumi.Bool(true),
		},
		UpgradeSettings: upgradeSettings(pool),
		NodeConfig:      nodeConfig(args, pool, email),
	}
}

// initialNodes is how many nodes of a pool there are in each zone at first: one of
// those that all share, so that GKE makes every zone's endpoint groups at once, none
// with accelerators, and of others what their replicas need that always run. A pool
// with accelerators would need one in every zone at once: where one zone has none
// left, Google calls the whole pool failed. The autoscaler takes them in any zone.
// See github.com/GoogleCloudPlatform/k8s-config-connector/issues/228.
func initialNodes(pool topology.NodePool) int {
	switch {
	case pool.Name == topology.SharedNodes:
		return 1
	case pool.GPU != nil:
		return 0
	}
	zones := len(pool.Zones)
	perZone := (pool.MinNodes + zones - 1) / zones
	return min(perZone, pool.MaxNodes/zones)
}

// autoscaling bounds the pool in the whole region, but for the nodes that all share.
// These have bounds in each zone: GKE makes a new Service's endpoint groups only in
// zones that have nodes, and a total minimum lets the autoscaler empty a zone.
// See cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler#minimum_and_maximum_node_pool_size
// and ensureNetworkEndpointGroups in github.com/kubernetes/ingress-gce/pkg/neg/syncers.
func autoscaling(pool topology.NodePool) *container.NodePoolAutoscalingArgs {
	args := &container.NodePoolAutoscalingArgs{LocationPolicy: pulumi.String(locationPolicy(pool))}
	if pool.Name != topology.SharedNodes {
		args.TotalMinNodeCount, args.TotalMaxNodeCount = pulumi.Int(pool.MinNodes), pulumi.Int(pool.MaxNodes)
		return args
	}
	zones := len(pool.Zones)
	most := pool.MaxNodes / zones
	least := min((pool.MinNodes+zones-1)/zones, most)
	args.MinNodeCount, args.MaxNodeCount = pulumi.Int(least), pulumi.Int(most)
	return args
}

// locationPolicy takes accelerators in any zone that has some, because none may
// have many, and keeps other nodes even over the zones.
// See cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler#location_policy.
func locationPolicy(pool topology.NodePool) string {
	if pool.GPU != nil {
		return "ANY"
	}
	return "BALANCED"
}

// upgradeSettings replace nodes one by one: with one more meanwhile, or, where the
// project may have no accelerator more, with one less.
func upgradeSettings(pool topology.NodePool) *container.NodePoolUpgradeSettingsArgs {
	surge, unavailable := 1, 0
	if pool.GPU != nil && !pool.Surge {
		surge, unavailable = 0, 1
	}
	return &container.NodePoolUpgradeSettingsArgs{
		Strategy:       pulumi.String("SURGE"),
		MaxSurge:       pulumi.Int(surge),
		MaxUnavailable: pulumi.Int(unavailable),
	}
}

func nodeConfig(args Args, pool topology.NodePool, email pulumi.StringInput) *container.NodePoolNodeConfigArgs {
	config := &container.NodePoolNodeConfigArgs{
		MachineType: pulumi.String(pool.MachineType),
		ImageType:   pulumi.String("COS_CONTAINERD"),
		DiskSizeGb:  pulumi.Int(pool.DiskGiB),
		// Images of Artifact Registry start before they are there in full. Others are pulled
		// as ever.
		// See docs.cloud.google.com/kubernetes-engine/docs/how-to/image-streaming.
		GcfsConfig:     &container.NodePoolNodeConfigGcfsConfigArgs{Enabled: pulumi.Bool(true)},
		ServiceAccount: email.ToStringOutput(),
		OauthScopes:    pulumi.StringArray{pulumi.String(cloudPlatform)},
		// Pods see an identity of their own, and not the node's.
		WorkloadMetadataConfig: &container.NodePoolNodeConfigWorkloadMetadataConfigArgs{Mode: pulumi.String("GKE_METADATA")},
		ShieldedInstanceConfig: &container.NodePoolNodeConfigShieldedInstanceConfigArgs{
			EnableIntegrityMonitoring: pulumi.Bool(true),
			EnableSecureBoot:          pulumi.Bool(true),
		},
		Tags:           pulumi.StringArray{pulumi.String(network.ServingTag)},
		ResourceLabels: pulumi.ToStringMap(resourceLabels(args.Labels, pool)),
	}
	if pool.Name != topology.SharedNodes {
		config.Labels = pulumi.StringMap{PoolLabel: pulumi.String(pool.Name)}
	}
	if pool.Tenant != "" {
		config.Taints = tenantTaint(pool.Tenant)
	}
	if pool.GPU != nil {
		config.GuestAccelerators = accelerators(*pool.GPU)
	}
	return config
}

// resourceLabels are the stack's, and the tenant where the nodes are one's own.
func resourceLabels(stack map[string]string, pool topology.NodePool) map[string]string {
	if pool.Tenant == "" {
		return stack
	}
	labels := map[string]string{"tenant": pool.Tenant}
	maps.Copy(labels, stack)
	return labels
}

// tenantTaint evicts what else may run on a tenant's nodes.
func tenantTaint(tenant string) container.NodePoolNodeConfigTaintArray {
	return container.NodePoolNodeConfigTaintArray{container.NodePoolNodeConfigTaintArgs{
		Key:    pulumi.String(TenantTaint),
		Value:  pulumi.String(tenant),
		Effect: pulumi.String("NO_EXECUTE"),
	}}
}

// accelerators are what each node has. The taint that keeps other pods off is GKE's
// own, and refused where it is declared again. GKE installs the newest driver that it has
// for the version: servers are built for new releases of CUDA, and vLLM's, of CUDA 13
// since 0.20, do not start with the driver that is the default.
// See cloud.google.com/kubernetes-engine/docs/how-to/gpus.
func accelerators(gpu topology.GPU) container.NodePoolNodeConfigGuestAcceleratorArray {
	return container.NodePoolNodeConfigGuestAcceleratorArray{container.NodePoolNodeConfigGuestAcceleratorArgs{
		Type:  pulumi.String(gpu.Type),
		Count: pulumi.Int(gpu.Count),
		GpuDriverInstallationConfig: container.NodePoolNodeConfigGuestAcceleratorGpuDriverInstallationConfigArgs{
			GpuDriverVersion: pulumi.String("LATEST"),
		},
	}}
}

func nodePoolOptions(before []pulumi.Resource) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{
		pulumi.DependsOn(before),
		// The autoscaler's business, once the pool is there; the initial count
		// cannot change without a new pool.
		pulumi.IgnoreChanges([]string{"initialNodeCount", "nodeCount"}),
		// An update replaces the nodes one by one, and waits for each to drain.
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "45m", Update: "120m", Delete: "45m"}),
	}
}
