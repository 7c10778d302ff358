package azure

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/sandbox/azure/bicep"
)

func typedExamples() examples {
	address := in("rg", object{"location": "westeurope", "publicIpAddressName": "it"})
	gateway := in("rg", object{"location": "westeurope", "applicationGatewayName": "it"})
	group := object{"location": "westeurope", "resourceGroupName": "rg"}
	containers := func(cpu float64, port any) object {
		return in("rg", object{
			"location": "westeurope", "containerGroupName": "it", "osType": "Linux",
			"containers": list{object{
				"name": "server", "image": "example.com/server:1", "ports": list{object{"port": port}},
				"resources": object{"requests": object{"cpu": cpu, "memoryInGB": 1.5}},
			}},
		})
	}
	subnet := in("rg", object{"virtualNetworkName": "vnet", "subnetName": "it"})
	return examples{
		knownProperty:    typed("network:PublicIPAddress", with(address, object{"zone": list{"1"}}), with(address, object{"zones": list{"1"}})),
		givenProperty:    typed("network:PublicIPAddress", with(address, object{"provisioningState": "Succeeded"}), address),
		requiredProperty: typed("containerinstance:ContainerGroup", in("rg", object{"location": "westeurope", "containerGroupName": "it", "osType": "Linux"}), containers(1, 80)),
		propertyType:     typed("network:PublicIPAddress", with(address, object{"idleTimeoutInMinutes": "4"}), with(address, object{"idleTimeoutInMinutes": 4})),
		propertyEnum:     typed("network:PublicIPAddress", with(address, object{"publicIPAllocationMethod": "Sticky"}), with(address, object{"publicIPAllocationMethod": "static"})),
		propertyPattern:  typed("resources:ResourceGroup", with(group, object{"resourceGroupName": "my group"}), group),
		propertyLength: typed("network:WebApplicationFirewallPolicy",
			with(firewall(nil), object{"location": "westeurope", "policyName": strings.Repeat("a", 129)}), with(firewall(nil), object{"location": "westeurope"})),
		propertyRange: typed("network:ApplicationGateway",
			with(gateway, object{"autoscaleConfiguration": object{"minCapacity": -1}}), with(gateway, object{"autoscaleConfiguration": object{"minCapacity": 0}})),
		wholeNumber:  typed("containerinstance:ContainerGroup", containers(0.5, 80.5), containers(0.5, 80)),
		knownVariant: {Wrong: variant("Other"), Right: variant("Custom")},
		pathSegment:  typed("network:Subnet", with(subnet, object{"subnetName": "a/b"}), subnet),
		sameName:     typed("network:Subnet", with(subnet, object{"name": "other"}), with(subnet, object{"name": "it"})),
	}
}

// variant checks an object of a union, of which no served type has one.
func variant(kind string) func(*testing.T) error {
	return func(*testing.T) error {
		text := bicep.Property{Type: &bicep.Type{Kind: bicep.String}, Required: true}
		custom := &bicep.Type{Kind: bicep.Object, Properties: map[string]bicep.Property{"kind": text}}
		union := &bicep.Type{Kind: bicep.Object, Discriminator: "kind", Variants: map[string]*bicep.Type{"Custom": custom}}
		c := &checker{}
		c.object(nil, union, resource.NewPropertyMapFromMap(object{"kind": kind}))
		if len(c.failures) > 0 {
			return c.failures[0].Refusal
		}
		return nil
	}
}
