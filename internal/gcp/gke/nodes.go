package gke

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/network"
	"ai-serving/internal/naming"
)

// maxAccountID is the longest id of a service account.
const maxAccountID = 30

// roles are all that the nodes may do in the project, by a short name each: to
// report logs and metrics, and to pull images. Pods do not act as their node.
var roles = []struct{ name, role string }{
	{"images", "roles/artifactregistry.reader"},
	{"nodes", "roles/container.defaultNodeServiceAccount"},
}

// account is the service account of the nodes.
type account struct {
	email pulumi.StringOutput
	// grants have to be made before there are nodes.
	grants []pulumi.Resource
}

// newAccount registers the service account. The project's default account,
// which nodes get otherwise, may be an editor of the whole project.
func newAccount(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (account, error) {
	registered, err := serviceaccount.NewAccount(ctx, name, &serviceaccount.AccountArgs{
		Project:     args.Project,
		AccountId:   pulumi.String(naming.Join(maxAccountID, args.Stack, args.Region.Name, "gke")),
		DisplayName: pulumi.Sprintf("Cluster nodes of %s in %s", args.Stack, args.Region.Name),
	}, opts...)
	if err != nil {
		return account{}, fmt.Errorf("service account: %w", err)
	}
	nodes := account{email: registered.Email}
	for _, granted := range roles {
		grant, err := projects.NewIAMMember(ctx, name+"-"+granted.name, &projects.IAMMemberArgs{
			Project: args.Project,
			Role:    pulumi.String(granted.role),
			Member:  registered.Member,
		}, opts...)
		if err != nil {
			return account{}, fmt.Errorf("role %s: %w", granted.role, err)
		}
		nodes.grants = append(nodes.grants, grant)
	}
	return nodes, nil
}

func nodePoolArgs(args Args, cluster, email pulumi.StringInput) *container.NodePoolArgs {
	return &container.NodePoolArgs{
		Project:  args.Project,
		Cluster:  cluster,
		Location: pulumi.String(args.Region.Name),
		// One node in every zone, so that GKE makes every zone's endpoint groups
		// at once.
		InitialNodeCount: pulumi.Int(1),
		Autoscaling: &container.NodePoolAutoscalingArgs{
			TotalMinNodeCount: pulumi.Int(args.Region.Cluster.Pools[0].MinNodes),
			TotalMaxNodeCount: pulumi.Int(args.Region.Cluster.Pools[0].MaxNodes),
			LocationPolicy:    pulumi.String("BALANCED"),
		},
		// Google refuses to leave upgrades out on a release channel.
		Management: &container.NodePoolManagementArgs{
			AutoRepair:  pulumi.Bool(true),
			AutoUpgrade: pulumi.Bool(true),
		},
		UpgradeSettings: &container.NodePoolUpgradeSettingsArgs{
			Strategy:       pulumi.String("SURGE"),
			MaxSurge:       pulumi.Int(1),
			MaxUnavailable: pulumi.Int(0),
		},
		NodeConfig: nodeConfig(args, email),
	}
}

func nodeConfig(args Args, email pulumi.StringInput) *container.NodePoolNodeConfigArgs {
	return &container.NodePoolNodeConfigArgs{
		MachineType:    pulumi.String(args.Region.Cluster.Pools[0].MachineType),
		ImageType:      pulumi.String("COS_CONTAINERD"),
		ServiceAccount: email.ToStringOutput(),
		// What the nodes may do is settled by the account's roles alone.
		OauthScopes: pulumi.StringArray{pulumi.String("https://www.googleapis.com/auth/cloud-platform")},
		// Pods see an identity of their own, and not the node's.
		WorkloadMetadataConfig: &container.NodePoolNodeConfigWorkloadMetadataConfigArgs{Mode: pulumi.String("GKE_METADATA")},
		ShieldedInstanceConfig: &container.NodePoolNodeConfigShieldedInstanceConfigArgs{
			EnableIntegrityMonitoring: pulumi.Bool(true),
			EnableSecureBoot:          pulumi.Bool(true),
		},
		Tags:           pulumi.StringArray{pulumi.String(network.ServingTag)},
		ResourceLabels: pulumi.ToStringMap(args.Labels),
	}
}

func nodePoolOptions(grants []pulumi.Resource) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{
		pulumi.DependsOn(grants),
		// The autoscaler's business, once the pool is there; the initial count
		// cannot change without a new pool.
		pulumi.IgnoreChanges([]string{"initialNodeCount", "nodeCount"}),
		// An update replaces the nodes one by one, and waits for each to drain.
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "45m", Update: "120m", Delete: "45m"}),
	}
}
