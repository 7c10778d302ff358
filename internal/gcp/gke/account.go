package gke

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

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
