package azure

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"ai-serving/sandbox/store"
)

var (
	referenceForm = require("reference/form",
		"A reference is the complete id of a resource or a part of one.", "LinkedInvalidPropertyId",
		"learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors")
	referenceExists = require("reference/exists",
		"A reference refers to what exists.", "InvalidResourceReference",
		"github.com/pulumi/pulumi-azure-native/issues/3740")
	referenceRegion = require("reference/region",
		"A reference to what is in a region's network is from the same region.", "InvalidResourceReference",
		"github.com/MicrosoftDocs/azure-docs/issues/60273")
	referenceType = require("reference/type",
		"A reference refers to the type of its property, a part of a gateway by the name of its list.", "InvalidJsonReferenceWrongType",
		"github.com/pulumi/pulumi-azure-native/issues/2478 and learn.microsoft.com/rest/api/application-gateway/application-gateways/create-or-update; the code is one of those that the Azure SDK for .NET lists")
	referenceOwn = require("reference/own-part",
		"A part of a gateway refers to parts of the same gateway.", "InvalidResourceReference",
		"learn.microsoft.com/azure/application-gateway/application-gateway-components: listeners, rules, settings and pools are a gateway's own; that it is refused by this code is inferred")
	referenceID = require("reference/id",
		"A reference has an id.", "MissingJsonReferenceId",
		"learn.microsoft.com/rest/api/application-gateway/application-gateways/create-or-update; the code is inferred")
)

// self begins a reference to a part of the resource that contains it.
const self = "$self/"

// resolveSelf puts the resource's own id in place of $self.
func resolveSelf(body map[string]any, id string) {
	replaceText(body, func(s string) string {
		if part, ok := strings.CutPrefix(s, self); ok {
			return id + "/" + part
		}
		return s
	})
}

// referencesIn lists the resource ids in a body, each once, in order.
func referencesIn(body map[string]any) []string {
	found := map[string]bool{}
	eachText(body, func(s string) {
		if looksLikeID(s) {
			found[s] = true
		}
	})
	return slices.Sorted(maps.Keys(found))
}

// checkReferences refuses a body that refers to what does not exist, or, in the
// network, to what is in another region.
func checkReferences(r *request) error {
	for _, reference := range referencesIn(r.body) {
		target, err := parseID(reference)
		if err != nil {
			return refuse(referenceForm, "Property id %q of %s is invalid: %v.", reference, r.id, err)
		}
		root, err := r.rootOf(target)
		if err != nil {
			return err
		}
		if root == nil || findPart(root, target.parts) == nil {
			return missingReference(r.id, reference, target, root)
		}
		if there := text(root, "location"); isNetwork(target) && regionsDiffer(r.location(), there) {
			return refuse(referenceRegion, "%s is in %s and refers to %s, which is in %s: both have to be in the same region.",
				r.id, r.location(), reference, there)
		}
	}
	return nil
}

func missingReference(id, reference string, target armID, root map[string]any) error {
	if root == nil || len(target.parts) == 0 {
		return refuse(referenceExists, "%s refers to %s, which does not exist.", id, reference)
	}
	collection := target.parts[0].collection
	names := elementNames(root, collection)
	if len(names) == 0 {
		return refuse(referenceExists, "%s refers to %s, but %s has no %s.", id, reference, target.resource, collection)
	}
	return refuse(referenceExists, "%s refers to %s, which does not exist; the %s are %s.",
		id, reference, collection, strings.Join(names, ", "))
}

func elementNames(body map[string]any, collection string) []string {
	var names []string
	for _, e := range objects(body, nested, collectionName(body, collection)) {
		names = append(names, text(e, "name"))
	}
	return names
}

func isNetwork(target armID) bool {
	return strings.HasPrefix(strings.ToLower(target.resourceType), "microsoft.network/")
}

// regionsDiffer says whether two locations are regions, and not the same one.
func regionsDiffer(a, b string) bool {
	return a != "" && b != "" && a != globalLocation && b != globalLocation && a != b
}

// globalLocation is where resources are that no region holds.
const globalLocation = "global"

// referrers lists the resources that refer to what id names or to a part of it,
// the resource itself excepted.
func referrers(tx store.Tx, id string) ([]string, error) {
	owner, err := parseID(id)
	if err != nil {
		return nil, err
	}
	var found []string
	err = tx.Each("", func(key string, raw json.RawMessage) error {
		if within(key, owner.resource) || !strings.Contains(strings.ToLower(string(raw)), strings.ToLower(id)) {
			return nil
		}
		var body map[string]any
		if err := json.Unmarshal(raw, &body); err != nil {
			return err
		}
		if slices.ContainsFunc(referencesIn(body), func(reference string) bool { return within(reference, id) }) {
			found = append(found, text(body, "id"))
		}
		return nil
	})
	return found, err
}
