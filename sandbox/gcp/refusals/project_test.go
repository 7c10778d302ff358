package refusals_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"ai-serving/sandbox/gcp/refusals"
)

// project is what exists, in memory.
type project map[string]string

func (p project) Get(link string) (json.RawMessage, bool) {
	body, found := p[link]
	return json.RawMessage(body), found
}

func (p project) Each(collection string) []string {
	var links []string
	for link := range p {
		if parts := strings.Split(link, "/"); len(parts) > 1 && parts[len(parts)-2] == collection {
			links = append(links, link)
		}
	}
	return slices.Sorted(slices.Values(links))
}

// with is the project with other bodies beside its own.
func (p project) with(more project) project {
	all := maps.Clone(p)
	maps.Copy(all, more)
	return all
}

const (
	computeURL = "https://www.googleapis.com/compute/v1/"
	global     = "projects/ai-serving-dev/global/"
	region     = "projects/ai-serving-dev/regions/europe-west4/"
	zoneA      = "projects/ai-serving-dev/zones/europe-west4-a/"
	zoneB      = "projects/ai-serving-dev/zones/europe-west4-b/"
	locations  = "projects/ai-serving-dev/locations/"
	cluster    = locations + "europe-west4/clusters/europe-west4"
)

// stack is what the program makes of the dev stack, with numbers left out of
// the names, as the provider sends it.
var stack = project{
	global + "networks/google":  `{"name": "google", "autoCreateSubnetworks": false}`,
	global + "networks/default": `{"name": "default", "autoCreateSubnetworks": true}`,
	region + "subnetworks/nodes": `{"name": "nodes", "network": "projects/ai-serving-dev/global/networks/google", "ipCidrRange": "10.20.0.0/20",
		"logConfig": {"enable": true, "aggregationInterval": "INTERVAL_1_MIN", "flowSampling": 0.1},
		"secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": "10.20.128.0/17"}, {"rangeName": "services", "ipCidrRange": "10.20.16.0/20"}]}`,
	region + "subnetworks/proxies": `{"name": "proxies", "network": "projects/ai-serving-dev/global/networks/google", "ipCidrRange": "10.20.32.0/23",
		"purpose": "REGIONAL_MANAGED_PROXY", "role": "ACTIVE"}`,
	region + "routers/router": `{"name": "router", "network": "global/networks/google", "nats": [{"name": "nat", "natIpAllocateOption": "AUTO_ONLY",
		"sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES", "enableDynamicPortAllocation": true, "enableEndpointIndependentMapping": false}]}`,
	global + "firewalls/health": `{"name": "health", "network": "global/networks/google", "sourceRanges": ["35.191.0.0/16", "130.211.0.0/22"],
		"allowed": [{"IPProtocol": "tcp"}], "targetTags": ["serving"], "direction": "INGRESS"}`,

	cluster: `{"name": "europe-west4", "initialNodeCount": 1, "network": "projects/ai-serving-dev/global/networks/google",
		"subnetwork": "projects/ai-serving-dev/regions/europe-west4/subnetworks/nodes",
		"ipAllocationPolicy": {"useIpAliases": true, "clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"},
		"locations": ["europe-west4-a", "europe-west4-b"], "networkConfig": {"datapathProvider": "ADVANCED_DATAPATH"},
		"privateClusterConfig": {"enablePrivateNodes": true, "masterIpv4CidrBlock": "10.20.48.0/28"},
		"masterAuthorizedNetworksConfig": {"enabled": true, "cidrBlocks": [{"cidrBlock": "203.0.113.0/24", "displayName": "office"}]},
		"releaseChannel": {"channel": "REGULAR"}, "workloadIdentityConfig": {"workloadPool": "ai-serving-dev.svc.id.goog"},
		"resourceLabels": {"managed-by": "pulumi", "project": "ai-serving", "stack": "dev"}}`,
	cluster + "/nodePools/europe-west4": `{"name": "europe-west4", "initialNodeCount": 1,
		"autoscaling": {"enabled": true, "totalMinNodeCount": 2, "totalMaxNodeCount": 6, "locationPolicy": "BALANCED"},
		"management": {"autoRepair": true, "autoUpgrade": true}, "upgradeSettings": {"strategy": "SURGE", "maxSurge": 1},
		"config": {"machineType": "e2-standard-4", "imageType": "COS_CONTAINERD", "tags": ["serving"],
			"workloadMetadataConfig": {"mode": "GKE_METADATA"}, "resourceLabels": {"stack": "dev"}}}`,

	zoneA + "networkEndpointGroups/chat": `{"name": "chat", "networkEndpointType": "GCE_VM_IP_PORT"}`,
	zoneB + "networkEndpointGroups/chat": `{"name": "chat", "networkEndpointType": "GCE_VM_IP_PORT"}`,
	global + "instanceTemplates/embed": `{"name": "embed", "properties": {"machineType": "e2-standard-2", "labels": {"model": "embed"},
		"disks": [{"boot": true, "autoDelete": true, "initializeParams": {"diskSizeGb": 50, "labels": {"model": "embed"}, "sourceImage": "projects/cos-cloud/global/images/family/cos-stable"}}],
		"networkInterfaces": [{"subnetwork": "projects/ai-serving-dev/regions/europe-west4/subnetworks/nodes"}],
		"metadata": {"items": [{"key": "enable-oslogin", "value": "true"}, {"key": "user-data", "value": "#cloud-config"}]}, "tags": {"items": ["serving"]}}}`,
	global + "healthChecks/embed-healing": `{"name": "embed-healing", "type": "HTTP", "checkIntervalSec": 10, "timeoutSec": 10, "healthyThreshold": 1,
		"unhealthyThreshold": 6, "httpHealthCheck": {"port": 8080, "requestPath": "/"}}`,
	region + "instanceGroupManagers/embed": `{"name": "embed", "baseInstanceName": "europe-west4-embed", "targetSize": 2,
		"versions": [{"instanceTemplate": "` + computeURL + global + `instanceTemplates/embed?uniqueId=1234567890123456789"}],
		"namedPorts": [{"name": "http", "port": 8080}], "distributionPolicy": {"zones": [{"zone": "zones/europe-west4-a"}, {"zone": "zones/europe-west4-b"}]},
		"autoHealingPolicies": [{"healthCheck": "` + computeURL + global + `healthChecks/embed-healing", "initialDelaySec": 240}],
		"updatePolicy": {"type": "PROACTIVE", "minimalAction": "REPLACE", "replacementMethod": "SUBSTITUTE", "instanceRedistributionType": "PROACTIVE",
			"maxSurge": {"fixed": 2}, "maxUnavailable": {"fixed": 0}}}`,
	region + "autoscalers/embed": `{"name": "embed", "target": "` + computeURL + region + `instanceGroupManagers/embed",
		"autoscalingPolicy": {"minNumReplicas": 2, "maxNumReplicas": 4, "coolDownPeriodSec": 240, "cpuUtilization": {"utilizationTarget": 0.6},
			"scaleInControl": {"maxScaledInReplicas": {"fixed": 1}, "timeWindowSec": 300}}}`,

	global + "healthChecks/chat": servingCheck,
	region + "healthChecks/chat": servingCheck,
	global + "backendServices/none": `{"name": "none", "loadBalancingScheme": "EXTERNAL_MANAGED", "protocol": "HTTP", "logConfig": {"enable": true, "sampleRate": 0.1},
		"healthChecks": ["` + computeURL + global + `healthChecks/chat"], "iap": {"enabled": false}}`,
	global + "backendServices/chat":  endpoints(global),
	global + "backendServices/embed": machines(global),
	region + "backendServices/none": `{"name": "none", "loadBalancingScheme": "EXTERNAL_MANAGED", "protocol": "HTTP", "logConfig": {"enable": true, "sampleRate": 0.1},
		"healthChecks": ["` + computeURL + region + `healthChecks/chat"]}`,
	region + "backendServices/chat":  endpoints(region),
	region + "backendServices/embed": machines(region),
	global + "backendBuckets/static": `{"name": "static", "bucketName": "global-static", "enableCdn": true}`,
	"b/global-static":                `{"name": "global-static", "iamConfiguration": {"publicAccessPrevention": "enforced", "uniformBucketLevelAccess": {"enabled": true}}}`,
	"b/global-static/iamPolicy":      `{"bindings": [{"role": "roles/storage.objectViewer", "members": ["serviceAccount:service-123456789012@https-lb.iam.gserviceaccount.com"]}]}`,
	global + "urlMaps/global":        urlMap(global, `, {"paths": ["/static/*"], "service": "`+computeURL+global+`backendBuckets/static"}`),
	region + "urlMaps/regional":      urlMap(region, ""),

	global + "targetHttpProxies/global":   `{"name": "global", "urlMap": "` + computeURL + global + `urlMaps/global"}`,
	region + "targetHttpProxies/regional": `{"name": "regional", "urlMap": "` + computeURL + region + `urlMaps/regional"}`,
	global + "addresses/global":           `{"name": "global", "address": "198.51.100.176", "addressType": "EXTERNAL", "ipVersion": "IPV4"}`,
	region + "addresses/regional":         `{"name": "regional", "address": "198.51.100.209", "addressType": "EXTERNAL", "networkTier": "PREMIUM"}`,
	global + "forwardingRules/global": `{"name": "global", "IPAddress": "198.51.100.176", "IPProtocol": "TCP", "portRange": "80", "loadBalancingScheme": "EXTERNAL_MANAGED",
		"labels": {"managed-by": "pulumi", "project": "ai-serving", "stack": "dev"}, "target": "` + computeURL + global + `targetHttpProxies/global"}`,
	region + "forwardingRules/regional": `{"name": "regional", "IPAddress": "198.51.100.209", "IPProtocol": "TCP", "portRange": "80-80", "loadBalancingScheme": "EXTERNAL_MANAGED",
		"network": "projects/ai-serving-dev/global/networks/google", "networkTier": "PREMIUM", "target": "` + computeURL + region + `targetHttpProxies/regional"}`,
}

