package azure

import (
	"regexp"
	"strings"
)

var (
	listenerParts = require("gateway/listener-parts",
		"A listener has a frontend IP configuration and a frontend port.", "ApplicationGatewayHttpListenerMustReference",
		generatedModule)
	listenerProtocol = require("gateway/listener-protocol",
		"The protocol of a listener is Http or Https.", badRequest,
		"learn.microsoft.com/azure/application-gateway/configuration-listeners#protocol; the code is inferred from that of backend settings")
	listenerPort = require("gateway/listener-port",
		"A listener of HTTP is not on port 443, nor one of HTTPS on port 80.", "ApplicationGatewayPortNotValidForProtocol",
		"github.com/Azure/azure-cli/issues/11973, of HTTP on port 443; of HTTPS on port 80 it is inferred")
	listenersDiffer = require("gateway/listeners-differ",
		"No two listeners have the same frontend IP configuration, port and host.", "ApplicationGatewayListenersUsingSameFrontendPortHostNameAndFrontendIpConfig",
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview")
	listenerOneRule = require("gateway/listener-one-rule",
		"A listener is of one request routing rule.", "ApplicationGatewayRequestRoutingRulesUsingSameHttpListener",
		"github.com/hashicorp/terraform-provider-azurerm/issues/8767")
	listenerHostOrHosts = require("gateway/listener-host-or-hosts",
		"A listener has a host name or host names.", badRequest,
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview#wildcard-host-names-in-listener")
	listenerHostCount = require("gateway/listener-hosts",
		"A listener has up to 5 host names.", badRequest,
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview#wildcard-host-names-in-listener")
	listenerWildcards = require("gateway/listener-wildcards",
		"A host name has up to 4 wildcards, 2 of them *.", badRequest,
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview#allowed-characters-in-the-host-names-field")
	listenerHostForm = require("gateway/listener-host",
		"A host name is of letters, digits, hyphens, periods and wildcards, and has one * in a component, without a ? beside it.", badRequest,
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview#allowed-characters-in-the-host-names-field")
	listenerHostLength = require("gateway/listener-host-length",
		"A host name is as long as DNS allows: 253 characters, and 63 in a component.", badRequest,
		"learn.microsoft.com/azure/application-gateway/multiple-site-overview#wildcard-host-names-in-listener: a domain style name; RFC 1035, 2.3.4; that longer ones are refused is inferred")
	listenerCertificate = require("gateway/listener-certificate",
		"A listener of HTTPS names a certificate.", "ApplicationGatewayHttpsListenerMustReferenceSslCert",
		"github.com/mspnp/template-building-blocks/issues/395")
)

// listenerHosts are the hosts of a listener; one without any serves all hosts.
func listenerHosts(listener map[string]any) []string {
	if host := text(listener, nested, "hostName"); host != "" {
		return append([]string{host}, texts(listener, nested, "hostNames")...)
	}
	return texts(listener, nested, "hostNames")
}

func gatewayListenersHaveParts(r *request) error {
	for _, listener := range objects(r.body, nested, "httpListeners") {
		for _, part := range []string{"frontendIPConfiguration", "frontendPort"} {
			if text(listener, nested, part, "id") == "" {
				return refuse(listenerParts, "Http Listener %s must reference a %s.", text(listener, "id"), part)
			}
		}
		if !isHTTP(listener) {
			return refuse(listenerProtocol, "Http Listener %s does not support protocol %q. Supported protocols are: Http and Https.", text(listener, "id"), text(listener, nested, "protocol"))
		}
	}
	return nil
}

// gatewayListenerPorts: the port of one protocol is not the other's.
func gatewayListenerPorts(r *request) error {
	for _, listener := range objects(r.body, nested, "httpListeners") {
		frontend, err := r.lookUp(text(listener, nested, "frontendPort", "id"))
		if err != nil {
			return err
		}
		port, _ := number(frontend, nested, "port")
		if protocol := text(listener, nested, "protocol"); isPortOfOther(protocol, port) {
			return refuse(listenerPort, "Port %v is not valid for protocol %s in httpListeners %s.", port, protocol, text(listener, "id"))
		}
	}
	return nil
}

// isPortOfOther reports whether a port is the one of HTTPS and the protocol HTTP,
// or the other way round.
func isPortOfOther(protocol string, port float64) bool {
	return strings.EqualFold(protocol, "Http") && port == 443 || strings.EqualFold(protocol, "Https") && port == 80
}

func gatewayListenersDiffer(r *request) error {
	taken := map[string]string{}
	for _, listener := range objects(r.body, nested, "httpListeners") {
		hosts := listenerHosts(listener)
		if len(hosts) == 0 {
			hosts = []string{""}
		}
		for _, host := range hosts {
			place := strings.ToLower(strings.Join([]string{
				text(listener, nested, "frontendIPConfiguration", "id"), text(listener, nested, "frontendPort", "id"), host,
			}, " "))
			if other, ok := taken[place]; ok {
				return refuse(listenersDiffer,
					"The listeners %q and %q of %s have the same frontend IP configuration, port and host %q.", other, text(listener, "name"), r.id, host)
			}
			taken[place] = text(listener, "name")
		}
	}
	return nil
}

func gatewayListenersServeOneRule(r *request) error {
	taken := map[string]string{}
	for _, rule := range objects(r.body, nested, "requestRoutingRules") {
		listener := strings.ToLower(text(rule, nested, "httpListener", "id"))
		if other, ok := taken[listener]; ok {
			return refuse(listenerOneRule, "Two Request Routing Rules of Application Gateway %s, %q and %q, are using the same Http Listener %s.", r.id, other, text(rule, "name"), text(rule, nested, "httpListener", "id"))
		}
		taken[listener] = text(rule, "name")
	}
	return nil
}

// The most hosts of a listener, and the most wildcards in a host: "*" and "?"
// together, and "*" alone.
const (
	maxListenerHosts = 5
	maxWildcards     = 4
	maxStars         = 2
)

func gatewayListenerHosts(r *request) error {
	for _, listener := range objects(r.body, nested, "httpListeners") {
		name, hosts := text(listener, "name"), listenerHosts(listener)
		if len(texts(listener, nested, "hostNames")) > 0 && text(listener, nested, "hostName") != "" {
			return refuse(listenerHostOrHosts, "The listener %q of %s has both hostName and hostNames.", name, r.id)
		}
		if len(hosts) > maxListenerHosts {
			return refuse(listenerHostCount, "The listener %q of %s has %d hosts; the most is %d.", name, r.id, len(hosts), maxListenerHosts)
		}
		for _, host := range hosts {
			stars := strings.Count(host, "*")
			if stars > maxStars || stars+strings.Count(host, "?") > maxWildcards {
				return refuse(listenerWildcards, "The host %q of the listener %q of %s has too many wildcards: the most is %d, %d of them \"*\".", host, name, r.id, maxWildcards, maxStars)
			}
			if !isListenerHost(host) {
				return refuse(listenerHostForm, "The host %q of the listener %q of %s is invalid.", host, name, r.id)
			}
			if !isShortHost(host) {
				return refuse(listenerHostLength, "The host %q of the listener %q of %s is too long.", host, name, r.id)
			}
		}
	}
	return nil
}

// The most characters of a name in DNS, and of a component of one.
const (
	maxHost      = 253
	maxComponent = 63
)

// isShortHost reports whether a name is no longer than DNS allows.
func isShortHost(host string) bool {
	for component := range strings.SplitSeq(host, ".") {
		if len(component) > maxComponent {
			return false
		}
	}
	return len(host) <= maxHost
}

var listenerHost = regexp.MustCompile(`^[A-Za-z0-9.*?-]+$`)

func isListenerHost(host string) bool {
	for component := range strings.SplitSeq(host, ".") {
		if stars := strings.Count(component, "*"); stars > 1 || stars == 1 && strings.Contains(component, "?") {
			return false
		}
	}
	return listenerHost.MatchString(host)
}

func gatewayListenerCertificates(r *request) error {
	for _, listener := range objects(r.body, nested, "httpListeners") {
		if strings.EqualFold(text(listener, nested, "protocol"), "Https") && text(listener, nested, "sslCertificate", "id") == "" {
			return refuse(listenerCertificate, "Http Listener %s uses protocol Https. Ssl Certificate must be specified.", text(listener, "id"))
		}
	}
	return nil
}
