// Package balancing says how Google's load balancers spread requests over the
// groups of a workload, and how they learn which of them are healthy. The global
// and the regional balancers have to agree on it, because one instance group can
// be a backend of both only with the same balancing mode.
package balancing

import "ai-serving/internal/topology"

// PortName is the named port of an instance group that its workload is served
// on.
const PortName = "http"

// FrontEnds are where Google's health checks come from, and the requests of the
// global load balancer, see cloud.google.com/load-balancing/docs/firewall-rules.
var FrontEnds = []string{"130.211.0.0/22", "35.191.0.0/16"}

// LogSampleRate is the part of the requests that are logged.
const LogSampleRate = 0.1

// A group that stops answering is out of use after 15 s, and back in use 10 s
// after it answers again.
const (
	HealthCheckSeconds = 5 // between checks, and for an answer
	HealthyThreshold   = 2
	UnhealthyThreshold = 3
)

// How a client is kept with one replica: by a cookie of the load balancer's own.
// It lasts for a day, the longest that the provider promises, because programs do
// not end sessions as browsers do, whose end is the default.
const (
	Affinity              = "GENERATED_COOKIE"
	AffinityCookieSeconds = 24 * 60 * 60
)

const (
	// capacity is the part of a group's capacity that may be used: all of it.
	// Left out, it is taken for zero on a regional balancer, and refused.
	capacity = 1.0
	// maxUtilization is the use of an instance group's processors at which a
	// balancer begins to prefer other groups. It lies above the autoscaler's
	// target, so that a group grows before it spills over.
	maxUtilization = 0.8
	// maxRate is the number of requests a second to one pod or instance at which a
	// balancer begins to prefer other groups. It is no limit.
	maxRate = 100.0
)

// Mode is how the fill of a group is measured, by Google's names.
type Mode string

// The modes in use.
const (
	Utilization Mode = "UTILIZATION"
	Rate        Mode = "RATE"
)

// Balancing is how a group takes part in a backend service. Of the maxima, those
// that are not of its mode and its kind are nil.
type Balancing struct {
	Mode               Mode
	CapacityScaler     float64
	MaxUtilization     *float64
	MaxRatePerEndpoint *float64
	MaxRatePerInstance *float64
}

// Of is the balancing of a group of a workload: by the rate of requests to an
// endpoint, or by the utilisation of its instances, which endpoint groups do not
// have. Where clients are kept with one replica, instances are measured by rate
// too: a change of their utilisation alone would move clients to another group.
// See cloud.google.com/load-balancing/docs/backend-service#session_affinity.
func Of(workload topology.Workload, kind topology.GroupKind) Balancing {
	switch {
	case kind == topology.Endpoints:
		return Balancing{Mode: Rate, CapacityScaler: capacity, MaxRatePerEndpoint: new(maxRate)}
	case workload.Affinity:
		return Balancing{Mode: Rate, CapacityScaler: capacity, MaxRatePerInstance: new(maxRate)}
	default:
		return Balancing{Mode: Utilization, CapacityScaler: capacity, MaxUtilization: new(maxUtilization)}
	}
}

// HasNamedPort says whether a workload's groups know the port to serve on by
// name. Endpoints have a port each, and a service of endpoints names none.
func HasNamedPort(backend topology.Backend) bool {
	return len(backend.Groups) > 0 && backend.Groups[0].Kind == topology.Instances
}
