package lifecycle

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"ai-serving/sandbox/stacktest"
)

const (
	profile     = "azure-native:network:Profile"
	publicIP    = "azure-native:network:PublicIPAddress"
	healthCheck = "gcp:compute/healthCheck:HealthCheck"
	forwarding  = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
	firewall    = "gcp:compute/firewall:Firewall"
	scaler      = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
	budget      = "kubernetes:policy/v1:PodDisruptionBudget"
)

// In each cloud one resource is changed and one is deleted behind Pulumi's back.
func TestDriftIsFoundAndRepaired(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, "Pulumi.dev.yaml")
	s.Up()
	before := s.Content()

	drift(s)
	_, err := s.Try("refresh", "--preview-only", "--expect-no-changes")
	if err == nil {
		t.Error("refresh --preview-only --expect-no-changes finds no drift")
	}
	s.Pulumi("refresh", "--yes", "--skip-preview")
	want := changes{
		"create": {profile: 1, forwarding: 1, budget: 1},
		"update": {publicIP: 1, healthCheck: 1, scaler: 1},
	}
	if diff := cmp.Diff(want, s.Plan()); diff != "" {
		t.Errorf("repairs (-want +got)\n%s", diff)
	}
	s.Up()
	s.Settled()
	if diff := cmp.Diff(before, s.Content()); diff != "" {
		t.Errorf("contents (-before +repaired)\n%s", diff)
	}
}

func drift(s stacktest.Stack) {
	s.T.Helper()
	for _, command := range [][]string{
		{"set", s.Find(publicIP).ID, "properties.idleTimeoutInMinutes", "17"},
		{"set", s.Find(healthCheck).ID, "checkIntervalSec", "17"},
		{"delete", s.Find(profile).ID},
		{"delete", s.Find(forwarding).ID},
	} {
		if _, err := s.Command(command...); err != nil {
			s.T.Fatal(err)
		}
	}
	_, client := s.Cluster()
	// What another manager has set instead, the plugin would leave to it.
	patch := []byte(`{"metadata": {"labels": {"model": null}}}`)
	_, err := client.AutoscalingV2().HorizontalPodAutoscalers("pool").Patch(s.T.Context(), "chat", types.MergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		s.T.Fatal(err)
	}
	if err := client.PolicyV1().PodDisruptionBudgets("pool").Delete(s.T.Context(), "chat", metav1.DeleteOptions{}); err != nil {
		s.T.Fatal(err)
	}
}

// Azure gives a container group another address, when it moves the group to
// another host. The next deployment that refreshes routes the gateway to it, and
// leaves the group alone.
func TestANewAddressOfAContainerGroupReachesTheGateway(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, "Pulumi.dev.yaml")
	s.Up()
	group := s.Find(containers)
	address := func() string {
		held, _ := s.Find(containers, group.Name()).Outputs["ipAddress"].(map[string]any)
		ip, _ := held["ip"].(string)
		return ip
	}
	before := address()
	after := lastOfSubnet(before)
	if _, err := s.Command("set", group.ID, "properties.ipAddress.ip", after); err != nil {
		t.Fatal(err)
	}
	s.Pulumi("refresh", "--yes", "--skip-preview")
	if diff := cmp.Diff(changes{"update": {gateway: 1}}, s.Plan()); diff != "" {
		t.Errorf("what a new address changes (-want +got)\n%s", diff)
	}
	s.Up()
	s.Settled()
	if now := address(); now != after || s.Find(containers, group.Name()).ID != group.ID {
		t.Errorf("the group has the address %s, want %s, of the same group", now, after)
	}
	pools, err := s.Command("get", s.Find(gateway).ID)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(pools, `"`+before+`"`) || !strings.Contains(pools, `"`+after+`"`) {
		t.Errorf("the gateway routes to %s and not to %s: %s", before, after, pools)
	}
}

// lastOfSubnet is the last address of a /28 that a group may have. A group that Azure
// moves to another host stays in its workload's subnet.
func lastOfSubnet(address string) string {
	bytes := netip.MustParseAddr(address).As4()
	bytes[3] = (bytes[3] | 0x0f) - 1 // the very last is the broadcast address
	return netip.AddrFrom4(bytes).String()
}

// What the state has lost is in the cloud, and is imported from there.
func TestWhatExistsIsImported(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, "Pulumi.dev.yaml")
	s.Up()
	before := s.Content()
	for _, lost := range []stacktest.Resource{s.Find(profile), s.Find(firewall, "google-front-ends"), s.Find(budget)} {
		s.Pulumi("state", "delete", lost.URN, "--yes")
		arguments := []string{
			"import", lost.Type, lost.Name(), lost.ID, "--parent", "owner=" + lost.Parent,
			"--yes", "--skip-preview", "--generate-code=false", "--protect=false",
		}
		if provider := lost.ProviderURN(); lost.Type == budget {
			arguments = append(arguments, "--provider", "server="+provider)
		}
		s.Pulumi(arguments...)
	}
	plan := s.Plan()
	for op := range plan {
		if op != "update" {
			t.Errorf("what was imported is not taken for what the program asks for: %v", plan)
		}
	}
	s.Up()
	s.Settled()
	if diff := cmp.Diff(before, s.Content()); diff != "" {
		t.Errorf("contents (-before +imported)\n%s", diff)
	}
}
