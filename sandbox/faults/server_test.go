package faults

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	network    = "gcp:compute/network:Network"
	networkURN = "urn:pulumi:dev::ai-serving::" + network + "::main"
)

// cloud notes what is done in it.
type cloud struct {
	pulumirpc.UnimplementedResourceProviderServer
	done []string
	err  error
}

func (c *cloud) Create(context.Context, *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	c.done = append(c.done, "create")
	return &pulumirpc.CreateResponse{Id: "id"}, c.err
}

func (c *cloud) Read(context.Context, *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	c.done = append(c.done, "read")
	return &pulumirpc.ReadResponse{Id: "id"}, c.err
}

func (c *cloud) Update(context.Context, *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	c.done = append(c.done, "update")
	return &pulumirpc.UpdateResponse{}, c.err
}

func (c *cloud) Delete(context.Context, *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	c.done = append(c.done, "delete")
	return &emptypb.Empty{}, c.err
}

func (c *cloud) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// wrap is the cloud with the faults of a sandbox, as a new process has it.
func (c *cloud) wrap(t *testing.T, home string) pulumirpc.ResourceProviderServer {
	t.Helper()
	wrapped, err := Wrap(home, "gcp", []string{network}, c)
	if err != nil {
		t.Fatal(err)
	}
	return wrapped
}

// fault is a file of one fault of the network.
func fault(verb Verb, mode Mode, more string) string {
	return "faults: [{resource: '" + network + "', verb: " + string(verb) + ", mode: " + string(mode) + more + "}]"
}

// do sends a request with the verb and gives the error.
func do(ctx context.Context, to pulumirpc.ResourceProviderServer, verb Verb) error {
	var err error
	switch verb {
	case Create:
		_, err = to.Create(ctx, &pulumirpc.CreateRequest{Urn: networkURN, Properties: &structpb.Struct{}})
	case Read:
		_, err = to.Read(ctx, &pulumirpc.ReadRequest{Urn: networkURN})
	case Update:
		_, err = to.Update(ctx, &pulumirpc.UpdateRequest{Urn: networkURN, Id: "id"})
	case Delete:
		_, err = to.Delete(ctx, &pulumirpc.DeleteRequest{Urn: networkURN})
	}
	return err
}

func TestWithoutAFileNothingIsWrapped(t *testing.T) {
	t.Parallel()
	c := &cloud{}
	if wrapped := c.wrap(t, t.TempDir()); wrapped != pulumirpc.ResourceProviderServer(c) {
		t.Errorf("the server is wrapped in %T", wrapped)
	}
}

func TestAPatternWithoutServedTypesIsRefused(t *testing.T) {
	t.Parallel()
	home := write(t, strings.ReplaceAll(fault(Create, Fail, ""), network, "gcp:compute/subnet:Subnet"))
	_, err := Wrap(home, "gcp", []string{network}, &cloud{})
	want := File(home) + `: faults[0].resource: "gcp:compute/subnet:Subnet" is no type that the sandbox serves`
	if err == nil || err.Error() != want {
		t.Errorf("Wrap = %v, want %s", err, want)
	}
	if _, err := Wrap(home, "azure-native", nil, &cloud{}); err != nil {
		t.Errorf("another package's plugin refuses it: %v", err)
	}
}

func TestAnOperationFailsBeforeOrAfterItIsDone(t *testing.T) {
	t.Parallel()
	for _, verb := range verbs {
		for mode, done := range map[Mode]int{Fail: 0, FailAfter: 1} {
			t.Run(string(verb)+" "+string(mode), func(t *testing.T) {
				t.Parallel()
				c := &cloud{}
				wrapped := c.wrap(t, write(t, fault(verb, mode, ", error: out of order")))
				if err := do(t.Context(), wrapped, verb); err == nil || err.Error() != "out of order" {
					t.Errorf("the first time: %v", err)
				}
				if len(c.done) != done {
					t.Errorf("done: %v, want %d", c.done, done)
				}
				if err := do(t.Context(), wrapped, verb); err != nil {
					t.Errorf("the second time: %v", err)
				}
			})
		}
	}
}

func TestAPartialFailureKeepsTheState(t *testing.T) {
	t.Parallel()
	for _, verb := range []Verb{Create, Read, Update} {
		c := &cloud{}
		err := do(t.Context(), c.wrap(t, write(t, fault(verb, Partial, ", error: not healthy"))), verb)
		converted, _ := rpcerror.FromError(err)
		if converted == nil || len(converted.Details()) != 1 {
			t.Fatalf("%s = %v", verb, err)
		}
		detail, _ := converted.Details()[0].(*pulumirpc.ErrorResourceInitFailed)
		if detail.GetId() != "id" || !cmp.Equal(detail.GetReasons(), []string{"not healthy"}) {
			t.Errorf("%s keeps %v", verb, detail)
		}
	}
}

