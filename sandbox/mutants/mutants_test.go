// Package mutants shows that the sandbox refuses mistakes. It deploys the dev
// stack, makes each resource again with one mistake at a time, and looks at what
// the sandbox says.
package mutants

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/given"
	"ai-serving/sandbox/golden"
	"ai-serving/sandbox/inventory"
	"ai-serving/sandbox/store"
)

// example is a stack whose resources are made with mistakes.
type example struct {
	name    string
	file    string // in the checkout
	project string // the Google Cloud project
}

var (
	// dev is small, and has all types of Azure and of Kubernetes.
	dev = example{"dev", "sandbox/mutants/testdata/Pulumi.servers.yaml", "ai-serving-dev"}
	// tls has every type of Google Cloud that the program makes.
	tls = example{"tls", "sandbox/mutants/testdata/Pulumi.tls.yaml", "ai-serving-prod"}
)

// measured is what a run has found out of a cloud.
type measured struct {
	results    []result
	deletions  []attempt
	immutables []attempt
	lived      map[string]bool
}

func TestMutants(t *testing.T) {
	programs, err := filepath.Abs(filepath.Join(root, ".sandbox", "bin"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("SANDBOX_HOME", "")
	log.SetOutput(io.Discard) // where Google's provider tells of each refusal
	j, err := readJudgement()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	small, all := deploy(t, dev), deploy(t, tls)
	t.Logf("the stacks are there after %v", time.Since(start))
	found, err := measureClouds(t, j, small, all)
	if err != nil {
		t.Fatal(err)
	}
	result, err := newTable(j)
	if err != nil {
		t.Fatal(err)
	}
	for _, cloud := range found {
		result.add(cloud)
	}
	types, err := inventory.Types(root)
	if err != nil {
		t.Fatal(err)
	}
	result.check(types)
	for _, fault := range sorted(result.faults) {
		t.Error(fault)
	}
	if !t.Failed() {
		golden.Compare(t, filepath.Join("..", "MUTANTS.md"), result.markdown())
	}
}

// deploy makes a stack in a sandbox of its own.
func deploy(t *testing.T, e example) *stack {
	t.Helper()
	home := t.TempDir()
	t.Cleanup(func() { stopClusters(t, home) })
	if err := given.Lay(home); err != nil {
		t.Fatal(err)
	}
	s, err := deployStack(t.Context(), home, e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func stopClusters(t *testing.T, home string) {
	clusters, err := controlplane.At(home).Clusters()
	for _, cluster := range clusters {
		err = errors.Join(err, controlplane.At(home).Delete(context.Background(), cluster.ID))
	}
	if err != nil {
		t.Error(err)
	}
}

// measureClouds breaks, changes and deletes what one stack has in Azure and in its
// cluster, and another one in Google's cloud.
func measureClouds(t *testing.T, j judgement, s, all *stack) (map[string]*measured, error) {
	azure, err := s.labs(t, azureCloud, 1)
	if err != nil {
		return nil, err
	}
	google, err := all.labs(t, googleCloud, 2)
	if err != nil {
		return nil, err
	}
	found := map[string]*measured{azureCloud: {}, googleCloud: {}, kubernetesCloud: {}}
	var group errgroup.Group
	timed := func(name string, f func() error) {
		group.Go(func() error {
			start := time.Now()
			err := f()
			t.Logf("%s took %v", name, time.Since(start).Round(time.Millisecond))
			return err
		})
	}
	timed("breaking Azure", func() error { return measure(t.Context(), azure, j, found[azureCloud]) })
	timed("breaking Google Cloud", func() error { return measure(t.Context(), google, j, found[googleCloud]) })
	timed("breaking Kubernetes", func() error { return s.measureCluster(t.Context(), j, found[kubernetesCloud]) })
	if err := group.Wait(); err != nil {
		return nil, err
	}
	timed("the rest of the objects' life", func() error { return s.liveInCluster(t.Context(), found[kubernetesCloud]) })
	timed("the rest of life in Azure", func() error { return azure[0].live(t.Context(), found[azureCloud]) })
	if err := group.Wait(); err != nil {
		return nil, err
	}
	timed("the rest of life in Google Cloud", func() error { return google[0].live(t.Context(), found[googleCloud]) })
	return found, group.Wait()
}

// labs are a number of labs of a cloud.
func (s *stack) labs(t *testing.T, cloud string, number int) ([]*lab, error) {
	var labs []*lab
	for range number {
		home := t.TempDir()
		p, err := startCloud(t.Context(), home, cloud, s.project)
		if err != nil {
			return nil, err
		}
		l, err := newLab(home, s, cloud, p)
		if err != nil {
			return nil, err
		}
		labs = append(labs, l)
	}
	return labs, nil
}

// measure breaks what is made, in all labs, and then deletes and changes it as a
// whole.
func measure(ctx context.Context, labs []*lab, j judgement, into *measured) error {
	given, err := series(labs[0].order, labs[0].cloud)
	if err != nil {
		return err
	}
	found := make([][]result, len(labs))
	var group errgroup.Group
	for i, l := range labs {
		group.Go(func() (err error) {
			found[i], err = l.breakAll(ctx, given)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	into.results = slices.Concat(found...)
	return labs[0].measureWhole(ctx, j, into)
}

// measureWhole deletes and changes what is made of all the stack.
func (l *lab) measureWhole(ctx context.Context, j judgement, into *measured) error {
	whole, err := l.scene(ctx, "")
	if err != nil {
		return err
	}
	if into.deletions, err = whole.deleteUsed(ctx); err != nil {
		return err
	}
	g := newGenerator()
	g.made = whole.made
	for _, m := range l.order {
		if m.cloud() != l.cloud {
			continue
		}
		attempts, err := l.changeImmutable(ctx, whole.made[m.urn], g, j.immutable(m.token()), false)
		if err != nil {
			return err
		}
		into.immutables = append(into.immutables, attempts...)
		if slices.ContainsFunc(attempts, func(a attempt) bool { return !a.kept }) {
			if err := whole.before.write(l.store); err != nil {
				return err
			}
		}
	}
	return nil
}

// live makes the stack once more and leads it to its end, which leaves nothing.
func (l *lab) live(ctx context.Context, into *measured) error {
	whole, err := l.scene(ctx, "")
	if err != nil {
		return err
	}
	var all []made
	for _, m := range l.order {
		if m.cloud() == l.cloud {
			all = append(all, whole.made[m.urn])
		}
	}
	if into.lived, err = live(ctx, all, func(made) provider { return l.provider }); err != nil {
		return err
	}
	left, err := read(l.store)
	for id := range left {
		_, arrived := l.groups[id]
		_, given := l.given[id]
		if !arrived && !given && !strings.Contains(id, "/services/") { // which the program leaves enabled
			err = errors.Join(err, fmt.Errorf("%s is left", id))
		}
	}
	return err
}

func (s *stack) measureCluster(ctx context.Context, j judgement, into *measured) error {
	c, err := newCluster(s)
	if err != nil {
		return err
	}
	order := slices.DeleteFunc(s.inOrder(), func(m made) bool { return alone[m.token()] != "" })
	given, err := series(order, kubernetesCloud)
	if err != nil {
		return err
	}
	if into.results, err = c.breakAll(ctx, given); err != nil {
		return err
	}
	g := newGenerator()
	g.made = s.made
	for _, m := range s.inOrder() {
		if m.cloud() != kubernetesCloud {
			continue
		}
		attempts, err := s.provider(m.registration).changeImmutable(ctx, m, g, j.immutable(m.token()), true)
		if err != nil {
			return err
		}
		into.immutables = append(into.immutables, attempts...)
	}
	return nil
}

// liveInCluster leads the objects to their end. What routes to their endpoint groups goes
// first, as when a stack is taken away: a namespace ends when its groups have.
func (s *stack) liveInCluster(ctx context.Context, into *measured) error {
	if err := s.stopRouting(); err != nil {
		return err
	}
	var all []made
	for _, m := range s.inOrder() {
		if m.cloud() == kubernetesCloud {
			all = append(all, m)
		}
	}
	var err error
	into.lived, err = live(ctx, all, func(m made) provider { return s.provider(m.registration) })
	return err
}

// stopRouting removes the backend services from the sandbox of the stack.
func (s *stack) stopRouting() error {
	return storeOf(s.home, googleCloud).Update(func(tx store.Tx) error {
		var services []string
		err := tx.Each("projects/", func(id string, _ json.RawMessage) error {
			if strings.Contains(strings.ToLower(id), "backendservices/") {
				services = append(services, id)
			}
			return nil
		})
		for _, id := range services {
			err = errors.Join(err, tx.Delete(id))
		}
		return err
	})
}
