package discovery

// API is one of Google's APIs.
type API struct {
	// Name is the API's own, with which the ids of its methods begin.
	Name string
	// File is its discovery document in the module google.golang.org/api.
	File string
	// Methods are those that the sandbox answers, by the collection that they
	// are of. Every other one is refused.
	Methods map[string][]string
}

// APIs are those that the sandbox answers, at the versions that the provider
// calls. The methods are what the provider's code needs for the resource types
// that the plugin serves.
var APIs = []API{compute, container, certificateManager, storage, secretManager, iam, resourceManager, serviceUsage}

var compute = API{Name: "compute", File: "compute/v0.beta/compute-api.json", Methods: map[string][]string{
	"addresses":                   {"insert", "get", "delete", "setLabels"},
	"backendBuckets":              {"insert", "get", "update", "delete"},
	"backendServices":             {"insert", "get", "update", "delete", "setSecurityPolicy", "setEdgeSecurityPolicy"},
	"firewalls":                   {"insert", "get", "patch", "delete"},
	"forwardingRules":             {"insert", "get", "patch", "delete", "setLabels", "setTarget"},
	"globalAddresses":             {"insert", "get", "delete", "setLabels"},
	"globalForwardingRules":       {"insert", "get", "delete", "setLabels", "setTarget"},
	"healthChecks":                {"insert", "get", "update", "delete"},
	"images":                      {"get", "getFromFamily"},
	"instanceGroupManagers":       {"get"},
	"instanceGroups":              {"get"},
	"instanceTemplates":           {"insert", "get", "delete"},
	"networkEndpointGroups":       {"get"},
	"networks":                    {"insert", "get", "patch", "delete"},
	"regionAutoscalers":           {"insert", "get", "update", "delete"},
	"regionBackendServices":       {"insert", "get", "update", "delete", "setSecurityPolicy"},
	"regionHealthChecks":          {"insert", "get", "update", "delete"},
	"regionInstanceGroupManagers": {"insert", "get", "patch", "delete", "resize"},
	"regionInstanceGroups":        {"get", "setNamedPorts"},
	"regionSecurityPolicies":      {"insert", "get", "patch", "delete", "addRule", "getRule", "patchRule", "removeRule"},
	"regionSslCertificates":       {"insert", "get", "delete"},
	"regionSslPolicies":           {"insert", "get", "patch", "delete"},
	"regionTargetHttpProxies":     {"insert", "get", "delete", "setUrlMap"},
	"regionTargetHttpsProxies":    {"insert", "get", "patch", "delete", "setSslCertificates", "setUrlMap"},
	"regionUrlMaps":               {"insert", "get", "update", "delete"},
	"routers":                     {"insert", "get", "patch", "delete"},
	"securityPolicies":            {"insert", "get", "patch", "delete", "addRule", "patchRule", "removeRule"},
	"sslCertificates":             {"insert", "get", "delete"},
	"sslPolicies":                 {"insert", "get", "patch", "delete"},
	"subnetworks":                 {"insert", "get", "patch", "delete", "expandIpCidrRange", "setPrivateIpGoogleAccess"},
	"targetHttpProxies":           {"insert", "get", "delete", "setUrlMap"},
	"targetHttpsProxies":          {"insert", "get", "delete", "setCertificateMap", "setQuicOverride", "setSslCertificates", "setSslPolicy", "setUrlMap"},
	"urlMaps":                     {"insert", "get", "update", "delete"},
}}

var container = API{Name: "container", File: "container/v1beta1/container-api.json", Methods: map[string][]string{
	"projects.locations.clusters": {
		"create", "get", "update", "delete",
		"setLegacyAbac", "setMaintenancePolicy", "setNetworkPolicy", "setResourceLabels",
	},
	"projects.locations.clusters.nodePools": {"create", "get", "update", "delete", "setManagement", "setSize"},
}}

var certificateManager = API{Name: "certificatemanager", File: "certificatemanager/v1/certificatemanager-api.json", Methods: map[string][]string{
	"projects.locations.certificateMaps":                       {"create", "get", "patch", "delete"},
	"projects.locations.certificateMaps.certificateMapEntries": {"create", "get", "patch", "delete"},
	"projects.locations.certificates":                          {"create", "get", "patch", "delete"},
	"projects.locations.dnsAuthorizations":                     {"create", "get", "patch", "delete"},
}}

var storage = API{Name: "storage", File: "storage/v1/storage-api.json", Methods: map[string][]string{
	"buckets": {"insert", "get", "patch", "delete", "getIamPolicy", "setIamPolicy"},
	"objects": {"insert", "get", "list", "delete"},
}}

var secretManager = API{Name: "secretmanager", File: "secretmanager/v1/secretmanager-api.json", Methods: map[string][]string{
	"projects.secrets":          {"create", "get", "patch", "delete", "getIamPolicy", "setIamPolicy", "addVersion"},
	"projects.secrets.versions": {"get", "access", "enable", "disable", "destroy"},
}}

var iam = API{Name: "iam", File: "iam/v1/iam-api.json", Methods: map[string][]string{
	"projects.serviceAccounts": {"create", "get", "patch", "delete", "enable", "disable", "getIamPolicy", "setIamPolicy"},
}}

var resourceManager = API{Name: "cloudresourcemanager", File: "cloudresourcemanager/v1/cloudresourcemanager-api.json", Methods: map[string][]string{
	"projects": {"get", "getIamPolicy", "setIamPolicy"},
}}

var serviceUsage = API{Name: "serviceusage", File: "serviceusage/v1/serviceusage-api.json", Methods: map[string][]string{
	"services": {"get", "list", "enable", "batchEnable", "disable"},
}}
