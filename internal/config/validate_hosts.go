package config

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateHosts holds the hosts of all tenants to being one tenant's each.
func (c Config) validateHosts(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	owners := c.reservedHosts()
	for _, id := range slices.Sorted(maps.Keys(c.Tenants)) {
		hosts := path.Child(id, "hosts")
		if n := len(c.Tenants[id].Hosts); n == 0 {
			errs = append(errs, field.Required(hosts, "name at least one host, or leave the key out to be served at "+id+"."+c.Platform.Domain))
		}
		for i, host := range c.Tenants[id].Hosts {
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
