package azure

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// withInterface is a sandbox with a network interface, and its home.
func withInterface(t *testing.T) (s sandbox, nic made, home string) {
	t.Helper()
	s, home = moving(t)
	return s, s.create("network:NetworkInterface", "nic", with(networkInterface(nil), object{"networkInterfaceName": "nic"})), home
}

func TestAnInterfaceThatAMachineHasIsNotDeleted(t *testing.T) {
	t.Parallel()
	s, nic, home := withInterface(t)
	machine, err := AttachMachine(home, "NIC")
	if err != nil {
		t.Fatal(err)
	}
	err = s.delete(nic)
	for _, says := range []string{"NicInUse", "is used by existing resource " + machine, "must be dissociated"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("deletion = %v, want that it says %q", err, says)
		}
	}
	if err := DetachMachine(home, string(nic.id)); err != nil {
		t.Fatal(err)
	}
	if err := s.delete(nic); err != nil {
		t.Errorf("deletion of an interface that no machine has: %v", err)
	}
}

func TestASubnetIsNotDeletedBeforeItsLink(t *testing.T) {
	t.Parallel()
	s, home := moving(t)
	subnet := made{urn: urn("network:Subnet", "containers"), id: resource.ID(testSubnet + "containers")}
	if err := HoldSubnet(home, string(subnet.id)); err != nil {
		t.Fatal(err)
	}
	if err := s.delete(subnet); err == nil || !strings.Contains(err.Error(), "InUseSubnetCannotBeDeleted") {
		t.Errorf("deletion = %v, want InUseSubnetCannotBeDeleted", err)
	}
	if err := ReleaseSubnet(home, string(subnet.id)); err != nil {
		t.Fatal(err)
	}
	if err := s.delete(subnet); err != nil {
		t.Errorf("deletion of a subnet without a link: %v", err)
	}
}

func TestWhatIsNotThereIsNotHeld(t *testing.T) {
	t.Parallel()
	_, _, home := withInterface(t)
	attach := func(home, nic string) error { _, err := AttachMachine(home, nic); return err }
	for name, test := range map[string]struct {
		do         func(home, named string) error
		named, say string
	}{
		"attach":             {attach, "other", `no network interface is named "other"`},
		"detach":             {DetachMachine, "other", `no network interface is named "other"`},
		"detach without one": {DetachMachine, "nic", "no machine has /subscriptions/"},
		"hold":               {HoldSubnet, testSubnet + "other", "there is no subnet"},
		"hold a network":     {HoldSubnet, strings.TrimSuffix(testSubnet, "/subnets/"), "there is no subnet"},
		"hold what is no id": {HoldSubnet, "containers", "is not the id of a resource"},
		"release":            {ReleaseSubnet, testSubnet + "containers", "no link holds"},
	} {
		if err := test.do(home, test.named); err == nil || !strings.Contains(err.Error(), test.say) {
			t.Errorf("%s = %v, want that it says %q", name, err, test.say)
		}
	}
}
