package gateway

import (
	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func subnetConfigurations(subnetID pulumi.StringInput) network.ApplicationGatewayIPConfigurationArray {
	return network.ApplicationGatewayIPConfigurationArray{&network.ApplicationGatewayIPConfigurationArgs{
		Name:   pulumi.String(subnetName),
		Subnet: &network.SubResourceArgs{Id: subnetID.ToStringOutput()},
	}}
}

func frontendConfigurations(args Args) network.ApplicationGatewayFrontendIPConfigurationArray {
	configurations := network.ApplicationGatewayFrontendIPConfigurationArray{&network.ApplicationGatewayFrontendIPConfigurationArgs{
		Name:            pulumi.String(publicFrontend.name),
		PublicIPAddress: &network.SubResourceArgs{Id: args.PublicIPID.ToStringOutput()},
	}}
	if !args.Gateway.PrivateAddress.IsValid() {
		return configurations
	}
	return append(configurations, &network.ApplicationGatewayFrontendIPConfigurationArgs{
		Name:   pulumi.String(privateFrontend.name),
		Subnet: &network.SubResourceArgs{Id: args.SubnetID.ToStringOutput()},
		// That of a v2 gateway is static
		// (ApplicationGatewayFrontendIpPrivateIpAddressInvalidAllocationType).
		PrivateIPAddress:          pulumi.String(args.Gateway.PrivateAddress.String()),
		PrivateIPAllocationMethod: network.IPAllocationMethodStatic,
	})
}

func ports(tls bool) network.ApplicationGatewayFrontendPortArray {
	all := network.ApplicationGatewayFrontendPortArray{
		&network.ApplicationGatewayFrontendPortArgs{Name: pulumi.String(httpPort), Port: pulumi.Int(80)},
	}
	if tls {
		all = append(all, &network.ApplicationGatewayFrontendPortArgs{Name: pulumi.String(httpsPort), Port: pulumi.Int(443)})
	}
	return all
}

// perFrontend makes a part for each site on each frontend.
func perFrontend[T any](args Args, part func(site, frontend) T) []T {
	var all []T
	for _, frontend := range frontends(args.Gateway) {
		for _, site := range sites(args) {
			all = append(all, part(site, frontend))
		}
	}
	return all
}

func listeners(args Args, policies policyIDs) network.ApplicationGatewayHttpListenerArray {
	return perFrontend(args, func(site site, on frontend) network.ApplicationGatewayHttpListenerInput {
		return listener(site, on, policies)
	})
}

func listener(site site, on frontend, policies policyIDs) *network.ApplicationGatewayHttpListenerArgs {
	result := &network.ApplicationGatewayHttpListenerArgs{
		Name:                    pulumi.String(site.name + on.suffix),
		Protocol:                network.ApplicationGatewayProtocolHttp,
		FrontendIPConfiguration: self(frontendSegment, on.name),
		FrontendPort:            self(portSegment, httpPort),
		FirewallPolicy:          policies.reference(site.policy),
	}
	if len(site.hosts) > 0 {
		result.HostNames = pulumi.ToStringArray(site.hosts)
	}
	if site.certificate != "" {
		result.Protocol = network.ApplicationGatewayProtocolHttps
		result.FrontendPort = self(portSegment, httpsPort)
		result.SslCertificate = self(certificateSegment, site.certificate)
		// The host that a client greets with decides on the certificate. One that
		// names none gets that of the listener without hosts.
		result.RequireServerNameIndication = pulumi.Bool(len(site.hosts) > 0)
	}
	return result
}

// rules bind each listener to the path map, or the redirect, of the same name.
func rules(args Args) network.ApplicationGatewayRequestRoutingRuleArray {
	return perFrontend(args, func(site site, on frontend) network.ApplicationGatewayRequestRoutingRuleInput { return rule(site, on) })
}

func rule(site site, on frontend) *network.ApplicationGatewayRequestRoutingRuleArgs {
	name := site.name + on.suffix
	result := &network.ApplicationGatewayRequestRoutingRuleArgs{
		Name:         pulumi.String(name),
		Priority:     pulumi.Int(site.priority - on.before),
		RuleType:     network.ApplicationGatewayRequestRoutingRuleTypeBasic,
		HttpListener: self(listenerSegment, name),
	}
	switch {
	case site.redirects:
		result.RedirectConfiguration = self(redirectSegment, name)
	case len(site.paths) > 0:
		result.RuleType = network.ApplicationGatewayRequestRoutingRuleTypePathBasedRouting
		result.UrlPathMap = self(pathMapSegment, name)
	default:
		result.BackendAddressPool = self(poolSegment, nothingName)
		result.BackendHttpSettings = self(settingsSegment, nothingName)
	}
	return result
}

// redirects route to TLS, whatever was asked for, with 307: a client repeats a POST
// as it was, which after 301 many do not, and Azure has no 308.
func redirects(args Args) network.ApplicationGatewayRedirectConfigurationArray {
	var all network.ApplicationGatewayRedirectConfigurationArray
	for _, on := range frontends(args.Gateway) {
		for _, site := range sites(args) {
			if site.redirects {
				all = append(all, &network.ApplicationGatewayRedirectConfigurationArgs{
					Name:               pulumi.String(site.name + on.suffix),
					RedirectType:       network.ApplicationGatewayRedirectTypeTemporary,
					TargetListener:     self(listenerSegment, unknownHosts+on.suffix),
					IncludePath:        pulumi.Bool(true),
					IncludeQueryString: pulumi.Bool(true),
				})
			}
		}
	}
	return all
}
