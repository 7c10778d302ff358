package azure

import (
	"net/netip"
	"strings"
)

var (
	probeOneHost = require("gateway/probe-one-host",
		"A probe has a host or picks it from the backend settings.", badRequest,
		"github.com/hashicorp/terraform-provider-azurerm/pull/2658")
	probeHost = require("gateway/probe-host",
		"A probe that does not pick its host states it: an address of a pool is none.", badRequest,
		"learn.microsoft.com/azure/application-gateway/application-gateway-probe-overview#custom-health-probe-settings")
	probePickedHost = require("gateway/probe-picked-host",
		"Backend settings whose probe picks its host from them have one.", badRequest,
		"learn.microsoft.com/azure/application-gateway/configuration-http-settings#pick-host-name-from-backend-address")
	backendAddress = require("gateway/backend-address",
		"A backend address is an IP address or a name.", badRequest,
		"learn.microsoft.com/rest/api/application-gateway/application-gateways/create-or-update#applicationgatewaybackendaddress")
	probePath = require("gateway/probe-path",
		"A probe has a protocol, and one of HTTP a path that begins with /.", badRequest,
		"learn.microsoft.com/azure/application-gateway/application-gateway-probe-overview#custom-health-probe-settings")
	settingsPort = require("gateway/settings-port",
		"Backend settings have a protocol and a port from 1 to 65535.", badRequest,
		"learn.microsoft.com/azure/application-gateway/configuration-http-settings#port")
	probeTimes = require("gateway/probe-times",
		"The interval and the time-out of a probe are 1 to 86400 seconds, and 1 to 20 failures make a backend unhealthy.", badRequest,
		"learn.microsoft.com/rest/api/application-gateway/application-gateways/create-or-update#applicationgatewayprobe")
	settingsTimeout = require("gateway/request-time-out",
		"The request time-out of backend settings is 1 to 86400 seconds.", badRequest,
		"learn.microsoft.com/rest/api/application-gateway/application-gateways/create-or-update#applicationgatewaybackendhttpsettings")
)

func gatewayBackends(r *request) error {
	for _, pool := range objects(r.body, nested, "backendAddressPools") {
		for _, address := range objects(pool, nested, "backendAddresses") {
			ip, fqdn := text(address, "ipAddress"), text(address, "fqdn")
			_, notAddress := netip.ParseAddr(ip)
			if (ip == "") == (fqdn == "") || ip != "" && notAddress != nil {
				return refuse(backendAddress, "The pool %q of %s has the backend address %q, %q.", text(pool, "name"), r.id, ip, fqdn)
			}
		}
	}
	return nil
}

func gatewaySettings(r *request) error {
	for _, settings := range objects(r.body, nested, "backendHttpSettingsCollection") {
		if port, _ := number(settings, nested, "port"); port < 1 || port > 65535 || text(settings, nested, "protocol") == "" {
			return refuse(settingsPort, "The backend HTTP settings %q of %s have the protocol %q and the port %v.", text(settings, "name"), r.id, text(settings, nested, "protocol"), port)
		}
	}
	return nil
}

func gatewayProbePaths(r *request) error {
	for _, probe := range objects(r.body, nested, "probes") {
		if text(probe, nested, "protocol") == "" || isHTTP(probe) && !strings.HasPrefix(text(probe, nested, "path"), "/") {
			return refuse(probePath, "The probe %q of %s has the protocol %q and the path %q.", text(probe, "name"), r.id, text(probe, nested, "protocol"), text(probe, nested, "path"))
		}
	}
	return nil
}

func gatewayProbeHosts(r *request) error {
	for _, probe := range objects(r.body, nested, "probes") {
		picks, host := flag(probe, nested, "pickHostNameFromBackendHttpSettings"), text(probe, nested, "host")
		if picks && host != "" {
			return refuse(probeOneHost, "The probe %q of %s has a host and picks it from the backend HTTP settings.", text(probe, "name"), r.id)
		}
		if !picks && host == "" && isHTTP(probe) {
			return refuse(probeHost, "The probe %q of %s has no host and does not pick it from the backend HTTP settings.", text(probe, "name"), r.id)
		}
	}
	return r.pickedHosts()
}

func isHTTP(part map[string]any) bool {
	return strings.HasPrefix(strings.ToLower(text(part, nested, "protocol")), "http")
}

func (r *request) pickedHosts() error {
	for _, settings := range objects(r.body, nested, "backendHttpSettingsCollection") {
		id := text(settings, nested, "probe", "id")
		if id == "" {
			continue
		}
		probe, err := r.lookUp(id)
		if err != nil {
			return err
		}
		hasHost := text(settings, nested, "hostName") != "" || flag(settings, nested, "pickHostNameFromBackendAddress")
		if flag(probe, nested, "pickHostNameFromBackendHttpSettings") && !hasHost {
			return refuse(probePickedHost, "The probe %s picks its host from the backend HTTP settings %q, which have none.", id, text(settings, "name"))
		}
	}
	return nil
}

// maxSeconds is the longest time of probes and backend settings: a day.
const maxSeconds = 86400

func gatewayTimes(r *request) error {
	for _, probe := range objects(r.body, nested, "probes") {
		if !within1(probe, "interval", maxSeconds) || !within1(probe, "timeout", maxSeconds) || !within1(probe, "unhealthyThreshold", 20) {
			return refuse(probeTimes, "The probe %q of %s has an interval, time-out or threshold that is out of range.", text(probe, "name"), r.id)
		}
	}
	for _, settings := range objects(r.body, nested, "backendHttpSettingsCollection") {
		if !within1(settings, "requestTimeout", maxSeconds) {
			return refuse(settingsTimeout, "The request time-out of the backend settings %q of %s is not between 1 and %d seconds.", text(settings, "name"), r.id, maxSeconds)
		}
	}
	return nil
}

// within1 says whether a number of a part is from 1 to most, or not given.
func within1(part map[string]any, name string, most float64) bool {
	n, given := number(part, nested, name)
	return !given || n >= 1 && n <= most
}
