package main

import (
	"context"
	"fmt"

	"ai-serving/sandbox/azure"
)

var restartCommand = command{
	group: clouds, use: "restart-group GROUP", arguments: 1, run: restartGroup,
	short: "Restart a container group as Azure does when it moves one: it gets another private address",
	long: `Restart a container group as Azure does when it moves one to another host: it
gets another private address of its subnet. GROUP is the name or the id of the
group. The address that a restart has freed last goes to the group that restarts
next: Azure documents no order, and with this one the old address is soonest
another group's.`,
}

func restartGroup(_ context.Context, home string, arguments []string) error {
	restart, err := azure.RestartGroup(home, arguments[0], azure.LastFreed)
	if err != nil {
		return err
	}
	fmt.Printf("%s had %s and has %s\n", restart.Group, restart.Before, restart.After)
	return nil
}
