// Package config reads a stack file into plain, validated values.
//
// It knows no Pulumi resource: [Load] turns the strings that the engine hands
// over into a [Config], or into every error that the file has, each with its
// path, before anything is registered.
package config

// Config is a stack file: the objects under the project's namespace.
type Config struct {
	Platform Platform          `json:"platform"`
	Models   map[string]Model  `json:"models"`
	Azure    Azure             `json:"azure"`
	GCP      GCP               `json:"gcp"`
	Tenants  map[string]Tenant `json:"tenants"`
}

// Platform is what all tenants and both clouds share.
type Platform struct {
	// Domain is the DNS zone of the platform. A tenant that lists no hosts is
	// served at <tenant>.<domain>.
	Domain string `json:"domain"`
	// DNSLabel is unique among all customers of Azure: the Traffic Manager
	// profiles and the gateways' public IP addresses are named after it.
	DNSLabel string `json:"dnsLabel"`
	// Protect guards what is slow or impossible to get back (networks,
	// clusters, addresses, profiles) against deletion.
	Protect bool `json:"protect,omitempty"`
	// Labels are put on every resource of both clouds that takes labels or
	// tags, beside the program's own.
	Labels map[string]string `json:"labels,omitempty"`
}

// Model is an entry of the catalogue: what can be served, and by what on each
// cloud.
type Model struct {
	// Image is pinned by digest where it matters. On Kubernetes it runs as user
	// 65532 with a read-only root and 1 GiB of /tmp, and reaches the Internet by
	// HTTPS only.
	Image string `json:"image"`
	// Port is where the server listens, for requests and for health checks.
	Port int `json:"port"`
	// HealthPath answers 200 when the server can take requests.
	HealthPath string `json:"healthPath"`
	// Paths of a tenant's host that lead to the model: exact ("/v1/models"), or
	// a prefix with "/*" at its end.
	Paths []string `json:"paths"`
	// StartupSeconds is the longest that a replica takes from its start to its
	// first healthy answer, the loading of weights included.
	StartupSeconds int `json:"startupSeconds,omitempty"`
	// MaxStreamSeconds is the longest that one response may take. The time-outs
	// and drains of the load balancers and of the pods follow from it.
	MaxStreamSeconds int         `json:"maxStreamSeconds,omitempty"`
	Azure            *ModelAzure `json:"azure,omitempty"`
	GCP              *ModelGCP   `json:"gcp,omitempty"`
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
}

// ModelGCP says what serves a model in the GCP regions: exactly one of the two,
// because a backend service cannot mix instance groups and endpoint groups.
type ModelGCP struct {
	Kubernetes *Kubernetes `json:"kubernetes,omitempty"`
	Instances  *Instances  `json:"instances,omitempty"`
}

// Kubernetes is a Deployment on the region's GKE cluster.
type Kubernetes struct {
	// CPU is what a replica requests, as a Kubernetes quantity ("500m").
	CPU string `json:"cpu"`
	// Memory is what a replica requests and may use, as a quantity ("1Gi").
	Memory   string `json:"memory"`
	Replicas Range  `json:"replicas,omitzero"`
}

// Instances is a regional managed instance group of virtual machines that run
// the model's container.
type Instances struct {
	MachineType string `json:"machineType"`
	Replicas    Range  `json:"replicas,omitzero"`
}

// Range bounds an autoscaler.
type Range struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// Azure holds the Azure regions, by name.
type Azure struct {
	Regions map[string]AzureRegion `json:"regions"`
}

// AzureRegion is a virtual network with an Application Gateway in front.
type AzureRegion struct {
	// CIDR is the address space of the virtual network. Azure does not change
	// that of a subnet in use: choose it once.
	CIDR string `json:"cidr"`
	// Zones are the availability zones to spread over; by default all three
	// where the region has any. "zones: []" asks for none.
	Zones   []string     `json:"zones,omitempty"`
	Gateway AzureGateway `json:"gateway,omitzero"`
}

// AzureGateway is a region's Application Gateway.
type AzureGateway struct {
	// Capacity bounds the gateway's autoscaling, in instances.
	Capacity Range `json:"capacity,omitzero"`
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
}

// GCPRegion is a subnetwork with its instance groups and its GKE cluster.
type GCPRegion struct {
	// CIDR is cut up among nodes, pods, services, load-balancer proxies and the
	// cluster's control plane. Choose it once: another one replaces the cluster,
	// and Google does not replace the range of proxies in use.
	CIDR string `json:"cidr"`
	// Zones are the letters of the zones to use; by default all.
	Zones []string `json:"zones,omitempty"`
	Nodes Nodes    `json:"nodes,omitzero"`
}

// Nodes is the node pool of a region's GKE cluster.
type Nodes struct {
	MachineType string `json:"machineType,omitempty"`
	// Count bounds the number of nodes in the whole region.
	Count Range `json:"count,omitzero"`
}

// Isolation is how much of the platform a tenant has to itself.
type Isolation string

const (
	// Pool shares the models' replicas with all other pooled tenants.
	Pool Isolation = "pool"
	// Bridge has replicas of its own, in a Kubernetes namespace of its own,
	// behind the shared load balancers.
	Bridge Isolation = "bridge"
)

// isolations are the values that a stack file may use.
var isolations = []Isolation{Pool, Bridge}

// Tenant is who is served: by which models, and where.
type Tenant struct {
	Models []string `json:"models"`
	// Regions are the places that may serve the tenant, as <cloud>/<region>, in
	// order of preference. By default every region serves it, the nearest first.
	Regions []string `json:"regions,omitempty"`
	// Hosts are the tenant's own names; by default <tenant>.<domain>.
	Hosts     []string  `json:"hosts,omitempty"`
	Isolation Isolation `json:"isolation,omitempty"`
	// CostCenter labels what the tenant alone uses.
	CostCenter string `json:"costCenter,omitempty"`
}
