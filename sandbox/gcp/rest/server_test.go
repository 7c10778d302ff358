package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ai-serving/sandbox/store"
)

// origins are where the APIs are, by their shorthand in tests.
var origins = map[string]string{
	"compute":      "https://compute.googleapis.com/compute/beta/",
	"container":    "https://container.googleapis.com/v1beta1/",
	"certificates": "https://certificatemanager.googleapis.com/v1/",
	"storage":      "https://storage.googleapis.com/storage/v1/",
	"upload":       "https://storage.googleapis.com/upload/storage/v1/",
	"secrets":      "https://secretmanager.googleapis.com/v1/",
	"iam":          "https://iam.googleapis.com/v1/",
	"projects":     "https://cloudresourcemanager.googleapis.com/v1/",
	"services":     "https://serviceusage.googleapis.com/v1/",
}

// cloud is a Google Cloud with nothing in it but the requests that it has been
// sent.
type cloud struct {
	t *testing.T
	*Server
}

// newCloud is one whose project p has enabled the APIs.
func newCloud(t *testing.T, requests ...string) cloud {
	t.Helper()
	server, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := cloud{t, server}
	c.must(`POST services projects/p/services:batchEnable {"serviceIds": ["compute.googleapis.com", "container.googleapis.com", "certificatemanager.googleapis.com", "secretmanager.googleapis.com"]}`)
	c.must(requests...)
	return c
}

// request reads a request in shorthand: its method, API, path and body.
func (c cloud) request(text string) *http.Request {
	c.t.Helper()
	parts := strings.SplitN(text, " ", 4)
	request, err := http.NewRequestWithContext(c.t.Context(), parts[0], origins[parts[1]]+parts[2], strings.NewReader(strings.Join(parts[3:], "")))
	if err != nil {
		c.t.Fatal(err)
	}
	return request
}

// do sends a request. No control plane is started for a cluster.
func (c cloud) do(text string) (any, error) {
	c.t.Helper()
	from := c.request(text)
	if from.URL.Host != "container.googleapis.com" {
		return c.Do(from)
	}
	r, err := c.Server.request(from)
	if err != nil {
		return nil, err
	}
	return r.locked(r.server.store.Update, r.kind.verb(r.verb))
}

// must sends requests that are not refused, and gives the answer to the last.
func (c cloud) must(requests ...string) (body object) {
	c.t.Helper()
	for _, text := range requests {
		answer, err := c.do(text)
		if err != nil {
			c.t.Fatalf("%s: %v", text, err)
		}
		raw, err := json.Marshal(answer)
		if err != nil {
			c.t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &body); err != nil {
			c.t.Fatal(err)
		}
	}
	return body
}

// TestAnswers leads a resource through its life by its API.
func TestAnswers(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	made := c.must(`POST compute projects/p/global/networks {"name": "main", "autoCreateSubnetworks": false, "selfLink": "not for the client to say"}`)
	if made["status"] != "DONE" || made["targetId"] == "" {
		t.Errorf("the operation is %v", made)
	}
	network := c.must("GET compute projects/p/global/networks/main")
	if network["kind"] != "compute#network" || network["mtu"] != 1460.0 || network["autoCreateSubnetworks"] != false ||
		network["selfLink"] != bases["compute"]+"projects/p/global/networks/main" {
		t.Errorf("the network is %v", network)
	}
	if byNumber := c.must(fmt.Sprintf("GET compute projects/p/global/networks/%v", network["id"])); byNumber["name"] != "main" {
		t.Errorf("by its number the network is %v", byNumber)
	}
	changed := c.must(`PATCH compute projects/p/global/networks/main {"routingConfig": {"routingMode": "GLOBAL"}}`, "GET compute projects/p/global/networks/main")
	if text(changed, "routingConfig", "routingMode") != "GLOBAL" || changed["id"] != network["id"] || changed["mtu"] != 1460.0 {
		t.Errorf("after the change the network is %v", changed)
	}
	c.must("DELETE compute projects/p/global/networks/main")
	if _, err := c.do("GET compute projects/p/global/networks/main"); err == nil {
		t.Error("the network is there after it was deleted")
	}
}

