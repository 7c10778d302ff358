package gateway

import (
	"ai-serving/internal/topology"
)

// site is a set of hosts that the gateway answers for, on each frontend by a
// listener, a rule and a path map of the site's name.
type site struct {
	name string
	// hosts are none where the site is for all that no other has.
	hosts    []string
	priority int
	// certificate is the name of one; "" for plain HTTP.
	certificate string
	// policy is the key of a firewall policy for all paths that have none of their
	// own; "" for the gateway's, which refuses everything.
	policy string
	// paths are in order; a site without any refuses or redirects everything.
	paths []path
	// redirects says that the site routes to [unknownHosts], which is on the port
	// of TLS. A redirect to a listener without hosts keeps the host that was asked
	// for; Azure refuses one to a wildcard
	// (ApplicationGatewayRedirectConfigurationTargetListenerWildcardHostNameError).
	// Source: learn.microsoft.com/azure/application-gateway/redirect-overview.
	redirects bool
}

// sites are all that the gateway answers for.
func sites(args Args) []site {
	gateway := args.Gateway
	health := site{
		name: healthName, hosts: []string{args.HealthHost}, priority: healthPriority,
		certificate: gateway.HealthCertificate, policy: healthPolicy, paths: healthPaths(gateway.Probes),
	}
	all := []site{health}
	for _, listener := range gateway.Listeners {
		all = append(all, tenantSite(listener))
	}
	all = append(all, site{name: unknownHosts, priority: refusalPriority, certificate: gateway.HealthCertificate})
	if args.TLS {
		// Redirects go before custom rules, which is documented, and before managed
		// ones perhaps: the gateway's own policy must not be in their way.
		// Source: learn.microsoft.com/azure/web-application-firewall/ag/custom-waf-rules-overview.
		all = append(all, site{name: plainHTTP, priority: redirectPriority, policy: managedPolicy, redirects: true})
	}
	return all
}

func tenantSite(listener topology.Listener) site {
	result := site{
		name: listener.Name, hosts: listener.Hosts, priority: listener.Priority, certificate: listener.Certificate,
		paths: tenantPaths(listener),
	}
	if listener.Own {
		result.policy = tenantPolicy(listener.Tenant)
	}
	return result
}

// frontend is an address that the gateway answers at.
type frontend struct {
	name string
	// suffix ends the names of the listeners, rules, maps and redirects that are
	// for the frontend.
	suffix string
	// before is how much sooner its rules come than the public frontend's, for no
	// two of a gateway may have one priority.
	before int
}

var (
	publicFrontend  = frontend{name: "public_ip"}
	privateFrontend = frontend{name: "private_ip", suffix: "_private", before: 1}
)

// frontends of the gateway. Both answer for the same hosts, on the same ports, by
// the same rules: clients inside the network ask for the hosts that they know,
// and a name server of their own tells them the other address.
// Source: learn.microsoft.com/azure/application-gateway/configuration-frontend-ip.
func frontends(gateway topology.Gateway) []frontend {
	if gateway.PrivateAddress.IsValid() {
		return []frontend{publicFrontend, privateFrontend}
	}
	return []frontend{publicFrontend}
}
