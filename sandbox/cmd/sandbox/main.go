// Command sandbox looks after what outlives a pulumi command in the sandbox: the
// Kubernetes control planes of its GKE clusters, and the stores of its clouds.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	home, err := defaultHome()
	if err != nil {
		return err
	}
	root := &cobra.Command{
		Use:           "sandbox",
		Short:         "Look after the sandbox's clusters and clouds",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVar(&home, "home", home, "directory of everything that the sandbox stores")
	root.AddGroup(&cobra.Group{ID: clusters, Title: "Clusters:"}, &cobra.Group{ID: clouds, Title: "Clouds:"})
	for _, group := range [][]command{clusterCommands, outageCommands, cloudCommands} {
		for _, c := range group {
			root.AddCommand(c.cobra(&home))
		}
	}
	return root.ExecuteContext(ctx)
}

// The groups of commands.
const (
	clusters = "clusters"
	clouds   = "clouds"
)

// command is one of the commands: its group, what it is called with, and what
// it does in the sandbox whose home is given.
type command struct {
	group, use, short, long string
	arguments               int
	run                     func(ctx context.Context, home string, arguments []string) error
}

func (c command) cobra(home *string) *cobra.Command {
	return &cobra.Command{
		GroupID: c.group,
		Use:     c.use,
		Short:   c.short,
		Long:    c.long,
		Hidden:  c.group == "",
		Args:    cobra.ExactArgs(c.arguments),
		RunE: func(cmd *cobra.Command, arguments []string) error {
			return c.run(cmd.Context(), *home, arguments)
		},
	}
}

// defaultHome returns SANDBOX_HOME, or the home that this program was built
// into. It also lets the programs beside this one be found.
func defaultHome() (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	directory := filepath.Dir(program)
	if err := os.Setenv("PATH", directory+string(filepath.ListSeparator)+os.Getenv("PATH")); err != nil {
		return "", err
	}
	if home := os.Getenv("SANDBOX_HOME"); home != "" {
		return filepath.Abs(home)
	}
	return filepath.Dir(directory), nil
}
