package instances

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/account"
	"ai-serving/internal/naming"
	"ai-serving/internal/topology"
)

// kind ends the ids of the accounts.
const kind = "vm"

// accountArgs are of the service account of a region's instances.
func accountArgs(args Args) account.Args {
	return account.Args{
		Project: args.Project,
		Stack:   args.Stack, Region: args.Region, Kind: kind,
		Machines: "Model servers",
		Roles: []account.Role{
			{Name: "images", Role: "roles/artifactregistry.reader"},
			{Name: "logs", Role: "roles/logging.logWriter"},
			{Name: "metrics", Role: "roles/monitoring.metricWriter"},
		},
	}
}

// maxKeyShown is how much of a workload's key stands in the name for people.
const maxKeyShown = 30

// ownAccountArgs are of the service account of one group's instances.
func ownAccountArgs(args Args, workload topology.Workload) account.Args {
	own := accountArgs(args)
	own.Kind = kind + "-" + workload.Key
	own.Machines = "Servers of " + naming.Join(maxKeyShown, workload.Key)
	return own
}

// hasOwn reports whether a group's instances have an account of their own: those that may
// read what others may not.
func hasOwn(group topology.InstanceGroup) bool {
	return group.Server.Weights != "" || len(group.Server.SecretEnvironment) > 0
}

// readWeights lets an account read the bucket of a group's weights, and nothing else.
func readWeights(ctx *pulumi.Context, name string, group topology.InstanceGroup, member pulumi.StringInput, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	bucket, _ := group.Server.Bucket()
	if bucket == "" {
		return nil, nil
	}
	grant, err := storage.NewBucketIAMMember(ctx, name, &storage.BucketIAMMemberArgs{
		Bucket: pulumi.String(bucket),
		Role:   pulumi.String("roles/storage.objectViewer"),
		Member: member,
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("role on the bucket %s: %w", bucket, err)
	}
	return []pulumi.Resource{grant}, nil
}
