package gcp

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

// kinds are all types of resources that the sandbox serves.
func kinds() []kind {
	return slices.Concat(networkKinds(), instanceKinds(), balancerKinds(), certificateKinds(),
		containerKinds(), storageKinds(), identityKinds())
}

// The APIs that resources are of.
const (
	computeAPI            = "compute.googleapis.com"
	containerAPI          = "container.googleapis.com"
	certificateManagerAPI = "certificatemanager.googleapis.com"
)

// enabledWith are the services that bring another one with them.
var enabledWith = map[string][]string{computeAPI: {containerAPI}}

// global is a type of Compute Engine resource that is in no region. name is
// the one in Pulumi, collection the one in Compute Engine's URLs.
func global(tfName, name, collection string, resource *schema.Resource) kind {
	return computeKind(tfName, name, "global/"+collection, resource)
}

// regional is a type of Compute Engine resource that is in a region.
func regional(tfName, name, collection string, resource *schema.Resource) kind {
	return computeKind(tfName, name, "regions/{{region}}/"+collection, resource)
}

func computeKind(tfName, name, path string, resource *schema.Resource) kind {
	return kind{
		tfType:   "google_compute_" + tfName,
		module:   "compute",
		name:     name,
		resource: resource,
		id:       "projects/{{project}}/" + path + "/{{name}}",
		base:     computeURL,
		api:      computeAPI,
	}
}

// with is the kind after the changes.
func (k kind) with(changes ...func(*kind)) kind {
	for _, change := range changes {
		change(&k)
	}
	return k
}

// lowerCaseName is how pulumi-gcp names some of the types whose names are parts
// of URLs.
func lowerCaseName(k *kind) {
	k.fields = map[string]*tfbridge.SchemaInfo{
		"name": tfbridge.AutoNameWithCustomOptions("name", tfbridge.AutoNameOptions{
			Separator: "-",
			Maxlen:    63,
			Randlen:   7,
			Transform: strings.ToLower,
		}),
	}
}

// refersTo says what an attribute may refer to: see kind.links.
func refersTo(collections map[string][]string) func(*kind) {
	return func(k *kind) { k.links = collections }
}

func defaults(values map[string]any) func(*kind) {
	return func(k *kind) { k.defaults = values }
}

func completed(complete func(*operation) error) func(*kind) {
	return func(k *kind) { k.complete = complete }
}
