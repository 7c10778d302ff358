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
