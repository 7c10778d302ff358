package azure

import (
	"regexp"
	"slices"
	"strings"
)

var (
	tlsVersion = require("gateway/tls-version",
		"A TLS policy allows TLS 1.2 and later only.", "ApplicationGatewayDeprecatedTlsVersionUsedInSslPolicy",
		"github.com/microsoft/MicroHack/issues/280")
	tlsPolicyType = require("gateway/tls-policy-type",
		"A TLS policy states its type.", "ApplicationGatewaySslPolicyPropertyPolicyTypeRequired",
		"github.com/Azure/PSRule.Rules.Azure/issues/2063")
	tlsPolicyProperty = require("gateway/tls-policy-property",
		"A predefined TLS policy has a name, and no version or ciphers of its own.", "ApplicationGatewaySslPolicyPropertyNotSupportedForPolicyType",
		"github.com/Azure/PSRule.Rules.Azure/issues/2063")
	tlsPolicyAges = require("gateway/tls-policy-ages",
		"A gateway's TLS policy and those of its profiles are all of the newer kind, of 2022 and CustomV2, or all older.", "ApplicationGatewaySslPolicyMisMatch",
		"github.com/aztfmod/terraform-azurerm-caf/pull/1711")
	certificateSource = require("gateway/certificate-source",
		"A certificate has data or a Key Vault secret.", "ApplicationGatewayCertificateDataOrKeyVaultSecretIdMustBeSpecified",
		errorArticles+"disabled-listeners#application-gateway-error-codes; of trusted root certificates the code is inferred")
	clientCertificateData = require("gateway/client-certificate-data",
		"A trusted client certificate has data.", "ApplicationGatewayTrustedClientCertificateMustSpecifyData",
		errorArticles+"mutual-authentication-troubleshooting")
	certificateSecret = require("gateway/certificate-secret",
		"The Key Vault secret of a certificate is https://VAULT.vault.azure.net/secrets/NAME, with a version or without.", "ApplicationGatewayKeyVaultSecretException",
		"learn.microsoft.com/azure/application-gateway/key-vault-certs")
	certificateIdentity = require("gateway/certificate-identity",
		"A gateway with certificates from Key Vault has a user-assigned identity.", "ApplicationGatewayKeyVaultSecretException",
		"learn.microsoft.com/azure/application-gateway/key-vault-certs; the code is inferred")
	certificateExists = require("gateway/certificate-exists",
		"The Key Vault secret of a certificate exists.", "ApplicationGatewayKeyVaultSecretException",
		"learn.microsoft.com/azure/application-gateway/application-gateway-key-vault-common-errors; the code is inferred")
)

// oldPolicies are the predefined ones with TLS 1.0 or 1.1, which Azure gave up on
// 31 August 2025.
var oldPolicies = []string{"AppGwSslPolicy20150501", "AppGwSslPolicy20170401"}

func gatewayTLS(r *request) error {
	policies := []map[string]any{}
	if policy, ok := dig(r.body, nested, "sslPolicy").(map[string]any); ok {
		policies = append(policies, policy)
	}
	for _, profile := range objects(r.body, nested, "sslProfiles") {
		if policy, ok := dig(profile, nested, "sslPolicy").(map[string]any); ok {
			policies = append(policies, policy)
		}
	}
	for _, policy := range policies {
		if err := r.checkTLS(policy); err != nil {
			return err
		}
		if isNewerTLS(policy) != isNewerTLS(policies[0]) {
			return refuse(tlsPolicyAges, "The newer and older SSL policies can't be used together for SSLPolicy and listener-specific SSLProfile: %s.", r.id)
		}
	}
	return nil
}

// isNewerTLS says whether a policy is of the kinds that know TLS 1.3.
func isNewerTLS(policy map[string]any) bool {
	return strings.EqualFold(text(policy, "policyType"), "CustomV2") || strings.HasPrefix(text(policy, "policyName"), "AppGwSslPolicy2022")
}

func (r *request) checkTLS(policy map[string]any) error {
	kind, name, version := text(policy, "policyType"), text(policy, "policyName"), text(policy, "minProtocolVersion")
	old := func(v string) bool { return v == "TLSv1_0" || v == "TLSv1_1" }
	switch {
	case kind == "":
		return refuse(tlsPolicyType, "Property 'PolicyType' is required for 'SslPolicy' for Application Gateway %s.", r.id)
	case strings.EqualFold(kind, "Predefined") && (version != "" || len(texts(policy, "cipherSuites")) > 0):
		return refuse(tlsPolicyProperty, "Specified PolicyType 'Predefined' does not support properties 'MinProtocolVersion' and 'CipherSuites' for 'SslPolicy' for Application Gateway %s.", r.id)
	case strings.EqualFold(kind, "Predefined") && name == "":
		return refuse(tlsPolicyProperty, "Specified PolicyType 'Predefined' needs property 'PolicyName' for 'SslPolicy' for Application Gateway %s.", r.id)
	case slices.Contains(oldPolicies, name) || old(version):
		return refuse(tlsVersion, "The TLS policy %s%s for Application Gateway %s is using a deprecated TLS version.", name, version, r.id)
	default:
		return nil
	}
}

// secretID is the form of a secret's identifier. The host's suffix is another
// in Azure's clouds of other countries.
var secretID = regexp.MustCompile(`^https://[A-Za-z0-9-]{3,24}\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)/secrets/[A-Za-z0-9-]{1,127}(/[0-9a-fA-F]*)?$`)

// gatewayCertificates checks the certificates that a gateway can have from Key
// Vault, and those of clients, which it cannot.
func gatewayCertificates(r *request) error {
	for _, list := range []string{"sslCertificates", "trustedRootCertificates"} {
		for _, certificate := range objects(r.body, nested, list) {
			if err := r.checkCertificate(certificate); err != nil {
				return err
			}
		}
	}
	for _, certificate := range objects(r.body, nested, "trustedClientCertificates") {
		if text(certificate, nested, "data") == "" {
			return refuse(clientCertificateData, "The trusted client certificate %q of %s must specify data.", text(certificate, "name"), r.id)
		}
	}
	return nil
}

func (r *request) checkCertificate(certificate map[string]any) error {
	name, secret := text(certificate, "name"), text(certificate, nested, "keyVaultSecretId")
	switch {
	case secret == "" && text(certificate, nested, "data") == "":
		return refuse(certificateSource, "The certificate %q of %s has neither data nor keyVaultSecretId.", name, r.id)
	case secret == "":
		return nil
	case !secretID.MatchString(secret):
		return refuse(certificateSecret, "The keyVaultSecretId %q of the certificate %q of %s is not the id of a secret.", secret, name, r.id)
	case !r.hasIdentity():
		return refuse(certificateIdentity, "The certificate %q of %s is in Key Vault, and the gateway has no user-assigned identity to read it.", name, r.id)
	case !r.tx.Has(key(newestVersion(secret))):
		return refuse(certificateExists, "Problem occurred while accessing the Key Vault secret %q of the certificate %q of %s: there is no such secret.", secret, name, r.id)
	default:
		return nil
	}
}

// newestVersion is the identifier of a secret without a version: that is what a
// secret is stored under.
func newestVersion(secret string) string {
	return strings.Join(strings.SplitN(secret, "/", 6)[:5], "/")
}

// hasIdentity says whether the resource has a user-assigned identity.
func (r *request) hasIdentity() bool {
	identities, _ := dig(r.body, "identity", "userAssignedIdentities").(map[string]any)
	return len(identities) > 0 && strings.Contains(strings.ToLower(text(r.body, "identity", "type")), "userassigned")
}
