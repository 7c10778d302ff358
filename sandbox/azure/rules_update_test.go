package azure

import (
	"errors"
	"testing"

	"ai-serving/sandbox/rules"
)

// refusedBy fails the test unless the rule made the refusal.
func refusedBy(t *testing.T, rule *rules.Rule, err error) {
	t.Helper()
	if refusal := (*rules.Refusal)(nil); !errors.As(err, &refusal) || refusal.Rule != rule {
		t.Errorf("got %v, want a refusal by %s", err, rule.Name)
	}
}

func second[T any](_ T, err error) error { return err }

// What a gateway's subnet lets through is looked at whenever it may change.
func TestAGatewayIsNotCutOff(t *testing.T) {
	t.Parallel()
	s := inWorld(t)
	manager := securityRule("manager", object{"priority": 110, "sourceAddressPrefix": "GatewayManager", "destinationPortRange": "65200-65535"})
	group := s.create("network:NetworkSecurityGroup", "it", securityGroup(manager))
	subnet := subnetInputs(object{
		"networkSecurityGroup": object{"id": string(group.id)},
		"delegations":          list{object{"name": "delegation", "serviceName": gatewayService}},
	})
	guarded := s.create("network:Subnet", "it", subnet)
	s.create("network:ApplicationGateway", "gw", gateway(object{
		"gatewayIPConfigurations": list{object{"name": "ip", "subnet": object{"id": string(guarded.id)}}},
	}))
	shut := with(securityGroup(), object{"networkSecurityGroupName": "shut"})
	other := s.create("network:NetworkSecurityGroup", "shut", shut)

	refusedBy(t, gatewayManaged, second(s.tryUpdate(group, "network:NetworkSecurityGroup", securityGroup(securityRule("clients", nil)))))
	refusedBy(t, gatewayManaged, second(s.tryUpdate(guarded, "network:Subnet", with(subnet, object{"networkSecurityGroup": object{"id": string(other.id)}}))))
	s.update(group, "network:NetworkSecurityGroup", securityGroup(manager, securityRule("clients", nil)))
	s.update(guarded, "network:Subnet", with(subnet, object{"networkSecurityGroup": nil}))
	s.update(other, "network:NetworkSecurityGroup", with(shut, object{"tags": object{"a": "1"}}))
}

func TestSecurityRulesAreTriedInOrder(t *testing.T) {
	t.Parallel()
	subnet := object{"properties": object{"addressPrefix": "10.0.0.0/24"}}
	inbound := func(priority float64, access, source, destination, ports string) any {
		return object{"properties": object{
			"priority": priority, "direction": "inbound", "access": access, "protocol": "*", "sourceAddressPrefix": source,
			"sourcePortRange": "*", "destinationAddressPrefix": destination, "destinationPortRange": ports,
		}}
	}
	allow := inbound(200, "Allow", "GatewayManager", "*", "65200-65535")
	tests := map[string]struct {
		rules list
		want  bool
	}{
		"none":                       {list{}, false},
		"the one that is asked for":  {list{allow}, true},
		"in two halves":              {list{inbound(100, "Allow", "*", "*", "65200-65400"), inbound(101, "Allow", "Internet", "*", "65401-65535")}, true},
		"a half":                     {list{inbound(100, "Allow", "*", "*", "65200-65400")}, false},
		"to the subnet only":         {list{inbound(100, "Allow", "GatewayManager", "10.0.0.0/24", "65200-65535")}, false},
		"refused first":              {list{allow, inbound(100, "Deny", "*", "*", "*")}, false},
		"refused last":               {list{inbound(300, "Deny", "*", "*", "*"), allow}, true},
		"refused to others first":    {list{allow, inbound(100, "Deny", "*", "10.0.1.0/24", "*")}, true},
		"refused to the subnet":      {list{allow, inbound(100, "Deny", "*", "10.0.0.0/25", "*")}, false},
		"refused on other ports":     {list{allow, inbound(100, "Deny", "*", "*", "0-65199")}, true},
		"one port refused":           {list{allow, inbound(100, "Deny", "Internet", "*", "65300")}, false},
		"of somebody else's address": {list{allow, inbound(100, "Deny", "203.0.113.0/24", "*", "*")}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sorted := sortedRules(object{"properties": object{"securityRules": test.rules}}, "Inbound")
			got := true
			for port := firstManagementPort; port <= lastManagementPort; port++ {
				got = got && admitsManagement(sorted, port, subnet)
			}
			if got != test.want {
				t.Errorf("management gets in: %v, want %v", got, test.want)
			}
		})
	}
}

