package recovery

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// present is what the state has of resources.
type present struct {
	resources []any             // in the state's order
	byURN     map[string]object // those that are not to be deleted
	ids       map[[2]string]bool
	// subscription is the Azure one, which no resource has among its inputs.
	subscription string
}

// subscriptionOf matches the beginning of an Azure id.
var subscriptionOf = regexp.MustCompile(`^/subscriptions/([^/]+)/`)

func newPresent(resources []any) *present {
	p := &present{byURN: map[string]object{}, ids: map[[2]string]bool{}, subscription: os.Getenv("ARM_SUBSCRIPTION_ID")}
	for _, value := range resources {
		one, _ := value.(object)
		p.add(one)
		if inputs, _ := one["inputs"].(object); text(inputs, "subscriptionId") != "" {
			p.subscription = text(inputs, "subscriptionId") // of a provider
		}
		if match := subscriptionOf.FindStringSubmatch(text(one, "id")); match != nil {
			p.subscription = match[1]
		}
	}
	return p
}

func (p *present) add(one object) {
	p.resources = append(p.resources, one)
	p.ids[[2]string{text(one, "urn"), text(one, "id")}] = true
	if one["delete"] != true {
		p.byURN[text(one, "urn")] = one
	}
}

func (p *present) remove(unwanted object) {
	p.resources = slices.DeleteFunc(p.resources, func(value any) bool {
		one, _ := value.(object)
		return one["urn"] == unwanted["urn"] && text(one, "id") == text(unwanted, "id")
	})
	delete(p.byURN, text(unwanted, "urn"))
	delete(p.ids, [2]string{text(unwanted, "urn"), text(unwanted, "id")})
}

// has reports whether the state has the resource, be it one to be deleted.
func (p *present) has(urn, id string) bool { return p.ids[[2]string{urn, id}] }

// isOfTheStack reports whether a URN is of the state's stack and project.
func (p *present) isOfTheStack(urn string) bool {
	for other := range p.byURN {
		one, another := resource.URN(urn), resource.URN(other)
		return one.Stack() == another.Stack() && one.Project() == another.Project()
	}
	return false
}

// attach makes a resource refer to a parent and a provider that the state has.
// Without its parent it becomes a child of the stack; without its provider it
// cannot be read.
func (p *present) attach(created object) error {
	if _, found := p.byURN[text(created, "parent")]; !found {
		delete(created, "parent")
		for urn, one := range p.byURN {
			if one["type"] == string(resource.RootStackType) {
				created["parent"] = urn
			}
		}
	}
	reference := text(created, "provider")
	urn := reference[:max(0, strings.LastIndex(reference, "::"))]
	provider, found := p.byURN[urn]
	if !found {
		return fmt.Errorf("%s: the state no longer has its provider %s: repeat pulumi up, and recover what fails then", created["urn"], urn)
	}
	created["provider"] = urn + "::" + text(provider, "id")
	return nil
}

// isOwn reports whether nothing but the stack can have a resource of this id: its
// name was chosen at random, or it is within a resource whose name was.
func (p *present) isOwn(created object, id string) bool {
	if isRandom(created, id) {
		return true
	}
	segments := strings.Split(id, "/")
	for _, one := range p.byURN {
		if own := text(one, "id"); isRandom(one, own) && slices.Contains(segments[:len(segments)-1], lastSegment(own)) {
			return true
		}
	}
	return false
}

// isRandom reports whether the engine or the provider has chosen the name, which
// ends the id, with random digits. Each of the providers marks such inputs in its
// own way.
func isRandom(one object, id string) bool {
	inputs, _ := one["inputs"].(object)
	switch packageOf(text(one, "type")) {
	case "azure-native":
		return inputs["__createBeforeDelete"] == true
	case "gcp":
		for _, name := range list(inputs, "__defaults") {
			if key, _ := name.(string); key != "" && inputs[key] == lastSegment(id) {
				return true
			}
		}
	case "kubernetes":
		metadata, _ := inputs["metadata"].(object)
		annotations, _ := metadata["annotations"].(object)
		return annotations["pulumi.com/autonamed"] == "true"
	}
	return false
}

// dependenciesOf are the URNs of what the inputs refer to by its id, its link, or
// a random name, which an event log does not tell. They keep a destruction of the
// stack in order.
func (p *present) dependenciesOf(created object) []any {
	values := map[string]bool{}
	collect(created["inputs"], values)
	found := map[string]bool{}
	for urn, one := range p.byURN {
		id := text(one, "id")
		outputs, _ := one["outputs"].(object)
		refers := id != "" && values[id] || values[text(outputs, "selfLink")] || isRandom(one, id) && values[lastSegment(id)]
		if refers && urn != created["urn"] && isInACloud(one) {
			found[urn] = true
		}
	}
	var dependencies []any
	for _, urn := range slices.Sorted(maps.Keys(found)) {
		dependencies = append(dependencies, urn)
	}
	return dependencies
}

// collect adds the texts that are anywhere in a value.
func collect(value any, to map[string]bool) {
	switch value := value.(type) {
	case string:
		if value != "" {
			to[value] = true
		}
	case []any:
		for _, element := range value {
			collect(element, to)
		}
	case object:
		for _, element := range value {
			collect(element, to)
		}
	}
}

func lastSegment(id string) string { return id[strings.LastIndex(id, "/")+1:] }
