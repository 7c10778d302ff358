// Package edge evaluates the documents of load balancers as a program has
// registered them: what becomes of a request at an Application Gateway, or at
// one of Google's external Application Load Balancers.
//
// It knows the documents and the clouds' documentation, and nothing of the
// program that wrote them. Every rule of it stands beside its source. What a
// document says that the evaluator does not know, or that the documentation
// leaves open, is an error and never a guess.
package edge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Request is what a client asks of a frontend.
type Request struct {
	// Scheme is "http" or "https", and with it the port: 80 or 443.
	Scheme string
	// Host is the header of that name, which may have a port at its end.
	Host string
	// Path starts with a slash and may end with a query.
	Path string
	// Header holds the other headers, by their canonical names.
	Header http.Header
}

// Answer is what becomes of a request.
type Answer struct {
	// Status is that of the load balancer's own answer; 0 if a backend answers.
	Status int
	// Location is where a redirect leads.
	Location string
	// Backends are those that the request is shared out among; none with a Status.
	Backends []Backend
	// Forwarded is the request as the backends get it.
	Forwarded Request
	// Limits are the rate limits that count the request.
	Limits []Limit
	// Used names the parts of the documents that took part in the decision, each
	// one of those that the load balancer's Parts lists.
	Used []string
}

// Backend is a set of servers, and how they are spoken to.
type Backend struct {
	// ID is of the pool, or the backend service's link.
	ID string
	// Members are addresses, or the links of groups, sorted.
	Members []string
	// Part of the requests, 0 to 1.
	Part float64
	// Port is 0 where each group has its own.
	Port int
	// TimeoutSeconds bounds a response; DrainSeconds is how long a member that
	// leaves may finish its responses, 0 for not at all.
	TimeoutSeconds, DrainSeconds int
}

// Limit lets a number of requests through in every window.
type Limit struct {
	// Name is the policy's, with the rule's after it.
	Name string
	// Requests are those of all clients together in a window of so many Seconds.
	Requests, Seconds int
	// Each says that every address has that many for itself.
	Each bool
}

// refuse is the load balancer's own answer.
func (a *Answer) refuse(status int) Answer {
	a.Status = status
	a.Backends = nil
	return *a
}

func (a *Answer) use(parts ...string) { a.Used = append(a.Used, parts...) }

// port of the scheme that a request is made by.
func (r Request) port() (int, error) {
	switch r.Scheme {
	case "http":
		return 80, nil
	case "https":
		return 443, nil
	default:
		return 0, fmt.Errorf("a request by %q", r.Scheme)
	}
}

// hostname is the host without its port.
func (r Request) hostname() string {
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		return name
	}
	return r.Host
}

// path is without its query, which comes second.
func (r Request) path() (path, query string) {
	path, query, _ = strings.Cut(r.Path, "?")
	return path, query
}

// header is a header's value, and whether the request has it.
func (r Request) header(name string) (string, bool) {
	name = textproto.CanonicalMIMEHeaderKey(name)
	if name == "Host" {
		return r.Host, true
	}
	values := r.Header[name]
	return strings.Join(values, ","), len(values) > 0
}

// clone is a request whose headers can be changed.
func (r Request) clone() Request {
	r.Header = r.Header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	return r
}

// ignored is a part of a document that says nothing of where a request goes.
type ignored = json.RawMessage

// forbidden is a part of a document that the evaluator knows nothing of.
type forbidden struct{}

// UnmarshalJSON refuses everything but null.
func (forbidden) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	return fmt.Errorf("not understood: %s", raw)
}

// decode reads a resource's inputs into a document. An input that the document
// has no field for is an error, and so is one that is unknown.
func decode(inputs resource.PropertyMap, document any) error {
	if inputs.ContainsUnknowns() {
		return errors.New("has unknown inputs: only what an update registers can be evaluated")
	}
	raw, err := json.Marshal(inputs.MapRepl(nil, revealed))
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(document)
}

// revealed puts what a secret holds in its place.
func revealed(value resource.PropertyValue) (any, bool) {
	if !value.IsSecret() {
		return nil, false
	}
	return value.SecretValue().Element.MapRepl(nil, revealed), true
}

// named finds the part of a document with the name.
func named[T interface{ name() string }](parts []T, name string) (T, error) {
	i := slices.IndexFunc(parts, func(part T) bool { return part.name() == name })
	if i < 0 {
		var none T
		return none, fmt.Errorf("no %T %q", none, name)
	}
	return parts[i], nil
}