func TestANetworkKeepsWhatIsInUse(t *testing.T) {
	t.Parallel()
	s := inWorld(t)
	s.containers("user", "containers")
	vnet := made{urn: urn("network:VirtualNetwork", "vnet"), id: testNetwork + "/virtualNetworks/vnet"}
	space := func(prefix string, subnets any) object {
		return in("rg", object{"virtualNetworkName": "vnet", "addressSpace": object{"addressPrefixes": list{prefix}}, "subnets": subnets})
	}
	refusedBy(t, subnetFree, s.delete(vnet))
	refusedBy(t, subnetInside, second(s.tryUpdate(vnet, "network:VirtualNetwork", space("10.9.0.0/16", nil))))
	refusedBy(t, subnetFree, second(s.tryUpdate(vnet, "network:VirtualNetwork", space("10.0.0.0/16", list{object{"name": "inline", "addressPrefix": "10.0.8.0/24"}}))))
	s.update(vnet, "network:VirtualNetwork", space("10.0.0.0/15", nil))
}

func TestAnUnusedSubnetMoves(t *testing.T) {
	t.Parallel()
	s := inWorld(t)
	machines := made{urn: urn("network:Subnet", "machines"), id: testSubnet + "machines"}
	moved := func(prefix string) object {
		return in("rg", object{"virtualNetworkName": "vnet", "subnetName": "machines", "addressPrefix": prefix})
	}
	s.update(machines, "network:Subnet", moved("10.0.7.0/24"))
	s.create("network:NetworkInterface", "it", networkInterface(nil))
	refusedBy(t, prefixKept, second(s.tryUpdate(machines, "network:Subnet", moved("10.0.2.0/24"))))
}

// Each of these changes, a program has to ask a replacement for.
func TestWhatAContainerGroupIsMadeOfStays(t *testing.T) {
	t.Parallel()
	const token = "containerinstance:ContainerGroup"
	before := containerGroup("it", object{
		"subnetIds": list{object{"id": testSubnet + "containers"}}, "zones": list{"1"}, "restartPolicy": "Always",
		"ipAddress": object{"type": "Private", "ports": list{object{"port": 8080}}},
	})
	resources := func(cpu, memory float64) object {
		return object{"containers": list{object{
			"name": "server", "image": "example.com/server:1", "ports": list{object{"port": 8080}},
			"resources": object{"requests": object{"cpu": cpu, "memoryInGB": memory}},
		}}}
	}
	for name, change := range map[string]object{
		"os":      {"osType": "Windows"},
		"restart": {"restartPolicy": "Never"},
		"cpu":     resources(2, 1.5),
		"memory":  resources(1, 2),
		"ports": {
			"containers": list{sidecar("server", 9090)},
			"ipAddress":  object{"type": "Private", "ports": list{object{"port": 9090}}},
		},
		"zone":    {"zones": list{"2"}},
		"subnet":  {"subnetIds": list{object{"id": testSubnet + "more"}}},
		"no more": {"subnetIds": list{}, "ipAddress": nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := inWorld(t)
			s.subnet("more", "10.0.6.0/24", containerService)
			group := s.create(token, "it", before)
			refusedBy(t, groupKept, second(s.tryUpdate(group, token, with(before, change))))
		})
	}
	refusedBy(t, groupKept, changes(token, containerGroup("it", nil), containerGroup("it", object{"priority": "Spot"}))(inWorld(t)))
}
