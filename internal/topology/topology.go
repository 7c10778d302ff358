// Package topology resolves a stack's configuration into what has to exist: who
// is served where, by which workload, through which edge, with which time-outs.
//
// It is pure. Everything in it is a plain value, sorted by name, so that the
// same configuration always gives the same resources, and so that adding a
// tenant disturbs no other.
package topology

import "net/netip"

// Topology is a stack, resolved.
type Topology struct {
	// Name is <project>-<stack>: it starts the names that have to be unique in
	// an account.
	Name string
	// Labels are put on everything that takes labels or tags.
	Labels map[string]string
	// Protect guards what is slow or impossible to get back.
	Protect bool
	// HealthHost is the host that the load balancers answer health probes on.
	HealthHost string

	Azure    []AzureRegion
	GCP      GCP
	Profiles []Profile
	Tenants  []Tenant
}

// Cloud is one of the two clouds.
type Cloud string

// The clouds.
const (
	Azure  Cloud = "azure"
	GCloud Cloud = "gcp"
)

// Place is a region of a cloud. The place of [GCloud] with no region is the
// global load balancer over all of Google's regions.
type Place struct {
	Cloud  Cloud
	Region string
}

// String is <cloud>/<region>, as in a stack file, or the cloud alone.
func (p Place) String() string {
	if p.Region == "" {
		return string(p.Cloud)
	}
	return string(p.Cloud) + "/" + p.Region
}

// Workload is a model served by replicas of its own: those that all pooled
// tenants share, or those of one tenant.
type Workload struct {
	// Key names the workload in the stack and in every resource that serves
	// it: "chat", or "acme-chat" for a tenant's own.
	Key    string
	Model  string
	Tenant string // "" for the pool
	// Labels are the stack's, with model, and tenant and cost-center where one.
	Labels map[string]string

	Image      string
	Port       int
	HealthPath string
	// StartupSeconds is the longest that a replica takes to become healthy.
	StartupSeconds int
	Timeouts       Timeouts
}

// Timeouts is the chain that lets the longest response finish while its replica
// is being replaced: each link outlasts the one before it. All in seconds.
type Timeouts struct {
	// Stream is the longest response.
	Stream int
	// Backend is how long a load balancer waits for a response.
	Backend int
	// Drain is how long a load balancer lets open responses finish.
	Drain int
	// PreStop is how long a pod keeps serving after the load balancers were
	// told to stop sending to it.
	PreStop int
	// Grace is how long a pod has from the request to stop to being killed.
	Grace int
}

// VirtualHost is a set of hosts with the routes that they share.
type VirtualHost struct {
	// Name is the tenant's id.
	Name   string
	Hosts  []string
	Routes []Route
}

// Route leads paths to a workload.
type Route struct {
	// Workload is the key of a [Workload].
	Workload string
	// Paths are exact, or prefixes that end with "/*".
	Paths []string
}

// Probe is a path on [Topology.HealthHost] that a workload's health check
// answers, so that a profile learns whether a place can serve.
type Probe struct {
	// Name is the key of the profile that asks.
	Name string
	// Path is "/healthz/<name>": it does not change with the tenants.
	Path string
	// Workload is the key of the workload that answers.
	Workload string
}

// AzureRegion is what stands in one region of Azure.
type AzureRegion struct {
	Name     string
	Network  AzureNetwork
	DNSLabel string // of the gateway's public IP address
	// Zones are the availability zones to spread over; none in a region without.
	Zones             []string
	Gateway           Gateway
	ContainerGroups   []ContainerGroup
	NetworkInterfaces []NetworkInterface
}

// AzureNetwork is a region's address plan.
type AzureNetwork struct {
	// VirtualNetwork holds the subnets below.
	VirtualNetwork netip.Prefix
	// Gateways, Containers and Machines are subnets of their own: Azure
	// delegates the first two to one service each.
	Gateways, Containers, Machines netip.Prefix
}

// Gateway is a region's Application Gateway.
type Gateway struct {
	MinCapacity, MaxCapacity int
	// Listeners are sorted by name.
	Listeners []Listener
	// Pools are sorted by workload: one per workload that runs in the region.
	Pools []Workload
	// Probes are sorted by path.
	Probes []Probe
	// HealthPriority is the priority of the rule that answers the probes.
	HealthPriority int
}

// Listener is a virtual host on a gateway.
type Listener struct {
	VirtualHost
	// Priority orders the gateway's rules, 1 (first) to 20000, each once. It
	// hangs on the listener's name, not on its neighbours.
	Priority int
}

// ContainerGroup is one replica of a workload in Azure Container Instances.
type ContainerGroup struct {
	// Name is <workload>-<ordinal>.
	Name     string
	Workload Workload
	// CPU is in cores, MemoryGiB in GiB.
	CPU, MemoryGiB float64
	// Zone is "" in a region without zones.
	Zone string
}

