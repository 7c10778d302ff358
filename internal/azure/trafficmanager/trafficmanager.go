// Package trafficmanager answers DNS queries with a place that is healthy and
// may serve: one Azure Traffic Manager profile for every distinct set of places.
package trafficmanager

import (
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi-azure-native-sdk/resources/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:azure:TrafficManager"

// Args say which profiles there are, and what they route to.
type Args struct {
	// Location is the region of Azure that the first deployment keeps the
	// resource group's metadata in.
	Location string
	Labels   map[string]string
	// Protect guards the default profile, and the group of them all, against
	// deletion. The others come and go with the tenants of their placement.
	Protect bool
	// HealthHost is the host that every place answers health probes on, by HTTPS
	// if TLS says so.
	HealthHost string
	TLS        bool
	Profiles   []topology.Profile
	Failover   topology.Failover
	// Gateways are where Application Gateways answer, by the gateway's name.
	Gateways map[string]Frontend
	// Balancers are the IPv4 addresses of Google's load balancers, by place.
	Balancers map[topology.Place]pulumi.StringInput
	// Ready are the load balancers behind the endpoints: a profile that is ahead
	// of them finds every endpoint degraded, and answers with all.
	Ready []pulumi.Resource
}

// Frontend is the public IP address of a gateway: its id, its DNS name, and the
// IPv4 address itself.
type Frontend struct{ ID, Name, Address pulumi.StringInput }

// TrafficManager is the set of profiles.
type TrafficManager struct {
	pulumi.ResourceState

	// DNSNames are the profiles' names in full, by key: what tenants' hosts are
	// aliases of. Those that other profiles choose among are not there.
	DNSNames map[string]pulumi.StringOutput
}

// registered are the profiles that are registered, by key. Several may choose among one.
type registered map[string]*network.Profile

// New registers the profiles in a resource group of their own, since they
// belong to no region.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*TrafficManager, error) {
	manager := &TrafficManager{DNSNames: map[string]pulumi.StringOutput{}}
	if err := ctx.RegisterComponentResource(Type, name, manager, opts...); err != nil {
		return nil, fmt.Errorf("traffic manager %q: %w", name, err)
	}
	if err := manager.register(ctx, name, args); err != nil {
		return nil, fmt.Errorf("traffic manager %q: %w", name, err)
	}
	names := pulumi.StringMap{}
	for key, dnsName := range manager.DNSNames {
		names[key] = dnsName
	}
	if err := ctx.RegisterResourceOutputs(manager, pulumi.Map{"dnsNames": names}); err != nil {
		return nil, fmt.Errorf("traffic manager %q: outputs: %w", name, err)
	}
	return manager, nil
}

func (m *TrafficManager) register(ctx *pulumi.Context, name string, args Args) error {
	group, err := resources.NewResourceGroup(ctx, name, &resources.ResourceGroupArgs{
		Location: pulumi.String(args.Location),
		Tags:     pulumi.ToStringMap(args.Labels),
	}, pulumi.Parent(m), pulumi.Protect(args.Protect),
		// The stack's first region may become another one. Moving metadata is not
		// worth replacing the group with every profile in it.
		pulumi.IgnoreChanges([]string{"location"}))
	if err != nil {
		return fmt.Errorf("resource group: %w", err)
	}
	all := registered{}
	for _, profile := range args.Profiles {
		made, err := m.profile(ctx, name, args, profile, group.Name, all)
		if err != nil {
			return err
		}
		m.DNSNames[profile.Key] = made.DnsConfig.Fqdn().Elem()
	}
	return nil
}

// profile registers a profile, after those that it chooses among, unless it is registered.
func (m *TrafficManager) profile(ctx *pulumi.Context, name string, args Args, profile topology.Profile, group pulumi.StringInput, all registered) (*network.Profile, error) {
	if made, done := all[profile.Key]; done {
		return made, nil
	}
	children := map[string]pulumi.StringInput{}
	for _, endpoint := range profile.Endpoints {
		if endpoint.Child == nil {
			continue
		}
		child, err := m.profile(ctx, name, args, *endpoint.Child, group, all)
		if err != nil {
			return nil, err
		}
		children[endpoint.Child.Key] = child.ID().ToStringOutput()
	}
	made, err := network.NewProfile(ctx, name+"-"+profile.Key, profileArgs(args, profile, group, children),
		pulumi.Parent(m), pulumi.Protect(args.Protect && profile.Key == topology.DefaultProfile), pulumi.DependsOn(args.Ready), replaced, ignored)
	if err != nil {
		return nil, fmt.Errorf("profile %q: %w", profile.Key, err)
	}
	all[profile.Key] = made
	return made, nil
}

// replaced is the relative name, which a profile cannot change
// (terraform-provider-azurerm#7846).
var replaced = pulumi.ReplaceOnChanges([]string{"dnsConfig.relativeName"})

// ignored is what the probes found: a refresh reads it back as if it had been
// asked for.
var ignored = pulumi.IgnoreChanges([]string{
	"endpoints[*].endpointMonitorStatus", "monitorConfig.profileMonitorStatus",
})
