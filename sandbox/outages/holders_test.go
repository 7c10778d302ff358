package outages

import (
	"strings"
	"testing"

	"ai-serving/sandbox/azure"
	"ai-serving/sandbox/stacktest"
	"ai-serving/sandbox/store"
)

// A machine of another team has an interface of the stack, and Azure has left its link on a
// subnet. The tenant that goes leaves these two behind, and no more, until they are free.
func TestWhatOthersHoldIsDeletedOnceTheyLetGo(t *testing.T) {
	t.Parallel()
	const embed = "embed:1\n      port: 8080\n      healthPath: /\n      paths: [/v1/embeddings]\n      azure:\n"
	s := stacktest.New(t, addressesFile)
	s.Edit(embed, embed+"        networkInterfaces: [machine]\n")
	s.Up()
	networkInterface := one(s, "networkInterfaces", "initech-embed.machine")
	subnet := subnetOf(s, "initech-chat.0")
	if _, err := azure.AttachMachine(s.Sandbox.Home, networkInterface); err != nil {
		t.Fatal(err)
	}
	if err := azure.HoldSubnet(s.Sandbox.Home, subnet); err != nil {
		t.Fatal(err)
	}

	s.Edit("models: [chat, embed], regions: [azure], isolation: bridge}\n    umbrella", "enabled: false, models: [chat, embed], regions: [azure], isolation: bridge}\n    umbrella")
	s.Up() // a tenant that is disabled keeps what others hold
	s.Settled()

	s.Edit(strings.Replace(initech, "{", "{enabled: false, ", 1), "")
	for range 2 { // the second up repeats what the first has left
		_, err := s.Try("up", "--yes", "--skip-preview", "--continue-on-error")
		for _, code := range []string{"NicInUse", "InUseSubnetCannotBeDeleted"} {
			if err == nil || !strings.Contains(err.Error(), code) {
				t.Errorf("up = %v, want %s", err, code)
			}
		}
	}
	for name, pool := range placed(s).pools {
		if strings.HasPrefix(name.workload, "initech") {
			t.Errorf("a gateway still has the pool %s with %q", name, pool)
		}
	}

	if err := azure.DetachMachine(s.Sandbox.Home, networkInterface); err != nil {
		t.Fatal(err)
	}
	if err := azure.ReleaseSubnet(s.Sandbox.Home, subnet); err != nil {
		t.Fatal(err)
	}
	s.Up()
	s.Settled()
	s.Destroy()
	s.Empty()
}

// one is the id of the only resource of a collection whose name has a text.
func one(s stacktest.Stack, collection, text string) string {
	s.T.Helper()
	var found []string
	for _, id := range ids(s) {
		if strings.Contains(strings.ToLower(id), "/"+strings.ToLower(collection)+"/") && strings.Contains(id, text) {
			found = append(found, id)
		}
	}
	if len(found) != 1 {
		s.T.Fatalf("%d %s have %q in their name", len(found), collection, text)
	}
	return found[0]
}

// subnetOf is the id of the subnet whose name has a text.
func subnetOf(s stacktest.Stack, text string) string {
	s.T.Helper()
	stored, err := store.All(s.Sandbox.Home)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, one := range stored {
		var network struct {
			Properties struct{ Subnets []struct{ ID, Name string } }
		}
		s.Decode(string(one.Body), &network)
		for _, subnet := range network.Properties.Subnets {
			if strings.Contains(subnet.Name, text) {
				return subnet.ID
			}
		}
	}
	s.T.Fatalf("no subnet has %q in its name", text)
	return ""
}
