package azure

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"

	"ai-serving/sandbox/azure/bicep"
	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/store"
)

// manager is the sandbox's Azure Resource Manager: it keeps the body of every
// resource by id and refuses what Azure would. A part of a resource that is a
// resource too, such as a subnet, is kept in the body of the resource.
type manager struct{ store store.Store }

var (
	groupExists = Rules.Add(rules.Rule{
		Name: "azure/id/group", Asks: "A resource's group exists.", Status: http.StatusNotFound, Code: "ResourceGroupNotFound",
		Source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found",
	})
	parentExists = Rules.Add(rules.Rule{
		Name: "azure/id/parent", Asks: "The resource that another is a part of exists.", Status: http.StatusNotFound, Code: "ParentResourceNotFound",
		Source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-parent-resource",
	})
	newID = Rules.Add(rules.Rule{
		Name: "azure/id/new", Asks: "A resource that is made does not exist.", Status: http.StatusConflict, Code: "Conflict",
		Source: "the azure-native provider 2.88.0, which reads a resource before it makes one and refuses without a code",
	})
)

// request is a PUT: a resource that is to be made or changed.
type request struct {
	tx         store.Tx
	id         string
	parsed     armID
	definition *bicep.Type
	// body is what was asked for, and is completed with what Azure sets.
	body map[string]any
	// current is what there is, or nil.
	current map[string]any
	// root is the resource that keeps body: body itself, or, of a part, the
	// resource that the part is of.
	root map[string]any
}

// location is the region of the resource, or of the one that it is a part of.
func (r *request) location() string { return text(r.root, "location") }

// put makes or changes a resource and gives its body as Azure then has it.
// A resource that is to be made must not exist.
func (m manager) put(t ResourceType, definition *bicep.Type, id string, body map[string]any, create bool) (map[string]any, error) {
	parsed, err := parseID(id)
	if err != nil {
		return nil, err
	}
	writes, err := m.begin(parsed, body)
	if err != nil {
		return nil, err
	}
	r := &request{id: id, parsed: parsed, definition: definition, body: body}
	err = m.store.Update(func(tx store.Tx) error {
		r.tx = tx
		if err := writes.end(tx); err != nil {
			return err
		}
		if err := r.locate(); err != nil {
			return err
		}
		if create && r.current != nil {
			return refuse(newID, "cannot create already existing resource %q", id)
		}
		r.keepStandalone(t)
		resolveSelf(r.body, parsed.resource)
		for _, step := range []func(*request) error{complete, checkReferenceIDs, checkReferenceTypes, checkReferences, checkRules, checkRemovedParts, assignAddresses} {
			if err := step(r); err != nil {
				return err
			}
		}
		return r.save()
	})
	return r.body, err
}

// locate reads what there is at the id, and refuses an id whose parents are
// missing.
func (r *request) locate() error {
	if err := checkGroup(r.tx, r.parsed); err != nil {
		return err
	}
	existing, err := read(r.tx, r.parsed.resource)
	if err != nil {
		return err
	}
	if len(r.parsed.parts) == 0 {
		r.root, r.current = r.body, existing
		return nil
	}
	if existing == nil {
		return refuse(parentExists, "Failed to perform the operation on %s: the parent resource %s was not found.", r.id, r.parsed.resource)
	}
	r.root, r.current = existing, findPart(existing, r.parsed.parts)
	return nil
}

func checkGroup(tx store.Tx, id armID) error {
	if id.resourceType == resourceGroupType || tx.Has(key(id.group)) {
		return nil
	}
	return refuse(groupExists, "Resource group %q could not be found.", id.group[strings.LastIndex(id.group, "/")+1:])
}

// keepStandalone keeps the lists that the request does not give and whose
// elements are resources of their own.
func (r *request) keepStandalone(t ResourceType) {
	for _, name := range t.Standalone {
		if kept := dig(r.current, nested, name); kept != nil && dig(r.body, nested, name) == nil {
			put(r.body, kept, nested, name)
		}
	}
}

// rootOf gives the resource that an id names or is a part of; nil if there is
// none.
func (r *request) rootOf(id armID) (map[string]any, error) {
	if !strings.EqualFold(id.resource, r.parsed.resource) {
		return read(r.tx, id.resource)
	}
	if len(r.parsed.parts) == 0 {
		return r.body, nil
	}
	return withPart(r.root, r.parsed.parts[0], r.body), nil
}

// save writes the resource, or the resource with its part.
func (r *request) save() error {
	root := r.body
	if len(r.parsed.parts) > 0 {
		root = withPart(r.root, r.parsed.parts[0], r.body)
	}
	return r.tx.Put(key(r.parsed.resource), root)
}

// withPart gives a copy of a body in which the part is what it is to be; nil
// removes it.
func withPart(body map[string]any, p part, to map[string]any) map[string]any {
	name := collectionName(body, p.collection)
	before, replaced := element(body, p), false
	var after []any
	for _, e := range objects(body, nested, name) {
		switch {
		case before == nil || text(e, "id") != text(before, "id"):
			after = append(after, e)
		case to != nil:
			after, replaced = append(after, to), true
		}
	}
	if to != nil && !replaced {
		after = append(after, to)
	}
	inner, _ := body[nested].(map[string]any)
	copied := maps.Clone(body)
	copied[nested] = maps.Clone(inner)
	put(copied, after, nested, name)
	return copied
}

// get gives the body of a resource, and nil if there is none.
func (m manager) get(id string) (body map[string]any, err error) {
	parsed, err := parseID(id)
	if err != nil {
		return nil, err
	}
	err = m.store.View(func(tx store.Tx) error {
		root, err := read(tx, parsed.resource)
		if root != nil {
			body = findPart(root, parsed.parts)
		}
		return err
	})
	return body, err
}

// delete removes a resource; one that is not there is gone already. A resource
// group goes with all that is in it.
func (m manager) delete(id string) error {
	parsed, err := parseID(id)
	if err != nil {
		return err
	}
	writes, err := m.begin(parsed, nil)
	if err != nil {
		return err
	}
	return m.store.Update(func(tx store.Tx) error {
		if err := writes.end(tx); err != nil {
			return err
		}
		root, err := read(tx, parsed.resource)
		if err != nil || root == nil || findPart(root, parsed.parts) == nil {
			return err
		}
		if err := checkUnused(tx, id); err != nil {
			return err
		}
		if len(parsed.parts) > 0 {
			return tx.Put(key(parsed.resource), withPart(root, parsed.parts[0], nil))
		}
		return deleteAll(tx, parsed.resource)
	})
}

func deleteAll(tx store.Tx, id string) error {
	var keys []string
	err := tx.Each(key(id), func(found string, _ json.RawMessage) error {
		if within(found, id) {
			keys = append(keys, found)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, found := range keys {
		if err := tx.Delete(found); err != nil {
			return err
		}
	}
	return nil
}

// read gives the body that is stored for a resource; nil if there is none.
func read(tx store.Tx, id string) (map[string]any, error) {
	var body map[string]any
	_, err := tx.Get(key(id), &body)
	return body, err
}

// key is what an id is stored under: Azure's ids are the same in any case.
func key(id string) string { return strings.ToLower(id) }
