package kubernetes

import "ai-serving/sandbox/rules"

// The rules that the API server enforces, as far as objects such as the program's
// can break them. Sources are packages of Kubernetes.
var (
	selectorMatches = Rules.Add(rules.Rule{
		Name:   "kubernetes/deployment/selector",
		Asks:   "A Deployment's selector selects the pods of its template.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/apps/validation, ValidateDeploymentSpec",
	})
	selectorStays = Rules.Add(rules.Rule{
		Name:   "kubernetes/deployment/selector-update",
		Asks:   "A Deployment keeps its selector; another selector needs another Deployment.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/apps/validation, ValidateDeploymentUpdate",
	})
	limitsAboveRequests = Rules.Add(rules.Rule{
		Name:   "kubernetes/pod/resources",
		Asks:   "A container requests no more of a resource than its limit.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/core/validation, validateResourceRequirements",
	})
	oneHandler = Rules.Add(rules.Rule{
		Name:   "kubernetes/pod/probe",
		Asks:   "A probe has one way of asking.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/core/validation, validateHandler",
	})
	portRange = Rules.Add(rules.Rule{
		Name:   "kubernetes/pod/port",
		Asks:   "A container port is a number from 1 to 65535.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/core/validation, validateContainerPorts",
	})
	portNames = Rules.Add(rules.Rule{
		Name:   "kubernetes/pod/port-name",
		Asks:   "The named ports of a container have different names.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/core/validation, validateContainerPorts",
	})
	mountedVolumes = Rules.Add(rules.Rule{
		Name:   "kubernetes/pod/volume-mount",
		Asks:   "What a container mounts is a volume of its pod.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/core/validation, ValidateVolumeMounts",
	})
	priorityClasses = Rules.Add(rules.Rule{
		Name:   "kubernetes/pod/priority-class",
		Asks:   "A pod's priority class exists.",
		Status: 403, Code: "Forbidden",
		Source: apiServer + "plugin/pkg/admission/priority",
	})
	serviceAccounts = Rules.Add(rules.Rule{
		Name:   "kubernetes/pod/service-account",
		Asks:   "A pod's service account exists.",
		Status: 403, Code: "Forbidden",
		Source: apiServer + "plugin/pkg/admission/serviceaccount",
	})
	podSecurity = Rules.Add(rules.Rule{
		Name:   "kubernetes/pod/security",
		Asks:   "A pod keeps the Pod Security Standard that its namespace enforces.",
		Status: 403, Code: "Forbidden",
		Source: apiServer + "plugin/pkg/admission/security/podsecurity",
	})
	quotaKept = Rules.Add(rules.Rule{
		Name:   "kubernetes/quota/exceeded",
		Asks:   "What a namespace's objects use together is within its ResourceQuota.",
		Status: 403, Code: "Forbidden",
		Source: apiServer + "apiserver, pkg/admission/plugin/resourcequota",
	})
	quotaNeedsRequests = Rules.Add(rules.Rule{
		Name:   "kubernetes/quota/requests",
		Asks:   "A pod says what it requests of all that a ResourceQuota of its namespace counts.",
		Status: 403, Code: "Forbidden",
		Source: apiServer + "apiserver, pkg/admission/plugin/resourcequota",
	})
	limitRangeKept = Rules.Add(rules.Rule{
		Name:   "kubernetes/limit-range/maximum",
		Asks:   "A container's limits are within the LimitRange of its namespace.",
		Status: 403, Code: "Forbidden",
		Source: apiServer + "plugin/pkg/admission/limitranger",
	})
	replicaRange = Rules.Add(rules.Rule{
		Name:   "kubernetes/autoscaler/replicas",
		Asks:   "An autoscaler's minReplicas is at most its maxReplicas.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/autoscaling/validation, validateHorizontalPodAutoscalerSpec",
	})
	oneBudget = Rules.Add(rules.Rule{
		Name:   "kubernetes/disruption-budget/one-bound",
		Asks:   "A PodDisruptionBudget sets minAvailable or maxUnavailable.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/policy/validation, ValidatePodDisruptionBudgetSpec",
	})
	policyBlocks = Rules.Add(rules.Rule{
		Name:   "kubernetes/network-policy/block",
		Asks:   "A NetworkPolicy's addresses are CIDR blocks.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/networking/validation, ValidateIPBlock",
	})
	policyTypes = Rules.Add(rules.Rule{
		Name:   "kubernetes/network-policy/types",
		Asks:   "A NetworkPolicy's types are Ingress and Egress.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/networking/validation, ValidateNetworkPolicySpec",
	})
	nodePorts = Rules.Add(rules.Rule{
		Name:   "kubernetes/service/node-port",
		Asks:   "A Service's node port is within the cluster's range, 30000 to 32767.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/registry/core/service/portallocator",
	})
	servicePortNames = Rules.Add(rules.Rule{
		Name:   "kubernetes/service/port-name",
		Asks:   "The ports of a Service with several have names.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/core/validation, ValidateService",
	})
	labelValues = Rules.Add(rules.Rule{
		Name:   "kubernetes/object/label",
		Asks:   "A label's value has at most 63 characters: letters, digits, dashes, dots and underscores between letters or digits.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "apimachinery, pkg/apis/meta/v1/validation, ValidateLabels",
	})
	dnsNames = Rules.Add(rules.Rule{
		Name:   "kubernetes/object/name",
		Asks:   "An object's name is a lower-case DNS name.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "apimachinery, pkg/api/validation, NameIsDNSSubdomain",
	})
	namespacesExist = Rules.Add(rules.Rule{
		Name:   "kubernetes/object/namespace",
		Asks:   "An object's namespace exists.",
		Status: 404, Code: "NotFound",
		Source: apiServer + "apiserver, pkg/admission/plugin/namespace/lifecycle",
	})
	oneOwner = Rules.Add(rules.Rule{
		Name:   "kubernetes/object/field-owner",
		Asks:   "A field has one owner, unless the annotation pulumi.com/patchForce takes it over.",
		Status: 409, Code: "Conflict",
		Source: apiServer + "structured-merge-diff, as server-side apply uses it",
	})
	fixedConfigMaps = Rules.Add(rules.Rule{
		Name:   "kubernetes/config-map/immutable",
		Asks:   "A ConfigMap that is marked immutable keeps its data.",
		Status: 422, Code: "Invalid",
		Source: apiServer + "pkg/apis/core/validation, ValidateConfigMapUpdate",
	})
)

// apiServer says who enforces a rule, before the place in its code.
const apiServer = "kube-apiserver itself: "
