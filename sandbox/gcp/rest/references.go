package rest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"ai-serving/sandbox/gcp/discovery"
	"ai-serving/sandbox/rules"
)

var (
	referenceLink = Rules.Add(rules.Rule{
		Name: "gcp/reference/link", Asks: "A field that refers to a resource has the link of one.",
		Status: http.StatusBadRequest, Code: "invalid",
		Source: "cloud.google.com/compute/docs/troubleshooting/api-errors; descriptions of the fields in the discovery documents (URL of the ...)",
	})
	referenceKind = Rules.Add(rules.Rule{
		Name: "gcp/reference/kind", Asks: "A field refers to a resource of a kind that it is for.",
		Status: http.StatusBadRequest, Code: "invalid",
		Source: "descriptions of the fields in Google's discovery documents",
	})
	referenceRegion = Rules.Add(rules.Rule{
		Name: "gcp/reference/region", Asks: "What a resource of a region refers to is global or of the same region.",
		Status: http.StatusBadRequest, Code: "invalid",
		Source: "cloud.google.com/compute/docs/regions-zones/global-regional-zonal-resources",
	})
)

// referable are the collections that a field refers to. The discovery documents
// tell it in words only. That the group of a backend is not a manager is asked by
// a rule of backend services.
var referable = map[string][]string{
	"backendService":     {"backendServices"},
	"certificateMap":     {"certificateMaps"},
	"certificates":       {"certificates"},
	"defaultService":     {"backendServices", "backendBuckets"},
	"dnsAuthorizations":  {"dnsAuthorizations"},
	"edgeSecurityPolicy": {"securityPolicies"},
	"group":              {"instanceGroups", "networkEndpointGroups", "instanceGroupManagers"},
	"healthCheck":        {"healthChecks"},
	"healthChecks":       {"healthChecks"},
	"instanceTemplate":   {"instanceTemplates"},
	"natIps":             {"addresses"},
	"network":            {"networks"},
	"securityPolicy":     {"securityPolicies"},
	"service":            {"backendServices", "backendBuckets"},
	"sslCertificates":    {"sslCertificates", "certificates"},
	"sslPolicy":          {"sslPolicies"},
	"subnetwork":         {"subnetworks"},
	"target":             {"targetHttpProxies", "targetHttpsProxies"},
	"urlMap":             {"urlMaps"},
}

// referableFrom are the collections that a field of the request's resource
// refers to, none if it need not be a reference. Kubernetes Engine takes bare
// names too, and an autoscaler has another target than a forwarding rule.
func (r *request) referableFrom(field string) []string {
	switch {
	case r.api != "compute" && r.api != "certificatemanager":
		return nil
	case r.collection == "regionAutoscalers" && field == "target":
		return []string{"instanceGroupManagers"}
	}
	return referable[field]
}

// managerHost begins the link of a certificate in what Compute Engine answers.
const managerHost = "//certificatemanager.googleapis.com/"

// place is where a value stands in a body.
type place struct {
	path   string // backends[0].group
	field  string // group
	schema *discovery.Schema
}

// resolve checks that everything that a resource refers to exists and is of the
// right kind, and replaces references by self links, as Google answers with.
func (r *request) resolve(next object) error {
	for name, value := range next {
		own := r.schema.Properties[name]
		if own == nil || own.ReadOnly && !slices.Contains(setByMethods, name) {
			continue
		}
		resolved, err := r.resolveValue(place{name, name, own}, value)
		if err != nil {
			return err
		}
		next[name] = resolved
	}
	return nil
}

// setByMethods are references that a body cannot set, and methods of their own do.
var setByMethods = []string{"securityPolicy", "edgeSecurityPolicy"}

// resolveValue resolves what is in a value. The names in a map, such as those of
// labels, are the client's: what stands there refers to nothing.
func (r *request) resolveValue(at place, value any) (any, error) {
	own := r.document.Resolve(at.schema)
	if own == nil {
		return value, nil
	}
	var err error
	switch value := value.(type) {
	case string:
		return r.resolveText(at, value)
	case []any:
		for i := range value {
			element := place{fmt.Sprintf("%s[%d]", at.path, i), at.field, own.Items}
			if value[i], err = r.resolveValue(element, value[i]); err != nil {
				return nil, err
			}
		}
	case object:
		for name := range value {
			element := place{at.path + "." + name, name, own.Properties[name]}
			if value[name], err = r.resolveValue(element, value[name]); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

func (r *request) resolveText(at place, value string) (any, error) {
	if value == "" || at.field == "selfLink" || at.field == "selfLinkWithId" {
		return value, nil
	}
	target, found := parse(r.project, value)
	if wanted := r.referableFrom(at.field); len(wanted) > 0 {
		if !found {
			return nil, invalid(referenceLink, "resource."+at.path, value, "The URL is malformed.")
		}
		if !slices.Contains(wanted, lastSegment(target.collection)) {
			return nil, invalid(referenceKind, "resource."+at.path, value, "Unexpected resource collection '%s'.", lastSegment(target.collection))
		}
	}
	if !found {
		return value, nil
	}
	if own, other := regionOfKey(r.key), regionOfKey(target.key); own != "" && other != "" && own != other {
		return nil, invalid(referenceRegion, "resource."+at.path, value, "The resource is in the region '%s', and that which refers to it in '%s'.", other, own)
	}
	key, err := named(r.tx, target.key)
	if err != nil {
		return nil, err
	}
	switch {
	case !r.tx.Has(key):
		return nil, notFound(target.key)
	case key != target.key: // Google adds the number that it was given
		return bases["compute"] + key + "?uniqueId=" + lastSegment(target.key), nil
	case target.collection == "locations/certificates" && r.api == "compute":
		return managerHost + key, nil // see the provider's decoder of proxies
	case target.verbatim || r.api != "compute":
		return value, nil
	}
	return bases["compute"] + target.key, nil
}

// regionOfKey is the region of a regional resource, "" of any other.
func regionOfKey(key string) string {
	parts := strings.Split(key, "/")
	if len(parts) > 3 && parts[2] == "regions" {
		return parts[3]
	}
	return ""
}
