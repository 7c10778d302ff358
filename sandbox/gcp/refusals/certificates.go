package refusals

import (
	"slices"
	"strings"

	manager "google.golang.org/api/certificatemanager/v1"
	compute "google.golang.org/api/compute/v0.beta"
)

var (
	managedDomains = bad("certificate/domains",
		"A managed certificate has 1 to 100 domains.",
		documented("certificate-manager/docs/quotas"))
	managedKind = bad("certificate/kind",
		"A certificate is managed or self-managed.",
		"discovery document certificatemanager v1: Certificate.managed, selfManaged")
	wildcardDomain = bad("certificate/wildcard",
		"A wildcard domain needs a DNS authorization.",
		"discovery document certificatemanager v1: ManagedCertificate.domains")
	authorizationDomain = bad("dns-authorization/domain",
		"A DNS authorization is for a domain without a wildcard, and covers the wildcard.",
		"discovery document certificatemanager v1: DnsAuthorization.domain")
	entryMatch = bad("certificate-map-entry/match",
		"An entry has a host name or the matcher PRIMARY.",
		"discovery document certificatemanager v1: CertificateMapEntry.hostname, matcher")
	entryOnce = bad("certificate-map-entry/once",
		"A host name, and PRIMARY, stand once in a map.",
		inferred(documented("certificate-manager/docs/map-entries")))
	entryCertificates = bad("certificate-map-entry/certificates",
		"An entry has 1 to 4 certificates.",
		"discovery document certificatemanager v1: CertificateMapEntry.certificates")
	classicManaged = invalid("ssl-certificate/managed-domains",
		"A managed certificate of Compute Engine has 1 to 100 domains, and no wildcards.",
		documented("load-balancing/docs/ssl-certificates/google-managed-certs"))
)

const (
	maxDomains      = 100
	maxCertificates = 4
)

func wild(domain string) bool { return strings.Contains(domain, "*") }

func managerCertificate(r *request, c *manager.Certificate) error {
	if !r.creates() {
		return nil // what decides is immutable, and the secret part is not kept
	}
	if flag(c.Managed != nil)+flag(c.SelfManaged != nil) > 1 {
		return managedKind.Refuse("Only one of managed and self_managed may be set.")
	}
	m := c.Managed
	if m == nil {
		return nil
	}
	if n := len(m.Domains); n < 1 || n > maxDomains {
		return managedDomains.Refuse("Invalid managed.domains: %d domains; must be 1 to %d.", n, maxDomains)
	}
	if i := slices.IndexFunc(m.Domains, wild); i >= 0 && len(m.DnsAuthorizations) == 0 && m.IssuanceConfig == "" {
		return wildcardDomain.Refuse("Invalid managed.domains: the wildcard domain %q requires a DNS authorization.", m.Domains[i])
	}
	return nil
}

func dnsAuthorization(_ *request, a *manager.DnsAuthorization) error {
	if wild(a.Domain) {
		return authorizationDomain.Refuse("Invalid domain %q: wildcards are not allowed.", a.Domain)
	}
	return nil
}

func mapEntry(r *request, e *manager.CertificateMapEntry) error {
	if (e.Hostname != "") == (e.Matcher != "" && e.Matcher != "MATCHER_UNSPECIFIED") {
		return entryMatch.Refuse("Exactly one of hostname and matcher must be set.")
	}
	if n := len(e.Certificates); n < 1 || n > maxCertificates {
		return entryCertificates.Refuse("Invalid certificates: there are %d; must be 1 to %d.", n, maxCertificates)
	}
	return each(r, "certificateMapEntries", func(l link, other *manager.CertificateMapEntry) error {
		if l.scope == r.link.scope && strings.EqualFold(l.project, r.link.project) && e.Hostname == other.Hostname && e.Matcher == other.Matcher {
			return entryOnce.Refuse("The entry %q already matches %q.", l, e.Hostname+e.Matcher)
		}
		return nil
	})
}

func sslCertificate(_ *request, c *compute.SslCertificate) error {
	if c.Type != "MANAGED" || c.Managed == nil {
		return nil
	}
	if n := len(c.Managed.Domains); n < 1 || n > maxDomains || slices.ContainsFunc(c.Managed.Domains, wild) {
		return wrong(classicManaged, "managed.domains", strings.Join(c.Managed.Domains, ","), "Must be 1 to %d domains without wildcards.", maxDomains)
	}
	return nil
}
