// Package project prepares a Google Cloud project for the rest of the stack.
package project

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token.
const Type = "ai-serving:gcp:Project"

// apis are the services that the stack's resources are made through. Their
// names are without ".googleapis.com". All are enabled, also where a stack needs one
// later: an enabled service costs nothing, and one more of them is no reason for all
// else to wait.
var apis = []string{
	"artifactregistry",
	"cloudresourcemanager",
	"compute",
	"container",
	"containerfilesystem",
	"iam",
	"logging",
	"monitoring",
	"secretmanager",
	"storage",
}

// Args say which project.
type Args struct {
	// Project is the id of a project that exists.
	Project string
}

// Project is a project whose APIs are enabled.
type Project struct {
	pulumi.ResourceState

	// ID is the project's id. It depends on the APIs: what takes its project
	// from here is made after them.
	ID pulumi.StringOutput
}

// New enables the APIs.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Project, error) {
	project := &Project{}
	if err := ctx.RegisterComponentResource(Type, name, project, opts...); err != nil {
		return nil, fmt.Errorf("project %q: %w", name, err)
	}
	enabled := make([]any, 0, len(apis))
	for _, api := range apis {
		service, err := projects.NewService(ctx, name+"-"+api, &projects.ServiceArgs{
			Project: pulumi.String(args.Project),
			Service: pulumi.String(api + ".googleapis.com"),
			// Other stacks and people use the project too.
			DisableOnDestroy: pulumi.Bool(false),
		}, pulumi.Parent(project))
		if err != nil {
			return nil, fmt.Errorf("project %q: API %s: %w", name, api, err)
		}
		// The property and not the resource's id, which a preview does not know
		// for an API that is added: everything would then look replaced.
		enabled = append(enabled, service.Project)
	}
	project.ID = pulumi.All(enabled...).ApplyT(func([]any) string { return args.Project }).(pulumi.StringOutput)
	return project, ctx.RegisterResourceOutputs(project, pulumi.Map{"id": project.ID})
}
