// Package recovery finds what an interrupted deployment has left in the clouds.
//
// The engine notes a creation in the stack's state before it begins it, and
// removes the note when the provider answers.
//
// When the engine is killed, the note stays. To clear it, as pulumi refresh
// --clear-pending-creates does, is to lose a resource that exists. The engine's
// own pulumi refresh --import-pending-creates does not help: the engine 3.259
// turns the note into one of an import, which it then drops.
//
// When a provider is killed, or the cloud's answer is lost, the engine removes
// the note like that of any creation that fails (backend/snapshot.go of
// github.com/pulumi/pulumi, createSnapshotMutation.End), and the state has nothing
// of a resource that may exist (github.com/pulumi/pulumi/issues/15958). What was
// begun is then in the event log only.
//
// The note and the event log both have the inputs, and the id follows from the
// type and the inputs. So the creation is taken for done, and the refresh that has
// to follow asks the cloud: what exists is kept, and what does not exist is
// dropped from the state.
package recovery

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Creation is a creation that was interrupted.
type Creation struct {
	URN, ID string
	// Superseded says that the state has another resource of the URN: this one
	// was to replace it. It is to be deleted, if it exists, by the next update,
	// which then makes the replacement anew.
	Superseded bool
	// Refused is what the cloud answered to a creation that is not looked for:
	// what has its id, if anything, may be another team's.
	Refused string
}

// String names the resource, and says what becomes of it.
func (c Creation) String() string {
	fate := "kept if it exists"
	switch {
	case c.Superseded:
		fate = "deleted by the next update if it exists"
	case c.Refused != "":
		first, _, _ := strings.Cut(c.Refused, "\n")
		fate = fmt.Sprintf("not looked for, because it was refused: %s (if it is the stack's own, give --id %s=%s)", first, c.URN, c.ID)
	}
	return fmt.Sprintf("%s %s: %s", c.URN, c.ID, fate)
}

// Recover reads a state as pulumi stack export prints it, takes its interrupted
// creations for done, and those of the attempts whose outcome is unknown, and
// writes it in the form that pulumi stack import reads. Of several attempts to
// make one resource, the last is kept. Attempts of other stacks are ignored. IDs
// are by URN, and go before what follows from the inputs.
func Recover(from io.Reader, to io.Writer, attempts []Attempt, ids map[string]string) ([]Creation, error) {
	text, err := io.ReadAll(from)
	if err != nil {
		return nil, err
	}
	var exported map[string]json.RawMessage
	if err := json.Unmarshal(text, &exported); err != nil {
		return nil, fmt.Errorf("the exported state: %w", err)
	}
	recovered, creations, err := recoverDeployment(exported["deployment"], attempts, ids)
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

// recoverDeployment puts the resources of the creations into the deployment.
func recoverDeployment(deployment json.RawMessage, attempts []Attempt, ids map[string]string) (json.RawMessage, []Creation, error) {
	var state object
	decoder := json.NewDecoder(bytes.NewReader(deployment))
	decoder.UseNumber()
	if err := decoder.Decode(&state); err != nil {
		return nil, nil, fmt.Errorf("the deployment of the exported state: %w", err)
	}
	a := adoption{present: newPresent(list(state, "resources")), ids: ids}
	for _, operation := range objects(state, "pending_operations") {
		created, _ := operation["resource"].(object)
		if operation["type"] == "creating" && isInACloud(created) {
			a.addPending(created)
		}
	}
	for _, attempt := range slices.Backward(attempts) {
		a.addAttempt(attempt)
	}
	delete(state, "pending_operations")
	state["resources"] = a.present.resources
	recovered, err := json.Marshal(state)
	return recovered, a.creations, errors.Join(append(a.failures, err)...)
}

// adoption is the resources of a state, to which those of creations are added.
type adoption struct {
	present   *present
	ids       map[string]string // that are given, by URN
	creations []Creation
	failures  []error
}

// addPending adds the resource of a creation that the engine has noted.
func (a *adoption) addPending(created object) {
	id, err := a.present.idOf(created, a.ids)
	if err == nil {
		err = a.add(created, id)
	}
	if err != nil {
		a.failures = append(a.failures, err)
	}
}

// addAttempt adds the resource of a creation that failed, unless it was refused.
func (a *adoption) addAttempt(attempt Attempt) {
	created, urn := attempt.resource, attempt.URN()
	if !a.present.isOfTheStack(urn) {
		return
	}
	id, err := a.present.idOf(created, a.ids)
	_, isGiven := a.ids[urn]
	isUnknown := isGiven || attempt.isLost() || a.present.isOwn(created, id)
	switch {
	case err != nil && isUnknown:
		a.failures = append(a.failures, err)
	case err != nil: // what was refused for its inputs need not have an id
	case isUnknown:
		created["dependencies"] = a.present.dependenciesOf(created)
		if err := a.add(created, id); err != nil {
			a.failures = append(a.failures, err)
		}
	case !a.present.has(urn, id):
		a.creations = append(a.creations, Creation{URN: urn, ID: id, Refused: attempt.failure})
	}
}

// add adds a resource that is taken for made.
func (a *adoption) add(created object, id string) error {
	creation := Creation{URN: text(created, "urn"), ID: id}
	other, exists := a.present.byURN[creation.URN]
	if exists && other["pendingReplacement"] == true {
		a.present.remove(other) // it was deleted before this one was begun
		exists = false
	}
	if a.present.has(creation.URN, id) {
		return nil // it could not be created: the other one is there
	}
	if err := a.present.attach(created); err != nil {
		return err
	}
	creation.Superseded = exists
	a.creations = append(a.creations, creation)
	a.present.add(asDone(created, creation))
	return nil
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
		delete(resource, "protect") // the other one is what is protected
	}
	return resource
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
