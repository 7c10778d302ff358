// Package config reads a stack file into plain, validated values.
//
// It knows no Pulumi resource: [Load] turns the strings that the engine hands
// over into a [Config], or into every error that the file has, each with its
// path, before anything is registered.
package config

import "ai-serving/internal/pathpattern"

// Config is a stack file: the objects under the project's namespace.
type Config struct {
	Platform Platform         `json:"platform"`
	Models   map[string]Model `json:"models"`
	Azure    Azure            `json:"azure"`
	GCP      GCP              `json:"gcp"`
	// Tenants are who is served. They may stand in files of their own, too: see
	// [Config.TenantFiles].
	Tenants map[string]Tenant `json:"tenants,omitempty"`
	// TenantFiles are patterns of files of tenants, relative to the project's
	// directory, such as tenants/prod/*.yaml. Each file has one or several tenants,
	// under the key tenants.
	TenantFiles []string `json:"tenantFiles,omitempty"`

	// source is where all of it is written; nil for what was not loaded.
	source *source
}

// Platform is what all tenants and both clouds share.
type Platform struct {
	// Domain is the DNS zone of the platform. A tenant that lists no hosts is
	// served at <tenant>.<domain>. The platform itself answers at health.<domain> and
	// under gcp.<domain>.
	Domain string `json:"domain"`
	// DNSLabel is unique among all customers of Azure: the Traffic Manager
	// profiles and the gateways' public IP addresses are named after it.
	DNSLabel string `json:"dnsLabel"`
	// TLS is "certificates", where the edges of both clouds end TLS with the
	// certificates named under azure and gcp, or "none", where clients speak
	// plain HTTP. There is no default: to do without has to be said.
	TLS TLS `json:"tls"`
	// Residencies name sets of places, as <cloud>/<region>, that data may be
	// confined to.
	Residencies map[string][]string `json:"residencies,omitempty"`
	Traffic     Traffic             `json:"traffic,omitzero"`
	// Protect guards what is slow or impossible to get back (networks,
	// clusters, addresses, profiles) against deletion.
	Protect bool `json:"protect,omitempty"`
	// Labels are put on every resource of both clouds that takes labels or
	// tags, beside the program's own.
	Labels map[string]string `json:"labels,omitempty"`
	// Registries are the registries that need a sign-in, by the server that the images name.
	// Container groups and pods sign in to them. Nodes and instances read the project's own
	// Artifact Registry with their service accounts.
	Registries map[string]Registry `json:"registries,omitempty"`
	// Allow lists what the clouds have that is newer than the program's own lists.
	Allow Allow `json:"allow,omitzero"`
}

// Allow is what a stack file may name although the program does not know it yet:
// each value with what the program has to know of it. A value that the program
// knows, or that nothing in the file names, is refused here.
//
// The lists that it adds to are in package clouds.
type Allow struct {
	// AzureRegions are regions of Azure, by name.
	AzureRegions map[string]NewAzureRegion `json:"azureRegions,omitempty"`
	// GCPRegions are regions of Google Cloud, by name.
	GCPRegions map[string]NewGCPRegion `json:"gcpRegions,omitempty"`
	// MachineTypes are machine types of Compute Engine, by name.
	MachineTypes map[string]NewMachineType `json:"machineTypes,omitempty"`
	// Accelerators are GPUs of Compute Engine, by type.
	Accelerators map[string]NewAccelerator `json:"accelerators,omitempty"`
	// StorageLocations are where Cloud Storage keeps buckets.
	StorageLocations []string `json:"storageLocations,omitempty"`
	// Geographies are Traffic Manager's codes of parts of the world.
	Geographies []string `json:"geographies,omitempty"`
	// RuleSets are versions of Microsoft's default rule set.
	RuleSets []string `json:"ruleSets,omitempty"`
}

// NewAzureRegion is a region of Azure that the program does not know.
type NewAzureRegion struct {
	// Zonal is true where the region has three availability zones, and false where it
	// has none.
	Zonal bool `json:"zonal"`
}

