package rest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/rules/rulestest"
	"ai-serving/sandbox/store"
)

// example sends a request with and without a mistake to a cloud of its own,
// after others.
func example(wrong, right string, before ...string) rulestest.Example {
	send := func(text string) func(*testing.T) error {
		return func(t *testing.T) error {
			_, err := newCloud(t, before...).do(text)
			return err
		}
	}
	return rulestest.Example{Wrong: send(wrong), Right: send(right)}
}

const (
	makeNetwork    = `POST compute projects/p/global/networks {"name": "main", "autoCreateSubnetworks": false}`
	makeSubnetwork = `POST compute projects/p/regions/europe-west4/subnetworks {"name": "nodes", "network": "projects/p/global/networks/main", "ipCidrRange": "10.0.0.0/29"}`
	makeBucket     = `POST storage b?project=p {"name": "static"}`
	makePolicy     = `POST compute projects/p/global/securityPolicies {"name": "guard", "type": "CLOUD_ARMOR"}`
	makeMap        = `POST certificates projects/p/locations/global/certificateMaps?certificateMapId=m {}`
	makeAccount    = `POST iam projects/p/serviceAccounts {"accountId": "machines"}`
)

// address asks for an address of the smallest subnetwork.
func address(name string) string {
	return fmt.Sprintf(`POST compute projects/p/regions/europe-west4/addresses {"name": "%s", "addressType": "INTERNAL", "subnetwork": "projects/p/regions/europe-west4/subnetworks/nodes"}`, name)
}

// template asks for instances of a machine type.
func template(machine string) string { return templateOn(machine, "") }

// templateOn is a template with a boot disk of a type.
func templateOn(machine, disk string) string {
	return fmt.Sprintf(`POST compute projects/p/global/instanceTemplates {"name": "t", "properties": {"machineType": "%s",
		"disks": [{"boot": true, "initializeParams": {"diskType": "%s", "sourceImage": "projects/debian-cloud/global/images/family/debian-12"}}],
		"networkInterfaces": [{"network": "projects/p/global/networks/main"}]}}`, machine, disk)
}

// maintained is a template of machines with a GPU.
func maintained(how string) string {
	return strings.Replace(template("g2-standard-4"), `"disks"`, `"scheduling": {"onHostMaintenance": "`+how+`"}, "disks"`, 1)
}

// makeCluster asks for a cluster in a location, with more to it.
func makeCluster(location, more string) string {
	return fmt.Sprintf(`POST container projects/p/locations/%s/clusters {"cluster": {"name": "serving", "initialNodeCount": 1,
		"network": "projects/p/global/networks/main", "subnetwork": "projects/p/regions/europe-west4/subnetworks/nodes"%s}}`, location, more)
}

// resizePool asks for another number of nodes in each zone.
func resizePool(size int) string {
	return fmt.Sprintf(`POST container projects/p/locations/europe-west4/clusters/serving/nodePools/default-pool:setSize {"nodeCount": %d}`, size)
}

// makeSecret asks for a secret that is replicated somewhere.
func makeSecret(id, replication string) string {
	return fmt.Sprintf(`POST secrets projects/p/secrets?secretId=%s {"replication": %s}`, id, replication)
}

func patchSecret(replication string) string {
	return fmt.Sprintf(`PATCH secrets projects/p/secrets/s?updateMask=replication {"replication": %s}`, replication)
}

func replicatedTo(region string) string {
	return fmt.Sprintf(`{"userManaged": {"replicas": [{"location": "%s"}]}}`, region)
}

// addVersion gives a secret a value.
func addVersion(payload string) string {
	return fmt.Sprintf(`POST secrets projects/p/secrets/s:addVersion {"payload": {%s}}`, payload)
}

// hunter2Sum is CRC-32C of "hunter2".
const hunter2Sum = "1736498283"

// twoVersions are a secret with a version that was destroyed and one that was not.
var twoVersions = []string{
	makeSecret("s", `{"automatic": {}}`), addVersion(`"data": "aHVudGVyMg=="`), addVersion(`"data": "aHVudGVyMw=="`),
	"POST secrets projects/p/secrets/s/versions/1:destroy {}",
}

// grant gives a member a role on the project.
func grant(member, etag string) string {
	return fmt.Sprintf(`POST projects projects/p:setIamPolicy {"policy": {"etag": "%s", "bindings": [{"role": "roles/viewer", "members": ["%s"]}]}}`, etag, member)
}

