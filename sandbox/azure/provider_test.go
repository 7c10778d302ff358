package azure

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"ai-serving/sandbox/azure/bicep"
	"ai-serving/sandbox/azure/bicep/module"
	"ai-serving/sandbox/store"
)

// library is Microsoft's, from the module cache.
var library = sync.OnceValues(func() (*bicep.Library, error) {
	definitions, err := module.Definitions()
	if err != nil {
		return nil, err
	}
	return bicep.Open(definitions)
})

// sandbox is a provider over an empty store of its own, with shorthands for a
// resource's life.
type sandbox struct {
	*Provider
	t *testing.T
}

func newSandbox(t *testing.T) sandbox {
	t.Helper()
	opened, err := library()
	if err != nil {
		t.Fatal(err)
	}
	p := New(opened)
	p.config = config{subscription: sandboxID, tenant: sandboxID, client: sandboxID}
	p.manager = manager{store.At(filepath.Join(t.TempDir(), "azure.db"))}
	return sandbox{p, t}
}

func urn(token, name string) resource.URN {
	return resource.NewURN("test", "sandbox", "", tokens.Type("azure-native:"+token), name)
}

// made is a resource that the engine knows of.
type made struct {
	urn             resource.URN
	id              resource.ID
	inputs, outputs resource.PropertyMap
}

// check completes inputs and fails the test if they are refused.
func (s sandbox) check(token, name string, olds resource.PropertyMap, inputs map[string]any) resource.PropertyMap {
	s.t.Helper()
	checked, err := s.Check(s.t.Context(), plugin.CheckRequest{
		URN: urn(token, name), Olds: olds, News: resource.NewPropertyMapFromMap(inputs), RandomSeed: []byte(name),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, failure := range checked.Failures {
		s.t.Fatalf("%s: %s: %s", name, failure.Property, failure.Reason)
	}
	return checked.Properties
}

// tryCreate makes a resource, or gives Azure's refusal.
func (s sandbox) tryCreate(token, name string, inputs map[string]any) (made, error) {
	s.t.Helper()
	checked := s.check(token, name, nil, inputs)
	created, err := s.Create(s.t.Context(), plugin.CreateRequest{URN: urn(token, name), Properties: checked})
	return made{urn(token, name), created.ID, checked, created.Properties}, err
}

func (s sandbox) create(token, name string, inputs map[string]any) made {
	s.t.Helper()
	m, err := s.tryCreate(token, name, inputs)
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// tryUpdate changes a resource in place, or gives Azure's refusal.
func (s sandbox) tryUpdate(m made, token string, inputs map[string]any) (made, error) {
	s.t.Helper()
	checked := s.check(token, m.urn.Name(), m.inputs, inputs)
	updated, err := s.Update(s.t.Context(), plugin.UpdateRequest{
		URN: m.urn, ID: m.id, OldInputs: m.inputs, OldOutputs: m.outputs, NewInputs: checked,
	})
	return made{m.urn, m.id, checked, updated.Properties}, err
}

func (s sandbox) update(m made, token string, inputs map[string]any) made {
	s.t.Helper()
	updated, err := s.tryUpdate(m, token, inputs)
	if err != nil {
		s.t.Fatal(err)
	}
	return updated
}

// read refreshes what the engine knows of a resource.
func (s sandbox) read(m made) plugin.ReadResponse {
	s.t.Helper()
	read, err := s.Read(s.t.Context(), plugin.ReadRequest{URN: m.urn, ID: m.id, Inputs: m.inputs, State: m.outputs})
	if err != nil {
		s.t.Fatal(err)
	}
	return read
}

func (s sandbox) delete(m made) error {
	_, err := s.Delete(s.t.Context(), plugin.DeleteRequest{URN: m.urn, ID: m.id, Inputs: m.inputs, Outputs: m.outputs})
	return err
}

func (s sandbox) group() made {
	s.t.Helper()
	return s.create("resources:ResourceGroup", "rg", map[string]any{"resourceGroupName": "rg", "location": "West Europe"})
}
