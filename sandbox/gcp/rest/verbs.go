package rest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"ai-serving/sandbox/gcp/refusals"
	"ai-serving/sandbox/rules"
)

var (
	exists = Rules.Add(rules.Rule{
		Name: "gcp/exists", Asks: "What a request is about, or refers to, exists.",
		Status: http.StatusNotFound, Code: "notFound",
		Source: "cloud.google.com/compute/docs/troubleshooting/api-errors; google-beta's transport.HandleNotFoundError",
	})
	nameFree = Rules.Add(rules.Rule{
		Name: "gcp/name-free", Asks: "A new resource has a name that none of its collection has.",
		Status: http.StatusConflict, Code: "alreadyExists",
		Source: "cloud.google.com/compute/docs/troubleshooting/api-errors",
	})
	fingerprintCurrent = Rules.Add(rules.Rule{
		Name: "gcp/fingerprint", Asks: "A change that tells a fingerprint tells that of the resource as it is.",
		Status: http.StatusPreconditionFailed, Code: "conditionNotMet",
		Source: "description of the fields fingerprint and labelFingerprint in Compute Engine's discovery document",
	})
)

func notFound(key string) error { return exists.Refuse("The resource '%s' was not found", key) }

func (r *request) mustExist() error {
	if r.old == nil {
		return notFound(r.key)
	}
	return nil
}

func (r *request) get() (any, error) { return r.old, r.mustExist() }

// list gives all resources of the collection, in the field of the answer that
// holds such resources.
func (r *request) list() (any, error) {
	var items []json.RawMessage
	err := r.tx.Each(r.key, func(_ string, raw json.RawMessage) error {
		items = append(items, slices.Clone(raw))
		return nil
	})
	for name, property := range r.document.Resolve(r.method.Response).Properties {
		if property.Items != nil && r.document.Resolve(property.Items) == r.schema {
			return object{name: items}, err
		}
	}
	return object{}, err
}

// insert makes a resource.
func (r *request) insert() (any, error) {
	if err := r.checkAPI(); err != nil {
		return nil, err
	}
	if err := r.checkPlace(); err != nil {
		return nil, err
	}
	if r.old != nil {
		return nil, nameFree.Refuse("The resource '%s' already exists", r.key)
	}
	if err := r.checkQuota(); err != nil {
		return nil, err
	}
	return r.put(clone(r.payload()))
}

// update puts a resource in the place of what is there. What only Google sets
// stays.
func (r *request) update() (any, error) {
	if err := r.checkChange(); err != nil {
		return nil, err
	}
	next := clone(r.payload())
	for name, value := range clone(r.old) {
		_, given := next[name]
		if own := r.schema.Properties[name]; !given && own != nil && (own.ReadOnly || slices.Contains(kept, name)) {
			next[name] = value
		}
	}
	return r.put(next)
}

// kept are the fields that a replacement need not repeat.
var kept = []string{"name", "labels", "labelFingerprint", "region", "zone", "securityPolicy", "edgeSecurityPolicy", "kind", "id", "selfLink", "creationTimestamp"}

// checkChange refuses to change what is not there, or has been changed since.
func (r *request) checkChange() error {
	if err := r.mustExist(); err != nil {
		return err
	}
	for _, name := range []string{"fingerprint", "labelFingerprint"} {
		if told, _ := r.payload()[name].(string); told != "" && told != r.old[name] {
			return fingerprintCurrent.Refuse("Supplied %s does not match current %s.", name, name)
		}
	}
	return nil
}

func (r *request) delete() (any, error) {
	if _, err := r.checkDelete(); err != nil {
		return nil, err
	}
	if err := r.forget(); err != nil {
		return nil, err
	}
	return r.result(object{})
}

// checkDelete refuses to remove what is in use.
func (r *request) checkDelete() (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	if r.kind.remove != nil {
		if err := r.kind.remove(r); err != nil {
			return nil, err
		}
	}
	if slices.Contains(governed, r.api) && r.collection != "objects" {
		if err := refusals.CheckDelete(project{r.tx}, r.key); err != nil {
			return nil, err
		}
	}
	return nil, r.checkUnused()
}

// forget removes the resource, and what goes with it, from the store.
func (r *request) forget() error {
	members, err := r.members()
	if err != nil {
		return err
	}
	for _, member := range members {
		if err := r.tx.Delete(member); err != nil {
			return err
		}
	}
	return nil
}

// members are the id of the resource, of its parts, and of its companions. An
// object has no parts: the slashes in its name are its own.
func (r *request) members() ([]string, error) {
	members := []string{r.key}
	if r.collection == "objects" {
		return members, nil
	}
	members = append(members, r.companions()...)
	err := each(r.tx, r.key+"/", func(key string, part object) error {
		members = append(members, key)
		if part["instanceGroupUrls"] != nil {
			members = append(members, poolGroups(key, part)...)
		}
		return nil
	})
	return members, err
}

// companions are the ids of what Google made beside the resource.
func (r *request) companions() []string {
	if r.kind.companions == nil || r.old == nil {
		return nil
	}
	return r.kind.companions(r.key, r.old)
}

// put stores the resource as it will be, with what Google adds to it.
func (r *request) put(next object) (any, error) {
	if err := r.resolve(next); err != nil {
		return nil, err
	}
	if err := r.checkRules(r.key, next, r.old); err != nil {
		return nil, err
	}
	for name, value := range clone(r.kind.defaults) {
		if _, given := next[name]; !given {
			next[name] = value
		}
	}
	r.generate(next)
	if r.kind.prepare != nil {
		if err := r.kind.prepare(r, next); err != nil {
			return nil, err
		}
	}
	for _, name := range r.kind.hidden {
		delete(next, name)
	}
	next = prune(next).(object)
	if err := r.tx.Put(r.key, next); err != nil {
		return nil, err
	}
	return r.result(next)
}

// prune leaves out empty texts and lists, as Google's answers do.
func prune(value any) any {
	switch value := value.(type) {
	case object:
		maps.DeleteFunc(value, func(_ string, element any) bool {
			list, isList := prune(element).([]any)
			return element == nil || element == "" || isList && len(list) == 0
		})
		return value
	case []any:
		for i := range value {
			value[i] = prune(value[i])
		}
		return value
	default:
		return value
	}
}
