package refusals

import (
	"cmp"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
)

var (
	healthTimeout = invalid("health-check/timeout",
		"A health check's time-out is no longer than its interval.",
		discovery("HealthCheck.timeoutSec"))
	healthInterval = invalid("health-check/interval",
		"A health check is sent every 1 to 300 seconds.",
		documented("load-balancing/docs/health-checks"))
	healthThresholds = invalid("health-check/thresholds",
		"The thresholds of a health check are 1 to 10.",
		documented("load-balancing/docs/health-checks"))
	healthProtocol = invalid("health-check/protocol",
		"A health check describes one protocol, that of its type.",
		discovery("HealthCheck.type"))
	healthPort = invalid("health-check/port",
		"A health check on the serving port names no port, and another one a port of 1 to 65535.",
		discovery("HTTPHealthCheck.portSpecification")+"; "+provider("compute_health_check, validatePortSpec"))
	healthPath = invalid("health-check/path",
		"The path of a health check starts with a slash.",
		discovery("HTTPHealthCheck.requestPath"))
)

const (
	defaultHealthSeconds = 5
	maxHealthSeconds     = 300
	maxThreshold         = 10
	maxPort              = 65535
)

// probe is what the protocols of a health check have in common.
type probe struct {
	protocol, specification, path string
	port                          int64
}

// probes are the protocols that the check describes.
func probes(h *compute.HealthCheck) []probe {
	var all []probe
	if p := h.HttpHealthCheck; p != nil {
		all = append(all, probe{"HTTP", p.PortSpecification, p.RequestPath, p.Port})
	}
	if p := h.HttpsHealthCheck; p != nil {
		all = append(all, probe{"HTTPS", p.PortSpecification, p.RequestPath, p.Port})
	}
	if p := h.Http2HealthCheck; p != nil {
		all = append(all, probe{"HTTP2", p.PortSpecification, p.RequestPath, p.Port})
	}
	if p := h.TcpHealthCheck; p != nil {
		all = append(all, probe{"TCP", p.PortSpecification, "", p.Port})
	}
	if p := h.SslHealthCheck; p != nil {
		all = append(all, probe{"SSL", p.PortSpecification, "", p.Port})
	}
	if p := h.GrpcHealthCheck; p != nil {
		all = append(all, probe{"GRPC", p.PortSpecification, "", p.Port})
	}
	if p := h.GrpcTlsHealthCheck; p != nil {
		all = append(all, probe{"GRPC_WITH_TLS", p.PortSpecification, "", p.Port})
	}
	return all
}

func healthCheck(_ *request, h *compute.HealthCheck) error {
	interval := cmp.Or(h.CheckIntervalSec, defaultHealthSeconds)
	timeout := cmp.Or(h.TimeoutSec, defaultHealthSeconds)
	if interval < 1 || interval > maxHealthSeconds {
		return wrong(healthInterval, "checkIntervalSec", interval, "Must be 1 to %d.", maxHealthSeconds)
	}
	if timeout < 1 || timeout > interval {
		return wrong(healthTimeout, "timeoutSec", timeout, "The timeout must not be greater than checkIntervalSec, %d.", interval)
	}
	for field, threshold := range map[string]int64{"healthyThreshold": h.HealthyThreshold, "unhealthyThreshold": h.UnhealthyThreshold} {
		if threshold < 0 || threshold > maxThreshold {
			return wrong(healthThresholds, field, threshold, "Must be 1 to %d.", maxThreshold)
		}
	}
	described := probes(h)
	if len(described) != 1 || h.Type != "" && h.Type != described[0].protocol {
		return wrong(healthProtocol, "type", h.Type, "Exactly one of the protocol-specific health checks must be specified, that of the type.")
	}
	return checkProbe(described[0])
}

func checkProbe(p probe) error {
	if p.specification == "USE_SERVING_PORT" && p.port != 0 {
		return wrong(healthPort, "port", p.port, "The port must not be specified with USE_SERVING_PORT.")
	}
	if p.port < 0 || p.port > maxPort {
		return wrong(healthPort, "port", p.port, "Must be 1 to %d.", maxPort)
	}
	if p.path != "" && !strings.HasPrefix(p.path, "/") {
		return wrong(healthPath, "requestPath", p.path, "Must start with '/'.")
	}
	return nil
}
