package azure

import (
	"strings"
	"testing"

	"ai-serving/sandbox/store"
)

// during begins to write a resource, makes another change, and ends the first: it returns
// what the first is answered.
func during(s sandbox, id string, body map[string]any, change attempt) error {
	s.t.Helper()
	parsed, err := parseID(id)
	if err != nil {
		s.t.Fatal(err)
	}
	first, err := s.manager.begin(parsed, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := change(s); err != nil {
		s.t.Errorf("the later write = %v, want it done", err)
	}
	return s.manager.store.View(first.end)
}

const theGateway = testNetwork + "/applicationGateways/gw"

// overlapExamples change the policy of a gateway while the gateway is written, and before.
func overlapExamples() examples {
	const policy = "network:WebApplicationFirewallPolicy"
	changed := func(s sandbox) attempt {
		waf := s.create(policy, "waf", firewall(object{"policyName": "waf"}))
		s.create("network:ApplicationGateway", "gw", protected(nil))
		return func(s sandbox) error {
			_, err := s.tryUpdate(waf, policy, firewall(object{"policyName": "waf", "tags": object{"a": "b"}}))
			return err
		}
	}
	return examples{oneWriter: example(
		func(s sandbox) error { return during(s, theGateway, nil, changed(s)) },
		func(s sandbox) error {
			if err := changed(s)(s); err != nil {
				return err
			}
			return during(s, theGateway, nil, func(sandbox) error { return nil })
		},
	)}
}

func TestTheEarlierOfTwoWritesToAGatewayIsCancelled(t *testing.T) {
	t.Parallel()
	const nic, interfaces = "network:NetworkInterface", testNetwork + "/networkInterfaces/"
	inPool := object{"applicationGatewayBackendAddressPools": list{object{"id": theGateway + "/backendAddressPools/pool"}}}
	named := func(name string, configuration object) object {
		return with(networkInterface(configuration), object{"networkInterfaceName": name})
	}
	comes := func(s sandbox) error { _, err := s.tryCreate(nic, "two", named("two", inPool)); return err }
	for name, test := range map[string]struct {
		id        string
		body      map[string]any // nil for a deletion
		change    attempt
		cancelled bool
	}{
		"an interface comes into a pool while another does": {interfaces + "three", inPool, comes, true},
		"one goes while another comes":                      {interfaces + "one", nil, comes, true},
		"one leaves its pool while another comes":           {interfaces + "one", object{}, comes, true},
		"the gateway changes while one comes":               {theGateway, object{}, comes, true},
		"one that is in no pool comes while another does":   {interfaces + "three", object{}, comes, false},
		"one comes while one that is in no pool does": {interfaces + "three", inPool, func(s sandbox) error {
			_, err := s.tryCreate(nic, "two", named("two", nil))
			return err
		}, false},
		"an address changes while one comes": {testNetwork + "/publicIPAddresses/pip", object{}, comes, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := inWorld(t)
			gatewayStands(s)
			s.create(nic, "one", named("one", inPool))
			err := during(s, test.id, test.body, test.change)
			if cancelled := err != nil && strings.Contains(err.Error(), oneWriter.Code); cancelled != test.cancelled {
				t.Errorf("the earlier write = %v, want it cancelled: %t", err, test.cancelled)
			}
		})
	}
}

func TestAnOperationEndsWhereNoOtherHasBegun(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	if err := s.manager.store.View(func(tx store.Tx) error { return writing{}.end(tx) }); err != nil {
		t.Error(err)
	}
}
