// Package controlplane runs the Kubernetes control planes behind the sandbox's
// GKE clusters.
//
// Each cluster has its own etcd, kube-apiserver, kube-controller-manager and
// kube-scheduler, the real programs, so that two clusters share nothing. KWOK
// stands in for the kubelets, and the "sandbox gke-controllers" command for the
// controllers that Google runs beside Kubernetes.
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

	"golang.org/x/sync/errgroup"
)

// ControlPlane is the set of clusters of one sandbox.
type ControlPlane struct{ home string }

// At names the control plane of the sandbox whose home is this directory.
// Nothing is read or started yet.
func At(home string) ControlPlane { return ControlPlane{home} }

// clusterID is the full name of a cluster in Google's container API, which is
// also the path of its directory: no part of it may climb out.
var clusterID = regexp.MustCompile(`^projects/[a-z][a-z0-9:.-]*/locations/[a-z][a-z0-9-]*/clusters/[a-z][a-z0-9-]*$`)

// Create starts the control plane of the cluster with this id, of the form
// "projects/P/locations/L/clusters/NAME", and waits until it answers. A cluster
// that exists is started again if it has to be, and returned: to repeat an
// interrupted Create finishes it.
func (c ControlPlane) Create(ctx context.Context, id string) (Cluster, error) {
	if !clusterID.MatchString(id) {
		return Cluster{}, fmt.Errorf("cluster id %q is not of the form projects/PROJECT/locations/LOCATION/clusters/NAME", id)
	}
	unlock, err := lock(ctx, c.lockFile(id))
	if err != nil {
		return Cluster{}, fmt.Errorf("cluster %s: %w", id, err)
	}
	defer unlock()
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

// Start starts every cluster there is, at the address it had before.
func (c ControlPlane) Start(ctx context.Context) error {
	return c.each(ctx, func(ctx context.Context, id string) error {
		_, err := c.Create(ctx, id)
		return err
	})
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
