package azure

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"ai-serving/sandbox/store"
)

// A holder is a resource that others than the stack have made, and that refers to one of
// the stack's, so that Azure does not delete that. The store keeps it like any resource.

// AttachMachine makes a virtual machine, of another team's resource group, that has a
// network interface of the stack in the sandbox with this home. The interface is named by
// its name or its id. It returns the id of the machine.
func AttachMachine(home, networkInterface string) (machine string, err error) {
	err = update(home, func(tx store.Tx) error {
		machine, err = attach(tx, networkInterface)
		return err
	})
	return machine, err
}

func attach(tx store.Tx, networkInterface string) (string, error) {
	id, err := findOne(tx, "network interface", "microsoft.network/networkinterfaces", networkInterface)
	if err != nil {
		return "", err
	}
	machine := machineOf(id)
	return machine, tx.Put(key(machine), map[string]any{
		"id": machine, "name": machine[strings.LastIndex(machine, "/")+1:], "type": "Microsoft.Compute/virtualMachines",
		nested: map[string]any{"networkProfile": map[string]any{"networkInterfaces": []any{map[string]any{"id": id}}}},
	})
}

// DetachMachine takes the machine of [AttachMachine] away again.
func DetachMachine(home, networkInterface string) error {
	return update(home, func(tx store.Tx) error {
		id, err := findOne(tx, "network interface", "microsoft.network/networkinterfaces", networkInterface)
		if err != nil {
			return err
		}
		if !tx.Has(key(machineOf(id))) {
			return fmt.Errorf("no machine has %s", id)
		}
		return tx.Delete(key(machineOf(id)))
	})
}

// machineOf is the id of the machine that an interface is attached to.
func machineOf(networkInterface string) string {
	parsed, _ := parseID(networkInterface) // it is stored
	subscription := parsed.group[:strings.LastIndex(parsed.group, "/resourceGroups/")]
	name := networkInterface[strings.LastIndex(networkInterface, "/")+1:]
	return subscription + "/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/" + name
}

// HoldSubnet leaves the service association link of Container Instances on a subnet, as
// Azure may when the last container group has gone: the subnet cannot be deleted until
// [ReleaseSubnet]. Azure gives no time after which it goes, and often there is none, so
// that the sandbox leaves one only when it is told to. The subnet is named by its id.
// Source: github.com/Azure/azure-cli/issues/21637.
func HoldSubnet(home, subnet string) error {
	return update(home, func(tx store.Tx) error {
		parsed, err := parseID(subnet)
		if err != nil {
			return err
		}
		network, err := read(tx, parsed.resource)
		if err != nil {
			return err
		}
		if len(parsed.parts) == 0 || findPart(network, parsed.parts) == nil {
			return fmt.Errorf("there is no subnet %s", subnet)
		}
		link := linkOf(subnet)
		return tx.Put(key(link), map[string]any{
			"id": link, "name": "acisal", "type": "Microsoft.ContainerInstance/serviceAssociationLinks",
			nested: map[string]any{"subnet": map[string]any{"id": subnet}},
		})
	})
}

// ReleaseSubnet takes the link of [HoldSubnet] away, as a request to delete it does.
func ReleaseSubnet(home, subnet string) error {
	return update(home, func(tx store.Tx) error {
		if !tx.Has(key(linkOf(subnet))) {
			return fmt.Errorf("no link holds %s", subnet)
		}
		return tx.Delete(key(linkOf(subnet)))
	})
}

// linkOf is the id under which the store keeps the link. It is not below the network, with
// which it would be deleted.
func linkOf(subnet string) string {
	parsed, err := parseID(subnet)
	if err != nil || len(parsed.parts) == 0 {
		return subnet
	}
	subscription := parsed.group[:strings.LastIndex(parsed.group, "/resourceGroups/")]
	network := parsed.resource[strings.LastIndex(parsed.resource, "/")+1:]
	return subscription + "/resourceGroups/azure/providers/Microsoft.ContainerInstance/serviceAssociationLinks/" +
		network + "-" + parsed.parts[0].name
}

func update(home string, change func(tx store.Tx) error) error {
	return store.At(filepath.Join(home, "stores", "azure.db")).Update(change)
}

// findOne gives the id of the one stored resource of a type, in lower case, that has this
// name or id.
func findOne(tx store.Tx, kind, ofType, named string) (string, error) {
	var found []string
	err := tx.Each("", func(id string, raw json.RawMessage) error {
		if !strings.Contains(id, "/"+ofType+"/") {
			return nil
		}
		var body struct{ ID, Name string }
		if err := json.Unmarshal(raw, &body); err != nil {
			return fmt.Errorf("stored resource %s: %w", id, err)
		}
		if key(named) == id || strings.EqualFold(named, body.Name) {
			found = append(found, body.ID)
		}
		return nil
	})
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", fmt.Errorf("no %s is named %q: sandbox list shows those that there are", kind, named)
	case len(found) > 1:
		return "", fmt.Errorf("%d resources are named %q: give the id of one %s", len(found), named, kind)
	}
	return found[0], nil
}
