package gcp

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/tpgresource"
	transport "github.com/hashicorp/terraform-provider-google-beta/google-beta/transport"

	"ai-serving/sandbox/store"
)

// operation is a create, read, update or delete of one resource.
type operation struct {
	kind   kind
	id     string
	data   *schema.ResourceData // what the provider has planned
	config *transport.Config

	tx         store.Tx // valid while the store is locked
	references []string // ids of what the resource refers to
	parent     string
	failures   []error // of set
}

// create stores a new resource.
func (o *operation) create() error {
	if err := o.place(); err != nil {
		return err
	}
	if err := o.checkAPI(); err != nil {
		return err
	}
	var err error
	if o.id, err = o.identify(); err != nil {
		return err
	}
	if o.tx.Has(o.id) && !o.kind.shared {
		return alreadyExists(o.id)
	}
	return o.put()
}

// put stores the resource as it is planned, and what Google adds to it.
func (o *operation) put() error {
	if err := o.resolve(); err != nil {
		return err
	}
	o.addDefaults()
	o.addGenerated()
	if o.kind.complete != nil {
		if err := o.kind.complete(o); err != nil {
			return err
		}
	}
	return o.save()
}

// save stores the resource as it is.
func (o *operation) save() error {
	if err := errors.Join(o.failures...); err != nil {
		return fmt.Errorf("%s: %w", o.id, err)
	}
	r := record{Type: o.kind.tfType, Attributes: o.attributes(), Parent: o.parent}
	if !o.kind.loose {
		r.References = o.references
	}
	return o.tx.Put(o.id, r)
}

// attributes are the values of all attributes, sets as lists.
func (o *operation) attributes() map[string]any {
	attributes := map[string]any{}
	for name := range o.schema() {
		attributes[name] = plain(o.data.Get(name))
	}
	return attributes
}

// labelAttributes follow from the labels that a resource has.
var labelAttributes = []string{"labels", "terraform_labels", "effective_labels"}

// load sets the attributes to those that are stored. Where the state says the
// same in other words it is left as it is: what is planned and what is read do
// not differ then.
func (o *operation) load(r record) error {
	labelled := o.has("effective_labels")
	for name, value := range r.Attributes {
		if !o.has(name) || labelled && slices.Contains(labelAttributes, name) || same(plain(o.data.Get(name)), value) {
			continue
		}
		if err := o.data.Set(name, value); err != nil {
			return fmt.Errorf("stored resource %s: %w", o.id, err)
		}
	}
	if labelled {
		return setLabels(o.data, r.Attributes["effective_labels"])
	}
	return nil
}

// same says whether two values mean the same: a link and its id do, and nothing
// and an empty list.
func same(a, b any) bool {
	switch a := a.(type) {
	case string:
		b, isText := b.(string)
		return isText && idOf(a) == idOf(b)
	case int:
		b, isNumber := b.(float64) // from JSON
		return isNumber && float64(a) == b
	case []any:
		b, _ := b.([]any)
		return slices.EqualFunc(a, b, same)
	case map[string]any:
		b, _ := b.(map[string]any)
		return maps.EqualFunc(a, b, same)
	default:
		return a == b
	}
}

// checkRemoval refuses the deletion of a resource that is in use.
func (o *operation) checkRemoval() error {
	if o.kind.remove != nil {
		if err := o.kind.remove(o); err != nil {
			return err
		}
	}
	members, err := family(o.tx, o.id)
	if err != nil {
		return err
	}
	return checkUnused(o.tx, o.kind.title(), members)
}

// forget removes the resource, and what goes with it, from the store.
func (o *operation) forget() error {
	members, err := family(o.tx, o.id)
	if err != nil {
		return err
	}
	for _, member := range members {
		if err := o.tx.Delete(member); err != nil {
			return err
		}
	}
	return nil
}

// place fills in the project, region or location that the provider's
// configuration has, and refuses those that do not exist.
func (o *operation) place() error {
	if o.has("project") {
		project, err := tpgresource.GetProject(o.data, o.config)
		if err != nil {
			return err
		}
		o.set("project", project)
	}
	if o.has("region") && !o.kind.regionIsOptional() {
		region, err := tpgresource.GetRegion(o.data, o.config)
		if err != nil {
			return err
		}
		if _, known := regions[region]; !known {
			return invalidValue("region", region, "Unknown region.")
		}
		o.set("region", region)
	}
	return nil
}

// regionIsOptional says whether a resource without a region is a global one.
func (k kind) regionIsOptional() bool { return k.tfType == "google_compute_instance_template" }

// checkAPI refuses a resource of a service that the project has not enabled.
func (o *operation) checkAPI() error {
	if o.kind.api == "" {
		return nil
	}
	for _, service := range append([]string{o.kind.api}, enabledWith[o.kind.api]...) {
		if o.tx.Has(o.project() + "/" + service) {
			return nil
		}
	}
	return refuse(http.StatusForbidden, "accessNotConfigured",
		"%s has not been used in project %s before or it is disabled. Enable it (gcp.projects.Service) and let what needs it depend on that.", o.kind.api, o.project())
}

func (o *operation) identify() (string, error) {
	if o.kind.identify != nil {
		return o.kind.identify(o)
	}
	return o.expand(o.kind.id)
}

// expand fills a template such as projects/{{project}}/global/networks/{{name}}.
func (o *operation) expand(template string) (string, error) {
	return tpgresource.ReplaceVars(o.data, o.config, template)
}

func (o *operation) addDefaults() {
	for name, value := range o.kind.defaults {
		o.fill(name, value)
	}
}

func (o *operation) schema() map[string]*schema.Schema { return o.kind.resource.Schema }

func (o *operation) has(attribute string) bool {
	_, found := o.schema()[attribute]
	return found
}

func (o *operation) text(attribute string) string {
	text, _ := o.data.Get(attribute).(string)
	return text
}

func (o *operation) number(attribute string) int {
	number, _ := o.data.Get(attribute).(int)
	return number
}

func (o *operation) flag(attribute string) bool {
	flag, _ := o.data.Get(attribute).(bool)
	return flag
}

func (o *operation) project() string { return o.text("project") }

// set gives an attribute its value. What the schema does not allow fails when
// the resource is saved.
func (o *operation) set(attribute string, value any) {
	if err := o.data.Set(attribute, value); err != nil {
		o.failures = append(o.failures, err)
	}
}

// fill sets an attribute that has no value.
func (o *operation) fill(attribute string, value any) {
	if _, given := o.data.GetOk(attribute); !given {
		o.set(attribute, value)
	}
}

// plain turns the sets in a value into lists.
func plain(value any) any {
	switch value := value.(type) {
	case *schema.Set:
		return plain(value.List())
	case []any:
		list := make([]any, len(value))
		for i := range value {
			list[i] = plain(value[i])
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(value))
		for name := range value {
			object[name] = plain(value[name])
		}
		return object
	default:
		return value
	}
}
