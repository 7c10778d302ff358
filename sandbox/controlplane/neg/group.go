// Package neg plays GKE's controller of container-native load balancing: it
// makes the network endpoint groups that a cluster's Services ask for, in the
// store of the sandbox's Google Cloud.
package neg

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"ai-serving/sandbox/store"
)

// ID is the key of a group in the store, and its name relative to the Compute
// Engine API.
func ID(project, zone, name string) string {
	return fmt.Sprintf("projects/%s/zones/%s/networkEndpointGroups/%s", project, zone, name)
}

// computeURL begins what Compute Engine calls its resources.
const computeURL = "https://www.googleapis.com/compute/beta/"

// Group is a group as Compute Engine tells of it, which is also its document in
// the store.
type Group struct {
	Kind                string `json:"kind"`
	Name                string `json:"name"`
	Zone                string `json:"zone"`
	NetworkEndpointType string `json:"networkEndpointType"`
	SelfLink            string `json:"selfLink"`
	// Description is the origin in JSON, as GKE's controller writes it.
	Description string `json:"description"`
}

// Origin is the port that a group leads to.
type Origin struct {
	Cluster   string `json:"cluster"` // projects/P/locations/L/clusters/NAME
	Namespace string `json:"namespace"`
	Service   string `json:"service-name"`
	Port      string `json:"port"`
}

// Cluster is the cluster that made the group, "" if none did.
func (g Group) Cluster() string { return g.origin().Cluster }

func (g Group) origin() (o Origin) {
	if json.Unmarshal([]byte(g.Description), &o) != nil {
		return Origin{} // somebody's own words
	}
	return o
}

// newGroup is the group of this name and origin in one zone.
func newGroup(project, zone, name string, origin Origin) Group {
	description, err := json.Marshal(origin)
	if err != nil {
		panic(err) // texts only
	}
	return Group{
		Kind:                "compute#networkEndpointGroup",
		Name:                name,
		Zone:                computeURL + "projects/" + project + "/zones/" + zone,
		NetworkEndpointType: "GCE_VM_IP_PORT",
		SelfLink:            computeURL + ID(project, zone, name),
		Description:         string(description),
	}
}

func (g Group) id() string { return strings.TrimPrefix(g.SelfLink, computeURL) }

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
			group.id(), group.origin().Namespace, group.origin().Service, group.origin().Port)
	}
	return nil
}

// groupsOf returns the groups in the store that a cluster made, by id.
func groupsOf(tx store.Tx, cluster string) (map[string]Group, error) {
	groups := map[string]Group{}
	err := tx.Each("projects/", func(id string, raw json.RawMessage) error {
		if !strings.Contains(id, "/networkEndpointGroups/") {
			return nil
		}
		var group Group
		if err := json.Unmarshal(raw, &group); err != nil {
			return fmt.Errorf("stored resource %s: %w", id, err)
		}
		if group.Cluster() == cluster {
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
		if other != id && bytes.Contains(raw, []byte("/"+id+`"`)) { // at the end of a URL
			user = other
		}
		return nil
	})
	return user, err
}
