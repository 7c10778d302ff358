// Package topology resolves a stack's configuration into what has to exist: who
// is served where, by which workload, through which edge, with which time-outs.
//
// It is pure. Everything in it is a plain value, sorted by name, so that the
// same configuration always gives the same resources, and so that adding a
// tenant disturbs no other.
package topology

import (
	"net/netip"

	"ai-serving/internal/config"
	"ai-serving/internal/machinetype"
	"ai-serving/internal/pathpattern"
)

// Topology is a stack, resolved.
type Topology struct {
	// Name is <project>-<stack>: it starts the names that have to be unique in
	// an account.
	Name string
	// Labels are put on everything that takes labels or tags.
	Labels map[string]string
	// Protect guards what is slow or impossible to get back.
	Protect bool
	// Domain is the DNS zone of the platform.
	Domain string
	// HealthHost is the host that the load balancers answer health probes on.
	HealthHost string
	// Secrets are the keys of the stack file that hold the secrets which are
	// referred to below, sorted.
	Secrets []string
	// TLS says whether the load balancers end TLS, and redirect plain HTTP to it.
	TLS bool

	Azure    []AzureRegion
	GCP      GCP
	Profiles []Profile
	// Failover is that of all profiles.
	Failover Failover
	Tenants  []Tenant
	// Limits are those of the clouds of which the stack uses something, the
	// fullest first.
	Limits []Limit
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
	// Labels are the stack's, with those of Identity, tier (the isolation), and
	// cost-center where the tenant has one. They may change while the workload
	// runs, so they are on what takes another label in place, and on nothing else.
	Labels map[string]string

	Port       int
	HealthPath string
	// StartupSeconds is the longest that a replica takes to become healthy.
	StartupSeconds int
	Timeouts       Timeouts
	// Affinity keeps a client with one replica, by a cookie.
	Affinity bool
}