// NewGCPRegion is a region of Google Cloud that the program does not know.
type NewGCPRegion struct {
	// Zones are the letters of its zones.
	Zones []string `json:"zones"`
	// Nearest is the region of Azure that Traffic Manager takes it to be in.
	Nearest string `json:"nearest"`
}

// NewMachineType is a machine type of Compute Engine that the program does not
// know.
type NewMachineType struct {
	// CPU is the number of virtual CPUs.
	CPU int `json:"cpu"`
	// MemoryGiB is in GiB.
	MemoryGiB float64 `json:"memoryGiB"`
}

// NewAccelerator is a GPU of Compute Engine that the program does not know.
type NewAccelerator struct {
	// Machines are the machine types that it comes with, and how many of it each has.
	Machines map[string]int `json:"machines"`
}

// TLS says whether the edges speak TLS.
type TLS string

const (
	// TLSCertificates ends TLS at the edges; plain HTTP is redirected to it.
	TLSCertificates TLS = "certificates"
	// TLSNone speaks plain HTTP.
	TLSNone TLS = "none"
)

// tlsModes are the values that a stack file may use.
var tlsModes = []TLS{TLSCertificates, TLSNone}

// Traffic is how Traffic Manager chooses among places, and how soon it turns
// away from one.
type Traffic struct {
	// Routing is for the tenants that name no regions. Those that do are served
	// by the first of theirs that is healthy.
	Routing Routing `json:"routing,omitempty"`
	// Nested chooses the cloud first, by [Traffic.Routing], and then the nearest region of
	// it, by a profile of each cloud's own.
	Nested bool `json:"nested,omitempty"`
	// MinChildEndpoints is how many regions of a cloud have to be healthy for
	// Traffic Manager to go on choosing the cloud.
	MinChildEndpoints int `json:"minChildEndpoints,omitempty"`
	// Endpoints says how Azure's gateways are named to Traffic Manager: "azure",
	// by the id of their addresses, or "external", by DNS names as Google's are.
	// MultiValue routing needs "addresses".
	Endpoints EndpointKind `json:"endpoints,omitempty"`
	// Failover is "fast", within about a minute, or "standard", within three.
	Failover Failover `json:"failover,omitempty"`
	// Places tell what routing has to know of them: by <cloud>/<region>, and
	// "gcp" for Google's global load balancer; where profiles are nested, by
	// "azure" and "gcp".
	Places map[string]TrafficPlace `json:"places,omitempty"`
	// HealthModels are the models by which Traffic Manager finds a place healthy: all of
	// them that the placement's tenants share have to answer. None, the default, lets one
	// workload stand for all. Two or more add profiles for each place.
	HealthModels []string `json:"healthModels,omitempty"`
}

// TrafficPlace is what a routing method has to know of a place: nothing, or the
// one key that is for the method.
type TrafficPlace struct {
	// Priority orders the places of priority routing, 1 (first) to 1000.
	Priority int `json:"priority,omitempty"`
	// Weight is the share of the answers, 1 to 1000, of weighted routing.
	Weight int `json:"weight,omitempty"`
	// Geography lists the regions of the world, by Traffic Manager's codes, whose
	// clients geographic routing sends here.
	Geography []string `json:"geography,omitempty"`
	// Subnets are the networks, in CIDR form, whose clients subnet routing sends
	// here; none for all that no other place has.
	Subnets []string `json:"subnets,omitempty"`
}

// Routing is a routing method of Traffic Manager. A client is known by the
// address of its DNS resolver, or by its own network where the resolver says it.
type Routing string

