package mutants

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/sandbox/store"
)

// The clouds, by the names of their plugins.
const (
	azureCloud      = "azure-native"
	googleCloud     = "gcp"
	kubernetesCloud = "kubernetes"

	// kubernetesProvider is the type of a provider that the program configures.
	kubernetesProvider = "pulumi:providers:kubernetes"
)

// storeOf is where a cloud keeps what it has in the sandbox of this home.
func storeOf(home, cloud string) store.Store {
	return store.At(filepath.Join(home, "stores", map[string]string{azureCloud: "azure.db", googleCloud: "gcp.db"}[cloud]))
}

// stack is what the program made in a sandbox.
type stack struct {
	home      string
	project   string              // the Google Cloud project
	providers map[string]provider // by cloud, or by URN of the provider's resource

	mutex   sync.Mutex
	running []*restarting
	made    map[resource.URN]made
	// locks let a cloud make one resource after the other.
	locks map[string]*sync.Mutex
}

// deployStack runs the program with the stack file and makes what it registers.
func deployStack(ctx context.Context, home string, e example) (*stack, error) {
	azure, err := startAzure(ctx, home)
	if err != nil {
		return nil, err
	}
	google, err := startGoogle(ctx, home, e.project)
	if err != nil {
		return nil, err
	}
	s := &stack{
		home:      home,
		project:   e.project,
		providers: map[string]provider{azureCloud: azure, googleCloud: google},
		made:      map[resource.URN]made{},
		locks:     map[string]*sync.Mutex{azureCloud: {}, googleCloud: {}, kubernetesCloud: {}},
	}
	return s, runProgram(ctx, e, s.deploy)
}

// deploy makes a resource of the program, or configures a provider.
func (s *stack) deploy(ctx context.Context, r registration) (string, resource.PropertyMap, error) {
	if r.token() == kubernetesProvider {
		p, err := s.startKubernetes(ctx, r.inputs)
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.providers[string(r.urn)] = p
		s.made[r.urn] = made{registration: r, id: r.urn.Name(), outputs: r.inputs}
		return r.urn.Name(), r.inputs, err
	}
	lock, found := s.locks[r.cloud()]
	if !found {
		return "", nil, fmt.Errorf("no plugin serves %s", r.token())
	}
	lock.Lock()
	defer lock.Unlock()
	m, err := s.provider(r).create(ctx, r, false)
	if err != nil {
		return "", nil, err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.made[r.urn] = m
	return m.id, m.outputs, nil
}

// close ends the plugins that run.
func (s *stack) close() error {
	var errs []error
	for _, plugin := range s.running {
		errs = append(errs, plugin.Close())
	}
	return errors.Join(errs...)
}

func (s *stack) provider(r registration) provider {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if p, found := s.providers[string(r.provider)]; found {
		return p
	}
	return s.providers[r.cloud()]
}

// inOrder lists what was made so that everything comes after what it depends
// on, and otherwise by URN: the program's own order is not always the same.
func (s *stack) inOrder() []made {
	var sorted []made
	done := map[resource.URN]bool{}
	var visit func(urn resource.URN)
	visit = func(urn resource.URN) {
		m, found := s.made[urn]
		if done[urn] || !found { // not found: a component
			return
		}
		done[urn] = true
		for _, dependency := range slices.Sorted(slices.Values(m.dependencies)) {
			visit(dependency)
		}
		sorted = append(sorted, m)
	}
	for _, urn := range slices.Sorted(maps.Keys(s.made)) {
		visit(urn)
	}
	return sorted
}

// documents are what a store holds, by id.
type documents map[string]json.RawMessage

func read(s store.Store) (documents, error) {
	found := documents{}
	err := s.View(func(tx store.Tx) error {
		return tx.Each("", func(id string, raw json.RawMessage) error {
			found[id] = slices.Clone(raw)
			return nil
		})
	})
	return found, err
}

// write makes the store hold the documents and nothing else.
func (d documents) write(s store.Store) error {
	now, err := read(s)
	if err != nil {
		return err
	}
	return s.Update(func(tx store.Tx) error {
		for id := range now {
			if _, kept := d[id]; !kept {
				if err := tx.Delete(id); err != nil {
					return err
				}
			}
		}
		return d.add(tx, func(id string) bool { return string(now[id]) != string(d[id]) })
	})
}

func (d documents) add(tx store.Tx, wanted func(id string) bool) error {
	for id, raw := range d {
		if !wanted(id) {
			continue
		}
		if err := tx.Put(id, raw); err != nil {
			return err
		}
	}
	return nil
}

// mark is what a cloud makes anew each time: times, numbers that stand for a
// resource, and the marks of its content.
var mark = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+(Z|[-+]\d\d:\d\d)|"\w*[iI]d":"?\d+"?|"(\w*[fF]ingerprint|etag)":"[^"]*"`)

// same says whether two stores hold the same, but for its marks.
func (d documents) same(other documents) bool {
	unmarked := func(raw json.RawMessage) string { return mark.ReplaceAllString(string(raw), "") }
	return maps.EqualFunc(d, other, func(a, b json.RawMessage) bool {
		return string(a) == string(b) || unmarked(a) == unmarked(b)
	})
}

// endpointGroups are those of the documents that the clusters' controllers have
// made, which nothing in the program asks Google for.
func (d documents) endpointGroups() documents {
	groups := documents{}
	for id, raw := range d {
		if strings.Contains(id, "/networkEndpointGroups/") {
			groups[id] = raw
		}
	}
	return groups
}
