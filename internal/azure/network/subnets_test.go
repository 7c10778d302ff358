package network

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// TestASubnetOfContainersIsOfOneWorkload: the gateways reach it on the workload's port, and it
// reaches what the workload's model may.
func TestASubnetOfContainersIsOfOneWorkload(t *testing.T) {
	t.Parallel()
	recording := record(t, fixture(), false)
	for key, want := range map[string][][3]string{
		"chat.0":        {{"allow-gateways", "10.10.0.0/24", "[8080]"}, {"deny-virtual-network", "VirtualNetwork", "*"}, {"allow-https", "*", "443"}, {"deny-egress", "*", "*"}},
		"globex-chat.0": {{"allow-gateways", "10.10.0.0/24", "[8000]"}, {"deny-virtual-network", "VirtualNetwork", "*"}, {"allow-https", "*", "443"}, {"allow-10.9.0.0-24-5432", "*", "5432"}, {"deny-egress", "*", "*"}},
	} {
		group := find(t, recording, "azure-native:network:NetworkSecurityGroup", "westeurope-"+key)
		var got [][3]string
		for _, rule := range group.Inputs["securityRules"].ArrayValue() {
			fields := rule.ObjectValue()
			got = append(got, [3]string{fields["name"].StringValue(), fields["sourceAddressPrefix"].StringValue(), ports(fields)})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", key, diff)
		}
	}
}

// ports returns the destination ports of a security rule as text.
func ports(rule resource.PropertyMap) string {
	if one, is := rule["destinationPortRange"]; is {
		return one.StringValue()
	}
	text := "["
	for _, port := range rule["destinationPortRanges"].ArrayValue() {
		text += port.StringValue()
	}
	return text + "]"
}

// TestASubnetKeepsItsPrefix: Azure refuses another one while something is in the subnet.
func TestASubnetKeepsItsPrefix(t *testing.T) {
	t.Parallel()
	want := []string{"applicationGatewayIPConfigurations", "addressPrefix"}
	for _, key := range []string{gateways, machines, "chat.0"} {
		if diff := cmp.Diff(want, find(t, record(t, fixture(), false), subnetToken, "westeurope-"+key).Options.IgnoreChanges); diff != "" {
			t.Errorf("%s (-want +got)\n%s", key, diff)
		}
	}
}
