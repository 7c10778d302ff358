package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"text/tabwriter"

	"ai-serving/sandbox/faults"
	"ai-serving/sandbox/store"
)

var cloudCommands = []command{
	{group: clouds, use: "list", short: "List what the clouds' stores hold: cloud, type and id", run: listResources},
	{group: clouds, use: "get ID", arguments: 1, short: "Print a resource as its cloud stores it", run: getResource},
	{
		group: clouds, use: "set ID PATH VALUE", arguments: 3, run: setProperty,
		short: "Change a property of a resource behind Pulumi's back",
		long: `Change a property of a resource behind Pulumi's back. PATH is that of the
stored document, such as properties.dnsSettings.domainNameLabel or rules[0].name;
all but its last part must be there. VALUE is JSON, or else text.`,
	},
	{
		group: clouds, use: "delete ID", arguments: 1, run: deleteResource,
		short: "Delete a resource behind Pulumi's back, a cluster with all that runs in it",
	},
	restartCommand,
	attachCommand, detachCommand, holdCommand, releaseCommand,
	{
		group: clouds, use: "export", run: export,
		short: "Print all that the stores and the clusters hold as JSON",
	},
	{
		group: clouds, use: "faults", run: listFaults,
		short: "Check faults.yaml, and list the faults with how often each has befallen",
		long: `Check faults.yaml in the directory of the sandbox, and list its faults with
how often each has befallen. A fault is

  faults:
    - resource: gcp:compute/*   # a type or a URN; * stands for any text
      verb: create              # create, read, update or delete
      mode: fail                # see below
      times: 2                  # default: 1
      error: the answer         # default: what the cloud typically answers

and its mode is how the operation goes wrong:

  fail         with the error, before anything is done
  fail-after   with the error, after it is done
  partial      done, but the resource is said not to have become ready
  hang         before anything is done, until the engine cancels or is gone
  hang-after   likewise, after it is done

To save the file arms its faults again; to save or remove it ends what hangs, with
a lost connection. The plugins read it when they start, and refuse types that they
do not serve. Previews are never disturbed.`,
	},
}

func listResources(_ context.Context, home string, _ []string) error {
	documents, err := store.All(home)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, document := range documents {
		kind, err := document.Type()
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", document.Cloud, kind, document.ID)
	}
	return table.Flush()
}

func getResource(_ context.Context, home string, arguments []string) error {
	document, err := store.Find(home, arguments[0])
	if err != nil {
		return err
	}
	return printJSON(document.Body)
}

func listFaults(_ context.Context, home string, _ []string) error {
	statuses, err := faults.Statuses(home)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, status := range statuses {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d of %d\n", status.Verb, status.Mode, status.Resource, status.Befallen, status.Limit)
	}
	return table.Flush()
}

func printJSON(value any) error {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
