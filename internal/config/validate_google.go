package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// maxProxyCertificates is how many certificates of Certificate Manager a target
// proxy may have.
// Source: cloud.google.com/load-balancing/docs/quotas.
const maxProxyCertificates = 100

// projectForm is a project by its id or by its number.
const projectForm = `([a-z][a-z0-9-]{4,28}[a-z0-9]|[0-9]{1,19})`

var (
	certificateMapID      = regexp.MustCompile(`^projects/` + projectForm + `/locations/global/certificateMaps/[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)
	regionalCertificateID = regexp.MustCompile(`^projects/` + projectForm + `/locations/([a-z0-9-]+)/certificates/[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)
	projectNumber         = regexp.MustCompile(`^[0-9]+$`)
)

// validateGoogle reports what is wrong with the certificates of Google's load
// balancers, and with accelerators.
func (c Config) validateGoogle(path pathOf) field.ErrorList {
	gcp := path("gcp")
	errs := c.validateGoogleTLS(gcp)
	for _, name := range slices.Sorted(maps.Keys(c.GCP.Regions)) {
		region := c.GCP.Regions[name]
		for _, kind := range slices.Sorted(maps.Keys(region.GPUs)) {
			at := gcp.Child("regions", name, "gpus").Child(kind)
			errs = append(errs, c.validateGPUNodes(at, kind, region.GPUs[kind])...)
			errs = append(errs, region.GPUs[kind].validateZones(at.Child("zones"), region.Zones)...)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Models)) {
		errs = append(errs, c.validateGPU(path, id)...)
	}
	return errs
}

// validateGoogleTLS holds both kinds of load balancers to having certificates
// where they end TLS. Which hosts these are for only Google knows.
func (c Config) validateGoogleTLS(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	ends := c.Platform.TLS == TLSCertificates
	const needless = "platform.tls is none: set it to certificates, or leave this out"
	switch id, at := c.GCP.CertificateMap, path.Child("certificateMap"); {
	case !ends && id != "":
		errs = append(errs, field.Forbidden(at, needless))
	case ends && id == "":
		errs = append(errs, field.Required(at, "name the certificate map of the global load balancer: projects/<project>/locations/global/certificateMaps/<name>"))
	default:
		errs = append(errs, c.validateProjectOf(at, id, certificateMapID.FindStringSubmatch(id))...)
	}
	for _, name := range slices.Sorted(maps.Keys(c.GCP.Regions)) {
		at, ids := path.Child("regions", name, "certificates"), c.GCP.Regions[name].Certificates
		if !ends {
			if len(ids) > 0 {
				errs = append(errs, field.Forbidden(at, needless))
			}
			continue
		}
		errs = append(errs, c.validateRegionalCertificates(at, name, ids)...)
	}
	return errs
}

func (c Config) validateRegionalCertificates(path *field.Path, region string, ids []string) field.ErrorList {
	if len(ids) == 0 {
		return field.ErrorList{field.Required(path, "name at least one certificate of the region's load balancer: projects/<project>/locations/"+region+"/certificates/<name>")}
	}
	var errs field.ErrorList
	for i, id := range ids {
		switch match := regionalCertificateID.FindStringSubmatch(id); {
		case match == nil: // refused already
		case match[2] != region:
			errs = append(errs, field.Invalid(path.Index(i), id, fmt.Sprintf("is in %s: a load balancer of %s takes certificates of its own region only", match[2], region)))
		case slices.Contains(ids[:i], id):
			errs = append(errs, field.Duplicate(path.Index(i), id))
		default:
			errs = append(errs, c.validateProjectOf(path.Index(i), id, match)...)
		}
	}
	return errs
}

// validateProjectOf refuses what a load balancer cannot use from another project. match
// has the project's id or number first; of which project a number is only Google
// knows. That Google refuses what is in another one is inferred.
func (c Config) validateProjectOf(path *field.Path, id string, match []string) field.ErrorList {
	if match == nil || projectNumber.MatchString(match[1]) || match[1] == c.GCP.Project {
		return nil
	}
	return field.ErrorList{field.Invalid(path, id,
		fmt.Sprintf("is in the project %s, and %s is %s: a load balancer takes certificates of its own project only: name one of %s, or set %s", match[1], projectKey, c.GCP.Project, c.GCP.Project, projectKey))}
}

// validateGPUNodes holds a pool to machines that Google has.
func (c Config) validateGPUNodes(path *field.Path, kind string, pool GPUNodes) field.ErrorList {
	known, _ := c.accelerator(kind)
	var errs field.ErrorList
	switch counts := known.PerMachine(pool.MachineType); {
	case len(known.Machines)+len(known.Attached) == 0: // refused already
	case len(counts) == 0:
		errs = append(errs, field.Invalid(path.Child("machineType"), pool.MachineType, "cannot have "+kind+" on demand: use "+known.Alternatives()))
	case !slices.Contains(counts, pool.PerNode):
		errs = append(errs, field.Invalid(path.Child("perNode"), pool.PerNode, fmt.Sprintf("must be one of %v, as many as a %s has", counts, pool.MachineType)))
	}
	return append(errs, validateOrder(path.Child("count"), pool.Count)...)
}

// validateZones holds a pool to zones that the cluster has.
func (g GPUNodes) validateZones(path *field.Path, ofRegion []string) field.ErrorList {
	switch {
	case len(ofRegion) == 0:
		return nil // refused already
	case len(g.Zones) == 0:
		return field.ErrorList{field.Required(path, "name at least one zone, or leave the key out to use the region's: "+strings.Join(ofRegion, ", "))}
	}
	var errs field.ErrorList
	for i, zone := range g.Zones {
		switch {
		case !slices.Contains(ofRegion, zone):
			errs = append(errs, field.Invalid(path.Index(i), zone, "is not a zone of the region's entry, which are "+strings.Join(ofRegion, ", ")+": add it there, or take it out"))
		case slices.Contains(g.Zones[:i], zone):
			errs = append(errs, field.Duplicate(path.Index(i), zone))
		}
	}
	return errs
}

// validateGPU holds a model with accelerators to run where there are some.
func (c Config) validateGPU(path pathOf, id string) field.ErrorList {
	model := c.Models[id]
	if model.GCP == nil || model.GCP.Kubernetes == nil || model.GCP.Kubernetes.GPU == nil {
		return nil
	}
	gpu, at := *model.GCP.Kubernetes.GPU, path("models").Child(id, "gcp", "kubernetes", "gpu")
	if _, known := c.accelerator(gpu.Type); !known || gpu.Count < 1 {
		return nil // refused already
	}
	var errs field.ErrorList
	for _, region := range c.googleRegionsOf(id) {
		pool, there := c.GCP.Regions[region].GPUs[gpu.Type]
		pools := path("gcp").Child("regions", region, "gpus")
		switch {
		case !there:
			errs = append(errs, field.Required(pools.Child(gpu.Type), fmt.Sprintf("model %q is served in the region, and needs nodes with this accelerator", id)))
		case pool.PerNode > 0 && pool.PerNode%gpu.Count != 0:
			errs = append(errs, field.Invalid(at.Child("count"), gpu.Count,
				fmt.Sprintf("does not divide the %d of a node in %s, and would leave some of them unused: change it, or the machine type", pool.PerNode, region)))
		}
	}
	return errs
}

// googleRegionsOf lists Google's regions that may serve a model to some tenant.
func (c Config) googleRegionsOf(model string) []string {
	used := map[string]bool{}
	for _, tenant := range c.Tenants {
		if !slices.Contains(tenant.Models, model) && (tenant.Canary == nil || tenant.Canary.Model != model) {
			continue
		}
		for _, place := range c.regionsOf(tenant) {
			if region, google := strings.CutPrefix(place, "gcp/"); google {
				used[region] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(used))
}
