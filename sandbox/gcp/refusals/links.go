package refusals

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// link names a resource.
type link struct {
	project string
	// scope is global, regions/R, zones/Z or locations/L, and may be followed by
	// the resource that this one is a part of, or it is b/BUCKET. Buckets and a
	// project's own things have none.
	scope      string
	collection string
	name       string
}

// String gives the relative link.
func (l link) String() string {
	parts := []string{l.scope, l.collection, l.name}
	if l.project != "" {
		parts = append([]string{"projects", l.project}, parts...)
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "/")
}

// origin is what a URL has in front of the relative link.
var origin = regexp.MustCompile(`^(?:https?://[^/]+/|//[^/]+/)?(?:compute/|storage/)?(?:v1|v1beta1|beta)/|^//[^/]+/|^https?://[^/]+/`)

// parse reads a relative link or a URL.
func parse(text string) (link, error) {
	path, _, _ := strings.Cut(origin.ReplaceAllString(text, ""), "?")
	parts := strings.Split(path, "/")
	switch n := len(parts); {
	case n == 2 && (parts[0] == "b" || parts[0] == "projects"):
		return link{collection: parts[0], name: parts[1]}, nil
	case n > 2 && parts[0] == "b":
		return link{scope: "b/" + parts[1], collection: parts[2], name: strings.Join(parts[3:], "/")}, nil
	case n == 3 && parts[0] == "projects":
		return link{project: parts[1], collection: parts[2]}, nil
	case n > 3 && parts[0] == "projects":
		return link{
			project: parts[1], scope: strings.Join(parts[2:n-2], "/"), collection: parts[n-2], name: parts[n-1],
		}, nil
	default:
		return link{}, fmt.Errorf("%q is not the link of a resource", text)
	}
}

// refer reads a link in a body, which may leave out the project.
func (r *request) refer(text string) (link, bool) {
	if text == "" {
		return link{}, false
	}
	trimmed := origin.ReplaceAllString(text, "")
	if scope, _, _ := strings.Cut(trimmed, "/"); scope == "global" || scope == "regions" || scope == "zones" {
		trimmed = "projects/" + r.link.project + "/" + trimmed
	}
	l, err := parse(trimmed)
	return l, err == nil
}

// same says whether two links in bodies name the same resource.
func (r *request) same(a, b string) bool {
	first, ok := r.refer(a)
	second, found := r.refer(b)
	return ok && found && first == second
}

func (l link) global() bool { return l.scope == "global" }

// compute says that the resource is one of Compute Engine's.
func (l link) compute() bool {
	return l.global() || strings.HasPrefix(l.scope, "regions/") || strings.HasPrefix(l.scope, "zones/")
}

// region is that of a region's or zone's resource; "" for a global one.
func (l link) region() string {
	kind, rest, _ := strings.Cut(l.scope, "/")
	place, _, _ := strings.Cut(rest, "/")
	switch kind {
	case "regions":
		return place
	case "zones":
		return zoneRegion(place)
	case "locations":
		if isZone(place) {
			return zoneRegion(place)
		}
		return place
	default:
		return ""
	}
}

// zone is a region's name and a letter: europe-west4-a.
var zone = regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]+-[a-z]$`)

func isZone(place string) bool { return zone.MatchString(place) }

func zoneRegion(zone string) string { return zone[:max(strings.LastIndexByte(zone, '-'), 0)] }

// last is the name at the end of a link.
func last(link string) string { return link[strings.LastIndexByte(link, '/')+1:] }