func TestWhatHangsEndsWithTheEngine(t *testing.T) {
	t.Parallel()
	for mode, done := range map[Mode]int{Hang: 0, HangAfter: 1} {
		c := &cloud{}
		home := write(t, fault(Create, mode, ""))
		wrapped := c.wrap(t, home)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := do(ctx, wrapped, Create); !errors.Is(err, context.Canceled) || ctx.Err() == nil {
			t.Errorf("%s = %v", mode, err)
		}
		if len(c.done) != done {
			t.Errorf("%s has done %v, want %d", mode, c.done, done)
		}
	}
	c := &cloud{}
	wrapped := c.wrap(t, write(t, fault(Delete, Hang, "")))
	ended := make(chan error)
	go func() { ended <- do(t.Context(), wrapped, Delete) }()
	if _, err := wrapped.Cancel(t.Context(), &emptypb.Empty{}); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestWhatHangsLosesItsConnectionWhenTheFaultsAreArmedAnew(t *testing.T) {
	t.Parallel()
	for name, disarm := range map[string]func(file string) error{
		"removed": os.Remove,
		"saved":   func(file string) error { return os.Chtimes(file, time.Now(), time.Now().Add(time.Second)) },
	} {
		for mode, done := range map[Mode]int{Hang: 0, HangAfter: 1} {
			c := &cloud{}
			home := write(t, fault(Create, mode, ""))
			wrapped := c.wrap(t, home)
			ended := make(chan error)
			go func() { ended <- do(t.Context(), wrapped, Create) }()
			for befallen(t, home)[0] == 0 {
				time.Sleep(time.Millisecond)
			}
			if err := disarm(File(home)); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; !errors.Is(err, errLost) || len(c.done) != done {
				t.Errorf("%s, %s: %v, done %v; want %v and %d done", name, mode, err, c.done, errLost, done)
			}
		}
	}
}

func TestPreviewsAreNotDisturbed(t *testing.T) {
	t.Parallel()
	home := write(t, `faults: [
		{resource: "gcp:*", verb: create, mode: fail}, {resource: "gcp:*", verb: update, mode: fail}]`)
	c := &cloud{}
	wrapped := c.wrap(t, home)
	if _, err := wrapped.Create(t.Context(), &pulumirpc.CreateRequest{Urn: networkURN, Preview: true}); err != nil {
		t.Error(err)
	}
	if _, err := wrapped.Update(t.Context(), &pulumirpc.UpdateRequest{Urn: networkURN, Preview: true}); err != nil {
		t.Error(err)
	}
	checkBefallen(t, home, 0, 0)
}

// A refusal by the provider is no occasion for a fault after the operation.
func TestAFaultAfterTheOperationWaitsForASuccess(t *testing.T) {
	t.Parallel()
	home := write(t, fault(Create, FailAfter, ""))
	c := &cloud{err: errors.New("refused")}
	if err := do(t.Context(), c.wrap(t, home), Create); !errors.Is(err, c.err) {
		t.Errorf("Create = %v, want %v", err, c.err)
	}
	checkBefallen(t, home, 0)
}

func TestFaultsAreCountedOverProcessesUntilTheFileIsSaved(t *testing.T) {
	t.Parallel()
	home := write(t, fault(Create, Fail, ", times: 2"))
	c := &cloud{}
	for range 2 {
		if err := do(t.Context(), c.wrap(t, home), Create); err == nil {
			t.Error("the fault does not befall")
		}
	}
	checkBefallen(t, home, 2)
	if err := do(t.Context(), c.wrap(t, home), Create); err != nil {
		t.Errorf("the third time: %v", err)
	}
	later := time.Now().Add(time.Second)
	if err := os.Chtimes(File(home), later, later); err != nil {
		t.Fatal(err)
	}
	checkBefallen(t, home, 0)
	if err := do(t.Context(), c.wrap(t, home), Create); err == nil {
		t.Error("the fault is not armed anew")
	}
}

func checkBefallen(t *testing.T, home string, want ...int) {
	t.Helper()
	if diff := cmp.Diff(want, befallen(t, home)); diff != "" {
		t.Errorf("befallen (-want +got)\n%s", diff)
	}
}

func befallen(t *testing.T, home string) []int {
	t.Helper()
	statuses, err := Statuses(home)
	if err != nil {
		t.Fatal(err)
	}
	var counts []int
	for _, status := range statuses {
		counts = append(counts, status.Befallen)
	}
	return counts
}
