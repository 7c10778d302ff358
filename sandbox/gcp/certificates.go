package gcp

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"net/http"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/id"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/certificatemanager"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/compute"
)

func certificateKinds() []kind {
	manager := func(tfName, name, path string, resource *schema.Resource, complete func(*operation) error) kind {
		return kind{
			tfType:   "google_certificate_manager_" + tfName,
			module:   "certificatemanager",
			name:     name,
			resource: resource,
			id:       "projects/{{project}}/locations/" + path + "/{{name}}",
			api:      certificateManagerAPI,
			complete: complete,
		}
	}
	entry := manager("certificate_map_entry", "CertificateMapEntry", "global/certificateMaps/{{map}}/certificateMapEntries",
		certificatemanager.ResourceCertificateManagerCertificateMapEntry(), completeMapEntry)
	entry.parent = "projects/{{project}}/locations/global/certificateMaps/{{map}}"
	return []kind{
		global("ssl_certificate", "SSLCertificate", "sslCertificates", compute.ResourceComputeSslCertificate()).with(completed(completeCertificate), prefixable),
		global("managed_ssl_certificate", "ManagedSslCertificate", "sslCertificates", compute.ResourceComputeManagedSslCertificate()).with(completed(completeManagedCertificate)),
		regional("region_ssl_certificate", "RegionSslCertificate", "sslCertificates", compute.ResourceComputeRegionSslCertificate()).with(completed(completeCertificate), prefixable),
		manager("certificate", "Certificate", "{{location}}/certificates", certificatemanager.ResourceCertificateManagerCertificate(), completeManagerCertificate),
		manager("dns_authorization", "DnsAuthorization", "{{location}}/dnsAuthorizations", certificatemanager.ResourceCertificateManagerDnsAuthorization(), completeAuthorization),
		manager("certificate_map", "CertificateMap", "global/certificateMaps", certificatemanager.ResourceCertificateManagerCertificateMap(), nil),
		entry,
	}
}

// completeCertificate checks that the certificate and its key belong together,
// and reads from it when it ends.
func completeCertificate(o *operation) error {
	pair, err := tls.X509KeyPair([]byte(o.text("certificate")), []byte(o.text("private_key")))
	if err != nil {
		return refuse(http.StatusBadRequest, "sslCertificateCouldNotParseCert", "The SSL certificate could not be parsed: %v.", err)
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return refuse(http.StatusBadRequest, "sslCertificateCouldNotParseCert", "The SSL certificate could not be parsed: %v.", err)
	}
	o.set("expire_time", leaf.NotAfter.Format(timeFormat))
	return nil
}

// completeManagedCertificate leaves the certificate as Google makes it: it has
// no content until its domains lead to the load balancer, which no domain does
// in a sandbox.
func completeManagedCertificate(o *operation) error {
	o.set("subject_alternative_names", []any{})
	o.set("expire_time", "")
	return nil
}

// completeManagerCertificate gives a managed certificate the state that it has
// until its domains are seen to be the project's.
func completeManagerCertificate(o *operation) error {
	managed, _ := o.data.Get("managed").([]any)
	if len(managed) == 0 || managed[0] == nil {
		return nil
	}
	block := plain(managed[0]).(map[string]any)
	block["state"] = "PROVISIONING"
	o.set("managed", []any{block})
	return nil
}

// completeAuthorization says which DNS record proves that the domain is the
// project's.
func completeAuthorization(o *operation) error {
	proof := sha256.Sum256([]byte(o.id + o.text("domain")))
	name := hex.EncodeToString(proof[:])
	o.fill("type", "FIXED_RECORD")
	o.set("dns_resource_record", []any{map[string]any{
		"name": "_acme-challenge." + o.text("domain") + ".",
		"type": "CNAME",
		"data": name[:8] + "-" + name[8:12] + "-" + name[12:16] + ".0.authorize.certificatemanager.goog.",
	}})
	return nil
}

func completeMapEntry(o *operation) error {
	o.set("state", "ACTIVE")
	return nil
}

// prefixable is for types that may be given a prefix in place of a name.
func prefixable(k *kind) {
	k.identify = func(o *operation) (string, error) {
		if o.text("name") == "" {
			o.set("name", id.PrefixedUniqueId(o.text("name_prefix")))
		}
		return o.expand(o.kind.id)
	}
}
