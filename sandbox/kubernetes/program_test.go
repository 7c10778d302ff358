package kubernetes

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	client "k8s.io/client-go/kubernetes"
)

// program plays the engine for one test: it calls the provider as the engine
// would for a program with the test's resources.
type program struct {
	*testing.T
	*Provider
	namespace string
	direct    client.Interface // to look at the cluster past the provider
}

// state is what the engine keeps of a resource.
type state struct {
	token           tokens.Type
	id              resource.ID
	inputs, outputs resource.PropertyMap
}

// newProgram starts a program on the shared cluster, in a namespace of its own,
// beside other tests.
func newProgram(t *testing.T, arguments object) program {
	t.Helper()
	t.Parallel()
	return startProgram(t, arguments)
}

func startProgram(t *testing.T, arguments object) program {
	t.Helper()
	cluster, err := startCluster()
	if err != nil {
		t.Fatal(err)
	}
	direct, err := cluster.Client()
	if err != nil {
		t.Fatal(err)
	}
	created, err := direct.CoreV1().Namespaces().Create(t.Context(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := program{T: t, Provider: New(nil), namespace: created.Name, direct: direct}
	all := object{"kubeconfig": cluster.Kubeconfig, "namespace": p.namespace}
	for key, value := range arguments {
		all[key] = value
	}
	p.configure(all)
	return p
}

func (p program) configure(arguments object) {
	p.Helper()
	_, err := p.Configure(p.Context(), plugin.ConfigureRequest{Inputs: resource.NewPropertyMapFromMap(arguments)})
	if err := errors.Join(err, p.cluster.unreachable); err != nil {
		p.Fatal(err)
	}
}

// check completes the inputs as the engine has it done before every operation.
func (p program) check(token tokens.Type, inputs object, old resource.PropertyMap) resource.PropertyMap {
	p.Helper()
	request := checkRequest(token, inputs, nil)
	request.Olds = old
	response, err := p.Check(p.Context(), request)
	if err := errors.Join(err, failure(response.Failures)); err != nil {
		p.Fatal(err)
	}
	return response.Properties
}

// up creates an object that becomes ready.
func (p program) up(token tokens.Type, inputs object) state {
	p.Helper()
	created, err := p.tryUp(token, inputs)
	if err != nil {
		p.Fatal(err)
	}
	return created
}

// tryUp creates an object. One that exists and is not ready is returned with the
// error.
func (p program) tryUp(token tokens.Type, inputs object) (state, error) {
	p.Helper()
	created := state{token: token, inputs: p.check(token, inputs, nil)}
	response, err := p.Create(p.Context(), plugin.CreateRequest{URN: urn(token), Type: token, Properties: created.inputs})
	created.id, created.outputs = response.ID, response.Properties
	if partial, ok := initFailure(err); ok {
		created.id = resource.ID(partial.Id)
		created.outputs = p.unmarshal(partial)
	}
	return created, err
}

// update changes an object to the inputs.
func (p program) update(old state, inputs object, ignored ...string) state {
	p.Helper()
	changed, err := p.tryUpdate(old, inputs, ignored...)
	if err != nil {
		p.Fatal(err)
	}
	return changed
}

func (p program) tryUpdate(old state, inputs object, ignored ...string) (state, error) {
	p.Helper()
	changed := old
	changed.inputs = p.check(old.token, inputs, old.inputs)
	response, err := p.Update(p.Context(), plugin.UpdateRequest{
		URN: urn(old.token), Type: old.token, ID: old.id,
		OldInputs: old.inputs, OldOutputs: old.outputs, NewInputs: changed.inputs, IgnoreChanges: ignored,
	})
	changed.outputs = response.Properties
	return changed, err
}

// refresh reads the object again.
func (p program) refresh(old state) state {
	p.Helper()
	response, err := p.Read(p.Context(), plugin.ReadRequest{
		URN: urn(old.token), Type: old.token, ID: old.id, Inputs: old.inputs, State: old.outputs,
	})
	if err != nil {
		p.Fatal(err)
	}
	return state{old.token, response.ID, response.Inputs, response.Outputs}
}

// differences are the paths that differ between a state and inputs.
func (p program) differences(old state, inputs object) []string {
	p.Helper()
	var paths []string
	for path := range p.diff(old, inputs).DetailedDiff {
		paths = append(paths, path)
	}
	return paths
}

// diff is the plan for changing a state to inputs.
func (p program) diff(old state, inputs object) plugin.DiffResult {
	p.Helper()
	result, err := p.Diff(p.Context(), plugin.DiffRequest{
		URN: urn(old.token), Type: old.token, ID: old.id,
		OldInputs: old.inputs, OldOutputs: old.outputs, NewInputs: p.check(old.token, inputs, old.inputs),
	})
	if err != nil {
		p.Fatal(err)
	}
	return result
}

func (p program) destroy(old state) {
	p.Helper()
	_, err := p.Delete(p.Context(), plugin.DeleteRequest{
		URN: urn(old.token), Type: old.token, ID: old.id, Inputs: old.inputs, Outputs: old.outputs,
	})
	if err != nil {
		p.Fatal(err)
	}
}

// initFailure is the part of an error that tells of a resource which is there
// and not ready.
func initFailure(err error) (*pulumirpc.ErrorResourceInitFailed, bool) {
	status, ok := rpcerror.FromError(err)
	if !ok {
		return nil, false
	}
	for _, detail := range status.Details() {
		if partial, ok := detail.(*pulumirpc.ErrorResourceInitFailed); ok {
			return partial, true
		}
	}
	return nil, false
}

func (p program) unmarshal(partial *pulumirpc.ErrorResourceInitFailed) resource.PropertyMap {
	p.Helper()
	properties, err := plugin.UnmarshalProperties(partial.Properties, plugin.MarshalOptions{KeepSecrets: true})
	if err != nil {
		p.Fatal(err)
	}
	return properties
}