const (
	// Performance answers with the place of the lowest latency to the client.
	Performance Routing = "performance"
	// Priority answers with the first place that is healthy.
	Priority Routing = "priority"
	// Weighted answers with each healthy place in proportion to its weight.
	Weighted Routing = "weighted"
	// Geographic answers with the place that the client's part of the world is
	// routed to, healthy or not: only nested profiles fail over, inside of a cloud.
	Geographic Routing = "geographic"
	// Subnet answers with the place that the client's network is routed to, and
	// with nothing while that place is not healthy.
	Subnet Routing = "subnet"
	// MultiValue answers with up to eight healthy places at once.
	MultiValue Routing = "multivalue"
)

// routings are the values that a stack file may use.
var routings = []Routing{Performance, Priority, Weighted, Geographic, Subnet, MultiValue}

// EndpointKind is how gateways are named to Traffic Manager.
//
// Whether a profile takes endpoints of Azure beside external ones has been
// answered both ways. A report of May 2024 says that Azure Resource Manager
// refuses the two together (MicrosoftDocs/azure-docs#122520). Microsoft's page,
// which until then knew of no restriction, has since been corrected, and names
// one that is narrower: external endpoints whose targets are IP addresses go
// neither with endpoints of Azure nor with external ones whose targets are DNS
// names, in one profile or in a hierarchy of nested ones
// (learn.microsoft.com/azure/traffic-manager/traffic-manager-endpoint-types).
// AzureEndpoints keeps to that: Google's load balancers are DNS names beside it.
// A subscription that refuses it nevertheless is served by ExternalEndpoints.
type EndpointKind string

const (
	// AzureEndpoints are ids of public IP addresses; Google's load balancers
	// stand beside them by DNS name. A gateway's region is known to Azure.
	AzureEndpoints EndpointKind = "azure"
	// ExternalEndpoints are DNS names, on both clouds.
	ExternalEndpoints EndpointKind = "external"
	// AddressEndpoints are IPv4 addresses, on both clouds: clients save the
	// look-up of another name.
	AddressEndpoints EndpointKind = "addresses"
)

// endpointKinds are the values that a stack file may use.
var endpointKinds = []EndpointKind{AzureEndpoints, ExternalEndpoints, AddressEndpoints}

// Failover is how soon Traffic Manager turns away from a place.
type Failover string

// The speeds of failover.
const (
	FastFailover     Failover = "fast"
	StandardFailover Failover = "standard"
)

// failovers are the values that a stack file may use.
var failovers = []Failover{FastFailover, StandardFailover}

// Server is what starts a model's server. What the model says holds wherever it is
// served. What is under one of its runtimes holds there, in its place: of the
// variables, each by itself.
type Server struct {
	// Image is pinned by digest where it matters. On Kubernetes and on instances its root
	// is read-only, and it reaches the Internet by HTTPS only.
	Image string `json:"image,omitempty"`
	// Command is what is started in the image, in place of its entry point: the
	// program and its first arguments, no shell. Container Instances, which cannot
	// pass arguments to an entry point, need it for a model with args.
	Command []string `json:"command,omitempty"`
	// Args are the arguments, in place of the image's.
	Args []string `json:"args,omitempty"`
	// Environment are variables that the server gets beside those of its image.
	Environment map[string]string `json:"environment,omitempty"`
	// SecretEnvironment are variables with secret values. Each names the key of the stack
	// file that holds its value. When the value changes, the replicas are replaced. On
	// instances, which get it from Secret Manager, it is one line.
	SecretEnvironment map[string]string `json:"secretEnvironment,omitempty"`
	// User is the number of the user that the server runs as on Kubernetes, by default
	// 65532, with a group of the same number, and on instances, by default the image's.
	// Container Instances run it as the image says.
	User int `json:"user,omitempty"`
	// Writable are directories that the server may write into, whichever user it is,
	// beside /tmp. All else of its image is read-only. On Kubernetes they are empty when it
	// starts; on instances they, and /tmp, keep what is in them until the instance is
	// replaced.
	Writable []string `json:"writable,omitempty"`
	// Scratch is how much the server may write into each of those directories and /tmp
	// on Kubernetes, as a quantity ("20Gi"); by default 1Gi.
	Scratch string `json:"scratch,omitempty"`
	// SharedMemory is the size of /dev/shm on Kubernetes and on instances, as a quantity
	// ("2Gi"). It is part of the replica's memory.
	SharedMemory string `json:"sharedMemory,omitempty"`
	// Weights is a folder of a bucket of Cloud Storage that has the model's files, as
	// gs://<bucket>/<folder>. The server reads them in /weights. Kubernetes mounts the folder
	// there, and an instance copies it to its disk before it starts the server. The program
	// lets the replicas read the bucket, which has to exist. Container Instances mount no
	// bucket: there, an image of its own has the files in /weights.
	Weights string `json:"weights,omitempty"`
}

