package rest

import (
	"encoding/json"
	"slices"
	"strings"

	"ai-serving/sandbox/gcp/refusals"
	"ai-serving/sandbox/store"
)

// project tells the rules what exists.
type project struct{ tx store.Tx }

// Get gives a stored body.
func (p project) Get(link string) (json.RawMessage, bool) {
	var raw json.RawMessage
	found, err := p.tx.Get(link, &raw)
	return raw, found && err == nil
}

// Each gives the links of a collection in all scopes.
func (p project) Each(collection string) []string {
	var links []string
	_ = p.tx.Each("", func(key string, _ json.RawMessage) error { // the function never fails
		if parts := strings.Split(key, "/"); len(parts) > 1 && parts[len(parts)-2] == collection {
			links = append(links, key)
		}
		return nil
	})
	return links
}

// governed are the APIs whose resources have rules.
var governed = []string{"compute", "container", "certificatemanager", "storage"}

// checkRules refuses what Google does of the resource as it would be.
func (r *request) checkRules(key string, next, before object) error {
	if !slices.Contains(governed, r.api) || r.collection == "objects" {
		return nil
	}
	body, err := json.Marshal(next)
	if err != nil {
		return err
	}
	var present json.RawMessage
	if before != nil {
		if present, err = json.Marshal(before); err != nil {
			return err
		}
	}
	if err := refusals.Check(project{r.tx}, key, body, present); err != nil {
		return err
	}
	return r.checkZones(next)
}
