package config

import (
	"cmp"
	"encoding/json"
)

// What a stack file gets when it says nothing.
const (
	// DefaultStartupSeconds suits a model server that loads small weights.
	DefaultStartupSeconds = 60
	// DefaultMaxStreamSeconds is twice Google's default of 30 s, which cuts
	// streamed answers.
	DefaultMaxStreamSeconds = 60
	// DefaultContainerReplicas survives the restart of one container group,
	// which changes that group's address.
	DefaultContainerReplicas = 2
	// DefaultMachineType runs a few small replicas a node.
	DefaultMachineType = "e2-standard-4"
	// DefaultStaticLocation is a multi-region of Cloud Storage.
	DefaultStaticLocation = "EU"
	// DefaultRuleSet is the newest of Microsoft's default rule sets.
	DefaultRuleSet = "2.2"
	// DefaultNodeDiskGiB is GKE's own default.
	DefaultNodeDiskGiB = 100
	// DefaultGPUDiskGiB has room for an image of 16 GB, which is there twice while it is
	// unpacked, for weights of 16 GB in the cache, and for what a server writes.
	DefaultGPUDiskGiB = 200
	// DefaultInstanceDiskGiB has room for the image of a server without GPUs.
	DefaultInstanceDiskGiB = 50
	// DefaultCPUTarget is the use of the CPU, in percent, that leaves the replicas that are
	// there room for the load while another one starts.
	DefaultCPUTarget = 60
	// DefaultMinChildEndpoints keeps a cloud in use while any region of it lives.
	DefaultMinChildEndpoints = 1
)

// Default bounds of the autoscalers.
var (
	// DefaultReplicas leaves one replica when another is lost.
	DefaultReplicas = Range{Min: 2, Max: 4}
	// DefaultGatewayCapacity keeps two instances of a gateway warm, so that one serves
	// when a zone is lost: an instance is in one zone, and a new one takes six or seven
	// minutes. Newer pages say that Azure keeps two whatever the minimum is; the
	// minimum is what is promised.
	// Source: learn.microsoft.com/azure/application-gateway/application-gateway-autoscaling-zone-redundant.
	DefaultGatewayCapacity = Range{Min: 2, Max: 3}
	// DefaultContainerQuota is what a subscription has in a region before it asks
	// for more.
	// Source: learn.microsoft.com/azure/container-instances/container-instances-resource-and-quota-limits.
	DefaultContainerQuota = ContainerQuota{Groups: 100, Cores: 100}
	// DefaultNodeCount leaves room for a rolling upgrade.
	DefaultNodeCount = Range{Min: 2, Max: 6}
	// DefaultGPUNodeCount keeps no accelerator that nobody uses.
	DefaultGPUNodeCount = Range{Min: 0, Max: 4}
)

// The UnmarshalJSON methods start from the defaults, so that only a key that is
// absent gets one: an explicit zero stays, and is validated.

// UnmarshalJSON decodes a model on top of its defaults.
func (m *Model) UnmarshalJSON(raw []byte) error {
	type plain Model
	var kind struct{ Preset string }
	if err := json.Unmarshal(raw, &kind); err != nil {
		return err
	}
	preset := Presets[kind.Preset]
	*m = Model{
		Port: preset.Port, HealthPath: preset.HealthPath,
		StartupSeconds: cmp.Or(preset.StartupSeconds, DefaultStartupSeconds), MaxStreamSeconds: DefaultMaxStreamSeconds,
		MetricsPath: preset.MetricsPath, MetricsPort: preset.MetricsPort,
	}
	if err := json.Unmarshal(raw, (*plain)(m)); err != nil {
		return err
	}
	m.Server = preset.server(m.Server)
	if m.MetricsPort == 0 && m.MetricsPath != "" {
		m.MetricsPort = m.Port
	}
	m.setScaling(preset)
	return nil
}

// setScaling sets the metric that Kubernetes and instances scale by, where the stack file
// names none.
func (m *Model) setScaling(preset Preset) {
	usual := Scaling{CPU, DefaultCPUTarget}
	if m.GCP != nil && m.GCP.Kubernetes != nil && m.GCP.Kubernetes.Scaling == nil {
		m.GCP.Kubernetes.Scaling = cmp.Or(preset.Scaling, &usual)
	}
	if m.GCP != nil && m.GCP.Instances != nil && m.GCP.Instances.Scaling == nil {
		m.GCP.Instances.Scaling = &usual
	}
}

// UnmarshalJSON decodes containers on top of their defaults.
func (c *Containers) UnmarshalJSON(raw []byte) error {
	type plain Containers
	*c = Containers{Replicas: DefaultContainerReplicas}
	return json.Unmarshal(raw, (*plain)(c))
}

