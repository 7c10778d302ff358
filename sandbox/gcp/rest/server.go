// Package rest answers requests to Google's APIs, in this process and from the
// sandbox's store: Compute Engine, Kubernetes Engine, Certificate Manager, Cloud
// Storage, Secret Manager, IAM, Resource Manager and Service Usage, as far as the resource types
// of the plugin need them.
//
// Google's discovery documents say which methods there are and what their
// bodies hold, and each request is held to them. A resource is stored as the
// body that Google would answer with, under its name relative to the API:
// projects/p/global/urlMaps/m. What is particular to a collection (what Google
// fills in, and what it refuses) is said by its [kind].
package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/gcp/discovery"
	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/store"
)

// Rules are what the sandbox's Google Cloud refuses beyond the rules for load
// balancers and their neighbours in the package rules.
var Rules rules.Set

// object is a JSON object.
type object = map[string]any

// Server is the Google Cloud of one sandbox. It is an [http.RoundTripper]:
// nothing that is sent to it leaves the process.
type Server struct {
	home     string
	store    store.Store
	clusters controlplane.ControlPlane
	routes   []route
}

// New gives the Google Cloud of the sandbox in the directory home.
func New(home string) (*Server, error) {
	documents, err := discovery.Load()
	if err != nil {
		return nil, err
	}
	routes, err := routesOf(documents)
	if err != nil {
		return nil, err
	}
	return &Server{
		home:     home,
		store:    store.At(filepath.Join(home, "stores", "gcp.db")),
		clusters: controlplane.At(home),
		routes:   routes,
	}, nil
}

// RoundTrip answers a request, and a refused one with an error in Google's form.
func (s *Server) RoundTrip(from *http.Request) (*http.Response, error) {
	body, err := s.Do(from)
	var refusal *rules.Refusal
	switch {
	case errors.As(err, &refusal):
		return answer(from, refusal.Rule.Status, errorBody(refusal))
	case err != nil:
		return nil, err
	}
	return answer(from, http.StatusOK, body)
}

// Do gives the body that answers a request. A refusal is a [*rules.Refusal].
func (s *Server) Do(from *http.Request) (any, error) {
	r, err := s.request(from)
	if err != nil {
		return nil, err
	}
	if do := r.kind.verb(r.verb); do != nil {
		return r.answer(do)
	}
	return nil, served.Refuse("the sandbox does not answer %s", r.method.ID)
}

// errorBody is what Google's APIs answer a refused request with.
func errorBody(refusal *rules.Refusal) object {
	return object{"error": object{
		"code":    refusal.Rule.Status,
		"message": refusal.Message,
		"errors":  []object{{"domain": "global", "reason": refusal.Rule.Code, "message": refusal.Message}},
	}}
}

// context is that of the request, which the caller may end.
func (r *request) context() context.Context { return r.from.Context() }

// clone is a deep copy.
func clone(o object) object {
	raw, err := json.Marshal(o)
	if err != nil {
		panic(err) // it came from JSON
	}
	var copied object
	if err := json.Unmarshal(raw, &copied); err != nil {
		panic(err)
	}
	return copied
}