// TestRules holds every rule to its mistake and its right form.
func TestRules(t *testing.T) {
	t.Parallel()
	firewall := func(more string) string {
		return `POST compute projects/p/global/firewalls {"name": "web", "network": "global/networks/main", "sourceRanges": ["10.0.0.0/8"], "allowed": [{"IPProtocol": "tcp"}]` + more + `}`
	}
	rulestest.Run(t, &Rules, map[*rules.Rule]rulestest.Example{
		served:         example("GET compute projects/p/zones", "GET compute projects/p/global/networks/main", makeNetwork),
		knownParameter: example("GET compute projects/p/global/networks/main?colour=red", "GET compute projects/p/global/networks/main?alt=json", makeNetwork),
		knownField:     example(firewall(`, "logConfig": {"enabled": true}`), firewall(`, "logConfig": {"enable": true}`), makeNetwork),
		fieldType:      example(firewall(`, "disabled": "yes"`), firewall(`, "disabled": true`), makeNetwork),
		fieldEnum:      example(firewall(`, "direction": "INWARD"`), firewall(`, "direction": "INGRESS"`), makeNetwork),
		fieldPattern: example(
			`POST compute projects/p/global/networks {"name": "Main"}`,
			`POST compute projects/p/global/networks {"name": "main"}`),
		fieldRequired: example(`POST compute projects/p/global/networks {}`, makeNetwork),

		exists:        example("GET compute projects/p/global/networks/other", "GET compute projects/p/global/networks/main", makeNetwork),
		nameFree:      example(makeNetwork, `POST compute projects/p/global/networks {"name": "other"}`, makeNetwork),
		referenceLink: example(makeProxy("nowhere"), makeProxy("global/urlMaps/urls"), makeURLMap...),
		referenceKind: example(makeProxy("global/backendBuckets/static"), makeProxy("global/urlMaps/urls"), makeURLMap...),
		referenceRegion: example(regionalCheck("us-east1"), regionalCheck("europe-west4"),
			`POST compute projects/p/regions/us-east1/healthChecks {"name": "h", "type": "TCP", "tcpHealthCheck": {"port": 80}}`,
			`POST compute projects/p/regions/europe-west4/healthChecks {"name": "h", "type": "TCP", "tcpHealthCheck": {"port": 80}}`),
		apiEnabled: {Wrong: withoutAPI(false), Right: withoutAPI(true)},
		apiUnneeded: example(
			"POST services projects/p/services/compute.googleapis.com:disable {}",
			`POST services projects/p/services/compute.googleapis.com:disable {"disableDependentServices": true}`),
		fingerprintCurrent: example(patchSubnetwork(`"fingerprint": "AAAAAAAAAAA=", `), patchSubnetwork(""), makeNetwork, makeSubnetwork),
		unused: example("DELETE compute projects/p/global/networks/main", "DELETE compute projects/p/regions/europe-west4/subnetworks/nodes",
			makeNetwork, makeSubnetwork),
		regionExists: example(
			`POST compute projects/p/regions/europe-west99/addresses {"name": "a"}`,
			`POST compute projects/p/regions/europe-west4/addresses {"name": "a"}`),
		zoneExists: example(
			makeCluster("europe-west4", `, "locations": ["europe-west4-z"]`), makeCluster("europe-west4", `, "locations": ["europe-west4-c"]`), makeNetwork, makeSubnetwork),
		locationExists: example(makeCluster("europe-west99", ""), makeCluster("europe-west4", ""), makeNetwork, makeSubnetwork),
		clusterServed:  example(makeCluster("europe-west4", `, "autopilot": {"enabled": true}`), makeCluster("europe-west4", `, "autopilot": {"enabled": false}`), makeNetwork, makeSubnetwork),

		notStopping: {Wrong: inCluster(stopping), Right: inCluster(running)},
		poolNodes:   example(resizePool(2_000_000_000), resizePool(1000), makeNetwork, makeSubnetwork, makeCluster("europe-west4", "")),

		quotaKept: {Wrong: withQuotas("projects/p", "HEALTH_CHECKS", 1), Right: withQuotas("projects/p", "HEALTH_CHECKS", 2)},

		addressFree: example(
			`POST compute projects/p/global/addresses {"name": "b", "address": "198.51.100.1"}`,
			`POST compute projects/p/global/addresses {"name": "b", "address": "198.51.100.2"}`,
			`POST compute projects/p/global/addresses {"name": "a"}`),
		addressSubnetwork: example(
			`POST compute projects/p/regions/europe-west4/addresses {"name": "a", "addressType": "INTERNAL"}`, address("a"), makeNetwork, makeSubnetwork),
		addressQuota: example(address("f"), `POST compute projects/p/global/addresses {"name": "f"}`,
			makeNetwork, makeSubnetwork, address("a"), address("b"), address("c"), address("d"), address("e")),
		machineAccount: example(
			makeCluster("europe-west4", `, "nodeConfig": {"serviceAccount": "nobody@p.iam.gserviceaccount.com"}`),
			makeCluster("europe-west4", `, "nodeConfig": {"serviceAccount": "machines@p.iam.gserviceaccount.com"}`), makeNetwork, makeSubnetwork, makeAccount),
		machineScopes: example(
			makeCluster("europe-west4", `, "nodeConfig": {"oauthScopes": ["cloud-platform"]}`),
			makeCluster("europe-west4", `, "nodeConfig": {"oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"]}`), makeNetwork, makeSubnetwork),
		diskOfSeries:  example(templateOn("n4-standard-4", "pd-balanced"), templateOn("n4-standard-4", "hyperdisk-balanced"), makeNetwork),
		machineExists: example(template("e2-standard-3"), template("e2-standard-4"), makeNetwork),
		bucketExists: example(
			`POST compute projects/p/global/backendBuckets {"name": "static", "bucketName": "nowhere"}`,
			`POST compute projects/p/global/backendBuckets {"name": "static", "bucketName": "static"}`, makeBucket),
		ruleThere: example(
			"POST compute projects/p/global/securityPolicies/guard/removeRule?priority=2",
			"POST compute projects/p/global/securityPolicies/guard/removeRule?priority=1", makePolicy,
			`POST compute projects/p/global/securityPolicies/guard/addRule {"priority": 1, "action": "deny(403)", "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["192.0.2.0/24"]}}}`),
		certificateKey: {Wrong: withKey(false), Right: withKey(true)},
		mapExists: example(
			`POST certificates projects/p/locations/global/certificateMaps/other/certificateMapEntries?certificateMapEntryId=e {"matcher": "PRIMARY", "certificates": ["projects/p/locations/global/certificates/c"]}`,
			`POST certificates projects/p/locations/global/certificateMaps/m/certificateMapEntries?certificateMapEntryId=e {"matcher": "PRIMARY", "certificates": ["projects/p/locations/global/certificates/c"]}`,
			makeMap, `POST certificates projects/p/locations/global/certificates?certificateId=c {"managed": {"domains": ["a.example.com"]}}`),
		mapEmpty: example(
			"DELETE certificates projects/p/locations/global/certificateMaps/m", "DELETE certificates projects/p/locations/global/certificateMaps/other",
			makeMap, `POST certificates projects/p/locations/global/certificateMaps?certificateMapId=other {}`,
			`POST certificates projects/p/locations/global/certificates?certificateId=c {"managed": {"domains": ["a.example.com"]}}`,
			`POST certificates projects/p/locations/global/certificateMaps/m/certificateMapEntries?certificateMapEntryId=e {"matcher": "PRIMARY", "certificates": ["projects/p/locations/global/certificates/c"]}`),

		bucketPlace: example(`POST storage b?project=p {"name": "static", "location": "europe-west99"}`, `POST storage b?project=p {"name": "static", "location": "EUR4"}`),
		roleForm: example(
			`POST projects projects/p:setIamPolicy {"policy": {"bindings": [{"role": "viewer", "members": ["group:a@example.com"]}]}}`,
			`POST projects projects/p:setIamPolicy {"policy": {"bindings": [{"role": "organizations/1/roles/viewer", "members": ["group:a@example.com"]}]}}`),
		gpuMaintenance: example(maintained("MIGRATE"), maintained("TERMINATE"), makeNetwork),
		secretID:       example(makeSecret("a.b", `{"automatic": {}}`), makeSecret("a-b_C", `{"automatic": {}}`)),
		secretPlace:    example(makeSecret("s", replicatedTo("europe-west99")), makeSecret("s", replicatedTo("europe-west4"))),
		secretKept:     example(patchSecret(`{"automatic": {}}`), patchSecret(replicatedTo("europe-west4")), makeSecret("s", replicatedTo("europe-west4"))),
		secretSize:     example(addVersion(`"data": ""`), addVersion(`"data": "aHVudGVyMg=="`), makeSecret("s", `{"automatic": {}}`)),
		secretSum:      example(addVersion(`"data": "aHVudGVyMg==", "dataCrc32c": "1"`), addVersion(`"data": "aHVudGVyMg==", "dataCrc32c": "`+hunter2Sum+`"`), makeSecret("s", `{"automatic": {}}`)),
		versionUsable:  example("GET secrets projects/p/secrets/s/versions/1:access", "GET secrets projects/p/secrets/s/versions/2:access", twoVersions...),
		accountTexts:   example(describeAccount(101), describeAccount(100)),
		bucketName:     example(makeBucket, `POST storage b?project=p {"name": "other"}`, makeBucket),
		bucketEmpty: example("DELETE storage b/static", "DELETE storage b/other", makeBucket, `POST storage b?project=p {"name": "other"}`,
			`POST storage b/static/o?name=index.html {}`),
		memberExists:  example(grant("serviceAccount:nobody@p.iam.gserviceaccount.com", ""), grant("serviceAccount:machines@p.iam.gserviceaccount.com", ""), makeAccount),
		projectForm:   example(`POST storage b?project=P! {"name": "static"}`, makeBucket),
		memberForm:    example(grant("serviceAccount:machines@p.iam.gserviceaccount.com-missing", ""), grant("serviceAccount:p.svc.id.goog[serving/adapter]", "")),
		policyCurrent: example(grant("group:a@example.com", "BwYAAAAAAAA="), grant("group:a@example.com", "ACAB")),
	})
}

