package network

import (
	"fmt"
	"strings"

	aznetwork "github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// An address cannot change its zones. Its name is left to Pulumi, so that the
// new one is made and taken into use before the old one is deleted: Azure
// deletes no address in use (PublicIPAddressCannotBeDeleted).
var replacedWithZones = pulumi.ReplaceOnChanges([]string{"zones"})

// gatewayAddress is where clients reach a gateway.
func (r region) gatewayAddress(gateway topology.Gateway) (*aznetwork.PublicIPAddress, error) {
	args := r.staticAddress()
	// In place, also while the gateway has the address.
	// Source: learn.microsoft.com/azure/application-gateway/application-gateway-faq,
	// "What are the settings for Keep-Alive timeout and TCP idle timeout?".
	args.IdleTimeoutInMinutes = pulumi.Int(gateway.IdleMinutes)
	args.DnsSettings = &aznetwork.PublicIPAddressDnsSettingsArgs{
		DomainNameLabel: pulumi.String(domainNameLabel(gateway.DNSLabel, r.args.Region.Zones)),
	}
	if r.args.Region.DDoSProtection {
		// DDoS IP Protection, in place. Left out, the address has what its virtual network
		// has: a plan's protection, or Azure's own.
		// Source: learn.microsoft.com/azure/ddos-protection/ddos-protection-sku-comparison.
		args.DdosSettings = &aznetwork.DdosSettingsArgs{ProtectionMode: pulumi.String(aznetwork.DdosSettingsProtectionModeEnabled)}
	}
	address, err := aznetwork.NewPublicIPAddress(r.ctx, gateway.Name+"-gateway", args, r.protected(replacedWithZones)...)
	if err != nil {
		return nil, fmt.Errorf("public IP address of gateway %q: %w", gateway.Name, err)
	}
	return address, nil
}

// natGateway gives containers and machines a way out: container groups in a
// virtual network have no other.
//
// It names no zone. Azure puts it into one, while an address that spans all
// zones stays with it wherever that is. When the zone is lost, nothing gets out;
// the zone-redundant kind, StandardV2, is documented as not for subnets of container
// groups.
// Sources: learn.microsoft.com/azure/nat-gateway/nat-availability-zones and .../nat-sku.
func (r region) natGateway() (*aznetwork.NatGateway, error) {
	address, err := aznetwork.NewPublicIPAddress(r.ctx, r.name+"-egress", r.staticAddress(),
		// A refresh reads back the NAT gateway that the address is attached to,
		// which is the NAT gateway's to say.
		r.protected(replacedWithZones, pulumi.IgnoreChanges([]string{"natGateway"}))...)
	if err != nil {
		return nil, fmt.Errorf("public IP address of the NAT gateway: %w", err)
	}
	gateway, err := aznetwork.NewNatGateway(r.ctx, r.name, &aznetwork.NatGatewayArgs{
		ResourceGroupName: r.group,
		Location:          r.location(),
		Sku:               &aznetwork.NatGatewaySkuArgs{Name: aznetwork.NatGatewaySkuNameStandard},
		PublicIpAddresses: aznetwork.SubResourceArray{&aznetwork.SubResourceArgs{Id: address.ID()}},
		Tags:              r.tags(),
	}, pulumi.Parent(r.component))
	if err != nil {
		return nil, fmt.Errorf("NAT gateway: %w", err)
	}
	return gateway, nil
}

// staticAddress is an address that stays the same and spans the region's zones.
// Azure takes an address whose zones are not stated to be in none.
func (r region) staticAddress() *aznetwork.PublicIPAddressArgs {
	args := &aznetwork.PublicIPAddressArgs{
		ResourceGroupName:        r.group,
		Location:                 r.location(),
		Sku:                      &aznetwork.PublicIPAddressSkuArgs{Name: aznetwork.PublicIPAddressSkuNameStandard},
		PublicIPAllocationMethod: aznetwork.IPAllocationMethodStatic,
		Tags:                     r.tags(),
	}
	if len(r.args.Region.Zones) > 0 {
		args.Zones = pulumi.ToStringArray(r.args.Region.Zones)
	}
	return args
}

// domainNameLabel closes the label with the zones, because they are what an
// address is replaced for: Azure gives a label to one address at a time
// (DnsRecordInUse), and for a while there are two.
func domainNameLabel(label string, zones []string) string {
	if len(zones) == 0 {
		return label
	}
	return label + "-" + strings.Join(zones, "")
}