// NetworkInterface is for a virtual machine that another team runs.
type NetworkInterface struct {
	// Name is <workload>.<machine>; neither part has a dot.
	Name     string
	Workload Workload
}

// GCP is what stands in Google's cloud.
type GCP struct {
	Project string
	Regions []GCPRegion
	Global  GlobalLoadBalancer
	// AuthorizedNetworks may reach the clusters' API servers, by name.
	AuthorizedNetworks []AuthorizedNetwork
	// StaticLocation is where the bucket of static content is kept.
	StaticLocation string
}

// AuthorizedNetwork may reach the clusters' API servers.
type AuthorizedNetwork struct {
	Name string
	CIDR netip.Prefix
}

// GCPRegion is what stands in one region of Google's cloud.
type GCPRegion struct {
	Name string
	// Zones are full names, "europe-west4-a".
	Zones   []string
	Network GCPNetwork
	// Cluster is nil where no workload runs on Kubernetes.
	Cluster        *Cluster
	InstanceGroups []InstanceGroup
	LoadBalancer   RegionalLoadBalancer
}

// GCPNetwork is a region's address plan.
type GCPNetwork struct {
	// Nodes is the subnetwork of machines; Pods and Services are its secondary
	// ranges.
	Nodes, Pods, Services netip.Prefix
	// ProxyOnly is where the regional load balancer's proxies live.
	ProxyOnly netip.Prefix
	// ControlPlane is the /28 of the cluster's API server.
	ControlPlane netip.Prefix
}

// Cluster is a region's GKE cluster.
type Cluster struct {
	MachineType        string
	MinNodes, MaxNodes int // in the whole region
	Deployments        []Deployment
}

// Deployment is a workload on Kubernetes.
type Deployment struct {
	Workload Workload
	// Namespace is "pool", or "tenant-<tenant>".
	Namespace string
	// CPU and Memory are Kubernetes quantities.
	CPU, Memory              string
	MinReplicas, MaxReplicas int
}

// InstanceGroup is a workload on a regional managed instance group.
type InstanceGroup struct {
	Workload                 Workload
	MachineType              string
	MinReplicas, MaxReplicas int
}

// Backend says what a load balancer of Google's reaches a workload by.
type Backend struct {
	Workload Workload
	// Groups are sorted by key.
	Groups []BackendGroup
}

// BackendGroup is an instance group, or the endpoint group of one zone.
type BackendGroup struct {
	// Key is stable and unique: "<region>/<workload>" for an instance group,
	// "<zone>/<workload>" for an endpoint group.
	Key  string
	Kind GroupKind
}

// GroupKind tells instance groups from endpoint groups.
type GroupKind string

// The kinds of groups.
const (
	// Instances balances by utilisation.
	Instances GroupKind = "instances"
	// Endpoints balances by the rate of requests.
	Endpoints GroupKind = "endpoints"
)

// RegionalLoadBalancer is the external Application Load Balancer of one region:
// it answers for the tenants that may be served in that region.
type RegionalLoadBalancer struct {
	Backends     []Backend
	VirtualHosts []VirtualHost
	Probes       []Probe
	// Host is the DNS name that the team gives to the balancer's address.
	Host string
}

// GlobalLoadBalancer is the global external Application Load Balancer. It may
// answer from any of Google's regions, so it carries only the tenants that all
// of them may serve.
type GlobalLoadBalancer struct {
	Backends     []Backend
	VirtualHosts []VirtualHost
	Probes       []Probe
	// Host is the DNS name that the team gives to the balancer's address.
	Host string
}

// Routing is how a Traffic Manager profile chooses among its endpoints.
type Routing string

// The routing methods, by Azure's names.
const (
	// Performance answers with the endpoint nearest to the client.
	Performance Routing = "Performance"
	// Priority answers with the first endpoint that is healthy.
	Priority Routing = "Priority"
)

// Profile is a Traffic Manager profile: one for every distinct set of places.
// One profile for all would break residency, because a profile whose endpoints
// are all degraded answers with all of them.
type Profile struct {
	// Key names the placement: "default", or one that is made of its places.
	Key string
	// DNSName is the relative name, unique among all customers of Azure.
	DNSName string
	Routing Routing
	// Probe is what every endpoint is asked, with the host [Topology.HealthHost].
	Probe Probe
	// Endpoints are in order of preference.
	Endpoints []Endpoint
}

// Endpoint is a place that a profile may answer with.
type Endpoint struct {
	Place Place
	// Host is the DNS name of a Google load balancer; "" for a gateway, whose
	// public IP address is the target.
	Host string
	// Location is the region of Azure that performance routing takes a Google
	// load balancer to be in; "" for a gateway.
	Location string
}

// Tenant is who is served, and where.
type Tenant struct {
	ID      string
	Hosts   []string
	Models  []string
	Profile string // key of a [Profile]
	Places  []Place
	// Isolation is "pool" or "bridge".
	Isolation string
	// owner is the tenant that the replicas belong to: itself, or "" for the pool.
	owner string
}
