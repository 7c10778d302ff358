package azure

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"ai-serving/sandbox/azure/bicep"
)

func TestCheckNamesEveryFault(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		token  string
		inputs object
		want   map[string]string
	}{
		"unknown property": {
			"network:NatGateway", in("rg", object{"location": "westeurope", "idleTimeoutInMinuts": 4}),
			map[string]string{"idleTimeoutInMinuts": `unknown property "idleTimeoutInMinuts"; the closest is "idleTimeoutInMinutes"`},
		},
		"unknown property like no other": {
			"network:NatGateway", in("rg", object{"location": "westeurope", "colour": "red"}),
			map[string]string{"colour": `unknown property "colour"`},
		},
		"unknown property deep inside": {
			"network:ApplicationGateway", in("rg", object{"location": "westeurope", "httpListeners": list{object{"name": "a", "frontendPort": object{"ID": "b"}}}}),
			map[string]string{"httpListeners[0].frontendPort.ID": `unknown property "ID"; the closest is "id"`},
		},
		"the shape of ARM instead of the SDK's": {
			"network:PublicIPAddress", in("rg", object{"location": "westeurope", "properties": object{"publicIPAllocationMethod": "Static"}}),
			map[string]string{"properties": `unknown property "properties"`},
		},
		"wrong types": {
			"network:PublicIPAddress", in("rg", object{"location": 1, "zones": "1", "dnsSettings": list{}, "idleTimeoutInMinutes": "4"}),
			map[string]string{
				"location":             "expected a string, got a number",
				"zones":                "expected a list, got a string",
				"dnsSettings":          "expected an object, got a list",
				"idleTimeoutInMinutes": "expected a number, got a string",
			},
		},
		"wrong type of an identity": {
			"network:ApplicationGateway", in("rg", object{"location": "westeurope", "identity": object{"type": "UserAssigned", "userAssignedIdentities": object{}}}),
			map[string]string{"identity.userAssignedIdentities": "expected a list, got an object"},
		},
		"missing required": {
			"containerinstance:ContainerGroup", in("rg", object{"location": "westeurope", "containers": list{object{"name": "server"}}}),
			map[string]string{
				"osType":                  `required property "osType" is missing`,
				"containers[0].image":     `required property "image" is missing`,
				"containers[0].resources": `required property "resources" is missing`,
			},
		},
		"missing parameter of the id": {
			"network:Subnet",
			object{"resourceGroupName": "rg", "addressPrefix": "10.0.0.0/24"},
			map[string]string{"virtualNetworkName": `required property "virtualNetworkName" is missing`},
		},
		"read-only": {
			"network:PublicIPAddress", in("rg", object{"location": "westeurope", "etag": "x", "provisioningState": "Succeeded"}),
			map[string]string{
				"etag":              `"etag" is set by Azure: it cannot be given`,
				"provisioningState": `"provisioningState" is set by Azure: it cannot be given`,
			},
		},
		"enumerations": {
			"network:PublicIPAddress", in("rg", object{
				"location": "westeurope", "publicIPAllocationMethod": "Sticky", "dnsSettings": object{"domainNameLabelScope": "Everywhere"},
			}),
			map[string]string{
				"publicIPAllocationMethod":         `"Sticky" is not one of "Static", "Dynamic"`,
				"dnsSettings.domainNameLabelScope": `"Everywhere" is not one of "TenantReuse", "SubscriptionReuse", "ResourceGroupReuse", "NoReuse"`,
			},
		},
		"ranges": {
			"network:ApplicationGateway", in("rg", object{
				"location": "westeurope", "autoscaleConfiguration": object{"minCapacity": -1, "maxCapacity": 1},
				"requestRoutingRules": list{object{"name": "rule", "priority": 20001}, object{"name": "rule", "priority": 1.5}},
			}),
			map[string]string{
				"autoscaleConfiguration.minCapacity": "-1 is less than the least, 0",
				"autoscaleConfiguration.maxCapacity": "1 is less than the least, 2",
				"requestRoutingRules[0].priority":    "20001 is more than the most, 20000",
				"requestRoutingRules[1].priority":    "expected a whole number, got 1.5",
			},
		},
		"name": {
			"resources:ResourceGroup",
			object{"location": "westeurope", "resourceGroupName": "my group"},
			map[string]string{"resourceGroupName": `"my group" does not match ^[-\w\._\(\)]+$`},
		},
		"name with a slash": {
			"network:VirtualNetwork", in("rg", object{"location": "westeurope", "virtualNetworkName": "a/b"}),
			map[string]string{"virtualNetworkName": `"a/b" is not a name: it is empty or has a slash`},
		},
		"two names": {
			"network:Subnet", in("rg", object{"virtualNetworkName": "vnet", "subnetName": "a", "name": "b"}),
			map[string]string{"name": `"b" differs from subnetName, "a"`},
		},
		"kind of endpoint": {
			"network:Endpoint", in("rg", object{"profileName": "p", "endpointType": "Microsoft.Network/trafficManagerProfiles/azureEndpoints"}),
			map[string]string{
				"endpointType": `"Microsoft.Network/trafficManagerProfiles/azureEndpoints" is not a name: it is empty or has a slash`,
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSandbox(t)
			got, err := s.Check(t.Context(), plugin.CheckRequest{
				URN: urn(test.token, "it"), News: resource.NewPropertyMapFromMap(test.inputs), RandomSeed: []byte(name),
			})
			if err != nil {
				t.Fatal(err)
			}
			failures := map[string]string{}
			for _, failure := range got.Failures {
				failures[string(failure.Property)] = failure.Reason
			}
			if diff := cmp.Diff(test.want, failures); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCheckAcceptsWhatIsNotKnownYet(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	unknown := resource.MakeComputed(resource.NewProperty(""))
	got, err := s.Check(t.Context(), plugin.CheckRequest{
		URN: urn("network:Subnet", "it"),
		News: resource.PropertyMap{
			"resourceGroupName": unknown, "virtualNetworkName": unknown, "addressPrefix": unknown,
			"delegations": unknown, "natGateway": resource.NewProperty(resource.PropertyMap{"id": unknown}),
		},
	})
	if err != nil || len(got.Failures) > 0 {
		t.Errorf("Check = %v, %v; want no failure", got.Failures, err)
	}
}

func TestCheckKeepsSecrets(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	secret := resource.MakeSecret(resource.NewProperty("10.0.0.0/24"))
	got, err := s.Check(t.Context(), plugin.CheckRequest{
		URN: urn("network:Subnet", "it"),
		News: resource.PropertyMap{
			"resourceGroupName": resource.NewProperty("rg"), "virtualNetworkName": resource.NewProperty("vnet"), "addressPrefix": secret,
		},
	})
	if err != nil || len(got.Failures) > 0 {
		t.Fatalf("Check = %v, %v; want no failure", got.Failures, err)
	}
	if !got.Properties["addressPrefix"].IsSecret() {
		t.Error("the secret is in the open")
	}
}

func TestCheckSelectsAVariant(t *testing.T) {
	t.Parallel()
	text := bicep.Property{Type: &bicep.Type{Kind: bicep.String}, Required: true}
	shape := &bicep.Type{
		Kind:          bicep.Object,
		Properties:    map[string]bicep.Property{"name": text},
		Discriminator: "kind",
		Variants: map[string]*bicep.Type{
			"Default": {Kind: bicep.Object, Properties: map[string]bicep.Property{"kind": text}},
			"Custom":  {Kind: bicep.Object, Properties: map[string]bicep.Property{"kind": text, "rule": text}},
		},
	}
	tests := map[string]struct {
		value object
		want  string
	}{
		"complete":      {object{"name": "a", "kind": "Custom", "rule": "r"}, ""},
		"of its own":    {object{"name": "a", "kind": "Default", "rule": "r"}, `rule: unknown property "rule"`},
		"required":      {object{"name": "a", "kind": "Custom"}, `rule: required property "rule" is missing`},
		"no such":       {object{"name": "a", "kind": "Other"}, `kind: "Other" is not one of "Custom", "Default"`},
		"not selected":  {object{"name": "a"}, `kind: required property "kind" is missing`},
		"other variant": {object{"name": "a", "kind": "Default"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &checker{}
			c.object(nil, shape, resource.NewPropertyMapFromMap(test.value))
			got := ""
			if len(c.failures) > 0 {
				got = c.failures[0].path.String() + ": " + c.failures[0].Message
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAnUnknownTypeIsRefused(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	_, err := s.Check(t.Context(), plugin.CheckRequest{URN: urn("storage:StorageAccount", "it")})
	want := "the sandbox does not serve azure-native:storage:StorageAccount; it serves " + servedTokens()
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
