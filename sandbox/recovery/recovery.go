// Package recovery finds what an interrupted deployment has left in the clouds.
//
// The engine notes a creation in the stack's state before it begins it. When the
// engine is killed, it never learns the outcome: the resource may exist, under a
// name that the engine chose for it, and nothing but that note knows of it. To
// clear the note, as pulumi refresh --clear-pending-creates does, is to lose the
// resource. The note has the inputs, though, and the id follows from the type
// and the inputs. So the creation is taken for done, and the refresh that has to
// follow asks the cloud: what exists is kept, and what does not exist is dropped
// from the state.
//
// The engine's own pulumi refresh --import-pending-creates does not do that: the
// engine 3.259 turns the note into one of an import, which it then drops.
package recovery

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Creation is a creation that was interrupted.
type Creation struct {
	URN, ID string
	// Superseded says that the state has another resource of the URN: this one
	// was to replace it. It is to be deleted, if it exists, by the next update,
	// which then makes the replacement anew.
	Superseded bool
}

// String names the resource, and says what becomes of it.
func (c Creation) String() string {
	fate := "kept if it exists"
	if c.Superseded {
		fate = "deleted by the next update if it exists"
	}
	return fmt.Sprintf("%s %s: %s", c.URN, c.ID, fate)
}

// Recover reads a state as pulumi stack export prints it, takes its interrupted
// creations for done, and writes it in the form that pulumi stack import reads.
// IDs are by URN, and go before what follows from the inputs.
func Recover(from io.Reader, to io.Writer, ids map[string]string) ([]Creation, error) {
	text, err := io.ReadAll(from)
	if err != nil {
		return nil, err
	}
	var exported map[string]json.RawMessage
	if err := json.Unmarshal(text, &exported); err != nil {
		return nil, fmt.Errorf("the exported state: %w", err)
	}
	recovered, creations, err := adopt(exported["deployment"], ids)
	if err != nil {
		return nil, err
	}
	exported["deployment"] = recovered
	encoder := json.NewEncoder(to)
	encoder.SetIndent("", "    ")
	return creations, encoder.Encode(exported)
}

// object is a JSON object whose order and unknown parts do not matter here.
type object = map[string]any

// adopt puts the resources of the pending creations into the deployment.
func adopt(deployment json.RawMessage, ids map[string]string) (json.RawMessage, []Creation, error) {
	var state object
	decoder := json.NewDecoder(bytes.NewReader(deployment))
	decoder.UseNumber()
	if err := decoder.Decode(&state); err != nil {
		return nil, nil, fmt.Errorf("the deployment of the exported state: %w", err)
	}
	resources := list(state, "resources")
	present := newPresent(resources)
	var creations []Creation
	var failures []error
	for _, operation := range objects(state, "pending_operations") {
		created, _ := operation["resource"].(object)
		if operation["type"] != "creating" || !isInACloud(created) {
			continue
		}
		creation := Creation{URN: text(created, "urn")}
		var err error
		if creation.ID, err = present.idOf(created, ids); err != nil {
			failures = append(failures, err)
			continue
		}
		other, exists := present.byURN[creation.URN]
		creation.Superseded = exists && other["pendingReplacement"] != true
		if creation.Superseded && text(other, "id") == creation.ID {
			continue // it could not be created: the other one is there
		}
		if exists && !creation.Superseded {
			resources = remove(resources, other) // it was deleted before this one was begun
		}
		creations = append(creations, creation)
		resources = append(resources, asDone(created, creation))
	}
	delete(state, "pending_operations")
	state["resources"] = resources
	recovered, err := json.Marshal(state)
	return recovered, creations, errors.Join(append(failures, err)...)
}

// isInACloud says whether a resource is one of a provider: components and
// providers exist in the state alone, and are simply made again.
func isInACloud(resource object) bool {
	return resource["custom"] == true && packageOf(text(resource, "type")) != "pulumi"
}

// asDone is the resource of a creation as if it had been done. What the cloud
// has made of the inputs is for the refresh to read.
func asDone(resource object, creation Creation) object {
	resource["id"] = creation.ID
	resource["outputs"] = resource["inputs"]
	if creation.Superseded {
		resource["delete"] = true
	}
	return resource
}

func remove(resources []any, unwanted object) []any {
	var kept []any
	for _, resource := range resources {
		if r, _ := resource.(object); text(r, "id") != text(unwanted, "id") || r["urn"] != unwanted["urn"] {
			kept = append(kept, resource)
		}
	}
	return kept
}

func list(o object, key string) []any {
	values, _ := o[key].([]any)
	return values
}

func objects(o object, key string) []object {
	var all []object
	for _, value := range list(o, key) {
		if one, isObject := value.(object); isObject {
			all = append(all, one)
		}
	}
	return all
}

func text(o object, key string) string {
	value, _ := o[key].(string)
	return value
}
