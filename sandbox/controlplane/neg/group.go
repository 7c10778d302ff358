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

	corev1 "k8s.io/api/core/v1"

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
	// Network and Subnetwork are the cluster's. They can not go before the group,
	// which is what a group that outlives its cluster is known for.
	Network    string `json:"network,omitempty"`
	Subnetwork string `json:"subnetwork,omitempty"`
	// Description is the origin in JSON, as GKE's controller writes it.
	Description string `json:"description"`
}

// Origin is the port that a group routes to.
type Origin struct {
	Cluster   string `json:"cluster"` // projects/P/locations/L/clusters/NAME
	Namespace string `json:"namespace"`
	Service   string `json:"service-name"`
	Port      string `json:"port"`
}

// Cluster is the cluster that made the group, "" if none did.
func (g Group) Cluster() string { return g.Origin().Cluster }

// Origin is what the group is for; nothing if no cluster made it.
func (g Group) Origin() (o Origin) {
	if json.Unmarshal([]byte(g.Description), &o) != nil {
		return Origin{} // somebody's own words
	}
	return o
}

// isOf says whether a Service asks for the group.
func (g Group) isOf(service *corev1.Service) bool {
	origin := g.Origin()
	return origin.Namespace == service.Namespace && origin.Service == service.Name
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

// save makes the store hold these groups of a cluster but for those that are late. A
// name that somebody else has is not taken. It returns the groups that are lacking
// then. The error lists what was refused; the rest is saved.
func save(s store.Store, cluster string, groups []Group, late map[string]bool) (lacking []Group, err error) {
	var refused []error
	err = s.Update(func(tx store.Tx) error {
		if err := join(tx, cluster, groups); err != nil {
			return err
		}
		for _, group := range groups {
			there := tx.Has(group.id())
			if !there && late[group.id()] {
				lacking = append(lacking, group)
			} else if !there {
				if err := tx.Put(group.id(), group); err != nil {
					return err
				}
			} else if err := checkOwner(tx, group); err != nil {
				lacking, refused = append(lacking, group), append(refused, err)
			}
		}
		return nil
	})
	return lacking, errors.Join(append(refused, err)...)
}

// removeSurplus removes the groups of a cluster but for those that are wanted. It
// returns those that it keeps because other resources refer to them.
func removeSurplus(s store.Store, cluster string, wanted []Group) (kept []Group, err error) {
	err = s.Update(func(tx store.Tx) error {
		surplus, err := groupsOf(tx, cluster)
		if err != nil {
			return err
		}
		for _, group := range wanted {
			delete(surplus, group.id())
		}
		kept, err = remove(tx, surplus)
		return err
	})
	return kept, err
}

// join puts groups into the network of their cluster.
func join(tx store.Tx, cluster string, groups []Group) error {
	var stored struct {
		NetworkConfig struct{ Network, Subnetwork string }
	}
	_, err := tx.Get(cluster, &stored)
	for i := range groups {
		if key := stored.NetworkConfig.Network; key != "" {
			groups[i].Network = computeURL + key
		}
		if key := stored.NetworkConfig.Subnetwork; key != "" {
			groups[i].Subnetwork = computeURL + key
		}
	}
	return err
}

// remove removes groups but those that other resources refer to, which it returns.
func remove(tx store.Tx, surplus map[string]Group) (kept []Group, err error) {
	for id, group := range surplus {
		user, err := userOf(tx, id)
		if err != nil {
			return kept, err
		}
		if user != "" {
			kept = append(kept, group)
		} else if err := tx.Delete(id); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

// checkOwner returns an error if the stored group of this name is another's.
func checkOwner(tx store.Tx, group Group) error {
	var present Group
	if _, err := tx.Get(group.id(), &present); err != nil {
		return err
	}
	if present.Origin() != group.Origin() {
		return fmt.Errorf("network endpoint group %s of Service %s/%s port %s: the name is taken",
			group.id(), group.Origin().Namespace, group.Origin().Service, group.Origin().Port)
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
