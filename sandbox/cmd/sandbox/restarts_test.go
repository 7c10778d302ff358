package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"ai-serving/sandbox/store"
)

// oneGroup is the directory of a sandbox whose Azure has a container group, as far
// as a restart looks at it, and the function that reads the group's address.
func oneGroup(t *testing.T) (home string, address func() string) {
	t.Helper()
	const (
		group   = "/subscriptions/s/resourceGroups/rg/providers/"
		network = group + "Microsoft.Network/virtualNetworks/net"
		id      = group + "Microsoft.ContainerInstance/containerGroups/chat-0"
	)
	home = t.TempDir()
	azure := store.At(filepath.Join(home, "stores", "azure.db"))
	documents := map[string]string{
		network: `{"properties": {"subnets": [{"name": "c", "properties": {"addressPrefix": "10.0.0.0/24"}}]}}`,
		id: `{"id": "` + id + `", "name": "chat-0", "properties": {
			"ipAddress": {"ip": "10.0.0.4"}, "subnetIds": [{"id": "` + network + `/subnets/c"}]}}`,
	}
	err := azure.Update(func(tx store.Tx) error {
		for id, body := range documents {
			if err := tx.Put(strings.ToLower(id), json.RawMessage(body)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return home, func() string {
		t.Helper()
		var body struct {
			Properties struct{ IPAddress struct{ IP string } }
		}
		err := azure.View(func(tx store.Tx) error {
			_, err := tx.Get(strings.ToLower(id), &body)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return body.Properties.IPAddress.IP
	}
}

func TestARestartedGroupHasAnotherAddress(t *testing.T) {
	t.Parallel()
	home, address := oneGroup(t)
	for _, want := range []string{"10.0.0.5", "10.0.0.4"} {
		if err := restartGroup(t.Context(), home, []string{"chat-0"}); err != nil {
			t.Fatal(err)
		}
		if got := address(); got != want {
			t.Errorf("the group has %s, want %s", got, want)
		}
	}
}

func TestRestartRefusesAGroupThatIsNotThere(t *testing.T) {
	t.Parallel()
	home, _ := oneGroup(t)
	err := restartGroup(t.Context(), home, []string{"chat-1"})
	if err == nil || !strings.Contains(err.Error(), `no container group is named "chat-1"`) {
		t.Errorf("restart = %v, want that there is no such group", err)
	}
}
