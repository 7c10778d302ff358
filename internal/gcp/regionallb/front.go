package regionallb

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/balancing"
)

// newFront registers what answers clients on the address and routes them to the URL
// map: by HTTPS where the load balancer ends TLS, and by plain HTTP else. Plain HTTP
// is redirected only once HTTPS answers. It returns the address, once requests to it
// are answered.
func newFront(ctx *pulumi.Context, name string, args Args, address, urlMap pulumi.StringInput, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	if !args.TLS {
		rule, err := newHTTP(ctx, name, args, address, urlMap, opts...)
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		return rule.IpAddress, nil
	}
	rule, err := newHTTPS(ctx, name+"-https", args, address, urlMap, opts...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	redirect, err := compute.NewRegionUrlMap(ctx, name+"-redirect", redirectArgs(args), opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("redirect: %w", err)
	}
	_, err = newHTTP(ctx, name, args, address, redirect.SelfLink, append(opts, pulumi.DependsOn([]pulumi.Resource{rule}))...)
	return rule.IpAddress, err
}

func newHTTP(ctx *pulumi.Context, name string, args Args, address, urlMap pulumi.StringInput, opts ...pulumi.ResourceOption) (*compute.ForwardingRule, error) {
	proxy, err := compute.NewRegionTargetHttpProxy(ctx, name, &compute.RegionTargetHttpProxyArgs{
		Project: args.Project,
		Region:  pulumi.String(args.Region),
		UrlMap:  urlMap.ToStringOutput(),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("target proxy: %w", err)
	}
	return newRule(ctx, name, args, forwardingRuleArgs(args, balancing.PortHTTP, address, proxy.SelfLink), opts...)
}

func newHTTPS(ctx *pulumi.Context, name string, args Args, address, urlMap pulumi.StringInput, opts ...pulumi.ResourceOption) (*compute.ForwardingRule, error) {
	policy, err := compute.NewRegionSslPolicy(ctx, name, sslPolicyArgs(args), opts...)
	if err != nil {
		return nil, fmt.Errorf("SSL policy: %w", err)
	}
	proxy, err := compute.NewRegionTargetHttpsProxy(ctx, name, &compute.RegionTargetHttpsProxyArgs{
		Project:                        args.Project,
		Region:                         pulumi.String(args.Region),
		UrlMap:                         urlMap.ToStringOutput(),
		CertificateManagerCertificates: pulumi.ToStringArray(args.LoadBalancer.Certificates),
		SslPolicy:                      policy.SelfLink,
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("target proxy of HTTPS: %w", err)
	}
	return newRule(ctx, name, args, forwardingRuleArgs(args, balancing.PortHTTPS, address, proxy.SelfLink), opts...)
}

// newRule registers a forwarding rule once its proxies have where to live.
func newRule(ctx *pulumi.Context, name string, args Args, rule *compute.ForwardingRuleArgs, opts ...pulumi.ResourceOption) (*compute.ForwardingRule, error) {
	made, err := compute.NewForwardingRule(ctx, name, rule, append(opts, pulumi.DependsOn([]pulumi.Resource{args.ProxyOnlySubnet}))...)
	if err != nil {
		return nil, fmt.Errorf("forwarding rule: %w", err)
	}
	return made, nil
}

func sslPolicyArgs(args Args) *compute.RegionSslPolicyArgs {
	return &compute.RegionSslPolicyArgs{
		Project:       args.Project,
		Region:        pulumi.String(args.Region),
		MinTlsVersion: pulumi.String(balancing.MinTLSVersion),
		Profile:       pulumi.String(balancing.TLSProfile),
	}
}

// redirectArgs route every request to the same URL by HTTPS.
func redirectArgs(args Args) *compute.RegionUrlMapArgs {
	return &compute.RegionUrlMapArgs{
		Project: args.Project,
		Region:  pulumi.String(args.Region),
		DefaultUrlRedirect: &compute.RegionUrlMapDefaultUrlRedirectArgs{
			HttpsRedirect:        pulumi.Bool(true),
			RedirectResponseCode: pulumi.String(balancing.RedirectCode),
			StripQuery:           pulumi.Bool(false),
		},
	}
}

// forwardingRuleArgs describe the rule. It names the network because that is
// where the proxy-only subnetwork is looked for.
func forwardingRuleArgs(args Args, port string, address, proxy pulumi.StringInput) *compute.ForwardingRuleArgs {
	return &compute.ForwardingRuleArgs{
		Project:             args.Project,
		Region:              pulumi.String(args.Region),
		LoadBalancingScheme: pulumi.String(scheme),
		NetworkTier:         pulumi.String(networkTier),
		Network:             args.NetworkID,
		IpAddress:           address,
		IpProtocol:          pulumi.String("TCP"),
		PortRange:           pulumi.String(port),
		Target:              proxy,
		Labels:              pulumi.ToStringMap(args.Labels),
	}
}
