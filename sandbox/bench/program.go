package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	sandboxproject "ai-serving/sandbox/project"
)

// alone is what the program takes without an engine.
type alone struct {
	Wall time.Duration
	// Memory is the peak of the resident memory, in bytes.
	Memory uint64
	// Resources is how many it registers, components and the stack included.
	Resources int
}

// project is the program's.
const project = "ai-serving"

// buildProgram compiles the program, and returns where it is.
func (b benchmark) buildProgram(ctx context.Context) (string, error) {
	program := filepath.Join(b.sandbox.Home, "program")
	command := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
	command.Dir = b.sandbox.Root
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, output)
	}
	return program, nil
}

// runAlone previews a stack with a monitor in the engine's place that answers at
// once.
func (b benchmark) runAlone(ctx context.Context, program, stack string) (alone, error) {
	settings, err := b.settings(ctx, stack)
	if err != nil {
		return alone{}, err
	}
	m := &monitor{stack: stack}
	stop := make(chan bool)
	defer close(stop)
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Cancel: stop, Init: func(server *grpc.Server) error {
		pulumirpc.RegisterResourceMonitorServer(server, m)
		pulumirpc.RegisterEngineServer(server, engine{})
		return nil
	}})
	if err != nil {
		return alone{}, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", server.Port)
	command := exec.CommandContext(ctx, program)
	command.Env = append(os.Environ(), "PULUMI_ROOT_DIRECTORY="+sandboxproject.Directory(b.sandbox.Home), "PULUMI_PROJECT="+project, "PULUMI_STACK="+stack, "PULUMI_DRY_RUN=true",
		"PULUMI_CONFIG="+settings, "PULUMI_MONITOR="+address, "PULUMI_ENGINE="+address)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	start := time.Now()
	if err := command.Run(); err != nil {
		return alone{}, fmt.Errorf("the program: %w\n%s", err, output.String())
	}
	used := alone{Wall: time.Since(start), Resources: int(m.resources.Load())}
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		used.Memory = uint64(usage.Maxrss) << 10 // it is in KiB
	}
	return used, nil
}

// settings are a stack's, in the form in which the engine hands them over.
func (b benchmark) settings(ctx context.Context, stack string) (string, error) {
	text, err := b.sandbox.Pulumi(ctx, "config", "--json", "--stack", stack)
	if err != nil {
		return "", err
	}
	var settings map[string]struct{ Value string }
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		return "", err
	}
	values := map[string]string{}
	for key, setting := range settings {
		values[key] = setting.Value
	}
	raw, err := json.Marshal(values)
	return string(raw), err
}

// monitor stands in for the engine's: it takes every registration, and answers
// with its inputs.
type monitor struct {
	pulumirpc.UnimplementedResourceMonitorServer
	stack     string
	resources atomic.Int64
}

// GetDeploymentInfo names the features that the program's options need.
func (m *monitor) GetDeploymentInfo(context.Context, *emptypb.Empty) (*pulumirpc.DeploymentInfo, error) {
	return &pulumirpc.DeploymentInfo{Project: project, Stack: m.stack, SupportedFeatures: []pulumirpc.ResourceMonitorFeature{
		pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_SECRETS,
		pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
		pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
		pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_DELETED_WITH,
	}}, nil
}

// RegisterResource counts the resource.
func (m *monitor) RegisterResource(_ context.Context, request *pulumirpc.RegisterResourceRequest) (*pulumirpc.RegisterResourceResponse, error) {
	m.resources.Add(1)
	parent := tokens.Type("")
	if request.GetParent() != "" {
		parent = resource.URN(request.GetParent()).QualifiedType()
	}
	urn := resource.NewURN(tokens.QName(m.stack), project, parent, tokens.Type(request.GetType()), request.GetName())
	return &pulumirpc.RegisterResourceResponse{Urn: string(urn), Object: request.GetObject()}, nil
}

// RegisterResourceOutputs has nothing to do.
func (m *monitor) RegisterResourceOutputs(context.Context, *pulumirpc.RegisterResourceOutputsRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// engine drops the program's messages.
type engine struct {
	pulumirpc.UnimplementedEngineServer
}

// Log drops a message.
func (engine) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// medianAlone takes each figure's median by itself.
func medianAlone(all []alone) alone {
	by := func(compare func(a, b alone) int) alone {
		sorted := slices.SortedFunc(slices.Values(all), compare)
		return sorted[len(sorted)/2]
	}
	return alone{
		Wall:      by(func(a, b alone) int { return int(a.Wall - b.Wall) }).Wall,
		Memory:    by(func(a, b alone) int { return int(a.Memory) - int(b.Memory) }).Memory,
		Resources: all[0].Resources,
	}
}
