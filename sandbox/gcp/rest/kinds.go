package rest

// groups are what a backend may consist of.
var groups = []string{
	"regions/instanceGroups", "zones/instanceGroups",
	"zones/networkEndpointGroups", "regions/networkEndpointGroups", "global/networkEndpointGroups",
}

// kinds are the collections that have something of their own.
var kinds map[string]kind

func init() { // the kinds' functions lead back to the kinds
	address := kind{prepare: prepareAddress, remove: checkAddressRemoval}
	healthCheck := kind{}
	forwardingDefaults := object{"IPProtocol": "TCP"}
	backendDefaults := object{"protocol": "HTTP", "portName": "http", "sessionAffinity": "NONE", "timeoutSec": 30}
	services := func(collections ...string) map[string][]string {
		return map[string][]string{"defaultService": collections, "service": collections, "backendService": collections}
	}
	urlMap := func(collection string) kind {
		return kind{links: map[string][]string{"urlMap": {collection}}}
	}
	kinds = map[string]kind{
		"networks": {
			defaults: object{"mtu": 1460, "routingConfig": object{"routingMode": "REGIONAL"}, "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL"},
		},
		"subnetworks": {
			defaults: object{"purpose": "PRIVATE", "stackType": "IPV4_ONLY", "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS"},
			prepare:  prepareSubnetwork,
		},
		"firewalls":       {defaults: object{"direction": "INGRESS", "priority": 1000}},
		"routers":         {prepare: prepareRouter},
		"addresses":       address,
		"globalAddresses": address,

		"healthChecks":       healthCheck,
		"regionHealthChecks": healthCheck,
		"securityPolicies": {
			defaults: object{"type": "CLOUD_ARMOR"}, prepare: prepareSecurityPolicy,
			verbs: map[string]verb{"addRule": (*request).addRule, "patchRule": (*request).patchRule, "removeRule": (*request).removeRule},
		},
		"regionSecurityPolicies": {},
		"backendServices": {
			defaults: backendDefaults,
			links: map[string][]string{
				"group": groups, "healthChecks": {"global/healthChecks"}, "securityPolicy": {"global/securityPolicies"},
			},
		},
		"regionBackendServices": {
			defaults: backendDefaults,
			links: map[string][]string{
				"group": groups, "healthChecks": {"regions/healthChecks", "global/healthChecks"}, "securityPolicy": {"regions/securityPolicies"},
			},
		},
		"backendBuckets":           {prepare: prepareBackendBucket},
		"urlMaps":                  {links: services("global/backendServices", "global/backendBuckets")},
		"regionUrlMaps":            {links: services("regions/backendServices")},
		"targetHttpProxies":        urlMap("global/urlMaps"),
		"targetHttpsProxies":       urlMap("global/urlMaps"),
		"regionTargetHttpProxies":  urlMap("regions/urlMaps"),
		"regionTargetHttpsProxies": urlMap("regions/urlMaps"),
		"globalForwardingRules": {
			defaults: forwardingDefaults, prepare: prepareForwardingRule,
			links: map[string][]string{"target": {"global/targetHttpProxies", "global/targetHttpsProxies"}},
		},
		"forwardingRules": {
			defaults: forwardingDefaults, prepare: prepareForwardingRule,
			links: map[string][]string{
				"target":         {"regions/targetHttpProxies", "regions/targetHttpsProxies"},
				"backendService": {"regions/backendServices"},
			},
		},
		"sslCertificates":       {prepare: prepareCertificate, hidden: []string{"privateKey"}},
		"regionSslCertificates": {prepare: prepareCertificate, hidden: []string{"privateKey"}},

		"instanceTemplates": {prepare: prepareTemplate, loose: true},
		"regionInstanceGroupManagers": {
			links: map[string][]string{
				"instanceTemplate": {"global/instanceTemplates", "regions/instanceTemplates"},
				"healthCheck":      {"global/healthChecks", "regions/healthChecks"},
			},
			prepare: prepareManager, companions: managerGroup,
			verbs: map[string]verb{"resize": (*request).resize},
		},
		"regionInstanceGroups": {verbs: map[string]verb{"setNamedPorts": (*request).setNamedPorts}},
		"regionAutoscalers": {
			links: map[string][]string{"target": {"regions/instanceGroupManagers"}}, prepare: prepareAutoscaler,
		},
		"images": {verbs: map[string]verb{"get": (*request).image, "getFromFamily": (*request).image}},

		"projects.locations.clusters": {
			prepare: prepareCluster, provision: startCluster, retire: stopCluster,
			verbs: map[string]verb{"update": (*request).updateCluster, "setLegacyAbac": (*request).setLegacyAbac},
		},
		"projects.locations.clusters.nodePools": {
			prepare: preparePool, provision: setPoolNodes, retire: removePoolNodes, companions: poolGroups,
			verbs: map[string]verb{
				"update": (*request).updatePool, "setSize": (*request).setPoolSize, "delete": (*request).deletePool,
			},
		},

		"projects.locations.certificates": {
			defaults: object{"scope": "DEFAULT"}, prepare: prepareManagedCertificate,
		},
		"projects.locations.dnsAuthorizations": {
			defaults: object{"type": "FIXED_RECORD"}, prepare: prepareAuthorization,
		},
		"projects.locations.certificateMaps.certificateMapEntries": {
			defaults: object{"state": "ACTIVE"}, prepare: prepareMapEntry,
		},

		"buckets": {
			defaults: object{"storageClass": "STANDARD", "rpo": "DEFAULT"},
			prepare:  prepareBucket, remove: checkBucketRemoval,
			verbs: map[string]verb{"insert": (*request).makeBucket},
		},
		"objects": {
			defaults: object{"storageClass": "STANDARD"}, name: objectName, prepare: prepareObject,
			verbs: map[string]verb{"insert": (*request).upload},
		},
		"projects.serviceAccounts": {
			name: accountEmail, prepare: prepareAccount,
			verbs: map[string]verb{
				"enable":  func(r *request) (any, error) { return r.setDisabled(false) },
				"disable": func(r *request) (any, error) { return r.setDisabled(true) },
			},
		},
		"projects": {verbs: map[string]verb{"get": (*request).projectOf}},
		"services": {verbs: map[string]verb{
			"enable": (*request).enable, "batchEnable": (*request).enable, "disable": (*request).disable,
		}},
	}
}