// Model is an entry of the catalogue: what can be served, and by what on each
// cloud.
type Model struct {
	// Preset is the kind of the server, which gives the model what that kind needs where
	// the stack file says nothing: the command, which goes before the model's args, the
	// port, the path of its health, variables, user, directories and the time to start. See
	// [Presets of model servers](models.md).
	Preset string `json:"preset,omitempty"`
	Server
	// Port is where the server listens, for requests and for health checks. On
	// Kubernetes it is 1024 or more. Container Instances keep some ports for
	// themselves, such as 443, 9999 and 20000 to 30000.
	Port int `json:"port,omitempty"`
	// HealthPath answers 200 when the server can take requests.
	HealthPath string `json:"healthPath,omitempty"`
	// Paths of a tenant's host that route to the model: exact ("/v1/models"), or
	// a prefix with "/*" at its end. Case counts on Google's load balancers, and not on
	// Azure's gateways.
	Paths []pathpattern.Pattern `json:"paths"`
	// StartupSeconds is the longest that a replica takes from its start to its
	// first healthy answer, the loading of weights included.
	StartupSeconds int `json:"startupSeconds,omitempty"`
	// MaxStreamSeconds is the longest that one response may take. The time-outs
	// and drains of the load balancers and of the pods follow from it. A tenant
	// with replicas of its own may ask for more.
	MaxStreamSeconds int `json:"maxStreamSeconds,omitempty"`
	// Affinity keeps a client with one replica, by a cookie, for servers that
	// keep a conversation's state.
	Affinity bool `json:"affinity,omitempty"`
	// MetricsPath is where the server answers with its metrics, in the format of
	// Prometheus. On Kubernetes, Google's Managed Service for Prometheus collects them.
	MetricsPath string `json:"metricsPath,omitempty"`
	// MetricsPort is the port of the metrics; by default that of the requests. Neither load
	// balancers nor other tenants reach it.
	MetricsPort int `json:"metricsPort,omitempty"`
	// Egress is what the server may connect to besides HTTPS on the Internet and the name
	// servers.
	Egress []Egress    `json:"egress,omitempty"`
	Azure  *ModelAzure `json:"azure,omitempty"`
	GCP    *ModelGCP   `json:"gcp,omitempty"`
}

// Egress is a network, and a TCP port, that a model's server may connect to.
type Egress struct {
	// CIDR is an IPv4 network, such as that of a database.
	CIDR string `json:"cidr"`
	// Port is one of TCP.
	Port int `json:"port"`
}

// ModelAzure says what serves a model in the Azure regions. Both may be given:
// container groups and network interfaces then share the gateway's pool.
type ModelAzure struct {
	Containers *Containers `json:"containers,omitempty"`
	// NetworkInterfaces are made in every region and put into the gateway's
	// pool, for virtual machines that another team runs: one name per machine.
	NetworkInterfaces []string `json:"networkInterfaces,omitempty"`
}

