// Package neg plays GKE's controller of container-native load balancing: it
// makes the network endpoint groups that a cluster's Services ask for, in the
// store of the sandbox's Google Cloud.
package neg

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"ai-serving/sandbox/store"
)

// ResourceType is the type of a group's document in the store.
const ResourceType = "NetworkEndpointGroup"

// ID is the key of a group in the store, and its name relative to the Compute
// Engine API.
func ID(project, zone, name string) string {
	return fmt.Sprintf("projects/%s/zones/%s/networkEndpointGroups/%s", project, zone, name)
}

// Group is a group's document in the store.
type Group struct {
	Type       string     `json:"type"` // ResourceType
	Attributes Attributes `json:"attributes"`
	Origin     Origin     `json:"origin"`
}

// Attributes are what Compute Engine tells about a group.
type Attributes struct {
	Name                string `json:"name"`
	Project             string `json:"project"`
	Zone                string `json:"zone"`
	NetworkEndpointType string `json:"network_endpoint_type"`
	SelfLink            string `json:"self_link"`
}

// Origin is the port that a group leads to.
type Origin struct {
	Cluster   string `json:"cluster"` // projects/P/locations/L/clusters/NAME
	Namespace string `json:"namespace"`
	Service   string `json:"service"`
	Port      string `json:"port"`
}

// newGroup is the group of this name and origin in one zone.
func newGroup(project, zone, name string, origin Origin) Group {
	return Group{
		Type: ResourceType,
		Attributes: Attributes{
			Name:                name,
			Project:             project,
			Zone:                zone,
			NetworkEndpointType: "GCE_VM_IP_PORT",
			SelfLink:            "https://www.googleapis.com/compute/v1/" + ID(project, zone, name),
		},
		Origin: origin,
	}
}

func (g Group) id() string {
	return ID(g.Attributes.Project, g.Attributes.Zone, g.Attributes.Name)
}

// save makes the store hold exactly these groups of a cluster, as far as Google
// Cloud would let it: a group that another resource refers to does not go, and
// a name that somebody else has is not taken. The error lists what was refused;
// the rest is saved.
func save(s store.Store, cluster string, groups []Group) error {
	var refused []error
	err := s.Update(func(tx store.Tx) error {
		surplus, err := groupsOf(tx, cluster)
		if err != nil {
			return err
		}
		for _, group := range groups {
			delete(surplus, group.id())
			if tx.Has(group.id()) {
				refused = append(refused, checkOwner(tx, group))
			} else if err := tx.Put(group.id(), group); err != nil {
				return err
			}
		}
		for id := range surplus {
			user, err := userOf(tx, id)
			if err != nil {
				return err
			}
			if user != "" {
				refused = append(refused, fmt.Errorf("network endpoint group %s is kept while %s uses it", id, user))
			} else if err := tx.Delete(id); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(append(refused, err)...)
}

// checkOwner returns an error if the stored group of this name is another's.
func checkOwner(tx store.Tx, group Group) error {
	var present Group
	if _, err := tx.Get(group.id(), &present); err != nil {
		return err
	}
	if present != group {
		return fmt.Errorf("network endpoint group %s of Service %s/%s port %s: the name is taken",
			group.id(), group.Origin.Namespace, group.Origin.Service, group.Origin.Port)
	}
	return nil
}

// groupsOf returns the groups in the store that a cluster made, by id.
func groupsOf(tx store.Tx, cluster string) (map[string]Group, error) {
	groups := map[string]Group{}
	err := tx.Each("projects/", func(id string, raw json.RawMessage) error {
		var kind struct {
			Type string `json:"type"`
		}
		if err := json.Unmarshal(raw, &kind); err != nil || kind.Type != ResourceType {
			return err
		}
		var group Group
		if err := json.Unmarshal(raw, &group); err != nil {
			return fmt.Errorf("stored resource %s: %w", id, err)
		}
		if group.Origin.Cluster == cluster {
			groups[id] = group
		}
		return nil
	})
	return groups, err
}

// userOf returns the id of a resource that refers to the one with this id, or
// "" if none does.
func userOf(tx store.Tx, id string) (string, error) {
	user := ""
	err := tx.Each("", func(other string, raw json.RawMessage) error {
		var resource struct {
			References []string `json:"references"`
		}
		if err := json.Unmarshal(raw, &resource); err != nil {
			return fmt.Errorf("stored resource %s: %w", other, err)
		}
		if slices.Contains(resource.References, id) {
			user = other
		}
		return nil
	})
	return user, err
}
