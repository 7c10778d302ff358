package rest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/store"
)

var unused = Rules.Add(rules.Rule{
	Name: "gcp/in-use", Asks: "A resource is deleted after those that use it.",
	Status: http.StatusBadRequest, Code: "resourceInUseByAnotherResource",
	Source: "cloud.google.com/compute/docs/troubleshooting/api-errors",
})

// link is a reference to a resource: a URL, or a name relative to the API, with
// or without its project.
var link = regexp.MustCompile(`^(?:https://(?:www|compute)\.googleapis\.com/compute/(?:v1|beta)/|https://(?:container|certificatemanager)\.googleapis\.com/v1(?:beta1)?/|//[a-z]+\.googleapis\.com/)?` +
	`(?:projects/(?P<project>[^/]+)/)?(?P<scope>global|(?:regions|zones|locations)/[^/]+)/(?P<path>(?:(?:clusters|certificateMaps)/[^/?]+/)?)(?P<collection>[A-Za-z]+)/(?P<name>[^/?]+)(?P<version>\?uniqueId=[0-9]+)?$`)

// catalogues are the collections that Google owns and the sandbox has no
// resources of. What needs their content checks it itself.
var catalogues = []string{"regions", "zones", "images", "machineTypes", "diskTypes", "acceleratorTypes", "licenses"}

// target is the resource that a link names.
type target struct {
	key        string
	collection string // global/backendServices, regions/subnetworks
	verbatim   bool   // Google answers with the link that it was given
}

// parse reads a link. What has no project is in the given one.
func parse(project, value string) (target, bool) {
	parts := link.FindStringSubmatch(value)
	if parts == nil {
		return target{}, false
	}
	part := func(name string) string { return parts[link.SubexpIndex(name)] }
	if slices.Contains(catalogues, part("collection")) {
		return target{}, false
	}
	if own := part("project"); own != "" {
		project = own
	}
	scope, _, _ := strings.Cut(part("scope"), "/")
	return target{
		key:        fmt.Sprintf("projects/%s/%s/%s%s/%s", project, part("scope"), part("path"), part("collection"), part("name")),
		collection: scope + "/" + part("collection"),
		verbatim:   scope == "locations" || part("version") != "",
	}, true
}

// keyOf is the key of what a link refers to, "" if it is none.
func (r *request) keyOf(link string) string {
	target, _ := parse(r.project, link)
	return target.key
}

// checkUnused refuses the deletion of a resource while another one refers to
// it, or to what goes with it.
func (r *request) checkUnused() error {
	members, err := r.members()
	if err != nil {
		return err
	}
	used := ""
	user, err := find(r.tx, "", func(key string, o object) bool {
		if slices.Contains(members, key) || strings.HasPrefix(r.key, key+"/") {
			return false // the resource's own, or what it is a part of
		}
		uses := usesOf(r.tx, key, o)
		i := slices.IndexFunc(members, func(member string) bool { return slices.Contains(uses, member) })
		if i >= 0 {
			used = members[i]
		}
		return i >= 0
	})
	if err == nil && user != "" {
		return unused.Refuse("The %s resource '%s' is already being used by '%s'", r.title(), used, user)
	}
	return err
}

// usesOf are the keys of what has to stay while a resource is there. A template
// describes instances and has none; the instances of a group hold the networks
// of its template.
func usesOf(tx store.Tx, key string, o object) []string {
	if strings.Contains(key, "/instanceTemplates/") {
		return nil
	}
	var uses []string
	project := strings.Split(key+"//", "/")[1]
	walk(o, func(text string) {
		target, found := parse(project, text)
		if !found || target.key == key || strings.HasPrefix(key, target.key+"/") {
			return
		}
		uses = append(uses, target.key)
		if target.collection == "global/instanceTemplates" {
			var template object
			if _, err := tx.Get(target.key, &template); err == nil {
				walk(template["properties"], func(text string) {
					if used, found := parse(project, text); found {
						uses = append(uses, used.key)
					}
				})
			}
		}
	})
	return uses
}

// walk calls f for every text in a value.
func walk(value any, f func(string)) {
	switch value := value.(type) {
	case string:
		f(value)
	case []any:
		for _, element := range value {
			walk(element, f)
		}
	case object:
		for _, element := range value {
			walk(element, f)
		}
	}
}

// title is what Google's errors call a resource: url_map, for regional and
// global ones alike. It is the last parameter of the path in another spelling.
func (r *request) title() string {
	names := parameter.FindAllStringSubmatch(r.item, -1)
	var title strings.Builder
	for _, letter := range names[len(names)-1][1] {
		if letter >= 'A' && letter <= 'Z' {
			title.WriteByte('_')
		}
		title.WriteRune(letter)
	}
	return strings.TrimSuffix(strings.ToLower(title.String()), "s_id")
}

// lastSegment is the name at the end of a link.
func lastSegment(link string) string { return link[strings.LastIndexByte(link, '/')+1:] }

// invalid refuses the value of a field by a rule, in Google's words.
func invalid(rule *rules.Rule, field, value, format string, args ...any) error {
	return rule.Refuse("Invalid value for field '%s': '%s'. %s", field, value, fmt.Sprintf(format, args...))
}

// text is the text at a place in an object, "" if there is none.
func text(o object, path ...string) string {
	text, _ := at(o, path...).(string)
	return text
}

// at is the value at a place in an object, nil if there is none.
func at(o object, path ...string) any {
	for _, name := range path[:len(path)-1] {
		o, _ = o[name].(object)
	}
	return o[path[len(path)-1]]
}

// texts are the texts of a list.
func texts(value any) []string { return elements[string](value) }

// objects are the objects in a list.
func objects(value any) []object { return elements[object](value) }

// elements are those elements of a list that are of a type.
func elements[T any](value any) []T {
	list, _ := value.([]any)
	var elements []T
	for _, element := range list {
		if e, ok := element.(T); ok {
			elements = append(elements, e)
		}
	}
	return elements
}

// list is a list of texts as JSON has it.
func list[T any](elements []T) []any {
	var list []any
	for _, element := range elements {
		list = append(list, element)
	}
	return list
}
