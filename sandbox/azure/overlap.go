package azure

import (
	"crypto/rand"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/store"
)

// writeTime is how long the sandbox takes to write to a gateway, which takes Azure minutes:
// long enough that the engine starts whatever it does not make wait for it.
const writeTime = 50 * time.Millisecond

var oneWriter = Rules.Add(rules.Rule{
	Name: "azure/gateway/one-writer", Asks: "Two operations do not write to a gateway at once: the earlier one is cancelled.",
	Status: http.StatusConflict, Code: "CanceledAndSupersededDueToAnotherOperation",
	Source: "github.com/Azure/azure-cli/issues/21156; that policies and interfaces of a gateway are written to it alike is inferred",
})

// writing is an operation that writes to gateways. The zero value writes to none.
type writing struct {
	operation string
	gateways  []string // ids in lower case
}

// begin starts an operation on a resource that is to have this body, nil if it is to be
// deleted. Whatever is being written to the same gateways is superseded. It returns when
// the gateways have taken the change.
func (m manager) begin(id armID, body map[string]any) (writing, error) {
	if len(id.parts) > 0 || !writesToGateways[strings.ToLower(id.resourceType)] {
		return writing{}, nil
	}
	w := writing{operation: rand.Text()}
	err := m.store.Update(func(tx store.Tx) (err error) {
		if w.gateways, err = gatewaysOf(tx, id, body); err != nil {
			return err
		}
		for _, gateway := range w.gateways {
			if err := tx.Remember(writingKey(gateway), w.operation); err != nil {
				return err
			}
		}
		return nil
	})
	if len(w.gateways) > 0 {
		time.Sleep(writeTime)
	}
	return w, err
}

// end refuses an operation that another has superseded.
func (w writing) end(tx store.Tx) error {
	for _, gateway := range w.gateways {
		var last string
		if _, err := tx.Recall(writingKey(gateway), &last); err != nil {
			return err
		}
		if last != w.operation {
			return refuse(oneWriter, "Operation %s on %s was canceled and superseded by operation %s.", w.operation, gateway, last)
		}
	}
	return nil
}

// writesToGateways are the types whose resources may be written to gateways.
var writesToGateways = map[string]bool{
	"microsoft.network/applicationgateways":                              true,
	"microsoft.network/applicationgatewaywebapplicationfirewallpolicies": true,
	"microsoft.network/networkinterfaces":                                true,
}

// gatewaysOf are the gateways that a resource is written to: itself, those that use it, and
// those that it is or was in a pool of.
func gatewaysOf(tx store.Tx, id armID, body map[string]any) ([]string, error) {
	current, err := read(tx, id.resource)
	if err != nil {
		return nil, err
	}
	users, err := referrers(tx, id.resource)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, near := range slices.Concat([]string{id.resource}, users, referencesIn(body), referencesIn(current)) {
		if parsed, err := parseID(near); err == nil && strings.EqualFold(parsed.resourceType, "Microsoft.Network/applicationGateways") {
			found[key(parsed.resource)] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

func writingKey(gateway string) string { return "writing " + gateway }
