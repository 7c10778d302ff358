package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"ai-serving/sandbox/controlplane"
)

var outageCommands = []command{
	{
		group: clusters, use: "unreachable CLUSTER", arguments: 1, run: interrupt("refuses connections", controlplane.Cluster.Refuse),
		short: "Stop a cluster's API server, so that it refuses connections, until sandbox reachable",
	},
	{
		group: clusters, use: "hang CLUSTER", arguments: 1, run: interrupt("takes requests and answers none", controlplane.Cluster.Hang),
		short: "Freeze a cluster's API server, so that it never answers, until sandbox reachable",
	},
	{
		group: clusters, use: "reachable CLUSTER", arguments: 1, run: interrupt("answers again", controlplane.Cluster.Restore),
		short: "End what unreachable or hang began",
	},
	{
		group: clusters, use: "kill-nodes CLUSTER POOL ZONE", arguments: 3, run: moveNodes("killed", controlplane.Cluster.KillNodes),
		short: "Let a node pool's machines in a zone, or - for every zone, vanish with their pods, until sandbox revive-nodes",
	},
	{
		group: clusters, use: "revive-nodes CLUSTER POOL ZONE", arguments: 3, run: moveNodes("revived", controlplane.Cluster.ReviveNodes),
		short: "Make the nodes anew that a pool has lost in a zone, or - for every zone",
	},
}

func interrupt(outcome string, f func(controlplane.Cluster, context.Context) error) func(context.Context, string, []string) error {
	return func(ctx context.Context, home string, arguments []string) error {
		cluster, err := clusterNamed(home, arguments[0])
		if err != nil {
			return err
		}
		if err := f(cluster, ctx); err != nil {
			return err
		}
		fmt.Printf("%s %s\n", cluster.ID, outcome)
		return nil
	}
}

func moveNodes(outcome string, f func(controlplane.Cluster, context.Context, string, string) (int, error)) func(context.Context, string, []string) error {
	return func(ctx context.Context, home string, arguments []string) error {
		cluster, err := clusterNamed(home, arguments[0])
		if err != nil {
			return err
		}
		count, err := f(cluster, ctx, arguments[1], arguments[2])
		if err != nil {
			return err
		}
		fmt.Printf("%s %d nodes of pool %s in %s\n", outcome, count, arguments[1], cluster.ID)
		return nil
	}
}

// printOutages tells what is made to fail of a cluster.
func printOutages(cluster controlplane.Cluster) error {
	unreachable, err := cluster.Unreachable()
	if err != nil {
		return err
	}
	if unreachable {
		fmt.Println("  unreachable until sandbox reachable")
	}
	lost, err := cluster.Lost()
	for _, pool := range slices.Sorted(maps.Keys(lost)) {
		for _, zone := range slices.Sorted(maps.Keys(lost[pool])) {
			fmt.Printf("  pool %s has lost %d nodes in %s until sandbox revive-nodes\n", pool, lost[pool][zone], zone)
		}
	}
	return err
}
