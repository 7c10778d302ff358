// Command sandbox runs the part of the sandbox that outlives a pulumi command:
// the Kubernetes control planes of its GKE clusters.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/controlplane/neg"
	"ai-serving/sandbox/store"
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
		Short:         "Run the Kubernetes control planes of the sandbox",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVar(&home, "home", home, "directory of everything that the sandbox stores")
	root.AddCommand(
		command("start", "Start every cluster that was created, at the address it had", &home, controlplane.ControlPlane.Start),
		command("stop", "Stop every process, and keep what the clusters store", &home, controlplane.ControlPlane.Stop),
		command("status", "List the clusters and their processes", &home, status),
		&cobra.Command{
			Use:   "kubeconfig CLUSTER",
			Short: "Print the path of a kubeconfig with full rights; CLUSTER is its name, or its id if several have that name",
			Args:  cobra.ExactArgs(1),
			RunE:  func(_ *cobra.Command, args []string) error { return kubeconfig(controlplane.At(home), args[0]) },
		},
		&cobra.Command{
			Use:    "gke-controllers ID",
			Short:  "Play the controllers that Google runs beside a cluster",
			Hidden: true, // started with the cluster
			Args:   cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return gkeControllers(cmd.Context(), home, args[0])
			},
		},
	)
	return root.ExecuteContext(ctx)
}

// command is a command without arguments on the control plane of a home.
func command(name, short string, home *string, f func(controlplane.ControlPlane, context.Context) error) *cobra.Command {
	return &cobra.Command{
		Use:   name,
		Short: short,
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return f(controlplane.At(*home), cmd.Context()) },
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

func status(clusters controlplane.ControlPlane, _ context.Context) error {
	all, err := clusters.Clusters()
	if err != nil {
		return err
	}
	for _, cluster := range all {
		running, err := cluster.Running()
		if err != nil {
			return err
		}
		fmt.Printf("%s  https://%s\n", cluster.ID, cluster.Endpoint)
		for _, program := range running {
			fmt.Printf("  %-24s process %d\n", program.Name, program.PID)
		}
		if len(running) == 0 {
			fmt.Println("  stopped")
		}
	}
	return nil
}

func kubeconfig(clusters controlplane.ControlPlane, name string) error {
	all, err := clusters.Clusters()
	if err != nil {
		return err
	}
	var found []controlplane.Cluster
	for _, cluster := range all {
		if cluster.ID == name || strings.HasSuffix(cluster.ID, "/clusters/"+name) {
			found = append(found, cluster)
		}
	}
	switch len(found) {
	case 0:
		return fmt.Errorf("no cluster %q", name)
	case 1:
		fmt.Println(found[0].Kubeconfig)
		return nil
	}
	return fmt.Errorf("%d clusters are named %q: give the id of one, as sandbox status lists them", len(found), name)
}

func gkeControllers(ctx context.Context, home, id string) error {
	cluster, found, err := controlplane.At(home).Get(id)
	if err != nil {
		return err
	}
	if !found {
		return errors.New("no cluster " + id)
	}
	client, err := cluster.Client()
	if err != nil {
		return err
	}
	controller := neg.Controller{Cluster: id, Client: client, Store: store.At(filepath.Join(home, "stores", "gcp.db"))}
	return controller.Run(ctx)
}
