package faults

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// Wrap is the server of a package that has the faults of the sandbox with this
// home. Served are the package's types: a fault of the package that befalls none
// of them is an error. Without faults it is the server itself.
func Wrap(home, name string, served []string, to pulumirpc.ResourceProviderServer) (pulumirpc.ResourceProviderServer, error) {
	faults, err := Load(File(home))
	if err != nil || len(faults) == 0 {
		return to, err
	}
	var wrong []error
	for i, fault := range faults {
		if packageOf(fault.Resource) == name && !fault.befallsOneOf(served) {
			wrong = append(wrong, fmt.Errorf("faults[%d].resource: %q is no type that the sandbox serves", i, fault.Resource))
		}
	}
	if err := inFile(File(home), wrong); err != nil {
		return nil, err
	}
	counter, err := newCounter(home)
	running, cancel := context.WithCancel(context.Background())
	return server{to, faults, counter, running, cancel}, err
}

func (f Fault) befallsOneOf(served []string) bool {
	return slices.ContainsFunc(served, wildcard(typeOf(f.Resource)).MatchString)
}

// server makes the operations of a provider go wrong. Previews never do.
type server struct {
	pulumirpc.ResourceProviderServer
	faults  []Fault
	counter counter
	running context.Context // ends when the engine signals cancellation
	cancel  context.CancelFunc
}

// Cancel ends what hangs.
func (s server) Cancel(ctx context.Context, request *emptypb.Empty) (*emptypb.Empty, error) {
	s.cancel()
	return s.ResourceProviderServer.Cancel(ctx, request)
}

// Create makes a resource, or fails to.
func (s server) Create(ctx context.Context, request *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	if request.GetPreview() {
		return s.ResourceProviderServer.Create(ctx, request)
	}
	return disturb(ctx, s, request.GetUrn(), Create,
		func() (*pulumirpc.CreateResponse, error) { return s.ResourceProviderServer.Create(ctx, request) },
		func(done *pulumirpc.CreateResponse) *pulumirpc.ErrorResourceInitFailed {
			return unready(done.GetId(), done.GetProperties(), request.GetProperties())
		})
}

// Read reads a resource, or fails to.
func (s server) Read(ctx context.Context, request *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	return disturb(ctx, s, request.GetUrn(), Read,
		func() (*pulumirpc.ReadResponse, error) { return s.ResourceProviderServer.Read(ctx, request) },
		func(done *pulumirpc.ReadResponse) *pulumirpc.ErrorResourceInitFailed {
			return unready(done.GetId(), done.GetProperties(), done.GetInputs())
		})
}

// Update changes a resource, or fails to.
func (s server) Update(ctx context.Context, request *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	if request.GetPreview() {
		return s.ResourceProviderServer.Update(ctx, request)
	}
	return disturb(ctx, s, request.GetUrn(), Update,
		func() (*pulumirpc.UpdateResponse, error) { return s.ResourceProviderServer.Update(ctx, request) },
		func(done *pulumirpc.UpdateResponse) *pulumirpc.ErrorResourceInitFailed {
			return unready(request.GetId(), done.GetProperties(), request.GetNews())
		})
}

// Delete removes a resource, or fails to.
func (s server) Delete(ctx context.Context, request *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return disturb(ctx, s, request.GetUrn(), Delete,
		func() (*emptypb.Empty, error) { return s.ResourceProviderServer.Delete(ctx, request) }, nil)
}

// disturb does an operation on a resource, unless a fault befalls it. What the
// provider itself refuses is answered as it is.
func disturb[T any](
	ctx context.Context, s server, urn string, verb Verb,
	do func() (T, error), unready func(T) *pulumirpc.ErrorResourceInitFailed,
) (T, error) {
	var nothing T
	fault, err := s.befalls(urn, verb, false)
	if err != nil {
		return nothing, err
	}
	if fault != nil {
		return nothing, s.strike(ctx, *fault)
	}
	done, err := do()
	if err != nil {
		return done, err
	}
	if fault, err = s.befalls(urn, verb, true); err != nil {
		return nothing, err
	}
	switch {
	case fault == nil:
		return done, nil
	case fault.Mode == Partial:
		state := unready(done)
		state.Reasons = []string{fault.message()}
		return nothing, rpcerror.WithDetails(rpcerror.New(codes.Unknown, "the resource did not become ready"), state)
	}
	return nothing, s.strike(ctx, *fault)
}

// befalls takes the first fault that befalls the operation, before it is done
// or after; nil if there is none.
func (s server) befalls(urn string, verb Verb, after bool) (*Fault, error) {
	for i, fault := range s.faults {
		if fault.Verb != verb || fault.Mode.after() != after || !fault.matches(urn) {
			continue
		}
		if taken, err := s.counter.take(i, fault.times()); err != nil || taken {
			return &fault, err
		}
	}
	return nil, nil
}

// errLost is what ends a hanging operation when the faults are armed again. It is
// what Go's HTTP client says of a server that is gone.
var errLost = errors.New("http2: client connection lost")

// lookInterval is the time between two looks at whether the faults were armed again.
const lookInterval = 50 * time.Millisecond

// strike fails, or waits until the engine cancels or is gone, or until the faults
// are armed again, which breaks the connection.
func (s server) strike(ctx context.Context, fault Fault) error {
	if fault.Mode != Hang && fault.Mode != HangAfter {
		return errors.New(fault.message())
	}
	ticker := time.NewTicker(lookInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Canceled
		case <-s.running.Done():
			return context.Canceled
		case <-ticker.C:
			if armed, err := s.counter.isArmed(); err != nil || !armed {
				return errors.Join(err, errLost)
			}
		}
	}
}

func unready(id string, state, inputs *structpb.Struct) *pulumirpc.ErrorResourceInitFailed {
	return &pulumirpc.ErrorResourceInitFailed{Id: id, Properties: state, Inputs: inputs}
}
