// Package kubernetes runs Pulumi's own Kubernetes provider in the sandbox. The
// provider is a program of its own, kubernetes-provider, which a [Plugin] starts and
// passes the engine's requests to. So what a preview says, what an object waits for and
// how it is replaced is what a user of the real provider gets.
//
// In between, it keeps the provider on this machine and shortens its waits: see
// [Plugin.Configure] and [Shorten]. What the API server refuses is listed in [Rules].
package kubernetes

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Name is the provider's package, the first part of every resource type.
const Name = "kubernetes"

// executable is the provider's program, which make puts beside the sandbox's others.
const executable = "kubernetes-provider"

// Plugin is a running provider.
type Plugin struct {
	forward
	process    *exec.Cmd
	connection *grpc.ClientConn
	directory  string
	ended      chan struct{}
	silence    *silence
}

// Start starts the provider, which says what it has to say to the engine at this
// address; with none it says nothing. The program is on PATH. Its own home is a
// directory in the sandbox's that [Plugin.Close] removes: it finds no kubeconfig of the
// user's, and leaves nothing.
func Start(home, engine string) (*Plugin, error) {
	if home == "" {
		return nil, errors.New("SANDBOX_HOME is not set: start Pulumi with sandbox/pulumi, which prepares the sandbox's environment")
	}
	directory, err := os.MkdirTemp(home, executable+"-")
	if err != nil {
		return nil, err
	}
	p := &Plugin{directory: directory, ended: make(chan struct{})}
	if err := p.start(home, engine); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", executable, err), p.Close())
	}
	return p, nil
}

func (p *Plugin) start(home, engine string) error {
	path, err := exec.LookPath(executable)
	if err != nil {
		return fmt.Errorf("%w: run make build first", err)
	}
	if engine == "" {
		if p.silence, err = listen(); err != nil {
			return err
		}
		engine = p.silence.address
	}
	p.process = exec.Command(path, engine)
	p.process.Env = append(os.Environ(), "SANDBOX_HOME="+home, "HOME="+p.directory, "TMPDIR="+p.directory, "KUBECONFIG="+os.DevNull)
	p.process.Stderr = os.Stderr
	output, err := p.process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := startWithParent(p.process); err != nil {
		return err
	}
	defer func() { go p.wait() }()                        // after the port is read: the wait closes the pipe
	port, err := bufio.NewReader(output).ReadString('\n') // nothing else is written to it
	if err != nil {
		return fmt.Errorf("it does not say which port it serves: %w", err)
	}
	p.connection, err = grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port),
		grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())
	if err != nil {
		return err
	}
	p.forward.to = pulumirpc.NewResourceProviderClient(p.connection)
	return nil
}

func (p *Plugin) wait() {
	_ = p.process.Wait() // how it ended does not matter
	close(p.ended)
}

// Ended is closed when the provider has ended.
func (p *Plugin) Ended() <-chan struct{} { return p.ended }

// Close ends the provider and removes its home.
func (p *Plugin) Close() error {
	var errs []error
	if p.connection != nil {
		errs = append(errs, p.connection.Close())
	}
	if p.process != nil && p.process.Process != nil {
		_ = p.process.Process.Kill() // it may have ended
		<-p.ended
	}
	if p.silence != nil {
		errs = append(errs, p.silence.close())
	}
	return errors.Join(append(errs, os.RemoveAll(p.directory))...)
}
