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

	"ai-serving/sandbox/cli"
	"ai-serving/sandbox/home"
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
	directory, err := defaultHome()
	if err != nil {
		return err
	}
	root := &cobra.Command{
		Use:           "sandbox",
		Short:         "Look after the sandbox's clusters and clouds",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVar(&directory, "home", directory, "directory of everything that the sandbox stores")
	root.AddGroup(&cobra.Group{ID: clusters, Title: "Clusters:"}, &cobra.Group{ID: clouds, Title: "Clouds:"})
	for _, group := range [][]command{clusterCommands, outageCommands, cloudCommands} {
		for _, c := range group {
			root.AddCommand(c.cobra(&directory))
		}
	}
	root.AddCommand(pulumiCommand())
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
	run                     func(ctx context.Context, directory string, arguments []string) error
}

func (c command) cobra(directory *string) *cobra.Command {
	return &cobra.Command{
		GroupID: c.group,
		Use:     c.use,
		Short:   c.short,
		Long:    c.long,
		Hidden:  c.group == "",
		Args:    cobra.ExactArgs(c.arguments),
		RunE: func(cmd *cobra.Command, arguments []string) error {
			checked, err := home.Parse("--home", *directory)
			if err == nil && c.group != "" { // else a cluster has started it
				err = home.Check(checked)
			}
			if err != nil {
				return err
			}
			return c.run(cmd.Context(), checked, arguments)
		},
	}
}

// pulumiCommand is what sandbox/pulumi runs. Its flags are the Pulumi CLI's.
func pulumiCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "pulumi CHECKOUT ARGUMENT...",
		Hidden:             true,
		DisableFlagParsing: true,
		Args:               cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, arguments []string) error {
			root := arguments[0]
			directory, err := home.Get(home.Built(root))
			if err != nil {
				return err
			}
			return cli.Run(root, directory, arguments[1:])
		},
	}
}

// defaultHome returns SANDBOX_HOME, or the directory that this program was built
// into. It also lets the programs beside this one be found.
func defaultHome() (string, error) {
	built, err := builtInto()
	if err != nil {
		return "", err
	}
	programs := filepath.Join(built, "bin")
	if err := os.Setenv("PATH", programs+string(filepath.ListSeparator)+os.Getenv("PATH")); err != nil {
		return "", err
	}
	return home.Get(built)
}

// builtInto is the directory of a checkout that make has built this program into.
func builtInto() (string, error) {
	program, err := os.Executable()
	return filepath.Dir(filepath.Dir(program)), err
}