// UnmarshalJSON decodes a Deployment on top of its defaults.
func (k *Kubernetes) UnmarshalJSON(raw []byte) error {
	type plain Kubernetes
	*k = Kubernetes{Replicas: DefaultReplicas}
	return json.Unmarshal(raw, (*plain)(k))
}

// UnmarshalJSON decodes an instance group on top of its defaults.
func (i *Instances) UnmarshalJSON(raw []byte) error {
	type plain Instances
	*i = Instances{Replicas: DefaultReplicas}
	if err := json.Unmarshal(raw, (*plain)(i)); err != nil {
		return err
	}
	if i.DiskGiB == 0 {
		i.DiskGiB = DefaultInstanceDiskGiB
		if i.onAccelerators() || i.Weights != "" {
			i.DiskGiB = DefaultGPUDiskGiB
		}
	}
	return nil
}

// UnmarshalJSON decodes the way of routing on top of its defaults.
func (t *Traffic) UnmarshalJSON(raw []byte) error {
	type plain Traffic
	*t = defaultTraffic
	return json.Unmarshal(raw, (*plain)(t))
}

// defaultTraffic routes to the nearest region, and away from one within a minute.
var defaultTraffic = Traffic{
	Routing: Performance, MinChildEndpoints: DefaultMinChildEndpoints, Endpoints: AzureEndpoints, Failover: FastFailover,
}

// UnmarshalJSON decodes the platform on top of its defaults.
func (p *Platform) UnmarshalJSON(raw []byte) error {
	type plain Platform
	*p = Platform{Traffic: defaultTraffic}
	return json.Unmarshal(raw, (*plain)(p))
}

// UnmarshalJSON decodes what Azure's regions share on top of its defaults.
func (a *Azure) UnmarshalJSON(raw []byte) error {
	type plain Azure
	*a = Azure{Firewall: Firewall{RuleSet: DefaultRuleSet}, HTTP2: true}
	return json.Unmarshal(raw, (*plain)(a))
}

// UnmarshalJSON decodes a pool of nodes with accelerators on top of its
// defaults.
func (g *GPUNodes) UnmarshalJSON(raw []byte) error {
	type plain GPUNodes
	*g = GPUNodes{Count: DefaultGPUNodeCount, DiskGiB: DefaultGPUDiskGiB}
	return json.Unmarshal(raw, (*plain)(g))
}

// UnmarshalJSON decodes a region of Azure on top of its defaults.
func (r *AzureRegion) UnmarshalJSON(raw []byte) error {
	type plain AzureRegion
	*r = AzureRegion{Gateway: AzureGateway{Capacity: DefaultGatewayCapacity}, ContainerQuota: DefaultContainerQuota}
	return json.Unmarshal(raw, (*plain)(r))
}

// UnmarshalJSON decodes what Google's regions share on top of its defaults.
func (g *GCP) UnmarshalJSON(raw []byte) error {
	type plain GCP
	*g = GCP{StaticLocation: DefaultStaticLocation}
	return json.Unmarshal(raw, (*plain)(g))
}

// UnmarshalJSON decodes a region of Google's on top of its defaults.
func (r *GCPRegion) UnmarshalJSON(raw []byte) error {
	type plain GCPRegion
	*r = GCPRegion{Nodes: Nodes{MachineType: DefaultMachineType, Count: DefaultNodeCount, DiskGiB: DefaultNodeDiskGiB}}
	return json.Unmarshal(raw, (*plain)(r))
}

// UnmarshalJSON decodes a tenant on top of its defaults.
func (t *Tenant) UnmarshalJSON(raw []byte) error {
	type plain Tenant
	*t = Tenant{Isolation: Pool, Gateway: 1, Enabled: true}
	return json.Unmarshal(raw, (*plain)(t))
}

// setKeyedDefaults fills in what follows from an entry's own key.
func (c *Config) setKeyedDefaults() {
	for name, region := range c.Azure.Regions {
		if region.Zones == nil {
			region.Zones = c.azureRegion(name).Zones()
		}
		if region.ContainerZones == nil {
			region.ContainerZones = region.Zones
		}
		c.Azure.Regions[name] = region
	}
	for name, region := range c.GCP.Regions {
		if region.Zones == nil {
			region.Zones = c.gcpRegion(name).Zones
			c.GCP.Regions[name] = region
		}
		for kind, pool := range region.GPUs {
			if pool.Zones == nil {
				pool.Zones = region.Zones
				region.GPUs[kind] = pool
			}
		}
	}
	for id, tenant := range c.Tenants {
		if tenant.Hosts == nil {
			tenant.Hosts = []string{id + "." + c.Platform.Domain}
			c.Tenants[id] = tenant
		}
	}
}