// Containers is a number of equal Azure container groups per region.
type Containers struct {
	// CPU is in cores.
	CPU float64 `json:"cpu"`
	// MemoryGiB is in GiB.
	MemoryGiB float64 `json:"memoryGiB"`
	// Replicas is the number of container groups in each region.
	Replicas int `json:"replicas,omitempty"`
	Server
	// Next is what the model is to run next: another image, arguments or variables. As many
	// more container groups run it, and the gateways send requests to both as soon as they
	// are healthy. With it, a region serves while the first ones are replaced. See
	// [Change the image of container groups](operations.md#change-the-image-of-container-groups).
	Next *Server `json:"next,omitempty"`
}

// ModelGCP says what serves a model in the GCP regions: exactly one of the two,
// because a backend service cannot mix instance groups and endpoint groups.
type ModelGCP struct {
	Kubernetes *Kubernetes `json:"kubernetes,omitempty"`
	Instances  *Instances  `json:"instances,omitempty"`
}

// Kubernetes is a Deployment on the region's GKE cluster.
type Kubernetes struct {
	// CPU is what a replica requests, as a Kubernetes quantity ("500m"). A node has less
	// than its machine: what GKE reserves, and what it runs on the node itself, is not left
	// for replicas. One that fits on no node is refused, with what would fit.
	CPU string `json:"cpu"`
	// Memory is what a replica requests and may use, as a quantity ("1Gi"). It is bounded
	// as CPU is.
	Memory   string `json:"memory"`
	Replicas Range  `json:"replicas,omitzero"`
	GPU      *GPU   `json:"gpu,omitempty"`
	// Scaling is by default what the model's preset says, or else 60 percent of the CPU that
	// a replica requests.
	Scaling *Scaling `json:"scaling,omitempty"`
	Server
}

// Scaling says by what the number of replicas follows the load. There are as many
// that each has the target on average.
type Scaling struct {
	// Metric is a gauge of the server's own metrics on Kubernetes, such as
	// vllm:num_requests_waiting; requests, which a load balancer counts each second, on
	// instances; or cpu on both, which says nothing of the load of a GPU.
	Metric string `json:"metric"`
	// Target is of one replica: of cpu in percent, of others in their own unit.
	Target int `json:"target"`
}

// GPU is how many accelerators of one type a replica needs. On Kubernetes it runs on the
// nodes of the region's gpus entry of the same type.
type GPU struct {
	// Type is an accelerator of Compute Engine, "nvidia-l4".
	Type string `json:"type"`
	// Count is how many a replica has to itself.
	Count int `json:"count"`
}

// Instances is a regional managed instance group of virtual machines that run
// the model's container.
type Instances struct {
	// MachineType is one of Compute Engine's. The server has all GPUs that come with it.
	MachineType string `json:"machineType"`
	Replicas    Range  `json:"replicas,omitzero"`
	// GPU is for a machine type of the N1 series, which comes without. The type and the
	// number have to be available in all zones of the region's entry.
	GPU *GPU `json:"gpu,omitempty"`
	// DiskGiB is the size of the boot disk, which has the image, what the server writes,
	// and the weights.
	DiskGiB int `json:"diskGiB,omitempty"`
	// Scaling is by default 60 percent of the machine's CPU.
	Scaling *Scaling `json:"scaling,omitempty"`
	Server
}

// Range bounds an autoscaler.
type Range struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// Azure holds the Azure regions, by name, and what they share.
type Azure struct {
	Regions map[string]AzureRegion `json:"regions"`
	// Identity is the resource id of a user-assigned identity that may read the
	// certificates: the role Key Vault Secrets User, given before the gateways
	// are made.
	Identity string `json:"identity,omitempty"`
	// Certificates of the gateways, by name.
	Certificates map[string]Certificate `json:"certificates,omitempty"`
	Firewall     Firewall               `json:"firewall,omitzero"`
	// HTTP2 lets clients speak HTTP/2 to the gateways, which they do where they
	// can. A gateway closes a connection of HTTP/2 that is silent for 180 s, and
	// nothing changes that: say false where answers are silent for longer.
	HTTP2 bool `json:"http2,omitempty"`
	// DDoSProtection gives each gateway's address DDoS IP Protection, which Azure bills by
	// the address. Say false, the default, where a DDoS protection plan covers the virtual
	// networks, or Azure's basic protection is enough.
	DDoSProtection bool `json:"ddosProtection,omitempty"`
	// LogAnalytics takes what the container groups' servers print.
	LogAnalytics *LogAnalytics `json:"logAnalytics,omitempty"`
}

