package gcp

import (
	"crypto/sha256"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"

	"ai-serving/sandbox/store"
)

// sandbox is a configured provider over an empty store of its own, with
// shorthands for a resource's life as the engine leads it.
type sandbox struct {
	t        *testing.T
	provider pulumirpc.ResourceProviderServer
	home     string
	store    store.Store
}

// made is a resource that the engine knows of.
type made struct {
	urn     resource.URN
	id      string
	inputs  resource.PropertyMap
	outputs resource.PropertyMap
}

func (m made) text(property string) string {
	value := m.outputs[resource.PropertyKey(property)]
	if value.IsSecret() {
		value = value.SecretValue().Element
	}
	if !value.IsString() {
		return ""
	}
	return value.StringValue()
}

type in = map[string]any

// newSandbox is a sandbox whose project p has the APIs enabled.
func newSandbox(t *testing.T) sandbox {
	t.Helper()
	s := newBareSandbox(t, map[string]any{"project": "p"})
	for _, api := range []string{"compute.googleapis.com", "container.googleapis.com", "certificatemanager.googleapis.com", "secretmanager.googleapis.com"} {
		s.create("projects/service:Service", strings.Split(api, ".")[0], map[string]any{"service": api})
	}
	return s
}

func newBareSandbox(t *testing.T, config map[string]any) sandbox {
	t.Helper()
	home := t.TempDir()
	s := sandbox{
		t:        t,
		provider: newProvider(t, home),
		home:     home,
		store:    store.At(filepath.Join(home, "stores", "gcp.db")),
	}
	if err := s.configure(config); err != nil {
		t.Fatal(err)
	}
	return s
}

func newProvider(t *testing.T, home string) pulumirpc.ResourceProviderServer {
	t.Helper()
	info := Provider(home)
	return tfbridge.NewProvider(t.Context(), nil, Name, Version, info.P, info, nil)
}

func (s sandbox) configure(config map[string]any) error {
	arguments := resource.PropertyMap{}
	for name, value := range config {
		if _, isText := value.(string); !isText { // the engine sends the rest as JSON
			raw, err := json.Marshal(value)
			if err != nil {
				return err
			}
			value = string(raw)
		}
		arguments[resource.PropertyKey(name)] = resource.NewPropertyValue(value)
	}
	_, err := s.provider.Configure(s.t.Context(), &pulumirpc.ConfigureRequest{Args: s.marshal(arguments), AcceptSecrets: true})
	return err
}

func urn(token, name string) resource.URN {
	return resource.NewURN("test", "sandbox", "", tokens.Type("gcp:"+token), name)
}

// check completes the inputs; the failures are what the engine would report.
func (s sandbox) check(at resource.URN, olds resource.PropertyMap, inputs map[string]any) (resource.PropertyMap, error) {
	s.t.Helper()
	seed := sha256.Sum256([]byte(at))
	answer, err := s.provider.Check(s.t.Context(), &pulumirpc.CheckRequest{
		Urn:        string(at),
		Olds:       s.marshal(olds),
		News:       s.marshal(resource.NewPropertyMapFromMap(inputs)),
		RandomSeed: seed[:],
	})
	if err != nil {
		return nil, err
	}
	if len(answer.GetFailures()) > 0 {
		var reasons []string
		for _, failure := range answer.GetFailures() {
			reasons = append(reasons, strings.TrimSpace(failure.GetReason()+" "+failure.GetProperty()))
		}
		return nil, status.Error(codes.InvalidArgument, strings.Join(reasons, "; "))
	}
	return s.unmarshal(answer.GetInputs()), nil
}

// tryCreate makes a resource unless the provider refuses it.
func (s sandbox) tryCreate(token, name string, inputs map[string]any) (made, error) {
	s.t.Helper()
	at := urn(token, name)
	checked, err := s.check(at, nil, inputs)
	if err != nil {
		return made{}, err
	}
	answer, err := s.provider.Create(s.t.Context(), &pulumirpc.CreateRequest{Urn: string(at), Properties: s.marshal(checked)})
	if err != nil {
		return made{}, err
	}
	return made{at, answer.GetId(), checked, s.unmarshal(answer.GetProperties())}, nil
}

func (s sandbox) create(token, name string, inputs map[string]any) made {
	s.t.Helper()
	m, err := s.tryCreate(token, name, inputs)
	if err != nil {
		s.t.Fatalf("create %s: %v", name, err)
	}
	return m
}

// diff is what the engine would do to the resource for the new inputs.
func (s sandbox) diff(m made, inputs map[string]any) *pulumirpc.DiffResponse {
	s.t.Helper()
	checked, err := s.check(m.urn, m.inputs, inputs)
	if err != nil {
		s.t.Fatalf("check %s: %v", m.id, err)
	}
	answer, err := s.provider.Diff(s.t.Context(), &pulumirpc.DiffRequest{
		Id: m.id, Urn: string(m.urn), Olds: s.marshal(m.outputs), OldInputs: s.marshal(m.inputs), News: s.marshal(checked),
	})
	if err != nil {
		s.t.Fatalf("diff %s: %v", m.id, err)
	}
	return answer
}

