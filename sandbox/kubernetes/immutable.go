package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// immutableFields are the paths of the object whose change makes another object
// of it: the original's table. Secrets and ConfigMaps are replaced with their
// content, so that what uses them follows, unless the settings make them mutable.
func (p *Provider) immutableFields(kind schema.GroupVersionKind, object *unstructured.Unstructured) []resource.PropertyPath {
	paths := under("metadata", "name", "namespace")
	marked, _, _ := unstructured.NestedBool(object.Object, "immutable")
	switch {
	case kind == secretKind && (marked || !p.settings.secretMutable()):
		return append(paths, under("", "type", "data", "stringData")...)
	case kind == configMapKind && (marked || !p.settings.configMapMutable()):
		return append(paths, under("", "data", "binaryData")...)
	}
	return append(paths, immutable[kind.GroupKind()]...)
}

var configMapKind = schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}

// immutable lists the fields by kind.
var immutable = map[schema.GroupKind][]resource.PropertyPath{
	{Group: "apps", Kind: "DaemonSet"}:  under("spec", "selector"),
	{Group: "apps", Kind: "Deployment"}: under("spec", "selector"),
	{Group: "apps", Kind: "StatefulSet"}: under("spec",
		"podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates"),
	{Group: "batch", Kind: "Job"}: under("spec", "completions", "parallelism", "selector", "template"),
	{Kind: "PersistentVolume"}: under("spec",
		"awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker",
		"gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk",
		"portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"),
	{Kind: "PersistentVolumeClaim"}: under("spec", "accessModes", "selector", "storageClassName", "volumeName"),
	{Kind: "Pod"}:                   append(podFields, append(containerFields("containers"), containerFields("initContainers")...)...),
	{Kind: "ResourceQuota"}:         under("spec", "scopes"),
	{Kind: "Secret"}:                under("", "type"),
	{Kind: "Service"}:               under("spec", "clusterIP"),
	{Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"}: under("", "roleRef"),
	{Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"}:        under("", "roleRef"),
	{Group: "storage.k8s.io", Kind: "StorageClass"}:                  under("", "parameters", "provisioner"),
}

var podFields = under("spec",
	"affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks", "hostAliases", "hostIPC",
	"hostNetwork", "hostPID", "hostname", "imagePullSecrets", "nodeName", "nodeSelector", "overhead", "preemptionPolicy",
	"priority", "priorityClassName", "readinessGates", "restartPolicy", "runtimeClassName", "schedulerName",
	"securityContext", "serviceAccount", "serviceAccountName", "shareProcessNamespace", "subdomain",
	"terminationGracePeriodSeconds", "volumes")

// containerFields are the fields of every container in the list.
func containerFields(list string) []resource.PropertyPath {
	var paths []resource.PropertyPath
	for _, field := range []string{
		"args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports", "readinessProbe",
		"resources", "securityContext", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy",
		"tty", "volumeDevices", "volumeMounts", "workingDir",
	} {
		paths = append(paths, resource.PropertyPath{"spec", list, "*", field})
	}
	return paths
}

// under lists the paths of fields of the parent, or of the object itself.
func under(parent string, names ...string) []resource.PropertyPath {
	paths := make([]resource.PropertyPath, len(names))
	for i, name := range names {
		if parent == "" {
			paths[i] = resource.PropertyPath{name}
		} else {
			paths[i] = resource.PropertyPath{parent, name}
		}
	}
	return paths
}
