package refusals

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
)

var (
	groupCollection = invalid("backend-service/group-collection",
		"The group of a backend is an instance group or endpoint group: of a managed instance group the group, not the manager.",
		"https://github.com/hashicorp/terraform-provider-google/issues/1480")
	groupOnce = invalid("backend-service/group-once",
		"A group is one backend of a service.",
		provider("compute_backend_service, backend.group"))
	groupRegion = invalid("backend-service/group-region",
		"The groups of a regional service are in its region.",
		documented(serviceDocs))
	groupKinds = invalid("backend-service/group-kinds",
		"The backends of a service are all instance groups, or all endpoint groups.",
		documented(serviceDocs))
	modeOfGroup = invalid("backend-service/mode-of-endpoints",
		"Zonal endpoint groups are not balanced by utilisation, and have no maxUtilization.",
		documented(serviceDocs)+"; "+provider("compute_backend_service, encoder"))
	modeOfProtocol = invalid("backend-service/mode-of-protocol",
		"An Application Load Balancer does not balance by connections.",
		documented(serviceDocs))
	modesAgree = invalid("backend-service/modes-agree",
		"An instance group in several backend services has one balancing mode in all of them.",
		documented(serviceDocs))
	rateGiven = invalid("backend-service/rate-given",
		"A backend balanced by rate has a maximum rate: of the group, or of each of its instances or endpoints.",
		provider("compute_backend_service, backend.max_rate"))
	rateOfGroup = invalid("backend-service/rate-of-group",
		"A maximum per instance is for instance groups, and one per endpoint for endpoint groups.",
		inferred(documented(serviceDocs)))
	capacityRange = invalid("backend-service/capacity-scaler",
		"The capacity scaler is 0 or 0.1 to 1, and not 0 for the only backend.",
		discovery("Backend.capacityScaler"))
	utilizationRange = invalid("backend-service/max-utilization",
		"The maximum utilization is 0 to 1.",
		discovery("Backend.maxUtilization"))
	portNamed = invalid("backend-service/named-port",
		"The port name of a service is that of a named port of each of its instance groups.",
		discovery("BackendService.portName")+"; https://github.com/google/stellar-engine/pull/25: a group without it is sent nothing; Google may take the service all the same")
	portOfServerless = invalid("backend-service/port-of-serverless",
		"A service of serverless or internet endpoints names no port.",
		"https://github.com/terraform-google-modules/terraform-google-lb-http/issues/448")
)

// groupKind tells instance groups from the kinds of endpoint groups.
type groupKind int

const (
	instances groupKind = iota
	// zonal endpoints are addresses and ports of machines or pods.
	zonal
	// other endpoints are serverless, on the Internet or behind Private Service
	// Connect, and have no balancing mode.
	other
)

// kindOf tells the kind of a group by its link. It is an error if it is none.
func kindOf(l link) (groupKind, bool) {
	switch {
	case l.collection == "instanceGroups":
		return instances, true
	case l.collection != "networkEndpointGroups":
		return 0, false
	case strings.HasPrefix(l.scope, "zones/"):
		return zonal, true
	default:
		return other, true
	}
}

func serviceBackends(r *request, s *compute.BackendService) error {
	seen, kinds := map[link]bool{}, map[bool]bool{}
	for i, backend := range s.Backends {
		at := fmt.Sprintf("backends[%d]", i)
		group, ok := r.refer(backend.Group)
		if !ok {
			continue // a service attachment
		}
		kind, ok := kindOf(group)
		if !ok {
			return wrong(groupCollection, at+".group", backend.Group, "Unexpected resource collection '%s'.", group.collection)
		}
		if seen[group] {
			return wrong(groupOnce, at+".group", backend.Group, "The group is already a backend of the backend service.")
		}
		seen[group], kinds[kind == instances] = true, true
		if !r.link.global() && group.region() != r.link.region() {
			return wrong(groupRegion, at+".group", backend.Group, "The group must be in the region of the backend service, %s.", r.link.region())
		}
		if len(kinds) > 1 {
			return wrong(groupKinds, at+".group", backend.Group, "Instance groups and network endpoint groups cannot be backends of the same backend service.")
		}
		if err := checkBackend(r, s, backend, kind, at); err != nil {
			return err
		}
		if err := checkPort(r, s, group, kind); err != nil {
			return err
		}
	}
	return checkCapacity(r)
}

