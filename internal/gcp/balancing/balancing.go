// Package balancing says how Google's load balancers spread requests over the
// groups of a workload, and how they learn which of them are healthy. The global
// and the regional balancers have to agree on it, because one instance group can
// be a backend of both only with the same balancing mode.
package balancing

import (
	"ai-serving/internal/config"
	"ai-serving/internal/topology"
)

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

// affinityCookieSeconds is how long a client stays with one replica: for a day, the
// longest that the provider promises, because programs do not end sessions as
// browsers do, whose end is the default.
const affinityCookieSeconds = 24 * 60 * 60

// Affinity is how clients are kept with a replica, by Google's names, and for how
// many seconds. The kind is stated even where clients are not kept: the provider sends
// the kind of before again when it is left out, as it does with every property that
// is both optional and computed.
type Affinity struct {
	Kind          string
	CookieSeconds *int // nil without a cookie
}

// AffinityOf is the affinity of a workload's clients: by a cookie of the load
// balancer's own, or none.
func AffinityOf(workload topology.Workload) Affinity {
	if workload.Affinity {
		return Affinity{"GENERATED_COOKIE", new(affinityCookieSeconds)}
	}
	return NoAffinity
}

// NoAffinity keeps no client with a replica.
var NoAffinity = Affinity{Kind: "NONE"}

const (
	// capacity is the part of a group's capacity that may be used: all of it.
	// Left out, it is taken for zero on a regional balancer, and refused.
	capacity = 1.0
	// MaxRate is the number of requests a second to one pod or instance at which a
	// balancer begins to prefer other groups. It is no limit. Instances that scale by
	// requests do so by a part of it.
	MaxRate float64 = config.MaxRequests
)

// mode measures the fill of every group by the rate of requests, by Google's name.
// It must not depend on anything that may change. An instance group has one mode in
// all backend services that it is behind, the global and the regional ones, and
// these are updated one after the other: each update to another mode would be
// refused while the other service has the mode of before. Utilization is no choice
// for endpoint groups, nor with affinity: a change of it alone would move clients
// to another group.
// See cloud.google.com/load-balancing/docs/backend-service#session_affinity and
// github.com/kubernetes/ingress-gce/issues/740.
const mode = "RATE"

// Balancing is how a group takes part in a backend service. The maximum that is not
// of its kind is nil.
type Balancing struct {
	Mode               string
	CapacityScaler     float64
	MaxRatePerEndpoint *float64
	MaxRatePerInstance *float64
}

// Of is the balancing of a kind of group.
func Of(kind topology.GroupKind) Balancing {
	if kind == topology.Endpoints {
		return Balancing{Mode: mode, CapacityScaler: capacity, MaxRatePerEndpoint: new(MaxRate)}
	}
	return Balancing{Mode: mode, CapacityScaler: capacity, MaxRatePerInstance: new(MaxRate)}
}

// HasNamedPort says whether a workload's groups know the port to serve on by
// name. Endpoints have a port each, and a service of endpoints names none.
func HasNamedPort(backend topology.Backend) bool {
	return len(backend.Groups) > 0 && backend.Groups[0].Kind == topology.Instances
}
