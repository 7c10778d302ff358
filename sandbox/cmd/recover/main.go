// Command recover makes a stack whole again after the engine was killed. It
// runs pulumi, and works for the real clouds as it does in the sandbox.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"ai-serving/sandbox/recovery"
)

const help = `Recover makes a stack whole again after a deployment was killed, lost its
connection, or lost a provider, while it was making something: what the clouds
have made is taken over into the state, and nothing is forgotten. Run pulumi up
or pulumi destroy afterwards. Wait until the clouds have finished what they were
doing.

It runs pulumi cancel, pulumi stack export and import, and pulumi refresh. In
between it adds the creations that were interrupted to the state, with the ids
that follow from their names; the refresh drops those that do not exist.

When pulumi itself was killed, the state tells what it was making. When a provider
was killed, or an answer was lost, only the deployment's event log does. Pulumi
writes one with

  PULUMI_DEBUG_COMMANDS=true pulumi up --event-log FILE

and Pulumi Cloud keeps one of every update:

  pulumi stack history events UPDATE-ID --all --output json > FILE

Give all logs since the last deployment that was done with --events.`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := command().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "recover:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	var r recoverer
	var given []string
	c := &cobra.Command{
		Use:           "recover",
		Short:         "Recover a stack whose deployment was interrupted",
		Long:          help,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ids, err := parseIDs(given)
			if err != nil {
				return err
			}
			return r.run(cmd.Context(), ids)
		},
	}
	c.Flags().StringVarP(&r.stack, "stack", "s", "", "the stack")
	c.Flags().StringVar(&r.pulumi, "pulumi", "pulumi", "the program that is run as pulumi")
	c.Flags().StringArrayVar(&r.events, "events", nil, "event log, or `PATH` of a directory of them, whose logs of the stack are removed when the stack is recovered")
	c.Flags().StringArrayVar(&given, "id", nil, "`URN=ID` of a creation whose id does not follow from its inputs")
	if err := c.MarkFlagRequired("stack"); err != nil {
		panic(err) // there is such a flag
	}
	return c
}

func parseIDs(given []string) (map[string]string, error) {
	ids := map[string]string{}
	for _, pair := range given {
		urn, id, found := strings.Cut(pair, "=")
		if !found {
			return nil, fmt.Errorf("--id %s is not of the form URN=ID", pair)
		}
		ids[urn] = id
	}
	return ids, nil
}

// recoverer recovers one stack.
type recoverer struct {
	stack, pulumi string
	events        []string // paths of event logs and of directories of them
}

func (r recoverer) run(ctx context.Context, ids map[string]string) error {
	if err := r.do(ctx, nil, os.Stdout, "cancel", "--yes", r.stack); err != nil {
		return err
	}
	logs, err := readLogs(r.events)
	if err != nil {
		return err
	}
	var state, recovered bytes.Buffer
	if err := r.do(ctx, nil, &state, "stack", "export", "--stack", r.stack); err != nil {
		return err
	}
	creations, err := recovery.Recover(&state, &recovered, attempts(logs), ids)
	if err != nil {
		return err
	}
	for _, creation := range creations {
		fmt.Printf("was being made: %s\n", creation)
	}
	if err := r.do(ctx, &recovered, os.Stdout, "stack", "import", "--stack", r.stack); err != nil {
		return err
	}
	if err := r.do(ctx, nil, os.Stdout, "refresh", "--yes", "--skip-preview", "--suppress-outputs", "--stack", r.stack); err != nil {
		return err
	}
	return removeLogs(logs, r.stack)
}

func (r recoverer) do(ctx context.Context, input io.Reader, output io.Writer, arguments ...string) error {
	command := exec.CommandContext(ctx, r.pulumi, append(arguments, "--non-interactive")...)
	command.Stdin, command.Stdout, command.Stderr = input, output, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("pulumi %s: %w", strings.Join(arguments, " "), err)
	}
	return nil
}
