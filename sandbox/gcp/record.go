package gcp

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"ai-serving/sandbox/store"
)

// record is the document of a resource in the store. Its key is the resource's
// Terraform id, which for most types is its name relative to the API.
type record struct {
	// Type is the Terraform type, or one of the types below.
	Type string `json:"type"`
	// Attributes are the Terraform state.
	Attributes map[string]any `json:"attributes"`
	// References are the ids of the resources that cannot go before this one.
	References []string `json:"references,omitempty"`
	// Parent is the id of the resource that this one goes with.
	Parent string `json:"parent,omitempty"`
}

// instanceGroup is the type of what Compute Engine makes beside an instance
// group manager, and what backends refer to.
const instanceGroup = "InstanceGroup"

func (r record) text(attribute string) string {
	text, _ := r.Attributes[attribute].(string)
	return text
}

// selfLink is the URL of the resource with this id.
func (r record) selfLink(id string) string {
	if link := r.text("self_link"); link != "" {
		return link
	}
	return computeURL + id
}

func get(tx store.Tx, id string) (record, bool, error) {
	var found record
	exists, err := tx.Get(id, &found)
	return found, exists, err
}

// each calls f for every resource in the store, in order of id.
func each(tx store.Tx, f func(id string, r record) error) error {
	return tx.Each("", func(id string, raw json.RawMessage) error {
		var r record
		if err := json.Unmarshal(raw, &r); err != nil {
			return fmt.Errorf("stored resource %s: %w", id, err)
		}
		return f(id, r)
	})
}

// errFound ends a search.
var errFound = errors.New("found")

// find returns the first resource that matches.
func find(tx store.Tx, matches func(id string, r record) bool) (id string, found record, err error) {
	err = each(tx, func(candidate string, r record) error {
		if matches(candidate, r) {
			id, found = candidate, r
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		err = nil
	}
	return id, found, err
}

// family returns the id and those of all resources that go with it, parents
// first.
func family(tx store.Tx, id string) ([]string, error) {
	parents := map[string]string{}
	err := each(tx, func(member string, r record) error {
		parents[member] = r.Parent
		return nil
	})
	members := []string{id}
	for i := 0; i < len(members); i++ {
		for member, parent := range parents {
			if parent == members[i] {
				members = append(members, member)
			}
		}
	}
	slices.Sort(members[1:])
	return members, err
}

// checkUnused refuses the deletion of a family while a resource outside of it
// refers to a member.
func checkUnused(tx store.Tx, title string, members []string) error {
	user, used, err := find(tx, func(id string, r record) bool {
		return !slices.Contains(members, id) && slices.ContainsFunc(members, func(member string) bool {
			return slices.Contains(r.References, member)
		})
	})
	if err != nil || user == "" {
		return err
	}
	for _, member := range members {
		if slices.Contains(used.References, member) {
			return inUse(title, member, user)
		}
	}
	return nil
}
