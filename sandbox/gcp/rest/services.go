package rest

import (
	"net/http"
	"slices"
	"strings"

	"ai-serving/sandbox/rules"
)

var (
	apiEnabled = Rules.Add(rules.Rule{
		Name: "gcp/api-enabled", Asks: "The project has enabled the API of a resource before the resource is made.",
		Status: http.StatusForbidden, Code: "accessNotConfigured",
		Source: "cloud.google.com/service-usage/docs/enabled-service; google-beta's transport.IsApiNotEnabledError",
	})
	apiUnneeded = Rules.Add(rules.Rule{
		Name: "gcp/api-unneeded", Asks: "A service is disabled after those that depend on it, or together with them.",
		Status: http.StatusBadRequest, Code: "failedPrecondition",
		Source: "description of DisableServiceRequest.disableDependentServices in Service Usage's discovery document",
	})
)

// services that bring another one with them.
var enabledWith = map[string][]string{"compute": {"container"}, "iam": {"container"}}

// gated are the APIs that a project has to enable.
var gated = []string{"compute", "container", "certificatemanager", "iam", "secretmanager"}

// checkAPI refuses a resource of an API that the project has not enabled.
func (r *request) checkAPI() error {
	if !slices.Contains(gated, r.api) {
		return nil
	}
	for _, api := range append([]string{r.api}, enabledWith[r.api]...) {
		if r.tx.Has("projects/" + r.project + "/services/" + api + ".googleapis.com") {
			return nil
		}
	}
	return apiEnabled.Refuse("%s.googleapis.com has not been used in project %s before or it is disabled. Enable it (gcp.projects.Service) and let what needs it depend on that.", r.api, r.project)
}

// enable turns services on: the one in the path, or those in the body. To turn
// one on twice is to do it once.
func (r *request) enable() (any, error) {
	names := texts(r.body["serviceIds"])
	if r.verb == "enable" {
		names = []string{lastSegment(r.key)}
	}
	parent := "projects/" + r.project
	for _, name := range names {
		key := parent + "/services/" + name
		err := r.tx.Put(key, object{"name": key, "parent": parent, "state": "ENABLED", "config": object{"name": name}})
		if err != nil {
			return nil, err
		}
	}
	return r.result(object{})
}

// disable turns a service off, and those that depend on it if it is asked to.
func (r *request) disable() (any, error) {
	parent, api, _ := strings.Cut(strings.TrimSuffix(r.key, ".googleapis.com"), "/services/")
	off := []string{r.key}
	for _, dependent := range enabledWith[api] {
		key := parent + "/services/" + dependent + ".googleapis.com"
		if r.tx.Has(key) && r.body["disableDependentServices"] != true {
			return nil, apiUnneeded.Refuse("The service %s.googleapis.com is depended on by the following active service(s): %s.googleapis.com; Please specify disable_dependent_services=true if you want to proceed with disabling all services.", api, dependent)
		}
		off = append(off, key)
	}
	for _, key := range off {
		if err := r.tx.Delete(key); err != nil {
			return nil, err
		}
	}
	return r.result(object{})
}