// Registry is how to sign in to a container registry: as an identity, or with a
// user name and a password.
type Registry struct {
	// Identity is the resource id of a user-assigned identity that may pull: the
	// role AcrPull, given before the container groups are made. Only Azure Container Registry
	// accepts an identity, and only container groups can use one.
	Identity string `json:"identity,omitempty"`
	// Username is sent with [Registry.Password].
	Username string `json:"username,omitempty"`
	// Password is the name of the stack file's key that holds it, a secret.
	Password string `json:"password,omitempty"`
}

// LogAnalytics is a workspace of Azure Monitor.
type LogAnalytics struct {
	// WorkspaceID is the workspace's own id, a UUID, and not that of the resource.
	WorkspaceID string `json:"workspaceId"`
	// WorkspaceKey is the name of the stack file's key that holds one of the
	// workspace's two keys, a secret.
	WorkspaceKey string `json:"workspaceKey"`
}

// Certificate is a certificate in Azure Key Vault.
type Certificate struct {
	// Hosts are the names that it is for; "*.ai.example.com" is for all names of
	// one label more.
	Hosts []string `json:"hosts"`
	// Secret is the secret's identifier, without a version: a gateway then takes
	// a renewed one within four hours.
	Secret string `json:"secret"`
}

// Firewall is the web application firewall of the gateways. It always prevents.
type Firewall struct {
	// RuleSet is the version of Microsoft's default rule set.
	RuleSet string `json:"ruleSet,omitempty"`
	// Exclusions are parts of requests that the rules are not held to.
	Exclusions []Exclusion `json:"exclusions,omitempty"`
}

// Exclusion is a part of requests that managed rules are not held to.
type Exclusion struct {
	// Variable is the kind of the part, by Azure's name.
	Variable string `json:"variable"`
	// Operator compares the part's name with [Exclusion.Selector].
	Operator string `json:"operator"`
	// Selector is what the name is compared with; none for EqualsAny.
	Selector string `json:"selector,omitempty"`
}

// AzureRegion is a virtual network with an Application Gateway in front.
type AzureRegion struct {
	// CIDR is the address space of the virtual network. Azure does not change
	// that of a subnet in use: choose it once.
	CIDR string `json:"cidr"`
	// Zones are the availability zones that gateways and their addresses span; by default
	// all three where the region has any. "zones: []" asks for none.
	Zones []string `json:"zones,omitempty"`
	// ContainerZones are the availability zones that container groups are spread over; by
	// default those of [AzureRegion.Zones]. A region may have no room for container groups
	// in one of its zones. "containerZones: []" leaves the choice to Azure.
	ContainerZones []string       `json:"containerZones,omitempty"`
	Gateway        AzureGateway   `json:"gateway,omitzero"`
	ContainerQuota ContainerQuota `json:"containerQuota,omitzero"`
	// ContainerSubnets are networks, in CIDR form, of subnets of container groups, by the name
	// of the subnet: "chat.0", or "acme-chat.0" of a tenant's own replicas. The network of a
	// subnet follows from its name. State another one where Azure refuses that, because a
	// subnet that was there before has it (NetcfgSubnetRangesOverlap). A subnet that exists
	// keeps its network.
	ContainerSubnets map[string]string `json:"containerSubnets,omitempty"`
	// Drained keeps clients away, while everything stays: Traffic Manager no
	// longer answers with the region.
	Drained bool `json:"drained,omitempty"`
}

