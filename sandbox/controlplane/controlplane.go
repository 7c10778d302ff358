// Package controlplane runs the Kubernetes control planes behind the sandbox's
// GKE clusters.
//
// Each cluster has its own etcd, kube-apiserver, kube-controller-manager and
// kube-scheduler, the real programs, so that two clusters share nothing. KWOK
// stands in for the kubelets, and the "sandbox gke-controllers" command for the
// controllers that Google runs beside Kubernetes and for the end of pods.
//
// The processes outlive the command that started them, listen on loopback only,
// and keep everything they know in one directory per cluster:
//
//	<home>/control-plane/token
//	<home>/control-plane/projects/P/locations/L/clusters/NAME/
package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"ai-serving/sandbox/latency"
)

// ControlPlane is the set of clusters of one sandbox.
type ControlPlane struct {
	home string
	// latency is the factor of the times that the clusters take, as [latency.Factor] reads it.
	latency string
}

// At names the control plane of the sandbox whose home is this directory. Its clusters
// take their time as [latency.Variable] says.
// Nothing is read or started yet.
func At(home string) ControlPlane { return ControlPlane{home, os.Getenv(latency.Variable)} }

// clusterID is the full name of a cluster in Google's container API, which is
// also the path of its directory: no part of it may climb out.
var clusterID = regexp.MustCompile(`^projects/[a-z][a-z0-9:.-]*/locations/[a-z][a-z0-9-]*/clusters/[a-z][a-z0-9-]*$`)

// Create starts the control plane of the cluster with this id, of the form
// "projects/P/locations/L/clusters/NAME", and waits until it answers. A cluster
// that exists is started again if it has to be, and returned: to repeat an
// interrupted Create finishes it.
//
// The checks are made while no other process can start, stop or delete the
// cluster. The error of the first that fails is returned, and nothing is started.
func (c ControlPlane) Create(ctx context.Context, id string, checks ...func() error) (Cluster, error) {
	if !clusterID.MatchString(id) {
		return Cluster{}, fmt.Errorf("cluster id %q is not of the form projects/PROJECT/locations/LOCATION/clusters/NAME", id)
	}
	unlock, err := lock(ctx, c.lockFile(id))
	if err != nil {
		return Cluster{}, fmt.Errorf("cluster %s: %w", id, err)
	}
	defer unlock()
	for _, check := range checks {
		if err := check(); err != nil {
			return Cluster{}, err
		}
	}
	cluster, found, err := c.Get(id)
	if !found && err == nil {
		cluster, err = c.prepare(ctx, id)
	}
	if err != nil {
		return Cluster{}, err
	}
	if err := cluster.start(ctx); err != nil {
		return Cluster{}, fmt.Errorf("cluster %s: %w", id, err)
	}
	return cluster, nil
}

// Get returns the cluster with this id and says whether there is one.
func (c ControlPlane) Get(id string) (Cluster, bool, error) {
	if !clusterID.MatchString(id) {
		return Cluster{}, false, nil
	}
	cluster, err := c.load(id)
	if errors.Is(err, os.ErrNotExist) {
		return Cluster{}, false, nil
	}
	if err != nil {
		return Cluster{}, false, fmt.Errorf("cluster %s: %w", id, err)
	}
	return cluster, true, nil
}

// Delete stops the cluster with this id and removes all that it stored. It is
// no error if there is none.
func (c ControlPlane) Delete(ctx context.Context, id string) error {
	if !clusterID.MatchString(id) {
		return nil
	}
	unlock, err := lock(ctx, c.lockFile(id))
	if err != nil {
		return fmt.Errorf("cluster %s: %w", id, err)
	}
	defer unlock()
	return c.remove(ctx, id)
}

// remove stops and removes a cluster. Only the holder of its lock may call it.
func (c ControlPlane) remove(ctx context.Context, id string) error {
	directory := c.clusterDirectory(id)
	if err := stop(ctx, directory); err != nil {
		return fmt.Errorf("cluster %s: %w", id, err)
	}
	return os.RemoveAll(directory)
}