const servingCheck = `{"name": "chat", "type": "HTTP", "checkIntervalSec": 5, "timeoutSec": 5, "healthyThreshold": 2, "unhealthyThreshold": 3,
	"httpHealthCheck": {"portSpecification": "USE_SERVING_PORT", "requestPath": "/"}}`

func endpoints(scope string) string {
	backend := `{"balancingMode": "RATE", "capacityScaler": 1, "maxRatePerEndpoint": 100, "group": "` + computeURL
	return `{"name": "chat", "loadBalancingScheme": "EXTERNAL_MANAGED", "protocol": "HTTP", "timeoutSec": 315, "connectionDraining": {"drainingTimeoutSec": 315},
		"logConfig": {"enable": true, "sampleRate": 0.1}, "healthChecks": ["` + computeURL + scope + `healthChecks/chat"],
		"backends": [` + backend + zoneA + `networkEndpointGroups/chat"}, ` + backend + zoneB + `networkEndpointGroups/chat"}]}`
}

func machines(scope string) string {
	return `{"name": "embed", "loadBalancingScheme": "EXTERNAL_MANAGED", "protocol": "HTTP", "portName": "http", "timeoutSec": 75,
		"connectionDraining": {"drainingTimeoutSec": 75}, "logConfig": {"enable": true, "sampleRate": 0.1}, "healthChecks": ["` + computeURL + scope + `healthChecks/chat"],
		"backends": [{"balancingMode": "UTILIZATION", "capacityScaler": 1, "maxUtilization": 0.8, "group": "` + computeURL + region + `instanceGroups/embed"}]}`
}

