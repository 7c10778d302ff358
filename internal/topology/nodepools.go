package topology

import (
	"ai-serving/internal/config"
)

// deployment is a workload on Kubernetes. Where the tenant is a silo, it runs on
// nodes of the tenant's own.
func (r resolver) deployment(workload Workload, runtime config.Kubernetes) Deployment {
	model, replicas := r.config.Models[workload.Model], r.replicas(workload, runtime.Replicas)
	deployment := Deployment{
		Workload:    workload,
		Namespace:   namespace(workload.Tenant),
		CPU:         runtime.CPU,
		Memory:      runtime.Memory,
		MinReplicas: replicas.Min,
		MaxReplicas: replicas.Max,
		Scaling:     *runtime.Scaling,
		Egress:      egress(model),
	}
	if model.MetricsPath != "" {
		deployment.Metrics = &Metrics{model.MetricsPort, model.MetricsPath}
	}
	if runtime.GPU != nil {
		deployment.GPU = &GPU{runtime.GPU.Type, runtime.GPU.Count}
	}
	deployment.Server = r.server(workload, runtime.Server, deployment.GPU.count())
	deployment.Registry = r.registry(deployment.Server.Image)
	deployment.NodePool = poolName(r.siloOf(workload), deployment.GPU)
	return deployment
}

// siloOf is the tenant that has the nodes of a workload to itself; "" for none.
func (r resolver) siloOf(workload Workload) string {
	if r.config.Tenants[workload.Tenant].Isolation == config.Silo {
		return workload.Tenant
	}
	return ""
}

// OwnNodes says whether the deployment's tenant has its nodes to itself.
func (d Deployment) OwnNodes() bool {
	return d.Workload.Tenant != "" && d.NodePool == poolName(d.Workload.Tenant, d.GPU)
}

func poolName(silo string, gpu *GPU) string {
	switch {
	case silo == "" && gpu == nil:
		return SharedNodes
	case silo == "":
		return gpu.Type
	case gpu == nil:
		return "tenant-" + silo
	default:
		return gpu.Type + "-tenant-" + silo
	}
}

// nodePools are those that the deployments of a region run on. The pool that all
// share is always there: what GKE itself runs in a cluster has no other place.
func nodePools(region string, deployments []Deployment, entry config.GCPRegion) []NodePool {
	users := map[string][]Deployment{}
	for _, deployment := range deployments {
		users[deployment.NodePool] = append(users[deployment.NodePool], deployment)
	}
	delete(users, SharedNodes)
	shared := NodePool{
		Name:        SharedNodes,
		MachineType: entry.Nodes.MachineType,
		MinNodes:    entry.Nodes.Count.Min,
		MaxNodes:    entry.Nodes.Count.Max,
		Zones:       zoneNames(region, entry.Zones),
		DiskGiB:     entry.Nodes.DiskGiB,
	}
	pools := []NodePool{shared}
	for _, name := range sortedKeys(users) {
		pools = append(pools, nodePool(name, region, users[name], entry))
	}
	return pools
}

// nodePool is a pool of its deployments alone: with accelerators, of one tenant,
// or both.
func nodePool(name, region string, users []Deployment, entry config.GCPRegion) NodePool {
	pool := NodePool{Name: name}
	if gpu := users[0].GPU; poolName("", gpu) != name {
		pool.Tenant = users[0].Workload.Tenant
	}
	if users[0].GPU == nil {
		pool.Zones = zoneNames(region, entry.Zones)
		return pool.likeShared(entry)
	}
	gpus := entry.GPUs[users[0].GPU.Type]
	pool.Zones = zoneNames(region, gpus.Zones)
	return pool.withGPUs(users, gpus)
}

// likeShared gives a tenant's nodes the bounds of those that all share. They may
// shrink to one in each zone: a tenant's replicas are fewer than everybody's.
func (p NodePool) likeShared(entry config.GCPRegion) NodePool {
	p.MachineType, p.DiskGiB = entry.Nodes.MachineType, entry.Nodes.DiskGiB
	p.MinNodes = min(entry.Nodes.Count.Min, len(entry.Zones))
	p.MaxNodes = entry.Nodes.Count.Max
	return p
}

// withGPUs bounds nodes with accelerators. There are as many at least as the
// replicas need that always run: fewer would make the first of them wait for the
// autoscaler. A tenant's own are no more than its replicas can need; those that
// are shared, no more than the stack file says.
func (p NodePool) withGPUs(users []Deployment, entry config.GPUNodes) NodePool {
	least, most := 0, 0
	for _, user := range users {
		least += user.MinReplicas * user.GPU.Count
		most += user.MaxReplicas * user.GPU.Count
	}
	p.MachineType, p.DiskGiB = entry.MachineType, entry.DiskGiB
	p.GPU = &GPU{users[0].GPU.Type, entry.PerNode}
	if p.Tenant != "" {
		p.MinNodes, p.MaxNodes = ceil(least, entry.PerNode), ceil(most, entry.PerNode)
		return p
	}
	p.MinNodes = min(max(entry.Count.Min, ceil(least, entry.PerNode)), entry.Count.Max)
	p.MaxNodes = entry.Count.Max
	return p
}

// ceil is a quotient, rounded up.
func ceil(dividend, divisor int) int { return (dividend + divisor - 1) / divisor }

// allowSurges lets those deployments put a replica of a new version beside the old
// ones whose nodes have room for one more than all may have at the most. Nodes
// without accelerators are taken to have.
func allowSurges(cluster *Cluster) {
	for i, deployment := range cluster.Deployments {
		spare := 0
		if deployment.GPU != nil {
			spare = cluster.gpus(deployment.NodePool) - cluster.gpusUsed(deployment.NodePool) - deployment.GPU.Count
		}
		cluster.Deployments[i].Surge = spare >= 0
	}
}

// allowSurgeNodes lets an upgrade make a new node with accelerators before an old one
// goes, where the quota has some left when all pools have all their nodes.
func allowSurgeNodes(cluster *Cluster, quotas map[string]int) {
	for i, pool := range cluster.Pools {
		cluster.Pools[i].Surge = pool.GPU != nil && cluster.gpusOf(pool.GPU.Type)+pool.GPU.Count <= quotas[pool.GPU.Type]
	}
}

// gpus is how many accelerators the nodes of a pool have at the most.
func (c Cluster) gpus(pool string) int {
	for _, p := range c.Pools {
		if p.Name == pool && p.GPU != nil {
			return p.MaxNodes * p.GPU.Count
		}
	}
	return 0
}

// gpusUsed is how many accelerators the replicas on a pool need at the most.
func (c Cluster) gpusUsed(pool string) int {
	used := 0
	for _, deployment := range c.Deployments {
		if deployment.NodePool == pool && deployment.GPU != nil {
			used += deployment.MaxReplicas * deployment.GPU.Count
		}
	}
	return used
}

// gpusOf is how many accelerators of a type all nodes have at the most.
func (c Cluster) gpusOf(kind string) int {
	total := 0
	for _, pool := range c.Pools {
		if pool.GPU != nil && pool.GPU.Type == kind {
			total += pool.MaxNodes * pool.GPU.Count
		}
	}
	return total
}

// Accelerators is how many the project may have in the region, of all types.
func (g GCPRegion) Accelerators() int {
	total := 0
	for _, quota := range g.GPUQuotas {
		total += quota
	}
	return total
}
