package azure

import (
	"strings"

	"github.com/google/uuid"

	"ai-serving/sandbox/azure/bicep"
)

// complete sets what Azure answers of any resource: its id, name and type, the
// version tag, the state, and the same of every named element of its lists.
func complete(r *request) error {
	if location := text(r.body, "location"); location != "" {
		r.body["location"] = normalLocation(location)
	}
	r.body["name"] = r.parsed.name()
	stamp(r.definition, r.body, r.id, r.parsed.fullType())
	setServiceState(r)
	return nil
}

// normalLocation spells a region as Azure answers it: "West Europe" is
// "westeurope".
func normalLocation(location string) string {
	return strings.ToLower(strings.ReplaceAll(location, " ", ""))
}

// stamp marks an object that is a resource or a part of one, and the named
// elements of the object's lists.
func stamp(t *bicep.Type, object map[string]any, id, fullType string) {
	object["id"] = id
	if p, ok := t.Properties["type"]; ok && (p.ReadOnly || isEndpointID(id) && text(object, "type") == "") {
		object["type"] = fullType
	}
	if _, ok := t.Properties["etag"]; ok {
		object["etag"] = `W/"` + uuid.NewString() + `"`
	}
	stampState(t, object)
	stampElements(t, object, id, fullType)
}

// stampState says of an object that Azure is done with it.
func stampState(t *bicep.Type, object map[string]any) {
	f, ok := fieldsOf(t)["provisioningState"]
	switch {
	case !ok || !f.ReadOnly:
	case f.nested:
		put(object, "Succeeded", nested, "provisioningState")
	default:
		object["provisioningState"] = "Succeeded"
	}
}

// stampElements marks the elements of an object's lists which have a name and
// an id of their own. An element that was given an id is a reference.
func stampElements(t *bicep.Type, object map[string]any, id, fullType string) {
	for name, f := range fieldsOf(t) {
		keys := []string{name}
		if f.nested {
			keys = []string{nested, name}
		}
		if f.Type.Kind != bicep.Array || f.Type.Items.Kind != bicep.Object {
			continue
		}
		for _, e := range objects(object, keys...) {
			collection := name
			if endpointType := endpointTypeOf(e); name == "endpoints" && endpointType != "" {
				collection = endpointType
			}
			elementID := id + "/" + collection + "/" + text(e, "name")
			if hasIdentity(f.Type.Items) && text(e, "name") != "" && (text(e, "id") == "" || strings.EqualFold(text(e, "id"), elementID)) {
				stamp(f.Type.Items, e, elementID, fullType+"/"+collection)
			}
		}
	}
}

// hasIdentity says whether the elements of a list are addressed by id.
func hasIdentity(t *bicep.Type) bool {
	_, id := t.Properties["id"]
	_, name := t.Properties["name"]
	return id && name
}

// isEndpointID says whether an id is a Traffic Manager endpoint's, whose type
// Azure takes from the id though programs may give it too.
func isEndpointID(id string) bool {
	parsed, err := parseID(id)
	return err == nil && len(parsed.parts) == 1 && isEndpointType(parsed.parts[0].collection)
}

// setIdentity gives an identity its ids, the same at every update.
func setIdentity(r *request) {
	put(r.body, sandboxID, nested, "tenantId")
	for _, name := range []string{"principalId", "clientId"} {
		put(r.body, uuid.NewSHA1(uuid.NameSpaceURL, []byte(key(r.id)+name)).String(), nested, name)
	}
}

// setServiceState sets the running state that some services answer.
func setServiceState(r *request) {
	switch strings.ToLower(r.parsed.fullType()) {
	case "microsoft.network/applicationgateways":
		put(r.body, "Running", nested, "operationalState")
	case "microsoft.containerinstance/containergroups":
		put(r.body, "Running", nested, "instanceView", "state")
	case "microsoft.managedidentity/userassignedidentities":
		setIdentity(r)
	}
}