// ContainerQuota is how much of Azure Container Instances the stack may use in a
// region: what the subscription has, without what others use of it. Azure raises
// it on request.
type ContainerQuota struct {
	// Groups is the number of container groups.
	Groups int `json:"groups,omitempty"`
	// Cores is the number of cores of all of them.
	Cores int `json:"cores,omitempty"`
}

// AzureGateway is what the Application Gateways of a region have in common.
// There are as many as the tenants' gateway numbers name.
type AzureGateway struct {
	// Capacity bounds each gateway's autoscaling, in instances.
	Capacity Range `json:"capacity,omitzero"`
	// Private adds a frontend inside the virtual network, beside the public one,
	// for clients in peered networks.
	Private bool `json:"private,omitempty"`
}

// GCP holds the GCP regions, by name, and what they share.
type GCP struct {
	// Project is read from gcp:project, the provider's own setting.
	Project string               `json:"-"`
	Regions map[string]GCPRegion `json:"regions"`
	// AuthorizedNetworks may reach the clusters' API servers, by name: where
	// the pipeline runs that deploys the stack, and nothing more.
	AuthorizedNetworks map[string]string `json:"authorizedNetworks"`
	// StaticLocation is where the bucket of static content is kept.
	StaticLocation string `json:"staticLocation,omitempty"`
	// CertificateMap is the id of a certificate map of Certificate Manager, for
	// the global load balancer: projects/<project>/locations/global/certificateMaps/<name>.
	// It has an entry for every tenant's host, for the platform's domain with a
	// wildcard, and PRIMARY: Traffic Manager's probes name no host while they
	// agree on TLS, and without that entry the handshake fails.
	CertificateMap string `json:"certificateMap,omitempty"`
}

// GCPRegion is a subnetwork with its instance groups and its GKE cluster.
type GCPRegion struct {
	// CIDR is cut up among nodes, pods, services, load-balancer proxies and the
	// cluster's control plane. Choose it once: Google does not replace the range of
	// proxies in use. It refuses another one before anything has changed, and the old
	// one, put back, changes nothing.
	CIDR string `json:"cidr"`
	// Zones are the letters of the zones to use; by default all.
	Zones []string `json:"zones,omitempty"`
	Nodes Nodes    `json:"nodes,omitzero"`
	// GPUs are the pools of nodes with accelerators, by the accelerator's type.
	GPUs map[string]GPUNodes `json:"gpus,omitempty"`
	// Certificates are ids of certificates of Certificate Manager in the region,
	// for the regional load balancer.
	Certificates []string `json:"certificates,omitempty"`
	// Maintenance is when GKE may upgrade the cluster and replace its nodes; at any time
	// if it is left out.
	Maintenance *Maintenance `json:"maintenance,omitempty"`
	// Drained keeps clients away, while everything stays: neither Traffic Manager
	// nor the global load balancer routes to the region any more. What has no other
	// region of Google's to run in stays behind the global load balancer, for those
	// that still have its address.
	Drained bool `json:"drained,omitempty"`
}

// GPUNodes is a node pool with accelerators.
type GPUNodes struct {
	// MachineType is one that the accelerator comes with or can be attached to.
	MachineType string `json:"machineType"`
	// PerNode is the number of accelerators of a node.
	PerNode int `json:"perNode"`
	// Zones are the letters of those of the region's zones that have the
	// accelerator and the machines; by default all of the region's. GKE refuses a
	// pool in a zone that lacks them. When the region's own zones change, GKE moves
	// the pool to those: follow with pulumi refresh and pulumi up.
	Zones []string `json:"zones,omitempty"`
	// Count bounds the number of nodes in the whole region. They are spread evenly over
	// the zones, each of which has one at least; what the bounds are beyond a multiple of
	// the zones is rounded: the least up, the most down.
	Count Range `json:"count,omitzero"`
	// Quota is how many of the accelerators the project may have in the region.
	Quota int `json:"quota"`
	// DiskGiB is the size of each node's boot disk, which has the images, what servers write,
	// and the weights that a node has read.
	DiskGiB int `json:"diskGiB,omitempty"`
}

