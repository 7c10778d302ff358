package network

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	aznetwork "github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

func TestContainerGroupsConnectToHTTPSAndWhatTheModelsNeed(t *testing.T) {
	t.Parallel()
	allow, deny, tcp, every := aznetwork.SecurityRuleAccessAllow, aznetwork.SecurityRuleAccessDeny, aznetwork.SecurityRuleProtocolTcp, aznetwork.SecurityRuleProtocolAsterisk
	want := []seen{
		{"allow-https", 100, allow, tcp, anything, pulumi.String("Internet"), pulumi.String("443")},
		{"allow-192.168.7.0-24-5432", 101, allow, tcp, anything, pulumi.String("192.168.7.0/24"), pulumi.String("5432")},
		{"deny-egress", 4096, deny, every, anything, anything, anything},
	}
	rules := egressRules([]topology.Egress{{CIDR: netip.MustParsePrefix("192.168.7.0/24"), Port: 5432}})
	if diff := cmp.Diff(want, view(rules)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, each := range rules {
		if rule := each.(*aznetwork.SecurityRuleTypeArgs); rule.Direction != aznetwork.SecurityRuleDirectionOutbound {
			t.Errorf("%s is not outbound", rule.Name)
		}
	}
}
