package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/controlplane/adapter"
	"ai-serving/sandbox/controlplane/agents"
	"ai-serving/sandbox/controlplane/kubelet"
	"ai-serving/sandbox/controlplane/monitoring"
	"ai-serving/sandbox/controlplane/neg"
	"ai-serving/sandbox/controlplane/tunnel"
	"ai-serving/sandbox/gcp/autoscaler"
	"ai-serving/sandbox/given"
	"ai-serving/sandbox/home"
	"ai-serving/sandbox/latency"
	"ai-serving/sandbox/store"
)

var clusterCommands = []command{
	{
		group: clusters, use: "start", run: start,
		short: "Start every cluster that was created, at the address it had",
		long: `Start every cluster that was created, at the address it had. What is left of a
cluster that the store does not have is stopped and removed. What the stacks find
in the clouds, and is not there, is put there: the list is given/given.yaml.`,
	},
	{
		group: clusters, use: "stop", short: "Stop every process, and keep what the clusters store",
		run: func(ctx context.Context, home string, _ []string) error { return controlplane.At(home).Stop(ctx) },
	},
	{group: clusters, use: "status", short: "List the clusters and their processes", run: status},
	{
		group: clusters, use: "kubeconfig CLUSTER", arguments: 1, run: kubeconfig,
		short: "Print the path of a kubeconfig with full rights; CLUSTER is a region, or a cluster's name or id",
	},
	metricsCommand,
	// Started with the cluster, so in no group.
	{use: "gke-controllers ID LATENCY", arguments: 2, run: gkeControllers, short: "Play the controllers that Google runs beside a cluster, and the kubelets that end its pods"},
}

func start(ctx context.Context, directory string, _ []string) error {
	built, err := builtInto()
	if err != nil {
		return err
	}
	if err := home.Make(directory, built); err != nil {
		return err
	}
	removed, err := controlplane.At(directory).Start(ctx, isStored(directory))
	for _, id := range removed {
		fmt.Printf("removed what was left of %s: no cloud has this cluster\n", id)
	}
	return errors.Join(given.Lay(directory), err)
}

// isStored reports whether Google Cloud's store has a cluster.
func isStored(home string) func(id string) (bool, error) {
	clouds := store.At(filepath.Join(home, "stores", "gcp.db"))
	return func(id string) (found bool, err error) {
		err = clouds.View(func(tx store.Tx) error {
			found = tx.Has(id)
			return nil
		})
		return found, err
	}
}

func status(_ context.Context, home string, _ []string) error {
	all, err := controlplane.At(home).Clusters()
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
			note := ""
			if program.Outdated {
				note = ", of an older build: sandbox stop, then sandbox start"
			}
			fmt.Printf("  %-24s process %d%s\n", program.Name, program.PID, note)
		}
		if len(running) == 0 {
			fmt.Println("  stopped")
		}
		switch stored, err := isStored(home)(cluster.ID); {
		case err != nil:
			return err
		case !stored:
			fmt.Println("  no cloud has this cluster: sandbox start removes it")
		}
		if err := printOutages(cluster); err != nil {
			return err
		}
	}
	return nil
}

func kubeconfig(_ context.Context, home string, arguments []string) error {
	cluster, err := clusterNamed(home, arguments[0])
	if err != nil {
		return err
	}
	fmt.Println(cluster.Kubeconfig)
	return nil
}

// clusterNamed finds a cluster by its name, by its region, or by its id.
func clusterNamed(home, name string) (controlplane.Cluster, error) {
	all, err := controlplane.At(home).Clusters()
	if err != nil {
		return controlplane.Cluster{}, err
	}
	return named(all, name)
}

// named is the cluster that is meant by a name, a region or an id. The error lists the
// clusters that there are, or that several of them are meant.
func named(all []controlplane.Cluster, name string) (controlplane.Cluster, error) {
	found := slices.DeleteFunc(slices.Clone(all), func(cluster controlplane.Cluster) bool {
		region, own := place(cluster)
		return cluster.ID != name && own != name && region != name
	})
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return controlplane.Cluster{}, fmt.Errorf("%d clusters have the name or the region %q: give the id of one:%s", len(found), name, listed(found))
	case len(all) == 0:
		return controlplane.Cluster{}, fmt.Errorf("there is no cluster %q, and no other: make up makes those of a stack", name)
	}
	return controlplane.Cluster{}, fmt.Errorf("there is no cluster with the name, the region or the id %q, but:%s", name, listed(all))
}

// place is the region and the name that a cluster's id has.
func place(cluster controlplane.Cluster) (region, name string) {
	parts := strings.Split(cluster.ID, "/") // projects/P/locations/L/clusters/NAME
	if len(parts) != 6 {
		return "", ""
	}
	return parts[3], parts[5]
}

// listed has a line for each cluster: its region, its name, its id.
func listed(clusters []controlplane.Cluster) string {
	var text strings.Builder
	for _, cluster := range clusters {
		region, name := place(cluster)
		fmt.Fprintf(&text, "\n  %s  %s  %s", region, name, cluster.ID)
	}
	return text.String()
}

// zoneDelay is how long GKE takes for the endpoint groups of a zone: those of a Service
// are there after 30 to 60 s. Inferred.
const zoneDelay = 20 * time.Second

// collectPeriod is the time between two looks of GKE's for endpoint groups that no Service
// asks for: flag neg-gc-period in github.com/kubernetes/ingress-gce/blob/master/pkg/flags/flags.go.
const collectPeriod = 120 * time.Second

func gkeControllers(ctx context.Context, home string, arguments []string) error {
	id := arguments[0]
	factor, err := latency.Factor(arguments[1])
	if err != nil {
		return err
	}
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
	resources, err := cluster.Dynamic()
	if err != nil {
		return err
	}
	clouds := store.At(filepath.Join(home, "stores", "gcp.db"))
	managed, err := monitoring.Managed(clouds, id)
	if err == nil && managed {
		err = monitoring.Define(ctx, resources)
	}
	if err != nil {
		return fmt.Errorf("cluster %s: %w", id, err)
	}
	listener, err := cluster.ListenForAPIServer() // by which the cluster is known to be complete
	if err != nil {
		return fmt.Errorf("cluster %s: %w", id, err)
	}
	if err := agents.Apply(ctx, client); err != nil {
		return fmt.Errorf("cluster %s: %w", id, errors.Join(err, listener.Close()))
	}
	groups := neg.Controller{
		Cluster: id, Client: client, Dynamic: resources, Store: clouds,
		Delay: time.Duration(factor * float64(zoneDelay)), Collect: time.Duration(factor * float64(collectPeriod)),
	}
	nodes := autoscaler.Autoscaler{Cluster: id, Client: client, Store: clouds, SetNodes: cluster.SetNodes, Latency: factor}
	adapters := adapter.Player{
		Client: client, Cluster: cluster.Server(), Directory: cluster.PodsDirectory(),
		Monitoring: monitoring.Monitoring{Client: client, Dynamic: resources, Feed: monitoring.Feed{Directory: cluster.MetricsDirectory()}},
	}
	pods := kubelet.Kubelet{Client: client, Factor: factor}
	running, ctx := errgroup.WithContext(ctx)
	running.Go(func() error { return tunnel.Serve(ctx, listener, client, adapters.Play) })
	if !managed {
		running.Go(func() error { return monitoring.DefineWhenManaged(ctx, resources, clouds, id) })
	}
	running.Go(func() error { return groups.Run(ctx) })
	running.Go(func() error { return nodes.Run(ctx) })
	running.Go(func() error { return pods.Run(ctx) })
	return running.Wait()
}
