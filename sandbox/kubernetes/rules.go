package kubernetes

import "ai-serving/sandbox/rules"

// Rules are what a request for an object has to keep. Those of the provider are
// enforced in this package; those of the API server are enforced by the API
// server itself, and a test shows that it does.
var Rules rules.Set

// provider is where the rules of the original provider are on record.
const provider = "pulumi-kubernetes 4.30.0, provider/pkg/"

var (
	singleObject = Rules.Add(rules.Rule{
		Name:   "kubernetes/resource/type",
		Asks:   "A resource is one object of a cluster: no chart, manifest, patch or list.",
		Status: 400, Code: "BadRequest",
		Source: "the sandbox's own: the original serves Helm, YAML, Kustomize, Patch and List resources too",
	})
	kindOfType = Rules.Add(rules.Rule{
		Name:   "kubernetes/object/kind",
		Asks:   "apiVersion and kind, where they are given, are those of the resource's type.",
		Status: 400, Code: "BadRequest",
		Source: "the SDK's constructors set both; another pair would reach the API server under the wrong path, which answers 400",
	})
	knownKind = Rules.Add(rules.Rule{
		Name:   "kubernetes/object/served",
		Asks:   "A kind of Kubernetes' own groups is one that the cluster serves.",
		Status: 404, Code: "NotFound",
		Source: provider + "provider/provider.go, Check: a schema of the group lacks the kind",
	})
	knownFields = Rules.Add(rules.Rule{
		Name:   "kubernetes/object/fields",
		Asks:   "Every field is one of the object's type and has a value of the field's type.",
		Status: 400, Code: "BadRequest",
		Source: "kube-apiserver with fieldValidation=Strict, as the request is sent: strict decoding error",
	})
	noGeneratedName = Rules.Add(rules.Rule{
		Name:   "kubernetes/object/generate-name",
		Asks:   "An object has a name or leaves it to the provider; metadata.generateName is empty.",
		Status: 400, Code: "BadRequest",
		Source: provider + "provider/provider.go, Check: generateName is not supported in Server-Side Apply mode",
	})
	requiredName = Rules.Add(rules.Rule{
		Name:   "kubernetes/object/name-required",
		Asks:   "Where automatic names are turned off, metadata.name is set.",
		Status: 400, Code: "BadRequest",
		Source: provider + "metadata/naming.go, AssignNameIfAutonamable: autonaming is disabled",
	})
	knownAnnotation = Rules.Add(rules.Rule{
		Name:   "kubernetes/annotation/known",
		Asks:   "An annotation that begins with pulumi.com/ is one that the provider reads.",
		Status: 422, Code: "Invalid",
		Source: provider + "metadata/annotations.go; the original ignores others, so that a misspelt one does nothing",
	})
	waitForSyntax = Rules.Add(rules.Rule{
		Name:   "kubernetes/annotation/wait-for",
		Asks:   "pulumi.com/waitFor is jsonpath={PATH}, jsonpath={PATH}=VALUE, condition=TYPE, condition=TYPE=STATUS, or a JSON array of these.",
		Status: 422, Code: "Invalid",
		Source: provider + "metadata/overrides.go, ReadyCondition",
	})
	timeoutSeconds = Rules.Add(rules.Rule{
		Name:   "kubernetes/annotation/timeout-seconds",
		Asks:   "pulumi.com/timeoutSeconds is a whole number above zero.",
		Status: 422, Code: "Invalid",
		Source: provider + "metadata/overrides.go, TimeoutDuration; the original ignores what is no number",
	})
	propagationPolicy = Rules.Add(rules.Rule{
		Name:   "kubernetes/annotation/deletion-propagation",
		Asks:   "pulumi.com/deletionPropagationPolicy is foreground, background or orphan.",
		Status: 422, Code: "Invalid",
		Source: provider + "metadata/overrides.go, DeletionPropagation; the original takes anything else for foreground",
	})
	knownSetting = Rules.Add(rules.Rule{
		Name:   "kubernetes/provider/setting",
		Asks:   "The provider's arguments are those that it has, and of their types.",
		Status: 400, Code: "BadRequest",
		Source: provider + "provider/provider.go, CheckConfig and Configure",
	})
	servedSetting = Rules.Add(rules.Rule{
		Name:   "kubernetes/provider/server-side-apply",
		Asks:   "The provider applies objects on the server: no client-side apply, no rendering to files, no Helm settings.",
		Status: 400, Code: "BadRequest",
		Source: "the sandbox's own: the original has these modes too",
	})
	readableKubeconfig = Rules.Add(rules.Rule{
		Name:   "kubernetes/provider/kubeconfig",
		Asks:   "The kubeconfig is a document with a cluster, or the path of one.",
		Status: 400, Code: "BadRequest",
		Source: provider + "provider/provider.go, Configure: failed to parse kubeconfig",
	})
	localServer = Rules.Add(rules.Rule{
		Name:   "kubernetes/provider/server",
		Asks:   "The kubeconfig refers to a cluster on this machine.",
		Status: 403, Code: "Forbidden",
		Source: "the sandbox's own: a program under test must not touch a real cluster",
	})
)
