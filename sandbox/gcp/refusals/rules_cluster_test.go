package refusals_test

import (
	"fmt"
	"strings"
)

func onTemplate(wrong, right string) example {
	return example{
		link:  global + "instanceTemplates/embed",
		wrong: `{"properties": ` + wrong + `}`, right: `{"properties": ` + right + `}`,
	}
}

func onManager(wrong, right string) example {
	return example{link: region + "instanceGroupManagers/embed", wrong: wrong, right: right}
}

const elsewhere = "projects/ai-serving-dev/regions/us-east1/"

var instanceExamples = map[string]example{
	"instance-template/immutable":      {link: global + "instanceTemplates/embed", before: `{}`, wrong: `{"properties": {"machineType": "e2-standard-4"}}`, right: `{"selfLink": "x"}`},
	"instance-template/machine-type":   onTemplate(`{"machineType": "zones/europe-west4-a/machineTypes/e2-standard-2"}`, `{"machineType": "e2-standard-2"}`),
	"instance-template/boot-disk":      onTemplate(`{"disks": [{"boot": false, "source": "a"}]}`, `{"disks": [{"boot": true, "source": "a"}, {"source": "b"}]}`),
	"instance-template/disk-source":    onTemplate(`{"disks": [{"boot": true, "source": "a", "initializeParams": {"diskSizeGb": "10"}}]}`, `{"disks": [{"boot": true, "source": "a"}]}`),
	"instance-template/disk-size":      onTemplate(`{"disks": [{"boot": true, "initializeParams": {"diskSizeGb": "9"}}]}`, `{"disks": [{"boot": true, "initializeParams": {"diskSizeGb": 10, "sourceImage": "projects/cos-cloud/global/images/family/cos-stable"}}]}`),
	"instance-template/disk-type":      onTemplate(`{"disks": [{"boot": true, "initializeParams": {"diskType": "pd-fast", "sourceImage": "projects/cos-cloud/global/images/family/cos-stable"}}]}`, `{"disks": [{"boot": true, "initializeParams": {"diskType": "pd-balanced", "sourceImage": "projects/cos-cloud/global/images/family/cos-stable"}}]}`),
	"instance-template/disks-needed":   onTemplate(`{"disks": []}`, `{}`),
	"instance-template/boot-source":    onTemplate(`{"disks": [{"boot": true, "initializeParams": {"diskSizeGb": "10"}}]}`, `{"disks": [{"boot": true, "initializeParams": {"sourceSnapshot": "global/snapshots/a"}}]}`),
	"instance-template/network-needed": onTemplate(`{"networkInterfaces": []}`, `{}`),
	"instance-template/networks-differ": onTemplate(
		`{"networkInterfaces": [{"network": "global/networks/a"}, {"network": "global/networks/a"}]}`, `{"networkInterfaces": [{"network": "global/networks/a"}, {"network": "global/networks/b"}]}`),
	"instance-template/metadata": onTemplate(`{"metadata": {"items": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}}`, `{"metadata": {"items": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]}}`),
	"instance-template/spot":     onTemplate(`{"scheduling": {"provisioningModel": "SPOT", "automaticRestart": true}}`, `{"scheduling": {"provisioningModel": "SPOT", "automaticRestart": false}}`),

	"instance-group-manager/template":        onManager(`{"versions": [{"instanceTemplate": "`+elsewhere+`instanceTemplates/embed"}]}`, `{"versions": [{"instanceTemplate": "`+region+`instanceTemplates/embed"}]}`),
	"instance-group-manager/template-needed": onManager(`{"versions": []}`, `{"versions": [], "instanceTemplate": "`+global+`instanceTemplates/embed"}`),
	"instance-group-manager/size":            onManager(`{"targetSize": 2001}`, `{"targetSize": 2000}`),
	"instance-group-manager/versions":        onManager(`{"versions": [{"instanceTemplate": "a"}, {"instanceTemplate": "b"}]}`, `{"versions": [{"instanceTemplate": "a"}, {"instanceTemplate": "b", "targetSize": {"fixed": 1}}]}`),
	"instance-group-manager/base-name":       onManager(`{"baseInstanceName": "`+strings.Repeat("a", 59)+`"}`, `{"baseInstanceName": "`+strings.Repeat("a", 58)+`"}`),
	"instance-group-manager/subnetwork-region": {
		link: elsewhere + "instanceGroupManagers/embed", body: `{"versions": [{"instanceTemplate": "` + global + `instanceTemplates/embed"}]}`,
		moreWrong: project{global + "instanceTemplates/embed": stack[global+"instanceTemplates/embed"]},
		more:      project{global + "instanceTemplates/embed": `{"properties": {"networkInterfaces": [{"subnetwork": "` + elsewhere + `subnetworks/a"}]}}`},
	},
	"instance-group-manager/fixed-by-zones":     onManager(`{"updatePolicy": {"maxSurge": {"fixed": 1}}}`, `{"updatePolicy": {"maxSurge": {"fixed": 2}}}`),
	"instance-group-manager/update-progress":    onManager(`{"updatePolicy": {"maxSurge": {"fixed": 0}}}`, `{"updatePolicy": {"maxSurge": {"fixed": 0}, "maxUnavailable": {"fixed": 2}}}`),
	"instance-group-manager/recreate-surge":     onManager(`{"updatePolicy": {"replacementMethod": "RECREATE"}}`, `{"updatePolicy": {"replacementMethod": "RECREATE", "maxSurge": {"fixed": 0}, "maxUnavailable": {"fixed": 2}}}`),
	"instance-group-manager/percent":            onManager(`{"targetSize": 9, "updatePolicy": {"maxSurge": {"fixed": null, "percent": 20}}}`, `{"targetSize": 10, "updatePolicy": {"maxSurge": {"fixed": null, "percent": 20}}}`),
	"instance-group-manager/named-ports":        onManager(`{"namedPorts": [{"name": "http", "port": 0}]}`, `{"namedPorts": [{"name": "http", "port": 80}, {"name": "http", "port": 81}]}`),
	"instance-group-manager/zones":              onManager(`{"distributionPolicy": {"zones": [{"zone": "zones/us-east1-b"}]}}`, `{"distributionPolicy": {"zones": [{"zone": "zones/europe-west4-c"}]}}`),
	"instance-group-manager/healing":            onManager(`{"autoHealingPolicies": [{"initialDelaySec": 3601}]}`, `{"autoHealingPolicies": [{"initialDelaySec": 3600}]}`),
	"instance-group-manager/size-of-autoscaled": {link: region + "instanceGroupManagers/embed", before: `{}`, wrong: `{"targetSize": 3}`},
	"instance-group-manager/group-in-use": {
		link: region + "instanceGroupManagers/embed", deletes: true,
		more:      project{global + "backendServices/embed": `{}`, region + "backendServices/embed": `{}`},
		moreWrong: project{global + "backendServices/embed": machines(global)},
	},

	"autoscaler/bounds":      {link: region + "autoscalers/embed", wrong: `{"autoscalingPolicy": {"maxNumReplicas": 1}}`, right: `{"autoscalingPolicy": {"maxNumReplicas": 2}}`},
	"autoscaler/cpu-target":  {link: region + "autoscalers/embed", wrong: `{"autoscalingPolicy": {"cpuUtilization": {"utilizationTarget": 60}}}`, right: `{"autoscalingPolicy": {"cpuUtilization": {"utilizationTarget": 1}}}`},
	"autoscaler/load-target": {link: region + "autoscalers/embed", wrong: `{"autoscalingPolicy": {"loadBalancingUtilization": {"utilizationTarget": -0.2}}}`, right: `{"autoscalingPolicy": {"loadBalancingUtilization": {"utilizationTarget": 0.2}}}`},
	"autoscaler/negative":    {link: region + "autoscalers/embed", wrong: `{"autoscalingPolicy": {"coolDownPeriodSec": -1}}`, right: `{"autoscalingPolicy": {"coolDownPeriodSec": 0}}`},
	"autoscaler/target":      {link: region + "autoscalers/embed", wrong: `{"target": "` + region + `instanceGroups/embed"}`},
	"autoscaler/one-per-group": {
		link: region + "autoscalers/second", body: stack[region+"autoscalers/embed"],
		wrong: `{}`, right: `{"target": "` + region + `instanceGroupManagers/second"}`,
	},
}

