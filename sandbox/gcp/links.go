package gcp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// link is a reference to a resource: a URL, or a name relative to the API, with
// or without its project.
var link = regexp.MustCompile(`^(?:https://(?:www|compute)\.googleapis\.com/compute/(?:v1|beta)/|//[a-z]+\.googleapis\.com/)?` +
	`(?:projects/(?P<project>[^/]+)/)?(?P<scope>global|(?:regions|zones|locations)/[^/]+)/(?P<collection>[A-Za-z]+)/(?P<name>[^/?]+)(?P<version>\?uniqueId=[0-9]+)?$`)

// catalogues are the collections that Google owns and the sandbox has no
// resources of. What needs their content checks it itself.
var catalogues = []string{"images", "machineTypes", "diskTypes", "acceleratorTypes", "licenses"}

// bareNames are the attributes that may hold the name of a resource alone, in
// any type, and where it is looked up.
var bareNames = map[string][]string{
	"network":    {"global/networks"},
	"subnetwork": {"regions/subnetworks"},
}

// resolve checks that everything the resource refers to exists, notes it, and
// replaces references by self links, as Google answers with.
func (o *operation) resolve() error {
	o.references = nil
	if o.kind.parent != "" {
		if err := o.findParent(); err != nil {
			return err
		}
	}
	for name, attribute := range o.schema() {
		if !attribute.Required && !attribute.Optional {
			continue
		}
		value := plain(o.data.Get(name))
		resolved, err := o.resolveValue(name, "resource."+camelCase(name), value)
		if err != nil {
			return err
		}
		if changed(value, resolved) {
			o.set(name, resolved)
		}
	}
	slices.Sort(o.references)
	o.references = slices.Compact(o.references)
	return nil
}

// findParent notes the resource that this one is a part of.
func (o *operation) findParent() error {
	parent, err := o.expand(o.kind.parent)
	if err != nil {
		return err
	}
	if !o.tx.Has(parent) {
		return notFound(parent)
	}
	o.parent = parent
	return nil
}

// resolveValue resolves the references in a value. leaf is the name of the
// attribute that it is in, path where that is in the body of Google's API.
func (o *operation) resolveValue(leaf, path string, value any) (any, error) {
	switch value := value.(type) {
	case string:
		return o.resolveText(leaf, path, value)
	case []any:
		resolved := make([]any, len(value))
		for i := range value {
			var err error
			if resolved[i], err = o.resolveValue(leaf, fmt.Sprintf("%s[%d]", path, i), value[i]); err != nil {
				return nil, err
			}
		}
		return resolved, nil
	case map[string]any:
		resolved := make(map[string]any, len(value))
		for name := range value {
			var err error
			if resolved[name], err = o.resolveValue(name, path+"."+camelCase(name), value[name]); err != nil {
				return nil, err
			}
		}
		return resolved, nil
	default:
		return value, nil
	}
}

func (o *operation) resolveText(leaf, path, value string) (any, error) {
	collections, bare := o.kind.links[leaf], bareNames[leaf]
	if len(collections) > 0 {
		bare = collections
	}
	candidate := value
	if value != "" && !strings.Contains(value, "/") && len(bare) > 0 {
		candidate = o.qualify(bare[0], value)
	}
	target, found := o.parse(candidate)
	if !found {
		if value != "" && len(collections) > 0 {
			return nil, invalidValue(path, value, "The URL is malformed.")
		}
		return value, nil
	}
	if len(collections) > 0 && !slices.Contains(collections, target.collection) {
		return nil, invalidValue(path, value, "Unexpected resource collection '%s'; expected one of %s.", target.collection, strings.Join(collections, ", "))
	}
	stored, exists, err := get(o.tx, target.id)
	if err != nil {
		return nil, err
	}
	if !exists {
		return nil, notFound(target.id)
	}
	o.references = append(o.references, target.id)
	if target.verbatim {
		return value, nil
	}
	return stored.selfLink(target.id), nil
}

// target is the resource that a link names.
type target struct {
	id         string
	collection string // global/backendServices, regions/subnetworks
	verbatim   bool   // Google answers with the link that it was given
}

func (o *operation) parse(value string) (target, bool) {
	parts := link.FindStringSubmatch(value)
	if parts == nil {
		return target{}, false
	}
	part := func(name string) string { return parts[link.SubexpIndex(name)] }
	if slices.Contains(catalogues, part("collection")) {
		return target{}, false
	}
	project := part("project")
	if project == "" {
		project = o.project()
	}
	scope, _, _ := strings.Cut(part("scope"), "/")
	return target{
		id:         fmt.Sprintf("projects/%s/%s/%s/%s", project, part("scope"), part("collection"), part("name")),
		collection: scope + "/" + part("collection"),
		verbatim:   scope == "locations" || part("version") != "",
	}, true
}

// qualify makes a link of a name: global/networks and main make
// global/networks/main, regions/subnetworks and main
// regions/europe-west4/subnetworks/main.
func (o *operation) qualify(collection, name string) string {
	scope, kind, _ := strings.Cut(collection, "/")
	if scope == "regions" {
		scope += "/" + o.region()
	}
	return scope + "/" + kind + "/" + name
}

// region is where the resource is, or the provider's own region.
func (o *operation) region() string {
	if region := o.text("region"); region != "" {
		return region
	}
	if location := o.text("location"); location != "" {
		return regionOf(location)
	}
	return o.config.Region
}

// lastSegment is the name at the end of a link.
func lastSegment(link string) string { return link[strings.LastIndexByte(link, '/')+1:] }

// idOf is the id that a self link stands for.
func idOf(link string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(link, computeURL), "?")
	return id
}

// changed says whether the two values, of the same shape, differ in a text.
func changed(old, new any) bool {
	switch old := old.(type) {
	case []any:
		for i, element := range new.([]any) {
			if changed(old[i], element) {
				return true
			}
		}
	case map[string]any:
		for name, element := range new.(map[string]any) {
			if changed(old[name], element) {
				return true
			}
		}
	case string:
		return old != new
	}
	return false
}

// camelCase is the name of an attribute in Google's API: urlMap of url_map.
func camelCase(name string) string {
	words := strings.Split(name, "_")
	for i, word := range words[1:] {
		if word != "" {
			words[i+1] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}
