package network

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	aznetwork "github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// seen is what a rule says, without its texts.
type seen struct {
	Name     string
	Priority int
	Access   any
	Protocol any
	From     any
	To       any
	Ports    any
}

func view(rules aznetwork.SecurityRuleTypeArray) []seen {
	var views []seen
	for _, each := range rules {
		rule := each.(*aznetwork.SecurityRuleTypeArgs)
		var ports any = rule.DestinationPortRange
		if rule.DestinationPortRanges != nil {
			ports = rule.DestinationPortRanges
		}
		views = append(views, seen{
			Name:     string(rule.Name.(pulumi.String)),
			Priority: int(rule.Priority.(pulumi.Int)),
			Access:   rule.Access,
			Protocol: rule.Protocol,
			From:     rule.SourceAddressPrefix,
			To:       rule.DestinationAddressPrefix,
			Ports:    ports,
		})
	}
	return views
}

func TestGatewayRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tls   bool
		ports pulumi.StringArray
	}{
		"with TLS":    {true, pulumi.StringArray{pulumi.String("80"), pulumi.String("443")}},
		"without TLS": {false, pulumi.StringArray{pulumi.String("80")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := []seen{
				{"allow-clients", 100, aznetwork.SecurityRuleAccessAllow, aznetwork.SecurityRuleProtocolTcp, pulumi.String("Internet"), anything, test.ports},
				{"allow-gateway-manager", 110, aznetwork.SecurityRuleAccessAllow, aznetwork.SecurityRuleProtocolTcp, pulumi.String("GatewayManager"), anything, pulumi.String("65200-65535")},
				{"allow-load-balancer", 120, aznetwork.SecurityRuleAccessAllow, aznetwork.SecurityRuleProtocolAsterisk, pulumi.String("AzureLoadBalancer"), anything, anything},
			}
			if diff := cmp.Diff(want, view(gatewayRules(test.tls))); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhereNothingListensNothingIsLetIn(t *testing.T) {
	t.Parallel()
	rules := WorkloadRules(netip.MustParsePrefix("10.10.0.0/24"), nil)
	if len(rules) != 1 {
		t.Fatalf("there are %d rules, want one", len(rules))
	}
	if only := rules[0].(*aznetwork.SecurityRuleTypeArgs); only.Access != aznetwork.SecurityRuleAccessDeny {
		t.Errorf("the only rule is %v", only.Name)
	}
}

func TestWorkloadRules(t *testing.T) {
	t.Parallel()
	ports := pulumi.StringArray{pulumi.String("8000"), pulumi.String("8080")}
	want := []seen{
		{"allow-gateways", 100, aznetwork.SecurityRuleAccessAllow, aznetwork.SecurityRuleProtocolTcp, pulumi.String("10.10.0.0/24"), anything, ports},
		{"deny-virtual-network", 4096, aznetwork.SecurityRuleAccessDeny, aznetwork.SecurityRuleProtocolAsterisk, pulumi.String("VirtualNetwork"), anything, anything},
	}
	if diff := cmp.Diff(want, view(WorkloadRules(netip.MustParsePrefix("10.10.0.0/24"), []int{8000, 8080}))); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}