func onCluster(wrong, right string) example {
	return example{link: cluster, wrong: wrong, right: right}
}

func onPool(wrong, right string) example {
	return example{link: cluster + "/nodePools/europe-west4", wrong: wrong, right: right}
}

func planes(block string) string {
	return `{"privateClusterConfig": {"masterIpv4CidrBlock": "` + block + `"}}`
}

func authorized(block string) string {
	return `{"masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "` + block + `"}]}}`
}

var clusterExamples = map[string]example{
	"cluster/name":                       {link: cluster, wrongLink: locations + "europe-west4/clusters/" + strings.Repeat("a", 41)},
	"cluster/subnetwork":                 onCluster(`{"network": "projects/ai-serving-dev/global/networks/default"}`, `{"network": "google", "subnetwork": "nodes"}`),
	"cluster/secondary-range":            onCluster(`{"ipAllocationPolicy": {"clusterSecondaryRangeName": "containers"}}`, `{}`),
	"cluster/ranges-differ":              onCluster(`{"ipAllocationPolicy": {"clusterSecondaryRangeName": "services"}}`, `{}`),
	"cluster/control-plane-range":        onCluster(planes("10.20.48.0/27"), planes("10.20.48.16/28")),
	"cluster/control-plane-overlap":      onCluster(planes("10.20.128.0/28"), planes("10.20.48.0/28")),
	"cluster/authorized-networks":        onCluster(authorized("203.0.113.7"), authorized("203.0.113.7/32")),
	"cluster/dataplane-and-policy":       onCluster(`{"networkPolicy": {"enabled": true}}`, `{"networkPolicy": {"enabled": false}}`),
	"cluster/workload-pool":              onCluster(`{"workloadIdentityConfig": {"workloadPool": "other.svc.id.goog"}}`, `{}`),
	"cluster/zones":                      onCluster(`{"locations": ["us-east1-b"]}`, `{"locations": ["europe-west4-c"]}`),
	"cluster/node-pools":                 onCluster(`{"nodePools": [{"name": "a"}]}`, `{"initialNodeCount": 0, "nodePools": [{"name": "a"}]}`),
	"node-pool/name":                     {link: cluster + "/nodePools/europe-west4", wrongLink: cluster + "/nodePools/" + strings.Repeat("a", 41)},
	"node-pool/autoscaling":              onPool(`{"autoscaling": {"maxNodeCount": 3}}`, `{"autoscaling": {"totalMaxNodeCount": null, "totalMinNodeCount": null, "maxNodeCount": 3}}`),
	"node-pool/size":                     onPool(`{"initialNodeCount": 1001}`, `{"initialNodeCount": 1000}`),
	"node-pool/upgrade-settings":         onPool(`{"upgradeSettings": {"maxSurge": 0}}`, `{"upgradeSettings": {"maxSurge": 0, "maxUnavailable": 1}}`),
	"node-pool/auto-upgrade":             onPool(`{"management": {"autoUpgrade": false}}`, `{"management": null}`),
	"node-pool/spot":                     onPool(`{"config": {"spot": true, "preemptible": true}}`, `{"config": {"spot": true}}`),
	"node-pool/disk-size":                onPool(`{"config": {"diskSizeGb": 9}}`, `{"config": {"diskSizeGb": 10}}`),
	"node-pool/image-type":               onPool(`{"config": {"imageType": "DEBIAN"}}`, `{"config": {"imageType": "ubuntu_containerd"}}`),
	"node-pool/taints":                   onPool(gpu("g2-standard-4", `, "taints": [{"key": "nvidia.com/gpu", "effect": "NO_SCHEDULE"}]`), gpu("g2-standard-4", `, "taints": [{"key": "tenant", "effect": "NO_SCHEDULE"}]`)),
	"node-pool/accelerator":              onPool(gpu("e2-standard-4", ""), gpu("g2-standard-4", "")),
	"node-pool/workload-metadata":        onPool(`{}`, `{}`).beside(project{cluster: `{"name": "europe-west4"}`}),
	"certificate/domains":                managed(`"domains": []`, `"domains": ["a.example.com"]`),
	"certificate/wildcard":               managed(`"domains": ["*.example.com"]`, `"domains": ["*.example.com"], "dnsAuthorizations": ["a"]`),
	"certificate/kind":                   {link: locations + "global/certificates/a", body: `{"managed": {"domains": ["a.example.com"]}}`, wrong: `{"selfManaged": {"pemCertificate": "a"}}`},
	"dns-authorization/domain":           {link: locations + "global/dnsAuthorizations/a", body: `{}`, wrong: `{"domain": "*.example.com"}`, right: `{"domain": "example.com"}`},
	"certificate-map-entry/match":        entry(`{"matcher": "PRIMARY"}`, `{}`),
	"certificate-map-entry/once":         entry(`{"hostname": "taken.example.com"}`, `{}`),
	"ssl-certificate/managed-domains":    {link: global + "sslCertificates/a", body: `{"type": "MANAGED"}`, wrong: `{"managed": {"domains": ["*.example.com"]}}`, right: `{"managed": {"domains": ["a.example.com"]}}`},
	"certificate-map-entry/certificates": entry(`{"certificates": []}`, `{}`),
}

