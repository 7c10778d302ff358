package kubernetes

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// silence is an engine that discards the provider's log messages.
type silence struct {
	pulumirpc.UnimplementedEngineServer
	address string
	stop    chan bool
	done    <-chan error
}

// listen serves the engine on a port of this machine.
func listen() (*silence, error) {
	s := &silence{stop: make(chan bool)}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: s.stop,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterEngineServer(server, s)
			return nil
		},
	})
	s.address, s.done = fmt.Sprintf("127.0.0.1:%d", handle.Port), handle.Done
	return s, err
}

func (s *silence) close() error {
	close(s.stop)
	return <-s.done
}

// Log shows nothing.
func (s *silence) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}
