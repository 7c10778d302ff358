package config

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
	// DefaultStaticLocation is the multi-region bucket location.
	DefaultStaticLocation = "EU"
)

// Default bounds of the autoscalers.
var (
	// DefaultReplicas leaves one replica when another is lost.
	DefaultReplicas = Range{Min: 2, Max: 4}
	// DefaultGatewayCapacity keeps one gateway instance warm.
	DefaultGatewayCapacity = Range{Min: 1, Max: 3}
	// DefaultNodeCount leaves room for a rolling upgrade.
	DefaultNodeCount = Range{Min: 2, Max: 6}
)

// setDefaults fills in what the file left out. It runs before validation, so
// that the defaults are held to the same rules.
func (c *Config) setDefaults() {
	for id, model := range c.Models {
		model.setDefaults()
		c.Models[id] = model
	}
	for name, region := range c.Azure.Regions {
		setDefault(&region.Gateway.Capacity, DefaultGatewayCapacity)
		if region.Zones == nil && azureRegions[name].zonal {
			region.Zones = []string{"1", "2", "3"}
		}
		c.Azure.Regions[name] = region
	}
	setDefault(&c.GCP.StaticLocation, DefaultStaticLocation)
	for name, region := range c.GCP.Regions {
		setDefault(&region.Nodes.MachineType, DefaultMachineType)
		setDefault(&region.Nodes.Count, DefaultNodeCount)
		if region.Zones == nil {
			region.Zones = gcpZones[name]
		}
		c.GCP.Regions[name] = region
	}
	for id, tenant := range c.Tenants {
		setDefault(&tenant.Isolation, Pool)
		if tenant.Hosts == nil {
			tenant.Hosts = []string{id + "." + c.Platform.Domain}
		}
		c.Tenants[id] = tenant
	}
}

func (m *Model) setDefaults() {
	setDefault(&m.StartupSeconds, DefaultStartupSeconds)
	setDefault(&m.MaxStreamSeconds, DefaultMaxStreamSeconds)
	if m.Azure != nil && m.Azure.Containers != nil {
		setDefault(&m.Azure.Containers.Replicas, DefaultContainerReplicas)
	}
	if m.GCP != nil && m.GCP.Kubernetes != nil {
		setDefault(&m.GCP.Kubernetes.Replicas, DefaultReplicas)
	}
	if m.GCP != nil && m.GCP.Instances != nil {
		setDefault(&m.GCP.Instances.Replicas, DefaultReplicas)
	}
}

func setDefault[T comparable](value *T, byDefault T) {
	var unset T
	if *value == unset {
		*value = byDefault
	}
}
