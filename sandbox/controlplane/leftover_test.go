package controlplane

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"
)

// everyCluster and noCluster are what a cloud has.
func everyCluster(string) (bool, error) { return true, nil }
func noCluster(string) (bool, error)    { return false, nil }

// prepare makes a cluster in which a program runs that only looks like etcd.
func prepare(t *testing.T, plane ControlPlane) (cluster Cluster, pid int) {
	t.Helper()
	cluster, err := plane.prepare(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	p := cluster.process(etcd)
	if err := p.start(t.Context(), "sleep", "60"); err != nil {
		t.Fatal(err)
	}
	for pid == 0 {
		if pid, _, err = p.running(); err != nil {
			t.Fatal(err)
		}
	}
	return cluster, pid
}

func expectNoDirectory(t *testing.T, plane ControlPlane) {
	t.Helper()
	if _, err := os.Stat(plane.clusterDirectory(id)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the cluster's directory: %v, want none", err)
	}
}

func TestStartRemovesAClusterThatNoCloudHas(t *testing.T) {
	t.Parallel()
	plane := newPlane(t)
	_, pid := prepare(t, plane)
	removed, err := plane.Start(t.Context(), noCluster)
	if err != nil || !slices.Equal(removed, []string{id}) {
		t.Errorf("Start = %v, %v; want %s removed", removed, err, id)
	}
	expectEnded(t, map[string]int{etcd: pid})
	expectNoDirectory(t, plane)
}

func TestStartKeepsAClusterWhenTheCloudIsNotReadable(t *testing.T) {
	t.Parallel()
	plane := newPlane(t)
	prepare(t, plane)
	unreadable := errors.New("the store is not readable")
	removed, err := plane.Start(t.Context(), func(string) (bool, error) { return false, unreadable })
	if !errors.Is(err, unreadable) || len(removed) > 0 {
		t.Errorf("Start = %v, %v; want %v", removed, err, unreadable)
	}
	if _, found, err := plane.Get(id); !found || err != nil {
		t.Errorf("Get = %v, %v; want the cluster", found, err)
	}
}

// A cluster is deleted after its id was read and before it is locked.
func TestStartDoesNotMakeADeletedClusterAgain(t *testing.T) {
	t.Parallel()
	plane := newPlane(t)
	if removed, err := plane.startOrRemove(t.Context(), id, everyCluster); removed || err != nil {
		t.Errorf("startOrRemove = %v, %v; want nothing done", removed, err)
	}
	expectNoDirectory(t, plane)
}

func TestCreateStartsNothingWhenACheckFails(t *testing.T) {
	t.Parallel()
	plane := newPlane(t)
	deleted := errors.New("the cluster is being deleted")
	if _, err := plane.Create(t.Context(), id, func() error { return deleted }); !errors.Is(err, deleted) {
		t.Errorf("Create = %v, want %v", err, deleted)
	}
	expectNoDirectory(t, plane)
}

func TestADeletedClusterHasNoOutages(t *testing.T) {
	t.Parallel()
	plane := newPlane(t)
	cluster, _ := prepare(t, plane)
	if err := plane.Delete(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	want := "cluster " + id + " was deleted"
	for _, err := range []error{cluster.Refuse(t.Context()), cluster.Hang(t.Context()), cluster.Restore(t.Context())} {
		if err == nil || err.Error() != want {
			t.Errorf("an outage of a deleted cluster: %v, want %s", err, want)
		}
	}
	expectNoDirectory(t, plane)
}
