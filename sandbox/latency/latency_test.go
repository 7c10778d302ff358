package latency

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"

	"ai-serving/sandbox/inventory"
)

func TestFactor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{"": 0, "1": 1, "0.5": 0.5, "1/60": 1.0 / 60} {
		if got, err := Factor(text); got != want || err != nil {
			t.Errorf("Factor(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"0", "-1", "1/0", "fast", "1/", "NaN", "1:60", "2000"} {
		if got, err := Factor(text); err == nil || !strings.Contains(err.Error(), "SANDBOX_LATENCY") {
			t.Errorf("Factor(%q) = %v, %v; want an error", text, got, err)
		}
	}
}

// The golden files tell which types the program's stacks have.
func TestTheModelHasTheProgramsTypes(t *testing.T) {
	t.Parallel()
	types, err := inventory.Types("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range types {
		if Of(token).Create == 0 {
			t.Errorf("the model has no time of %s", token)
		}
		if _, found := model[token]; !found && !strings.HasPrefix(token, "kubernetes:") {
			t.Errorf("the model guesses the time of %s", token)
		}
	}
}

func TestTimesAreThoseOfACloud(t *testing.T) {
	t.Parallel()
	for token, times := range model {
		for _, took := range []time.Duration{times.Create, times.Update, times.Delete} {
			if took < 0 || took > time.Hour || took > 0 && took < time.Second {
				t.Errorf("%s takes %s", token, took)
			}
		}
	}
	if times := Of("ai-serving:gcp:GlobalLB"); times != (Times{}) {
		t.Errorf("a component takes %v", times)
	}
}

// cloud does everything in no time.
type cloud struct {
	pulumirpc.UnimplementedResourceProviderServer
	err error
}

func (c cloud) Create(context.Context, *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	return &pulumirpc.CreateResponse{}, c.err
}

func (c cloud) Delete(context.Context, *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, c.err
}

func (c cloud) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

const gatewayURN = "urn:pulumi:dev::ai-serving::azure-native:network:ApplicationGateway::one"

func TestOperationsTakeTheirTime(t *testing.T) {
	t.Parallel()
	const factor = 1.0 / 2400 // 450 s take 187.5 ms
	took := func(to pulumirpc.ResourceProviderServer, preview bool) time.Duration {
		begin := time.Now()
		_, _ = to.Create(t.Context(), &pulumirpc.CreateRequest{Urn: gatewayURN, Preview: preview})
		return time.Since(begin)
	}
	if got := took(Wrap(factor, cloud{}), false); got < 187*time.Millisecond {
		t.Errorf("a creation took %s", got)
	}
	if got := took(Wrap(factor, cloud{}), true); got > 100*time.Millisecond {
		t.Errorf("a preview took %s", got)
	}
	if got := took(Wrap(factor, cloud{err: errors.New("refused")}), false); got > 100*time.Millisecond {
		t.Errorf("a refusal took %s", got)
	}
	if wrapped := Wrap(0, cloud{}); wrapped != pulumirpc.ResourceProviderServer(cloud{}) {
		t.Errorf("with factor 0 the server is wrapped in %T", wrapped)
	}
}

func TestCancellationEndsTheWait(t *testing.T) {
	t.Parallel()
	slow := Wrap(1, cloud{})
	ended := make(chan error)
	go func() {
		_, err := slow.Delete(t.Context(), &pulumirpc.DeleteRequest{Urn: gatewayURN})
		ended <- err
	}()
	if _, err := slow.Cancel(t.Context(), &emptypb.Empty{}); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("what was done fails: %v", err)
	}
}

func TestTheLongestChainFollowsDependenciesAndProviders(t *testing.T) {
	t.Parallel()
	const state = `{"deployment": {"resources": [
		{"urn": "net", "type": "gcp:compute/network:Network", "custom": true},
		{"urn": "bucket", "type": "gcp:storage/bucket:Bucket", "custom": true},
		{"urn": "part", "type": "ai-serving:gcp:Cluster"},
		{"urn": "cluster", "type": "gcp:container/cluster:Cluster", "custom": true, "dependencies": ["net", "bucket"]},
		{"urn": "provider", "type": "pulumi:providers:kubernetes", "custom": true, "dependencies": ["cluster"]},
		{"urn": "space", "type": "kubernetes:core/v1:Namespace", "custom": true, "provider": "provider::1234"},
		{"urn": "old", "type": "gcp:container/cluster:Cluster", "custom": true, "dependencies": ["space"], "delete": true},
		{"urn": "gateway", "type": "azure-native:network:ApplicationGateway", "custom": true}
	]}}`
	got, err := Longest([]byte(state))
	if err != nil {
		t.Fatal(err)
	}
	want := []Link{
		{"net", 22 * time.Second, 22 * time.Second},
		{"cluster", 390 * time.Second, 412 * time.Second},
		{"provider", 0, 412 * time.Second},
		{"space", time.Second, 413 * time.Second},
	}
	// The gateway's 450 s stand alone, and are more.
	if diff := cmp.Diff([]Link{{"gateway", 450 * time.Second, 450 * time.Second}}, got); diff != "" {
		t.Errorf("chain (-want +got)\n%s", diff)
	}
	got, err = Longest([]byte(strings.Replace(state, "azure-native:network:ApplicationGateway", "azure-native:network:Subnet", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("chain (-want +got)\n%s", diff)
	}
}
