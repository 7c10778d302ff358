package azure

import (
	"net/netip"
	"strings"
)

var (
	backendAddress = require("gateway/backend-address",
		"A backend address is an IP address or a name.", badRequest,
		"learn.microsoft.com/rest/api/application-gateway/application-gateways/create-or-update#applicationgatewaybackendaddress")
	settingsProtocol = require("gateway/settings-protocol",
		"The protocol of backend HTTP settings is Http or Https.", "ApplicationGatewayBackendHttpSettingsProtocolNotSupported",
		"github.com/Azure/azure-cli/issues/30966; that none is refused is inferred")
	settingsPort = require("gateway/settings-port",
		"Backend settings have a port from 1 to 65535.", "ApplicationGatewayBackendHttpSettingsPortIsInvalid",
		generatedModule)
	settingsPortProtocol = require("gateway/settings-port-protocol",
		"Backend settings of HTTP are not for port 443, nor those of HTTPS for port 80.", "ApplicationGatewayPortNotValidForProtocol",
		"azure.github.io/application-gateway-kubernetes-ingress/annotations/#backend-protocol; github.com/openservicemesh/osm/issues/1099; the code is inferred from that of listeners")
	settingsOneHost = require("gateway/settings-one-host",
		"Backend settings do not both have a host name and pick it from the backend address.", badRequest,
		"github.com/hashicorp/terraform-provider-azurerm/pull/30376, which refuses both; that Azure does is inferred")
	settingsRoots = require("gateway/settings-trusted-root",
		"Backend settings with trusted root certificates are of HTTPS.", "ApplicationGatewayBackendHttpSettingsCannotHaveTrustedRootCertificate",
		errorArticles+"troubleshoot-http-502-bad-gateway")
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
		if err := checkSettings(settings); err != nil {
			return err
		}
	}
	return nil
}

func checkSettings(settings map[string]any) error {
	id, protocol := text(settings, "id"), text(settings, nested, "protocol")
	port, _ := number(settings, nested, "port")
	switch {
	case !isHTTP(settings):
		return refuse(settingsProtocol, "BackendHttpSettings %s does not support protocol %q. Supported protocols are: Http and Https.", id, protocol)
	case port < 1 || port > 65535:
		return refuse(settingsPort, "Port specified for BackendHttpSettings %s is not valid. Supported range is [1, 65535].", id)
	case isPortOfOther(protocol, port):
		return refuse(settingsPortProtocol, "Port %v is not valid for protocol %s in backendHttpSettingsCollection %s.", port, protocol, id)
	case text(settings, nested, "hostName") != "" && flag(settings, nested, "pickHostNameFromBackendAddress"):
		return refuse(settingsOneHost, "BackendHttpSettings %s has a hostName and picks it from the backend address.", id)
	case strings.EqualFold(protocol, "Http") && len(objects(settings, nested, "trustedRootCertificates")) > 0:
		return refuse(settingsRoots, "BackendHttpSettings %s with protocol %s cannot have trusted root certificates.", id, protocol)
	case !within1(settings, "requestTimeout", maxSeconds):
		return refuse(settingsTimeout, "The request time-out of BackendHttpSettings %s is not between 1 and %d seconds.", id, maxSeconds)
	default:
		return nil
	}
}

// isHTTP reports whether a part's protocol is Http or Https.
func isHTTP(part map[string]any) bool {
	return strings.HasPrefix(strings.ToLower(text(part, nested, "protocol")), "http")
}
