// Package account is the service account of machines in one region: an identity
// with few roles, in place of the project's default account, which machines get
// otherwise and which may be an editor of the whole project.
package account

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/naming"
)

// Limits of a service account: the characters of its id, and the bytes of the name
// for people.
// Source: ServiceAccount.displayName in IAM's discovery document.
const (
	maxID          = 30
	maxDisplayName = 100
)

// Args say whose account it is.
type Args struct {
	Project pulumi.StringInput
	// Stack, Region and Kind make the id, which is cut to 30 characters.
	Stack, Region, Kind string
	// Machines are what the name for people begins with: "Cluster nodes".
	Machines string
	// Roles are all that the machines may do in the project.
	Roles []Role
}

// Role is a role of Google's, with a short name for the grant.
type Role struct{ Name, Role string }

// Account is the service account.
type Account struct {
	Email pulumi.StringOutput
	// Member is the account as grants name it.
	Member pulumi.StringOutput
	// Grants are those of the roles.
	Grants []pulumi.Resource
}

// displayName is for people. A long name of a stack is cut.
func (a Args) displayName() string {
	before, after := a.Machines+" of ", " in "+a.Region
	return before + naming.Join(maxDisplayName-len(before)-len(after), a.Stack) + after
}

// New registers the account with its grants, as children of what the options
// say.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (Account, error) {
	registered, err := serviceaccount.NewAccount(ctx, name, &serviceaccount.AccountArgs{
		Project:     args.Project,
		AccountId:   pulumi.String(naming.Join(maxID, args.Stack, args.Region, args.Kind)),
		DisplayName: pulumi.String(args.displayName()),
	}, opts...)
	if err != nil {
		return Account{}, fmt.Errorf("service account: %w", err)
	}
	account := Account{Email: registered.Email, Member: registered.Member}
	for _, granted := range args.Roles {
		grant, err := projects.NewIAMMember(ctx, name+"-"+granted.Name, &projects.IAMMemberArgs{
			Project: args.Project,
			Role:    pulumi.String(granted.Role),
			Member:  registered.Member,
		}, opts...)
		if err != nil {
			return Account{}, fmt.Errorf("role %s: %w", granted.Role, err)
		}
		account.Grants = append(account.Grants, grant)
	}
	return account, nil
}
