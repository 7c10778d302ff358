package rest

import (
	"crypto/rand"
	"encoding/base64"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// timeFormat is how Google writes a time: milliseconds and an offset.
const timeFormat = "2006-01-02T15:04:05.000-07:00"

// maxNumber keeps generated numbers exact where a number is a float64.
const maxNumber = 1 << 52

// bases are what self links begin with.
var bases = map[string]string{
	"compute":   "https://www.googleapis.com/compute/beta/",
	"container": "https://container.googleapis.com/v1beta1/",
	"storage":   "https://www.googleapis.com/storage/v1/",
}

// generate fills in the fields that Google gives to every resource that has
// them.
func (r *request) generate(next object) {
	once := map[string]func() any{
		"kind":              func() any { return r.schema.Properties["kind"].Default },
		"id":                func() any { return strconv.Itoa(number()) },
		"creationTimestamp": timestamp,
		"createTime":        timestamp,
		"timeCreated":       timestamp,
		"selfLink":          func() any { return r.selfLink() },
	}
	always := map[string]func() any{
		"fingerprint":      fingerprint,
		"labelFingerprint": func() any { return r.labelFingerprint(next) },
		"etag":             fingerprint,
		"updateTime":       timestamp,
		"updated":          timestamp,
	}
	for name, value := range once {
		if _, given := next[name]; !given && r.schema.Properties[name] != nil {
			next[name] = value()
		}
	}
	for name, value := range always {
		if r.schema.Properties[name] != nil {
			next[name] = value()
		}
	}
	switch r.api {
	case "compute":
		r.generatePlace(next)
	case "certificatemanager", "iam", "secretmanager", "serviceusage":
		next["name"] = r.key // the full name
	}
}

// labelFingerprint is another one when the labels are others.
func (r *request) labelFingerprint(next object) any {
	same := reflect.DeepEqual(next["labels"], r.old["labels"]) && reflect.DeepEqual(next["resourceLabels"], r.old["resourceLabels"])
	if present := r.old["labelFingerprint"]; same && present != nil {
		return present
	}
	return fingerprint()
}

func (r *request) selfLink() string { return bases[r.api] + r.key }

// generatePlace tells where a resource of Compute Engine is.
func (r *request) generatePlace(next object) {
	parts := strings.Split(r.key, "/")
	place := strings.TrimSuffix(parts[2], "s") // region of projects/p/regions/r
	if r.schema.Properties[place] != nil && len(parts) > 4 {
		next[place] = bases["compute"] + strings.Join(parts[:4], "/")
	}
	if r.schema.Properties["selfLinkWithId"] != nil {
		next["selfLinkWithId"] = strings.TrimSuffix(r.selfLink(), lastSegment(r.key)) + next["id"].(string)
	}
}

// result answers a change: with an operation that is done, where the API has
// operations, or else with the resource.
func (r *request) result(next object) (any, error) {
	switch {
	case r.method.Response == nil:
		return nil, nil
	case r.method.Response.Ref != "Operation":
		return next, nil
	case r.document.Schemas["Operation"].Properties["done"] != nil:
		return object{"name": "operations/" + strconv.Itoa(number()), "done": true, "response": object{}}, nil
	}
	operation := object{
		"name": "operation-" + strconv.Itoa(number()), "status": "DONE", "operationType": r.verb,
		"targetLink": r.selfLink(), "selfLink": bases[r.api] + "projects/" + r.project + "/operations/done",
	}
	if r.api == "compute" {
		operation["targetId"] = next["id"]
		operation["kind"], operation["id"], operation["progress"] = "compute#operation", strconv.Itoa(number()), 100
		operation["insertTime"] = timestamp()
	}
	return operation, nil
}

func timestamp() any { return time.Now().Format(timeFormat) }

// fingerprint is Google's mark of a resource's content: eight bytes in base64.
func fingerprint() any {
	raw := make([]byte, 8)
	_, _ = rand.Read(raw) // never fails
	return base64.StdEncoding.EncodeToString(raw)
}

func number() int {
	n, err := rand.Int(rand.Reader, big.NewInt(maxNumber))
	if err != nil {
		panic(err) // rand.Reader never fails
	}
	return int(n.Int64())
}
