package gcp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"
)

// TestSecureTypes leads the types of HTTPS and its neighbours, which are not in
// the stack of the other tests, through their lives.
func TestSecureTypes(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	before := len(s.made)
	certificate, key := selfSigned(t)
	pair := in{"certificate": certificate, "privateKey": key}
	global := s.make("compute/sSLCertificate:SSLCertificate", "own", pair)
	regional := s.make("compute/regionSslCertificate:RegionSslCertificate", "own", in{"region": testRegion, "certificate": certificate, "privateKey": key})
	s.make("compute/managedSslCertificate:ManagedSslCertificate", "managed", in{"managed": in{"domains": []any{"a.example.com."}}})
	authorization := s.make("certificatemanager/dnsAuthorization:DnsAuthorization", "domain", in{"name": "domain", "domain": "example.com"})
	wildcard := s.make("certificatemanager/certificate:Certificate", "wildcard", in{
		"name": "wildcard", "managed": in{"domains": []any{"example.com", "*.example.com"}, "dnsAuthorizations": []any{authorization.id}},
	})
	certificates := s.make("certificatemanager/certificateMap:CertificateMap", "map", in{"name": "map"})
	s.make("certificatemanager/certificateMapEntry:CertificateMapEntry", "all", in{
		"name": "all", "map": "map", "hostname": "*.example.com", "certificates": []any{wildcard.id},
	})
	urls := s.find("compute/uRLMap:URLMap", "urls")
	s.make("compute/targetHttpsProxy:TargetHttpsProxy", "own", in{"urlMap": urls.id, "sslCertificates": []any{global.id}})
	modern := s.make("compute/sSLPolicy:SSLPolicy", "modern", in{"profile": "MODERN", "minTlsVersion": "TLS_1_2"})
	mapped := s.make("compute/targetHttpsProxy:TargetHttpsProxy", "mapped", in{
		"urlMap": urls.id, "certificateMap": "//certificatemanager.googleapis.com/" + certificates.id, "sslPolicy": modern.text("selfLink"),
	})
	s.make("compute/regionTargetHttpsProxy:RegionTargetHttpsProxy", "own", in{
		"region": testRegion, "urlMap": s.find("compute/regionUrlMap:RegionUrlMap", "regional").id, "sslCertificates": []any{regional.id},
		"sslPolicy": s.make("compute/regionSslPolicy:RegionSslPolicy", "modern", in{"region": testRegion, "profile": "MODERN", "minTlsVersion": "TLS_1_2"}).text("selfLink"),
	})
	inRegion := s.make("certificatemanager/certificate:Certificate", "regional", in{
		"name": "regional", "location": testRegion, "selfManaged": in{"pemCertificate": certificate, "pemPrivateKey": key},
	})
	s.make("compute/regionTargetHttpsProxy:RegionTargetHttpsProxy", "managed", in{
		"region": testRegion, "urlMap": s.find("compute/regionUrlMap:RegionUrlMap", "regional").id, "certificateManagerCertificates": []any{inRegion.id},
	})
	s.make("serviceaccount/iAMMember:IAMMember", "user", in{
		"serviceAccountId": s.find("serviceaccount/account:Account", "machines").id,
		"role":             "roles/iam.workloadIdentityUser", "member": "serviceAccount:p.svc.id.goog[ai/chat]",
	})
	own := s.made[before:]
	for _, m := range own {
		s.checkUnchanged(m, s.inputs[m.id])
	}
	if err := s.delete(certificates); err == nil {
		t.Error("the certificate map of a proxy was deleted")
	}
	inputs := s.inputs[mapped.id]
	if err := s.delete(modern); err == nil {
		t.Error("the TLS policy of a proxy was deleted")
	}
	inputs["quicOverride"] = "ENABLE"
	delete(inputs, "sslPolicy")
	s.checkUnchanged(s.update(mapped, inputs), inputs)
	inputs = s.inputs[modern.id]
	inputs["profile"] = "RESTRICTED"
	s.checkUnchanged(s.update(modern, inputs), inputs)
	for _, m := range slices.Backward(own) {
		if err := s.delete(m); err != nil {
			t.Errorf("delete %s: %v", m.id, err)
		}
	}
}

// selfSigned is a certificate and its key.
func selfSigned(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)}, &x509.Certificate{}, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, bytes []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
	}
	return encode("CERTIFICATE", raw), encode("PRIVATE KEY", der)
}
