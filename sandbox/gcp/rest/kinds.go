package rest

// kinds are the collections that have something of their own.
var kinds map[string]kind

func init() { // the kinds' functions lead back to the kinds
	address := kind{prepare: prepareAddress, remove: checkAddressRemoval}
	backendService := kind{defaults: object{"protocol": "HTTP", "portName": "http", "sessionAffinity": "NONE", "timeoutSec": 30}, prepare: prepareBackendService}
	urlMap := kind{prepare: prepareURLMap}
	forwardingRule := kind{defaults: object{"IPProtocol": "TCP"}, prepare: prepareForwardingRule}
	securityPolicy := kind{defaults: object{"type": "CLOUD_ARMOR"}, prepare: prepareSecurityPolicy, verbs: map[string]verb{
		"addRule": (*request).addRule, "getRule": (*request).getRule, "patchRule": (*request).patchRule, "removeRule": (*request).removeRule,
	}}
	sslPolicy := kind{defaults: object{"profile": "COMPATIBLE", "minTlsVersion": "TLS_1_0"}}
	certificate := kind{prepare: prepareCertificate, hidden: []string{"privateKey"}}
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

		"securityPolicies":       securityPolicy,
		"regionSecurityPolicies": securityPolicy,
		"sslPolicies":            sslPolicy,
		"regionSslPolicies":      sslPolicy,
		"backendServices":        backendService,
		"regionBackendServices":  backendService,
		"urlMaps":                urlMap,
		"regionUrlMaps":          urlMap,
		"backendBuckets":         {prepare: prepareBackendBucket},
		"globalForwardingRules":  forwardingRule,
		"forwardingRules":        forwardingRule,
		"sslCertificates":        certificate,
		"regionSslCertificates":  certificate,

		"instanceTemplates": {prepare: prepareTemplate},
		"regionInstanceGroupManagers": {
			prepare: prepareManager, companions: managerGroup,
			verbs: map[string]verb{"resize": (*request).resize},
		},
		"regionInstanceGroups": {verbs: map[string]verb{"setNamedPorts": (*request).setNamedPorts}},
		"regionAutoscalers":    {defaults: object{"status": "ACTIVE"}},
		"images":               {verbs: map[string]verb{"get": (*request).image, "getFromFamily": (*request).image}},

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

		"projects.locations.certificateMaps": {remove: checkMapRemoval},
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
		"projects.secrets": {prepare: prepareSecret, verbs: map[string]verb{"addVersion": (*request).addVersion}},
		"projects.secrets.versions": {verbs: map[string]verb{
			"access":  (*request).accessVersion,
			"enable":  func(r *request) (any, error) { return r.setVersionState("ENABLED") },
			"disable": func(r *request) (any, error) { return r.setVersionState("DISABLED") },
			"destroy": (*request).destroyVersion,
		}},
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
