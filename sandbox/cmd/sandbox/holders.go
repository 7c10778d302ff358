package main

import (
	"context"
	"fmt"

	"ai-serving/sandbox/azure"
)

var (
	attachCommand = command{
		group: clouds, use: "attach-machine INTERFACE", arguments: 1, run: attachMachine,
		short: "Give a network interface to a virtual machine, as another team does",
		long: `Give a network interface of the stack to a virtual machine, as another team does.
INTERFACE is its name or its id. Azure deletes no interface that a machine has.`,
	}
	detachCommand = command{
		group: clouds, use: "detach-machine INTERFACE", arguments: 1, run: detachMachine,
		short: "Take a network interface away from the virtual machine that has it",
	}
	holdCommand = command{
		group: clouds, use: "hold-subnet SUBNET", arguments: 1, run: holdSubnet,
		short: "Leave the link acisal of Container Instances on a subnet, as Azure may",
		long: `Leave the service association link of Container Instances, acisal, on a subnet, as
Azure may when the last container group has gone. SUBNET is its id. Azure does not delete
the subnet until the link is gone.`,
	}
	releaseCommand = command{
		group: clouds, use: "release-subnet SUBNET", arguments: 1, run: releaseSubnet,
		short: "Delete the link acisal of a subnet",
	}
)

func attachMachine(_ context.Context, home string, arguments []string) error {
	machine, err := azure.AttachMachine(home, arguments[0])
	if err != nil {
		return err
	}
	fmt.Println(machine, "has", arguments[0])
	return nil
}

func detachMachine(_ context.Context, home string, arguments []string) error {
	return azure.DetachMachine(home, arguments[0])
}

func holdSubnet(_ context.Context, home string, arguments []string) error {
	return azure.HoldSubnet(home, arguments[0])
}

func releaseSubnet(_ context.Context, home string, arguments []string) error {
	return azure.ReleaseSubnet(home, arguments[0])
}
