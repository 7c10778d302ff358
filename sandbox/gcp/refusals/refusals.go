// Package refusals decides what Google refuses of a request, beyond what the
// types of its APIs say: values that do not go together, and what does not fit
// with what the project has already.
//
// A plugin calls [Check] with each body that it is about to store, and
// [CheckDelete] before it removes one. It keeps what is stored itself, and tells
// of it as a [Project]. Both answer nil, or a [rules.Refusal] by one of [Rules].
//
// [Route] says what a URL map does with a request; the map's own tests are
// judged by it.
//
// Not decided here, but by the plugin: unknown properties, their types, enums
// and patterns, which are in Google's discovery documents; links that lead
// nowhere, which Check passes over; and the deletion of what others link to.
package refusals

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"ai-serving/sandbox/rules"
)

// Rules are what Google asks of requests.
var Rules rules.Set

// Project is what exists, as the bodies of Google's REST APIs, each by its
// relative link: its address without the API's host and version, such as
//
//	projects/p/global/urlMaps/m
//	projects/p/regions/r/subnetworks/s
//	projects/p/locations/l/clusters/c/nodePools/n
//	projects/p/locations/global/certificateMaps/m/certificateMapEntries/e
//	b/bucket
//
// Instance groups need no bodies: those of a manager have its name.
type Project interface {
	// Get gives the body with the link; false if there is none.
	Get(link string) (json.RawMessage, bool)
	// Each gives the links of a collection in all scopes, such as
	// forwardingRules, global and regional ones.
	Each(collection string) []string
}

// Check refuses a body that is to be stored. link is its relative link, which
// names the collection. body is all of the resource as it would be after the
// request, and before what the request found: nil on creation. What a plugin
// fills in, such as a free address, is not yet in the body. The access policy of
// a bucket is checked as b/NAME/iamPolicy. A body of a collection without rules has
// its names and labels checked alone.
func Check(p Project, link string, body, before json.RawMessage) error {
	l, err := parse(link)
	if err != nil {
		return err
	}
	r := &request{project: p, link: l, body: body, before: before}
	if err := checkName(r); err != nil {
		return err
	}
	if err := checkLabels(r); err != nil {
		return err
	}
	if check := checks[l.collection]; check != nil {
		return check(r)
	}
	return nil
}

// CheckDelete refuses to delete what is in use without a link to it.
func CheckDelete(p Project, link string) error {
	l, err := parse(link)
	if err != nil {
		return err
	}
	r := &request{project: p, link: l}
	switch l.collection {
	case "subnetworks":
		return checkProxiesGone(r)
	case "instanceGroupManagers":
		return checkGroupUnused(r)
	default:
		return nil
	}
}

// request is what is checked.
type request struct {
	project Project
	link    link
	body    json.RawMessage
	before  json.RawMessage
}

// creates says that nothing was there before.
func (r *request) creates() bool { return r.before == nil }

// checks are the checks of each collection.
var checks = map[string]func(*request) error{
	"addresses":             checking(addressKind),
	"autoscalers":           checking(autoscalerSize, autoscalerTarget),
	"b":                     checking(bucketName, bucketPrevention),
	"backendBuckets":        checking(bucketCache),
	"backendServices":       checking(serviceScheme, serviceBackends, serviceHealth, serviceSettings, servicePolicies),
	"certificateMapEntries": checking(mapEntry),
	"certificates":          checking(managerCertificate),
	"clusters":              checking(clusterNetwork, clusterRanges, clusterControlPlane, clusterSettings),
	"dnsAuthorizations":     checking(dnsAuthorization),
	"firewalls":             checking(firewall),
	"forwardingRules":       checking(ruleTarget, rulePorts, ruleAddress, ruleProxies),
	"healthChecks":          checking(healthCheck),
	"iamPolicy":             checking(bucketPolicy),
	"instanceGroupManagers": checking(managerTemplates, managerUpdates, managerSettings),
	"instanceTemplates":     checking(templateKept, templateMachine, templateDisks, templateNetwork),
	"networks":              checking(network),
	"nodePools":             checking(poolSize, poolUpkeep, poolNodes),
	"routers":               checking(routerNATs),
	"securityPolicies":      checking(policyKind, policyRules),
	"sslCertificates":       checking(sslCertificate),
	"subnetworks":           checking(subnetworkLogs, subnetworkRanges, subnetworkGrows, subnetworkPurpose),
	"targetHttpProxies":     checking(httpProxy),
	"targetHttpsProxies":    checking(httpsProxy),
	"urlMaps": checking(mapTargets, mapHosts, mapMatchers, mapPathRules, mapRouteRules, mapActions,
		mapServices, mapSize, mapTests),
}

