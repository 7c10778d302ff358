package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateDomain refuses a platform domain in which its team cannot make records, as it
// has to for every tenant.
func (p Platform) validateDomain(path *field.Path) field.ErrorList {
	const choose = "choose a domain that is yours"
	switch domain, owner := cloudDomainOf(p.Domain); {
	case owner != "":
		return field.ErrorList{field.Invalid(path, p.Domain, fmt.Sprintf("is in %s, where %s alone makes records: %s", domain, owner, choose))}
	case p.Domain == publicSuffix(p.Domain):
		return field.ErrorList{field.Invalid(path, p.Domain, "is a public suffix, under which others register domains: "+choose)}
	}
	return nil
}

// validateHosts refuses hosts that two tenants have, and names that no CNAME record can
// be made for.
func (c Config) validateHosts(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	owners := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(c.Tenants)) {
		hosts, byDefault := path.Child(id, "hosts"), id+"."+c.Platform.Domain
		if n := len(c.Tenants[id].Hosts); n == 0 {
			errs = append(errs, field.Required(hosts, "name at least one host, or leave the key out to be served at "+byDefault))
		}
		for i, host := range c.Tenants[id].Hosts {
			owner := c.reservedFor(host)
			if taken, there := owners[host]; owner == "" && there {
				owner = taken
			}
			switch {
			case owner != "" && host == byDefault:
				errs = append(errs, field.Invalid(path.Child(id), host, "the host that the tenant has by its name is taken by "+owner+": rename the tenant, or give it other hosts"))
			case owner != "":
				errs = append(errs, field.Invalid(hosts.Index(i), host, "is taken by "+owner))
			case host != byDefault: // that one is as good as the platform's domain
				errs = append(errs, validateHost(hosts.Index(i), host)...)
				fallthrough
			default:
				owners[host] = fmt.Sprintf("tenant %q", id)
			}
		}
	}
	return errs
}

// validateHost refuses a name for which no CNAME record can be made.
//
// DNS allows none at the apex of a zone, which has other records. A name does not
// show where zones begin: the apex of a registered domain is known by the suffixes
// under which domains are registered, that of a zone inside of it is not. Azure DNS
// has alias records for an apex, if the profile's endpoints are addresses; other
// providers have their own, or none.
//
// Sources: RFC 1034, 3.6.2; learn.microsoft.com/azure/traffic-manager/traffic-manager-point-internet-domain;
// learn.microsoft.com/azure/dns/dns-alias.
func validateHost(at *field.Path, host string) field.ErrorList {
	const own = "use a name in a domain of the tenant's own"
	suffix := publicSuffix(host)
	switch domain, owner := cloudDomainOf(host); {
	case owner != "":
		return field.ErrorList{field.Invalid(at, host, fmt.Sprintf("is in %s, where %s alone makes records: %s", domain, owner, own))}
	case host == suffix:
		return field.ErrorList{field.Invalid(at, host, "is a public suffix, under which others register domains: "+own)}
	case !strings.Contains(strings.TrimSuffix(host, "."+suffix), "."):
		return field.ErrorList{field.Invalid(at, host,
			fmt.Sprintf("is the apex of a domain, where DNS allows no CNAME record: use a name under it, such as www.%s or chat.%s", host, host))}
	}
	return nil
}

// publicSuffix is the part of a name under which domains are registered: "com",
// "co.uk". Companies may put domains of their own on the list too, to keep their
// customers' cookies apart; these are no such suffix here, for their owners make the
// records in them.
// Source: publicsuffix.org/list.
func publicSuffix(name string) string {
	suffix, official := publicsuffix.PublicSuffix(name)
	for !official && strings.Contains(suffix, ".") {
		_, parent, _ := strings.Cut(suffix, ".")
		suffix, official = publicsuffix.PublicSuffix(parent)
	}
	return suffix
}

// reservedFor says what of the platform's own answers at a host, or may once there
// are more regions; "" if nothing does.
func (c Config) reservedFor(host string) string {
	google := "gcp." + c.Platform.Domain
	region, ofGoogle := strings.CutSuffix(host, "."+google)
	_, known := c.GCP.Regions[region]
	switch {
	case host == c.Platform.HealthHost():
		return "the platform's health probes"
	case host == c.Platform.Domain:
		return "the platform's own domain"
	case host == c.Platform.GCPHost(""):
		return "Google's global load balancer"
	case known && ofGoogle:
		return "the load balancer of gcp/" + region
	case ofGoogle || host == google:
		return "the platform, as all names under " + google + ", for Google's load balancers"
	}
	return ""
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
