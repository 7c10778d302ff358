package refusals

import (
	"cmp"
	"fmt"
	"slices"

	compute "google.golang.org/api/compute/v0.beta"
)

// serviceDocs are where Google describes backend services and their backends.
const serviceDocs = "load-balancing/docs/backend-service"

var (
	schemeScope = invalid("backend-service/scheme-scope",
		"A global backend service has no scheme of regional load balancers, INTERNAL, and a regional one not that of the mesh.",
		documented(serviceDocs))
	schemeKept = invalid("backend-service/scheme-kept",
		"The scheme of a backend service changes only from EXTERNAL to EXTERNAL_MANAGED and back, by a migration.",
		discovery("BackendService.loadBalancingScheme, externalManagedMigrationState"))
	protocolOfScheme = invalid("backend-service/protocol",
		"A service behind a proxy speaks HTTP, HTTPS, HTTP2, H2C, GRPC, TCP or SSL.",
		documented(serviceDocs))
	checkNeeded = invalid("backend-service/health-check-needed",
		"A service of instance groups or zonal endpoint groups has a health check.",
		discovery("BackendService.healthChecks"))
	checkForbidden = invalid("backend-service/health-check-of-serverless",
		"A service of serverless endpoints has no health check.",
		discovery("BackendService.healthChecks"))
	oneCheck = invalid("backend-service/one-health-check",
		"A service has one health check at most.",
		discovery("BackendService.healthChecks"))
	checkScope = invalid("backend-service/health-check-scope",
		"A global service has a global health check, and a regional external one a check of its region.",
		documented("load-balancing/docs/health-check-concepts"))
)

// direct are the schemes of load balancers that pass packets through; the
// others have proxies.
var direct = []string{"INTERNAL", schemeClassic, "EXTERNAL_PASSTHROUGH"}

// proxied says that the load balancers of the service have proxies. The classic
// ones do too, and are global.
func proxied(l link, s *compute.BackendService) bool {
	scheme := schemeOf(s)
	return !slices.Contains(direct, scheme) || scheme == schemeClassic && l.global()
}

func schemeOf(s *compute.BackendService) string { return cmp.Or(s.LoadBalancingScheme, schemeClassic) }

func serviceScheme(r *request, s *compute.BackendService) error {
	scheme := schemeOf(s)
	if r.link.global() && scheme == "INTERNAL" || !r.link.global() && scheme == schemeMesh {
		return wrong(schemeScope, "loadBalancingScheme", scheme, "The scheme is not one of backend services in the scope %s.", r.link.scope)
	}
	managed := scheme == schemeManaged || scheme == schemePrivate
	if protocol := cmp.Or(s.Protocol, "HTTP"); managed && (protocol == "UDP" || protocol == "UNSPECIFIED") {
		return wrong(protocolOfScheme, "protocol", protocol, "The protocol is not supported with load balancing scheme %s.", scheme)
	}
	if r.creates() {
		return nil
	}
	before, err := decode[compute.BackendService](r.before)
	if err != nil {
		return fmt.Errorf("%s before: %w", r.link, err)
	}
	external := []string{schemeClassic, schemeManaged}
	migrates := slices.Contains(external, schemeOf(before)) && slices.Contains(external, scheme) && s.ExternalManagedMigrationState != ""
	if scheme != schemeOf(before) && !migrates {
		return wrong(schemeKept, "loadBalancingScheme", scheme, "The load balancing scheme cannot be changed from %s.", schemeOf(before))
	}
	return nil
}

func serviceHealth(r *request, s *compute.BackendService) error {
	if len(s.HealthChecks) > 1 {
		return wrong(oneCheck, "healthChecks", len(s.HealthChecks), "At most one health check can be specified.")
	}
	for i, backend := range s.Backends {
		group, ok := r.refer(backend.Group)
		if !ok {
			continue
		}
		switch kind, _ := kindOf(group); {
		case kind == other && len(s.HealthChecks) > 0 && serverless(r.project, group):
			return wrong(checkForbidden, "healthChecks[0]", s.HealthChecks[0], "A backend service with Serverless network endpoint groups cannot have a health check.")
		case kind != other && len(s.HealthChecks) == 0 && s.HaPolicy == nil && schemeOf(s) != "INTERNAL":
			return wrong(checkNeeded, "healthChecks", "", "A health check must be specified for the backend in backends[%d].", i)
		}
	}
	for _, text := range s.HealthChecks {
		check, ok := r.refer(text)
		if ok && (r.link.global() || schemeOf(s) == schemeManaged) && check.scope != r.link.scope {
			return wrong(checkScope, "healthChecks[0]", text, "The health check must be in the scope of the backend service, %s.", r.link.scope)
		}
	}
	return nil
}

func serverless(p Project, group link) bool {
	g, found := get[compute.NetworkEndpointGroup](p, group)
	return found && g.NetworkEndpointType == "SERVERLESS"
}
