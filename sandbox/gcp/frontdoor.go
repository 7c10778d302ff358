package gcp

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"

	"google.golang.org/api/googleapi"

	"ai-serving/sandbox/store"
)

// frontDoor answers the few requests to Google that the provider's own code
// makes outside of create, read, update and delete:
//
//   - an instance template's CustomizeDiff looks up images, to see whether two
//     names of an image mean the same;
//   - the import of a cluster or node pool waits until it is running.
//
// Every other request is refused and named. Nothing leaves the machine.
type frontDoor struct{ store store.Store }

var (
	imageRequest     = regexp.MustCompile(`/projects/([^/]+)/global/images/(family/)?([^/]+)$`)
	containerRequest = regexp.MustCompile(`/(projects/[^/]+/locations/[^/]+/clusters/[^/]+(?:/nodePools/[^/]+)?)$`)
)

// RoundTrip answers a request.
func (f frontDoor) RoundTrip(request *http.Request) (*http.Response, error) {
	path := request.URL.Path
	if request.Method == http.MethodGet {
		if parts := imageRequest.FindStringSubmatch(path); parts != nil {
			return answer(request, findImage(parts[1], parts[2] != "", parts[3]))
		}
		if parts := containerRequest.FindStringSubmatch(path); parts != nil {
			return f.status(request, parts[1])
		}
	}
	return answer(request, refuse(http.StatusNotImplemented, "notImplemented",
		"the sandbox does not answer %s %s", request.Method, request.URL))
}

// findImage says whether Google has a family, or an image of one: their names
// begin with that of the family.
func findImage(project string, family bool, name string) any {
	for _, known := range imageFamilies[project] {
		if family && known == name || !family && strings.HasPrefix(name, known+"-") {
			return map[string]string{"name": name}
		}
	}
	return notFound("projects/" + project + "/global/images/" + name)
}

func (f frontDoor) status(request *http.Request, id string) (*http.Response, error) {
	exists := false
	err := f.store.View(func(tx store.Tx) error {
		exists = tx.Has(id)
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case !exists:
		return answer(request, notFound(id))
	}
	return answer(request, map[string]string{"name": lastSegment(id), "status": "RUNNING"})
}

// answer makes a response of a body, or of an error as Google's APIs send it.
func answer(request *http.Request, body any) (*http.Response, error) {
	status := http.StatusOK
	if refusal, ok := body.(*googleapi.Error); ok {
		status = refusal.Code
		body = map[string]any{"error": map[string]any{
			"code":    refusal.Code,
			"message": refusal.Message,
			"errors":  refusal.Errors,
		}}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status:        http.StatusText(status),
		StatusCode:    status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(bytes.NewReader(raw)),
		ContentLength: int64(len(raw)),
		Request:       request,
	}, nil
}
