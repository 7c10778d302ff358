package latency

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Variable is the environment variable that holds the factor.
const Variable = "SANDBOX_LATENCY"

// Factor reads a factor: a positive number, or a fraction such as 1/60, by
// which a minute takes a second. Nothing is 0, and turns the latencies off.
func Factor(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	above, below, isFraction := strings.Cut(text, "/")
	if !isFraction {
		below = "1"
	}
	numerator, err := strconv.ParseFloat(above, 64)
	denominator, otherErr := strconv.ParseFloat(below, 64)
	factor := numerator / denominator
	if err != nil || otherErr != nil || !(factor > 0 && factor <= 1000) {
		return 0, fmt.Errorf("%s=%q is neither a positive number nor a fraction such as 1/60", Variable, text)
	}
	return factor, nil
}

// Wrap is a provider's server whose operations take at least as long as in its
// cloud, times the factor. The time that they take here counts. Refusals come
// at once, and so do previews and reads. With factor 0 it is the server itself.
func Wrap(factor float64, to pulumirpc.ResourceProviderServer) pulumirpc.ResourceProviderServer {
	if factor == 0 {
		return to
	}
	running, cancel := context.WithCancel(context.Background())
	return server{to, factor, running, cancel}
}

type server struct {
	pulumirpc.ResourceProviderServer
	factor  float64
	running context.Context // ends when the engine signals cancellation
	cancel  context.CancelFunc
}

// Create takes the time of a creation.
func (s server) Create(ctx context.Context, request *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	begin := time.Now()
	response, err := s.ResourceProviderServer.Create(ctx, request)
	if err == nil && !request.GetPreview() {
		s.wait(ctx, begin, times(request.GetUrn()).Create)
	}
	return response, err
}

// Update takes the time of an update.
func (s server) Update(ctx context.Context, request *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	begin := time.Now()
	response, err := s.ResourceProviderServer.Update(ctx, request)
	if err == nil && !request.GetPreview() {
		s.wait(ctx, begin, times(request.GetUrn()).Update)
	}
	return response, err
}

// Delete takes the time of a deletion.
func (s server) Delete(ctx context.Context, request *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	begin := time.Now()
	response, err := s.ResourceProviderServer.Delete(ctx, request)
	if err == nil {
		s.wait(ctx, begin, times(request.GetUrn()).Delete)
	}
	return response, err
}

// Cancel ends the waits: what was waited for is done already.
func (s server) Cancel(ctx context.Context, request *emptypb.Empty) (*emptypb.Empty, error) {
	s.cancel()
	return s.ResourceProviderServer.Cancel(ctx, request)
}

// wait waits until the operation has taken its time.
func (s server) wait(ctx context.Context, begin time.Time, long time.Duration) {
	timer := time.NewTimer(time.Until(begin.Add(time.Duration(s.factor * float64(long)))))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-s.running.Done():
	}
}

func times(urn string) Times { return Of(string(resource.URN(urn).Type())) }
