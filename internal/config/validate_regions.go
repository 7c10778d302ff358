package config

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c Config) validateAzure(path *field.Path) field.ErrorList {
	regions := path.Child("regions")
	if len(c.Azure.Regions) == 0 {
		return field.ErrorList{field.Required(regions, "name at least one region of Azure")}
	}
	errs := c.validateContainers(path)
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
		errs = append(errs, region.ContainerQuota.validate(at.Child("containerQuota"))...)
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
		// A node pool starts with a node in each zone.
		zones := max(1, len(region.Zones))
		errs = append(errs, validateRange(at.Child("nodes", "count"), region.Nodes.Count, 1, zones, maxNodes)...)
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
