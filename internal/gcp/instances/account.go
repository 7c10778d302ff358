package instances

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/naming"
)

// maxAccountID is the longest id of a service account.
const maxAccountID = 30

// roles are all that the instances may do in the project, by a short name each.
var roles = []struct{ name, role string }{
	{"images", "roles/artifactregistry.reader"},
	{"logs", "roles/logging.logWriter"},
	{"metrics", "roles/monitoring.metricWriter"},
}

// newAccount registers the service account of a region's instances, and returns
// its e-mail address. The project's default account, which instances get
// otherwise, may be an editor of the whole project.
func newAccount(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	account, err := serviceaccount.NewAccount(ctx, name, &serviceaccount.AccountArgs{
		Project:     args.Project,
		AccountId:   pulumi.String(naming.Join(maxAccountID, args.Stack, args.Region, "vm")),
		DisplayName: pulumi.Sprintf("Model servers of %s in %s", args.Stack, args.Region),
	}, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("service account: %w", err)
	}
	for _, granted := range roles {
		_, err := projects.NewIAMMember(ctx, name+"-"+granted.name, &projects.IAMMemberArgs{
			Project: args.Project,
			Role:    pulumi.String(granted.role),
			Member:  account.Member,
		}, opts...)
		if err != nil {
			return pulumi.StringOutput{}, fmt.Errorf("role %s: %w", granted.role, err)
		}
	}
	return account.Email, nil
}
