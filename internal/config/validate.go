package config

import (
	"fmt"
	"maps"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Bounds of what a stack file may ask for. Lengths of names leave room for what
// the program adds to them; the others are limits of the clouds, with their
// source in docs/limits or beside them.
const (
	maxIDLength       = 30 // of a tenant or a model
	maxMachineLength  = 20 // of a network interface's name
	maxDNSLabelLength = 40 // the gateways' labels add "-" and a region, 63 in all
	maxHosts          = 5  // of a listener of Application Gateway
	maxStreamSeconds  = 3600
	maxStartupSeconds = 3600
	maxGroupCPU       = 31  // cores of an Azure container group
	maxGroupMemoryGiB = 240 // of an Azure container group
	maxGroups         = 100 // container groups of a subscription and region, by default
	maxGateway        = 125 // instances of an Application Gateway
	maxInstances      = 2000
	maxReplicas       = 1000
	maxNodes          = 1000
)

// reservedLabels are those that the program sets itself.
var reservedLabels = []string{"project", "stack", "managed-by", "tenant", "model", "cost-center"}

// Labels are held to what Google, the stricter of the two clouds, and
// Kubernetes both take.
// Source: cloud.google.com/compute/docs/labeling-resources#requirements.
var (
	labelKey   = regexp.MustCompile(`^[a-z]([a-z0-9_-]{0,61}[a-z0-9])?$`)
	labelValue = regexp.MustCompile(`^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$`)
	costCenter = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$`)

	dnsLabel    = regexp.MustCompile(`^[a-z][a-z0-9-]*[a-z0-9]$`)
	urlPath     = regexp.MustCompile(`^/[A-Za-z0-9._~!$&'()+,;=:@%/-]*$`)
	machineType = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+){1,3}$`)
	gcpProject  = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	location    = regexp.MustCompile(`^[A-Z][A-Z0-9-]+$`)
)

// pathOf gives the path of a section in the stack file.
type pathOf func(section string) *field.Path

// validate reports every value that the program or a cloud would refuse.
func (c Config) validate(path pathOf) field.ErrorList {
	var errs field.ErrorList
	errs = append(errs, c.Platform.validate(path("platform"))...)
	errs = append(errs, c.validateModels(path("models"))...)
	errs = append(errs, c.validateAzure(path("azure"))...)
	errs = append(errs, c.validateGCP(path("gcp"))...)
	errs = append(errs, c.validateAddressSpaces(path)...)
	errs = append(errs, c.validateTenants(path("tenants"))...)
	return errs
}

func (p Platform) validate(path *field.Path) field.ErrorList {
	errs := validateHost(path.Child("domain"), p.Domain)
	if len(p.DNSLabel) > maxDNSLabelLength || !dnsLabel.MatchString(p.DNSLabel) {
		errs = append(errs, field.Invalid(path.Child("dnsLabel"), p.DNSLabel,
			fmt.Sprintf("must be 2 to %d lower-case letters, digits and hyphens, a letter first, no hyphen last", maxDNSLabelLength)))
	}
	for _, key := range slices.Sorted(maps.Keys(p.Labels)) {
		errs = append(errs, validateLabel(path.Child("labels").Child(key), key, p.Labels[key])...)
	}
	return errs
}

func validateLabel(path *field.Path, key, value string) field.ErrorList {
	if slices.Contains(reservedLabels, key) {
		return field.ErrorList{field.Forbidden(path, "the program sets this label itself, as it does "+strings.Join(reservedLabels, ", "))}
	}
	const form = "must be 1 to 63 lower-case letters, digits, hyphens and underscores, "
	var errs field.ErrorList
	if !labelKey.MatchString(key) {
		errs = append(errs, field.Invalid(path, key, "the key "+form+"a letter first, a letter or digit last"))
	}
	if !labelValue.MatchString(value) {
		errs = append(errs, field.Invalid(path, value, "the value "+form+"a letter or digit first and last"))
	}
	return errs
}

func (c Config) validateModels(path *field.Path) field.ErrorList {
	if len(c.Models) == 0 {
		return field.ErrorList{field.Required(path, "name at least one model to serve")}
	}
	var errs field.ErrorList
	for _, id := range slices.Sorted(maps.Keys(c.Models)) {
		errs = append(errs, validateID(path.Child(id), id)...)
		errs = append(errs, c.Models[id].validate(path.Child(id))...)
	}
	return errs
}

func (m Model) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if _, err := reference.ParseNormalizedNamed(m.Image); err != nil {
		errs = append(errs, field.Invalid(path.Child("image"), m.Image, "must name a container image, as registry/repository:tag or @digest: "+err.Error()))
	}
	errs = append(errs, validateBetween(path.Child("port"), m.Port, 1, 65535)...)
	if !urlPath.MatchString(m.HealthPath) {
		errs = append(errs, field.Invalid(path.Child("healthPath"), m.HealthPath, "must be a path that starts with / and has no query"))
	}
	errs = append(errs, validatePaths(path.Child("paths"), m.Paths)...)
	errs = append(errs, validateBetween(path.Child("startupSeconds"), m.StartupSeconds, 1, maxStartupSeconds)...)
	// Application Gateway drains for an hour at most.
	errs = append(errs, validateBetween(path.Child("maxStreamSeconds"), m.MaxStreamSeconds, 1, maxStreamSeconds)...)
	if m.Azure == nil && m.GCP == nil {
		errs = append(errs, field.Required(path, "say what serves the model: azure, gcp or both"))
	}
	if m.Azure != nil {
		errs = append(errs, m.Azure.validate(path.Child("azure"))...)
	}
	if m.GCP != nil {
		errs = append(errs, m.GCP.validate(path.Child("gcp"))...)
	}
	return errs
}

// StaticPath leads to the bucket of static content on every host.
const StaticPath = "/static/*"

func validatePaths(path *field.Path, paths []string) field.ErrorList {
	if len(paths) == 0 {
		return field.ErrorList{field.Required(path, "name at least one path that leads to the model")}
	}
	var errs field.ErrorList
	for i, p := range paths {
		prefix, _ := strings.CutSuffix(p, "/*")
		switch {
		case !urlPath.MatchString(prefix + "/"):
			errs = append(errs, field.Invalid(path.Index(i), p, `must be a path that starts with /, either exact or with "/*" at its end`))
		case overlap(p, StaticPath):
			errs = append(errs, field.Forbidden(path.Index(i), StaticPath+" is kept for static content"))
		case slices.Contains(paths[:i], p):
			errs = append(errs, field.Duplicate(path.Index(i), p))
		}
	}
	return errs
}

// overlap says whether some request's path matches both patterns and neither
// is the more specific one that a load balancer would prefer.
func overlap(a, b string) bool {
	return strings.TrimSuffix(a, "/*") == strings.TrimSuffix(b, "/*")
}

func (a ModelAzure) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if a.Containers == nil && len(a.NetworkInterfaces) == 0 {
		errs = append(errs, field.Required(path, "give containers, networkInterfaces or both"))
	}
	if a.Containers != nil {
		errs = append(errs, a.Containers.validate(path.Child("containers"))...)
	}
	interfaces := path.Child("networkInterfaces")
	for i, name := range a.NetworkInterfaces {
		if problems := validation.IsDNS1123Label(name); len(problems) > 0 || len(name) > maxMachineLength {
			errs = append(errs, field.Invalid(interfaces.Index(i), name,
				fmt.Sprintf("must be 1 to %d lower-case letters, digits and hyphens, a letter or digit first and last", maxMachineLength)))
		}
		if slices.Contains(a.NetworkInterfaces[:i], name) {
			errs = append(errs, field.Duplicate(interfaces.Index(i), name))
		}
	}
	return errs
}

func (c Containers) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if c.CPU <= 0 || c.CPU > maxGroupCPU {
		errs = append(errs, field.Invalid(path.Child("cpu"), c.CPU, fmt.Sprintf("must be more than 0 and at most %d cores", maxGroupCPU)))
	}
	// Azure Container Instances counts memory in tenths of a GiB.
	tenths := c.MemoryGiB * 10
	if c.MemoryGiB <= 0 || c.MemoryGiB > maxGroupMemoryGiB || math.Abs(tenths-math.Round(tenths)) > 1e-9 {
		errs = append(errs, field.Invalid(path.Child("memoryGiB"), c.MemoryGiB, fmt.Sprintf("must be more than 0 and at most %d GiB, in steps of 0.1", maxGroupMemoryGiB)))
	}
	return append(errs, validateBetween(path.Child("replicas"), c.Replicas, 1, maxGroups)...)
}

func (g ModelGCP) validate(path *field.Path) field.ErrorList {
	if (g.Kubernetes == nil) == (g.Instances == nil) {
		return field.ErrorList{field.Required(path, "give either kubernetes or instances: a backend service cannot mix the two")}
	}
	if g.Kubernetes != nil {
		return g.Kubernetes.validate(path.Child("kubernetes"))
	}
	return g.Instances.validate(path.Child("instances"))
}

func (k Kubernetes) validate(path *field.Path) field.ErrorList {
	errs := validateQuantity(path.Child("cpu"), k.CPU, `"500m" or "2"`)
	errs = append(errs, validateQuantity(path.Child("memory"), k.Memory, `"512Mi" or "8Gi"`)...)
	return append(errs, validateRange(path.Child("replicas"), k.Replicas, 1, 1, maxReplicas)...)
}

func (i Instances) validate(path *field.Path) field.ErrorList {
	errs := validateMachineType(path.Child("machineType"), i.MachineType)
	return append(errs, validateRange(path.Child("replicas"), i.Replicas, 1, 1, maxInstances)...)
}

func (c Config) validateAzure(path *field.Path) field.ErrorList {
	regions := path.Child("regions")
	if len(c.Azure.Regions) == 0 {
		return field.ErrorList{field.Required(regions, "name at least one region of Azure")}
	}
	var errs field.ErrorList
	for _, name := range slices.Sorted(maps.Keys(c.Azure.Regions)) {
		region, at := c.Azure.Regions[name], regions.Child(name)
		known, ok := azureRegions[name]
		if !ok {
			errs = append(errs, unknownRegion(at, name, "Azure", azureRegions))
			continue
		}
		errs = append(errs, validateZones(at.Child("zones"), region.Zones, known.zones(), name)...)
		// An autoscaled gateway has two instances at least at its maximum.
		errs = append(errs, validateRange(at.Child("gateway", "capacity"), region.Gateway.Capacity, 0, 2, maxGateway)...)
	}
	return errs
}

func (c Config) validateGCP(path *field.Path) field.ErrorList {
	errs := validateProject(c.GCP.Project)
	if !location.MatchString(c.GCP.StaticLocation) {
		errs = append(errs, field.Invalid(path.Child("staticLocation"), c.GCP.StaticLocation, `must be a location of Cloud Storage in upper case, such as "EU" or "EUROPE-WEST4"`))
	}
	errs = append(errs, validateAuthorizedNetworks(path.Child("authorizedNetworks"), c.GCP.AuthorizedNetworks)...)
	regions := path.Child("regions")
	if len(c.GCP.Regions) == 0 {
		return append(errs, field.Required(regions, "name at least one region of Google's cloud"))
	}
	for _, name := range slices.Sorted(maps.Keys(c.GCP.Regions)) {
		region, at := c.GCP.Regions[name], regions.Child(name)
		known, ok := gcpRegions[name]
		if !ok {
			errs = append(errs, unknownRegion(at, name, "Google's cloud", gcpRegions))
			continue
		}
		if len(region.Zones) == 0 {
			errs = append(errs, field.Required(at.Child("zones"), "name at least one zone, or leave the key out to use "+strings.Join(known.zones, ", ")))
		}
		errs = append(errs, validateZones(at.Child("zones"), region.Zones, known.zones, name)...)
		errs = append(errs, validateMachineType(at.Child("nodes", "machineType"), region.Nodes.MachineType)...)
		errs = append(errs, validateRange(at.Child("nodes", "count"), region.Nodes.Count, 1, 1, maxNodes)...)
	}
	return errs
}

func validateProject(project string) field.ErrorList {
	path := field.NewPath(projectKey)
	if project == "" {
		return field.ErrorList{field.Required(path, "run: pulumi config set gcp:project <project id>")}
	}
	if !gcpProject.MatchString(project) {
		return field.ErrorList{field.Invalid(path, project, "must be a project id: 6 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen last")}
	}
	return nil
}

func validateAuthorizedNetworks(path *field.Path, networks map[string]string) field.ErrorList {
	if len(networks) == 0 {
		return field.ErrorList{field.Required(path, "name at least the network that deploys the stack: nobody else reaches the clusters' API servers")}
	}
	var errs field.ErrorList
	for _, name := range slices.Sorted(maps.Keys(networks)) {
		prefix, err := netip.ParsePrefix(networks[name])
		switch {
		case err != nil || !prefix.Addr().Is4() || prefix != prefix.Masked():
			errs = append(errs, field.Invalid(path.Child(name), networks[name], "must be an IPv4 network in CIDR form, such as 203.0.113.0/24"))
		case prefix.Bits() == 0:
			errs = append(errs, field.Forbidden(path.Child(name), "0.0.0.0/0 would open the clusters' API servers to everybody"))
		}
	}
	return errs
}

func (c Config) validateTenants(path *field.Path) field.ErrorList {
	if len(c.Tenants) == 0 {
		return field.ErrorList{field.Required(path, "name at least one tenant")}
	}
	var errs field.ErrorList
	for _, id := range slices.Sorted(maps.Keys(c.Tenants)) {
		errs = append(errs, validateID(path.Child(id), id)...)
		errs = append(errs, c.validateTenant(path.Child(id), c.Tenants[id])...)
	}
	errs = append(errs, c.validateHosts(path)...)
	return append(errs, c.validateWorkloads(path)...)
}

func (c Config) validateTenant(path *field.Path, tenant Tenant) field.ErrorList {
	errs := c.validateTenantModels(path.Child("models"), tenant)
	errs = append(errs, c.validateTenantRegions(path, tenant)...)
	if !slices.Contains(isolations, tenant.Isolation) {
		errs = append(errs, field.NotSupported(path.Child("isolation"), tenant.Isolation, isolations))
	}
	if tenant.CostCenter != "" && !costCenter.MatchString(tenant.CostCenter) {
		errs = append(errs, field.Invalid(path.Child("costCenter"), tenant.CostCenter, "must be 1 to 63 letters, digits, hyphens and underscores, a letter or digit first and last: it becomes a label"))
	}
	return errs
}

func (c Config) validateTenantModels(path *field.Path, tenant Tenant) field.ErrorList {
	if len(tenant.Models) == 0 {
		return field.ErrorList{field.Required(path, "name at least one model of the catalogue")}
	}
	var errs field.ErrorList
	owner := map[string]string{} // of a path, without its wildcard
	for i, id := range tenant.Models {
		model, known := c.Models[id]
		switch {
		case !known:
			errs = append(errs, notIn(path.Index(i), id, "the model catalogue", c.Models))
		case slices.Contains(tenant.Models[:i], id):
			errs = append(errs, field.Duplicate(path.Index(i), id))
		default:
			errs = append(errs, claimPaths(path.Index(i), id, model.Paths, owner)...)
		}
	}
	return errs
}

// claimPaths reports the paths of a model that another of the tenant's models
// has already.
func claimPaths(at *field.Path, model string, paths []string, owner map[string]string) field.ErrorList {
	var errs field.ErrorList
	for _, p := range paths {
		stem := strings.TrimSuffix(p, "/*")
		if other, taken := owner[stem]; taken && other != model {
			errs = append(errs, field.Invalid(at, model, fmt.Sprintf("its path %s is served by model %q of the same tenant too: leave one of them out, or give it other paths", p, other)))
			continue
		}
		owner[stem] = model
	}
	return errs
}

func (c Config) validateTenantRegions(path *field.Path, tenant Tenant) field.ErrorList {
	regions := path.Child("regions")
	if tenant.Regions == nil {
		if !c.anyCloudServes(tenant) {
			return field.ErrorList{field.Invalid(path.Child("models"), tenant.Models, "no cloud serves all of these models: give the catalogue's entries the runtimes that are missing, or split the tenant")}
		}
		return nil
	}
	if len(tenant.Regions) == 0 {
		return field.ErrorList{field.Required(regions, "name at least one region, or leave the key out to be served everywhere")}
	}
	places := c.places()
	var errs field.ErrorList
	for i, place := range tenant.Regions {
		_, known := places[place]
		switch {
		case !known:
			errs = append(errs, notIn(regions.Index(i), place, "the stack's regions", places))
		case slices.Contains(tenant.Regions[:i], place):
			errs = append(errs, field.Duplicate(regions.Index(i), place))
		default:
			errs = append(errs, c.validateRuntimes(regions.Index(i), place, tenant)...)
		}
	}
	return errs
}

func (c Config) validateRuntimes(at *field.Path, place string, tenant Tenant) field.ErrorList {
	cloud, _, _ := strings.Cut(place, "/")
	var errs field.ErrorList
	for _, id := range tenant.Models {
		if model, known := c.Models[id]; known && !model.RunsOn(cloud) {
			errs = append(errs, field.Invalid(at, place, fmt.Sprintf("model %q has no %s runtime in the catalogue: add models.%s.%s, or leave the region out", id, cloud, id, cloud)))
		}
	}
	return errs
}

// RunsOn says whether the catalogue has a runtime of the model for a cloud,
// "azure" or "gcp".
func (m Model) RunsOn(cloud string) bool {
	if cloud == "azure" {
		return m.Azure != nil
	}
	return m.GCP != nil
}

func (c Config) anyCloudServes(tenant Tenant) bool {
	return c.Serves("azure", tenant) || c.Serves("gcp", tenant)
}

// Serves says whether a cloud, "azure" or "gcp", has a runtime of every model
// of a tenant. Models that are not in the catalogue do not count.
func (c Config) Serves(cloud string, tenant Tenant) bool {
	return !slices.ContainsFunc(tenant.Models, func(id string) bool {
		model, known := c.Models[id]
		return known && !model.RunsOn(cloud)
	})
}

// places are the regions of the stack, as <cloud>/<region>.
func (c Config) places() map[string]struct{} {
	places := map[string]struct{}{}
	for name := range c.Azure.Regions {
		places["azure/"+name] = struct{}{}
	}
	for name := range c.GCP.Regions {
		places["gcp/"+name] = struct{}{}
	}
	return places
}

// validateHosts holds the hosts of all tenants to being one tenant's each.
func (c Config) validateHosts(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	owners := c.reservedHosts()
	for _, id := range slices.Sorted(maps.Keys(c.Tenants)) {
		hosts := path.Child(id, "hosts")
		if n := len(c.Tenants[id].Hosts); n == 0 {
			errs = append(errs, field.Required(hosts, "name at least one host, or leave the key out to be served at "+id+"."+c.Platform.Domain))
		} else if n > maxHosts {
			errs = append(errs, field.TooMany(hosts, n, maxHosts))
		}
		for i, host := range c.Tenants[id].Hosts {
			errs = append(errs, validateHost(hosts.Index(i), host)...)
			if owner, taken := owners[host]; taken {
				errs = append(errs, field.Invalid(hosts.Index(i), host, "is taken by "+owner))
				continue
			}
			owners[host] = fmt.Sprintf("tenant %q", id)
		}
	}
	return errs
}

// reservedHosts are those that the platform itself answers on.
func (c Config) reservedHosts() map[string]string {
	owners := map[string]string{
		c.Platform.HealthHost(): "the platform's health probes",
		c.Platform.GCPHost(""):  "Google's global load balancer",
		c.Platform.Domain:       "the platform's own domain",
	}
	for region := range c.GCP.Regions {
		owners[c.Platform.GCPHost(region)] = "the load balancer of gcp/" + region
	}
	return owners
}

// HealthHost is the host that the load balancers answer health probes on.
func (p Platform) HealthHost() string { return "health." + p.Domain }

// GCPHost is the name that the team gives to the address of the load balancer
// of one of Google's regions, or of the global one, which has no region.
func (p Platform) GCPHost(region string) string {
	if region == "" {
		region = "global"
	}
	return region + ".gcp." + p.Domain
}

// WorkloadKey names the replicas that serve a model to a tenant; the pool's
// belong to no tenant. It is what everything that serves them is named after.
func WorkloadKey(tenant, model string) string {
	if tenant == "" {
		return model
	}
	return tenant + "-" + model
}

// validateWorkloads reports replicas of two tenants that would go by one name.
func (c Config) validateWorkloads(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	owners := map[string]string{}
	for id := range c.Models {
		owners[id] = fmt.Sprintf("model %q", id)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Tenants)) {
		if c.Tenants[id].Isolation != Bridge {
			continue
		}
		for i, model := range c.Tenants[id].Models {
			key := WorkloadKey(id, model)
			if owner, taken := owners[key]; taken {
				errs = append(errs, field.Invalid(path.Child(id, "models").Index(i), model,
					fmt.Sprintf("the tenant's own replicas would be named %q, as those of %s are: rename the tenant or the model", key, owner)))
				continue
			}
			owners[key] = fmt.Sprintf("model %q of tenant %q", model, id)
		}
	}
	return errs
}

// Helpers for single values.

func validateID(path *field.Path, id string) field.ErrorList {
	if problems := validation.IsDNS1123Label(id); len(problems) > 0 || len(id) > maxIDLength {
		return field.ErrorList{field.Invalid(path, id,
			fmt.Sprintf("the name must be 1 to %d lower-case letters, digits and hyphens, a letter or digit first and last", maxIDLength))}
	}
	return nil
}

func validateHost(path *field.Path, host string) field.ErrorList {
	if problems := validation.IsDNS1123Subdomain(host); len(problems) > 0 || !strings.Contains(host, ".") {
		return field.ErrorList{field.Invalid(path, host, "must be a DNS name of two labels or more, in lower case, such as ai.example.com")}
	}
	return nil
}

func validateBetween(path *field.Path, value, least, most int) field.ErrorList {
	if value < least || value > most {
		return field.ErrorList{field.Invalid(path, value, fmt.Sprintf("must be between %d and %d", least, most))}
	}
	return nil
}

func validateRange(path *field.Path, r Range, leastMin, leastMax, most int) field.ErrorList {
	errs := validateBetween(path.Child("min"), r.Min, leastMin, most)
	errs = append(errs, validateBetween(path.Child("max"), r.Max, leastMax, most)...)
	if len(errs) == 0 && r.Max < r.Min {
		errs = append(errs, field.Invalid(path.Child("max"), r.Max, fmt.Sprintf("must not be less than min, %d", r.Min)))
	}
	return errs
}

func validateQuantity(path *field.Path, value, examples string) field.ErrorList {
	quantity, err := resource.ParseQuantity(value)
	if err != nil || quantity.Sign() <= 0 {
		return field.ErrorList{field.Invalid(path, value, "must be a Kubernetes quantity above 0, such as "+examples)}
	}
	return nil
}

func validateMachineType(path *field.Path, value string) field.ErrorList {
	if !machineType.MatchString(value) {
		return field.ErrorList{field.Invalid(path, value, "must be a machine type of Compute Engine, such as e2-standard-4")}
	}
	return nil
}

func validateZones(path *field.Path, zones, known []string, region string) field.ErrorList {
	var errs field.ErrorList
	for i, zone := range zones {
		switch {
		case len(known) == 0:
			return field.ErrorList{field.Forbidden(path, region+" has no availability zones: leave the key out")}
		case !slices.Contains(known, zone):
			errs = append(errs, field.NotSupported(path.Index(i), zone, known))
		case slices.Contains(zones[:i], zone):
			errs = append(errs, field.Duplicate(path.Index(i), zone))
		}
	}
	return errs
}

func unknownRegion[T any](path *field.Path, name, cloud string, known map[string]T) *field.Error {
	return field.Invalid(path, name, "is not a region of "+cloud+suggest(name, slices.Sorted(maps.Keys(known)))+"; internal/config/regions.go lists them")
}

// notIn is the error of a reference to what the stack file does not have.
func notIn[T any](path *field.Path, name, where string, known map[string]T) *field.Error {
	names := slices.Sorted(maps.Keys(known))
	return field.Invalid(path, name, "is not in "+where+suggest(name, names)+": "+strings.Join(names, ", "))
}