// Identity are the labels of a workload that never change: its model, and its
// tenant if it is one's own. Pods, instance templates and disks have these alone,
// because another label replaces them.
func (w Workload) Identity() map[string]string {
	labels := map[string]string{"model": w.Model}
	if w.Tenant != "" {
		labels["tenant"] = w.Tenant
	}
	return labels
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

// Route routes paths to a workload.
type Route struct {
	// Workload is the key of a [Workload].
	Workload string
	// Paths are sorted.
	Paths []pathpattern.Pattern
	// Canary takes a part of the requests; nil without. Only Google's load
	// balancers divide requests.
	Canary *Canary `json:",omitempty"`
}

// Canary is the workload that a part of a route's requests is tried on.
type Canary struct {
	// Workload is the key of a [Workload].
	Workload string
	// Percent is 1 to 50.
	Percent int
}

// RateLimit is how many requests a tenant may make to one workload through one
// load balancer; through a gateway of Azure, by each of its listeners.
type RateLimit struct {
	Tenant string
	// Hosts are the tenant's, sorted.
	Hosts     []string
	PerMinute int
	// Priority is unique in a firewall policy. It is 2 to 100 on a gateway of Azure, and
	// 1000 or more in a policy of Google's. It depends on the tenant's name. No request
	// matches two limits, so their order does not matter.
	Priority int
}

// Probe is a path on [Topology.HealthHost] that a workload's health check
// answers, so that a profile learns whether a place can serve.
type Probe struct {
	// Name is the key of the profile that asks, or "model-<model>".
	Name string
	// Path is "/healthz/<name>": it does not change with the tenants.
	Path string
	// Workload is the key of the workload that answers; "" while no tenant of the
	// profile is enabled, and nothing does.
	Workload string
}

// AzureRegion is what stands in one region of Azure.
type AzureRegion struct {
	Name    string
	Network AzureNetwork
	// Zones are the availability zones that gateways and addresses span; none in a region
	// without.
	Zones []string
	// DDoSProtection says whether the gateways' addresses have DDoS IP Protection.
	DDoSProtection bool
	// Gateways are sorted by number. There is one at least.
	Gateways []Gateway
	// Identity is the resource id of the identity that reads the certificates,
	// and Certificates are those of the gateways, sorted by name; none without
	// TLS.
	Identity     string
	Certificates []Certificate
	Firewall     Firewall
	// Workloads are what runs in the region, sorted by key.
	Workloads []Workload
	// ContainerSubnets are the subnets of container groups, sorted by the key of the workload.
	ContainerSubnets []ContainerSubnet
	ContainerGroups  []ContainerGroup
	// ContainerQuota is how many groups, and cores of theirs, there may be.
	ContainerQuota    ContainerQuota
	NetworkInterfaces []NetworkInterface
	// LogAnalytics takes what the container groups print; nil for nothing.
	LogAnalytics *LogAnalytics
}

// ContainerQuota is how much of Azure Container Instances a region may use.
type ContainerQuota struct{ Groups, Cores int }

// LogAnalytics is a workspace of Azure Monitor.
type LogAnalytics struct {
	WorkspaceID string
	// WorkspaceKey is the key of the stack file that holds the workspace's, a
	// secret.
	WorkspaceKey string
}

// Certificate is a certificate in Azure Key Vault.
type Certificate struct {
	Name string
	// Secret is the secret's identifier, without a version.
	Secret string
}

// Firewall is what the firewall policies of the gateways have in common.
type Firewall struct {
	// RuleSet is the version of Microsoft's default rule set.
	RuleSet    string
	Exclusions []Exclusion
}

// Exclusion is a part of requests that managed rules are not held to, by
// Azure's names.
type Exclusion struct{ Variable, Operator, Selector string }

// AzureNetwork is a region's address plan.
type AzureNetwork struct {
	// VirtualNetwork holds the subnets below, and those of the container groups.
	VirtualNetwork netip.Prefix
	// Gateways and Machines are subnets of their own: Azure delegates the first to one
	// service.
	Gateways, Machines netip.Prefix
}

// Gateway is one of a region's Application Gateways.
type Gateway struct {
	// Name is the region's, and ends with "-<number>" from the second one on.
	Name string
	// DNSLabel is of the gateway's public IP address.
	DNSLabel                 string
	MinCapacity, MaxCapacity int // instances
	// HTTP2 lets clients speak HTTP/2.
	HTTP2 bool
	// IdleMinutes is how long the public address leaves a silent connection open.
	IdleMinutes int
	// PrivateAddress is that of the frontend inside the virtual network, which
	// answers for the same hosts as the public one; the zero Addr without one.
	PrivateAddress netip.Addr
	// Listeners are sorted by name. A request is answered by the one with its
	// host, or else by that of the pool, whose host is a wildcard.
	Listeners []Listener
	// Pools are sorted by workload: one per workload that the gateway routes to, and
	// per workload of a disabled tenant on machines, whose network interfaces stay.
	Pools []Workload
	// Access is sorted by workload: one per workload of the pool that the gateway
	// routes to.
	Access []Access
	// Probes are sorted by path.
	Probes []Probe
	// HealthCertificate is the name of the certificate of the host of health
	// probes; "" without TLS.
	HealthCertificate string
}

// PoolListener is the name of the listener of the tenants that share one. No
// tenant's name has an underscore.
const PoolListener = "pool_tenants"

// Listener answers for a set of hosts.
type Listener struct {
	// Name is the tenant's id, with ".<certificate>" after it from the second
	// certificate on, or [PoolListener].
	Name string
	// Tenant is "" for the listener of the pool.
	Tenant string
	// Hosts are exact and sorted; the pool's is the wildcard of the platform's
	// domain, and stands for <tenant>.<domain> of every tenant of the pool.
	Hosts []string
	// Routes are the tenant's; the pool's are of all workloads that tenants
	// share, and who may use which is said by [Gateway.Access].
	Routes []Route
	// Priority orders the gateway's rules, 1 (first) to 20000, each once. It
	// depends on the listener's name, not on its neighbours. The wildcard's comes
	// after all exact hosts'. It is even: the odd one before it is for the same
	// listener on a private frontend.
	Priority int
	// Certificate is the name of the certificate for the hosts; "" without TLS.
	Certificate string
	// Own says whether the tenant has replicas of its own, and with them a
	// firewall policy of its own.
	Own bool
	// Limit is the own tenant's; nil without one, and for tenants of the pool,
	// whose limits are in [Gateway.Access].
	Limit *RateLimit
}

// Access says who may use a workload of the pool through a gateway.
type Access struct {
	// Workload is the key of a [Workload].
	Workload string
	// Hosts are sorted. They are the hosts of the tenants that share the workload, and
	// those of the tenants that have replicas of their own of the same model: such a tenant
	// is not routed here, except while its isolation changes. The gateway is written after
	// the policy when a tenant leaves the pool, and the policy must not refuse the tenant
	// in between.
	Hosts []string
	// Limits are sorted by tenant.
	Limits []RateLimit
}

// ContainerGroup is one replica of a workload in Azure Container Instances.
type ContainerGroup struct {
	// Name is <workload>-<ordinal>, or <workload>-n<ordinal> of one that runs what the
	// workload is to run next.
	Name string
	// Subnet is the name of one of the region's ContainerSubnets.
	Subnet   string
	Workload Workload
	// CPU is in cores, MemoryGiB in GiB.
	CPU, MemoryGiB float64
	// Zone is "" in a region without zones.
	Zone   string
	Server config.Server
	// Registry is what the image is pulled from; nil where nobody signs in to it.
	Registry *Registry
}

// Registry is a container registry and how to sign in to it: by Identity, or
// else by Username and Password.
type Registry struct {
	Server string
	// Identity is the resource id of a user-assigned identity.
	Identity string
	Username string
	// Password is the key of the stack file that holds it, a secret.
	Password string
}

// NetworkInterface is for a virtual machine that another team runs.
type NetworkInterface struct {
	// Name is <workload>.<machine>; neither part has a dot.
	Name     string
	Workload Workload
	// Gateways are the names of those that route to it, sorted.
	Gateways []string
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
	// MachineTypes are what the machines of the clusters' nodes have, by their type.
	MachineTypes map[string]machinetype.Type
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
	// Cluster is nil where no tenant's workload runs on Kubernetes, the disabled
	// ones' included.
	Cluster *Cluster
	// GPUQuotas are how many accelerators of each type the project may have.
	GPUQuotas      map[string]int
	InstanceGroups []InstanceGroup
	// Drained regions get no requests from the global load balancer while it has
	// others.
	Drained      bool
	LoadBalancer RegionalLoadBalancer
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
	// Pools are sorted by name, after the pool that all tenants share.
	Pools       []NodePool
	Deployments []Deployment
	// Maintenance is nil where GKE may upgrade at any time.
	Maintenance *Maintenance
}

// SharedNodes is the name of the node pool that takes what needs no other.
const SharedNodes = "shared"

// NodePool is a set of equal nodes.
type NodePool struct {
	// Name is [SharedNodes], an accelerator's type, "tenant-<tenant>", or
	// "<accelerator>-tenant-<tenant>". No type of accelerator begins with "tenant-",
	// or has "-tenant-" in it.
	Name               string
	MachineType        string
	MinNodes, MaxNodes int // in the whole region
	// Zones are full names: the region's, or those of them that have the
	// accelerator.
	Zones []string
	// Tenant is the only one whose pods may run there; "" for all.
	Tenant string
	// GPU is nil without accelerators; Count is of a node.
	GPU *GPU
	// DiskGiB is the size of a node's boot disk.
	DiskGiB int
	// Surge says that the project has the accelerators for one node more.
	Surge bool
}

// GPU is a number of accelerators of one type.
type GPU struct {
	Type  string
	Count int
}

// count is 0 without accelerators.
func (g *GPU) count() int {
	if g == nil {
		return 0
	}
	return g.Count
}

// Deployment is a workload on Kubernetes.
type Deployment struct {
	Workload Workload
	Server   config.Server
	// Namespace is "pool", or "tenant-<tenant>".
	Namespace string
	// CPU and Memory are Kubernetes quantities.
	CPU, Memory              string
	MinReplicas, MaxReplicas int
	// NodePool is the name of the pool that it runs on.
	NodePool string
	// GPU is nil without accelerators; Count is of a replica.
	GPU *GPU
	// Surge says whether a replica of a new version may start before one of the
	// old has stopped. Accelerators may all be in use.
	Surge bool
	// Registry is what the image is pulled from, by a password; nil where nothing signs in
	// to it but the node.
	Registry *Registry
	// Scaling says by what the number of replicas follows the load.
	Scaling config.Scaling
	// Metrics is where the server answers with its metrics; nil where it has none.
	Metrics *Metrics
	// Egress is what the server may connect to besides HTTPS on the Internet.
	Egress []Egress
}

// Metrics is where a server answers with its metrics.
type Metrics struct {
	Port int
	Path string
}

// Egress is a network, and a TCP port, that a server may connect to.
type Egress struct {
	CIDR netip.Prefix
	Port int
}

// InstanceGroup is a workload on a regional managed instance group.
type InstanceGroup struct {
	Workload                 Workload
	Server                   config.Server
	MachineType              string
	MinReplicas, MaxReplicas int
	// GPU is nil without accelerators. Attached says that they do not come with the
	// machine.
	GPU      *GPU
	Attached bool
	DiskGiB  int
	Scaling  config.Scaling
	Egress   []Egress
}

// Backend says what a load balancer of Google's reaches a workload by.
type Backend struct {
	Workload Workload
	// Groups are sorted by key.
	Groups []BackendGroup
	// Limits are those of the tenants that reach the workload through the load
	// balancer, sorted by tenant.
	Limits []RateLimit
}

// BackendGroup is an instance group, or the endpoint group of one zone.
type BackendGroup struct {
	// Key is stable and unique: "<region>/<workload>" for an instance group,
	// "<zone>/<workload>" for an endpoint group.
	Key  string
	Kind GroupKind
	// Drained groups get no requests from the global load balancer while it has
	// others. A regional one has no others, and its clients are kept away by Traffic
	// Manager.
	Drained bool
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
	// Certificates are ids of Certificate Manager's; none without TLS.
	Certificates []string
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
	// CertificateMap is the id of Certificate Manager's; "" without TLS.
	CertificateMap string
}

// Routing is how a Traffic Manager profile chooses among its endpoints. A profile
// changes it in place.
type Routing string

// The routing methods, by Azure's names.
const (
	// Performance answers with the endpoint nearest to the client.
	Performance Routing = "Performance"
	// Priority answers with the first endpoint that is healthy.
	Priority Routing = "Priority"
	// Weighted answers with each healthy endpoint in proportion to its weight.
	Weighted Routing = "Weighted"
	// Geographic answers with the endpoint that the client's part of the world
	// is routed to.
	Geographic Routing = "Geographic"
	// Subnet answers with the endpoint that the client's network is routed to.
	Subnet Routing = "Subnet"
	// MultiValue answers with several healthy endpoints.
	MultiValue Routing = "MultiValue"
)

// Profile is a Traffic Manager profile: one for every distinct set of places,
// and one for each cloud of a nested one. One profile for all would break
// residency, because a profile whose endpoints are all degraded answers with all
// of them.
type Profile struct {
	// Key names the placement: "default", or one that is made of its places.
	// That of a child begins with "nested".
	Key string
	// DNSName is the relative name, unique among all customers of Azure.
	DNSName string
	Routing Routing
	// Probe is what every endpoint is asked, with the host [Topology.HealthHost]. A child
	// that divides the places of a cloud asks what its parent does.
	Probe Probe
	// Endpoints are in order of preference.
	Endpoints []Endpoint
}

// Endpoint is a place that a profile may answer with; a cloud, of whose places another
// profile chooses one; or a place that several profiles ask for a model each.
type Endpoint struct {
	// Place is the cloud alone where another profile chooses one of its places.
	Place Place
	Kind  EndpointKind
	// Host is the DNS name of a Google load balancer; "" for others.
	Host string
	// Location is the region of Azure that performance routing takes the endpoint
	// to be in; "" for the id of an address, whose region Azure knows.
	Location string
	// Gateway is the name of the gateway; "" for others.
	Gateway string
	// Judge is the key of the workload that [Endpoint.Child] asks for; "" where it asks
	// what its parent does, or for each judge by a profile of its own.
	Judge string
	// Child is the profile of a nested endpoint; nil for others.
	Child *Profile
	// MinChildren is how many endpoints of the child have to be healthy for the
	// parent to choose it; 0 for others.
	MinChildren int
	// Weight is 1 to 1000 under weighted routing; 0 under others.
	Weight int
	// Geography holds codes of regions of the world under geographic routing.
	Geography []string
	// Subnets are those of clients under subnet routing; none for all that no
	// other endpoint has.
	Subnets []netip.Prefix
	// Drained endpoints are disabled: the profile no longer answers with them.
	Drained bool
}

// EndpointKind is what an endpoint is to Traffic Manager.
type EndpointKind string

// The kinds of endpoints. One profile, its children included, does not have
// addresses beside others.
const (
	// ByID is a gateway, by the id of its public IP address.
	ByID EndpointKind = "id"
	// ByName is a gateway, or a Google load balancer, by DNS name.
	ByName EndpointKind = "name"
	// ByAddress is a gateway, or a Google load balancer, by IPv4 address.
	ByAddress EndpointKind = "address"
	// Nested is another profile.
	Nested EndpointKind = "nested"
)

// Tenant is who is served, and where.
type Tenant struct {
	ID      string
	Hosts   []string
	Models  []string
	Profile string // key of a [Profile]
	Places  []Place
	// Isolation is "pool", "bridge" or "silo".
	Isolation string
	Residency string // "" without one
	// Gateway is which of a region's gateways serves it, from 1.
	Gateway int
	// Enabled tenants are served; the hosts of the others are refused.
	Enabled bool
	// RateLimitPerMinute is 0 without one.
	RateLimitPerMinute int
	// Canary is nil without one.
	Canary *config.Canary
	// owner is the tenant that the replicas belong to: itself, or "" for the pool.
	owner string
}