// beside is the example in which the mistake lies in what else there is.
func (e example) beside(more project) example {
	e.moreWrong = more
	return e
}

func gpu(machine, more string) string {
	return fmt.Sprintf(`{"config": {"machineType": %q, "accelerators": [{"acceleratorType": "nvidia-l4", "acceleratorCount": "1"}]%s}}`, machine, more)
}

func managed(wrong, right string) example {
	return example{
		link: locations + "global/certificates/a", body: `{}`,
		wrong: `{"managed": {` + wrong + `}}`, right: `{"managed": {` + right + `}}`,
	}
}

func entry(wrong, right string) example {
	entries := locations + "global/certificateMaps/m/certificateMapEntries/"
	return example{
		link: entries + "a", body: `{"hostname": "a.example.com", "certificates": ["c"]}`, wrong: wrong, right: right,
		more: project{entries + "b": `{"hostname": "taken.example.com", "certificates": ["c"]}`},
	}
}

// guarded is an example of a policy's first rule; the second is the default.
func guarded(wrong, right string) example {
	rules := func(first string) string {
		return `{"rules": [{"priority": 1, "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["10.0.0.0/8"]}}, "action": "allow", ` + first + `},
			{"priority": 2147483647, "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}}, "action": "allow"}]}`
	}
	return example{link: global + "securityPolicies/a", body: `{"type": "CLOUD_ARMOR"}`, wrong: rules(wrong), right: rules(right)}
}