// Clusters returns every cluster, in order of id, running or not.
func (c ControlPlane) Clusters() ([]Cluster, error) {
	ids, err := c.ids()
	if err != nil {
		return nil, err
	}
	var clusters []Cluster
	for _, id := range ids {
		cluster, found, err := c.Get(id)
		if err != nil {
			return nil, err
		}
		if found { // not deleted meanwhile
			clusters = append(clusters, cluster)
		}
	}
	return clusters, nil
}

// Start starts every cluster there is, at the address it had before. Exists
// reports whether a cloud has the cluster with this id. What is left of one that
// no cloud has is stopped and removed, and its id is returned.
func (c ControlPlane) Start(ctx context.Context, exists func(id string) (bool, error)) (removed []string, err error) {
	var mutex sync.Mutex
	err = c.each(ctx, func(ctx context.Context, id string) error {
		left, err := c.startOrRemove(ctx, id, exists)
		if left {
			mutex.Lock()
			defer mutex.Unlock()
			removed = append(removed, id)
		}
		return err
	})
	slices.Sort(removed)
	return removed, err
}

// startOrRemove starts a cluster that exists, removes what is left of one that
// does not, and reports whether it has removed something. It does nothing for a
// cluster that was deleted since its id was read.
func (c ControlPlane) startOrRemove(ctx context.Context, id string, exists func(id string) (bool, error)) (removed bool, err error) {
	unlock, err := lock(ctx, c.lockFile(id))
	if err != nil {
		return false, fmt.Errorf("cluster %s: %w", id, err)
	}
	defer unlock()
	cluster, found, err := c.Get(id)
	if err != nil || !found {
		return false, err
	}
	if found, err = exists(id); err != nil {
		return false, fmt.Errorf("cluster %s: %w", id, err)
	}
	if !found {
		return true, c.remove(ctx, id)
	}
	if err := cluster.start(ctx); err != nil {
		return false, fmt.Errorf("cluster %s: %w", id, err)
	}
	return false, nil
}

// Stop stops every process of every cluster and keeps what they stored.
func (c ControlPlane) Stop(ctx context.Context) error {
	return c.each(ctx, func(ctx context.Context, id string) error {
		unlock, err := lock(ctx, c.lockFile(id))
		if err != nil {
			return fmt.Errorf("cluster %s: %w", id, err)
		}
		defer unlock()
		if err := stop(ctx, c.clusterDirectory(id)); err != nil {
			return fmt.Errorf("cluster %s: %w", id, err)
		}
		return nil
	})
}

// each calls f for all clusters at the same time.
func (c ControlPlane) each(ctx context.Context, f func(context.Context, string) error) error {
	ids, err := c.ids()
	if err != nil {
		return err
	}
	var group errgroup.Group
	for _, id := range ids {
		group.Go(func() error { return f(ctx, id) })
	}
	return group.Wait()
}

// ids returns the ids of all clusters, sorted.
func (c ControlPlane) ids() ([]string, error) {
	ids, err := fs.Glob(os.DirFS(c.directory()), "projects/*/locations/*/clusters/*/"+recordFile)
	for i := range ids {
		ids[i] = path.Dir(ids[i])
	}
	slices.Sort(ids)
	return ids, err
}

// directory holds all that the clusters know.
func (c ControlPlane) directory() string { return filepath.Join(c.home, "control-plane") }

func (c ControlPlane) clusterDirectory(id string) string {
	return filepath.Join(c.directory(), filepath.FromSlash(id))
}

// lockFile is held while the cluster with this id is started, stopped or
// deleted. It lies beside the cluster's directory, which comes and goes.
func (c ControlPlane) lockFile(id string) string { return c.clusterDirectory(id) + ".lock" }
