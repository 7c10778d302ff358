package rest

import "context"

// kind is what is particular to a collection.
type kind struct {
	// defaults are what Google puts where nothing is given.
	defaults object
	// hidden are fields that Google takes and never tells.
	hidden []string

	// name gives the name of a new resource that its body does not have.
	name func(*request) string
	// prepare checks what is particular to the collection and fills in what
	// Google does, before a new or changed resource is stored.
	prepare func(*request, object) error
	// remove checks what is particular to a deletion, before it.
	remove func(*request) error
	// companions are the ids of what Google makes beside the resource and
	// removes with it.
	companions func(key string, stored object) []string

	// provision makes true outside the store what the stored resource says, and
	// gives the fields that this tells; retire takes it back. A kind has both or
	// neither. The store is not locked.
	provision func(context.Context, *request, object) (object, error)
	retire    func(context.Context, *request) error

	// verbs are the collection's own, or stand in for those of all.
	verbs map[string]verb
}

// verb answers a request. The store is locked.
type verb func(*request) (any, error)

// verb is the kind's own verb, or that of all, nil if there is none.
func (k kind) verb(name string) verb {
	if own, found := k.verbs[name]; found {
		return own
	}
	return verbs[name]
}

// verbs are those that collections have in common.
var verbs = map[string]verb{
	"get":    (*request).get,
	"list":   (*request).list,
	"insert": (*request).insert,
	"create": (*request).insert,
	"patch":  (*request).patch,
	"update": (*request).update,
	"delete": (*request).delete,

	"setLabels":                assign("labels"),
	"setTarget":                assign("target"),
	"setUrlMap":                assign("urlMap"),
	"setSslCertificates":       assign("sslCertificates"),
	"setCertificateMap":        assign("certificateMap"),
	"setQuicOverride":          assign("quicOverride"),
	"setSslPolicy":             assign("sslPolicy"),
	"setSecurityPolicy":        assign("securityPolicy"),
	"setEdgeSecurityPolicy":    assignFrom("edgeSecurityPolicy", "securityPolicy"),
	"setPrivateIpGoogleAccess": assign("privateIpGoogleAccess"),
	"expandIpCidrRange":        assign("ipCidrRange"),
	"setMaintenancePolicy":     assign("maintenancePolicy"),
	"setNetworkPolicy":         assign("networkPolicy"),
	"setResourceLabels":        assign("resourceLabels"),
	"setManagement":            assign("management"),

	"getIamPolicy": (*request).getPolicy,
	"setIamPolicy": (*request).setPolicy,
}

// assign answers a method that sets one field, which its body has.
func assign(field string) verb { return assignFrom(field, field) }

func assignFrom(field, source string) verb {
	return func(r *request) (any, error) {
		if err := r.checkChange(); err != nil {
			return nil, err
		}
		next := clone(r.old)
		if value, given := r.body[source]; given {
			next[field] = value
		} else {
			delete(next, field)
		}
		return r.put(next)
	}
}
