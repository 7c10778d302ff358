package azure

import (
	"fmt"
	"regexp"
	"strings"
)

// parameter matches one parameter of a path template.
var parameter = regexp.MustCompile(`\{(\w+)\}`)

// parameters lists the inputs that make up the id, in order. The subscription
// comes from the provider's configuration and is not one of them.
func (t ResourceType) parameters() []string {
	var names []string
	for _, match := range parameter.FindAllStringSubmatch(t.Path, -1) {
		if match[1] != "subscriptionId" {
			names = append(names, match[1])
		}
	}
	return names
}

// nameParameter is the input that names the resource.
func (t ResourceType) nameParameter() string {
	names := t.parameters()
	return names[len(names)-1]
}

// id fills the path template.
func (t ResourceType) id(subscription string, parameters map[string]string) string {
	return parameter.ReplaceAllStringFunc(t.Path, func(name string) string {
		name = strings.Trim(name, "{}")
		if name == "subscriptionId" {
			return subscription
		}
		return parameters[name]
	})
}

// parse reads the parameters back from an id.
func (t ResourceType) parse(id string) (map[string]string, error) {
	template, segments := strings.Split(t.Path, "/"), strings.Split(id, "/")
	if len(template) != len(segments) {
		return nil, fmt.Errorf("%q is not an id of the form %s", id, t.Path)
	}
	values := map[string]string{}
	for i, segment := range template {
		if match := parameter.FindStringSubmatch(segment); match != nil {
			values[match[1]] = segments[i]
		} else if !strings.EqualFold(segment, segments[i]) {
			return nil, fmt.Errorf("%q is not an id of the form %s", id, t.Path)
		}
	}
	return values, nil
}

// armID is the id of a resource group, of a resource in one, or of a part of
// such a resource: a subnet, a listener, an endpoint. Azure compares ids
// without regard to case.
type armID struct {
	// group is the id of the resource group.
	group string
	// resource is the id of the resource itself; the group's for a group.
	resource string
	// resourceType is the resource's, such as Microsoft.Network/virtualNetworks.
	resourceType string
	// parts lead from the resource to the part, outermost first.
	parts []part
}

// part names an element of one of a resource's collections.
type part struct{ collection, name string }

const resourceGroupType = "Microsoft.Resources/resourceGroups"

// parseID reads an id.
func parseID(id string) (armID, error) {
	s := strings.Split(id, "/")
	if len(s) < 5 || s[0] != "" || !strings.EqualFold(s[1], "subscriptions") || !strings.EqualFold(s[3], "resourceGroups") {
		return armID{}, fmt.Errorf("%q is not the id of a resource in a resource group", id)
	}
	group := strings.Join(s[:5], "/")
	if len(s) == 5 {
		return armID{group: group, resource: group, resourceType: resourceGroupType}, nil
	}
	if len(s) < 9 || len(s)%2 == 0 || !strings.EqualFold(s[5], "providers") {
		return armID{}, fmt.Errorf("%q is not a complete resource id", id)
	}
	parsed := armID{
		group:        group,
		resource:     strings.Join(s[:9], "/"),
		resourceType: s[6] + "/" + s[7],
	}
	for i := 9; i < len(s); i += 2 {
		parsed.parts = append(parsed.parts, part{collection: s[i], name: s[i+1]})
	}
	return parsed, nil
}

// fullType gives the type of what the id names, its parts included.
func (i armID) fullType() string {
	name := i.resourceType
	for _, p := range i.parts {
		name += "/" + p.collection
	}
	return name
}

// name gives the last name in the id.
func (i armID) name() string {
	if len(i.parts) > 0 {
		return i.parts[len(i.parts)-1].name
	}
	return i.resource[strings.LastIndex(i.resource, "/")+1:]
}

// within says whether id names what parent names, or a part of it.
func within(id, parent string) bool {
	id, parent = strings.ToLower(id), strings.ToLower(parent)
	return id == parent || strings.HasPrefix(id, parent+"/")
}

// looksLikeID says whether a value is meant as a resource id.
func looksLikeID(value string) bool {
	return len(value) > len("/subscriptions/") && strings.EqualFold(value[:len("/subscriptions/")], "/subscriptions/")
}
