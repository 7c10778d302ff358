package kubernetes

import (
	"context"
	"errors"
	"maps"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	client "k8s.io/client-go/kubernetes"
)

// object is a part of a Kubernetes object.
type object = map[string]any

// program plays the engine for one test: it calls the provider as the engine would for
// a program with the test's resources.
type program struct {
	*testing.T
	provider  pulumirpc.ResourceProviderServer
	namespace string
}

// state is what the engine keeps of a resource.
type state struct {
	token           tokens.Type
	id              string
	inputs, outputs *structpb.Struct
}

// startProgram starts a program on the shared cluster, in a namespace of its own.
func startProgram(t *testing.T) program {
	t.Helper()
	started.Store(true)
	provider, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	created, err := direct(t).CoreV1().Namespaces().Create(t.Context(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return program{t, provider, created.Name}
}

// direct is the cluster past the provider.
func direct(t *testing.T) client.Interface {
	t.Helper()
	cluster, err := startCluster()
	if err != nil {
		t.Fatal(err)
	}
	direct, err := cluster.Client()
	if err != nil {
		t.Fatal(err)
	}
	return direct
}

// started is set when a test uses the shared provider.
var started atomic.Bool

// shared is the provider of all tests, which ends with them.
var shared = sync.OnceValues(func() (*Plugin, error) {
	cluster, err := startCluster()
	if err != nil {
		return nil, err
	}
	started, err := Start(os.Getenv("SANDBOX_HOME"), "")
	if err != nil {
		return nil, err
	}
	_, err = started.Configure(context.Background(), &pulumirpc.ConfigureRequest{
		//lint:ignore SA1019 the provider reads this form
		Variables: map[string]string{"kubernetes:config:kubeconfig": cluster.Kubeconfig}, AcceptSecrets: true,
	})
	return started, err
})

// send is an object as it is sent.
func send(fields object) *structpb.Struct {
	raw, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(fields), plugin.MarshalOptions{})
	if err != nil {
		panic(err)
	}
	return raw
}

func urn(token tokens.Type) string { return string(resource.NewURN("dev", "test", "", token, "thing")) }

// check completes the inputs of an object in the program's namespace, unless they name
// another one.
func (p program) check(token tokens.Type, inputs object, old *structpb.Struct) (*structpb.Struct, error) {
	metadata := object{"namespace": p.namespace}
	maps.Copy(metadata, inputs["metadata"].(object))
	complete := maps.Clone(inputs)
	complete["metadata"] = metadata
	name := string(token)
	apiVersion, kind, _ := strings.Cut(strings.TrimPrefix(name, Name+":"), ":")
	complete["apiVersion"], complete["kind"] = strings.TrimPrefix(apiVersion, "core/"), kind // the SDK's constructors set both
	answer, err := p.provider.Check(p.Context(), &pulumirpc.CheckRequest{
		Urn: urn(token), Type: name, Name: "thing", News: send(complete), Olds: old, RandomSeed: make([]byte, 32),
	})
	if err != nil {
		return nil, err
	}
	for _, failure := range answer.GetFailures() {
		err = errors.Join(err, errors.New(failure.GetReason()))
	}
	return answer.GetInputs(), err
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

func (p program) tryUp(token tokens.Type, inputs object) (state, error) {
	checked, err := p.check(token, inputs, nil)
	if err != nil {
		return state{}, err
	}
	answer, err := p.provider.Create(p.Context(), &pulumirpc.CreateRequest{Urn: urn(token), Type: string(token), Name: "thing", Properties: checked})
	return state{token, answer.GetId(), checked, answer.GetProperties()}, err
}

func (p program) tryUpdate(old state, inputs object) (state, error) {
	checked, err := p.check(old.token, inputs, old.inputs)
	if err != nil {
		return state{}, err
	}
	answer, err := p.provider.Update(p.Context(), &pulumirpc.UpdateRequest{
		Urn: urn(old.token), Type: string(old.token), Name: "thing", Id: old.id,
		OldInputs: old.inputs, Olds: old.outputs, News: checked,
	})
	return state{old.token, old.id, checked, answer.GetProperties()}, err
}

// replaces reports whether new inputs replace the object.
func (p program) replaces(old state, inputs object) bool {
	p.Helper()
	checked, err := p.check(old.token, inputs, old.inputs)
	if err != nil {
		p.Fatal(err)
	}
	answer, err := p.provider.Diff(p.Context(), &pulumirpc.DiffRequest{
		Urn: urn(old.token), Type: string(old.token), Name: "thing", Id: old.id,
		OldInputs: old.inputs, Olds: old.outputs, News: checked,
	})
	if err != nil {
		p.Fatal(err)
	}
	return len(answer.GetReplaces()) > 0
}

func (p program) destroy(old state) {
	p.Helper()
	_, err := p.provider.Delete(p.Context(), &pulumirpc.DeleteRequest{
		Urn: urn(old.token), Type: string(old.token), Name: "thing", Id: old.id, OldInputs: old.inputs, Properties: old.outputs,
	})
	if err != nil {
		p.Fatal(err)
	}
}

// withName is an object's inputs with a name.
func withName(inputs object) object {
	complete := object{"metadata": object{"name": "thing"}}
	maps.Copy(complete, inputs)
	return complete
}

func annotated(inputs object, annotation, value string) object {
	inputs["metadata"].(object)["annotations"] = object{annotation: value}
	return inputs
}

// web is a Deployment that a cluster with two nodes has room for.
func web(replicas int, changes ...func(spec, pod, container object)) object {
	container := object{"name": "web", "image": "web:1", "resources": object{"requests": object{"cpu": "100m"}}}
	pod := object{"containers": []any{container}}
	spec := object{
		"replicas": replicas,
		"selector": object{"matchLabels": object{"app": "web"}},
		"template": object{"metadata": object{"labels": object{"app": "web"}}, "spec": pod},
	}
	for _, change := range changes {
		change(spec, pod, container)
	}
	return object{"metadata": object{"name": "web"}, "spec": spec}
}
