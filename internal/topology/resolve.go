package topology

import (
	"maps"
	"slices"
	"strings"

	"ai-serving/internal/config"
)

// Resolve works out what a validated configuration means. The error names every
// limit of a cloud that the stack would exceed, and what is used of it.
func Resolve(project, stack string, c config.Config) (Topology, error) {
	r := resolver{config: c, labels: stackLabels(project, stack, c.Platform.Labels), name: project + "-" + stack}
	r.workloads = r.resolveWorkloads()
	tenants := r.resolveTenants()
	t := Topology{
		Name:       r.name,
		Labels:     r.labels,
		Protect:    c.Platform.Protect,
		HealthHost: c.Platform.HealthHost(),
		Profiles:   r.resolveProfiles(tenants),
		Tenants:    tenants,
	}
	t.Azure = r.resolveAzure(t)
	t.GCP = r.resolveGCP(t)
	return t, config.Report(stack, checkLimits(project, t))
}

// resolver holds what the steps of Resolve share.
type resolver struct {
	config config.Config
	name   string
	labels map[string]string
	// workloads are by key.
	workloads map[string]Workload
}

func stackLabels(project, stack string, own map[string]string) map[string]string {
	labels := map[string]string{"project": project, "stack": stack, "managed-by": "pulumi"}
	maps.Copy(labels, own)
	return labels
}

// resolveWorkloads finds the replicas that have to run: those of each model
// that a pooled tenant uses, and those of each bridge tenant.
func (r resolver) resolveWorkloads() map[string]Workload {
	workloads := map[string]Workload{}
	for _, id := range sortedKeys(r.config.Tenants) {
		tenant := r.config.Tenants[id]
		for _, model := range tenant.Models {
			w := r.workload(ownerOf(id, tenant), model)
			workloads[w.Key] = w
		}
	}
	return workloads
}

// ownerOf is the tenant that the replicas serving a tenant belong to: itself,
// or "" for the pool.
func ownerOf(id string, tenant config.Tenant) string {
	if tenant.Isolation == config.Pool {
		return ""
	}
	return id
}

func (r resolver) workload(owner, modelID string) Workload {
	model := r.config.Models[modelID]
	labels := maps.Clone(r.labels)
	labels["model"] = modelID
	if owner != "" {
		labels["tenant"] = owner
		if costCenter := r.config.Tenants[owner].CostCenter; costCenter != "" {
			// Google takes lower case only.
			labels["cost-center"] = strings.ToLower(costCenter)
		}
	}
	return Workload{
		Key:            config.WorkloadKey(owner, modelID),
		Model:          modelID,
		Tenant:         owner,
		Labels:         labels,
		Image:          model.Image,
		Port:           model.Port,
		HealthPath:     model.HealthPath,
		StartupSeconds: model.StartupSeconds,
		Timeouts:       timeoutsOf(model.MaxStreamSeconds),
	}
}

// workloadsOf lists the workloads that serve the tenants, sorted by key.
func (r resolver) workloadsOf(tenants []Tenant) []Workload {
	used := map[string]Workload{}
	for _, tenant := range tenants {
		for _, key := range tenant.workloads() {
			used[key] = r.workloads[key]
		}
	}
	return sortedValues(used)
}

// virtualHosts gives each tenant's hosts the routes to its models, and no other
// tenant's.
func (r resolver) virtualHosts(tenants []Tenant) []VirtualHost {
	hosts := make([]VirtualHost, 0, len(tenants))
	for _, tenant := range tenants {
		host := VirtualHost{Name: tenant.ID, Hosts: tenant.Hosts}
		for i, key := range tenant.workloads() {
			host.Routes = append(host.Routes, Route{
				Workload: key,
				Paths:    slices.Sorted(slices.Values(r.config.Models[tenant.Models[i]].Paths)),
			})
		}
		hosts = append(hosts, host)
	}
	return hosts
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

func sortedValues[T any](m map[string]T) []T {
	values := make([]T, 0, len(m))
	for _, key := range sortedKeys(m) {
		values = append(values, m[key])
	}
	return values
}
