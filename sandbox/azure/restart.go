package azure

import (
	"fmt"
	"net/netip"
	"slices"

	"ai-serving/sandbox/store"
)

// Restart is what became of a container group that Azure has moved to another host.
type Restart struct {
	// Group is the id of the group.
	Group string
	// Before and After are its private addresses.
	Before, After string
}

// Reuse is the order in which a subnet's free addresses are handed out to groups that
// restart. Azure documents none.
type Reuse string

const (
	// LastFreed hands out the address that a restart has freed last. An address has another
	// group at once: the worst order for whoever is not to reach another tenant.
	LastFreed Reuse = "last freed"
	// FirstFreed hands out an address that no restart has freed, or else the one that was
	// freed first. An address is without a group for longest: the worst order for whoever
	// still sends requests to it.
	FirstFreed Reuse = "first freed"
)

// RestartGroup restarts a container group of the sandbox with this home as a
// platform move does: the group goes on with another private address of its
// subnet. The group is named by its name or its id. Nothing is changed but
// properties.ipAddress.ip of the group.
// Source: learn.microsoft.com/azure/container-instances/container-instances-faq, which
// promises no address that stays; github.com/MicrosoftDocs/azure-docs/issues/113561.
func RestartGroup(home, group string, reuse Reuse) (Restart, error) {
	var restart Restart
	err := update(home, func(tx store.Tx) (err error) {
		restart, err = restartIn(tx, group, reuse)
		return err
	})
	return restart, err
}

func restartIn(tx store.Tx, group string, reuse Reuse) (Restart, error) {
	body, err := findGroup(tx, group)
	if err != nil {
		return Restart{}, err
	}
	parsed, err := parseID(text(body, "id"))
	if err != nil {
		return Restart{}, err
	}
	subnets := objects(body, nested, "subnetIds")
	if len(subnets) == 0 {
		return Restart{}, fmt.Errorf("container group %s is in no subnet: its address is public and stays", group)
	}
	r := &request{tx: tx, id: text(body, "id"), parsed: parsed, body: body, current: body, root: body}
	restart := Restart{Group: r.id, Before: text(body, nested, "ipAddress", "ip")}
	restart.After, err = r.nextAddress(text(subnets[0], "id"), restart.Before, reuse)
	if err != nil {
		return Restart{}, err
	}
	put(body, restart.After, nested, "ipAddress", "ip")
	return restart, r.save()
}

// findGroup gives the body of the container group that has this name or id.
func findGroup(tx store.Tx, group string) (map[string]any, error) {
	id, err := findOne(tx, "container group", "microsoft.containerinstance/containergroups", group)
	if err != nil {
		return nil, err
	}
	return read(tx, id)
}

// nextAddress takes another address of a subnet than the one that the group has, in
// the given order, and remembers that the old one is free.
func (r *request) nextAddress(subnet, before string, reuse Reuse) (string, error) {
	freed, err := r.freedAddresses(subnet)
	if err != nil {
		return "", err
	}
	after, err := r.chooseAddress(subnet, freed, reuse)
	if err != nil {
		return "", err
	}
	freed = append(slices.DeleteFunc(freed, func(a string) bool { return a == before || a == after }), before)
	return after, r.tx.Remember(freedKey(subnet), freed)
}

// chooseAddress is the next free address of a subnet in the given order, of which freed
// are those that restarts have freed, the last one at the end.
func (r *request) chooseAddress(subnet string, freed []string, reuse Reuse) (string, error) {
	prefix, taken, err := r.subnetAddresses(subnet)
	if err != nil {
		return "", err
	}
	again := freeAgain(freed, prefix, taken)
	if reuse == LastFreed && len(again) > 0 {
		return again[len(again)-1].String(), nil
	}
	for _, address := range again {
		taken[address] = true
	}
	if fresh, ok := firstFree(prefix, reservedAddresses, taken); ok {
		return fresh.String(), nil
	}
	if len(again) > 0 {
		return again[0].String(), nil
	}
	return r.privateAddress(subnet) // which says that the subnet is full
}

// freeAgain are the addresses that are still free of those that were freed, in their order.
func freeAgain(freed []string, prefix netip.Prefix, taken map[netip.Addr]bool) []netip.Addr {
	var free []netip.Addr
	for _, text := range freed {
		address, err := netip.ParseAddr(text)
		if err == nil && prefix.Contains(address) && !taken[address] {
			free = append(free, address)
		}
	}
	return free
}

// freedAddresses are the addresses of a subnet that restarts have freed, the last
// one at the end.
func (r *request) freedAddresses(subnet string) ([]string, error) {
	var freed []string
	_, err := r.tx.Recall(freedKey(subnet), &freed)
	return freed, err
}

func freedKey(subnet string) string { return "freed " + key(subnet) }
