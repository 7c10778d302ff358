package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"ai-serving/sandbox/gcp/discovery"
	"ai-serving/sandbox/rules"
)

var (
	served = Rules.Add(rules.Rule{
		Name: "gcp/rest/served", Asks: "A request is to a method that the sandbox answers.",
		Status: http.StatusNotImplemented, Code: "notImplemented",
		Source: "The sandbox refuses what it does not know.",
	})
	knownParameter = Rules.Add(rules.Rule{
		Name: "gcp/rest/parameter", Asks: "A query parameter is one that the method has.",
		Status: http.StatusBadRequest, Code: "badRequest",
		Source: "parameters of the methods in Google's discovery documents",
	})
)

// route is a method of an API, and where it is.
type route struct {
	document   *discovery.Document
	method     *discovery.Method
	collection string // urlMaps, projects.locations.clusters
	verb       string // insert
	kind       kind
	api        string // compute
	host       string
	pattern    *regexp.Regexp // of the path
	// item is the path of a member of the collection, and schema its body.
	item   string
	schema *discovery.Schema
}

// parameter is a variable part of a path.
var parameter = regexp.MustCompile(`\{\+?([A-Za-z0-9_]+)\}`)

// routesOf are the routes to all methods of the documents.
func routesOf(documents map[string]*discovery.Document) ([]route, error) {
	var routes []route
	for _, api := range discovery.APIs {
		document := documents[api.Name]
		host, err := url.Parse(document.RootURL)
		if err != nil {
			return nil, err
		}
		for collection, verbs := range api.Methods {
			get, found := document.Methods[api.Name+"."+collection+".get"]
			if !found {
				return nil, fmt.Errorf("%s: %s can not be read", api.Name, collection)
			}
			for _, verb := range verbs {
				method := document.Methods[api.Name+"."+collection+"."+verb]
				routes = append(routes, route{
					document: document, method: method, collection: collection, verb: verb,
					kind: kinds[collection], api: api.Name, host: host.Host,
					pattern: pathPattern(document, method),
					item:    withoutVersion(path(get)), schema: document.Resolve(get.Response),
				})
			}
		}
	}
	// What is in a path after a colon is no part of a name where a method has it.
	slices.SortStableFunc(routes, func(a, b route) int {
		return strings.Count(path(b.method), ":") - strings.Count(path(a.method), ":")
	})
	return routes, nil
}

// path is that of a method, with a parameter for each variable segment.
func path(method *discovery.Method) string {
	if method.FlatPath != "" {
		return method.FlatPath
	}
	return method.Path
}

// version begins the paths of the newer APIs.
var version = regexp.MustCompile(`^v[0-9][a-z0-9]*/`)

func withoutVersion(path string) string { return version.ReplaceAllString(path, "") }

// pathPattern matches the escaped paths of a method's URLs. Contents are
// uploaded to Cloud Storage below a path of their own.
func pathPattern(document *discovery.Document, method *discovery.Method) *regexp.Regexp {
	pattern := regexp.QuoteMeta("/" + document.ServicePath + path(method))
	pattern = strings.NewReplacer(`\{`, "{", `\}`, "}", `\+`, "+").Replace(pattern)
	return regexp.MustCompile("^(?:/upload)?" + parameter.ReplaceAllString(pattern, `([^/]+?)`) + "$")
}

// find gives the route of a request, and the variable parts of its path.
func (s *Server) find(from *http.Request) (route, []string, error) {
	for _, candidate := range s.routes {
		if candidate.host != from.URL.Host || candidate.method.HTTPMethod != from.Method {
			continue
		}
		parts := candidate.pattern.FindStringSubmatch(from.URL.EscapedPath())
		if parts == nil {
			continue
		}
		for i, part := range parts {
			unescaped, err := url.PathUnescape(part)
			if err != nil {
				return route{}, nil, err
			}
			parts[i] = unescaped
		}
		return candidate, parts[1:], nil
	}
	return route{}, nil, served.Refuse("the sandbox does not answer %s %s", from.Method, from.URL)
}

// undescribed are query parameters that Google's provider sends and that the
// description of the method does not have.
var undescribed = map[string]string{"compute.regionSecurityPolicies.addRule": "priority"}

// checkParameters refuses query parameters that the method does not have.
func (r route) checkParameters(query url.Values) error {
	for name := range query {
		if undescribed[r.method.ID] == name {
			continue
		}
		own, found := r.method.Parameters[name]
		if !found {
			own, found = r.document.Parameters[name]
		}
		if !found || own.Location != "query" {
			return knownParameter.Refuse("Invalid JSON payload received. Unknown name \"%s\": Cannot bind query parameter.", name)
		}
		for _, value := range query[name] {
			if len(own.Enum) > 0 && !slices.Contains(own.Enum, value) {
				return knownParameter.Refuse("Invalid value '%s' for parameter '%s'.", value, name)
			}
		}
	}
	return nil
}

// fill puts values into the variable parts of a path.
func fill(template string, values []string) string {
	i := -1
	return parameter.ReplaceAllStringFunc(template, func(string) string {
		i++
		if i < len(values) {
			return values[i]
		}
		return ""
	})
}
