package topology

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"ai-serving/internal/config"
	"ai-serving/internal/pathpattern"
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
		Domain:     c.Platform.Domain,
		HealthHost: c.Platform.HealthHost(),
		Secrets:    c.Secrets(),
		TLS:        c.Platform.TLS == config.TLSCertificates,
		Profiles:   r.resolveProfiles(tenants),
		Failover:   failovers[c.Platform.Traffic.Failover],
		Tenants:    tenants,
	}
	t.Azure = r.resolveAzure(t)
	t.GCP = r.resolveGCP(t)
	t.Limits = limitsOf(project, t)
	return t, c.Report(stack, append(checkLimits(project, t), r.checkStatedSubnets(project, t.Azure)...))
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
// that a pooled tenant uses or tries, and those of each tenant with its own.
func (r resolver) resolveWorkloads() map[string]Workload {
	workloads := map[string]Workload{}
	for _, id := range sortedKeys(r.config.Tenants) {
		tenant := r.config.Tenants[id]
		for _, model := range modelsOf(tenant) {
			w := r.workload(ownerOf(id, tenant), model)
			workloads[w.Key] = w
		}
	}
	return workloads
}

// modelsOf are a tenant's models, its canary last.
func modelsOf(tenant config.Tenant) []string {
	if tenant.Canary == nil {
		return tenant.Models
	}
	return append(slices.Clone(tenant.Models), tenant.Canary.Model)
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
	workload := Workload{
		Key:            config.WorkloadKey(owner, modelID),
		Model:          modelID,
		Tenant:         owner,
		Port:           model.Port,
		HealthPath:     model.HealthPath,
		StartupSeconds: model.StartupSeconds,
		Timeouts:       timeoutsOf(cmp.Or(r.config.Tenants[owner].MaxStreamSeconds, model.MaxStreamSeconds)),
		Affinity:       model.Affinity,
	}
	workload.Labels = r.workloadLabels(workload)
	return workload
}

// server is what starts a workload's server in a runtime that sets own, with a number of
// accelerators. One that its preset's command starts gets the preset's arguments too.
func (r resolver) server(workload Workload, own config.Server, gpus int) config.Server {
	model := r.config.Models[workload.Model]
	server, preset := model.Server.On(own), config.Presets[model.Preset]
	if preset.Starts(server) {
		server.Args = preset.Arguments.Complete(server, config.Values{
			Port: workload.Port, Name: workload.Model, GPUs: gpus, DrainSeconds: workload.Timeouts.Stream,
		})
	}
	return server
}

// egress is what a model's server may connect to, sorted.
func egress(model config.Model) []Egress {
	var all []Egress
	for _, one := range model.Egress {
		all = append(all, Egress{netip.MustParsePrefix(one.CIDR), one.Port})
	}
	return sortedEgress(all)
}

func sortedEgress(all []Egress) []Egress {
	slices.SortFunc(all, func(a, b Egress) int { return cmp.Or(a.CIDR.Compare(b.CIDR), cmp.Compare(a.Port, b.Port)) })
	return all
}

func (r resolver) workloadLabels(workload Workload) map[string]string {
	labels := maps.Clone(r.labels)
	maps.Copy(labels, workload.Identity())
	labels["tier"] = string(config.Pool)
	if workload.Tenant == "" {
		return labels
	}
	tenant := r.config.Tenants[workload.Tenant]
	labels["tier"] = string(tenant.Isolation)
	if tenant.CostCenter != "" {
		labels["cost-center"] = strings.ToLower(tenant.CostCenter) // Google takes lower case only
	}
	return labels
}

// replicas are the bounds of a workload's replicas in a region: its tenant's, or
// else its model's.
func (r resolver) replicas(workload Workload, model config.Range) config.Range {
	if own := r.config.Tenants[workload.Tenant].Replicas; own != nil {
		return *own
	}
	return model
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

// canariesOf lists the workloads that the tenants try, sorted by key.
func (r resolver) canariesOf(tenants []Tenant) []Workload {
	used := map[string]Workload{}
	for _, tenant := range tenants {
		if tenant.Canary != nil {
			key := config.WorkloadKey(tenant.owner, tenant.Canary.Model)
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
		hosts = append(hosts, VirtualHost{Name: tenant.ID, Hosts: tenant.Hosts, Routes: r.routes(tenant)})
	}
	return hosts
}

// routes route the paths of a tenant's models to what serves them to it.
func (r resolver) routes(tenant Tenant) []Route {
	routes := make([]Route, len(tenant.Models))
	for i, key := range tenant.workloads() {
		model := r.config.Models[tenant.Models[i]]
		routes[i] = Route{Workload: key, Paths: slices.Sorted(slices.Values(model.Paths))}
		if canary := tenant.Canary; canary != nil && canary.Percent > 0 && pathpattern.Same(model.Paths, r.config.Models[canary.Model].Paths) {
			routes[i].Canary = &Canary{config.WorkloadKey(tenant.owner, canary.Model), canary.Percent}
		}
	}
	return routes
}

func sortedKeys[K cmp.Ordered, T any](m map[K]T) []K { return slices.Sorted(maps.Keys(m)) }

func sortedValues[T any](m map[string]T) []T {
	values := make([]T, 0, len(m))
	for _, key := range sortedKeys(m) {
		values = append(values, m[key])
	}
	return values
}
