package rest

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"net/http"

	"ai-serving/sandbox/rules"
)

var (
	certificateKey = Rules.Add(rules.Rule{
		Name: "gcp/certificate/key", Asks: "A certificate and its private key can be read and belong together.",
		Status: http.StatusBadRequest, Code: "sslCertificateCouldNotParseCert",
		Source: "cloud.google.com/load-balancing/docs/ssl-certificates/troubleshooting",
	})
	mapExists = Rules.Add(rules.Rule{
		Name: "gcp/certificate-map/entry", Asks: "An entry is of a certificate map that exists.",
		Status: http.StatusNotFound, Code: "notFound", Source: "cloud.google.com/certificate-manager/docs/map-entries",
	})
	mapEmpty = Rules.Add(rules.Rule{
		Name: "gcp/certificate-map/empty", Asks: "A certificate map is deleted after its entries.",
		Status: http.StatusBadRequest, Code: "failedPrecondition",
		Source: "description of projects.locations.certificateMaps.delete in Certificate Manager's discovery document",
	})
)

// prepareCertificate checks that a certificate and its key belong together, and
// reads from it when it ends. A managed one stays as Google makes it: it has no
// content until its domains route to the load balancer, which no domain does in a
// sandbox.
func prepareCertificate(_ *request, next object) error {
	if managed, _ := next["managed"].(object); managed != nil {
		managed["status"] = "PROVISIONING"
		return nil
	}
	pair, err := tls.X509KeyPair([]byte(text(next, "certificate")), []byte(text(next, "privateKey")))
	if err != nil {
		return certificateKey.Refuse("The SSL certificate could not be parsed: %v.", err)
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return certificateKey.Refuse("The SSL certificate could not be parsed: %v.", err)
	}
	next["type"] = "SELF_MANAGED"
	next["expireTime"] = leaf.NotAfter.Format(timeFormat)
	return nil
}

// prepareManagedCertificate gives a managed certificate the state that it has
// until its domains are seen to be the project's.
func prepareManagedCertificate(_ *request, next object) error {
	if managed, _ := next["managed"].(object); managed != nil {
		managed["state"] = "PROVISIONING"
		next["sanDnsnames"] = managed["domains"]
	}
	delete(next, "selfManaged") // it is never told
	return nil
}

// prepareAuthorization says which DNS record proves that the domain is the
// project's.
func prepareAuthorization(r *request, next object) error {
	proof := sha256.Sum256([]byte(r.key + text(next, "domain")))
	name := hex.EncodeToString(proof[:])
	next["dnsResourceRecord"] = object{
		"name": "_acme-challenge." + text(next, "domain") + ".",
		"type": "CNAME",
		"data": name[:8] + "-" + name[8:12] + "-" + name[12:16] + ".0.authorize.certificatemanager.goog.",
	}
	return nil
}

func prepareMapEntry(r *request, _ object) error {
	parent := fill("projects/{p}/locations/{l}/certificateMaps/{m}", r.values)
	if !r.tx.Has(parent) {
		return mapExists.Refuse("Resource '%s' was not found", parent)
	}
	return nil
}

// checkMapRemoval keeps a map that has entries.
func checkMapRemoval(r *request) error {
	entry, err := find(r.tx, r.key+"/certificateMapEntries/", func(string, object) bool { return true })
	if err == nil && entry != "" {
		return mapEmpty.Refuse("can't delete certificate map '%s': it contains '%s'", r.key, entry)
	}
	return err
}