func (s sandbox) update(m made, inputs map[string]any) made {
	s.t.Helper()
	checked, err := s.check(m.urn, m.inputs, inputs)
	if err != nil {
		s.t.Fatalf("check %s: %v", m.id, err)
	}
	answer, err := s.provider.Update(s.t.Context(), &pulumirpc.UpdateRequest{
		Id: m.id, Urn: string(m.urn), Olds: s.marshal(m.outputs), OldInputs: s.marshal(m.inputs), News: s.marshal(checked),
	})
	if err != nil {
		s.t.Fatalf("update %s: %v", m.id, err)
	}
	return made{m.urn, m.id, checked, s.unmarshal(answer.GetProperties())}
}

// read refreshes a resource, or imports the one with this id when nothing is
// known of it but that. One that is not there has no id.
func (s sandbox) read(m made) made {
	s.t.Helper()
	answer, err := s.provider.Read(s.t.Context(), &pulumirpc.ReadRequest{
		Id: m.id, Urn: string(m.urn), Properties: s.marshal(m.outputs), Inputs: s.marshal(m.inputs),
	})
	if err != nil {
		s.t.Fatalf("read %s: %v", m.id, err)
	}
	return made{m.urn, answer.GetId(), s.unmarshal(answer.GetInputs()), s.unmarshal(answer.GetProperties())}
}

func (s sandbox) delete(m made) error {
	s.t.Helper()
	_, err := s.provider.Delete(s.t.Context(), &pulumirpc.DeleteRequest{Id: m.id, Urn: string(m.urn), Properties: s.marshal(m.outputs)})
	return err
}

// checkUnchanged plans a resource again, as it is made and after a refresh, and
// compares what is read with what was made.
func (s sandbox) checkUnchanged(m made, inputs in) {
	s.t.Helper()
	if diff := s.diff(m, inputs); diff.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
		s.t.Errorf("%s: made and planned again: %v", m.id, diff.GetDetailedDiff())
	}
	read := s.read(m)
	if read.id != m.id {
		s.t.Errorf("%s: read as %q", m.id, read.id)
		return
	}
	for property, value := range m.outputs {
		if refreshed := read.outputs[property]; property[0] != '_' && !withoutEmpty(refreshed).DeepEquals(withoutEmpty(value)) {
			s.t.Errorf("%s: %s was %v and is read as %v", m.id, property, value, refreshed)
		}
	}
	if diff := s.diff(read, inputs); diff.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
		s.t.Errorf("%s: refreshed and planned again: %v", m.id, diff.GetDetailedDiff())
	}
}

// withoutEmpty is the value without empty lists and maps, and without what
// begins a link. Terraform's state does not tell an empty list from nothing when
// a block is read.
func withoutEmpty(value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsObject():
		object := resource.PropertyMap{}
		for name, element := range value.ObjectValue() {
			if kept := withoutEmpty(element); !kept.IsNull() {
				object[name] = kept
			}
		}
		if len(object) > 0 {
			return resource.NewObjectProperty(object)
		}
	case value.IsArray():
		var array []resource.PropertyValue
		for _, element := range value.ArrayValue() {
			array = append(array, withoutEmpty(element))
		}
		if len(array) > 0 {
			return resource.NewArrayProperty(array)
		}
	case value.IsSecret():
		return withoutEmpty(value.SecretValue().Element)
	case value.IsString():
		return resource.NewStringProperty(version.ReplaceAllString(value.StringValue(), ""))
	default:
		return value
	}
	return resource.NewNullProperty()
}

// version begins a link to a resource of Compute Engine. The provider keeps a
// link as it is given until it reads one that means the same.
var version = regexp.MustCompile(`^https://www\.googleapis\.com/compute/(v1|beta)/`)

// ids are the ids of everything that is stored.
func (s sandbox) ids() []string {
	s.t.Helper()
	var ids []string
	err := s.store.View(func(tx store.Tx) error {
		return tx.Each("", func(id string, _ json.RawMessage) error {
			ids = append(ids, id)
			return nil
		})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return ids
}

// marshal sends properties without marks of secrets, which the bridge does not
// ask for.
func (s sandbox) marshal(properties resource.PropertyMap) *structpb.Struct {
	s.t.Helper()
	raw, err := plugin.MarshalProperties(properties, plugin.MarshalOptions{KeepUnknowns: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return raw
}

func (s sandbox) unmarshal(raw *structpb.Struct) resource.PropertyMap {
	s.t.Helper()
	properties, err := plugin.UnmarshalProperties(raw, plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return properties
}