// urlMap is the map of a load balancer; more are rules of the tenant acme.
func urlMap(scope, more string) string {
	services := computeURL + scope + "backendServices/"
	notFound := `"faultInjectionPolicy": {"abort": {"httpStatus": 404, "percentage": 100}}`
	refusal := `{"paths": ["/*"], "service": "` + services + `none", "routeAction": {` + notFound + `}}`
	return `{"name": "map", "defaultService": "` + services + `none", "defaultRouteAction": {` + notFound + `},
		"hostRules": [
			{"description": "acme", "hosts": ["acme.ai.example.com"], "pathMatcher": "routes-174708c964f711bc"},
			{"description": "initech", "hosts": ["initech.ai.example.com"], "pathMatcher": "routes-c59e344cd970abfc"},
			{"description": "health", "hosts": ["health.ai.example.com"], "pathMatcher": "health"}],
		"pathMatchers": [
			{"name": "health", "defaultService": "` + services + `none", "pathRules": [
				{"paths": ["/healthz/default"], "service": "` + services + `chat", "routeAction": {"urlRewrite": {"pathPrefixRewrite": "/"}}}, ` + refusal + `]},
			{"name": "routes-174708c964f711bc", "defaultService": "` + services + `none", "pathRules": [
				{"paths": ["/v1/chat/*"], "service": "` + services + `chat"},
				{"paths": ["/v1/embeddings"], "service": "` + services + `embed"}` + more + `, ` + refusal + `]},
			{"name": "routes-c59e344cd970abfc", "defaultService": "` + services + `none", "pathRules": [
				{"paths": ["/v1/embeddings"], "service": "` + services + `embed"}` + more + `, ` + refusal + `]}],
		"tests": [
			{"host": "acme.ai.example.com", "path": "/v1/chat/url-map-test", "service": "` + services + `chat"},
			{"host": "initech.ai.example.com", "path": "/v1/embeddings", "service": "` + services + `embed"}]}`
}

// What the program makes is accepted, when it is made and when it stays as it
// is.
func TestTheDevStackIsAccepted(t *testing.T) {
	t.Parallel()
	for link, body := range stack {
		if err := refusals.Check(stack, link, json.RawMessage(body), nil); err != nil {
			t.Errorf("%s is refused on creation: %v", link, err)
		}
		if err := refusals.Check(stack, link, json.RawMessage(body), json.RawMessage(body)); err != nil {
			t.Errorf("%s is refused on an update: %v", link, err)
		}
	}
}

// In the order that the engine deletes in, nothing is in the way.
func TestTheDevStackCanBeDeleted(t *testing.T) {
	t.Parallel()
	left := maps.Clone(stack)
	for _, collection := range []string{
		"forwardingRules", "targetHttpProxies", "urlMaps", "backendServices", "autoscalers", "instanceGroupManagers", "nodePools", "clusters", "subnetworks",
	} {
		for _, link := range left.Each(collection) {
			if err := refusals.CheckDelete(left, link); err != nil {
				t.Errorf("%s cannot be deleted: %v", link, err)
			}
			delete(left, link)
		}
	}
}