// TestErrorsHaveGooglesForm looks at a refusal as a client gets it.
func TestErrorsHaveGooglesForm(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	response, err := c.RoundTrip(c.request("GET compute projects/p/zones"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() // it is in memory
	var body struct {
		Error struct {
			Code   int
			Errors []struct{ Reason, Message string }
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusNotImplemented || body.Error.Code != http.StatusNotImplemented ||
		body.Error.Errors[0].Reason != "notImplemented" ||
		body.Error.Errors[0].Message != "the sandbox does not answer GET https://compute.googleapis.com/compute/beta/projects/p/zones" {
		t.Errorf("the answer is %d %+v", response.StatusCode, body)
	}
}

// TestReadOnlyFieldsStay when a resource is put in the place of another.
func TestReadOnlyFieldsStay(t *testing.T) {
	t.Parallel()
	c := newCloud(t, `POST compute projects/p/global/healthChecks {"name": "h", "type": "TCP", "tcpHealthCheck": {"port": 80}}`)
	before := c.must("GET compute projects/p/global/healthChecks/h")
	after := c.must(`PUT compute projects/p/global/healthChecks/h {"name": "h", "type": "TCP", "tcpHealthCheck": {"port": 81}}`, "GET compute projects/p/global/healthChecks/h")
	for _, name := range []string{"id", "creationTimestamp", "selfLink"} {
		if before[name] == nil || after[name] != before[name] {
			t.Errorf("%s was %v and is %v", name, before[name], after[name])
		}
	}
	if after["tcpHealthCheck"].(object)["port"] != 81.0 {
		t.Errorf("the check is %v", after)
	}
}

// TestObjects uploads content as Google's client library does.
func TestObjects(t *testing.T) {
	t.Parallel()
	c := newCloud(t, `POST storage b?project=p {"name": "static"}`)
	upload := c.request("POST upload b/static/o?uploadType=multipart&name=a%2Fb " +
		"--x\r\nContent-Type: application/json\r\n\r\n{\"name\": \"a/b\"}\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n")
	upload.Header.Set("Content-Type", "multipart/related; boundary=x")
	if _, err := c.Do(upload); err != nil {
		t.Fatal(err)
	}
	if o := c.must("GET storage b/static/o/a%2Fb"); o["md5Hash"] != "XUFAKrxLKna5cZ2REBfFkg==" || o["contentType"] != "text/plain" || o["size"] != "5" {
		t.Errorf("the object is %v", o)
	}
	if listed := objects(c.must("GET storage b/static/o")["items"]); len(listed) != 1 || listed[0]["name"] != "a/b" {
		t.Errorf("the bucket has %v", listed)
	}
	c.must("POST storage b/static/o?name=a {}", "DELETE storage b/static/o/a", "GET storage b/static/o/a%2Fb")
	c.must("DELETE storage b/static/o/a%2Fb", "DELETE storage b/static")
}

// TestPolicies change as they are read.
func TestPolicies(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	set := c.must(`POST projects projects/p:setIamPolicy {"policy": {"etag": "ACAB", "bindings": [{"role": "roles/viewer", "members": ["group:team@example.com"]}]}}`)
	got := c.must(`POST projects projects/p:getIamPolicy {}`)
	if set["etag"] == "ACAB" || got["etag"] != set["etag"] || len(objects(got["bindings"])) != 1 {
		t.Errorf("set %v, got %v", set, got)
	}
	c.must(`POST projects projects/p:setIamPolicy {"policy": {}}`)
	err := c.store.View(func(tx store.Tx) error {
		if tx.Has("projects/p/iam") {
			t.Error("a policy that gives nobody anything is stored")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestImages are those of the families that Google keeps up.
func TestImages(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for name, there := range map[string]bool{
		"family/debian-12": true, "debian-12-bookworm-v20250610": true, "family/debian-10": false, "debian-12": false,
	} {
		if _, err := c.do("GET compute projects/debian-cloud/global/images/" + name); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLabelsReferToNothing: their names and values are the client's.
func TestLabelsReferToNothing(t *testing.T) {
	t.Parallel()
	c := newCloud(t, `POST compute projects/p/global/addresses {"name": "a", "labels": {"service": "chat", "network": "main"}}`)
	if got := text(c.must("GET compute projects/p/global/addresses/a"), "labels", "service"); got != "chat" {
		t.Errorf("the label is %q", got)
	}
}
