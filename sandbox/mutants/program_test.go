package mutants

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"sigs.k8s.io/yaml"
)

// root is the checkout.
var root = filepath.Join("..", "..")

// project is the program's.
const project = "ai-serving"

// monitor stands in the engine's place while the program runs: it makes each
// resource that the program registers at once, and hands on what happens.
// Unlike an engine it keeps what the program gave, with the values that other
// resources have put into it.
type monitor struct {
	pulumirpc.UnimplementedResourceMonitorServer

	stack  string
	deploy deployment

	mutex sync.Mutex
	seen  map[resource.URN]bool
}

// deployment makes a resource. It is called from many goroutines.
type deployment func(context.Context, registration) (id string, outputs resource.PropertyMap, err error)

// runProgram runs the program with a stack file of the checkout, and calls deploy
// for every resource that is not a component. The providers that the program
// configures are resources too.
func runProgram(ctx context.Context, e example, deploy deployment) error {
	settings, secrets, err := readSettings(filepath.Join(root, e.file))
	if err != nil {
		return err
	}
	m := &monitor{stack: e.name, deploy: deploy, seen: map[resource.URN]bool{}}
	stop := make(chan bool)
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stop,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterResourceMonitorServer(server, m)
			pulumirpc.RegisterEngineServer(server, silence{})
			return nil
		},
	})
	if err != nil {
		return err
	}
	defer close(stop)
	address := fmt.Sprintf("127.0.0.1:%d", server.Port)
	var printed bytes.Buffer
	program := exec.CommandContext(ctx, "go", "run", ".")
	program.Dir = root
	program.Stdout, program.Stderr = &printed, &printed
	program.Env = append(os.Environ(),
		"PULUMI_PROJECT="+project, "PULUMI_STACK="+e.name, "PULUMI_CONFIG="+settings, "PULUMI_CONFIG_SECRET_KEYS="+secrets,
		"PULUMI_MONITOR="+address, "PULUMI_ENGINE="+address)
	if err := program.Run(); err != nil {
		return fmt.Errorf("the program, with stack %s: %w\n%s", e.name, err, printed.String())
	}
	return nil
}

// readSettings reads a stack file as the engine hands it to a program: by full
// key, a scalar as it stands, an object as JSON; and the keys of those that are secrets,
// which have a value of their own here.
func readSettings(name string) (values, secrets string, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return "", "", err
	}
	var file struct{ Config map[string]json.RawMessage }
	if err := yaml.Unmarshal(text, &file); err != nil {
		return "", "", fmt.Errorf("%s: %w", name, err)
	}
	settings := map[string]string{}
	keys := []string{}
	for key, value := range file.Config {
		var encrypted struct{ Secure string }
		if json.Unmarshal(value, &encrypted) == nil && encrypted.Secure != "" {
			settings[key] = "made up"
			keys = append(keys, key)
			continue
		}
		var scalar string
		if json.Unmarshal(value, &scalar) != nil {
			scalar = string(value)
		}
		settings[key] = scalar
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		return "", "", err
	}
	named, err := json.Marshal(keys)
	return string(raw), string(named), err
}

// GetDeploymentInfo names the features that the program's options need.
func (m *monitor) GetDeploymentInfo(context.Context, *emptypb.Empty) (*pulumirpc.DeploymentInfo, error) {
	return &pulumirpc.DeploymentInfo{
		Project: project,
		Stack:   m.stack,
		SupportedFeatures: []pulumirpc.ResourceMonitorFeature{
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_SECRETS,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_DELETED_WITH,
		},
	}, nil
}

// RegisterResource makes the resource and answers with its outputs.
func (m *monitor) RegisterResource(ctx context.Context, request *pulumirpc.RegisterResourceRequest) (*pulumirpc.RegisterResourceResponse, error) {
	inputs, err := plugin.UnmarshalProperties(request.GetObject(), plugin.MarshalOptions{})
	if err != nil {
		return nil, fmt.Errorf("inputs of %s %q: %w", request.GetType(), request.GetName(), err)
	}
	r := registration{urn: m.urn(request), inputs: inputs, uses: map[resource.PropertyKey][]resource.URN{}}
	for property, used := range request.GetPropertyDependencies() {
		for _, urn := range used.GetUrns() {
			r.uses[resource.PropertyKey(property)] = append(r.uses[resource.PropertyKey(property)], resource.URN(urn))
		}
	}
	for _, urn := range request.GetDependencies() {
		r.dependencies = append(r.dependencies, resource.URN(urn))
	}
	if i := strings.LastIndex(request.GetProvider(), resource.URNNameDelimiter); i >= 0 { // <URN>::<id>
		r.provider = resource.URN(request.GetProvider()[:i])
		r.dependencies = append(r.dependencies, r.provider)
	}
	if err := m.claim(r.urn); err != nil {
		return nil, err
	}
	response := &pulumirpc.RegisterResourceResponse{Urn: string(r.urn)}
	if !request.GetCustom() {
		return response, nil
	}
	id, outputs, err := m.deploy(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.urn, err)
	}
	response.Id, response.Object = id, marshal(outputs)
	return response, nil
}

func (m *monitor) urn(request *pulumirpc.RegisterResourceRequest) resource.URN {
	var parent tokens.Type
	if urn := resource.URN(request.GetParent()); urn != "" {
		parent = urn.QualifiedType()
	}
	return resource.NewURN(tokens.QName(m.stack), project, parent, tokens.Type(request.GetType()), request.GetName())
}

// claim refuses a resource that is registered twice.
func (m *monitor) claim(urn resource.URN) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.seen[urn] {
		return fmt.Errorf("duplicate URN %s", urn)
	}
	m.seen[urn] = true
	return nil
}

// RegisterResourceOutputs takes the outputs of components and of the stack,
// which are not needed.
func (m *monitor) RegisterResourceOutputs(context.Context, *pulumirpc.RegisterResourceOutputsRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// silence takes the program's messages and drops them: what fails is returned.
type silence struct {
	pulumirpc.UnimplementedEngineServer
}

func (silence) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}