// limited is an example of the options of a rate limit.
func limited(wrong, right string) example {
	limit := func(options string) string {
		return `"action": "throttle", "rateLimitOptions": {"conformAction": "allow", "exceedAction": "deny(429)", ` +
			`"rateLimitThreshold": {"count": 100, "intervalSec": 60}, ` + options + `}`
	}
	return guarded(limit(wrong), limit(right))
}

var otherExamples = map[string]example{
	"security-policy/type-scope":           {link: region + "securityPolicies/a", body: `{}`, wrong: `{"type": "CLOUD_ARMOR_EDGE"}`, right: `{"type": "CLOUD_ARMOR"}`},
	"security-policy/priority":             guarded(`"priority": 2147483647`, `"priority": 0`),
	"security-policy/default-rule":         {link: global + "securityPolicies/a", body: `{}`, wrong: `{"rules": [{"priority": 1, "action": "allow", "match": {"expr": {"expression": "true"}}}]}`, right: `{"rules": []}`},
	"security-policy/action":               guarded(`"action": "deny(429)"`, `"action": "deny(403)"`),
	"security-policy/match":                guarded(`"match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}, "expr": {"expression": "true"}}`, `"match": {"expr": {"expression": "true"}}`),
	"security-policy/expression":           guarded(`"match": {"expr": {"expression": "request.headers['host']"}}`, `"match": {"expr": {"expression": "has(request.headers['host']) && !inIpRange(origin.ip, '10.0.0.0/8') && evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})"}}`),
	"security-policy/source-ranges":        guarded(`"match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["office"]}}`, `"match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["203.0.113.7", "10.0.0.0/8"]}}`),
	"security-policy/rate-limit-needed":    guarded(`"action": "throttle"`, `"action": "allow"`),
	"security-policy/rate-limit-actions":   limited(`"exceedAction": "allow"`, `"exceedAction": "deny(429)"`),
	"security-policy/rate-limit-threshold": limited(`"rateLimitThreshold": {"count": 100, "intervalSec": 61}`, `"rateLimitThreshold": {"count": 100, "intervalSec": 10}`),
	"security-policy/ban":                  limited(`"banDurationSec": 60`, `"enforceOnKey": "IP"`),
	"security-policy/enforce-on-key":       limited(`"enforceOnKey": "HTTP_HEADER"`, `"enforceOnKey": "HTTP_HEADER", "enforceOnKeyName": "host"`),
	"bucket/name":                          {link: "b/static", wrongLink: "b/my-google-bucket", body: `{"location": "EU"}`},
	"bucket/public-access-prevention":      {link: "b/global-static", wrong: `{"iamConfiguration": {"publicAccessPrevention": "yes"}}`, right: `{"iamConfiguration": {"publicAccessPrevention": "inherited"}}`},
	"bucket/public-access":                 {link: "b/global-static/iamPolicy", wrong: `{"bindings": [{"role": "roles/storage.objectViewer", "members": ["allUsers"]}]}`},
}