// checkBackend checks how the backend is balanced. Where the request leaves out
// the mode, it is for Google to choose.
func checkBackend(r *request, s *compute.BackendService, b *compute.Backend, kind groupKind, at string) error {
	if kind == zonal && (b.BalancingMode == "UTILIZATION" || b.MaxUtilization != 0) {
		return wrong(modeOfGroup, at+".balancingMode", b.BalancingMode, "Balancing mode UTILIZATION is not supported for network endpoint groups.")
	}
	if b.MaxUtilization < 0 || b.MaxUtilization > 1 {
		return wrong(utilizationRange, at+".maxUtilization", b.MaxUtilization, "Must be 0.0 to 1.0.")
	}
	if b.BalancingMode == "CONNECTION" && proxied(r.link, s) && requests(s) {
		return wrong(modeOfProtocol, at+".balancingMode", b.BalancingMode, "Balancing mode CONNECTION is not supported with protocol %s.", cmp.Or(s.Protocol, "HTTP"))
	}
	if kind == instances && (b.MaxRatePerEndpoint != 0 || b.MaxConnectionsPerEndpoint != 0) {
		return wrong(rateOfGroup, at+".maxRatePerEndpoint", b.MaxRatePerEndpoint, "Maxima per endpoint are not supported for instance groups.")
	}
	if kind == zonal && (b.MaxRatePerInstance != 0 || b.MaxConnectionsPerInstance != 0) {
		return wrong(rateOfGroup, at+".maxRatePerInstance", b.MaxRatePerInstance, "Maxima per instance are not supported for network endpoint groups.")
	}
	if b.BalancingMode == "RATE" && kind != other && b.MaxRate <= 0 && b.MaxRatePerInstance <= 0 && b.MaxRatePerEndpoint <= 0 {
		return wrong(rateGiven, at+".maxRate", b.MaxRate, "One of maxRate, maxRatePerInstance and maxRatePerEndpoint must be greater than 0 with balancing mode RATE.")
	}
	return checkModes(r, b, kind, at)
}

// requests says that the load balancer sees requests, and not connections only.
func requests(s *compute.BackendService) bool {
	return !slices.Contains([]string{"TCP", "SSL", "UDP", "UNSPECIFIED"}, s.Protocol)
}

// checkModes compares the mode of an instance group with that in other services.
func checkModes(r *request, b *compute.Backend, kind groupKind, at string) error {
	if kind != instances || b.BalancingMode == "" {
		return nil
	}
	return each(r, "backendServices", func(l link, s *compute.BackendService) error {
		for _, known := range s.Backends {
			if known.BalancingMode != "" && known.BalancingMode != b.BalancingMode && r.same(known.Group, b.Group) {
				return wrong(modesAgree, at+".balancingMode", b.BalancingMode, "The backend service '%s' points to the same instance group with the incompatible balancing mode %s.", l, known.BalancingMode)
			}
		}
		return nil
	})
}

// capacities are the capacity scalers of a service: one that is left out is 1,
// and not the 0 of a number that is left out.
type capacities struct {
	Backends []struct {
		CapacityScaler *float64 `json:"capacityScaler"`
	} `json:"backends"`
}

// minCapacity is the least of a backend that gets requests.
const minCapacity = 0.1

func checkCapacity(r *request) error {
	given, err := decode[capacities](r.body)
	if err != nil {
		return fmt.Errorf("%s: capacity scalers: %w", r.link, err)
	}
	for i, backend := range given.Backends {
		if backend.CapacityScaler == nil {
			continue
		}
		capacity := *backend.CapacityScaler
		if capacity > 1 || capacity < minCapacity && (capacity != 0 || len(given.Backends) == 1) {
			return wrong(capacityRange, fmt.Sprintf("backends[%d].capacityScaler", i), capacity, "Must be 0.0 or 0.1 to 1.0, and not 0.0 for the only backend.")
		}
	}
	return nil
}

// checkPort looks the service's port name up in an instance group. That of a
// manager has the ports that the manager names.
func checkPort(r *request, s *compute.BackendService, group link, kind groupKind) error {
	if s.PortName == "" {
		return nil
	}
	if kind == other {
		return wrong(portOfServerless, "portName", s.PortName, "Port name is not supported for a backend service with Serverless network endpoint groups.")
	}
	ports, known := namedPorts(r.project, group)
	named := func(p *compute.NamedPort) bool { return p.Name == s.PortName }
	if kind != instances || !known || slices.ContainsFunc(ports, named) {
		return nil
	}
	return wrong(portNamed, "portName", s.PortName, "The instance group '%s' has no port with that name.", group)
}

func namedPorts(p Project, group link) ([]*compute.NamedPort, bool) {
	manager := group
	manager.collection = "instanceGroupManagers"
	if m, found := get[compute.InstanceGroupManager](p, manager); found {
		return m.NamedPorts, true
	}
	g, found := get[compute.InstanceGroup](p, group)
	if !found {
		return nil, false
	}
	return g.NamedPorts, true
}
