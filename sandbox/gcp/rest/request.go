package rest

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/store"
)

// request is a call of one method.
type request struct {
	route
	server  *Server
	from    *http.Request
	values  []string // variable parts of the path
	query   url.Values
	body    object
	content []byte // that is uploaded with the body
	project string

	key string   // of the resource that it is about
	tx  store.Tx // valid while the store is locked
	old object   // what is stored of it, nil if nothing
}

// request finds out what a request asks for, and holds it to the method's
// description.
func (s *Server) request(from *http.Request) (*request, error) {
	way, values, err := s.find(from)
	if err != nil {
		return nil, err
	}
	r := &request{route: way, server: s, from: from, values: values, query: from.URL.Query()}
	if err := r.checkParameters(r.query); err != nil {
		return nil, err
	}
	body, err := r.readBody()
	if err != nil {
		return nil, err
	}
	if r.body, err = r.check(body); err != nil {
		return nil, err
	}
	r.project = r.query.Get("project")
	if strings.HasPrefix(r.item, "projects/") || strings.HasPrefix(r.item, "{v1Id}/") {
		r.project = values[strings.Count(strings.SplitN(r.item, "/", 3)[0], "{")]
	}
	if r.project != "" && !projectName.MatchString(r.project) {
		return nil, projectForm.Refuse("Unknown project id: %s", r.project)
	}
	return r, r.locate()
}

var projectForm = Rules.Add(rules.Rule{
	Name: "gcp/project/form", Asks: "A project is named by its id or its number.",
	Status: http.StatusBadRequest, Code: "invalid",
	Source: "discovery document compute v0.beta: the pattern of the parameter project; cloud.google.com/resource-manager/docs/creating-managing-projects (that the other APIs refuse by it is inferred)",
})

// projectName is Compute Engine's pattern, which other APIs do not state.
var projectName = regexp.MustCompile(`^(?:(?:[-a-z0-9]{1,63}\.)*(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?):)?(?:[0-9]{1,19}|(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?))$`)

// locate names the resource that the request is about.
func (r *request) locate() error {
	values := r.values
	if len(values) < strings.Count(r.item, "{") && r.verb != "list" && r.verb != "batchEnable" {
		name := (*request).newName
		if r.kind.name != nil {
			name = r.kind.name
		}
		values = append(values[:len(values):len(values)], name(r))
		if values[len(values)-1] == "" {
			return fieldRequired.Refuse("Required field 'resource.name' not specified")
		}
	}
	r.key = fill(r.item, values)
	return nil
}

// newName is the name of the resource that the request makes: a field, or, in
// the newer APIs, a parameter such as certificateId.
func (r *request) newName() string {
	if name, _ := r.payload()["name"].(string); name != "" {
		return name
	}
	for parameter := range r.query {
		if own := r.method.Parameters[parameter]; own != nil && (strings.HasSuffix(parameter, "Id") && parameter != "requestId" || parameter == "autoscaler") {
			return r.query.Get(parameter)
		}
	}
	return ""
}

// payload is the resource in the body: the body itself, or the field that holds
// the resource.
func (r *request) payload() object {
	if r.method.Request == nil {
		return object{}
	}
	own := r.document.Resolve(r.method.Request)
	if own == r.schema {
		return r.body
	}
	for name, property := range own.Properties {
		if r.document.Resolve(property) == r.schema {
			inner, given := r.body[name].(object)
			if !given {
				inner = object{}
			}
			return inner
		}
	}
	return r.body
}

// readBody reads a JSON body, and the content that comes with it.
func (r *request) readBody() (object, error) {
	if r.from.Body == nil {
		return nil, nil
	}
	defer r.from.Body.Close() // it was read to its end, or is of no use
	media, parameters, _ := mime.ParseMediaType(r.from.Header.Get("Content-Type"))
	if media == "multipart/related" {
		return r.readParts(multipart.NewReader(r.from.Body, parameters["boundary"]))
	}
	return decode(r.from.Body)
}

// readParts reads a body and what is uploaded with it.
func (r *request) readParts(parts *multipart.Reader) (object, error) {
	first, err := parts.NextPart()
	if err != nil {
		return nil, err
	}
	body, err := decode(first)
	if err != nil {
		return nil, err
	}
	second, err := parts.NextPart()
	if err != nil {
		return nil, err
	}
	if body["contentType"] == nil && second.Header.Get("Content-Type") != "" {
		body["contentType"] = second.Header.Get("Content-Type")
	}
	r.content, err = io.ReadAll(second)
	return body, err
}

// decode reads a JSON object; nothing is an empty one.
func decode(from io.Reader) (object, error) {
	raw, err := io.ReadAll(from)
	if err != nil {
		return nil, err
	}
	if len(strings.TrimSpace(string(raw))) == 0 {
		return object{}, nil
	}
	var body object
	if err := json.Unmarshal(raw, &body); err != nil {
		return nil, fieldType.Refuse("Invalid JSON payload received. %v", err)
	}
	return body, nil
}

// into reads an object as the type that Google's client library has for it.
func into[T any](o object) (T, error) {
	var typed T
	raw, err := json.Marshal(o)
	if err == nil {
		err = json.Unmarshal(raw, &typed)
	}
	if err != nil {
		return typed, fmt.Errorf("a stored resource: %w", err)
	}
	return typed, nil
}