// describeAccount asks for an account with a display name of some bytes.
func describeAccount(bytes int) string {
	return fmt.Sprintf(`POST iam projects/p/serviceAccounts {"accountId": "machines", "serviceAccount": {"displayName": "%s"}}`, strings.Repeat("a", bytes))
}

// makeURLMap asks for a URL map and what it routes to.
var makeURLMap = []string{
	makeBucket,
	`POST compute projects/p/global/backendBuckets {"name": "static", "bucketName": "static"}`,
	`POST compute projects/p/global/urlMaps {"name": "urls", "defaultService": "global/backendBuckets/static"}`,
}

// makeProxy asks for a proxy with a URL map.
func makeProxy(urlMap string) string {
	return fmt.Sprintf(`POST compute projects/p/global/targetHttpProxies {"name": "proxy", "urlMap": "%s"}`, urlMap)
}

// regionalCheck asks for a service in europe-west4 with the health check of a
// region.
func regionalCheck(region string) string {
	return fmt.Sprintf(`POST compute projects/p/regions/europe-west4/backendServices {"name": "s", "loadBalancingScheme": "EXTERNAL_MANAGED",
		"healthChecks": ["regions/%s/healthChecks/h"]}`, region)
}

func patchSubnetwork(more string) string {
	return `PATCH compute projects/p/regions/europe-west4/subnetworks/nodes {` + more + `"privateIpGoogleAccess": true}`
}

