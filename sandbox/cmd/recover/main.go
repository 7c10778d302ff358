// Command recover makes a stack whole again after the engine was killed:
//
//	pulumi stack export | recover | pulumi stack import
//	pulumi refresh
//
// It works on the state alone, in the sandbox and for the real clouds.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ai-serving/sandbox/recovery"
)

const help = `Recover reads a stack's state, as pulumi stack export prints it, takes the
creations that were interrupted for done, and prints the state for pulumi stack
import. The pulumi refresh that has to follow keeps what the clouds have made and
drops what they have not:

  pulumi cancel --yes
  pulumi stack export | recover | pulumi stack import
  pulumi refresh

What it found is told on the standard error.`

func main() {
	var given []string
	command := &cobra.Command{
		Use:           "recover",
		Short:         "Recover what an interrupted deployment was creating",
		Long:          help,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(*cobra.Command, []string) error { return run(given) },
	}
	command.Flags().StringArrayVar(&given, "id", nil, "`URN=ID` of a creation whose id does not follow from its inputs")
	if err := command.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "recover:", err)
		os.Exit(1)
	}
}

func run(given []string) error {
	ids := map[string]string{}
	for _, pair := range given {
		urn, id, found := strings.Cut(pair, "=")
		if !found {
			return fmt.Errorf("--id %s is not of the form URN=ID", pair)
		}
		ids[urn] = id
	}
	creations, err := recovery.Recover(os.Stdin, os.Stdout, ids)
	if err != nil {
		return err
	}
	for _, creation := range creations {
		fate := "to be kept, if it exists"
		if creation.Superseded {
			fate = "to be deleted, if it exists"
		}
		fmt.Fprintf(os.Stderr, "%s\n  %s: %s\n", creation.URN, creation.ID, fate)
	}
	fmt.Fprintf(os.Stderr, "%d creations were interrupted\n", len(creations))
	return nil
}
