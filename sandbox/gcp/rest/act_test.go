package rest

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"

	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/store"
)

const testCluster = "projects/p/locations/europe-west4/clusters/serving"

// documents are all that is stored.
func (c cloud) documents() map[string]string {
	c.t.Helper()
	all := map[string]string{}
	err := c.store.View(func(tx store.Tx) error {
		return tx.Each("", func(key string, raw json.RawMessage) error {
			all[key] = string(raw)
			return nil
		})
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return all
}

// setStatus is what an interrupted process leaves.
func (c cloud) setStatus(key, status string) {
	c.t.Helper()
	err := c.store.Update(func(tx store.Tx) error {
		var stored object
		if _, err := tx.Get(key, &stored); err != nil {
			return err
		}
		stored["status"] = status
		return tx.Put(key, stored)
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// TestAFailedChangeLeavesNothing: the programs of a control plane are not found,
// and everything is as before the request, the record of a pool's size too.
func TestAFailedChangeLeavesNothing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	c := newCloud(t, makeNetwork, makeSubnetwork, makeCluster("europe-west4", ""))
	c.setStatus(testCluster, running)
	before := c.documents()
	for _, request := range []string{
		resizePool(5),
		`PUT container ` + testCluster + `/nodePools/default-pool {"locations": ["europe-west4-a"]}`,
		`PUT container ` + testCluster + ` {"update": {"desiredNodePoolId": "default-pool", "desiredNodePoolAutoscaling": {"enabled": true, "minNodeCount": 3, "maxNodeCount": 4}}}`,
		`POST container ` + testCluster + `/nodePools {"nodePool": {"name": "more", "initialNodeCount": 1}}`,
	} {
		_, err := c.Do(c.request(request))
		if refusal := (*rules.Refusal)(nil); err == nil || errors.As(err, &refusal) {
			t.Fatalf("%s: %v, want a failure", request, err)
		}
		if after := c.documents(); !maps.Equal(after, before) {
			t.Errorf("%s: the store was\n%v\nand is\n%v", request, before, after)
		}
	}
}

// TestAnInterruptedDeletionIsFinished by whoever looks next.
func TestAnInterruptedDeletionIsFinished(t *testing.T) {
	t.Parallel()
	c := newCloud(t, makeNetwork, makeSubnetwork)
	before := slices.Sorted(maps.Keys(c.documents()))
	c.must(makeCluster("europe-west4", ""))
	c.setStatus(testCluster, stopping)
	_, err := c.Do(c.request("GET container " + testCluster))
	if refusal := (*rules.Refusal)(nil); !errors.As(err, &refusal) || refusal.Rule != exists {
		t.Errorf("the cluster is read with %v", err)
	}
	if after := slices.Sorted(maps.Keys(c.documents())); !slices.Equal(after, before) {
		t.Errorf("left are %v of %v", after, before)
	}
}

// TestADeletedClusterStaysAway while another process still starts it.
func TestADeletedClusterStaysAway(t *testing.T) {
	t.Parallel()
	c := newCloud(t, makeNetwork, makeSubnetwork, makeCluster("europe-west4", ""))
	r, err := c.Server.request(c.request("GET container " + testCluster))
	if err != nil {
		t.Fatal(err)
	}
	r.kind.provision = func(_ context.Context, r *request, _ object) (object, error) {
		return object{"endpoint": "127.0.0.1:1"}, r.server.store.Update(func(tx store.Tx) error { return tx.Delete(r.key) })
	}
	if err := r.provision(); err == nil {
		t.Error("a cluster that is gone was provisioned")
	}
	if _, found := c.documents()[testCluster]; found {
		t.Error("the cluster is back")
	}
}

// TestNothingIsStartedForAClusterThatGoes: another process deletes it between the
// request and the start of its programs.
func TestNothingIsStartedForAClusterThatGoes(t *testing.T) {
	t.Parallel()
	c := newCloud(t, makeNetwork, makeSubnetwork, makeCluster("europe-west4", ""))
	c.setStatus(testCluster, stopping)
	c.checkNothingStarts(notStopping)
	if err := c.store.Update(func(tx store.Tx) error { return tx.Delete(testCluster) }); err != nil {
		t.Fatal(err)
	}
	c.checkNothingStarts(exists)
}

// checkNothingStarts starts the cluster and its node pool, and expects refusals.
func (c cloud) checkNothingStarts(want *rules.Rule) {
	c.t.Helper()
	for start, path := range map[string]string{"cluster": testCluster, "node pool": testCluster + "/nodePools/default-pool"} {
		r, err := c.Server.request(c.request("GET container " + path))
		if err != nil {
			c.t.Fatal(err)
		}
		_, err = r.kind.provision(c.t.Context(), r, nil)
		if refusal := (*rules.Refusal)(nil); !errors.As(err, &refusal) || refusal.Rule != want {
			c.t.Errorf("the %s is started: %v, want %s", start, err, want.Name)
		}
	}
	if _, found, err := c.clusters.Get(testCluster); found || err != nil {
		c.t.Errorf("there is a control plane: %v, %v", found, err)
	}
}
