package kubernetes

import (
	"context"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

const (
	// usualWait is how long the provider waits for an object that sets no time-out
	// (pulumi-kubernetes, provider/pkg/await/await.go, Creation).
	usualWait = 10 * time.Minute
	// leastWait is for what the sandbox itself takes, whose clocks do not run faster.
	leastWait = 3 * time.Minute
)

// Shorten multiplies the provider's time-outs by the latency factor, but to no less than
// three minutes. It never makes a time-out longer. Nodes, images and health checks take
// no time of their own in the sandbox, so an object that is not ready by then never
// becomes ready.
func Shorten(factor float64, to pulumirpc.ResourceProviderServer) pulumirpc.ResourceProviderServer {
	return shortened{to, factor}
}

type shortened struct {
	pulumirpc.ResourceProviderServer
	factor float64
}

// Create makes an object and waits until it is ready.
func (s shortened) Create(ctx context.Context, request *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	request.Timeout = s.wait(request.GetTimeout())
	return s.ResourceProviderServer.Create(ctx, request)
}

// Update changes an object and waits until it is ready.
func (s shortened) Update(ctx context.Context, request *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	request.Timeout = s.wait(request.GetTimeout())
	return s.ResourceProviderServer.Update(ctx, request)
}

// Delete deletes an object and waits until it is gone.
func (s shortened) Delete(ctx context.Context, request *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	request.Timeout = s.wait(request.GetTimeout())
	return s.ResourceProviderServer.Delete(ctx, request)
}

// wait is what becomes of a time-out in seconds, of which 0 is none.
func (s shortened) wait(seconds float64) float64 {
	if seconds == 0 {
		seconds = usualWait.Seconds()
	}
	return min(seconds, max(leastWait.Seconds(), s.factor*seconds))
}
