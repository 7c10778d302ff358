package gke

import "ai-serving/internal/gcp/account"

// accountArgs are of the nodes' service account. All that nodes may do in the
// project is to report logs and metrics, and to pull images. Pods do not act as
// their node.
func accountArgs(args Args) account.Args {
	return account.Args{
		Project: args.Project,
		Stack:   args.Stack, Region: args.Region.Name, Kind: "gke",
		Machines: "Cluster nodes",
		Roles: []account.Role{
			{Name: "images", Role: "roles/artifactregistry.reader"},
			{Name: "nodes", Role: "roles/container.defaultNodeServiceAccount"},
		},
	}
}