// withoutAPI makes a network in a project that has enabled nothing, or just
// Kubernetes Engine, which brings Compute Engine with it.
func withoutAPI(enabled bool) func(*testing.T) error {
	return func(t *testing.T) error {
		c := newCloud(t)
		if enabled {
			c.must(`POST services projects/q/services/container.googleapis.com:enable {}`)
		}
		_, err := c.do(`POST compute projects/q/global/networks {"name": "main"}`)
		return err
	}
}

// inCluster makes a node pool in a cluster with a status.
func inCluster(status string) func(*testing.T) error {
	return func(t *testing.T) error {
		c := newCloud(t, makeNetwork, makeSubnetwork, makeCluster("europe-west4", ""))
		c.setStatus(testCluster, status)
		_, err := c.do("POST container " + testCluster + `/nodePools {"nodePool": {"name": "more", "initialNodeCount": 1}}`)
		return err
	}
}

// withQuotas makes the second health check of a project that may have so many.
func withQuotas(place, metric string, limit float64) func(*testing.T) error {
	return func(t *testing.T) error {
		c := newCloud(t, `POST compute projects/p/global/healthChecks {"name": "a", "type": "HTTP", "httpHealthCheck": {"port": 80}}`)
		err := c.store.Update(func(tx store.Tx) error {
			return tx.Put(place, object{"quotas": []object{{"metric": metric, "limit": limit}}})
		})
		if err != nil {
			return err
		}
		_, err = c.do(`POST compute projects/p/global/healthChecks {"name": "b", "type": "HTTP", "httpHealthCheck": {"port": 80}}`)
		return err
	}
}

func TestARegionHasQuotasOfItsOwn(t *testing.T) {
	t.Parallel()
	c := newCloud(t, makeNetwork, makeSubnetwork, address("a"))
	err := c.store.Update(func(tx store.Tx) error {
		return tx.Put("projects/p/regions/europe-west4", object{"quotas": []object{{"metric": "STATIC_ADDRESSES", "limit": 1}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = "Quota 'STATIC_ADDRESSES' exceeded. Limit: 1.0 in projects/p/regions/europe-west4."
	if _, err := c.do(address("b")); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a second address is answered by %v, want %s", err, want)
	}
	c.must(`POST compute projects/p/global/addresses {"name": "b"}`)
}

// withKey makes a certificate with its own key, or with another one.
func withKey(own bool) func(*testing.T) error {
	return func(t *testing.T) error {
		certificate, key := selfSigned(t)
		if !own {
			_, key = selfSigned(t)
		}
		body, err := json.Marshal(object{"name": "c", "certificate": certificate, "privateKey": key})
		if err != nil {
			t.Fatal(err)
		}
		c := newCloud(t)
		if _, err = c.do("POST compute projects/p/global/sslCertificates " + string(body)); err != nil {
			return err
		}
		if stored := c.must("GET compute projects/p/global/sslCertificates/c"); stored["privateKey"] != nil || stored["expireTime"] == nil {
			t.Errorf("the certificate is %v", stored)
		}
		return nil
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
