package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

var (
	// identityID is the resource id of a user-assigned identity.
	// Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules,
	// #microsoftresources and #microsoftmanagedidentity.
	identityID = regexp.MustCompile(`(?i)^/subscriptions/` + uuid + `/resourceGroups/[\pL\pN_.()-]{0,89}[\pL\pN_()-]` +
		`/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[a-z0-9][a-z0-9_-]{2,127}$`)
	// secretID is the identifier of a secret in Key Vault, without a version.
	// Source: learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates.
	secretID = regexp.MustCompile(`^https://([a-z][a-z0-9]*(-[a-z0-9]+)*)\.vault\.azure\.net/secrets/[0-9A-Za-z-]{1,127}$`)
)

// The lengths of a vault's name.
// Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftkeyvault.
const minVaultLength, maxVaultLength = 3, 24

const secretForm = "must be the identifier of a secret in Key Vault: https://<vault>.vault.azure.net/secrets/<name>"

// notASecret is the error of what is no identifier of a secret, or of a version of
// one.
func notASecret(path *field.Path, value string) *field.Error {
	if secret := value[:max(0, strings.LastIndexByte(value, '/'))]; secretID.MatchString(secret) {
		return field.Invalid(path, value, secretForm+", without a version: a gateway would never take a renewed certificate")
	}
	return field.Invalid(path, value, secretForm)
}

// validateTLS holds the stack to say how clients speak to it, and to have what
// that takes.
func (c Config) validateTLS(path pathOf) field.ErrorList {
	azure := path("azure")
	switch c.Platform.TLS {
	case TLSCertificates:
		return append(c.validateCertificates(azure), c.validateCoverage(path)...)
	case TLSNone:
		const needless = "platform.tls is none: set it to certificates, or leave this out"
		var errs field.ErrorList
		if len(c.Azure.Certificates) > 0 {
			errs = append(errs, field.Forbidden(azure.Child("certificates"), needless))
		}
		if c.Azure.Identity != "" {
			errs = append(errs, field.Forbidden(azure.Child("identity"), needless))
		}
		return errs
	}
	return nil
}

func (c Config) validateCertificates(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if c.Azure.Identity == "" {
		errs = append(errs, field.Required(path.Child("identity"), "name the user-assigned identity that may read the certificates (role Key Vault Secrets User)"))
	}
	all := path.Child("certificates")
	if len(c.Azure.Certificates) == 0 {
		return append(errs, field.Required(all, "name at least the certificate for *."+c.Platform.Domain))
	}
	owners := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(c.Azure.Certificates)) {
		errs = append(errs, c.Azure.Certificates[name].validate(all.Child(name), name, owners)...)
	}
	return errs
}

// validate adds the certificate's hosts to those that have one.
func (c Certificate) validate(path *field.Path, name string, owners map[string]string) field.ErrorList {
	var errs field.ErrorList
	if match := secretID.FindStringSubmatch(c.Secret); match != nil && (len(match[1]) < minVaultLength || len(match[1]) > maxVaultLength) {
		errs = append(errs, field.Invalid(path.Child("secret"), c.Secret,
			fmt.Sprintf("the name of a vault has %d to %d characters, and %s has %d", minVaultLength, maxVaultLength, match[1], len(match[1]))))
	}
	hosts := path.Child("hosts")
	for i, host := range c.Hosts {
		if owner, taken := owners[host]; taken {
			errs = append(errs, field.Invalid(hosts.Index(i), host, fmt.Sprintf("is a host of certificate %q", owner)))
			continue
		}
		owners[host] = name
	}
	return errs
}

// validateCoverage holds every host that a gateway answers for to having a
// certificate.
func (c Config) validateCoverage(path pathOf) field.ErrorList {
	if len(c.Azure.Certificates) == 0 {
		return nil // an error of its own
	}
	const none = "no certificate of azure.certificates is for this host: add one, or a wildcard of one label"
	var errs field.ErrorList
	if CertificateFor(c.Azure.Certificates, c.Platform.HealthHost()) == "" {
		errs = append(errs, field.Required(path("azure").Child("certificates"), "one has to be for *."+c.Platform.Domain+", or for "+c.Platform.HealthHost()+" at least: Traffic Manager's probes ask for that host"))
	}
	for _, id := range slices.Sorted(maps.Keys(c.Tenants)) {
		if !c.ServedIn("azure", c.Tenants[id]) {
			continue
		}
		for i, host := range c.Tenants[id].Hosts {
			if CertificateFor(c.Azure.Certificates, host) == "" {
				errs = append(errs, field.Invalid(path("tenants").Child(id, "hosts").Index(i), host, none))
			}
		}
	}
	return errs
}