// Nodes is the node pool of a region's GKE cluster.
type Nodes struct {
	// MachineType is one of Compute Engine's, with room for the largest replica. Arm
	// machines are refused: GKE keeps pods off them that do not ask for them.
	MachineType string `json:"machineType,omitempty"`
	// Count bounds the number of nodes in the whole region.
	Count Range `json:"count,omitzero"`
	// DiskGiB is the size of each node's boot disk, which has the images and what servers
	// write.
	DiskGiB int `json:"diskGiB,omitempty"`
}

// Isolation is how much of the platform a tenant has to itself.
type Isolation string

const (
	// Pool shares the models' replicas with all other pooled tenants.
	Pool Isolation = "pool"
	// Bridge has replicas of its own, in a Kubernetes namespace of its own,
	// behind the shared load balancers.
	Bridge Isolation = "bridge"
	// Silo is a bridge whose replicas on Kubernetes have nodes of their own too.
	Silo Isolation = "silo"
)

// isolations are the values that a stack file may use.
var isolations = []Isolation{Pool, Bridge, Silo}

// Tenant is who is served: by which models, and where.
type Tenant struct {
	// Models are those of the catalogue that the tenant uses. No two may have a
	// path in common, on Application Gateway either, which ignores case.
	Models []string `json:"models"`
	// Regions are the places that serve the tenant, as <cloud>/<region>, in order of
	// preference; gcp among them is Google's global load balancer, which answers from
	// all of Google's regions. The name of a cloud alone, azure or gcp, stands for all
	// of its regions, or all in the residency, the nearest first. By default every
	// region of both clouds serves the tenant, the nearest first. Each place has to
	// have all of the tenant's models.
	Regions []string `json:"regions,omitempty"`
	// Residency is the name of one of the platform's residencies. Without
	// [Tenant.Regions], all of its places serve the tenant, the nearest first.
	Residency string `json:"residency,omitempty"`
	// Hosts are the tenant's own names; by default <tenant>.<domain>. Each gets a CNAME
	// record, so that none can be the apex of a domain (example.com), or a name that a
	// cloud owns.
	Hosts     []string  `json:"hosts,omitempty"`
	Isolation Isolation `json:"isolation,omitempty"`
	// RateLimitPerMinute is about how many requests a minute each load balancer lets
	// through to each of the models; 0 for no limit of the tenant's own. Google's
	// global load balancer counts in each of its regions by itself.
	RateLimitPerMinute int `json:"rateLimitPerMinute,omitempty"`
	// MaxStreamSeconds is the longest response of the tenant's own replicas, in
	// place of the model's.
	MaxStreamSeconds int `json:"maxStreamSeconds,omitempty"`
	// Replicas bound the tenant's own replicas of each model in each region, in
	// place of the model's. Azure's container groups, which do not scale, are
	// the minimum.
	Replicas *Range  `json:"replicas,omitempty"`
	Canary   *Canary `json:"canary,omitempty"`
	// CostCenter labels what the tenant alone uses.
	CostCenter string `json:"costCenter,omitempty"`
	// Gateway is which of a region's Application Gateways serves the tenant, 1
	// by default. When one is full, new tenants name the next. Another number
	// moves the tenant.
	Gateway int `json:"gateway,omitempty"`
	// Enabled false refuses the tenant's hosts, which stay reserved, and takes
	// its own replicas away.
	Enabled bool `json:"enabled,omitempty"`
}

// Canary gives a part of a tenant's requests to another model. Google's load
// balancers divide requests; Application Gateway cannot, and routes all to the
// tenant's own model.
type Canary struct {
	// Model is one of the catalogue, with the same paths as one of the tenant's.
	Model string `json:"model"`
	// Percent of the requests for those paths, 0 to 50.
	Percent int `json:"percent"`
}
