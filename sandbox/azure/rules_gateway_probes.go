package azure

import "strings"

var (
	probeOneHost = require("gateway/probe-one-host",
		"A probe has a host or picks it from the backend settings.", badRequest,
		"github.com/hashicorp/terraform-provider-azurerm/pull/2658")
	probeHost = require("gateway/probe-host",
		"A probe that does not pick its host states it: an address of a pool is none.", "ApplicationGatewayProbeHostIsNull",
		"learn.microsoft.com/azure/application-gateway/application-gateway-probe-overview#custom-health-probe-settings; the code as the Azure CLI shows it")
	probeHostForm = require("gateway/probe-host-form",
		"The host of a probe is a DNS name or an IP address.", badRequest,
		"learn.microsoft.com/azure/application-gateway/application-gateway-probe-overview#custom-health-probe-settings: the host name to send the probe to; that other forms are refused is inferred")
	probePickedHost = require("gateway/probe-picked-host",
		"Backend settings whose probe picks its host from them have one.", "ApplicationGatewayBackendHttpSettingsIncompatibleProbeSettingPickHostName",
		errorArticles+"troubleshoot-http-502-bad-gateway")
	probePath = require("gateway/probe-path",
		"The path of a probe of HTTP begins with /.", "ApplicationGatewayProbePathIsInvalid",
		"learn.microsoft.com/azure/application-gateway/application-gateway-probe-overview#custom-health-probe-settings; the code as its ingress controller shows it")
	probeProtocol = require("gateway/probe-protocol",
		"A probe has a protocol: that of the backend settings that use it.", "ApplicationGatewayProbeProtocolMustMatchBackendHttpSettinsProtocol",
		"github.com/Azure/application-gateway-kubernetes-ingress/issues/1195; that one without any is refused is inferred")
	probePlain = require("gateway/probe-plain",
		"A probe of TCP or TLS has no host, path or match.", badRequest,
		"github.com/hashicorp/terraform-provider-azurerm/pull/30376, which refuses it; that Azure does is inferred")
	probeTimes = require("gateway/probe-times",
		"The interval and the time-out of a probe are 1 to 86400 seconds.", badRequest,
		"learn.microsoft.com/rest/api/application-gateway/application-gateways/create-or-update#applicationgatewayprobe")
	probeTimeout = require("gateway/probe-time-out",
		"The time-out of a probe is not above its interval.", badRequest,
		"github.com/hashicorp/terraform-provider-azurerm/pull/30376, which refuses it; that Azure does is inferred from that and from learn.microsoft.com/azure/application-gateway/application-gateway-create-probe-portal")
	probeThreshold = require("gateway/probe-threshold",
		"0 to 20 failures of a probe make a backend unhealthy.", "ApplicationGatewayProbeUnhealthyThresholdIsInvalid",
		"github.com/Azure/application-gateway-kubernetes-ingress/pull/867")
)

func gatewayProbePaths(r *request) error {
	for _, probe := range objects(r.body, nested, "probes") {
		path := text(probe, nested, "path")
		switch {
		case text(probe, nested, "protocol") == "":
			return refuse(probeProtocol, "The probe %q of %s has no protocol.", text(probe, "name"), r.id)
		case isHTTP(probe) && !strings.HasPrefix(path, "/"):
			return refuse(probePath, "Path specified for Probe %s is not valid: %q does not start with a forward slash.", text(probe, "id"), path)
		case !isHTTP(probe) && (path != "" || dig(probe, nested, "match") != nil || hasHost(probe)):
			return refuse(probePlain, "The probe %q of %s has the protocol %s and a host, a path or a match.", text(probe, "name"), r.id, text(probe, nested, "protocol"))
		}
	}
	return nil
}

// hasHost reports whether a probe has a host or picks one.
func hasHost(probe map[string]any) bool {
	return text(probe, nested, "host") != "" || flag(probe, nested, "pickHostNameFromBackendHttpSettings")
}

func gatewayProbeHosts(r *request) error {
	for _, probe := range objects(r.body, nested, "probes") {
		picks, host := flag(probe, nested, "pickHostNameFromBackendHttpSettings"), text(probe, nested, "host")
		if picks && host != "" {
			return refuse(probeOneHost, "The probe %q of %s has a host and picks it from the backend HTTP settings.", text(probe, "name"), r.id)
		}
		if isHTTP(probe) && !hasHost(probe) {
			return refuse(probeHost, "Host specified for Probe %s is not valid. Host can only be null when pickHostNameFromBackendHttpSettings is set to true.", text(probe, "id"))
		}
	}
	return nil
}

// gatewayProbeHostForms: what a probe states as its host is one.
func gatewayProbeHostForms(r *request) error {
	for _, probe := range objects(r.body, nested, "probes") {
		if host := text(probe, nested, "host"); host != "" && !isHost(host) {
			return refuse(probeHostForm, "Host %q specified for Probe %s is not valid.", host, text(probe, "id"))
		}
	}
	return nil
}

// gatewayProbesFit looks at each probe beside the backend settings that use it.
func gatewayProbesFit(r *request) error {
	for _, settings := range objects(r.body, nested, "backendHttpSettingsCollection") {
		id := text(settings, nested, "probe", "id")
		if id == "" {
			continue
		}
		probe, err := r.lookUp(id)
		if err != nil {
			return err
		}
		asks, speaks := text(probe, nested, "protocol"), text(settings, nested, "protocol")
		if !strings.EqualFold(asks, speaks) {
			return refuse(probeProtocol, "Probe %s protocol (%s) does not match Backend Http Setting %s protocol (%s).", id, asks, text(settings, "id"), speaks)
		}
		hasName := text(settings, nested, "hostName") != "" || flag(settings, nested, "pickHostNameFromBackendAddress")
		if flag(probe, nested, "pickHostNameFromBackendHttpSettings") && !hasName {
			return refuse(probePickedHost, "The probe %s picks its host from the backend HTTP settings %q, which have none.", id, text(settings, "name"))
		}
	}
	return nil
}

// The longest time of probes and backend settings, a day, and the most failures
// of a probe.
const (
	maxSeconds  = 86400
	maxFailures = 20
)

func gatewayProbeTimes(r *request) error {
	for _, probe := range objects(r.body, nested, "probes") {
		if !within1(probe, "interval", maxSeconds) || !within1(probe, "timeout", maxSeconds) {
			return refuse(probeTimes, "The probe %q of %s has an interval or a time-out that is not between 1 and %d seconds.", text(probe, "name"), r.id, maxSeconds)
		}
		interval, isGiven := number(probe, nested, "interval")
		if timeout, _ := number(probe, nested, "timeout"); isGiven && timeout > interval {
			return refuse(probeTimeout, "The time-out of the probe %q of %s, %v seconds, is above its interval, %v seconds.", text(probe, "name"), r.id, timeout, interval)
		}
		if failures, _ := number(probe, nested, "unhealthyThreshold"); failures < 0 || failures > maxFailures {
			return refuse(probeThreshold, "Unhealthy threshold specified for Probe %s is not valid. Supported range is [0, %d].", text(probe, "id"), maxFailures)
		}
	}
	return nil
}

// within1 reports whether a number of a part is from 1 to most, or not given.
func within1(part map[string]any, name string, most float64) bool {
	n, given := number(part, nested, name)
	return !given || n >= 1 && n <= most
}