// checking decodes the body for the checks, and gives the first refusal.
func checking[T any](checks ...func(*request, *T) error) func(*request) error {
	return func(r *request) error {
		body, err := decode[T](r.body)
		if err != nil {
			return fmt.Errorf("%s: %w", r.link, err)
		}
		for _, check := range checks {
			if err := check(r, body); err != nil {
				return err
			}
		}
		return nil
	}
}

// get finds the body with the link.
func get[T any](p Project, l link) (*T, bool) {
	body, found := p.Get(l.String())
	if !found {
		return nil, false
	}
	decoded, err := decode[T](body)
	return decoded, err == nil
}

// each gives the bodies of a collection, except that of the request.
func each[T any](r *request, collection string, use func(link, *T) error) error {
	for _, other := range r.project.Each(collection) {
		l, err := parse(other)
		if err != nil || l == r.link {
			continue
		}
		body, found := get[T](r.project, l)
		if !found {
			continue
		}
		if err := use(l, body); err != nil {
			return err
		}
	}
	return nil
}

// decode reads a body. Google takes 64-bit integers in quotes and without, the
// types of its libraries in quotes only.
func decode[T any](body json.RawMessage) (*T, error) {
	decoded := new(T)
	err := json.Unmarshal(body, decoded)
	if err == nil {
		return decoded, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var plain any
	if decoder.Decode(&plain) != nil {
		return nil, err
	}
	quoted, marshalErr := json.Marshal(quoteLong(plain))
	if marshalErr != nil {
		return nil, err
	}
	decoded = new(T)
	return decoded, json.Unmarshal(quoted, decoded)
}

// longs are the properties of 64 bits that a provider sends without quotes.
var longs = map[string]bool{"id": true, "seconds": true, "diskSizeGb": true, "rangeStart": true, "rangeEnd": true}

func quoteLong(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = quoteLong(v[i])
		}
	case map[string]any:
		for name, value := range v {
			if number, ok := value.(json.Number); ok && longs[name] {
				v[name] = number.String()
			} else {
				v[name] = quoteLong(value)
			}
		}
	}
	return v
}

// add adds a rule whose breach Google answers with status 400.
func add(code, name, asks, source string) *rules.Rule {
	return Rules.Add(rules.Rule{Name: "gcp/" + name, Asks: asks, Status: http.StatusBadRequest, Code: code, Source: source})
}

// invalid adds a rule of Compute Engine, Cloud Storage included, with Google's
// usual reason for values that it does not take.
func invalid(name, asks, source string) *rules.Rule { return add("invalid", name, asks, source) }

// bad adds a rule of the APIs that have no reasons of their own: Kubernetes
// Engine and Certificate Manager.
func bad(name, asks, source string) *rules.Rule { return add("badRequest", name, asks, source) }

// discovery is the source of what Google's description of a property says.
func discovery(property string) string {
	return "discovery document compute v0.beta: " + property
}

// containers is the same of Kubernetes Engine.
func containers(property string) string {
	return "discovery document container v1beta1: " + property
}

// documented is the source of what a page of Google's documentation says.
func documented(page string) string { return "https://cloud.google.com/" + page }

// inferred marks the source of a rule when it is on record that Google asks for
// it, but not that its API is what refuses the mistake.
func inferred(source string) string { return source + " (that the API refuses it is inferred)" }

// provider is the source of what the code of Google's Terraform provider says.
func provider(resource string) string { return "terraform-provider-google 5.42: " + resource }

// wrong refuses the value of a field, in Compute Engine's words.
func wrong(rule *rules.Rule, field string, value any, format string, args ...any) error {
	return rule.Refuse("Invalid value for field 'resource.%s': '%v'. %s", field, value, fmt.Sprintf(format, args...))
}
