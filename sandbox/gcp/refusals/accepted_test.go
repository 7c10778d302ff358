package refusals_test

import (
	"encoding/json"
	"testing"

	"ai-serving/sandbox/gcp/refusals"
)

// What looks like a mistake, and is none, is accepted.
func TestWhatGoogleAccepts(t *testing.T) {
	t.Parallel()
	const inside = `{"network": "global/networks/google", "ipCidrRange": "10.30.0.0/23"`
	for name, e := range map[string]example{
		"a drained backend beside another": onChat("", backends(
			backend(chatNEG, rate+`, "capacityScaler": 0`), backend(zoneB+"networkEndpointGroups/chat", rate+`, "capacityScaler": 1`))),
		"a capacity that is left out":                  onChat("", backends(backend(chatNEG, rate))),
		"a balancing mode that is left out":            onChat("", backends(backend(chatNEG, `"maxRatePerEndpoint": 5`))),
		"a service without backends and health checks": {link: global + "backendServices/a", body: `{"loadBalancingScheme": "EXTERNAL_MANAGED"}`},
		"the move from the classic load balancer": {
			link: global + "backendServices/a", body: `{"loadBalancingScheme": "EXTERNAL_MANAGED"}`, before: `{"loadBalancingScheme": "EXTERNAL"}`,
			right: `{"externalManagedMigrationState": "TEST_ALL_TRAFFIC"}`,
		},
		"seconds without quotes":                   onChat("", `{"outlierDetection": {"interval": {"seconds": 5}}}`),
		"a port name of endpoints":                 onChat("", `{"portName": "http"}`),
		"a port name of a group that is not known": onChat("", `{"portName": "web", "backends": [`+backend(region+"instanceGroups/other", use)+`]}`),
		"the newer name of a purpose": {
			link: region + "subnetworks/proxies", before: `{"purpose": "INTERNAL_HTTPS_LOAD_BALANCER"}`,
		},
		"addresses of the Internet inside a network": second("", `{"ipCidrRange": "203.0.112.0/24"}`),
		"the same range in another network":          second("", `{"network": "global/networks/default", "ipCidrRange": "10.20.0.0/20"}`),
		"a spare proxy-only subnetwork":              spare("", `{"role": "BACKUP"}`),
		"an active one in another region": {
			link: elsewhere + "subnetworks/proxies", body: inside + `, "purpose": "REGIONAL_MANAGED_PROXY", "role": "ACTIVE"}`,
		},
		"a range given up that no cluster uses": {
			link: region + "subnetworks/nodes", before: `{"secondaryIpRanges": [{"rangeName": "old", "ipCidrRange": "10.40.0.0/20"}]}`,
		},
		"an address that the rule was given": {
			link: region + "forwardingRules/regional", before: `{}`, right: `{"IPAddress": "192.0.2.7"}`,
		},
		"a rule to Google's own services": {
			link: global + "forwardingRules/apis", body: `{"target": "all-apis", "network": "global/networks/google", "IPAddress": "` + global + `addresses/inside"}`,
			more: project{global + "addresses/inside": `{"addressType": "INTERNAL", "address": "10.99.0.1", "purpose": "PRIVATE_SERVICE_CONNECT"}`},
		},
		"two rules on one address": {link: global + "forwardingRules/tls", body: stack[global+"forwardingRules/global"], right: `{"portRange": "443-443"}`},
		"the free address of another rule": {
			link: global + "forwardingRules/tls", body: stack[global+"forwardingRules/global"], right: `{"IPAddress": "198.51.100.7", "portRange": "443"}`,
			more: project{global + "forwardingRules/free": `{"IPAddress": "198.51.100.7", "portRange": "80-80", "loadBalancingScheme": "EXTERNAL_MANAGED"}`},
		},
		"a fixed port that is the protocol's own":           onCheck("", `{"httpHealthCheck": {"portSpecification": "USE_FIXED_PORT"}}`),
		"a certificate map beside certificates":             secure("", oneSSL+`, "certificateMap": "`+manager+`certificateMaps/m"`),
		"a matcher for many hosts":                          hosting("", `"a.com", "b.com", "*.b.com", "10.0.0.1"`),
		"a match by headers alone":                          matching("", `{"headerMatches": [{"headerName": "x", "presentMatch": true}]}`),
		"an egress rule":                                    onFirewall("", `{"direction": "EGRESS", "sourceRanges": null, "destinationRanges": ["10.0.0.0/8"]}`),
		"a rule for protocols without ports":                onFirewall("", `{"allowed": [{"IPProtocol": "icmp"}, {"IPProtocol": "all"}]}`),
		"an empty label":                                    {link: global + "addresses/global", right: `{"labels": {"team": ""}}`},
		"a zonal cluster":                                   {link: locations + "europe-west4-a/clusters/zonal", body: `{"locations": ["europe-west4-b"]}`},
		"a cluster without a range for its control plane":   onCluster("", `{"privateClusterConfig": {"masterIpv4CidrBlock": null}}`),
		"a taint of one's own for processors with GPUs off": onPool("", `{"config": {"taints": [{"key": "nvidia.com/gpu", "effect": "NO_SCHEDULE"}]}}`),
		"an upgrade by another set of nodes":                onPool("", `{"upgradeSettings": {"strategy": "BLUE_GREEN", "maxSurge": null}}`),
		"a group that resizes while its autoscaler is off": {
			link: region + "instanceGroupManagers/embed", before: `{}`, right: `{"targetSize": 3}`,
			more: project{region + "autoscalers/embed": `{"target": "` + region + `instanceGroupManagers/embed", "autoscalingPolicy": {"mode": "OFF", "maxNumReplicas": 4}}`},
		},
		"a map that only redirects to HTTPS": {
			link: global + "urlMaps/redirect", body: `{"defaultUrlRedirect": {"httpsRedirect": true, "stripQuery": false, "redirectResponseCode": "MOVED_PERMANENTLY_DEFAULT"}}`,
		},
		"a canary by weights and by a header":         {link: global + "urlMaps/canary", body: canaryMap},
		"a proxy with the certificates of its region": secureRegion("", `"sslCertificates": ["//certificatemanager.googleapis.com/projects/ai-serving-dev/locations/europe-west4/certificates/a"]`),
		"a certificate of a wildcard and its domain": {
			link: locations + "global/certificates/a",
			body: `{"managed": {"domains": ["ai.example.com", "*.ai.example.com"], "dnsAuthorizations": ["projects/1/locations/global/dnsAuthorizations/a"]}}`,
		},
		"an entry for a wildcard": {
			link: locations + "global/certificateMaps/m/certificateMapEntries/wild", body: `{"hostname": "*.ai.example.com", "certificates": ["` + locations + `global/certificates/a"]}`,
			more: project{locations + "global/certificateMaps/m/certificateMapEntries/exact": `{"hostname": "ai.example.com", "certificates": ["` + locations + `global/certificates/a"]}`},
		},
		"a limit for each key of a tenant's host": {link: global + "securityPolicies/limits", body: limitingPolicy},
		"a region's limits":                       {link: region + "securityPolicies/limits", body: limitingPolicy},
		"a service with limits": {
			link: global + "backendServices/chat", right: `{"securityPolicy": "` + global + `securityPolicies/limits"}`,
			more: project{global + "securityPolicies/limits": limitingPolicy},
		},
		"a collection without rules": {link: "projects/ai-serving-dev/serviceAccounts/a@b", body: `{"displayName": "A"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := e.send(t, false); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatIsNoBody(t *testing.T) {
	t.Parallel()
	for link, body := range map[string]string{
		global + "urlMaps/m":         `{"hostRules": {}}`,
		global + "backendServices/a": `not JSON`,
		"somewhere":                  `{}`,
	} {
		if err := refusals.Check(stack, link, json.RawMessage(body), nil); err == nil {
			t.Errorf("%s is accepted as %s", body, link)
		}
	}
}

// canaryMap divides the requests of a host between two services, and sends those
// with a header to one of them.
const canaryMap = `{"defaultService": "` + global + `backendServices/none",
	"hostRules": [{"hosts": ["acme.ai.example.com", "*.acme.ai.example.com"], "pathMatcher": "acme"}],
	"pathMatchers": [{"name": "acme", "defaultService": "` + global + `backendServices/none", "routeRules": [
		{"priority": 1, "service": "` + global + `backendServices/embed",
			"matchRules": [{"prefixMatch": "/v1/", "headerMatches": [{"headerName": "x-canary", "exactMatch": "true"}]}],
			"headerAction": {"requestHeadersToAdd": [{"headerName": "x-tenant", "headerValue": "acme", "replace": true}]}},
		{"priority": 2, "matchRules": [{"prefixMatch": "/v1/"}, {"fullPathMatch": "/health"}, {"pathTemplateMatch": "/models/{model=*}/**"}], "routeAction": {
			"timeout": {"seconds": "315"}, "retryPolicy": {"numRetries": 1, "retryConditions": ["5xx"]}, "urlRewrite": {"pathPrefixRewrite": "/"},
			"weightedBackendServices": [
				{"backendService": "` + global + `backendServices/chat", "weight": 95},
				{"backendService": "` + global + `backendServices/embed", "weight": 5}]}}]}],
	"tests": [
		{"host": "acme.ai.example.com", "path": "/v1/chat", "service": "` + global + `backendServices/chat"},
		{"host": "a.acme.ai.example.com", "path": "/v1/chat", "headers": [{"name": "x-canary", "value": "true"}], "service": "` + global + `backendServices/embed"}]}`

// limitingPolicy limits each key of a host, bans who goes on, and denies some
// networks.
const limitingPolicy = `{"type": "CLOUD_ARMOR", "rules": [
	{"priority": 10, "action": "throttle", "match": {"expr": {"expression": "request.headers['host'] == 'acme.ai.example.com'"}},
		"rateLimitOptions": {"conformAction": "allow", "exceedAction": "deny(429)", "enforceOnKey": "HTTP_HEADER", "enforceOnKeyName": "authorization",
			"rateLimitThreshold": {"count": 600, "intervalSec": 60}}},
	{"priority": 20, "action": "rate_based_ban", "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}},
		"rateLimitOptions": {"conformAction": "allow", "exceedAction": "deny(429)", "banDurationSec": 300,
			"enforceOnKeyConfigs": [{"enforceOnKeyType": "IP"}, {"enforceOnKeyType": "HTTP_HEADER", "enforceOnKeyName": "x-api-key"}],
			"rateLimitThreshold": {"count": 100, "intervalSec": 10}, "banThreshold": {"count": 1000, "intervalSec": 600}}},
	{"priority": 30, "action": "deny(403)", "preview": true, "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["192.0.2.0/24", "2001:db8::/32"]}}},
	{"priority": 2147483647, "action": "allow", "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}}}]}`
