package globallb

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/balancing"
)

// certificateManager begins the names that a proxy knows certificate maps by.
const certificateManager = "//certificatemanager.googleapis.com/"

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
	redirect, err := compute.NewURLMap(ctx, name+"-redirect", redirectArgs(args.Project), opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("redirect: %w", err)
	}
	_, err = newHTTP(ctx, name, args, address, redirect.SelfLink, append(opts, pulumi.DependsOn([]pulumi.Resource{rule}))...)
	return rule.IpAddress, err
}

func newHTTP(ctx *pulumi.Context, name string, args Args, address, urlMap pulumi.StringInput, opts ...pulumi.ResourceOption) (*compute.GlobalForwardingRule, error) {
	proxy, err := compute.NewTargetHttpProxy(ctx, name, &compute.TargetHttpProxyArgs{
		Project: args.Project,
		UrlMap:  urlMap.ToStringOutput(),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("target proxy: %w", err)
	}
	rule, err := compute.NewGlobalForwardingRule(ctx, name, forwardingRuleArgs(args, balancing.PortHTTP, address, proxy.SelfLink), opts...)
	if err != nil {
		return nil, fmt.Errorf("forwarding rule: %w", err)
	}
	return rule, nil
}

func newHTTPS(ctx *pulumi.Context, name string, args Args, address, urlMap pulumi.StringInput, opts ...pulumi.ResourceOption) (*compute.GlobalForwardingRule, error) {
	policy, err := compute.NewSSLPolicy(ctx, name, sslPolicyArgs(args.Project), opts...)
	if err != nil {
		return nil, fmt.Errorf("SSL policy: %w", err)
	}
	proxy, err := compute.NewTargetHttpsProxy(ctx, name, &compute.TargetHttpsProxyArgs{
		Project:        args.Project,
		UrlMap:         urlMap.ToStringOutput(),
		CertificateMap: pulumi.String(certificateManager + args.LoadBalancer.CertificateMap),
		SslPolicy:      policy.SelfLink,
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("target proxy of HTTPS: %w", err)
	}
	rule, err := compute.NewGlobalForwardingRule(ctx, name, forwardingRuleArgs(args, balancing.PortHTTPS, address, proxy.SelfLink), opts...)
	if err != nil {
		return nil, fmt.Errorf("forwarding rule of HTTPS: %w", err)
	}
	return rule, nil
}

func sslPolicyArgs(project pulumi.StringInput) *compute.SSLPolicyArgs {
	return &compute.SSLPolicyArgs{
		Project:       project,
		MinTlsVersion: pulumi.String(balancing.MinTLSVersion),
		Profile:       pulumi.String(balancing.TLSProfile),
	}
}

// redirectArgs route every request to the same URL by HTTPS.
func redirectArgs(project pulumi.StringInput) *compute.URLMapArgs {
	return &compute.URLMapArgs{
		Project: project,
		DefaultUrlRedirect: &compute.URLMapDefaultUrlRedirectArgs{
			HttpsRedirect:        pulumi.Bool(true),
			RedirectResponseCode: pulumi.String(balancing.RedirectCode),
			StripQuery:           pulumi.Bool(false),
		},
	}
}

func forwardingRuleArgs(args Args, port string, address, proxy pulumi.StringInput) *compute.GlobalForwardingRuleArgs {
	return &compute.GlobalForwardingRuleArgs{
		Project:             args.Project,
		LoadBalancingScheme: pulumi.String(scheme),
		IpAddress:           address,
		IpProtocol:          pulumi.String("TCP"),
		PortRange:           pulumi.String(port),
		Target:              proxy,
		Labels:              pulumi.ToStringMap(args.Labels),
	}
}
