package instances

import "ai-serving/internal/gcp/account"

// accountArgs are of the service account of a region's instances.
func accountArgs(args Args) account.Args {
	return account.Args{
		Project: args.Project,
		Stack:   args.Stack, Region: args.Region, Kind: "vm",
		Machines: "Model servers",
		Roles: []account.Role{
			{Name: "images", Role: "roles/artifactregistry.reader"},
			{Name: "logs", Role: "roles/logging.logWriter"},
			{Name: "metrics", Role: "roles/monitoring.metricWriter"},
		},
	}
}
