package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c Config) validateAzure(path *field.Path) field.ErrorList {
	regions := path.Child("regions")
	var errs field.ErrorList
	for _, name := range slices.Sorted(maps.Keys(c.Azure.Regions)) {
		region, at := c.Azure.Regions[name], regions.Child(name)
		errs = append(errs, validateZones(at.Child("zones"), region.Zones, c.azureRegion(name).Zones(), name)...)
		if !slices.Equal(region.ContainerZones, region.Zones) { // reported once
			errs = append(errs, validateZones(at.Child("containerZones"), region.ContainerZones, c.azureRegion(name).Zones(), name)...)
		}
		errs = append(errs, validateScaling(at.Child("gateway", "capacity"), region.Gateway.Capacity)...)
	}
	return errs
}

// validateScaling reports a gateway that has no room to scale: Azure asks for a
// maximum above the minimum.
// Source: github.com/hashicorp/terraform-provider-azurerm/pull/4958.
func validateScaling(path *field.Path, capacity Range) field.ErrorList {
	if capacity.Max <= capacity.Min {
		return field.ErrorList{field.Invalid(path.Child("max"), capacity.Max, fmt.Sprintf("must be above min, %d: an autoscaled gateway has room to scale", capacity.Min))}
	}
	return nil
}

func (c Config) validateGCP(path *field.Path) field.ErrorList {
	errs := validateProject(c.GCP.Project)
	errs = append(errs, validateAuthorizedNetworks(path.Child("authorizedNetworks"), c.GCP.AuthorizedNetworks)...)
	regions := path.Child("regions")
	for _, name := range slices.Sorted(maps.Keys(c.GCP.Regions)) {
		region, at := c.GCP.Regions[name], regions.Child(name)
		known := c.gcpRegion(name)
		if len(region.Zones) == 0 && len(known.Zones) > 0 {
			errs = append(errs, field.Required(at.Child("zones"), "name at least one zone, or leave the key out to use "+strings.Join(known.Zones, ", ")))
		}
		errs = append(errs, validateZones(at.Child("zones"), region.Zones, known.Zones, name)...)
		// A node pool starts with a node in each zone.
		zones := max(1, len(region.Zones))
		errs = append(errs, validateRange(at.Child("nodes", "count"), region.Nodes.Count, 1, zones, maxNodes)...)
		errs = append(errs, validateMaintenance(at.Child("maintenance"), region.Maintenance)...)
	}
	return errs
}

func validateProject(project string) field.ErrorList {
	path := field.NewPath(projectKey)
	if project == "" {
		return field.ErrorList{field.Required(path, "run: pulumi config set gcp:project <project id>")}
	}
	return ProjectRule.check(path, project)
}

func validateAuthorizedNetworks(path *field.Path, networks map[string]string) field.ErrorList {
	var errs field.ErrorList
	owners := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(networks)) {
		prefix, err := netip.ParsePrefix(networks[name])
		owner, taken := owners[networks[name]]
		switch {
		case err != nil || !prefix.Addr().Is4() || prefix != prefix.Masked():
			errs = append(errs, field.Invalid(path.Child(name), networks[name], "must be an IPv4 network in CIDR form, such as 203.0.113.0/24"))
		case prefix.Bits() == 0:
			errs = append(errs, field.Forbidden(path.Child(name), "0.0.0.0/0 would open the clusters' API servers to everybody"))
		case taken:
			errs = append(errs, field.Invalid(path.Child(name), networks[name], fmt.Sprintf("is the network of %q too: name it once", owner)))
		}
		owners[networks[name]] = name
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
